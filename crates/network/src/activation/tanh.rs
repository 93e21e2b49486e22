//! f(z) = tanh z: hidden units centred on 0.

use super::Elementwise;
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{Simd, math};

/// f(z) = tanh z.
#[derive(Clone, Copy, Debug)]
pub struct Tanh;

impl Elementwise for Tanh {
    const ABOUT: About = About {
        name: "tanh",
        tex: r"f(z) = \tanh z",
        derivative: "f'(z) = 1 - a^2",
        source: "Olteanu, The 2-2-1 network; its slide 22 prints (1 - a²)², which is wrong",
        stability: "relative accuracy kept near 0, ±1 beyond the last digit",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -1.0, 0.0),
        (-4.0, -0.999_329_299_739_067, 0.001_340_950_683_025_897),
        (-1.0, -0.761_594_155_955_764_9, 0.419_974_341_614_026_1),
        (-0.5, -0.462_117_157_260_009_74, 0.786_447_732_965_927_4),
        (-1e-9, -1e-9, 1.0),
        (0.0, 0.0, 1.0),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.462_117_157_260_009_74, 0.786_447_732_965_927_4),
        (1.0, 0.761_594_155_955_764_9, 0.419_974_341_614_026_1),
        (4.0, 0.999_329_299_739_067, 0.001_340_950_683_025_897),
        (20.0, 1.0, 1.699_341_702_116_635_5e-17),
        (1000.0, 1.0, 0.0),
    ];
    // ANCHOR: tanh
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        math::tanh(z)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, _z: S, a: S, _: S) -> S {
        a.neg_mul_add(a, S::splat(S::Elem::ONE))
    }
    // ANCHOR_END: tanh
}
