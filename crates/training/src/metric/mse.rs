//! The mean squared error.

use super::{About, Better, NumberMetric, NumberRows};

/// The mean of (a − y)².
pub(super) struct Mse;

impl NumberMetric for Mse {
    const ABOUT: About = About {
        name: "mse",
        title: "MSE",
        line: "mean squared error, in the squared unit of the target",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        rows.mean(|y, a| (a - y) * (a - y))
    }
}
