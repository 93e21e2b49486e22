//! The mean recall: accuracy as if all classes were equally frequent.

use super::{About, Better, ClassMetric, ClassRows, mean};

/// The mean of the recalls of the classes that have rows.
pub(super) struct BalancedAccuracy;

impl ClassMetric for BalancedAccuracy {
    const ABOUT: About = About {
        name: "balanced_accuracy",
        title: "balanced accuracy",
        line: "mean over the classes of the share decided rightly",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.confusion.per_class().iter().filter(|s| s.support > 0.0).map(|s| s.recall))
    }
}
