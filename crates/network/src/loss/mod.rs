//! Losses: one file each, one list.
//!
//! A loss gives the loss ℓ of a sample and `δ[L]` = `∂J/∂z[L]` together with the output activation it is
//! paired with, in the stable form of the pair. The mean over the batch is in `scale`, and nowhere else.

use crate::about::{About, Member, member_as_text};
use crate::activation::{Activation, Own};
use feedforward_base::{Batch, Error};
use feedforward_kernels::{Element, Simd, Task};

mod binary_cross_entropy;
mod cross_entropy;
mod hinge;
mod huber;
mod l1;
mod perceptron;
mod poisson;
mod squared_error;
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cross_entropy::CrossEntropy;
pub(crate) use cross_entropy::Softmaxed;
pub use hinge::Hinge;
pub use huber::Huber;
pub use l1::L1;
pub use perceptron::Perceptron;
pub use poisson::Poisson;
pub use squared_error::SquaredError;

/// A loss of the closed set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// See [`struct@CrossEntropy`].
    CrossEntropy,
    /// See [`struct@BinaryCrossEntropy`].
    BinaryCrossEntropy,
    /// See [`struct@SquaredError`].
    SquaredError,
    /// See [`struct@L1`].
    L1,
    /// See [`struct@Huber`].
    Huber(Huber),
    /// See [`struct@Poisson`].
    Poisson,
    /// See [`struct@Hinge`].
    Hinge,
    /// See [`struct@Perceptron`].
    Perceptron,
}

/// What a loss is told about a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// The number of its class.
    Class,
    /// For each output 0 or 1, or a share between them.
    ZeroOrOne,
    /// For each output −1 or 1.
    MinusOrPlusOne,
    /// For each output a number of at least 0.
    Count,
    /// For each output any number.
    Number,
}

impl Loss {
    /// All losses with their usual numbers.
    pub const ALL: &'static [Loss] = &[
        Loss::CrossEntropy,
        Loss::BinaryCrossEntropy,
        Loss::SquaredError,
        Loss::L1,
        Loss::Huber(Huber::USUAL),
        Loss::Poisson,
        Loss::Hinge,
        Loss::Perceptron,
    ];
    /// Name, formula, derivative and source.
    pub fn about(self) -> About {
        match self {
            Loss::CrossEntropy => cross_entropy::ABOUT,
            Loss::BinaryCrossEntropy => binary_cross_entropy::ABOUT,
            Loss::SquaredError => squared_error::ABOUT,
            Loss::L1 => l1::ABOUT,
            Loss::Huber(_) => huber::ABOUT,
            Loss::Poisson => poisson::ABOUT,
            Loss::Hinge => hinge::ABOUT,
            Loss::Perceptron => perceptron::ABOUT,
        }
    }
    /// The name that users type, without numbers.
    pub fn name(self) -> &'static str {
        self.about().name
    }
    /// The output activation that belongs to the loss (the lectures' pairing).
    pub fn usual_output(self) -> Activation {
        match self {
            Loss::CrossEntropy => Activation::Softmax,
            Loss::BinaryCrossEntropy => Activation::Sigmoid,
            Loss::SquaredError | Loss::L1 | Loss::Huber(_) => Activation::Linear,
            Loss::Poisson => Activation::Exponential,
            Loss::Hinge => Activation::Tanh,
            Loss::Perceptron => Activation::Step,
        }
    }
    /// Whether the loss makes sense on the outputs of `output`.
    pub fn accepts(self, output: Activation) -> bool {
        match self {
            Loss::CrossEntropy => matches!(output, Activation::Softmax | Activation::LogSoftmax),
            Loss::SquaredError | Loss::L1 | Loss::Huber(_) => {
                output.is_elementwise() && output.own() == Own::Nothing && output != Activation::Step
            }
            Loss::Hinge => matches!(output, Activation::Tanh | Activation::Linear),
            Loss::BinaryCrossEntropy | Loss::Poisson | Loss::Perceptron => output == self.usual_output(),
        }
    }
    /// What the loss is told about a sample.
    pub fn truth(self) -> Truth {
        match self {
            Loss::CrossEntropy => Truth::Class,
            Loss::BinaryCrossEntropy | Loss::Perceptron => Truth::ZeroOrOne,
            Loss::SquaredError | Loss::L1 | Loss::Huber(_) => Truth::Number,
            Loss::Poisson => Truth::Count,
            Loss::Hinge => Truth::MinusOrPlusOne,
        }
    }
    /// Whether the targets are class numbers (otherwise one value per output unit).
    pub fn wants_classes(self) -> bool {
        self.truth() == Truth::Class
    }
    /// Whether label smoothing has a meaning.
    pub fn smooths(self) -> bool {
        matches!(self, Loss::CrossEntropy | Loss::BinaryCrossEntropy)
    }
    /// Whether ∂ℓ/∂z of the loss with its usual output is a − y (and known without the output's slope).
    pub(crate) fn is_canonical(self, output: Activation) -> bool {
        match self {
            Loss::CrossEntropy | Loss::BinaryCrossEntropy | Loss::Poisson | Loss::Perceptron => true,
            Loss::SquaredError | Loss::L1 | Loss::Huber(_) | Loss::Hinge => output == Activation::Linear,
        }
    }
    /// What is wrong with the numbers that the user set.
    pub(crate) fn check(self) -> Option<Error> {
        self.problem()
    }
}

impl Member for Loss {
    const WHAT: &'static str = "loss";
    fn all() -> &'static [Self] {
        Self::ALL
    }
    fn word(self) -> &'static str {
        self.name()
    }
    fn numbers(self) -> Vec<f64> {
        match self {
            Loss::Huber(h) => vec![h.threshold],
            _ => Vec::new(),
        }
    }
    fn with_numbers(self, numbers: &[f64]) -> Self {
        match self {
            Loss::Huber(_) => Loss::Huber(Huber { threshold: numbers[0] }),
            other => other,
        }
    }
    fn problem(self) -> Option<Error> {
        match self {
            Loss::Huber(h) if !(h.threshold >= crate::spec::SMALLEST && h.threshold.is_finite()) => {
                Some(Error::bad_value("the threshold of huber", h.threshold, "a number of at least 1e-30"))
            }
            _ => None,
        }
    }
}

member_as_text!(Loss);

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
    /// ∂ℓ/∂z of one output where the loss is met by the one activation that cancels against it, else ∂ℓ/∂a.
    fn gradient<S: Simd>(&self, a: S, y: S) -> S;
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

/// An [`ElementLoss`] over all outputs of a batch.
pub(crate) struct EachOutput<'a, T, L> {
    pub(crate) loss: L,
    pub(crate) z: &'a [T],
    pub(crate) a: &'a [T],
    pub(crate) y: &'a [T],
    pub(crate) judged: Judged<'a, T>,
}

impl<T: Element, L: ElementLoss> Task<T> for EachOutput<'_, T, L> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        let EachOutput { loss, z, a, y, judged } = self;
        for i in (0..z.len()).step_by(S::LANES) {
            let lanes = S::LANES.min(z.len() - i);
            let zi = S::load_some(&z[i..], lanes);
            let ai = S::load_some(&a[i..], lanes);
            let yi = S::load_some(&y[i..], lanes);
            loss.value(zi, ai, yi).store_some(&mut judged.loss[i..], lanes);
            let delta = loss.gradient(ai, yi).mul(S::load_some(&judged.scale[i..], lanes));
            delta.store_some(&mut judged.delta[i..], lanes);
        }
    }
}
