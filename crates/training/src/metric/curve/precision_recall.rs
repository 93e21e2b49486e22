//! Precision against recall: how much of what is named is right, as more and more is found.

use super::{OneClass, Step, highest, pick, thinned};
use serde::Serialize;

/// The precision-recall curve of one class against the rest, from recall 0 to recall 1: a point for each different
/// probability. Its first point, where nothing is decided for the class, has precision 1 by convention.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrecisionRecallCurve {
    /// The weight of the class.
    pub weight: f64,
    /// The weight of the rest; weight / (weight + rest) is the precision of naming every row.
    pub rest: f64,
    /// Σ (rise of recall) · precision over the points, without interpolation.
    pub average_precision: f64,
    /// The class is decided for at or above this probability; `None` for no row.
    pub threshold: Vec<Option<f64>>,
    /// Of the weight of the class, the share that is decided for it.
    pub recall: Vec<f64>,
    /// Of the weight that is decided for the class, the share that is of it.
    pub precision: Vec<f64>,
}

impl PrecisionRecallCurve {
    /// `None` unless a row of the class counts.
    pub fn of(class: &OneClass<'_>) -> Option<Self> {
        let steps = class.steps();
        let &Step { own, rest, .. } = steps.last()?;
        let average_precision = average_precision(&steps)?;
        let mut curve = PrecisionRecallCurve {
            weight: own,
            rest,
            average_precision,
            threshold: vec![None],
            recall: vec![0.0],
            precision: vec![1.0],
        };
        for step in steps {
            curve.threshold.push(Some(step.threshold));
            curve.recall.push(step.own / own);
            curve.precision.push(step.own / (step.own + step.rest));
        }
        Some(curve)
    }
    /// The point with the highest F1, the first of equals.
    pub fn best_f1(&self) -> usize {
        let f1 = |(r, p): (&f64, &f64)| if r + p > 0.0 { 2.0 * r * p / (r + p) } else { 0.0 };
        highest(self.recall.iter().zip(&self.precision).map(f1))
    }
    /// At most `n` points (3 or more) that look the same: the ends, the one of the best F1, and points between them.
    pub fn thinned(&self, n: usize) -> Self {
        let keep = thinned(&self.recall, &self.precision, self.best_f1(), n);
        PrecisionRecallCurve {
            threshold: pick(&self.threshold, &keep),
            recall: pick(&self.recall, &keep),
            precision: pick(&self.precision, &keep),
            ..*self
        }
    }
}

/// Σ (rise of recall) · precision; `None` unless a row of the class counts.
pub(in crate::metric) fn average_precision(steps: &[Step]) -> Option<f64> {
    let all = steps.last()?.own;
    let (mut own, mut sum) = (0.0, 0.0);
    for step in steps {
        sum += (step.own - own) * (step.own / (step.own + step.rest));
        own = step.own;
    }
    (all > 0.0).then(|| sum / all)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Two;
    use super::*;
    use crate::metric::testing;

    #[test]
    fn curves_as_scikit_learn_has_them() {
        for case in testing::curve_cases() {
            let curve = PrecisionRecallCurve::of(&case.class());
            match (&curve, &case.precision_recall) {
                (Some(ours), Some(theirs)) => {
                    testing::near(ours.average_precision, theirs.average_precision, &case.name);
                    let thresholds: Vec<f64> = ours.threshold.iter().flatten().copied().collect();
                    testing::all_near(&thresholds, &theirs.threshold, &case.name);
                    testing::all_near(&ours.recall, &theirs.recall, &case.name);
                    testing::all_near(&ours.precision, &theirs.precision, &case.name);
                }
                _ => assert!(curve.is_none() && case.precision_recall.is_none(), "{}", case.name),
            }
        }
    }

    #[test]
    fn precision_need_not_be_monotone() {
        let two = Two::new(&[(1, 0.9), (0, 0.8), (1, 0.7), (0, 0.1)]);
        let curve = PrecisionRecallCurve::of(&two.second()).unwrap();
        assert_eq!(curve.precision, [1.0, 1.0, 0.5, 2.0 / 3.0, 0.5]);
        assert_eq!(curve.recall, [0.0, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!((curve.best_f1(), curve.threshold[3]), (3, Some(0.7)));
        assert_eq!(curve.average_precision, 0.5 + 0.5 * 2.0 / 3.0);
    }

    #[test]
    fn without_rows_of_the_class_there_is_none() {
        assert_eq!(PrecisionRecallCurve::of(&Two::new(&[(0, 0.3)]).second()), None);
        let only = PrecisionRecallCurve::of(&Two::new(&[(1, 0.3)]).second()).unwrap();
        assert_eq!((only.average_precision, only.rest), (1.0, 0.0));
    }
}
