//! The natural logarithm.
//!
//! x = 2ᵉ (1 + f) with 1 + f in [√½, √2), s = f / (2 + f), then
//! ln(1 + f) = 2 artanh s = f − (f²/2 − s (f²/2 + s² L(s²))).

use super::{constant, polynomial};
use crate::arch::Simd;
use crate::coefficients::Coefficients;

/// ln x, within 1 ulp, also of denormal numbers. ln ±0 = −∞, ln ∞ = ∞; NaN below 0 and of NaN.
#[inline(always)]
pub fn ln<S: Simd>(x: S) -> S {
    let zero = constant::<S>(0.0);
    let tiny = x.lt(S::splat(S::Elem::TINY));
    let lifted = S::select(tiny, x.mul(S::splat(S::Elem::LIFT)), x);
    let (m, e) = lifted.split();
    let e = S::select(tiny, e.sub(S::splat(S::Elem::LIFT_LOG2)), e);
    let y = ln_of_parts(m.sub(constant(1.0)), e);
    // ∞ and NaN stay as they are.
    let infinity = constant::<S>(f64::INFINITY);
    let y = S::select(x.lt(infinity), y, x);
    let y = S::select(x.eq(zero), infinity.neg(), y);
    S::select(x.lt(zero), constant(f64::NAN), y)
}

/// ln(1 + f) + e ln 2 for 1 + f in [√½, √2).
#[inline(always)]
pub(super) fn ln_of_parts<S: Simd>(f: S, e: S) -> S {
    let s = f.div(f.add(constant(2.0)));
    let z = s.mul(s);
    let half_square = f.mul(f).mul(constant(0.5));
    let tail = z.mul_add(polynomial(z, S::Elem::LN), half_square);
    let tail = s.mul_add(tail, e.mul(S::splat(S::Elem::LN_2_LO)));
    e.mul_add(S::splat(S::Elem::LN_2_HI), f.sub(half_square.sub(tail)))
}

#[cfg(test)]
mod tests {
    use super::ln;
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Ln, ln);

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Ln, f64::ln, 1.0);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Ln, f64::ln, 1.0);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("ln", &Ln, 1.0);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Ln);
    }

    #[test]
    fn special_values() {
        let inf = f64::INFINITY;
        exactly(
            &Ln,
            &[
                (1.0, 0.0),
                (0.0, -inf),
                (-0.0, -inf),
                (inf, inf),
                (-1.0, f64::NAN),
                (-inf, f64::NAN),
                (f64::NAN, f64::NAN),
            ],
        );
    }
}
