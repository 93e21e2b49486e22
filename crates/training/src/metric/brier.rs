//! How far probabilities are from the truth: the squared error of them.

use super::{About, Better, ClassMetric, ClassRows, weighted_mean};

/// The mean over the rows of Σ (p − y)² over the classes, y being 1 for the true class and 0 for the others (Brier,
/// "Verification of forecasts expressed in terms of probability", 1950). For two classes half of it, as scikit-learn
/// has it: the squared error of the second's probability. 0 is perfect, 1 (of more classes 2) certainty that is wrong.
pub(super) struct Brier;

impl ClassMetric for Brier {
    const ABOUT: About = About {
        name: "brier",
        title: "Brier score",
        line: "mean squared error of the probabilities; for two classes of the second's",
        better: Better::Lower,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        let half = if rows.confusion.classes() == 2 { 0.5 } else { 1.0 };
        let error = |(r, &class): (usize, &u32)| {
            let square = |(k, p): (u32, &f64)| (p - f64::from(u8::from(k == class))).powi(2);
            half * (0..).zip(rows.probabilities.row(r)).map(square).sum::<f64>()
        };
        weighted_mean(rows.truth.iter().enumerate().map(error), rows.weights)
    }
}
