//! Samples with their targets, in the form that the engine and its literal twin are given.

use feedforward_base::{Dice, Purpose, Result};
use feedforward_data::prepare::{Prepared, Targets};
use feedforward_kernels::Element;
use feedforward_network::reference::Truth;
use feedforward_network::{Plan, Spec, Target, loss};
use feedforward_training::labels::Labels;

/// A batch of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The inputs of each sample.
    pub x: Vec<Vec<f64>>,
    /// What the network should say about each; empty where nobody knows.
    pub y: Vec<Truth>,
    /// How much each counts; `None`: all the same.
    pub weights: Option<Vec<f64>>,
}

impl Samples {
    /// `rows` of a prepared table, with the targets in the form that the loss of `plan` reads.
    ///
    /// # Errors
    /// The rows lie in a file that cannot be read.
    ///
    /// # Panics
    /// If the plan's batch has fewer rows than there are, or the table no such row.
    pub fn of<T: Element>(table: &Prepared<T>, rows: &[u32], plan: &Plan) -> Result<Self> {
        let wide = |x: &[T]| x.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
        let x = table.pick(rows)?.chunks_exact(table.inputs).map(wide).collect();
        if table.targets == Targets::None {
            return Ok(Samples { x, y: Vec::new(), weights: None });
        }
        let mut labels = Labels::new(plan);
        labels.gather(table, rows);
        let view = labels.view();
        let y = match view.target {
            Target::Classes(all) => all.iter().map(|&c| Truth::Class(c as usize)).collect(),
            Target::Values(all) => (0..all.rows()).map(|r| Truth::Values(wide(all.row(r)))).collect(),
        };
        Ok(Samples { x, y, weights: view.weights.map(wide) })
    }
    /// `m` samples of normal inputs, with targets that the loss can judge against.
    pub fn random(spec: &Spec, m: usize, dice: Dice) -> Self {
        let rows = dice.stream(Purpose::Experiment, &[1]);
        let x = |r: u64| (0..spec.inputs as u64).map(|k| rows.fork(r).normal(k)).collect();
        let targets = dice.stream(Purpose::Experiment, &[2]);
        let y = |r: u64| {
            let row = targets.fork(r);
            let each = |f: &dyn Fn(u64) -> f64| Truth::Values((0..spec.outputs() as u64).map(f).collect());
            match spec.loss.truth() {
                loss::Truth::Class => Truth::Class(row.below(0, spec.outputs() as u64) as usize),
                loss::Truth::ZeroOrOne => each(&|i| row.below(i, 2) as f64),
                loss::Truth::MinusOrPlusOne => each(&|i| 2.0 * row.below(i, 2) as f64 - 1.0),
                loss::Truth::Count => each(&|i| row.below(i, 6) as f64),
                loss::Truth::Number => each(&|i| row.normal(i)),
            }
        };
        Samples { x: (0..m as u64).map(x).collect(), y: (0..m as u64).map(y).collect(), weights: None }
    }
    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.x.len()
    }
    /// The share of each sample in the mean: its weight divided by the sum of all.
    pub fn shares(&self) -> Vec<f64> {
        match &self.weights {
            None => vec![1.0 / self.rows() as f64; self.rows()],
            Some(w) => {
                let sum: f64 = w.iter().sum();
                // A batch whose samples all count 0 teaches nothing.
                w.iter().map(|w| if sum > 0.0 { w / sum } else { 0.0 }).collect()
            }
        }
    }
}
