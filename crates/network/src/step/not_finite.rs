//! Where numbers left the finite range in a step. Looked for once a step has gone wrong, never before.

use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::Batch;
use feedforward_kernels::{Element, Kernels};

/// What is no longer finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Parameters of a unit.
    Parameters,
    /// z, of parameters and inputs that are.
    PreActivation,
    /// f(z) of a z that is.
    Activation,
    /// The loss, or its delta, of outputs that are.
    Loss,
}

/// The first number in a step that is not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotFinite {
    /// What it is.
    pub what: What,
    /// Its layer, 1 ..= L.
    pub layer: usize,
    /// Its unit, from 0.
    pub unit: usize,
    /// Its row of the batch, from 0; parameters have none.
    pub row: Option<usize>,
    /// The largest magnitude that it is made of: of z the layer's inputs in that row, of f(z) z, of a loss the output, of
    /// parameters those of the layer that are still finite.
    pub size: f64,
}

/// The first number in the last step over `m` rows that is not finite, and if there is none the first such parameter of
/// `theta`: one step with such numbers spoils the parameters of all layers, so that these are the last to be asked.
pub fn first_not_finite<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &Tape<T>,
    m: usize,
) -> Option<NotFinite> {
    let last = plan.layout().last();
    let on_the_way = (1..=last).find_map(|l| in_layer(kernels, tape, l, m));
    on_the_way.or_else(|| in_loss(plan, tape, last, m)).or_else(|| in_theta(plan, kernels, theta))
}

fn in_layer<T: Element>(kernels: &Kernels<T>, tape: &Tape<T>, layer: usize, m: usize) -> Option<NotFinite> {
    let (z, a) = (tape.z(layer, m), tape.a(layer, m));
    if !kernels.all_finite(z.data()) {
        let (row, unit) = first(z)?;
        let size = largest(tape.a(layer - 1, m).row(row));
        // Inputs of such a size cannot do it alone: what they were multiplied by was not finite, or enormous.
        let moderate = size * size < largest_number::<T>();
        let (what, row) = if moderate && m > 1 && (0..m).all(|r| !finite(z.row(r)[unit])) {
            (What::Parameters, None)
        } else {
            (What::PreActivation, Some(row))
        };
        return Some(NotFinite { what, layer, unit, row, size });
    }
    if !kernels.all_finite(a.data()) {
        let (row, unit) = first(a)?;
        let size = z.row(row)[unit].to_f64().abs();
        return Some(NotFinite { what: What::Activation, layer, unit, row: Some(row), size });
    }
    None
}

/// The row whose loss is not finite, and the output that lies furthest out in it.
fn in_loss<T: Element>(plan: &Plan, tape: &Tape<T>, layer: usize, m: usize) -> Option<NotFinite> {
    let (a, delta) = (tape.a(layer, m), tape.delta(layer, m));
    let per_row = if plan.spec().loss.wants_classes() { 1 } else { a.cols() };
    let lost = |row: usize| {
        let losses = &tape.loss[row * per_row..][..per_row];
        !losses.iter().chain(delta.row(row)).all(|x| finite(*x))
    };
    let row = (0..m).find(|&row| lost(row))?;
    let size = largest(a.row(row));
    let unit = a.row(row).iter().position(|x| x.to_f64().abs() == size)?;
    Some(NotFinite { what: What::Loss, layer, unit, row: Some(row), size })
}

fn in_theta<T: Element>(plan: &Plan, kernels: &Kernels<T>, theta: &[T]) -> Option<NotFinite> {
    let layout = plan.layout();
    let layer = (1..=layout.last()).find(|&l| !kernels.all_finite(&theta[layout.layer(l)]))?;
    let (units, inputs) = (layout.units(layer), layout.units(layer - 1));
    let w = layout.rows(theta, layer);
    let broken = |unit: &usize| {
        let own = theta[layout.own(layer)].get(*unit);
        let bias = &theta[layout.b(layer)][*unit];
        !w[unit * inputs..][..inputs].iter().chain([bias]).chain(own).all(|x| finite(*x))
    };
    let unit = (0..units).find(broken)?;
    let size = largest(&theta[layout.layer(layer)]);
    Some(NotFinite { what: What::Parameters, layer, unit, row: None, size })
}

fn finite<T: Element>(x: T) -> bool {
    x.to_f64().is_finite()
}

/// (row, column) of the first number that is not finite.
fn first<T: Element>(batch: Batch<'_, T>) -> Option<(usize, usize)> {
    let at = batch.data().iter().position(|x| !finite(*x))?;
    Some((at / batch.cols(), at % batch.cols()))
}

/// The largest magnitude among those that are finite.
fn largest<T: Element>(x: &[T]) -> f64 {
    x.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(0.0, f64::max)
}

fn largest_number<T: Element>() -> f64 {
    if T::BYTES == 8 { f64::MAX } else { f64::from(f32::MAX) }
}
