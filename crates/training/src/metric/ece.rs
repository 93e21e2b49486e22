//! How far probabilities can be believed.

use super::curve::{Bins, Calibration};
use super::{About, Better, ClassMetric, ClassRows};

/// The expected calibration error over ten bins of equal width, see [`Calibration::error`]: for two classes of the
/// second's probability, for more of the most probable class's (its confidence, as Guo et al., 2017, have it).
pub(super) struct Ece;

impl ClassMetric for Ece {
    const ABOUT: About = About {
        name: "ece",
        title: "calibration error",
        line: "how far a probability is from the share of rows for which it comes true (ECE, 10 bins)",
        better: Better::Lower,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        Calibration::overall(rows.truth, rows.probabilities, rows.weights, Bins::default()).map(|c| c.error)
    }
}
