//! f(z) = max(0, z) + s min(0, z) with an s that every unit learns.

use super::leaky_relu::{leaky, leaky_slope, want};
use super::{Elementwise, Numbered, Own};
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

/// f(z) = max(0, z) + s min(0, z); s is learned, one per unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prelu {
    /// Where s starts, 0.25 where nothing is said.
    pub start: f64,
}

impl Elementwise for Prelu {
    const ABOUT: About = About {
        name: "prelu",
        tex: r"f(z) = \max(0, z) + s_j \min(0, z), \quad s_j \text{ learned}",
        derivative: r"f'(z) = [z > 0] + s_j [z \le 0], \quad \frac{\partial f}{\partial s_j} = \min(0, z)",
        source: "Sarkar, Generalised rectified linear units; He, Zhang, Ren, Sun 2015",
        stability: "one rounding below 0, exact above",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -250.0, 0.25),
        (-4.0, -1.0, 0.25),
        (-0.5, -0.125, 0.25),
        (-1e-9, -2.5e-10, 0.25),
        (0.0, 0.0, 0.25),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    const OWN: Own = Own::Learned("slope");
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, own: S) -> S {
        leaky(z, own)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, own: S) -> S {
        leaky_slope(z, own)
    }
    #[inline(always)]
    fn own_slope<S: Simd>(&self, z: S, _a: S, _own: S) -> S {
        let zero = S::splat(S::Elem::ZERO);
        S::select(z.gt(zero), zero, z)
    }
    fn usual_own(&self) -> f64 {
        self.start
    }
}

impl Numbered for Prelu {
    const USUAL: Self = Prelu { start: 0.25 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.start]
    }
    fn of(numbers: &[f64]) -> Self {
        Prelu { start: numbers[0] }
    }
    fn want(&self) -> Option<&'static str> {
        want(self.start)
    }
}
