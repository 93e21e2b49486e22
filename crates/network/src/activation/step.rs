//! f(z) = 1 above 0, 0 elsewhere: the perceptron's threshold. It predicts, and nothing can be learned through it.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::Simd;

/// f(z) = 1 for z > 0 and 0 elsewhere, with f(0) = 0 and f'(z) = 0 everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Step;

impl Elementwise for Step {
    const ABOUT: About = About {
        name: "step",
        tex: r"f(z) = [z > 0]",
        derivative: r"f'(z) = 0",
        source: "Sarkar, Common activation functions: the slide prints sign(z) for classes 0 and 1, \
                 which need Heaviside's step; Rosenblatt 1958",
        stability: "exact; f(0) = 0, and the derivative that does not exist at 0 is taken as 0",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-4.0, 0.0, 0.0),
        (-1.0, 0.0, 0.0),
        (-0.5, 0.0, 0.0),
        (-1e-9, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (1e-9, 1.0, 0.0),
        (0.5, 1.0, 0.0),
        (1.0, 1.0, 0.0),
        (4.0, 1.0, 0.0),
        (1000.0, 1.0, 0.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        let zero = S::splat(S::Elem::ZERO);
        // A NaN must stay one, or a divergence would hide behind a zero.
        let a = S::select(z.le(zero), zero, z);
        S::select(z.gt(zero), S::splat(S::Elem::ONE), a)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, _z: S, _a: S, _: S) -> S {
        S::splat(S::Elem::ZERO)
    }
}
