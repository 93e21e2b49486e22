//! f(z) = z above 0, α (e^z − 1) below: a rectified unit that does not die.

use super::{Elementwise, Numbered};
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{
    Simd,
    math::{constant, exp_m1},
};

/// f(z) = z above 0, α (e^z − 1) elsewhere, with f'(0) = α.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// α, 1 where nothing is said: then f' has no jump.
    pub alpha: f64,
}

/// s z above 0, t (e^z − 1) elsewhere. A NaN stays one.
#[inline(always)]
pub(super) fn exponential_below<S: Simd>(z: S, s: S, t: S) -> S {
    S::select(z.gt(S::splat(S::Elem::ZERO)), z.mul(s), exp_m1(z).mul(t))
}

/// Its derivative: s above 0, t e^z = a + t elsewhere.
#[inline(always)]
pub(super) fn exponential_below_slope<S: Simd>(z: S, a: S, s: S, t: S) -> S {
    S::select(z.gt(S::splat(S::Elem::ZERO)), s, a.add(t))
}

impl Elementwise for Elu {
    const ABOUT: About = About {
        name: "elu",
        tex: r"f(z) = \begin{cases} z, & z > 0 \\ \alpha (e^z - 1), & z \le 0 \end{cases}",
        derivative: r"f'(z) = \begin{cases} 1, & z > 0 \\ \alpha e^z = a + \alpha, & z \le 0 \end{cases}",
        source: "Sarkar, Exponential linear units; Clevert, Unterthiner, Hochreiter 2016",
        stability: "e^z - 1 is one function, exact near 0; where it overflows it is not taken",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -1.0, 0.0),
        (-4.0, -0.981_684_361_111_265_8, 0.018_315_638_888_734_18),
        (-1.0, -0.632_120_558_828_557_7, 0.367_879_441_171_442_33),
        (-0.5, -0.393_469_340_287_366_6, 0.606_530_659_712_633_4),
        (-1e-9, -9.999_999_995e-10, 0.999_999_999),
        (0.0, 0.0, 1.0),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (1.0, 1.0, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        exponential_below(z, S::splat(S::Elem::ONE), constant(self.alpha))
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, a: S, _: S) -> S {
        exponential_below_slope(z, a, S::splat(S::Elem::ONE), constant(self.alpha))
    }
}

impl Numbered for Elu {
    const USUAL: Self = Elu { alpha: 1.0 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.alpha]
    }
    fn of(numbers: &[f64]) -> Self {
        Elu { alpha: numbers[0] }
    }
    fn want(&self) -> Option<&'static str> {
        (!(0.0..=1000.0).contains(&self.alpha)).then_some("an alpha from 0 to 1000")
    }
}
