//! How surprised the model is by the truth: cross-entropy with the natural logarithm.

use super::{About, Better, ClassMetric, ClassRows, weighted_mean};
use feedforward_base::elementary::ln;

/// The mean of −ln p(true class), with p kept in [ε, 1 − ε], ε = 2⁻⁵², as scikit-learn keeps it.
pub(super) struct LogLoss;

impl ClassMetric for LogLoss {
    const ABOUT: About = About {
        name: "log_loss",
        title: "log loss",
        line: "mean of -ln of the probability given to the true class",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        let surprise = |(r, &class): (usize, &u32)| {
            let p = rows.probabilities.row(r)[class as usize];
            // A probability that is NaN is the worst one.
            let p = if p > f64::EPSILON { p } else { f64::EPSILON };
            -ln(p.min(1.0 - f64::EPSILON))
        };
        weighted_mean(rows.truth.iter().enumerate().map(surprise), rows.weights)
    }
}
