//! The pinball loss: the error where being too low and being too high do not cost the same.

use super::{About, Better, NumberMetric, NumberRows};

/// The pinball loss of the median: half the MAE.
pub(super) struct Pinball;

impl NumberMetric for Pinball {
    const ABOUT: About = About {
        name: "pinball",
        title: "pinball loss 0.5",
        line: "too low and too high cost alike: half the MAE",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        of_quantile(rows, 0.5)
    }
}

/// The mean of q (y − a) where a is too low and (1 − q)(a − y) where it is too high (Koenker and Bassett, "Regression
/// Quantiles", 1978): the quantile q of what can be makes it least.
pub(super) fn of_quantile(rows: &NumberRows<'_>, q: f64) -> Option<f64> {
    rows.mean(|y, a| if y >= a { q * (y - a) } else { (1.0 - q) * (a - y) })
}
