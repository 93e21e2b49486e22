//! f(z) = max(0, z): the usual hidden unit.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

/// f(z) = max(0, z), with f'(0) = 0.
#[derive(Clone, Copy, Debug)]
pub struct Relu;

impl Elementwise for Relu {
    const ABOUT: About = About {
        name: "relu",
        tex: r"f(z) = \max(0, z)",
        derivative: r"f'(z) = [z > 0]",
        source: "Wang, Multilayer perceptron; Sarkar, Hidden units (which sets f'(0) = 1; ours is 0)",
        stability: "exact",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-4.0, 0.0, 0.0),
        (-0.5, 0.0, 0.0),
        (-1e-9, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        // Not `max`: a NaN must stay one, or a divergence would hide behind a zero.
        let zero = S::splat(S::Elem::ZERO);
        S::select(z.le(zero), zero, z)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        let zero = S::splat(S::Elem::ZERO);
        S::select(z.gt(zero), S::splat(S::Elem::ONE), zero)
    }
}
