//! Precision and recall in one number, classes counted as they are frequent.

use super::{About, Better, ClassMetric, ClassRows};

/// The mean over the classes by their weight in the truth.
pub(super) struct F1Weighted;

impl ClassMetric for F1Weighted {
    const ABOUT: About = About {
        name: "f1_weighted",
        title: "F1 (weighted)",
        line: "F1 of each class, mean by the classes' frequency",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        rows.confusion.mean_by_support(|s| s.f1)
    }
}
