//! Which class was taken for which, and how often.

use super::weighted_mean;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The confusion matrix of `classes` classes. Only cells above 0 are kept, so that ten thousand classes cost
/// no more than the rows do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Confusion {
    classes: usize,
    cells: Vec<Cell>,
}

/// What a file says, before it is believed.
#[derive(Deserialize)]
struct Unchecked {
    classes: usize,
    cells: Vec<Cell>,
}

impl TryFrom<Unchecked> for Confusion {
    type Error = &'static str;

    fn try_from(said: Unchecked) -> Result<Self, &'static str> {
        let known = |class: u32| (class as usize) < said.classes;
        let sound = |c: &Cell| known(c.truth) && known(c.decided) && c.weight > 0.0 && c.weight.is_finite();
        let sorted = said.cells.is_sorted_by(|a, b| (a.truth, a.decided) < (b.truth, b.decided));
        if !(sorted && said.cells.iter().all(sound)) {
            return Err("the confusion matrix contradicts itself");
        }
        Ok(Confusion { classes: said.classes, cells: said.cells })
    }
}

/// One cell of a confusion matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The class that it was.
    pub truth: u32,
    /// The class that it was taken for.
    pub decided: u32,
    /// The sum of the weights of its rows; their number if all rows count alike. Above 0.
    pub weight: f64,
}

/// How well one class is told from the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Of the weight of the rows decided for this class, the share that is of this class; 0 if there is none.
    pub precision: f64,
    /// Of the weight of this class, the share that was decided for it; 0 if there is none.
    pub recall: f64,
    /// The harmonic mean of precision and recall, 2TP / (2TP + FP + FN); 0 if no row is of this class or was
    /// decided for it.
    pub f1: f64,
    /// Of the weight of the other classes, the share that was not decided for this class; 0 if there is none.
    pub specificity: f64,
    /// The weight of this class: the number of its rows if all rows count alike.
    pub support: f64,
    /// The weight that was decided for this class.
    pub decided: f64,
}

impl Confusion {
    /// Count `decided` against `truth`, both class numbers below `classes`, as long as `weights`.
    pub fn count(classes: usize, truth: &[u32], decided: &[u32], weights: Option<&[f64]>) -> Self {
        let mut cells = BTreeMap::new();
        for (i, pair) in truth.iter().copied().zip(decided.iter().copied()).enumerate() {
            *cells.entry(pair).or_insert(0.0) += weights.map_or(1.0, |w| w[i]);
        }
        let cell = |((truth, decided), weight)| Cell { truth, decided, weight };
        Confusion { classes, cells: cells.into_iter().map(cell).filter(|c| c.weight > 0.0).collect() }
    }
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }
    /// The cells above 0, by truth and then by decision.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
    /// The weight of the rows of class `truth` that were taken for `decided`.
    pub fn at(&self, truth: u32, decided: u32) -> f64 {
        let found = self.cells.binary_search_by_key(&(truth, decided), |c| (c.truth, c.decided));
        found.map_or(0.0, |i| self.cells[i].weight)
    }
    /// All cells: one row per true class, one column per decision.
    pub fn matrix(&self) -> Vec<Vec<f64>> {
        let mut matrix = vec![vec![0.0; self.classes]; self.classes];
        for c in &self.cells {
            matrix[c.truth as usize][c.decided as usize] = c.weight;
        }
        matrix
    }
    /// The weight of all rows.
    pub fn total(&self) -> f64 {
        sum(self.cells.iter())
    }
    /// The weight of the rows that were decided rightly.
    pub fn right(&self) -> f64 {
        sum(self.cells.iter().filter(|c| c.truth == c.decided))
    }
    /// The wrong cells, heaviest first; of equals the first by truth and decision.
    pub fn worst(&self) -> Vec<Cell> {
        let mut wrong: Vec<Cell> = self.cells.iter().copied().filter(|c| c.truth != c.decided).collect();
        wrong.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        wrong
    }
    /// Precision, recall, specificity and F1 of every class.
    pub fn per_class(&self) -> Vec<ClassScores> {
        let mut all = vec![ClassScores::default(); self.classes];
        let (mut right, mut wrong) = (vec![0.0; self.classes], vec![0.0; self.classes]);
        for c in &self.cells {
            all[c.truth as usize].support += c.weight;
            all[c.decided as usize].decided += c.weight;
            let cell = if c.truth == c.decided { &mut right } else { &mut wrong };
            cell[c.decided as usize] += c.weight;
        }
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let others = others(&all);
        for (k, s) in all.iter_mut().enumerate() {
            s.precision = share(right[k], s.decided);
            s.recall = share(right[k], s.support);
            s.f1 = share(2.0 * right[k], s.support + s.decided);
            s.specificity = share((others[k] - wrong[k]).max(0.0), others[k]);
        }
        all
    }
    /// The mean of a score over the classes by their weight in the truth; `None` if no row counts.
    pub(super) fn mean_by_support(&self, score: impl Fn(&ClassScores) -> f64) -> Option<f64> {
        let all = self.per_class();
        let support: Vec<f64> = all.iter().map(|s| s.support).collect();
        weighted_mean(all.iter().map(score), Some(&support))
    }
    /// Weights as shares of the whole; `None` if no row counts.
    pub(super) fn shares(&self) -> Option<Shares> {
        let total = self.total();
        let share = |s: ClassScores| Share { truth: s.support / total, decided: s.decided / total };
        (total > 0.0).then(|| Shares {
            right: self.right() / total,
            classes: self.per_class().into_iter().map(share).collect(),
        })
    }
    /// The scores of the classes that occur, in the truth or in a decision: what means over classes are of.
    pub(super) fn occurring(&self) -> impl Iterator<Item = ClassScores> {
        self.per_class().into_iter().filter(|s| s.support > 0.0 || s.decided > 0.0)
    }
}

