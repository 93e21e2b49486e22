//! Matthews' correlation coefficient: how decisions and truth go together, all cells of the confusion matrix counted.

use super::{About, Better, ClassMetric, ClassRows};

/// (TP · TN − FP · FN) / √((TP + FP)(TP + FN)(TN + FP)(TN + FN)) for two classes, and what it becomes for more
/// (Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004): 1 is all right,
/// 0 no better than chance. 0 if all decisions are the same; not defined if all rows are of one class.
pub(super) struct Mcc;

impl ClassMetric for Mcc {
    const ABOUT: About = About {
        name: "mcc",
        title: "MCC",
        line: "Matthews' correlation of decisions and truth: 1 is all right, 0 is chance",
        better: Better::Higher,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        let shares = rows.confusion.shares()?;
        // How far the classes of the truth, and those of the decisions, differ among themselves.
        let truth = 1.0 - shares.sum(|s| s.truth * s.truth);
        let decided = 1.0 - shares.sum(|s| s.decided * s.decided);
        let together = shares.right - shares.sum(|s| s.truth * s.decided);
        match (truth > 0.0, decided > 0.0) {
            (false, _) => None,
            (true, false) => Some(0.0),
            // Rounding may go beyond the ends.
            (true, true) => Some((together / (truth * decided).sqrt()).clamp(-1.0, 1.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Lecture};
    use super::*;
    use proptest::prelude::*;

    fn mcc(truth: &[u32], decided: &[u32], weights: Option<&[f64]>) -> Option<f64> {
        testing::of_decisions::<Mcc>(4, truth, decided, weights)
    }

    /// Fischer and Zahn's confusion matrix of the digit 5.
    #[test]
    fn s59() {
        let lecture = Lecture::read("S59");
        let counts = ["true_negatives", "false_positives", "false_negatives", "true_positives"];
        let counts = counts.map(|name| lecture.number(name));
        let value = mcc(&[0, 0, 1, 1], &[0, 1, 0, 1], Some(&counts)).unwrap();
        assert!((value - lecture.number("mcc")).abs() < 5e-8, "{value}");
    }

    #[test]
    fn without_two_classes_there_is_no_correlation() {
        assert_eq!(mcc(&[1, 1, 1], &[1, 0, 1], None), None);
        assert_eq!(mcc(&[1, 0, 1], &[1, 1, 1], None), Some(0.0));
        assert_eq!(mcc(&[1, 0], &[0, 1], None), Some(-1.0));
    }

    proptest! {
        /// Truth and decisions have the same part in it.
        #[test]
        fn symmetric(rows in prop::collection::vec((0u32..4, 0u32..4, 0.1..2.0f64), 0..40)) {
            let (truth, decided): (Vec<u32>, Vec<u32>) = rows.iter().map(|r| (r.0, r.1)).unzip();
            let weights: Vec<f64> = rows.iter().map(|r| r.2).collect();
            let [one, other] = [(&truth, &decided), (&decided, &truth)].map(|(a, b)| mcc(a, b, Some(&weights)));
            if let (Some(one), Some(other)) = (one, other) {
                prop_assert!((one - other).abs() < 1e-12, "{} {}", one, other);
            }
        }
    }
}
