//! f(z) = z: the output of a regression.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

/// f(z) = z.
#[derive(Clone, Copy, Debug)]
pub struct Linear;

impl Elementwise for Linear {
    const ABOUT: About = About {
        name: "linear",
        tex: "f(z) = z",
        derivative: "f'(z) = 1",
        source: "Sarkar, Output units: linear output with Gaussian noise",
        stability: "exact",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -1000.0, 1.0),
        (-0.5, -0.5, 1.0),
        (-1e-9, -1e-9, 1.0),
        (-0.0, -0.0, 1.0),
        (0.0, 0.0, 1.0),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        z
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, _z: S, _a: S, _: S) -> S {
        S::splat(S::Elem::ONE)
    }
}
