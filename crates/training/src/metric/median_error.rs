//! The median absolute error: the size of a typical error, whatever the worst ones are.

use super::{About, Better, NumberMetric, NumberRows};

/// The weighted median of |a − y|: the smallest error that rows of half the weight do not exceed; if they have exactly
/// half the weight, the middle between it and the next.
pub(super) struct MedianError;

impl NumberMetric for MedianError {
    const ABOUT: About = About {
        name: "median_error",
        title: "median error",
        line: "median absolute error, in the unit of the target",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        let weight = |r: usize| rows.weights.map_or(1.0, |w| w[r]);
        let error = |r: usize| (rows.predicted[r] - rows.truth[r]).abs();
        let mut errors: Vec<(f64, f64)> =
            (0..rows.truth.len()).map(|r| (error(r), weight(r))).filter(|e| e.1 > 0.0).collect();
        errors.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = 0.5 * errors.iter().map(|e| e.1).sum::<f64>();
        let mut below = 0.0;
        for (i, &(error, weight)) in errors.iter().enumerate() {
            below += weight;
            if below > half {
                return Some(error);
            }
            if below == half {
                return errors.get(i + 1).map(|next| 0.5 * (error + next.0));
            }
        }
        None
    }
}
