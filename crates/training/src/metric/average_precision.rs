//! Precision over all recalls: how well the rows of a class are put first.

use super::{About, Better, ClassMetric, ClassRows, curve, mean};

/// The area below the precision-recall curve as a sum of steps, see [`curve::PrecisionRecallCurve`]. For two classes
/// that of the second; for more the mean of all classes, each against the rest. A class without rows is left out.
pub(super) struct AveragePrecision;

impl ClassMetric for AveragePrecision {
    const ABOUT: About = About {
        name: "average_precision",
        title: "average precision",
        line: "precision over all recalls of a class; mean over the classes",
        better: Better::Higher,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.ranked().filter_map(|class| curve::average_precision(&class.steps())))
    }
}
