//! A gradient held against differences of the objective.
//!
//! For a parameter θ_i the checker takes the difference quotient of four points,
//! d = (8 (J(θ+h) − J(θ−h)) − (J(θ+2h) − J(θ−2h))) / 12h, in f64, with the largest h of a ladder at which no unit of any
//! sample changes the side of a kink: between kinks the objective is smooth, and a gradient that disagrees there is
//! wrong. A parameter whose smallest steps still change a side is told apart as a kink.

mod check;
mod objective;
mod report;

pub use check::{Gradient, check, engine_gradient};
pub use report::{Finding, Group, Kind, Report, Verdict};

use crate::samples::Samples;
use feedforward_network::Spec;
use feedforward_network::reference::Dense;

/// A gradient and a difference may differ by so much of the larger one.
pub const BOUND: f64 = 1e-6;
/// For gradients of the engine in f32.
pub const SINGLE_BOUND: f64 = 1e-3;
/// In f32, numbers below this share of the largest of their kind in the layer count as that much.
pub const SINGLE_FLOOR: f64 = 0.1;

/// What is checked: a network at its parameters, on a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What it is called.
    pub title: String,
    /// The network.
    pub spec: Spec,
    /// Its parameters.
    pub theta: Vec<Dense>,
    /// The batch.
    pub samples: Samples,
}

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Parameters of each kind in each layer, drawn at random where there are more; `None`: all.
    pub each: Option<usize>,
    /// The seed of that draw.
    pub seed: u64,
}
