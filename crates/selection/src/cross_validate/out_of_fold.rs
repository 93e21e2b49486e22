//! What is said about each row by the model that has not learned from it.

use super::{CrossValidation, Fold};
use feedforward_training::{ClassEvidence, Evidence, NumberEvidence};

/// Out-of-fold answers beside the truth, in the order of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// The rows, counted from 0 in the table, ascending: all of them, but by time only those that were held back, and
    /// after an interruption those of the folds that are done.
    pub rows: Vec<u32>,
    /// The fold, from 1, that held each of them back.
    pub folds: Vec<usize>,
    /// Answers and truth. The loss is the mean over the folds, each counting as its rows weigh; of numbers it is in the
    /// unit of each fold's outputs.
    pub evidence: Evidence,
}

/// Where a row's answer stands: the fold, and the row's place in it.
type Place<'f> = (u32, &'f Fold, usize);

impl CrossValidation {
    /// The answers of division `repeat`, from 1; `None` if no fold of it is done.
    pub fn out_of_fold(&self, repeat: usize) -> Option<OutOfFold> {
        let folds = || self.folds.iter().filter(|f| f.repeat == repeat);
        let mut places: Vec<Place<'_>> =
            folds().flat_map(|f| f.test.iter().enumerate().map(move |(i, &row)| (row, f, i))).collect();
        places.sort_by_key(|(row, ..)| *row);
        let weight = |row: u32| self.weights.as_ref().map_or(1.0, |w| w[row as usize]);
        let weights: Vec<f64> = places.iter().map(|(row, ..)| weight(*row)).collect();
        let weights = weights.iter().any(|w| *w != weights[0]).then_some(weights);
        let (mut loss, mut total) = (0.0, 0.0);
        for fold in folds() {
            let own: f64 = fold.test.iter().map(|&row| weight(row)).sum();
            // A fold in which no row counts has no loss.
            if own > 0.0 {
                loss += own * loss_of(&fold.evidence);
                total += own;
            }
        }
        let loss = loss / total;
        // Every fold has learned all classes (see `check`), in one order.
        let evidence = match &folds().next()?.evidence {
            Evidence::Classes(first) => {
                let classes = first.classes.clone();
                let (truth, probabilities) = gather(&places, classes.len(), |evidence| match evidence {
                    Evidence::Classes(e) => (&e.truth, &e.probabilities),
                    Evidence::Numbers(_) => unreachable!("all folds have one target"),
                });
                Evidence::Classes(ClassEvidence { classes, truth, probabilities, weights, loss })
            }
            Evidence::Numbers(first) => {
                let columns = first.columns.clone();
                let (truth, predicted) = gather(&places, columns.len(), |evidence| match evidence {
                    Evidence::Numbers(e) => (&e.truth, &e.predicted),
                    Evidence::Classes(_) => unreachable!("all folds have one target"),
                });
                Evidence::Numbers(NumberEvidence { columns, truth, predicted, weights, loss })
            }
        };
        let rows = places.iter().map(|(row, ..)| *row).collect();
        let folds = places.iter().map(|(_, fold, _)| fold.fold).collect();
        Some(OutOfFold { rows, folds, evidence })
    }
}

/// Truth and answers, `answers` of them a row, in the order of the places.
fn gather<T: Copy>(
    places: &[Place<'_>],
    answers: usize,
    of: impl Fn(&Evidence) -> (&Vec<T>, &Vec<f64>),
) -> (Vec<T>, Vec<f64>) {
    let (mut truth, mut said) = (Vec::new(), Vec::new());
    for (_, fold, i) in places {
        let (all_truth, all_said) = of(&fold.evidence);
        let truths = all_truth.len() / fold.test.len();
        truth.extend(&all_truth[i * truths..(i + 1) * truths]);
        said.extend(&all_said[i * answers..(i + 1) * answers]);
    }
    (truth, said)
}

fn loss_of(evidence: &Evidence) -> f64 {
    match evidence {
        Evidence::Classes(e) => e.loss,
        Evidence::Numbers(e) => e.loss,
    }
}
