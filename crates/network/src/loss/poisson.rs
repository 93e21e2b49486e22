//! ℓ = a − y + y ln(y/a) of an exponential output: counts.

use super::ElementLoss;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math};

pub(super) const ABOUT: About = About {
    name: "poisson",
    tex: r"\ell = \sum_i a_i - y_i + y_i \ln(y_i / a_i), \quad a = e^z",
    derivative: r"\frac{\partial \ell}{\partial z_i} = a_i - y_i",
    source: "half the Poisson deviance; Sarkar, Output units: positive targets",
    stability: "ln a is z; a is never passed to ln",
};

/// Half the deviance of the Poisson distribution with mean a = e^z; 0 where a = y.
#[derive(Clone, Copy, Debug)]
pub struct Poisson;

impl ElementLoss for Poisson {
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, a: S, y: S) -> S {
        let surprise = S::select(y.gt(S::splat(S::Elem::ZERO)), y.mul(math::ln(y).sub(z)), y);
        a.sub(y).add(surprise)
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
    fn no_loss_at_the_mean_and_a_line_for_no_event() {
        let loss = |z: f64, y: f64| Poisson.value(z, z.exp(), y);
        assert!(loss(3f64.ln(), 3.0).abs() < 1e-15);
        assert_eq!(loss(-1e4, 0.0), 0.0);
        assert_eq!(loss(0.0, 0.0), 1.0);
        // −2 + 2 (ln 2 + 1e4), where a itself is 0.
        assert!((loss(-1e4, 2.0) - (20_000.0 - 2.0 + 2.0 * 2f64.ln())).abs() < 1e-10);
    }
}
