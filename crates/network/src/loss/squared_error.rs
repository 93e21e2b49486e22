//! ℓ = ½ Σ (a − y)².

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

pub(super) const ABOUT: About = About {
    name: "squared_error",
    tex: r"\ell = \tfrac12 \sum_i (a_i - y_i)^2",
    derivative: r"\frac{\partial \ell}{\partial z_i} = (a_i - y_i) f'(z_i)",
    source: "Sarkar, Output units: linear output with Gaussian noise; Wang, Regression",
    stability: "exact",
};

/// ℓ = ½ Σ (a − y)², summed over the outputs.
#[derive(Clone, Copy, Debug)]
pub struct SquaredError;

impl ElementLoss for SquaredError {
    #[inline(always)]
    fn value<S: Simd>(&self, _z: S, a: S, y: S) -> S {
        let e = a.sub(y);
        S::splat(S::Elem::from_f64(0.5)).mul(e).mul(e)
    }
    #[inline(always)]
    fn gradient<S: Simd>(&self, a: S, y: S) -> S {
        a.sub(y)
    }
}
