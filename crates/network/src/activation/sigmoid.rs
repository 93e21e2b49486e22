//! f(z) = 1 / (1 + e^−z): the output for two classes.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math};

/// f(z) = 1 / (1 + e^−z).
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;

impl Elementwise for Sigmoid {
    const ABOUT: About = About {
        name: "sigmoid",
        tex: r"f(z) = \frac{1}{1 + e^{-z}}",
        derivative: "f'(z) = a (1 - a)",
        source: "Sarkar, Hidden units: sigmoid; Olteanu, Activation functions",
        stability: "e^{-|z|} only, so nothing overflows",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-88.5, 3.672_301_681_915_042e-39, 3.672_301_681_915_042e-39),
        (-20.0, 2.061_153_618_190_203_7e-9, 2.061_153_613_941_849e-9),
        (-4.0, 0.017_986_209_962_091_56, 0.017_662_706_213_291_118),
        (-1.0, 0.268_941_421_369_995_1, 0.196_611_933_241_481_85),
        (-1e-9, 0.499_999_999_75, 0.25),
        (0.0, 0.5, 0.25),
        (1e-9, 0.500_000_000_25, 0.25),
        (0.5, 0.622_459_331_201_854_6, 0.235_003_712_201_594_5),
        (4.0, 0.982_013_790_037_908_5, 0.017_662_706_213_291_118),
        (20.0, 0.999_999_997_938_846_4, 2.061_153_613_941_849e-9),
        (1000.0, 1.0, 0.0),
    ];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        math::sigmoid(z)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, _z: S, a: S, _: S) -> S {
        a.mul(S::splat(S::Elem::ONE).sub(a))
    }
}
