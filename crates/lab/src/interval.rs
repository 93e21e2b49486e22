//! How sure an estimate is: 95 % intervals.

use feedforward_selection::Spread;
use serde::Serialize;
use std::fmt;

/// An estimate and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The mean of a spread with Student's interval. `shared` is 0 for independent values, the ratio of test to training
    /// rows for random parts of one table; see [`Spread::interval`].
    ///
    /// Of one value the interval is all numbers.
    pub fn of(spread: &Spread, shared: f64) -> Self {
        let (low, high) = spread.interval(shared).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        Interval { value: spread.mean, low, high }
    }
    /// The mean of independent values.
    ///
    /// # Panics
    /// If there is none.
    pub fn of_mean(values: &[f64]) -> Self {
        let spread = Spread::of(values.to_vec());
        // The caller's contract.
        Interval::of(&spread.unwrap_or_else(|| panic!("the mean of no value")), 0.0)
    }
    /// An estimate by its values without each of the m independent parts in turn (two or more): Student's interval of
    /// the jackknife's pseudo-values (Tukey 1958), for U-statistics justified by Arvesen (1969) and not too narrow on
    /// average (Efron and Stein 1981).
    pub fn jackknife(value: f64, without: &[f64]) -> Self {
        let m = without.len() as f64;
        let pseudo: Vec<f64> = without.iter().map(|w| m * value - (m - 1.0) * w).collect();
        let Interval { value: centre, low, high } = Interval::of_mean(&pseudo);
        Interval { value, low: low + value - centre, high: high + value - centre }
    }
    /// Of the same with the other sign.
    #[must_use]
    pub fn turned(&self) -> Self {
        Interval { value: -self.value, low: -self.high, high: -self.low }
    }
    /// Whether `x` is inside.
    pub fn holds(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

impl fmt::Display for Interval {
    /// `0.123 (0.1 to 0.15)`, each number with the formatter's precision, else with 4 digits after the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(4);
        let Interval { value, low, high } = self;
        let text = format!("{value:.digits$} ({low:.digits$} to {high:.digits$})");
        write!(f, "{text:<width$}", width = f.width().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_the_jackknife_gives_students_interval() {
        let x = [1.0, 4.0, 2.0, 8.0, 5.0];
        let without: Vec<f64> = (0..5).map(|i| (20.0 - x[i]) / 4.0).collect();
        let (a, b) = (Interval::of_mean(&x), Interval::jackknife(4.0, &without));
        assert!((a.low - b.low).abs() < 1e-12 && (a.high - b.high).abs() < 1e-12 && a.value == 4.0);
        // 4 ± 2.7764 · √(7.5/5)
        assert!((a.high - 7.4003).abs() < 1e-3, "{a}");
        assert!(a.holds(1.0) && !a.holds(0.5));
        let turned = Interval { value: -1.0, low: -2.0, high: -0.5 }.turned();
        assert_eq!(turned, Interval { value: 1.0, low: 0.5, high: 2.0 });
        assert_eq!(format!("{:.1}", Interval { value: 1.0, low: 0.5, high: 1.25 }), "1.0 (0.5 to 1.2)");
    }
}
