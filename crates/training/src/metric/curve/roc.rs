//! The receiver operating characteristic: what is found against what is falsely named.

use super::{OneClass, Step, highest, pick, thinned};
use serde::Serialize;

/// The ROC curve of one class against the rest, from (0, 0), where nothing is decided for the class, to (1, 1),
/// where everything is: a point for each different probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RocCurve {
    /// The weight of the class.
    pub weight: f64,
    /// The weight of the rest.
    pub rest: f64,
    /// The area below the curve: the chance that a row of the class is given a higher probability of it than one of
    /// the rest, equal ones counting half.
    pub area: f64,
    /// The class is decided for at or above this probability; `None` for no row.
    pub threshold: Vec<Option<f64>>,
    /// Of the weight of the rest, the share that is decided for the class: 1 − specificity.
    pub false_positive_rate: Vec<f64>,
    /// Of the weight of the class, the share that is decided for it.
    pub recall: Vec<f64>,
}

impl RocCurve {
    /// `None` unless rows of the class and of the rest count.
    pub fn of(class: &OneClass<'_>) -> Option<Self> {
        let steps = class.steps();
        let &Step { own, rest, .. } = steps.last()?;
        let area = area(&steps)?;
        let mut curve = RocCurve {
            weight: own,
            rest,
            area,
            threshold: vec![None],
            false_positive_rate: vec![0.0],
            recall: vec![0.0],
        };
        for step in steps {
            curve.threshold.push(Some(step.threshold));
            curve.false_positive_rate.push(step.rest / rest);
            curve.recall.push(step.own / own);
        }
        Some(curve)
    }
    /// The point with the highest F1, the first of equals.
    pub fn best_f1(&self) -> usize {
        let f1 = |(r, f): (&f64, &f64)| {
            let found = self.weight * r;
            2.0 * found / (self.weight + found + self.rest * f)
        };
        highest(self.recall.iter().zip(&self.false_positive_rate).map(f1))
    }
    /// At most `n` points (3 or more) that look the same: the ends, the one of the best F1, and points between them.
    pub fn thinned(&self, n: usize) -> Self {
        let keep = thinned(&self.false_positive_rate, &self.recall, self.best_f1(), n);
        RocCurve {
            threshold: pick(&self.threshold, &keep),
            false_positive_rate: pick(&self.false_positive_rate, &keep),
            recall: pick(&self.recall, &keep),
            ..*self
        }
    }
}

/// The area below the curve by trapezia; `None` unless rows of the class and of the rest count.
pub(in crate::metric) fn area(steps: &[Step]) -> Option<f64> {
    let last = steps.last()?;
    let (mut own, mut rest, mut area) = (0.0, 0.0, 0.0);
    for step in steps {
        area += (step.rest - rest) * (0.5 * (own + step.own));
        (own, rest) = (step.own, step.rest);
    }
    (last.own > 0.0 && last.rest > 0.0).then(|| area / (last.own * last.rest))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Two;
    use super::*;
    use crate::metric::testing;
    use proptest::prelude::*;

    #[test]
    fn curves_as_scikit_learn_has_them() {
        for case in testing::curve_cases() {
            let curve = RocCurve::of(&case.class());
            match (&curve, &case.roc) {
                (Some(ours), Some(theirs)) => {
                    testing::near(ours.area, theirs.area, &case.name);
                    let thresholds: Vec<f64> = ours.threshold.iter().flatten().copied().collect();
                    testing::all_near(&thresholds, &theirs.threshold, &case.name);
                    testing::all_near(&ours.recall, &theirs.recall, &case.name);
                    testing::all_near(&ours.false_positive_rate, &theirs.false_positive_rate, &case.name);
                }
                _ => assert!(curve.is_none() && case.roc.is_none(), "{}", case.name),
            }
        }
    }

    #[test]
    fn one_class_alone_has_no_curve() {
        assert_eq!(RocCurve::of(&Two::new(&[(1, 0.3), (1, 0.6)]).second()), None);
        assert_eq!(RocCurve::of(&Two::new(&[(0, 0.3)]).second()), None);
        assert_eq!(RocCurve::of(&Two::new(&[]).second()), None);
    }

    proptest! {
        /// Only the order of the probabilities counts.
        #[test]
        fn the_area_is_that_of_any_rising_function(
            rows in prop::collection::vec((0u32..2, 0u32..40), 0..60),
        ) {
            let with = |f: fn(f64) -> f64| {
                let rows: Vec<_> = rows.iter().map(|&(y, p)| (y, f(f64::from(p) / 40.0))).collect();
                RocCurve::of(&Two::new(&rows).second())
            };
            let (plain, bent) = (with(|p| p), with(|p| (p * p * p + p) / 2.0));
            prop_assert_eq!(plain.map(|c| (c.area, c.recall)), bent.map(|c| (c.area, c.recall)));
        }

        /// With every probability turned round, the area is the rest of 1; the curve never falls.
        #[test]
        fn the_other_class_has_the_rest(rows in prop::collection::vec((0u32..2, 0u32..40), 0..60)) {
            let with = |f: fn(f64) -> f64| {
                let rows: Vec<_> = rows.iter().map(|&(y, p)| (y, f(f64::from(p) / 64.0))).collect();
                RocCurve::of(&Two::new(&rows).second())
            };
            if let (Some(a), Some(b)) = (with(|p| p), with(|p| 1.0 - p)) {
                prop_assert!((a.area + b.area - 1.0).abs() < 1e-12);
                prop_assert!(a.recall.is_sorted() && a.false_positive_rate.is_sorted());
            }
        }
    }
}
