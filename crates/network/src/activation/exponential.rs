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
        // VECTORS exponential
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
