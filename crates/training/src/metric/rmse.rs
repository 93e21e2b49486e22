//! The root of the mean squared error: the size of a typical error, large ones counted more.

use super::{About, Better, NumberMetric, NumberRows, mse::Mse};

/// √MSE.
pub(super) struct Rmse;

impl NumberMetric for Rmse {
    const ABOUT: About = About {
        name: "rmse",
        title: "RMSE",
        line: "root of the mean squared error, in the unit of the target",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        Mse::value(rows).map(f64::sqrt)
    }
}
