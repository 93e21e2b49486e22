//! How the hidden layers see the rows: each layer as points of a plane.
//!
//! A layer of two units is a plane itself: there one sees how a network makes classes separable. Of a wider one the
//! plane of its two leading principal components is shown: the two directions in which its activations vary most, with
//! the share of the variance that they hold.

use crate::components;
use feedforward_base::{Dice, Result};
use feedforward_data::table::Table;
use feedforward_network::Activation;
use feedforward_training::probe::Probe;
use feedforward_training::{Evidence, Machine, Model};
use serde::Serialize;

/// Rows of the usual picture at most: more would hide each other.
pub const ROWS: usize = 1_000;

/// Rows as the hidden layers see them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hidden {
    /// Number of rows.
    pub rows: usize,
    /// What each row is.
    pub truth: Truth,
    /// One for each hidden layer; none if the network has none.
    pub layers: Vec<HiddenLayer>,
}

/// What rows are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Truth {
    /// A class each.
    Classes {
        /// The names.
        classes: Vec<String>,
        /// The class of each row, 0 ..
        of_row: Vec<u32>,
    },
    /// A number each; of several targets the first.
    Numbers {
        /// The target column.
        column: String,
        /// Its value in each row, in its unit.
        of_row: Vec<f64>,
    },
}

/// One hidden layer as a plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HiddenLayer {
    /// l = 1 .. L−1.
    pub layer: usize,
    /// n_l.
    pub units: usize,
    /// Its activation function.
    pub activation: Activation,
    /// What the axes are.
    pub axes: Axes,
    /// Each row in the plane.
    pub points: Vec<[f64; 2]>,
}

/// What the axes of a plane are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Axes {
    /// The activations of the layer's two units; of its only unit, and 0.
    Units,
    /// The two leading principal components of its activations, which have mean 0 here.
    Components {
        /// The share of the variance along each; 0 and 0 if the layer says the same of every row.
        shares: [f64; 2],
    },
}

/// Look at `model`'s hidden layers with at most `most` rows of `table`, drawn with `seed`; the table must have the target.
///
/// # Errors
/// As [`Model::evaluate`]; fewer than two rows.
pub fn hidden(model: &Model, table: &Table, most: usize, seed: u64, machine: Machine) -> Result<Hidden> {
    let mut probe = Probe::new(model, table, most, Dice::new(seed), machine)?;
    let truth = match probe.evidence()? {
        Evidence::Classes(e) => Truth::Classes { classes: e.classes, of_row: e.truth },
        Evidence::Numbers(mut e) => {
            let of_row = e.truth.iter().copied().step_by(e.columns.len()).collect();
            Truth::Numbers { column: e.columns.swap_remove(0), of_row }
        }
    };
    let activations = probe.hidden();
    let layers = activations.iter().zip(&model.spec.layers).zip(1..).map(|((a, layer), l)| {
        let (axes, points) = plane(a, layer.units);
        HiddenLayer { layer: l, units: layer.units, activation: layer.activation, axes, points }
    });
    Ok(Hidden { rows: probe.rows(), truth, layers: layers.collect() })
}

fn plane(activations: &[f64], units: usize) -> (Axes, Vec<[f64; 2]>) {
    match units {
        1 => (Axes::Units, activations.iter().map(|&a| [a, 0.0]).collect()),
        2 => (Axes::Units, activations.chunks_exact(2).map(|a| [a[0], a[1]]).collect()),
        _ => {
            let found = components::leading(activations, units);
            (Axes::Components { shares: found.shares }, found.points)
        }
    }
}
