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

#[cfg(test)]
mod tests {
    use super::tanh;
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Tanh, tanh);

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Tanh, f64::tanh, 3.0);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Tanh, f64::tanh, 3.0);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("tanh", &Tanh, 3.0);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Tanh);
    }

    #[test]
    fn special_values() {
        let inf = f64::INFINITY;
        exactly(
            &Tanh,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (inf, 1.0),
                (-inf, -1.0),
                (1000.0, 1.0),
                (-1000.0, -1.0),
                (f64::NAN, f64::NAN),
            ],
        );
    }
}
