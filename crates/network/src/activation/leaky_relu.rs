//! f(z) = max(0, z) + s min(0, z) with a small s that the user sets.

use super::{Elementwise, Numbered};
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math::constant};

/// f(z) = max(0, z) + s min(0, z), with f'(0) = s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// s, 0.01 where nothing is said.
    pub slope: f64,
}

/// z where it is above 0, s z elsewhere: what the family of leaky units has in common. A NaN stays one.
#[inline(always)]
pub(super) fn leaky<S: Simd>(z: S, s: S) -> S {
    S::select(z.gt(S::splat(S::Elem::ZERO)), z, s.mul(z))
}

/// 1 where z is above 0, s elsewhere.
#[inline(always)]
pub(super) fn leaky_slope<S: Simd>(z: S, s: S) -> S {
    S::select(z.gt(S::splat(S::Elem::ZERO)), S::splat(S::Elem::ONE), s)
}

/// What the slope of a leaky unit must be.
pub(super) fn want(slope: f64) -> Option<&'static str> {
    (!(-1.0..=1.0).contains(&slope)).then_some("a slope from -1 to 1")
}

impl Elementwise for LeakyRelu {
    const ABOUT: About = About {
        name: "leaky_relu",
        tex: r"f(z) = \max(0, z) + s \min(0, z)",
        derivative: r"f'(z) = [z > 0] + s [z \le 0]",
        source: "Sarkar, Generalised rectified linear units (s = 0.01); Maas, Hannun, Ng 2013",
        stability: "one rounding below 0, exact above",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -10.0, 0.01),
        (-4.0, -0.04, 0.01),
        (-0.5, -0.005, 0.01),
        (-1e-9, -1e-11, 0.01),
        (0.0, 0.0, 0.01),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        leaky(z, constant(self.slope))
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        leaky_slope(z, constant(self.slope))
    }
}

impl Numbered for LeakyRelu {
    const USUAL: Self = LeakyRelu { slope: 0.01 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.slope]
    }
    fn of(numbers: &[f64]) -> Self {
        LeakyRelu { slope: numbers[0] }
    }
    fn want(&self) -> Option<&'static str> {
        want(self.slope)
    }
}
