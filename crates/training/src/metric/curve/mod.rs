//! Curves of one class against the rest: what every threshold would give, and how far probabilities can be believed.
//!
//! Points stand from the highest threshold to the lowest. Rows of equal probability are one step; rows of weight 0
//! do not count; a probability that is NaN counts as 0. A threshold here means "at or above", as in scikit-learn;
//! predictions are decided *above* theirs (see [`super::decide`]), so every number from the next point's threshold
//! up to, but without, a point's own gives that point.

use feedforward_base::Batch;
use serde::Serialize;

mod calibration;
mod precision_recall;
mod roc;

pub use calibration::{Bins, Calibration};
pub use precision_recall::PrecisionRecallCurve;
pub(super) use precision_recall::average_precision;
pub use roc::RocCurve;
pub(super) use roc::area;

/// Rows as one class and the rest.
#[derive(Clone, Copy, Debug)]
pub struct OneClass<'a> {
    class: u32,
    truth: &'a [u32],
    probabilities: Batch<'a, f64>,
    weights: Option<&'a [f64]>,
}

/// A row that counts.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// How probable it is said to be that `hit`.
    probability: f64,
    /// Whether it is so.
    hit: bool,
    /// How much the row counts, above 0.
    weight: f64,
}

/// What is decided for the class at or above a threshold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) threshold: f64,
    /// The weight of the rows of the class, all of which were found.
    pub(super) own: f64,
    /// The weight of the rows of the rest.
    pub(super) rest: f64,
}

/// The curves of one class, as `ff evaluate --curves` writes them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassCurves {
    /// The class.
    pub class: String,
    /// Found against falsely named; `None` unless rows of the class and of the rest count.
    pub roc: Option<RocCurve>,
    /// Named rightly against found; `None` unless a row of the class counts.
    pub precision_recall: Option<PrecisionRecallCurve>,
    /// Said against seen, in ten bins of equal width; `None` unless a row counts.
    pub calibration: Option<Calibration>,
}

impl<'a> OneClass<'a> {
    /// Rows whose true classes are `truth`, with a probability for each of the classes (rows x classes).
    ///
    /// # Panics
    /// If the lengths disagree, or `class` is none of the classes.
    pub fn new(
        class: u32,
        truth: &'a [u32],
        probabilities: Batch<'a, f64>,
        weights: Option<&'a [f64]>,
    ) -> Self {
        assert!((class as usize) < probabilities.cols(), "there is no such class");
        assert_eq!(probabilities.rows(), truth.len(), "a probability for each row");
        assert!(weights.is_none_or(|w| w.len() == truth.len()), "one weight per row");
        OneClass { class, truth, probabilities, weights }
    }
    fn rows(&self) -> impl Iterator<Item = Row> {
        rows(self.weights, self.truth.len(), |r| {
            (self.probabilities.row(r)[self.class as usize], self.truth[r] == self.class)
        })
    }
    /// One step for each different probability, the highest first: all that a threshold can do.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut rows: Vec<Row> = self.rows().collect();
        rows.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        let (mut own, mut rest) = (0.0, 0.0);
        let step = |equal: &[Row]| {
            for row in equal {
                *(if row.hit { &mut own } else { &mut rest }) += row.weight;
            }
            Step { threshold: equal[0].probability, own, rest }
        };
        rows.chunk_by(|a, b| a.probability == b.probability).map(step).collect()
    }
    /// The curves, those with a point per threshold thinned to `points`.
    pub fn curves(&self, name: &str, points: usize) -> ClassCurves {
        ClassCurves {
            class: name.into(),
            roc: RocCurve::of(self).map(|c| c.thinned(points)),
            precision_recall: PrecisionRecallCurve::of(self).map(|c| c.thinned(points)),
            calibration: Calibration::of(self, Bins::default()),
        }
    }
}

