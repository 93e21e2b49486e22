//! Of the rows that are not of a class, how many were not taken for it.

use super::{About, Better, ClassMetric, ClassRows, mean};

/// The mean over the classes that occur in the truth or in a decision; 0 for a class that all rows are of. Of two
/// classes, one's specificity is the other's recall.
pub(super) struct Specificity;

impl ClassMetric for Specificity {
    const ABOUT: About = About {
        name: "specificity",
        title: "specificity (mean)",
        line: "mean over the classes: of the rows of other classes, the share not decided for it",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.confusion.occurring().map(|s| s.specificity))
    }
}
