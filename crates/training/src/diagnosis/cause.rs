//! Why numbers grow out of bounds, as far as it shows, and what to try.

use super::names::Names;
use super::words::size;
use feedforward_base::Batch;
use feedforward_kernels::Element;
use feedforward_network::step::Labels;
use feedforward_network::{Activation, Optimizer, Plan, Spec, Target};
use serde::{Deserialize, Serialize};
use std::fmt;

/// From this size on the usual number of an input or a target is too large to begin with; scaled ones are about 1.
const LARGE: f64 = 30.0;

/// Why numbers grow out of bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An input of large numbers.
    Input {
        /// Its name, if it has one.
        name: String,
        /// Its usual magnitude.
        size: f64,
    },
    /// Targets of large numbers.
    Target {
        /// Their usual magnitude.
        size: f64,
    },
    /// eᶻ in a layer.
    Exponential {
        /// The layer.
        layer: usize,
        /// Whether it is the last.
        output: bool,
        /// The learning rate, if a step has been made.
        rate: Option<Rate>,
    },
    /// The weights that it starts with.
    Start,
    /// The learning rate.
    Rate {
        /// Its size.
        rate: Rate,
        /// Whether it would help to bound the norm of the gradient: it is not bounded yet, and the rule's steps are as
        /// long as it.
        clip: bool,
    },
}

/// A learning rate that may be too high.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// η.
    pub is: f64,
    /// What to try: a tenth, and no more than what the optimizer usually takes.
    pub better: f64,
}

impl Rate {
    fn of(spec: &Spec) -> Self {
        let is = spec.learning_rate;
        Rate { is, better: (is / 10.0).min(spec.optimizer.usual_learning_rate()) }
    }
}

impl Cause {
    /// Of the rows of a batch, looked at in this order: inputs, targets, eᶻ in the layer where it shows or the one below,
    /// and then the learning rate, if a step has been made.
    pub(super) fn find<T: Element>(
        plan: &Plan,
        (inputs, labels): (Batch<'_, T>, Labels<'_, T>),
        layer: usize,
        stepped: bool,
        names: Option<&Names>,
    ) -> Self {
        let spec = plan.spec();
        let exponential = |l: usize| l > 0 && spec.layers[l - 1].activation == Activation::Exponential;
        let rate = Rate::of(spec);
        if let Some((input, size)) = largest_usual(inputs).filter(|(_, size)| *size > LARGE) {
            let name = names.and_then(|n| n.inputs.get(input).cloned()).unwrap_or_default();
            return Cause::Input { name, size };
        }
        if let Target::Values(y) = labels.target
            && let Some((_, size)) = largest_usual(y).filter(|(_, size)| *size > LARGE)
        {
            return Cause::Target { size };
        }
        if let Some(layer) = [layer, layer.saturating_sub(1)].into_iter().find(|l| exponential(*l)) {
            return Cause::Exponential {
                layer,
                output: layer == plan.layout().last(),
                rate: stepped.then_some(rate),
            };
        }
        match stepped {
            false => Cause::Start,
            true => {
                Cause::Rate { rate, clip: spec.clip_norm.is_none() && follows_the_gradient(spec.optimizer) }
            }
        }
    }
}

/// Whether a longer gradient makes a longer step; Adam and its like divide by its size.
fn follows_the_gradient(optimizer: Optimizer) -> bool {
    matches!(optimizer, Optimizer::Sgd(_) | Optimizer::Momentum(_) | Optimizer::Nesterov(_))
}

/// The column whose usual magnitude, the median, is largest.
fn largest_usual<T: Element>(x: Batch<'_, T>) -> Option<(usize, f64)> {
    let median = |c: usize| {
        let mut column: Vec<f64> = (0..x.rows()).map(|r| x.row(r)[c].to_f64().abs()).collect();
        let middle = column.len() / 2;
        *column.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    let all = (0..if x.rows() == 0 { 0 } else { x.cols() }).map(|c| (c, median(c)));
    all.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))
}

/// What to try.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Input { name, size: x } => {
                let x = size(*x);
                match name.is_empty() {
                    true => write!(f, "an input is usually of size {x}; ")?,
                    false => write!(f, "`{name}` usually is of size {x}; ")?,
                }
                f.write_str("scale the columns with --scaling standardise")
            }
            Cause::Target { size: y } => {
                let y = size(*y);
                write!(f, "the target usually is of size {y}; give it in a larger unit, so that it is about 1")
            }
            Cause::Exponential { layer, output, rate } => {
                write!(f, "layer {layer} takes e to the power of z; ")?;
                match (rate, output) {
                    (Some(rate), true) => write!(f, "{rate}"),
                    (Some(rate), false) => write!(f, "{rate}, or take {OTHER_ACTIVATION}"),
                    (None, true) => f.write_str("take fewer layers, or an --init of smaller weights"),
                    (None, false) => write!(f, "take {OTHER_ACTIVATION}"),
                }
            }
            Cause::Start => f.write_str(
                "the weights start too large for this network; take fewer layers, or another --init, such as lecun or \
                 glorot",
            ),
            Cause::Rate { rate, clip } => {
                write!(f, "{rate}{}", if *clip { ", or bound the gradient with --clip-norm 1" } else { "" })
            }
        }
    }
}

const OTHER_ACTIVATION: &str = "another --activation, such as softplus";

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lower the learning rate (it is {}; try --learning-rate {})", self.is, self.better)
    }
}
