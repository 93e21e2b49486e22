//! ℓ = ½ e² near the target, linear far from it.

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math::constant};

pub(super) const ABOUT: About = About {
    name: "huber",
    tex: r"\ell = \sum_i \begin{cases} \tfrac12 e_i^2 & |e_i| \le d \\ d (|e_i| - \tfrac12 d) & |e_i| > d \end{cases}, \quad e = a - y",
    derivative: r"\frac{\partial \ell}{\partial z_i} = \max(-d, \min(d, e_i)) f'(z_i)",
    source: "Huber 1964",
    stability: "exact",
};

/// Squared error up to the threshold d, from there on linear with the same slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// d, in the unit of the targets as the network sees them; 1 where nothing is said.
    pub threshold: f64,
}

impl Huber {
    pub(super) const USUAL: Huber = Huber { threshold: 1.0 };
}

impl ElementLoss for Huber {
    #[inline(always)]
    fn value<S: Simd>(&self, _z: S, a: S, y: S) -> S {
        let (half, d) = (S::splat(S::Elem::from_f64(0.5)), constant::<S>(self.threshold));
        let e = a.sub(y).abs();
        S::select(e.gt(d), d.mul(half.neg_mul_add(d, e)), half.mul(e).mul(e))
    }
    #[inline(always)]
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        let (e, d) = (a.sub(y), constant::<S>(self.threshold));
        S::select(e.gt(d), d, S::select(e.lt(d.neg()), d.neg(), e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_between_two_lines() {
        let h = Huber { threshold: 2.0 };
        assert_eq!([1.0, -2.0, 3.0, -10.0].map(|e| h.value(0.0, e, 0.0)), [0.5, 2.0, 4.0, 18.0]);
        assert_eq!([1.0, -2.0, 3.0, -10.0].map(|e| h.gradient(e, 0.0)), [1.0, -2.0, 2.0, -2.0]);
        assert_eq!(h.value(0.0, 1e30_f32, 0.0), 2e30);
    }
}
