//! `ln`, sine, cosine and whole powers in plain IEEE arithmetic: the same bits on every platform, where a libm's
//! differ in the last place. For random numbers and generated data; the network's own functions
//! are in the kernels.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// Natural logarithm of a positive normal number, within 2 ulp.
///
/// `x = m · 2^e` with m in [√½, √2), then `ln m = 2 artanh((m−1)/(m+1))` as a series.
pub fn ln(x: f64) -> f64 {
    debug_assert!(x >= f64::MIN_POSITIVE && x.is_finite());
    let bits = x.to_bits();
    let mut e = (bits >> 52) as i64 - 1022;
    let mut m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3fe0_0000_0000_0000);
    if m < FRAC_1_SQRT_2 {
        m *= 2.0;
        e -= 1;
    }
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let mut sum = 0.0;
    for k in (0..12).rev() {
        sum = sum * s2 + 1.0 / f64::from(2 * k + 1);
    }
    2.0 * s * sum + e as f64 * LN_2
}

/// (cos, sin) of `turns` full turns, |turns| < 2^40, absolute error below 1e-15.
///
/// Reduced to an eighth of a turn, then the Taylor series.
pub fn cos_sin(turns: f64) -> (f64, f64) {
    let quarters = (turns * 4.0).round();
    let x = (turns - quarters * 0.25) * std::f64::consts::TAU;
    let x2 = x * x;
    let (mut c, mut s) = (1.0, 1.0);
    for k in (1..10).rev() {
        let k = f64::from(k);
        c = 1.0 - x2 * c / ((2.0 * k - 1.0) * (2.0 * k));
        s = 1.0 - x2 * s / ((2.0 * k) * (2.0 * k + 1.0));
    }
    let s = x * s;
    match (quarters as i64).rem_euclid(4) {
        0 => (c, s),
        1 => (-s, c),
        2 => (-c, -s),
        _ => (s, -c),
    }
}

/// x^n by squaring.
pub fn power(mut x: f64, mut n: u64) -> f64 {
    let mut product = 1.0;
    while n > 0 {
        if n & 1 == 1 {
            product *= x;
        }
        x *= x;
        n >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_by_squaring() {
        assert_eq!(power(0.5, 10), 1.0 / 1024.0);
        assert!((power(0.999, 100_000) / (100_000.0 * 0.999f64.ln()).exp() - 1.0).abs() < 1e-9);
        assert_eq!(power(0.9, 0), 1.0);
    }

    #[test]
    fn ln_agrees_with_the_platform_to_two_ulp() {
        for i in 1..20_000 {
            let x = f64::from(i) * 0.000_73 + f64::from(i).powi(3) * 1e-9;
            let (ours, theirs) = (ln(x), x.ln());
            assert!(
                (ours - theirs).abs() <= 2.0 * f64::EPSILON * theirs.abs().max(f64::EPSILON),
                "{x}: {ours} {theirs}"
            );
        }
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn cos_sin_agree_with_the_platform() {
        for i in -5000..5000 {
            let t = f64::from(i) * 0.000_937;
            let (c, s) = cos_sin(t);
            let a = t * std::f64::consts::TAU;
            assert!((c - a.cos()).abs() < 1e-14 && (s - a.sin()).abs() < 1e-14, "{t}");
        }
        assert_eq!(cos_sin(0.25), (0.0, 1.0));
        assert_eq!(cos_sin(-0.5), (-1.0, 0.0));
    }
}
