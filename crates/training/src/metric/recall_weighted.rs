//! Of the rows of a class, how many were found, classes counted as they are frequent.

use super::{About, Better, ClassMetric, ClassRows};

/// The mean over the classes by their weight in the truth; it is the accuracy.
pub(super) struct RecallWeighted;

impl ClassMetric for RecallWeighted {
    const ABOUT: About = About {
        name: "recall_weighted",
        title: "recall (weighted)",
        line: "recall of each class, mean by the classes' frequency; it is the accuracy",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        rows.confusion.mean_by_support(|s| s.recall)
    }
}
