//! The targets and weights of one batch, in the form that the loss reads.

use feedforward_base::Batch;
use feedforward_data::prepare::{Prepared, Targets};
use feedforward_kernels::Element;
use feedforward_network::loss::Truth;
use feedforward_network::step::Labels as View;
use feedforward_network::{Plan, Target};

/// Buffers for the labels of one batch.
#[derive(Clone, Debug)]
pub struct Labels<T> {
    truth: Truth,
    outputs: usize,
    classes: Vec<u32>,
    values: Vec<T>,
    weights: Vec<T>,
    weighted: bool,
    rows: usize,
}

impl<T: Element> Labels<T> {
    /// Room for the batches of `plan`.
    pub fn new(plan: &Plan) -> Self {
        Labels {
            truth: plan.spec().loss.truth(),
            outputs: plan.spec().outputs(),
            classes: Vec::with_capacity(plan.batch()),
            values: Vec::with_capacity(plan.batch() * plan.spec().outputs()),
            weights: Vec::with_capacity(plan.batch()),
            weighted: false,
            rows: 0,
        }
    }
    /// Take the labels of `rows`. For two classes and one output the second class is the value 1, the first 0, or −1
    /// where the loss asks for ±1.
    pub fn gather(&mut self, table: &Prepared<T>, rows: &[u32]) {
        self.classes.clear();
        self.values.clear();
        let each = || rows.iter().map(|&r| r as usize);
        match &table.targets {
            Targets::None => {}
            Targets::Classes(all) if self.truth == Truth::Class => {
                self.classes.extend(each().map(|r| all[r]))
            }
            Targets::Classes(all) => {
                let first = if self.truth == Truth::MinusOrPlusOne { T::ZERO - T::ONE } else { T::ZERO };
                self.values.extend(each().map(|r| if all[r] == 0 { first } else { T::ONE }));
            }
            Targets::Numbers { data, columns, .. } => {
                for r in each() {
                    self.values.extend_from_slice(&data[r * columns..(r + 1) * columns]);
                }
            }
        }
        self.rows = rows.len();
        self.weights.clear();
        self.weighted = table.weights.is_some();
        if let Some(all) = &table.weights {
            self.weights.extend(each().map(|r| all[r]));
        }
    }
    /// How much the gathered rows count together: their weights, or their number.
    pub fn share(&self) -> f64 {
        if self.weighted { self.weights.iter().map(|w| w.to_f64()).sum() } else { self.rows as f64 }
    }
    /// What was gathered last.
    pub fn view(&self) -> View<'_, T> {
        let target = if self.truth == Truth::Class {
            Target::Classes(&self.classes)
        } else {
            Target::Values(Batch::new(&self.values, self.values.len() / self.outputs, self.outputs))
        };
        View { target, weights: self.weighted.then_some(&self.weights) }
    }
}
