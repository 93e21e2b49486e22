//! Precision and recall in one number, all classes counted together.

use super::{About, Better, ClassMetric, ClassRows, accuracy::Accuracy};

/// 2TP / (2TP + FP + FN) with all sums over all classes. Every row has one class and one decision, so a row decided wrongly is
/// one FP and one FN, and this is the accuracy.
pub(super) struct F1Micro;

impl ClassMetric for F1Micro {
    const ABOUT: About = About {
        name: "f1_micro",
        title: "F1 (micro)",
        line: "F1 over all classes together; where each row has one class, the accuracy",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        Accuracy::value(rows)
    }
}
