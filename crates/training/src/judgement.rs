//! How well a model does on rows whose truth is known.
//!
//! A [`Judgement`] is plain data: it goes into the model file and into JSON, and its `Display` is the report
//! that users read in a terminal.

use crate::metric::{Cell, ClassRows, ClassScores, Confusion, Kind, Metric, NumberRows, decide};
use feedforward_base::Batch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod text;

pub use text::{foremost, labels};

/// The value of every metric of a kind; `None` where it is not defined. Never NaN or infinite.
pub type Scores = BTreeMap<Metric, Option<f64>>;

/// How well a model does on some rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Judgement {
    /// On classes.
    Classes(ClassJudgement),
    /// On numbers.
    Numbers(NumberJudgement),
}

/// How well classes are told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct ClassJudgement {
    /// The names of the classes.
    pub classes: Vec<String>,
    /// Number of rows.
    pub rows: usize,
    /// Whether rows count differently; then every count below is a sum of weights.
    pub weighted: bool,
    /// (Σw)² / Σw²: as many rows of equal weight would say as much. The number of rows if all count alike.
    pub effective_rows: f64,
    /// Of two classes the second is decided for above this probability.
    pub threshold: f64,
    /// The mean loss; `None` if it is not finite.
    pub loss: Option<f64>,
    /// All metrics of classes.
    pub scores: Scores,
    /// Precision, recall, specificity and F1 of each class.
    pub per_class: Vec<ClassScores>,
    /// Which class was taken for which.
    pub confusion: Confusion,
}

/// How near predicted numbers are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberJudgement {
    /// Number of rows.
    pub rows: usize,
    /// Whether rows count differently.
    pub weighted: bool,
    /// The mean loss, in the unit of the network's outputs; `None` if it is not finite.
    pub loss: Option<f64>,
    /// All metrics of numbers: means over the columns, as scikit-learn's `uniform_average`.
    pub scores: Scores,
    /// Each target column by itself.
    pub columns: Vec<NumberScores>,
}

/// How near the predictions of one target column are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberScores {
    /// The column.
    pub name: String,
    /// The RMSE of always saying the mean of these rows' truth: what a model must beat.
    pub baseline_rmse: Option<f64>,
    /// All metrics of numbers, in the unit of the column.
    pub scores: Scores,
}

impl Judgement {
    /// Judge probabilities of classes.
    ///
    /// `names` are the C classes; `truth` has one class number per row, `probabilities` rows x C numbers and
    /// `weights` one number of at least 0 per row. `loss` is the mean loss on these rows. Of two classes the
    /// second is decided for if its probability is above `threshold` (0.5 is usual); of more the most
    /// probable one. Takes time C · rows · ln rows.
    ///
    /// # Panics
    /// If the lengths disagree, or a class number is not below C.
    pub fn classes(
        names: &[String],
        truth: &[u32],
        probabilities: &[f64],
        weights: Option<&[f64]>,
        loss: f64,
        threshold: f64,
    ) -> Self {
        let classes = names.len();
        assert!(truth.iter().all(|class| (*class as usize) < classes), "a class number is too large");
        assert_eq!(probabilities.len(), truth.len() * classes, "one probability per row and class");
        assert!(weights.is_none_or(|w| w.len() == truth.len()), "one weight per row");
        let probabilities = Batch::new(probabilities, truth.len(), classes);
        let decided: Vec<u32> = (0..truth.len()).map(|r| decide(probabilities.row(r), threshold)).collect();
        let confusion = Confusion::count(classes, truth, &decided, weights);
        let rows = ClassRows { truth, probabilities, weights, confusion: &confusion };
        let scores = Metric::of_kind(Kind::Classes).map(|m| (m, m.of_classes(&rows))).collect();
        Judgement::Classes(ClassJudgement {
            classes: names.to_vec(),
            rows: truth.len(),
            weighted: weights.is_some(),
            effective_rows: effective(truth.len(), weights),
            threshold,
            loss: finite(loss),
            scores,
            per_class: confusion.per_class(),
            confusion,
        })
    }

