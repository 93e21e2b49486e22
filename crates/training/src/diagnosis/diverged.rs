//! The error for numbers that left the finite range.

use super::cause::Cause;
use super::names::Names;
use super::words::size;
use feedforward_base::{Error, ErrorKind, Place};
use feedforward_kernels::{Element, Kernels};
use feedforward_network::step::{Labels, NotFinite, What, first_not_finite};
use feedforward_network::{Plan, Tape};

/// What is known when a step, or the end of an epoch, shows numbers that are not finite.
pub(crate) struct Scene<'a, T: Element> {
    pub(crate) plan: &'a Plan,
    pub(crate) kernels: &'a Kernels<T>,
    pub(crate) names: Option<&'a Names>,
    /// The parameters, which the failed step has changed already.
    pub(crate) theta: &'a [T],
    /// What the failed step has written; its inputs are those of `rows`.
    pub(crate) tape: &'a Tape<T>,
    pub(crate) rows: &'a [u32],
    pub(crate) labels: Labels<'a, T>,
    /// η of the step before; `None` if there was none.
    pub(crate) stepped: Option<f64>,
    /// The mean loss of the epoch until then, if there is one.
    pub(crate) loss: Option<f64>,
    /// Epoch and step.
    pub(crate) place: Place,
}

/// What went wrong, where, how large it had become, and what to try.
pub(crate) fn error<T: Element>(scene: &Scene<'_, T>) -> Error {
    let Scene { plan, kernels, names, theta, tape, rows, labels, stepped, loss, place } = scene;
    let m = rows.len();
    let found = first_not_finite(plan, kernels, theta, tape, m);
    let table = names.map_or(Place::default(), |names| Place::file(&names.table));
    let row = found.and_then(|found| found.row).zip(*names);
    let row = row.map_or(Place::default(), |(row, names)| Place::default().row(names.line(rows[row])));
    let unit = found.map_or(Place::default(), |found| Place::in_layer(found.layer).unit(found.unit + 1));
    let layer = found.map_or(plan.layout().last(), |found| found.layer);
    let cause = Cause::find(plan, (tape.a(0, m), *labels), layer, stepped.is_some(), *names);
    let (what, mut large) = match found {
        Some(found) => how_large(plan, found, *stepped),
        // Each number is finite, and their sum is not.
        None => ("loss or its gradient", String::new()),
    };
    if let Some(loss) = loss {
        let before = format!("the mean loss of the epoch was {} before", size(*loss));
        large = if large.is_empty() { before } else { format!("{large}; {before}") };
    }
    let kind = ErrorKind::Diverged { what: what.into(), size: large };
    Error::new(kind).at(unit).at(place.clone()).at(table).at(row).hint(cause.to_string())
}

/// What is no longer finite, and of which size the numbers are that it is made of.
fn how_large(plan: &Plan, found: NotFinite, stepped: Option<f64>) -> (&'static str, String) {
    let x = size(found.size);
    let large = match (found.what, stepped) {
        (What::Parameters, Some(eta)) => format!("after a step at learning rate {eta}"),
        (What::Parameters, None) => String::new(),
        (What::PreActivation, _) => format!("from inputs of the layer up to {x}"),
        (What::Activation, _) => {
            format!("{} at |z| = {x}", plan.spec().layers[found.layer - 1].activation.name())
        }
        (What::Loss, _) => format!("at an output of {x}"),
    };
    let name = match found.what {
        What::Parameters => "weight or bias",
        What::PreActivation => "pre-activation",
        What::Activation => "activation",
        What::Loss => "loss",
    };
    (name, large)
}
