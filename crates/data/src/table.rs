//! A table as it was read: named columns of numbers or categories, nothing prepared yet.

use feedforward_base::Place;

/// The code of an empty cell in a category column.
pub const MISSING: u32 = u32::MAX;

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What messages call it: the file's name, `standard input`, `digits`.
    pub name: String,
    /// The columns, all of [`Table::rows`] cells.
    pub columns: Vec<Column>,
    /// Number of rows, header excluded.
    pub rows: usize,
    /// Where the rows stand in their file.
    pub lines: Lines,
}

/// Where the rows of a table stand in their file, as an editor counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// Row `r` is line `first + r`.
    From(u64),
    /// One number per row: the file has quoted line breaks or blank lines.
    Each(Vec<u64>),
}

impl Default for Lines {
    fn default() -> Self {
        Lines::From(1)
    }
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name; where the file has no header, its number counted from 1.
    pub name: String,
    /// Its cells.
    pub cells: Cells,
}

/// The cells of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; an empty cell is NaN. No other cell is NaN or infinite.
    Number(Numbers),
    /// Categories: `levels[codes[row]]`, or [`MISSING`]. Levels stand in the order of their first appearance.
    Category {
        /// One code a row.
        codes: Vec<u32>,
        /// The distinct texts.
        levels: Vec<String>,
    },
}

/// Numbers in the smallest form that holds them.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Grey values and other small counts, none missing.
    U8(Vec<u8>),
    /// The usual form. An integer, or a number of 65,536 or more, that f32 cannot hold exactly makes its
    /// column [`Numbers::F64`].
    F32(Vec<f32>),
    /// Where f32 would lose something, or f64 was asked for.
    F64(Vec<f64>),
}

impl Numbers {
    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Numbers::U8(v) => v.len(),
            Numbers::F32(v) => v.len(),
            Numbers::F64(v) => v.len(),
        }
    }
    /// No cell at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Cell `row`; NaN where it is empty.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Numbers::U8(v) => f64::from(v[row]),
            Numbers::F32(v) => f64::from(v[row]),
            Numbers::F64(v) => v[row],
        }
    }
}

impl Table {
    /// The line of row `row` (counted from 0) in its file.
    pub fn line(&self, row: usize) -> u64 {
        match &self.lines {
            Lines::From(first) => first + row as u64,
            Lines::Each(lines) => lines[row],
        }
    }
    /// The place of a cell, for messages.
    pub fn place(&self, row: usize, column: usize) -> Place {
        self.row_place(row).column(&self.columns[column].name)
    }
    /// The place of a row, for messages.
    pub fn row_place(&self, row: usize) -> Place {
        Place::file(&self.name).row(self.line(row))
    }
}
