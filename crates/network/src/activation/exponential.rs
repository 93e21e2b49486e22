//! f(z) = e^z: the output for counts and other positive means.

use super::Elementwise;
use crate::about::About;
use feedforward_kernels::{Simd, math};

/// f(z) = e^z.
#[derive(Clone, Copy, Debug)]
pub struct Exponential;

impl Elementwise for Exponential {
    const ABOUT: About = About {
        name: "exponential",
        tex: r"f(z) = e^z",
        derivative: r"f'(z) = a",
        source: "McCullagh and Nelder 1989: the log link of Poisson regression",
        stability: "infinite above 88.7 in f32 and 709.8 in f64, as e^z is; its losses work with z",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-4.0, 0.018_315_638_888_734_18, 0.018_315_638_888_734_18),
        (-1.0, 0.367_879_441_171_442_33, 0.367_879_441_171_442_33),
        (-0.5, 0.606_530_659_712_633_4, 0.606_530_659_712_633_4),
        (-1e-9, 0.999_999_999, 0.999_999_999),
        (0.0, 1.0, 1.0),
        (1e-9, 1.000_000_001, 1.000_000_001),
        (0.5, 1.648_721_270_700_128_2, 1.648_721_270_700_128_2),
        (1.0, std::f64::consts::E, std::f64::consts::E),
        (4.0, 54.598_150_033_144_236, 54.598_150_033_144_236),
        (1000.0, f64::INFINITY, f64::INFINITY),
    ];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        math::exp(z)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, _z: S, a: S, _: S) -> S {
        a
    }
}
