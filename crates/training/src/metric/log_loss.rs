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

#[cfg(test)]
mod tests {
    use super::super::Confusion;
    use super::*;
    use feedforward_base::Batch;

    fn of(second: f64) -> f64 {
        let confusion = Confusion::count(2, &[1], &[1], None);
        let p = [1.0 - second, second];
        let probabilities = Batch::new(&p, 1, 2);
        let rows = ClassRows { truth: &[1], probabilities, weights: None, confusion: &confusion };
        LogLoss::value(&rows).unwrap()
    }

    #[test]
    fn certainty_is_bounded_on_both_sides() {
        assert!(of(1.0) > 0.0 && of(1.0) < 2.5 * f64::EPSILON);
        let worst = 52.0 * std::f64::consts::LN_2;
        for p in [0.0, f64::MIN_POSITIVE, f64::NAN] {
            assert!((of(p) - worst).abs() < 1e-14 * worst, "{p}: {}", of(p));
        }
    }
}
