//! ℓ = Σ |a − y|.

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

pub(super) const ABOUT: About = About {
    name: "l1",
    tex: r"\ell = \sum_i |a_i - y_i|",
    derivative: r"\frac{\partial \ell}{\partial z_i} = \mathrm{sign}(a_i - y_i) f'(z_i)",
    source: "Wang, Regression: L1 loss",
    stability: "exact; the slope at a = y is 0",
};

/// ℓ = Σ |a − y|: outliers pull with the same force as all others, the answer is a median.
#[derive(Clone, Copy, Debug)]
pub struct L1;

impl ElementLoss for L1 {
    #[inline(always)]
    fn value<S: Simd>(&self, _z: S, a: S, y: S) -> S {
        a.sub(y).abs()
    }
    #[inline(always)]
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        let (zero, one) = (S::splat(S::Elem::ZERO), S::splat(S::Elem::ONE));
        S::select(a.gt(y), one, S::select(a.lt(y), one.neg(), zero))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_and_sign() {
        assert_eq!(
            [L1.value(0.0, 3.0, 1.0), L1.value(0.0, -3.0, 1.0), L1.value(0.0, 1.0, 1.0)],
            [2.0, 4.0, 0.0]
        );
        assert_eq!([L1.gradient(3.0, 1.0), L1.gradient(-3.0, 1.0), L1.gradient(1.0, 1.0)], [1.0, -1.0, 0.0]);
        assert!(L1.value(0.0, f64::NAN, 1.0).is_nan());
    }
}
