//! Losses: one file each, one list.
//!
//! A loss gives the loss ℓ of a sample and `δ[L]` = `∂J/∂z[L]` together with the output activation it is
//! paired with, in the stable form of the pair. The mean over the batch is in `scale`, and nowhere else.

use crate::about::named_enum;
use crate::activation::{Activation, Elementwise};
use feedforward_base::Batch;
use feedforward_kernels::{Element, Simd};

mod binary_cross_entropy;
mod cross_entropy;
mod squared_error;
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cross_entropy::CrossEntropy;
pub(crate) use cross_entropy::Softmaxed;
pub use squared_error::SquaredError;

named_enum! {
    /// A loss of the closed set.
    "loss", Loss {
        /// See [`struct@CrossEntropy`].
        CrossEntropy = cross_entropy::ABOUT,
        /// See [`struct@BinaryCrossEntropy`].
        BinaryCrossEntropy = binary_cross_entropy::ABOUT,
        /// See [`struct@SquaredError`].
        SquaredError = squared_error::ABOUT,
    }
}

impl Loss {
    /// The output activation that belongs to the loss (the lectures' pairing).
    pub fn usual_output(self) -> Activation {
        match self {
            Loss::CrossEntropy => Activation::Softmax,
            Loss::BinaryCrossEntropy => Activation::Sigmoid,
            Loss::SquaredError => Activation::Linear,
        }
    }
    /// Whether the loss makes sense on the outputs of `output`.
    pub fn accepts(self, output: Activation) -> bool {
        match self {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy => output == self.usual_output(),
            Loss::SquaredError => output != Activation::Softmax,
        }
    }
    /// Whether the targets are class numbers (otherwise one value per output unit).
    pub fn wants_classes(self) -> bool {
        self == Loss::CrossEntropy
    }
}

/// What the network should have said for a batch.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a, T> {
    /// The class of each sample, 0..units of the output layer.
    Classes(&'a [u32]),
    /// One value per output unit; 0 or 1 for binary cross-entropy.
    Values(Batch<'a, T>),
}

/// A loss that is a sum over the output units.
pub trait ElementLoss: Copy + Sync {
    /// The loss of one output.
    fn value<S: Simd>(&self, z: S, a: S, y: S) -> S;
    /// ∂ℓ/∂z of one output with activation `f`.
    fn delta<S: Simd, F: Elementwise>(&self, f: F, z: S, a: S, y: S) -> S;
}

/// Losses and deltas of one batch, written by a loss.
pub(crate) struct Judged<'a, T> {
    /// ℓ of each sample (cross-entropy) or of each output of each sample, in row order.
    pub(crate) loss: &'a mut [T],
    /// `δ[L]`, rows x outputs.
    pub(crate) delta: &'a mut [T],
    /// 1/m, or the sample's share of the weights; as long as `loss`.
    pub(crate) scale: &'a [T],
}

/// Run an [`ElementLoss`] over all outputs of a batch.
#[inline(always)]
pub(crate) fn each_output<S, T, L, F>(loss: L, f: F, z: &[T], a: &[T], y: &[T], judged: Judged<'_, T>)
where
    S: Simd<Elem = T>,
    T: Element,
    L: ElementLoss,
    F: Elementwise,
{
    let n = z.len();
    let mut i = 0;
    while i < n {
        let lanes = S::LANES.min(n - i);
        let zi = S::load_some(&z[i..], lanes);
        let ai = S::load_some(&a[i..], lanes);
        let yi = S::load_some(&y[i..], lanes);
        loss.value(zi, ai, yi).store_some(&mut judged.loss[i..], lanes);
        let delta = loss.delta(f, zi, ai, yi).mul(S::load_some(&judged.scale[i..], lanes));
        delta.store_some(&mut judged.delta[i..], lanes);
        i += lanes;
    }
}
