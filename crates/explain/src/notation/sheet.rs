//! A trace on paper: equations with their numbers, in the order in which they are computed.

use serde::Serialize;

/// A trace on paper. Every line is in the form of [`crate::markup`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sheet {
    /// What the notation is called.
    pub notation: &'static str,
    /// What its reader must know.
    pub conventions: Vec<&'static str>,
    /// Forward, loss, backward, update.
    pub parts: Vec<Part>,
    /// What the blocks' marks refer to.
    pub notes: Vec<Note>,
    /// The symbols of the graph.
    #[serde(skip)]
    pub symbols: Symbols,
}

/// A part of the step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// `forward`, or `forward, row 3`.
    pub heading: String,
    /// Its equations.
    pub blocks: Vec<Block>,
}

/// An equation and what it gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// The equation.
    pub equation: String,
    /// Its numbers, if it has any.
    pub matrix: Option<Matrix>,
    /// The marks of its notes.
    pub marks: Vec<String>,
}

/// Numbers as they stand in the notation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Row by row.
    pub numbers: Vec<f64>,
}

/// A note at the foot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// `E6`.
    pub mark: String,
    /// What it says.
    pub text: String,
}

/// The short symbols of a notation, layer by layer; what is of layer l stands at l, the input at 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbols {
    /// The number of each layer.
    pub numbers: Vec<usize>,
    /// Activations.
    pub a: Vec<String>,
    /// Weights, from 1.
    pub w: Vec<String>,
    /// Biases, from 1; empty where they are a part of W.
    pub b: Vec<String>,
    /// Pre-activations, from 1.
    pub z: Vec<String>,
    /// Derivatives by pre-activations, from 1.
    pub dz: Vec<String>,
    /// Derivatives by activations.
    pub da: Vec<String>,
    /// Derivatives by weights, from 1.
    pub dw: Vec<String>,
    /// Derivatives by biases, from 1.
    pub db: Vec<String>,
    /// The target.
    pub y: String,
    /// The loss.
    pub loss: String,
}

impl Matrix {
    /// A matrix of these rows.
    pub fn of_rows(rows: &[Vec<f64>]) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        Matrix { rows: rows.len(), columns, numbers: rows.concat() }
    }
    /// A column.
    pub fn column(numbers: Vec<f64>) -> Self {
        Matrix { rows: numbers.len(), columns: 1, numbers }
    }
    /// A row.
    pub fn row(numbers: Vec<f64>) -> Self {
        Matrix { rows: 1, columns: numbers.len(), numbers }
    }
    /// Number (`row`, `column`).
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.numbers[row * self.columns + column]
    }
    /// Rows become columns.
    pub fn transposed(&self) -> Self {
        let numbers = (0..self.columns).flat_map(|c| (0..self.rows).map(move |r| self.at(r, c))).collect();
        Matrix { rows: self.columns, columns: self.rows, numbers }
    }
}
