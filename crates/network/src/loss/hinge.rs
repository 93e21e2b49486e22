//! ℓ = max(0, 1 − y a) for y = ±1.

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

pub(super) const ABOUT: About = About {
    name: "hinge",
    tex: r"\ell = \sum_i \max(0, 1 - y_i a_i), \quad y_i = \pm 1",
    derivative: r"\frac{\partial \ell}{\partial z_i} = -y_i [y_i a_i < 1] f'(z_i)",
    source: "Wang, Output and loss: tanh for labels of ±1",
    stability: "exact; the slope at y a = 1 is 0",
};

/// ℓ = max(0, 1 − y a) of each output, for labels y = ±1.
#[derive(Clone, Copy, Debug)]
pub struct Hinge;

impl ElementLoss for Hinge {
    #[inline(always)]
    fn value<S: Simd>(&self, _z: S, a: S, y: S) -> S {
        let (zero, one) = (S::splat(S::Elem::ZERO), S::splat(S::Elem::ONE));
        let margin = y.mul(a);
        // Not `max`: a NaN must stay one.
        S::select(margin.ge(one), zero, one.sub(margin))
    }
    #[inline(always)]
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        S::select(y.mul(a).ge(S::splat(S::Elem::ONE)), S::splat(S::Elem::ZERO), y.neg())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_within_the_margin_counts() {
        assert_eq!(
            [(2.0, 1.0), (0.5, 1.0), (0.5, -1.0), (-1.0, -1.0)].map(|(a, y)| Hinge.value(0.0, a, y)),
            [0.0, 0.5, 1.5, 0.0]
        );
        assert_eq!(
            [(2.0, 1.0), (0.5, 1.0), (0.5, -1.0), (-1.0, -1.0)].map(|(a, y)| Hinge.gradient(a, y)),
            [0.0, -1.0, 1.0, 0.0]
        );
        assert!(Hinge.value(0.0, f64::NAN, 1.0).is_nan());
    }
}
