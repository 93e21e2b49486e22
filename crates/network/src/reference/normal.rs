//! The normal distribution, from its series and its continued fraction: slow and literal.

use std::f64::consts::{PI, SQRT_2};

/// φ(z) = e^{−z²/2} / √(2π).
pub(super) fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// Φ(z) = ½ erfc(−z/√2), with relative accuracy in the lower tail too.
pub(super) fn distribution(z: f64) -> f64 {
    let tail = 0.5 * erfc(z.abs() / SQRT_2);
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// erfc x for x ≥ 0.
fn erfc(x: f64) -> f64 {
    if x < 1.0 { 1.0 - erf_by_series(x) } else { erfc_by_fraction(x) }
}

/// erf x = 2/√π e^{−x²} Σ_n 2ⁿ x^{2n+1} / (1·3·5…(2n+1)): all terms are positive, so nothing cancels.
fn erf_by_series(x: f64) -> f64 {
    let (mut term, mut sum) = (x, 0.0);
    for n in 1..60 {
        sum += term;
        term *= 2.0 * x * x / f64::from(2 * n + 1);
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// erfc x = e^{−x²}/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + 2/(x + …))))) for x ≥ 1, from the inside out.
fn erfc_by_fraction(x: f64) -> f64 {
    let inside = (1..400).rev().fold(x, |below, k| x + 0.5 * f64::from(k) / below);
    (-x * x).exp() / PI.sqrt() / inside
}
