//! What looks wrong in a training that goes on.

use super::cause::Cause;
use super::words::size;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Units that are named one by one.
pub(super) const NAMED: usize = 3;

/// Something that looks wrong, with its size and what to try; told once a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Before the first step the loss is enormous.
    FarStart {
        /// The mean loss of some training rows.
        loss: f64,
        /// What somebody gets who has learned nothing.
        guess: f64,
        /// The largest z.
        largest: Largest,
        /// Why.
        cause: Cause,
    },
    /// The loss grows.
    Exploding {
        /// The epoch that shows it.
        epoch: u64,
        /// Its mean training loss.
        loss: f64,
        /// The least loss before it.
        before: f64,
        /// What somebody gets who has learned nothing.
        guess: f64,
        /// The largest z after it.
        largest: Largest,
        /// Why.
        cause: Cause,
    },
    /// Units whose output hardly changes with z on any row.
    Dead(Stuck),
    /// Units of a bounded function that are at its ends on almost every row.
    Saturated {
        /// Which.
        units: Stuck,
        /// The largest z of the layer.
        largest: Largest,
        /// Why.
        cause: Cause,
    },
    /// The network says the same of every row.
    Constant {
        /// What it says, of several outputs that which differs most, in the table's unit.
        says: f64,
        /// The distance between the largest and the smallest answer of that output.
        spread: f64,
        /// The rows that were looked at.
        rows: usize,
    },
}

/// The largest z of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Largest {
    /// |z|.
    pub size: f64,
    /// The layer, from 1.
    pub layer: usize,
    /// The unit, from 1.
    pub unit: usize,
    /// The row, as a line of its file.
    pub row: u64,
}

/// Units of a layer that hardly learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stuck {
    /// The epochs that are done; 0 before the first step.
    pub epoch: u64,
    /// The layer, from 1.
    pub layer: usize,
    /// Their function.
    pub activation: String,
    /// The first of them, from 1.
    pub units: Vec<usize>,
    /// How many they are ...
    pub count: usize,
    /// ... of how many.
    pub of: usize,
    /// The rows that were looked at.
    pub rows: usize,
}

impl Warning {
    /// Whether the other one says the same, of other numbers.
    pub fn repeats(&self, other: &Warning) -> bool {
        let layer = |w: &Warning| match w {
            Warning::Dead(units) | Warning::Saturated { units, .. } => units.layer,
            _ => 0,
        };
        std::mem::discriminant(self) == std::mem::discriminant(other) && layer(self) == layer(other)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::FarStart { loss, guess, largest, cause } => {
                let (loss, guess) = (size(*loss), size(*guess));
                write!(
                    f,
                    "before the first step the loss is {loss}, where a guess that is the same for all rows has {guess}; \
                     {largest}: {cause}"
                )
            }
            Warning::Exploding { epoch, loss, before, guess, largest, cause } => {
                let (loss, before, guess) = (size(*loss), size(*before), size(*guess));
                write!(
                    f,
                    "the loss exploded from {before} to {loss} in epoch {epoch}, where a guess that is the same for all \
                     rows has {guess}; {largest}: {cause}"
                )
            }
            Warning::Dead(units) => {
                write!(f, "{units} are dead: they say the same on each of {} training rows", units.rows)?;
                f.write_str(match units.epoch {
                    0 => ", and nothing will move them; try --activation leaky_relu, a --bias that is not below 0, or scaled columns",
                    _ => {
                        ", and nothing moves them any more; try --activation leaky_relu, a smaller --learning-rate or \
                         --bias 0.1"
                    }
                })
            }
            Warning::Saturated { units, largest, cause } => {
                write!(f, "{units} are saturated on almost every of {} training rows", units.rows)?;
                write!(f, ", so that they hardly learn; {largest}: {cause}")
            }
            Warning::Constant { says, spread, rows } => write!(
                f,
                "the network says the same of every row: {} on each of {rows} training rows, give or take {}; try more \
                 --epochs, another --learning-rate, smaller penalties or --weight-decay, or columns that tell more",
                size(*says),
                size(*spread)
            ),
        }
    }
}

impl fmt::Display for Largest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Largest { size: z, layer, unit, row } = self;
        write!(f, "the largest |z| is {} in layer {layer}, unit {unit}, row {row}", size(*z))
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stuck { epoch, layer, activation, units, count, of, .. } = self;
        // Rounded, and 100 only where there are no others.
        let percent = ((200 * count + of) / (2 * of)).min(if count < of { 99 } else { 100 });
        let named = units.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let more = if units.len() < *count { ", …" } else { "" };
        let when = if *epoch == 0 { "before the first step".into() } else { format!("after epoch {epoch}") };
        write!(
            f,
            "{when}, {count} of the {of} {activation} units of layer {layer} ({percent} %; {named}{more})"
        )
    }
}
