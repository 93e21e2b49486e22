//! Of what was decided for a class, how much is of it, classes counted as they are frequent.

use super::{About, Better, ClassMetric, ClassRows};

/// The mean over the classes by their weight in the truth; 0 for a class never decided for.
pub(super) struct PrecisionWeighted;

impl ClassMetric for PrecisionWeighted {
    const ABOUT: About = About {
        name: "precision_weighted",
        title: "precision (weighted)",
        line: "precision of each class, mean by the classes' frequency",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        rows.confusion.mean_by_support(|s| s.precision)
    }
}
