//! A number that was measured several times: its mean and how far the values lie apart.

use crate::student;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The values of one number over folds, seeds or training sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The values, in the order of what they were measured on.
    pub values: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, with n − 1; `None` of one value.
    pub deviation: Option<f64>,
}

impl Spread {
    /// Of these values; `None` if there is none.
    pub fn of(values: Vec<f64>) -> Option<Spread> {
        let n = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let deviation = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
        Some(Spread { values, mean, deviation })
    }

    /// The 95 % interval of the mean over folds, corrected for the rows that their training parts share: the variance
    /// of the mean is s² · (1/n + test rows / training rows) and not s²/n (Nadeau and Bengio, Inference for the
    /// generalization error, 2003), t with n − 1 degrees of freedom. `None` of one value, and of equal ones: they do
    /// not say how far others would lie.
    pub fn interval(&self, test_per_train: f64) -> Option<(f64, f64)> {
        let n = self.values.len();
        let t = student::quantile(0.95, n - 1)?;
        let half = t * self.deviation.filter(|d| *d > 0.0)? * (1.0 / n as f64 + test_per_train).sqrt();
        Some((self.mean - half, self.mean + half))
    }

    /// The decimals that say something: two digits of the deviation, where there is none four digits of the mean.
    pub fn decimals(&self) -> usize {
        let size = self.deviation.filter(|d| *d > 0.0).unwrap_or(self.mean.abs() / 100.0);
        // The first digit of a number ≥ 10^e stands e places before the last one of the whole part.
        let exponent = (-12..12).rev().find(|e| size >= 10f64.powi(*e)).unwrap_or(-3);
        (1 - exponent).max(0) as usize
    }
}

/// `0.943 ± 0.012`, with [`Spread::decimals`] or, with a precision, to that many.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(self.decimals());
        match self.deviation {
            Some(deviation) => write!(f, "{:.decimals$} ± {deviation:.decimals$}", self.mean),
            None => write!(f, "{:.decimals$}", self.mean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation() {
        let spread = Spread::of(vec![2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((spread.mean, spread.deviation), (5.0, Some((32.0f64 / 7.0).sqrt())));
        assert_eq!(Spread::of(vec![3.0]).unwrap().deviation, None);
        assert_eq!(Spread::of(vec![]), None);
    }

    #[test]
    fn text_has_the_digits_that_count() {
        let text = |values: &[f64]| Spread::of(values.to_vec()).unwrap().to_string();
        assert_eq!(text(&[0.955, 0.931]), "0.943 ± 0.017");
        assert_eq!(text(&[53_423.0, 50_000.0]), "51712 ± 2420");
        assert_eq!(text(&[1.0, 1.0]), "1.000 ± 0.000");
        assert_eq!(text(&[0.12345]), "0.1235");
        assert_eq!(text(&[0.0, 0.0]), "0.0000 ± 0.0000");
        assert_eq!(format!("{:.1}", Spread::of(vec![95.5, 93.1]).unwrap()), "94.3 ± 1.7");
    }

    /// Five folds: s²(1/5 + 1/4) and t of 4 degrees of freedom.
    #[test]
    fn the_interval_counts_shared_rows() {
        let spread = Spread::of(vec![1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let (low, high) = spread.interval(0.25).unwrap();
        let half = 2.776_445_105_197_793_4 * 2.5f64.sqrt() * 0.45f64.sqrt();
        assert!((low - (3.0 - half)).abs() < 1e-12 && (high - (3.0 + half)).abs() < 1e-12, "{low} {high}");
        for none in [vec![1.0], vec![0.5; 3]] {
            assert_eq!(Spread::of(none).unwrap().interval(0.25), None);
        }
    }
}
