//! The share of the variance that is explained, also called the coefficient of determination.

use super::{About, Better, NumberMetric, NumberRows};

/// 1 − Σ(a − y)² / Σ(y − mean of y)². Not defined if y is the same in all rows.
pub(super) struct R2;

impl NumberMetric for R2 {
    const ABOUT: About = About {
        name: "r2",
        title: "R²",
        line: "share of the target's variance that is explained; 0 is always saying the mean",
        better: Better::Higher,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        let mean = rows.mean_truth()?;
        let spread = rows.mean(|y, _| (y - mean) * (y - mean))?;
        let error = rows.mean(|y, a| (a - y) * (a - y))?;
        (spread > 0.0).then(|| 1.0 - error / spread)
    }
}
