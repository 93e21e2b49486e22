//! The share of right decisions.

use super::{About, Better, ClassMetric, ClassRows};

/// Weight decided rightly / weight of all rows.
pub(super) struct Accuracy;

impl ClassMetric for Accuracy {
    const ABOUT: About = About {
        name: "accuracy",
        title: "accuracy",
        line: "share of the rows that were decided rightly",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        let total = rows.confusion.total();
        (total > 0.0).then(|| rows.confusion.right() / total)
    }
}
