//! The mean error in percent of the truth.

use super::{About, Better, NumberMetric, NumberRows};

/// The mean of |a − y| / |y|. Not defined if a y is 0. It forgives predictions that are too low: they cannot be wrong
/// by more than 100 %.
pub(super) struct Mape;

impl NumberMetric for Mape {
    const ABOUT: About = About {
        name: "mape",
        title: "MAPE",
        line: "mean absolute error as a share of the true number; undefined if one of them is 0",
        better: Better::Lower,
        percent: true,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        let counts = |r: usize| rows.weights.is_none_or(|w| w[r] > 0.0);
        if rows.truth.iter().enumerate().any(|(r, y)| *y == 0.0 && counts(r)) {
            return None;
        }
        // A row that does not count may be 0 and has no share.
        rows.mean(|y, a| if y == 0.0 { 0.0 } else { (a - y).abs() / y.abs() })
    }
}