    /// Judge predicted numbers.
    ///
    /// `names` are the target columns; `truth` and `predicted` are rows x columns in the columns' own units;
    /// `weights` has one number of at least 0 per row. `loss` is the mean loss on these rows.
    ///
    /// # Panics
    /// If the lengths disagree, or there is no column.
    pub fn numbers(
        names: &[String],
        truth: &[f64],
        predicted: &[f64],
        weights: Option<&[f64]>,
        loss: f64,
    ) -> Self {
        let rows = truth.len() / names.len();
        assert_eq!(truth.len(), rows * names.len(), "one true number per row and column");
        assert_eq!(truth.len(), predicted.len(), "as many predictions as true numbers");
        assert!(weights.is_none_or(|w| w.len() == rows), "one weight per row");
        let only =
            |all: &[f64], c: usize| all.iter().skip(c).step_by(names.len()).copied().collect::<Vec<_>>();
        let column =
            |(c, name): (usize, &String)| judge_column(name, &only(truth, c), &only(predicted, c), weights);
        let columns: Vec<NumberScores> = names.iter().enumerate().map(column).collect();
        let mean = |m: Metric| {
            let all: Option<Vec<f64>> = columns.iter().map(|c| c.scores[&m]).collect();
            all.map(|all| all.iter().sum::<f64>() / all.len() as f64).and_then(finite)
        };
        let scores = Metric::of_kind(Kind::Numbers).map(|m| (m, mean(m))).collect();
        Judgement::Numbers(NumberJudgement {
            rows,
            weighted: weights.is_some(),
            loss: finite(loss),
            scores,
            columns,
        })
    }

    /// The value of a metric; `None` if it is not defined on these rows, or is of the other kind.
    pub fn value(&self, metric: Metric) -> Option<f64> {
        let scores = match self {
            Judgement::Classes(j) => &j.scores,
            Judgement::Numbers(j) => &j.scores,
        };
        scores.get(&metric).copied().flatten()
    }
    /// The value of every metric of its kind.
    pub fn scores(&self) -> &Scores {
        match self {
            Judgement::Classes(j) => &j.scores,
            Judgement::Numbers(j) => &j.scores,
        }
    }
    /// What was judged.
    pub fn kind(&self) -> Kind {
        match self {
            Judgement::Classes(_) => Kind::Classes,
            Judgement::Numbers(_) => Kind::Numbers,
        }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Judgement::Classes(j) => j.rows,
            Judgement::Numbers(j) => j.rows,
        }
    }
    /// The mean loss; `None` if it is not finite.
    pub fn loss(&self) -> Option<f64> {
        match self {
            Judgement::Classes(j) => j.loss,
            Judgement::Numbers(j) => j.loss,
        }
    }
}

fn judge_column(name: &str, truth: &[f64], predicted: &[f64], weights: Option<&[f64]>) -> NumberScores {
    let rows = NumberRows { truth, predicted, weights };
    let always_the_mean = vec![rows.mean_truth().unwrap_or(0.0); truth.len()];
    NumberScores {
        name: name.into(),
        baseline_rmse: Metric::Rmse.of_numbers(&NumberRows { predicted: &always_the_mean, ..rows }),
        scores: Metric::of_kind(Kind::Numbers).map(|m| (m, m.of_numbers(&rows))).collect(),
    }
}

