//! The logistic function.

use super::{constant, exp};
use crate::arch::Simd;

/// 1 / (1 + e⁻ˣ), within 2.5 ulp, also where it is denormal. σ(−∞) = 0, σ(∞) = 1, NaN stays NaN.
///
/// With u = e^−|x|, σ = 1 / (1 + u) for x ≥ 0 and u / (1 + u) below: nothing overflows, and small
/// results keep their relative accuracy.
#[inline(always)]
pub fn sigmoid<S: Simd>(x: S) -> S {
    let one = constant::<S>(1.0);
    let u = exp(x.abs().neg());
    S::select(x.ge(constant(0.0)), one, u).div(one.add(u))
}

#[cfg(test)]
mod tests {
    use super::sigmoid;
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Sigmoid, sigmoid);

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Sigmoid, |x| 1.0 / (1.0 + (-x).exp()), 2.5);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Sigmoid, |x| 1.0 / (1.0 + (-x).exp()), 2.5);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("sigmoid", &Sigmoid, 2.5);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Sigmoid);
    }

    #[test]
    fn special_values() {
        let inf = f64::INFINITY;
        exactly(
            &Sigmoid,
            &[
                (0.0, 0.5),
                (-0.0, 0.5),
                (inf, 1.0),
                (-inf, 0.0),
                (1000.0, 1.0),
                (-1000.0, 0.0),
                (f64::NAN, f64::NAN),
            ],
        );
    }
}
