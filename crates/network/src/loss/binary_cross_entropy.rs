//! ℓ = −(y ln a + (1 − y) ln(1 − a)) of a sigmoid output.

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math};

pub(super) const ABOUT: About = About {
    name: "binary_cross_entropy",
    tex: r"\ell = -\left(y \ln a + (1 - y) \ln(1 - a)\right)",
    derivative: r"\frac{\partial \ell}{\partial z} = a - y",
    source: "Olteanu, Cross-entropy of the 2-2-1 network; Sarkar, J = -log σ((2y-1)z)",
    stability: "softplus(z) − y z; a is never passed to ln",
};

/// ℓ = −(y ln a + (1 − y) ln(1 − a)) of each sigmoid output, summed over the outputs.
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropy {
    /// s: targets are drawn together, y → (1 − s) y + s/2.
    pub smoothing: f64,
}

impl BinaryCrossEntropy {
    #[inline(always)]
    fn target<S: Simd>(&self, y: S) -> S {
        y.mul_add(math::constant(1.0 - self.smoothing), math::constant(self.smoothing * 0.5))
    }
}

impl ElementLoss for BinaryCrossEntropy {
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _a: S, y: S) -> S {
        // ANCHOR: loss
        // For y = 1 softplus(z) − z would cancel; softplus(−z) is the same number without loss.
        let one = S::splat(S::Elem::ONE);
        let y = self.target(y);
        S::select(y.eq(one), math::softplus(z.neg()), y.neg_mul_add(z, math::softplus(z)))
        // ANCHOR_END: loss
    }
    #[inline(always)]
    // ANCHOR: delta
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        a.sub(self.target(y))
    }
    // ANCHOR_END: delta
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sarkar's slide on the sigmoid output: J = −log σ((2y−1) z).
    #[test]
    fn the_losses_of_the_lecture() {
        let loss = BinaryCrossEntropy { smoothing: 0.0 };
        for (y, z, j) in
            [(1.0, 2.0, 0.126_928_011_0), (0.0, 2.0, 2.126_928_011_0), (1.0, -3.0, 3.048_587_351_6)]
        {
            let ours = loss.value::<f64>(z, math::sigmoid(z), y);
            assert!((ours - j).abs() < 5e-11, "{y} {z}: {ours}");
        }
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let loss = BinaryCrossEntropy { smoothing: 0.0 };
        for z in [-1e4f32, -150.0, 150.0, 1e4] {
            assert_eq!(loss.value(z, math::sigmoid(z), 1.0), (-z).max(0.0));
            assert_eq!(loss.value(z, math::sigmoid(z), 0.0), z.max(0.0));
        }
    }
}