/// What is decided, as shares of the weight of all rows.
pub(super) struct Shares {
    pub(super) right: f64,
    classes: Vec<Share>,
}

/// How frequent a class is.
pub(super) struct Share {
    pub(super) truth: f64,
    pub(super) decided: f64,
}

impl Shares {
    /// The sum of `f` over the classes.
    pub(super) fn sum(&self, f: impl Fn(&Share) -> f64) -> f64 {
        self.classes.iter().map(f).sum()
    }
}

/// For every class the weight of the others: added up, because what is left after subtraction is not exact.
fn others(all: &[ClassScores]) -> Vec<f64> {
    let mut others = vec![0.0; all.len()];
    let (mut before, mut after) = (0.0, 0.0);
    for (other, s) in others.iter_mut().zip(all) {
        *other += before;
        before += s.support;
    }
    for (other, s) in others.iter_mut().zip(all).rev() {
        *other += after;
        after += s.support;
    }
    others
}

/// The weight of some cells. `Iterator::sum` of none is −0.
fn sum<'a>(cells: impl Iterator<Item = &'a Cell>) -> f64 {
    cells.fold(0.0, |sum, c| sum + c.weight)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Lecture};
    use super::*;

    #[test]
    fn scores_and_matrices_as_scikit_learn_has_them() {
        for case in testing::class_cases() {
            let confusion = case.confusion();
            for (ours, theirs) in confusion.matrix().iter().flatten().zip(case.confusion.iter().flatten()) {
                testing::near(*ours, *theirs, &case.name);
            }
            for (k, scores) in confusion.per_class().iter().enumerate() {
                let theirs = &case.per_class;
                testing::near(scores.precision, theirs.precision[k], &case.name);
                testing::near(scores.recall, theirs.recall[k], &case.name);
                testing::near(scores.specificity, theirs.specificity[k], &case.name);
                testing::near(scores.f1, theirs.f1[k], &case.name);
                testing::near(scores.support, theirs.support[k], &case.name);
            }
        }
    }

    /// Fischer and Zahn's confusion matrix of the digit 5.
    #[test]
    fn s59() {
        let lecture = Lecture::read("S59");
        let count = |name: &str| lecture.number(name);
        let cell = |truth, decided, name: &str| Cell { truth, decided, weight: count(name) };
        let cells = vec![
            cell(0, 0, "true_negatives"),
            cell(0, 1, "false_positives"),
            cell(1, 0, "false_negatives"),
            cell(1, 1, "true_positives"),
        ];
        let confusion = Confusion { classes: 2, cells };
        let scores = confusion.per_class()[1];
        assert_eq!(confusion.total(), count("rows"));
        for (name, value) in [
            ("recall", scores.recall),
            ("precision", scores.precision),
            ("f1", scores.f1),
            ("specificity", scores.specificity),
            ("accuracy", confusion.right() / confusion.total()),
        ] {
            assert!((100.0 * value - count(name)).abs() <= lecture.number("within"), "{name}: {value}");
        }
    }

    #[test]
    fn a_class_without_rows_scores_nothing() {
        let confusion = Confusion::count(4, &[0, 0, 1], &[0, 2, 0], None);
        let all = confusion.per_class();
        assert_eq!(all[3], ClassScores { specificity: 1.0, ..ClassScores::default() });
        assert_eq!([0, 1, 2].map(|k| all[k].specificity), [0.0, 1.0, 2.0 / 3.0]);
        assert_eq!((all[2].precision, all[2].recall, all[2].decided), (0.0, 0.0, 1.0));
        assert_eq!((all[0].precision, all[0].recall, all[0].f1), (0.5, 0.5, 0.5));
        assert_eq!(confusion.occurring().count(), 3);
        assert_eq!(confusion.at(0, 2), 1.0);
        assert_eq!(confusion.at(2, 0), 0.0);
    }

    #[test]
    fn json_keeps_it_and_lies_are_refused() {
        let confusion = Confusion::count(3, &[0, 1, 2], &[0, 2, 2], Some(&[0.1, 0.2, 0.3]));
        let json = serde_json::to_string(&confusion).unwrap();
        assert_eq!(serde_json::from_str::<Confusion>(&json).unwrap(), confusion);
        for lie in ["\"classes\":2", "\"weight\":-0.1", "\"truth\":2", "\"weight\":0.0"] {
            let (key, _) = lie.split_once(':').unwrap();
            let start = json.find(key).unwrap();
            let end = start + json[start..].find([',', '}']).unwrap();
            let changed = format!("{}{lie}{}", &json[..start], &json[end..]);
            assert!(serde_json::from_str::<Confusion>(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn the_heaviest_confusion_comes_first() {
        let confusion =
            Confusion::count(3, &[0, 1, 1, 2, 2], &[1, 0, 1, 0, 1], Some(&[1.0, 1.0, 9.0, 3.0, 0.0]));
        let worst: Vec<_> = confusion.worst().iter().map(|c| (c.truth, c.decided)).collect();
        assert_eq!(worst, [(2, 0), (0, 1), (1, 0)]);
    }
}
