//! What every experiment gives.

use feedforward_plot::Figure;
use serde_json::Value;

/// Words, numbers and a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// For a terminal, line by line.
    pub lines: Vec<String>,
    /// The same for programs.
    pub numbers: Value,
    /// The picture.
    pub figure: Figure,
}
