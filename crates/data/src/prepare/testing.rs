//! Tables made by hand, for the tests of this folder.

use crate::table::{Cells, Column, Lines, MISSING, Numbers, Table};

/// A table whose first row is line 2, as in a file with a header.
pub(crate) fn table(name: &str, columns: Vec<Column>) -> Table {
    let rows = columns.first().map_or(0, |c| match c.here() {
        Cells::Number(n) => n.len(),
        Cells::Category { codes, .. } => codes.len(),
        Cells::Text { .. } => 0,
    });
    Table { name: name.into(), columns, rows, lines: Lines::From(2), ..Table::default() }
}

/// Numbers in f32.
pub(crate) fn numbers(name: &str, values: &[f32]) -> Column {
    Column::new(name, Cells::Number(Numbers::F32(values.to_vec())))
}

/// Bytes.
pub(crate) fn bytes(name: &str, values: &[u8]) -> Column {
    Column::new(name, Cells::Number(Numbers::U8(values.to_vec())))
}

/// Categories in the order of their appearance; an empty text is an empty cell.
pub(crate) fn categories(name: &str, texts: &[&str]) -> Column {
    let mut levels: Vec<String> = Vec::new();
    let mut code = |t: &&str| {
        if t.is_empty() {
            return MISSING;
        }
        let at = levels.iter().position(|l| l == t).unwrap_or_else(|| {
            levels.push(t.to_string());
            levels.len() - 1
        });
        at as u32
    };
    let codes = texts.iter().map(&mut code).collect();
    Column::new(name, Cells::Category { codes, levels })
}

/// All rows of a table.
pub(crate) fn all(table: &Table) -> Vec<u32> {
    (0..table.rows as u32).collect()
}
