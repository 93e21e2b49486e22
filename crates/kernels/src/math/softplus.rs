//! ln(1 + eˣ).

use super::{constant, exp, ln::ln_of_parts};
use crate::arch::Simd;

/// ln(1 + eˣ), within 2 ulp, also where it is denormal. 0 at −∞, ∞ at ∞, NaN stays NaN.
///
/// = max(x, 0) + ln(1 + u) with u = e^−|x| in [0, 1]; where 1 + u would be above √2 its half is
/// taken, so that u is never added to 1 while it is small.
#[inline(always)]
pub fn softplus<S: Simd>(x: S) -> S {
    let one = constant::<S>(1.0);
    let u = exp(x.abs().neg());
    let large = u.gt(constant(std::f64::consts::SQRT_2 - 1.0));
    let f = S::select(large, u.sub(one).mul(constant(0.5)), u);
    let e = S::select(large, one, constant(0.0));
    x.max(constant(0.0)).add(ln_of_parts(f, e))
}

#[cfg(test)]
mod tests {
    use super::softplus;
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Softplus, softplus);

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Softplus, |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), 2.0);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Softplus, |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), 2.0);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("softplus", &Softplus, 2.0);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Softplus);
    }

    #[test]
    fn special_values() {
        let inf = f64::INFINITY;
        exactly(
            &Softplus,
            &[(inf, inf), (-inf, 0.0), (1000.0, 1000.0), (-1000.0, 0.0), (f64::NAN, f64::NAN)],
        );
    }
}
