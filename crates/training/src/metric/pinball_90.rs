//! The pinball loss of the quantile 0.9.

use super::pinball::of_quantile;
use super::{About, Better, NumberMetric, NumberRows};

/// The pinball loss of the quantile 0.9.
pub(super) struct Pinball90;

impl NumberMetric for Pinball90 {
    const ABOUT: About = About {
        name: "pinball_90",
        title: "pinball loss 0.9",
        line: "a unit too low costs 0.9, one too high 0.1: for a quantile that 90 % stay below",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        of_quantile(rows, 0.9)
    }
}
