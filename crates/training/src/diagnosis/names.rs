//! What the rows and inputs of a network are called in the user's table.

use feedforward_data::prepare::{Preparation, Target};
use feedforward_data::table::{Lines, Table};

/// What the rows and inputs of a network are called in the user's table.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    /// The table.
    pub table: String,
    /// Where its rows stand in their file.
    pub lines: Lines,
    /// The inputs.
    pub inputs: Vec<String>,
    /// From what the network says to the table's unit, of each number: times the first, plus the second.
    pub units: Vec<(f64, f64)>,
}

impl Names {
    /// Those of a table that is prepared so.
    pub fn of(table: &Table, preparation: &Preparation) -> Self {
        let units = match &preparation.target {
            Target::Classes { .. } => Vec::new(),
            Target::Numbers { columns } => columns.iter().map(|c| (c.scale, c.mean)).collect(),
        };
        let inputs = preparation.input_names();
        Names { table: table.name.clone(), lines: table.lines.clone(), inputs, units }
    }
    /// The line of a row in its file.
    pub fn line(&self, row: u32) -> u64 {
        self.lines.of(row as usize)
    }
}
