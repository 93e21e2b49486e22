//! Of what was decided, how much is right, all classes counted together.

use super::{About, Better, ClassMetric, ClassRows, accuracy::Accuracy};

/// TP / (TP + FP) with all sums over all classes. Every row has one class and one decision, so a row decided wrongly is
/// one FP and one FN, and this is the accuracy.
pub(super) struct PrecisionMicro;

impl ClassMetric for PrecisionMicro {
    const ABOUT: About = About {
        name: "precision_micro",
        title: "precision (micro)",
        line: "precision over all classes together; where each row has one class, the accuracy",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        Accuracy::value(rows)
    }
}
