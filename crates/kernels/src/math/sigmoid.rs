//! The logistic function.

use super::{constant, exp};
use crate::arch::Simd;

/// 1 / (1 + e⁻ˣ), within 2 ulp, also where it is denormal. σ(−∞) = 0, σ(∞) = 1, NaN stays NaN.
///
/// With u = e^−|x|, σ = 1 / (1 + u) for x ≥ 0 and u / (1 + u) below: nothing overflows, and small
/// results keep their relative accuracy.
#[inline(always)]
pub fn sigmoid<S: Simd>(x: S) -> S {
    let one = constant::<S>(1.0);
    let u = exp(x.abs().neg());
    S::select(x.ge(constant(0.0)), one, u).div(one.add(u))
}
