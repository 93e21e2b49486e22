//! Precision and recall in one number.

use super::{About, Better, ClassMetric, ClassRows, mean};

/// The mean over the classes that occur in the truth or in a decision of 2TP / (2TP + FP + FN).
pub(super) struct F1;

impl ClassMetric for F1 {
    const ABOUT: About = About {
        name: "f1",
        title: "F1 (mean)",
        line: "mean over the classes: harmonic mean of precision and recall",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.confusion.occurring().map(|s| s.f1))
    }
}
