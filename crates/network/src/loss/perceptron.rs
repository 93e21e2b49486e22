//! ℓ = (a − y) z of a step output: the perceptron rule as a loss.

use super::ElementLoss;
use crate::about::About;
use feedforward_kernels::Simd;

pub(super) const ABOUT: About = About {
    name: "perceptron",
    tex: r"\ell = \sum_i (a_i - y_i) z_i, \quad a = [z > 0], \quad y \in \{0, 1\}",
    derivative: r"\frac{\partial \ell}{\partial z_i} = a_i - y_i",
    source: "Rosenblatt 1958; Olteanu, Perceptron; Sarkar (who prints sign(z) for y in {0, 1}, where a step is meant)",
    stability: "exact",
};

/// |z| of every output on the wrong side, 0 of the others. With `sgd` its step W ← W + η (y − a) x is Rosenblatt's
/// perceptron rule; a sample on the right side changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Perceptron;

impl ElementLoss for Perceptron {
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, a: S, y: S) -> S {
        a.sub(y).mul(z)
    }
    #[inline(always)]
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        a.sub(y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_side_costs_nothing() {
        assert_eq!(
            [(2.0, 1.0, 1.0), (-2.0, 0.0, 0.0)].map(|(z, a, y)| Perceptron.value(z, a, y)),
            [0.0, 0.0]
        );
        assert_eq!(
            [(2.0, 1.0, 0.0), (-3.0, 0.0, 1.0)].map(|(z, a, y)| Perceptron.value(z, a, y)),
            [2.0, 3.0]
        );
        assert_eq!([(1.0, 0.0), (0.0, 1.0)].map(|(a, y)| Perceptron.gradient(a, y)), [1.0, -1.0]);
    }
}
