//! exp, ln, tanh, sigmoid, softplus, the normal distribution: our own polynomials, the same bits on every path.
//!
//! All are generic over [`Simd`], so they take vectors and plain `f32` and `f64` alike. The stated
//! bounds are the largest errors in units in the last place (ulp) that the tests allow.

#[cfg(test)]
mod check;
mod exp;
mod ln;
mod normal;
mod sigmoid;
mod softplus;
mod tanh;

pub use exp::{exp, exp_m1};
pub use ln::ln;
pub use normal::normal;
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub use tanh::tanh;

use crate::arch::Simd;

/// `c[0] xⁿ + … + c[n]`, one fused multiply-add per power.
#[inline(always)]
fn polynomial<S: Simd>(x: S, c: &'static [S::Elem]) -> S {
    let mut sum = S::splat(c[0]);
    for &c in &c[1..] {
        sum = sum.mul_add(x, S::splat(c));
    }
    sum
}

/// `x` as a constant of the vector's precision.
#[inline(always)]
pub fn constant<S: Simd>(x: f64) -> S {
    S::splat(<S::Elem as feedforward_base::Real>::from_f64(x))
}
