//! Equation (3): the mean loss of a batch, and δ of the output layer.

use super::backward::Slope;
use super::{Labels, rows};
use crate::activation::{Activation, Elementwise, Rowwise, Visit};
use crate::loss::{
    BinaryCrossEntropy, CrossEntropy, EachOutput, ElementLoss, Hinge, Judged, L1, Loss, Perceptron, Poisson,
    Softmaxed, SquaredError, Target,
};
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, BatchMut};
use feedforward_kernels::{Element, Kernels};

/// (3): the mean loss, and `δ[L]` in the tape.
pub(super) fn loss_and_delta<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
) -> f64 {
    let spec = plan.spec();
    let (last, units, m) = (plan.layout().last(), spec.outputs(), rows(labels.target));
    let per_row = if spec.loss.wants_classes() { 1 } else { units };
    let shares = Shares::new(labels.weights, m);
    for (r, scale) in tape.scale[..m * per_row].chunks_mut(per_row).enumerate() {
        scale.fill(T::from_f64(shares.of(r)));
    }
    let judged = Judged {
        loss: &mut tape.loss[..m * per_row],
        delta: &mut tape.delta[last][..m * units],
        scale: &tape.scale[..m * per_row],
    };
    let (z, a) = (&tape.z[last][..m * units], &tape.a[last][..m * units]);
    let (smoothing, output) = (spec.label_smoothing, spec.layers[last - 1].activation);
    match labels.target {
        Target::Classes(classes) => {
            assert!(spec.loss.wants_classes(), "{} is judged against values", spec.loss);
            let (top, log_sum) = (&mut tape.top[..m], &mut tape.log_sum[..m]);
            if output == Activation::Softmax {
                judged.delta.copy_from_slice(a);
            } else {
                let p = BatchMut::new(judged.delta, m, units);
                kernels.softmax(Batch::new(z, m, units), p, top, log_sum);
            }
            CrossEntropy { smoothing }.judge(Softmaxed { z, top, log_sum }, units, classes, judged);
        }
        Target::Values(y) => {
            let outputs = Outputs { kernels, z, a, y: y.data(), judged };
            match spec.loss {
                Loss::CrossEntropy => panic!("cross_entropy is judged against classes"),
                Loss::BinaryCrossEntropy => outputs.judge(BinaryCrossEntropy { smoothing }),
                Loss::SquaredError => outputs.judge(SquaredError),
                Loss::L1 => outputs.judge(L1),
                Loss::Huber(huber) => outputs.judge(huber),
                Loss::Poisson => outputs.judge(Poisson),
                Loss::Hinge => outputs.judge(Hinge),
                Loss::Perceptron => outputs.judge(Perceptron),
            }
            if !spec.loss.is_canonical(output) {
                let delta = BatchMut::new(&mut tape.delta[last], m, units);
                output.visit(OutputSlope {
                    kernels,
                    z: Batch::new(z, m, units),
                    a: Batch::new(a, m, units),
                    delta,
                });
            }
        }
    }
    let losses = tape.loss[..m * per_row].chunks(per_row).enumerate();
    losses.map(|(r, l)| shares.of(r) * l.iter().map(|l| l.to_f64()).sum::<f64>()).sum()
}

/// The share of each sample in the mean: the one place of 1/m.
struct Shares<'a, T> {
    weights: Option<&'a [T]>,
    one: f64,
}

impl<'a, T: Element> Shares<'a, T> {
    fn new(weights: Option<&'a [T]>, m: usize) -> Self {
        assert!(weights.is_none_or(|w| w.len() == m), "one weight per sample");
        // ANCHOR: shares
        let sum = weights.map_or(m as f64, |w| w.iter().map(|w| w.to_f64()).sum());
        // A batch whose samples all count 0 teaches nothing.
        Shares { weights, one: if sum > 0.0 { 1.0 / sum } else { 0.0 } }
        // ANCHOR_END: shares
    }
    fn of(&self, r: usize) -> f64 {
        self.one * self.weights.map_or(1.0, |w| w[r].to_f64())
    }
}

/// The outputs of a batch, each judged by itself.
struct Outputs<'a, T: Element> {
    kernels: &'a Kernels<T>,
    z: &'a [T],
    a: &'a [T],
    y: &'a [T],
    judged: Judged<'a, T>,
}

impl<T: Element> Outputs<'_, T> {
    fn judge(self, loss: impl ElementLoss) {
        let Outputs { kernels, z, a, y, judged } = self;
        kernels.arch().run(EachOutput { loss, z, a, y, judged });
    }
}

/// ∂J/∂a → δ = ∂J/∂a ⊙ f'(z) of the output layer.
struct OutputSlope<'a, T: Element> {
    kernels: &'a Kernels<T>,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    delta: BatchMut<'a, T>,
}

impl<T: Element> Visit for OutputSlope<'_, T> {
    type Out = ();
    fn elementwise<F: Elementwise>(self, f: F) {
        let OutputSlope { kernels, z, a, delta } = self;
        kernels.map_in_place(delta, &Slope::of_output(f, z, a));
    }
    fn rowwise<F: Rowwise>(self, _: F) {
        unreachable!("a plan pairs softmax with cross-entropy only")
    }
}