impl ClassJudgement {
    /// The 95 % interval of the accuracy by Wilson's score (1927): of all accuracies, those under which what
    /// was seen is not surprising. Rows must be independent. `None` without rows.
    pub fn accuracy_interval(&self) -> Option<(f64, f64)> {
        let p = self.scores.get(&Metric::Accuracy).copied().flatten()?;
        // Φ⁻¹(0.975)
        let z = 1.959_963_984_540_054;
        let n = self.effective_rows;
        let (centre, shrink) = (p + z * z / (2.0 * n), 1.0 + z * z / n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Some((((centre - half) / shrink).max(0.0), ((centre + half) / shrink).min(1.0)))
    }
    /// The most frequent class of these rows and the accuracy of always deciding for it: what a model must
    /// beat. The first of equally frequent ones; `None` without rows.
    pub fn baseline(&self) -> Option<(usize, f64)> {
        let support = |k: usize| self.per_class[k].support;
        let most =
            (1..self.per_class.len()).fold(0, |best, k| if support(k) > support(best) { k } else { best });
        let total = self.confusion.total();
        (total > 0.0).then(|| (most, support(most) / total))
    }
    /// The `n` heaviest confusions.
    pub fn worst_confusions(&self, n: usize) -> Vec<Cell> {
        let mut worst = self.confusion.worst();
        worst.truncate(n);
        worst
    }
}

fn effective(rows: usize, weights: Option<&[f64]>) -> f64 {
    let Some(weights) = weights else { return rows as f64 };
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// What a file says of a [`ClassJudgement`], before it is believed.
#[derive(Deserialize)]
struct Unchecked {
    classes: Vec<String>,
    rows: usize,
    weighted: bool,
    effective_rows: f64,
    threshold: f64,
    loss: Option<f64>,
    scores: Scores,
    confusion: Confusion,
}

impl TryFrom<Unchecked> for ClassJudgement {
    type Error = &'static str;

    fn try_from(said: Unchecked) -> Result<Self, &'static str> {
        let Unchecked { classes, rows, weighted, effective_rows, threshold, loss, scores, confusion } = said;
        if classes.len() != confusion.classes() {
            return Err("the judgement contradicts itself");
        }
        // What each class scores follows from the confusion matrix; older files have fewer scores.
        let per_class = confusion.per_class();
        Ok(ClassJudgement {
            classes,
            rows,
            weighted,
            effective_rows,
            threshold,
            loss,
            scores,
            per_class,
            confusion,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|k| format!("class {k}")).collect()
    }

    fn of_classes(judgement: Judgement) -> ClassJudgement {
        match judgement {
            Judgement::Classes(j) => j,
            Judgement::Numbers(_) => panic!("numbers"),
        }
    }

    /// Intervals from scipy.stats.binomtest(right, rows).proportion_ci(method="wilson").
    #[test]
    fn wilson_intervals() {
        for (right, rows, low, high) in [
            (5, 10, 0.236593090512564, 0.7634069094874361),
            (10, 10, 0.7224672001371109, 1.0),
            (0, 10, 0.0, 0.27753279986288926),
            (13689, 14000, 0.9752101641503267, 0.9800991371823807),
        ] {
            let truth = vec![0; rows];
            let p: Vec<f64> =
                (0..rows).flat_map(|r| if r < right { [1.0, 0.0] } else { [0.0, 1.0] }).collect();
            let judged = of_classes(Judgement::classes(&names(2), &truth, &p, None, 0.0, 0.5));
            let (ours_low, ours_high) = judged.accuracy_interval().unwrap();
            assert!((ours_low - low).abs() < 1e-12 && (ours_high - high).abs() < 1e-12, "{right} of {rows}");
            // Weights that are all alike change nothing.
            let weights = vec![0.25; rows];
            let weighted = of_classes(Judgement::classes(&names(2), &truth, &p, Some(&weights), 0.0, 0.5));
            assert_eq!(weighted.accuracy_interval(), judged.accuracy_interval());
        }
    }

    #[test]
    fn the_baseline_is_the_most_frequent_class() {
        let p = [1.0, 0.0, 0.0].repeat(5);
        let judged = of_classes(Judgement::classes(&names(3), &[2, 0, 2, 1, 1], &p, None, 0.0, 0.5));
        assert_eq!(judged.baseline(), Some((1, 0.4)));
        assert_eq!(judged.worst_confusions(1), [Cell { truth: 1, decided: 0, weight: 2.0 }]);
        let nothing = of_classes(Judgement::classes(&names(3), &[], &[], None, 0.0, 0.5));
        assert_eq!((nothing.baseline(), nothing.accuracy_interval()), (None, None));
    }

    #[test]
    fn several_targets_are_judged_one_by_one_and_on_average() {
        let truth = [1.0, 10.0, 2.0, 30.0, 3.0, 20.0];
        let said = [1.0, 20.0, 2.0, 20.0, 3.0, 20.0];
        let judgement = Judgement::numbers(&["a".into(), "b".into()], &truth, &said, None, 0.5);
        assert_eq!(judgement.value(Metric::R2), Some(0.5));
        assert_eq!(judgement.value(Metric::Mae), Some(10.0 / 3.0));
        assert_eq!(judgement.value(Metric::Accuracy), None);
        let Judgement::Numbers(judged) = &judgement else { panic!("classes") };
        assert_eq!(judged.columns[1].scores[&Metric::R2], Some(0.0));
        assert_eq!(judged.columns[1].baseline_rmse, judged.columns[1].scores[&Metric::Rmse]);
        assert_eq!((judgement.rows(), judgement.loss(), judgement.kind()), (3, Some(0.5), Kind::Numbers));
    }

    #[test]
    fn json_keeps_every_bit_and_lies_are_refused() {
        let p = [0.1, 0.9, 0.7, 0.3, 1.0 / 3.0, 2.0 / 3.0];
        let classes = Judgement::classes(&names(2), &[1, 0, 0], &p, Some(&[0.1, 0.2, 0.3]), f64::NAN, 0.3);
        let numbers = Judgement::numbers(&["y".into()], &[0.1, 0.7], &[0.2, 1.0 / 3.0], None, 1.0 / 7.0);
        for judgement in [&classes, &numbers] {
            let json = serde_json::to_string(judgement).unwrap();
            assert_eq!(serde_json::from_str::<Judgement>(&json).unwrap(), *judgement, "{json}");
        }
        let json = serde_json::to_string(&classes).unwrap();
        let lie = json.replace(r#""classes":["class 0","class 1"]"#, r#""classes":["class 0"]"#);
        assert!(lie != json && serde_json::from_str::<Judgement>(&lie).is_err());
    }

    /// A model file from before there were specificity and most of the metrics.
    #[test]
    fn older_files_are_read() {
        let p = [0.1, 0.9, 0.7, 0.3, 0.4, 0.6];
        let judgement = Judgement::classes(&names(2), &[1, 0, 0], &p, None, 0.5, 0.5);
        let mut json = serde_json::to_value(&judgement).unwrap();
        json["scores"].as_object_mut().unwrap().retain(|name, _| name == "accuracy" || name == "roc_auc");
        for class in json["per_class"].as_array_mut().unwrap() {
            class.as_object_mut().unwrap().remove("specificity");
        }
        let read: Judgement = serde_json::from_value(json).unwrap();
        assert_eq!((read.value(Metric::RocAuc), read.value(Metric::Mcc)), (Some(1.0), None));
        let text = read.to_string();
        assert!(text.contains("\nROC AUC") && !text.contains("MCC"), "{text}");
        assert_eq!(of_classes(read).per_class, of_classes(judgement).per_class);
    }

    proptest! {
        /// Fischer and Zahn, week 4 (S62): a higher threshold never finds more rows of the class.
        #[test]
        fn s62(rows in prop::collection::vec((0u32..2, 0.0..=1.0f64), 1..50), t in 0.0..1.0f64, more in 0.0..1.0f64) {
            let truth: Vec<u32> = rows.iter().map(|r| r.0).collect();
            let p: Vec<f64> = rows.iter().flat_map(|r| [1.0 - r.1, r.1]).collect();
            let recall = |threshold| {
                of_classes(Judgement::classes(&names(2), &truth, &p, None, 0.0, threshold)).per_class[1].recall
            };
            prop_assert!(recall(t + more) <= recall(t));
        }

        /// Whatever is judged can be printed, stored and read again, and says no NaN.
        #[test]
        fn every_judgement_is_sound(
            rows in prop::collection::vec((0u32..4, [0.0..=1.0f64, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0], 0.0..2.0f64), 0..30),
            weighted: bool,
        ) {
            let truth: Vec<u32> = rows.iter().map(|r| r.0).collect();
            let p: Vec<f64> = rows.iter().flat_map(|r| r.1).collect();
            let weights: Option<Vec<f64>> = weighted.then(|| rows.iter().map(|r| r.2).collect());
            let judgement = Judgement::classes(&names(4), &truth, &p, weights.as_deref(), 0.0, 0.5);
            prop_assert!(!judgement.to_string().contains("NaN"));
            let json = serde_json::to_string(&judgement).unwrap();
            prop_assert_eq!(serde_json::from_str::<Judgement>(&json).unwrap(), judgement.clone());
            for metric in Metric::of_kind(Kind::Classes) {
                let range = match metric {
                    Metric::Mcc | Metric::Kappa => -1.0..=1.0 + 1e-12,
                    Metric::LogLoss => 0.0..=f64::INFINITY,
                    Metric::Brier => 0.0..=4.0 + 1e-12,
                    _ => 0.0..=1.0 + 1e-12,
                };
                if let Some(value) = judgement.value(metric) {
                    prop_assert!(range.contains(&value), "{} {}", metric, value);
                }
            }
            let whole = |m| judgement.value(m);
            prop_assert_eq!(whole(Metric::F1Micro), whole(Metric::Accuracy));
            if let (Some(a), Some(b)) = (whole(Metric::RecallWeighted), whole(Metric::Accuracy)) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }
}
