//! Of all rows, how many were found, all classes counted together.

use super::{About, Better, ClassMetric, ClassRows, accuracy::Accuracy};

/// TP / (TP + FN) with all sums over all classes. Every row has one class and one decision, so a row decided wrongly is
/// one FP and one FN, and this is the accuracy.
pub(super) struct RecallMicro;

impl ClassMetric for RecallMicro {
    const ABOUT: About = About {
        name: "recall_micro",
        title: "recall (micro)",
        line: "recall over all classes together; where each row has one class, the accuracy",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        Accuracy::value(rows)
    }
}
