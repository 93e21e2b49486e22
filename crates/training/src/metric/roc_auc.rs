//! How well probabilities order the rows, whatever the threshold.

use super::{About, Better, ClassMetric, ClassRows, curve, mean};

/// The probability that a random row of a class is given a higher probability of it than a random row of
/// the others; equal ones count half. For two classes that of the second; for more the mean of all classes,
/// each against the rest. A class is left out if no row or every row is of it.
pub(super) struct RocAuc;

impl ClassMetric for RocAuc {
    const ABOUT: About = About {
        name: "roc_auc",
        title: "ROC AUC",
        line: "chance that a row of a class is ranked above another; mean over the classes",
        better: Better::Higher,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        mean(rows.ranked().filter_map(|class| curve::area(&class.steps())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Confusion;
    use super::*;
    use feedforward_base::Batch;

    fn auc(classes: usize, truth: &[u32], p: &[f64]) -> Option<f64> {
        let confusion = Confusion::count(classes, truth, truth, None);
        let probabilities = Batch::new(p, truth.len(), classes);
        RocAuc::value(&ClassRows { truth, probabilities, weights: None, confusion: &confusion })
    }

    #[test]
    fn ties_count_half() {
        assert_eq!(auc(2, &[0, 1], &[0.5, 0.5, 0.5, 0.5]), Some(0.5));
        assert_eq!(auc(2, &[0, 1, 1], &[0.5, 0.5, 0.5, 0.5, 0.1, 0.9]), Some(0.75));
        // 0 and −0 are equal.
        assert_eq!(auc(2, &[0, 1], &[1.0, 0.0, 1.0, -0.0]), Some(0.5));
    }

    #[test]
    fn one_class_alone_has_no_order() {
        assert_eq!(auc(2, &[1, 1], &[0.5, 0.5, 0.1, 0.9]), None);
        // Class 2 has no row and is left out.
        let p = [0.8, 0.1, 0.1, 0.3, 0.4, 0.3];
        assert_eq!(auc(3, &[0, 1], &p), Some(1.0));
    }
}
