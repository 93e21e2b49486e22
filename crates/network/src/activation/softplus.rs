//! f(z) = ln(1 + e^z): a smooth ReLU.

use super::Elementwise;
use crate::about::About;
use feedforward_kernels::{Simd, math};

/// f(z) = ln(1 + e^z).
#[derive(Clone, Copy, Debug)]
pub struct Softplus;

impl Elementwise for Softplus {
    const ABOUT: About = About {
        name: "softplus",
        tex: r"f(z) = \ln(1 + e^z)",
        derivative: r"f'(z) = \frac{1}{1 + e^{-z}}",
        source: "Sarkar, Hidden units: softplus",
        stability: "max(z, 0) + ln(1 + e^{-|z|})",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-20.0, 2.061_153_620_314_381e-9, 2.061_153_618_190_203_7e-9),
        (-4.0, 0.018_149_927_917_809_74, 0.017_986_209_962_091_56),
        (-1.0, 0.313_261_687_518_222_8, 0.268_941_421_369_995_1),
        (-1e-9, 0.693_147_180_059_945_4, 0.499_999_999_75),
        (0.0, std::f64::consts::LN_2, 0.5),
        (1e-9, 0.693_147_181_059_945_3, 0.500_000_000_25),
        (0.5, 0.974_076_984_180_106_7, 0.622_459_331_201_854_6),
        (4.0, 4.018_149_927_917_81, 0.982_013_790_037_908_5),
        (1000.0, 1000.0, 1.0),
    ];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        math::softplus(z)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        math::sigmoid(z)
    }
}
