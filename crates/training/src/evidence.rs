//! What a model said about rows whose truth is known: every number and curve of a judgement is made of it.

use crate::judgement::Judgement;
use crate::metric::curve::{Bins, Calibration, ClassCurves, OneClass};
use crate::metric::threshold::{self, Wish};
use feedforward_base::{Batch, Result};

/// Answers beside the truth.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Of classes.
    Classes(ClassEvidence),
    /// Of numbers.
    Numbers(NumberEvidence),
}

/// Probabilities of classes beside the true class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassEvidence {
    /// The C classes.
    pub classes: Vec<String>,
    /// The true class of each row, 0..C.
    pub truth: Vec<u32>,
    /// rows x C.
    pub probabilities: Vec<f64>,
    /// How much each row counts; `None` if all count alike.
    pub weights: Option<Vec<f64>>,
    /// The mean loss.
    pub loss: f64,
}

/// Predicted numbers beside the true ones.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberEvidence {
    /// The K target columns.
    pub columns: Vec<String>,
    /// rows x K, in the columns' units.
    pub truth: Vec<f64>,
    /// rows x K, in the columns' units.
    pub predicted: Vec<f64>,
    /// How much each row counts; `None` if all count alike.
    pub weights: Option<Vec<f64>>,
    /// The mean loss, in the unit of the network's outputs.
    pub loss: f64,
}

impl Evidence {
    /// Judge it. Of two classes the second is decided for above `threshold`.
    pub fn judge(&self, threshold: f64) -> Judgement {
        match self {
            Evidence::Classes(e) => Judgement::classes(
                &e.classes,
                &e.truth,
                &e.probabilities,
                e.weights.as_deref(),
                e.loss,
                threshold,
            ),
            Evidence::Numbers(e) => {
                Judgement::numbers(&e.columns, &e.truth, &e.predicted, e.weights.as_deref(), e.loss)
            }
        }
    }
    /// The mean loss.
    pub fn loss(&self) -> f64 {
        match self {
            Evidence::Classes(e) => e.loss,
            Evidence::Numbers(e) => e.loss,
        }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Evidence::Classes(e) => e.truth.len(),
            Evidence::Numbers(e) => e.truth.len() / e.columns.len(),
        }
    }
}

impl ClassEvidence {
    /// The rows as one class and the rest: what curves are made of.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn class(&self, class: u32) -> OneClass<'_> {
        let probabilities = Batch::new(&self.probabilities, self.truth.len(), self.classes.len());
        OneClass::new(class, &self.truth, probabilities, self.weights.as_deref())
    }
    /// How far the decisions can be believed: the metric `ece` is its error. `None` unless a row counts.
    pub fn calibration(&self) -> Option<Calibration> {
        let probabilities = Batch::new(&self.probabilities, self.truth.len(), self.classes.len());
        Calibration::overall(&self.truth, probabilities, self.weights.as_deref(), Bins::default())
    }
    /// The curves of every class against the rest, of two classes those of the second, with at most `points` points
    /// each (3 or more).
    pub fn curves(&self, points: usize) -> Vec<ClassCurves> {
        let first = if self.classes.len() == 2 { 1 } else { 0 };
        let of = |(k, name): (u32, &String)| self.class(k).curves(name, points);
        (0..).zip(&self.classes).skip(first).map(of).collect()
    }
    /// Of two classes, the threshold that fulfils `wish` for the second. The rows are to be validation rows.
    ///
    /// # Errors
    /// As [`threshold::choose`].
    ///
    /// # Panics
    /// If there are not two classes.
    pub fn choose_threshold(&self, wish: Wish) -> Result<f64> {
        assert_eq!(self.classes.len(), 2, "a threshold is for two classes");
        threshold::choose(&self.class(1), &self.classes[1], wish)
    }
}
