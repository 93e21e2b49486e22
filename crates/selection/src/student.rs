//! Student's t distribution, as far as intervals of a mean need it.

use feedforward_base::elementary::cos_sin;

/// The t that a variable of Student's distribution with `freedom` degrees of freedom exceeds, up or down, with
/// probability 1 − `within`, 0 < `within` < 1; `None` without a degree of freedom.
pub(crate) fn quantile(within: f64, freedom: usize) -> Option<f64> {
    if freedom == 0 {
        return None;
    }
    // The angle atan(t / √ν) lies in 0..¼ turn.
    let (mut low, mut high) = (0.0, 0.25);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if inside(middle, freedom) < within { low = middle } else { high = middle }
    }
    let (cos, sin) = cos_sin(0.5 * (low + high));
    Some((freedom as f64).sqrt() * sin / cos)
}

/// P(|T| < √ν tan θ) by the finite series for whole ν (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4); θ in turns.
fn inside(turns: f64, freedom: usize) -> f64 {
    let (cos, sin) = cos_sin(turns);
    let odd = freedom % 2 == 1;
    let (mut term, mut sum) = if odd { (cos, cos) } else { (1.0, 1.0) };
    if freedom == 1 {
        sum = 0.0;
    }
    for k in (if odd { 3 } else { 2 }..freedom.saturating_sub(1)).step_by(2) {
        term *= (k - 1) as f64 / k as f64 * cos * cos;
        sum += term;
    }
    // 2θ/π is 4 in turns.
    if odd { 4.0 * turns + 2.0 / std::f64::consts::PI * sin * sum } else { sin * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `scipy.stats.t.ppf((1 + within) / 2, freedom)`.
    #[test]
    fn quantiles_of_scipy() {
        for (within, freedom, want) in SCIPY {
            let t = quantile(within, freedom).unwrap();
            assert!((t / want - 1.0).abs() < 1e-10, "{within} {freedom}: {t} {want}");
        }
        assert_eq!(quantile(0.95, 0), None);
    }

    const SCIPY: [(f64, usize, f64); 9] = [
        (0.95, 1, 12.706204736174694),
        (0.95, 2, 4.302652729749462),
        (0.95, 3, 3.1824463052837078),
        (0.95, 4, 2.7764451051977934),
        (0.95, 5, 2.5705818356363146),
        (0.95, 9, 2.262157162798205),
        (0.95, 49, 2.0095752371292392),
        (0.99, 24, 2.796939504774456),
        (0.5, 7, 0.7111417780817866),
    ];
}