/// The rows that count, of `n` with a probability and a truth each.
fn rows(weights: Option<&[f64]>, n: usize, row: impl Fn(usize) -> (f64, bool)) -> impl Iterator<Item = Row> {
    let weight = move |r: usize| weights.map_or(1.0, |w| w[r]);
    (0..n).filter(move |&r| weight(r) > 0.0).map(move |r| {
        let (p, hit) = row(r);
        // NaN and −0 become 0.
        Row { probability: if p > 0.0 { p } else { 0.0 }, hit, weight: weight(r) }
    })
}

/// Which of the points (x, y) to keep, at most `n` but at least 3: both ends, `best`, and between them points that
/// lie about equally far apart along the curve.
fn thinned(x: &[f64], y: &[f64], best: usize, n: usize) -> Vec<usize> {
    let last = x.len() - 1;
    if x.len() <= n {
        return (0..=last).collect();
    }
    let step = |i: usize| (x[i] - x[i - 1]).abs() + (y[i] - y[i - 1]).abs();
    let length: f64 = (1..=last).map(step).sum();
    let gaps = (n.max(3) - 2) as f64;
    let (mut walked, mut kept) = (0.0, 0.0);
    let mut keep = vec![0];
    for i in 1..last {
        walked += step(i);
        // The end of each of the equal parts of the way, but for the last, is one point.
        let part = (walked / length * gaps).floor();
        let ends_part = part > kept && part < gaps;
        if ends_part {
            kept = part;
        }
        if ends_part || i == best {
            keep.push(i);
        }
    }
    keep.push(last);
    keep
}

fn pick<T: Copy>(all: &[T], keep: &[usize]) -> Vec<T> {
    keep.iter().map(|&i| all[i]).collect()
}

/// The index of the highest value, the first of equals.
fn highest(values: impl Iterator<Item = f64>) -> usize {
    let best = |best: (usize, f64), (i, v): (usize, f64)| if v > best.1 { (i, v) } else { best };
    values.enumerate().fold((0, f64::NEG_INFINITY), best).0
}

#[cfg(test)]
pub(super) mod testing {
    use super::OneClass;
    use feedforward_base::Batch;

    /// Rows of two classes by the probability of the second.
    pub(crate) struct Two {
        truth: Vec<u32>,
        p: Vec<f64>,
        pub(crate) weights: Option<Vec<f64>>,
    }

    impl Two {
        pub(crate) fn new(rows: &[(u32, f64)]) -> Self {
            let p = rows.iter().flat_map(|r| [1.0 - r.1, r.1]).collect();
            Two { truth: rows.iter().map(|r| r.0).collect(), p, weights: None }
        }
        pub(crate) fn second(&self) -> OneClass<'_> {
            let n = self.truth.len();
            OneClass::new(1, &self.truth, Batch::new(&self.p, n, 2), self.weights.as_deref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Two;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_that_do_not_count_and_ties() {
        let mut two = Two::new(&[(1, 0.5), (0, f64::NAN), (0, 0.5), (1, 0.7), (0, 0.9), (1, -0.0)]);
        two.weights = Some(vec![1.0, 2.0, 3.0, 4.0, 0.0, 5.0]);
        let steps: Vec<_> = two.second().steps().iter().map(|s| (s.threshold, s.own, s.rest)).collect();
        assert_eq!(steps, [(0.7, 4.0, 0.0), (0.5, 5.0, 3.0), (0.0, 10.0, 5.0)]);
    }

    proptest! {
        /// A picture keeps its ends and its best point, and has as many points as were asked for at most.
        #[test]
        fn thinning(rows in prop::collection::vec((0u32..2, 0.0..=1.0f64), 2..300), n in 3usize..50) {
            let two = Two::new(&rows);
            if let Some(curve) = RocCurve::of(&two.second()) {
                let thin = curve.thinned(n);
                prop_assert!(thin.recall.len() <= n.max(3));
                prop_assert!(thin.recall.len() == curve.recall.len() || thin.recall.len() > n / 4);
                prop_assert_eq!((thin.recall[0], thin.recall.last()), (0.0, Some(&1.0)));
                prop_assert_eq!(thin.threshold[thin.best_f1()], curve.threshold[curve.best_f1()]);
                prop_assert_eq!(thin.area, curve.area);
            }
        }
    }
}
