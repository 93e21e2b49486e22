//! eˣ and eˣ − 1.
//!
//! x = n ln 2 + r with |r| ≤ ln 2 / 2, then eʳ = 1 + r + r² Q(r) and eˣ = 2ⁿ eʳ.

use super::{constant, polynomial};
use crate::arch::Simd;
use crate::coefficients::Coefficients;

/// eˣ, within 1.1 ulp, also where the result is denormal. e^−∞ = 0, e^∞ = ∞, NaN stays NaN.
#[inline(always)]
pub fn exp<S: Simd>(x: S) -> S {
    let (low, high) = S::Elem::EXP_RANGE;
    // A NaN is the second operand, which wins.
    let x = S::splat(high).min(S::splat(low).max(x));
    let (n, q) = reduced(x);
    // 2ⁿ itself may be out of range where the result is not: two factors, of which only the last
    // can round.
    let half = n.mul(constant(0.5)).round();
    q.add(constant(1.0)).mul(half.exp2i()).mul(n.sub(half).exp2i())
}

/// eˣ − 1, within 2 ulp, also near 0. e^−∞ − 1 = −1, e^∞ − 1 = ∞, e^±0 − 1 = 0, NaN stays.
#[inline(always)]
pub fn exp_m1<S: Simd>(x: S) -> S {
    let (_, high) = S::Elem::EXP_RANGE;
    let x = S::splat(high).min(S::splat(S::Elem::EXP_M1_LOW).max(x));
    let (n, q) = reduced(x);
    // 2ⁿ (q + 1) − 1 = 2 (h q + (h − ½)) with h = 2ⁿ⁻¹, in range for every n.
    let h = n.sub(constant(1.0)).exp2i();
    let y = q.mul_add(h, h.sub(constant(0.5)));
    S::select(n.eq(constant(0.0)), q, y.add(y))
}

/// (n, eʳ − 1) with x = n ln 2 + r.
#[inline(always)]
fn reduced<S: Simd>(x: S) -> (S, S) {
    let n = x.mul(S::splat(S::Elem::LOG2_E)).round();
    let r = n.neg_mul_add(S::splat(S::Elem::LN_2_HI), x);
    let r = n.neg_mul_add(S::splat(S::Elem::LN_2_LO), r);
    let q = polynomial(r, S::Elem::EXP);
    (n, r.mul(r).mul_add(q, r))
}

#[cfg(test)]
mod tests {
    use super::{exp, exp_m1};
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Exp, exp);
    function!(ExpM1, exp_m1);

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Exp, f64::exp, 1.1);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Exp, f64::exp, 1.1);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("exp", &Exp, 1.0);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Exp);
    }

    #[test]
    fn special_values() {
        let inf = f64::INFINITY;
        exactly(
            &Exp,
            &[
                (0.0, 1.0),
                (-0.0, 1.0),
                (inf, inf),
                (-inf, 0.0),
                (1000.0, inf),
                (-1000.0, 0.0),
                (f64::NAN, f64::NAN),
            ],
        );
    }

    #[test]
    fn m1_f32_is_within_its_bound() {
        some_f32(&ExpM1, f64::exp_m1, 2.0);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn m1_every_f32_is_within_its_bound() {
        every_f32(&ExpM1, f64::exp_m1, 2.0);
    }

    #[test]
    fn m1_f64_is_within_its_bound() {
        f64_table("exp_m1", &ExpM1, 2.0);
    }

    #[test]
    fn m1_all_paths_agree() {
        same_bits(&ExpM1);
    }

    #[test]
    fn m1_special_values() {
        let inf = f64::INFINITY;
        exactly(
            &ExpM1,
            &[
                (0.0, 0.0),
                (-0.0, 0.0),
                (inf, inf),
                (-inf, -1.0),
                (1000.0, inf),
                (-1000.0, -1.0),
                (f64::NAN, f64::NAN),
            ],
        );
    }
}
