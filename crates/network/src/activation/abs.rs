//! f(z) = |z|: a rectified unit that keeps the magnitude on both sides.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

/// f(z) = |z|, with f'(0) = 0.
#[derive(Clone, Copy, Debug)]
pub struct Abs;

impl Elementwise for Abs {
    const ABOUT: About = About {
        name: "abs",
        tex: r"f(z) = |z| = \max(0, z) - \min(0, z)",
        derivative: r"f'(z) = [z > 0] - [z < 0]",
        source: "Sarkar, Generalised rectified linear units: a = -1 in max(0, z) + a min(0, z); \
                 the slide prints a = 1, which is the identity",
        stability: "exact",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 1000.0, -1.0),
        (-4.0, 4.0, -1.0),
        (-1.0, 1.0, -1.0),
        (-0.5, 0.5, -1.0),
        (-1e-9, 1e-9, -1.0),
        (0.0, 0.0, 0.0),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (1.0, 1.0, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        z.abs()
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        let (zero, one) = (S::splat(S::Elem::ZERO), S::splat(S::Elem::ONE));
        S::select(z.eq(zero), zero, one.copy_sign(z))
    }
}
