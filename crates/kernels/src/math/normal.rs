//! The normal distribution: Φ(z), the chance of a draw below z, and φ(z) = Φ'(z), its density.
//!
//! With x = |z|, e = e^(−x²/2) and t = (x − 2.5) / (x + 4): Φ(−x) = e P(t) / (x + 4), where P(t) / (x + 4) is Mills'
//! ratio (1 − Φ(x)) / φ(x) over √2π. P is smooth and falls from 2 to 0.4, so that the tail keeps its relative accuracy;
//! at x = 0 it is exactly 2, which makes Φ(0) = ½.

use super::{constant, exp, polynomial};
use crate::arch::Simd;
use crate::coefficients::Coefficients;

/// (Φ(z), φ(z)) with Φ(z) = ½ erfc(−z / √2) within 6 ulp and φ(z) = e^(−z²/2) / √2π within 3 ulp, also where they
/// are denormal. Φ(−∞) = 0, Φ(0) = ½, Φ(∞) = 1, φ(±∞) = 0, NaN stays NaN.
#[inline(always)]
pub fn normal<S: Simd>(z: S) -> (S, S) {
    let one = constant::<S>(1.0);
    // Beyond the limit both are 0 or 1; a NaN is the second operand, which wins.
    let x = S::splat(S::Elem::NORMAL_LIMIT).min(z.abs());
    // x² = square + rest exactly: the exponential would magnify what the square has lost.
    let square = x.mul(x);
    let rest = x.mul_add(x, square.neg());
    let e = exp(square.mul(constant(-0.5)));
    let e = e.mul_add(rest.mul(constant(-0.5)), e);
    let u = one.div(x.add(constant(4.0)));
    let p = polynomial(x.sub(constant(2.5)).mul(u), S::Elem::NORMAL);
    let tail = p.mul(u).mul(e);
    let below = S::select(z.gt(constant(0.0)), one.sub(tail), tail);
    (below, e.mul(constant(0.398_942_280_401_432_7)))
}

#[cfg(test)]
mod tests {
    use super::normal;
    use crate::arch::Simd;
    use crate::math::check::{every_f32, exactly, f64_table, function, same_bits, some_f32};
    function!(Below, below);
    function!(Density, density);

    #[inline(always)]
    fn below<S: Simd>(z: S) -> S {
        normal(z).0
    }

    #[inline(always)]
    fn density<S: Simd>(z: S) -> S {
        normal(z).1
    }

    fn exact_density(z: f64) -> f64 {
        (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt()
    }

    /// Φ by its series about 0 and, in the tails, by the continued fraction of Mills' ratio.
    fn exact_below(z: f64) -> f64 {
        let x = z.abs();
        if x < 2.5 {
            let (mut term, mut sum, mut n) = (z, z, 1.0);
            while term.abs() > 1e-18 * sum.abs() {
                n += 2.0;
                term *= z * z / n;
                sum += term;
            }
            return 0.5 + exact_density(z) * sum;
        }
        let ratio = (1..=80).rev().fold(x, |rest, n| x + f64::from(n) / rest);
        let tail = exact_density(z) / ratio;
        match z > 0.0 {
            true => 1.0 - tail,
            false => tail,
        }
    }

    #[test]
    fn f32_is_within_its_bound() {
        some_f32(&Below, exact_below, 6.0);
        some_f32(&Density, exact_density, 3.0);
    }

    #[test]
    #[ignore = "minutes: all 2^32 numbers; run before a release"]
    fn every_f32_is_within_its_bound() {
        every_f32(&Below, exact_below, 6.0);
        every_f32(&Density, exact_density, 3.0);
    }

    #[test]
    fn f64_is_within_its_bound() {
        f64_table("normal_below", &Below, 6.0);
        f64_table("normal_density", &Density, 3.0);
    }

    #[test]
    fn all_paths_agree() {
        same_bits(&Below);
        same_bits(&Density);
    }

    #[test]
    fn special_values() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        let far = [(inf, 1.0), (-inf, 0.0), (1000.0, 1.0), (-1000.0, 0.0), (nan, nan)];
        exactly(&Below, &[(0.0, 0.5), (-0.0, 0.5)]);
        exactly(&Below, &far);
        exactly(&Density, &[(inf, 0.0), (-inf, 0.0), (1000.0, 0.0), (-1000.0, 0.0), (nan, nan)]);
    }
}
