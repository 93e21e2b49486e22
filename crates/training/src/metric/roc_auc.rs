//! How well probabilities order the rows, whatever the threshold.

use super::{About, Better, ClassMetric, ClassRows, mean};

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
        let classes = rows.confusion.classes() as u32;
        let first = if classes == 2 { 1 } else { 0 };
        mean((first..classes).filter_map(|class| against_the_rest(rows, class)))
    }
}

fn against_the_rest(rows: &ClassRows<'_>, class: u32) -> Option<f64> {
    // Each row's probability, and its weight as a row of the class and as one of the rest.
    let row = |(r, &truth): (usize, &u32)| {
        let weight = rows.weights.map_or(1.0, |w| w[r]);
        let (own, other) = if truth == class { (weight, 0.0) } else { (0.0, weight) };
        (rows.probabilities.row(r)[class as usize], own, other)
    };
    let mut ranked: Vec<(f64, f64, f64)> = rows.truth.iter().enumerate().map(row).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut own_total, mut area) = (0.0, 0.0, 0.0);
    for equal in ranked.chunk_by(|a, b| a.0 == b.0) {
        let own: f64 = equal.iter().map(|r| r.1).sum();
        let other: f64 = equal.iter().map(|r| r.2).sum();
        area += own * (below + 0.5 * other);
        below += other;
        own_total += own;
    }
    (own_total > 0.0 && below > 0.0).then(|| area / (own_total * below))
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
