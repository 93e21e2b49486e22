//! Some rows of a prepared table.

use feedforward_data::prepare::Prepared;

/// Some rows of a prepared table.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a, T> {
    /// The table.
    pub table: &'a Prepared<T>,
    /// The rows that belong to the part.
    pub rows: &'a [u32],
}
