//! Of what was decided for a class, how much is of it.

use super::{About, Better, ClassMetric, ClassRows, mean};

/// The mean over the classes that occur in the truth or in a decision; 0 for a class never decided for.
pub(super) struct Precision;

impl ClassMetric for Precision {
    const ABOUT: About = About {
        name: "precision",
        title: "precision (mean)",
        line: "mean over the classes: of the rows decided for a class, the share of it",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.confusion.occurring().map(|s| s.precision))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Lecture;
    use super::super::{ClassRows, Confusion, Metric};
    use feedforward_base::Batch;

    /// Fischer and Zahn's precisions of the ten digits (as printed: 91.8 for the 5 where the worked number is 91.2).
    #[test]
    fn s61() {
        let lecture = Lecture::read("S61");
        // A thousand rows decided for each digit, the wrong ones being the next digit.
        let (mut truth, mut decided, mut weights) = (vec![], vec![], vec![]);
        for (k, percent) in (0..).zip(lecture.numbers("percent")) {
            truth.extend([k, (k + 1) % 10]);
            decided.extend([k, k]);
            weights.extend([10.0 * percent, 1000.0 - 10.0 * percent]);
        }
        let confusion = Confusion::count(10, &truth, &decided, Some(&weights));
        let probabilities = Batch::new(&[], 0, 10);
        let rows = ClassRows { truth: &truth, probabilities, weights: Some(&weights), confusion: &confusion };
        let mean = 100.0 * Metric::Precision.of_classes(&rows).unwrap();
        assert!((mean - lecture.number("mean")).abs() < 1e-9, "{mean}");
    }
}
