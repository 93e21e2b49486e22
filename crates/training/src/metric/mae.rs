//! The mean absolute error: the size of a typical error.

use super::{About, Better, NumberMetric, NumberRows};

/// The mean of |a − y|.
pub(super) struct Mae;

impl NumberMetric for Mae {
    const ABOUT: About = About {
        name: "mae",
        title: "MAE",
        line: "mean absolute error, in the unit of the target",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        rows.mean(|y, a| (a - y).abs())
    }
}
