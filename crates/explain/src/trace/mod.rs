//! One step of training in full, as plain data: what `ff trace --format json` writes.

mod of;

use feedforward_network::reference::Dense;
use feedforward_network::{Optimizer, Spec};
use serde::Serialize;

use crate::samples::Samples;

/// What [`Trace::format`] says: the name and version of the JSON document.
pub const FORMAT: &str = "feedforward trace 1";

/// What is traced.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What the trace is called: `iris.ff on row 3 of iris.csv`.
    pub title: String,
    /// The network and its rule.
    pub spec: Spec,
    /// W and b of each layer.
    pub theta: Vec<Dense>,
    /// The samples; without targets there is no way back.
    pub samples: Samples,
    /// The number of each sample in its table, from 1.
    pub rows: Vec<u64>,
    /// What each input is called.
    pub input_names: Vec<String>,
    /// What each output is called.
    pub output_names: Vec<String>,
    /// Whether the network has biases; without, b is 0, stays 0 and is not shown.
    pub biases: bool,
    /// η of the step instead of the spec's.
    pub learning_rate: Option<f64>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// One step of training in full: layers count from 0, the input; W is units x inputs; a matrix of a batch has a row
/// for each sample. Every number is an f64 as the literal twin computes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// [`FORMAT`].
    pub format: &'static str,
    /// What is traced.
    pub title: String,
    /// What the reader should know: what was left out, for example.
    pub notes: Vec<String>,
    /// The network and its rule; nothing is dropped, and drawn slopes have their mean.
    pub spec: Spec,
    /// What each input is called.
    pub input_names: Vec<String>,
    /// What each output is called.
    pub output_names: Vec<String>,
    /// Whether the network has biases; without, b is 0 and stays 0.
    pub biases: bool,
    /// The number of each sample in its table, from 1.
    pub rows: Vec<u64>,
    /// The inputs: samples x `n_0`.
    pub x: Vec<Vec<f64>>,
    /// The layers 1 ..= L.
    pub layers: Vec<TracedLayer>,
    /// What a target adds; `None` where there is none.
    pub lesson: Option<Lesson>,
    /// The largest difference between these numbers and the engine's own in f64, relative to the largest number of
    /// the same matrix.
    pub engine_difference: f64,
}

/// One layer on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TracedLayer {
    /// l, from 1.
    pub layer: usize,
    /// f.
    pub activation: String,
    /// `W[l]`: units x inputs.
    pub w: Vec<Vec<f64>>,
    /// `b[l]`: a number per unit.
    pub b: Vec<f64>,
    /// The activation's learned number of each unit; empty where it learns none.
    pub own: Vec<f64>,
    /// `Z[l]`: samples x units.
    pub z: Vec<Vec<f64>>,
    /// `A[l]`: samples x units.
    pub a: Vec<Vec<f64>>,
    /// What a target adds; `None` where there is none.
    pub back: Option<Back>,
}

/// One layer on the way back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Back {
    /// `δ[l]` = ∂J/∂`Z[l]`, the sample's share of the mean included: samples x units.
    pub delta: Vec<Vec<f64>>,
    /// ∂ℓ/∂`z[l]` of each sample alone: `delta` without the share.
    #[serde(skip)]
    pub sample_delta: Vec<Vec<f64>>,
    /// ∂J/∂`W[l]`, penalties included: units x inputs.
    pub gradient_w: Vec<Vec<f64>>,
    /// ∂J/∂`b[l]`.
    pub gradient_b: Vec<f64>,
    /// ∂J/∂own.
    pub gradient_own: Vec<f64>,
    /// `W[l]` after the step; empty for a search, which has no rule for a step, as are the next two.
    pub w_after: Vec<Vec<f64>>,
    /// `b[l]` after the step.
    pub b_after: Vec<f64>,
    /// own after the step.
    pub own_after: Vec<f64>,
}

/// What a batch teaches as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lesson {
    /// What the network should have said: samples x outputs; classes are one-hot, and smoothed as the spec says.
    pub y: Vec<Vec<f64>>,
    /// What each sample counts, of 1.
    pub shares: Vec<f64>,
    /// ℓ of each sample.
    pub losses: Vec<f64>,
    /// The mean of the losses by their shares.
    pub mean_loss: f64,
    /// The penalties on the weights.
    pub penalty: f64,
    /// J = mean loss + penalty.
    pub objective: f64,
    /// The rule of the update, from fresh slots, in step 1.
    pub optimizer: Optimizer,
    /// η.
    pub learning_rate: f64,
}

impl Trace {
    /// L.
    pub fn last(&self) -> usize {
        self.layers.len()
    }
    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.x.len()
    }
    /// `A[l]`, l = 0 ..= L: samples x units.
    pub fn a(&self, l: usize) -> &[Vec<f64>] {
        match l.checked_sub(1) {
            None => &self.x,
            Some(i) => &self.layers[i].a,
        }
    }
}
