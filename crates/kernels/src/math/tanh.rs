//! The hyperbolic tangent.

use super::{constant, exp_m1};
use crate::arch::Simd;

/// tanh x, within 3 ulp, also near 0. tanh ±∞ = ±1; ±0 and NaN stay.
///
/// With u = e^(−2|x|) − 1, tanh |x| = −u / (u + 2); nothing cancels and nothing overflows.
#[inline(always)]
pub fn tanh<S: Simd>(x: S) -> S {
    let u = exp_m1(x.abs().mul(constant(-2.0)));
    u.div(u.add(constant(2.0))).copy_sign(x)
}
