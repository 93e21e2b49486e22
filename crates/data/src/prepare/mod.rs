//! From a table to the numbers that a network reads, and back.
//!
//! A [`Preparation`] is fitted on the training rows only and saved inside the model, so that validation,
//! test and new rows are treated by what training knew. [`Preparation::fit`] documents every rule;
//! [`Preparation::apply`] turns a whole table into a matrix, one column after the other.

mod apply;
mod fit;
mod inputs;
mod levels;
mod min_max;
mod missing;
mod note;
mod numbers;
mod one_hot;
mod robust;
mod roles;
mod rule;
mod standardise;
mod strata;
mod target;
#[cfg(test)]
mod testing;

pub use apply::{Applied, Prepared, Unseen, Want};
pub use fit::{Fitted, counters, weights};
pub use inputs::{Inputs, RowsAtRest};
pub use min_max::MinMax;
pub use missing::{Missing, quantile};
pub use note::Note;
pub use one_hot::OneHot;
pub use robust::Robust;
pub use roles::{Roles, Task};
pub use rule::{rule, rule_by};
pub use standardise::Standardise;
pub use strata::strata;
pub use target::{NumberTarget, Range, Target, Targets};

use crate::source::Kind;
use serde::{Deserialize, Serialize};

/// How the number columns are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// Grey images by x / 255, everything else to mean 0 and variance 1. Images are tables of at least 16
    /// feature columns, all bytes, with a training value above 127 among them.
    #[default]
    Auto,
    /// As they are.
    None,
    /// Mean 0, variance 1.
    Standardise,
    /// 0..1.
    MinMax,
    /// Median 0, quartiles 1 apart; to variance 1 where the quartiles are equal.
    Robust,
}

/// Choices of [`Preparation::fit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrepareOptions {
    /// Number columns. Default [`Scaling::Auto`].
    pub scaling: Scaling,
    /// Category columns with more levels are left out. Default 64.
    pub max_levels: usize,
    /// Number targets get mean 0 and variance 1; predictions are scaled back. Default true.
    pub scale_target: bool,
    /// What number targets must be. Default [`Range::Any`].
    pub target_range: Range,
}

impl Default for PrepareOptions {
    fn default() -> Self {
        PrepareOptions {
            scaling: Scaling::Auto,
            max_levels: 64,
            scale_target: true,
            target_range: Range::Any,
        }
    }
}

/// Everything that turns a table into inputs and targets; fitted on the training rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    /// The used feature columns in the order of their inputs.
    pub features: Vec<Feature>,
    /// What is predicted.
    pub target: Target,
    /// The column that says how much a row counts.
    pub weight: Option<String>,
    /// All columns of the training table, used or not, in its order.
    pub columns: Vec<String>,
}

/// One used column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Its name in the table.
    pub column: String,
    /// Its way to inputs.
    pub encoding: Encoding,
}

/// How a column becomes one input or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A number: one input, and one more that says "is missing" where training had empty cells.
    Number {
        /// What is done to a value.
        scale: Scale,
        /// What an empty cell becomes.
        missing: Missing,
    },
    /// A category: inputs of 0 and 1.
    OneHot(OneHot),
}

/// What is done to a number: always (x − shift) / divisor, see [`Scale::affine`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Nothing.
    Identity,
    /// Mean 0, variance 1.
    Standardise(Standardise),
    /// 0..1.
    MinMax(MinMax),
    /// Median 0, quartiles 1 apart.
    Robust(Robust),
}

impl Scale {
    /// (shift, divisor) of (x − shift) / divisor, computed in f64.
    pub fn affine(&self) -> (f64, f64) {
        match *self {
            Scale::Identity => (0.0, 1.0),
            Scale::Standardise(s) => (s.mean, s.deviation),
            Scale::MinMax(s) => (s.low, s.high - s.low),
            Scale::Robust(s) => (s.median, s.range),
        }
    }
}

impl Feature {
    /// Number of inputs.
    pub fn width(&self) -> usize {
        match &self.encoding {
            Encoding::Number { missing, .. } => 1 + usize::from(missing.indicator),
            Encoding::OneHot(hot) => hot.width(),
        }
    }
    /// Names of the inputs: `age`, `age is missing`, `sex=male`.
    pub fn input_names(&self) -> Vec<String> {
        match &self.encoding {
            Encoding::Number { missing, .. } => {
                let indicator = missing.indicator.then(|| format!("{} is missing", self.column));
                std::iter::once(self.column.clone()).chain(indicator).collect()
            }
            Encoding::OneHot(hot) => hot.names(&self.column),
        }
    }
}

impl Preparation {
    /// Number of inputs of the network.
    pub fn inputs(&self) -> usize {
        self.features.iter().map(Feature::width).sum()
    }
    /// Number of classes, or of numbers to predict. For two classes the network may decide for one unit.
    pub fn outputs(&self) -> usize {
        match &self.target {
            Target::Classes { classes, .. } => classes.len(),
            Target::Numbers { columns } => columns.len(),
        }
    }
    /// One name per input: `age`, `age is missing`, `sex=male`.
    pub fn input_names(&self) -> Vec<String> {
        self.features.iter().flat_map(Feature::input_names).collect()
    }
    /// The kind of each used feature column: what a reader of new rows should expect.
    pub fn kinds(&self) -> Vec<(String, Kind)> {
        let kind = |f: &Feature| match f.encoding {
            Encoding::Number { .. } => Kind::Number,
            Encoding::OneHot(_) => Kind::Category,
        };
        self.features.iter().map(|f| (f.column.clone(), kind(f))).collect()
    }
    /// A prediction of number target `column` in the unit of the table. Classes have no unit: `value`.
    pub fn target_back(&self, column: usize, value: f64) -> f64 {
        match &self.target {
            Target::Classes { .. } => value,
            Target::Numbers { columns } => columns[column].back(value),
        }
    }
}
