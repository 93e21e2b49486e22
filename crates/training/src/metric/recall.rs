//! Of the rows of a class, how many were found.

use super::{About, Better, ClassMetric, ClassRows, mean};

/// The mean over the classes that occur in the truth or in a decision; 0 for a class without rows.
pub(super) struct Recall;

impl ClassMetric for Recall {
    const ABOUT: About = About {
        name: "recall",
        title: "recall (mean)",
        line: "mean over the classes: of the rows of a class, the share decided for it",
        better: Better::Higher,
        percent: true,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.confusion.occurring().map(|s| s.recall))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Lecture;
    use super::super::{ClassRows, Confusion, Metric};
    use feedforward_base::Batch;

    /// Fischer and Zahn's recalls of the ten digits.
    #[test]
    fn s60() {
        let lecture = Lecture::read("S60");
        // A thousand rows of each digit, the wrong ones taken for the next digit.
        let (mut truth, mut decided, mut weights) = (vec![], vec![], vec![]);
        for (k, percent) in (0..).zip(lecture.numbers("percent")) {
            truth.extend([k, k]);
            decided.extend([k, (k + 1) % 10]);
            weights.extend([10.0 * percent, 1000.0 - 10.0 * percent]);
        }
        let confusion = Confusion::count(10, &truth, &decided, Some(&weights));
        let probabilities = Batch::new(&[], 0, 10);
        let rows = ClassRows { truth: &truth, probabilities, weights: Some(&weights), confusion: &confusion };
        let mean = 100.0 * Metric::Recall.of_classes(&rows).unwrap();
        assert!((mean - lecture.number("mean")).abs() < 1e-9, "{mean}");
    }
}
