//! The pinball loss of the quantile 0.1.

use super::pinball::of_quantile;
use super::{About, Better, NumberMetric, NumberRows};

/// The pinball loss of the quantile 0.1.
pub(super) struct Pinball10;

impl NumberMetric for Pinball10 {
    const ABOUT: About = About {
        name: "pinball_10",
        title: "pinball loss 0.1",
        line: "a unit too high costs 0.9, one too low 0.1: for a quantile that 10 % stay below",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &NumberRows<'_>) -> Option<f64> {
        of_quantile(rows, 0.1)
    }
}
