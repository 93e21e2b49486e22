//! Mean and standard deviation.

use serde::{Deserialize, Serialize};

/// (x − mean) / deviation: mean 0 and variance 1 over the training rows.
///
/// The deviation divides by n, not n − 1, as scikit-learn's `StandardScaler` does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardise {
    /// Mean of the training rows.
    pub mean: f64,
    /// Standard deviation of the training rows; 1 where they hold one value only.
    pub deviation: f64,
}

impl Standardise {
    /// Fitted to `values`, summed in their order. Not finite where the values are too far apart for f64.
    ///
    /// # Panics
    /// If there is no value.
    pub fn fit(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "a mean needs a value");
        let n = values.len() as f64;
        let rough = values.iter().sum::<f64>() / n;
        // The second pass takes back the rounding error of the first.
        let mean = rough + values.iter().map(|x| x - rough).sum::<f64>() / n;
        // In units of the largest distance, so that no square leaves the range of f64.
        let unit = values.iter().map(|x| (x - mean).abs()).fold(0.0, f64::max);
        if unit == 0.0 {
            return Standardise { mean, deviation: 1.0 };
        }
        let squares = values.iter().map(|x| ((x - mean) / unit) * ((x - mean) / unit)).sum::<f64>();
        Standardise { mean, deviation: unit * (squares / n).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_by_hand() {
        // Mean 5, squared distances 9+1+1+1+0+0+4+16 = 32, 32/8 = 4.
        let s = Standardise::fit(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(s, Standardise { mean: 5.0, deviation: 2.0 });
        assert_eq!(Standardise::fit(&[7.0, 7.0]), Standardise { mean: 7.0, deviation: 1.0 });
    }

    #[test]
    fn extreme_sizes_neither_overflow_nor_vanish() {
        let tiny = Standardise::fit(&[-1e-300, 1e-300]);
        assert_eq!(tiny.deviation, 1e-300);
        let huge = Standardise::fit(&[-1e300, 1e300]);
        assert_eq!((huge.mean, huge.deviation), (0.0, 1e300));
        assert!(!Standardise::fit(&[1.7e308, 1.7e308, 1.6e308]).mean.is_finite());
    }

    #[test]
    fn a_large_offset_costs_no_digits() {
        let values: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i % 10)).collect();
        let s = Standardise::fit(&values);
        assert_eq!(s.mean, 1e9 + 4.5);
        assert!((s.deviation - 8.25_f64.sqrt()).abs() < 1e-14);
    }
}
