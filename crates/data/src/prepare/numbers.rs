//! A column as numbers, also where another table of the same columns was read as categories.

use crate::table::{Cells, MISSING, Numbers, Table};
use feedforward_base::{Error, ErrorKind, Place, Result};
use std::borrow::Cow;

/// What a column of numbers that holds text is told to do, where a model is applied ...
pub(super) const TRAINED_HINT: &str =
    "this column held numbers in training; correct the file, or train again with it";
/// ... and where it is fitted.
pub(super) const FIT_HINT: &str = "a number is needed here; correct the cell, or name a column of numbers";

/// The numbers of a column. Categories are read as numbers if all of them are; else the first cell that is
/// none is the error, with `hint`.
pub(super) fn numbers<'t>(table: &'t Table, column: usize, hint: &str) -> Result<Cow<'t, Numbers>> {
    let cells = table.columns[column].cells()?;
    let (codes, levels) = match &*cells {
        Cells::Number(_) => return Ok(only_numbers(cells)),
        Cells::Category { codes, levels } => (codes, levels),
        Cells::Text { distinct, .. } => return Err(free_text(table, column, *distinct)),
    };
    let values: Vec<_> =
        levels.iter().map(|l| l.parse::<f64>().ok().filter(|x| x.is_finite()).unwrap_or(f64::NAN)).collect();
    let stranger = codes.iter().position(|&c| c != MISSING && values[c as usize].is_nan());
    if let Some(row) = stranger {
        let text = levels[codes[row] as usize].clone();
        let e = Error::new(ErrorKind::NotANumber { text }).at(table.place(row, column));
        return Err(e.hint(hint));
    }
    let value = |&c: &u32| if c == MISSING { f64::NAN } else { values[c as usize] };
    Ok(Cow::Owned(Numbers::F64(codes.iter().map(value).collect())))
}

/// The numbers of cells that are numbers; none of others.
fn only_numbers(cells: Cow<'_, Cells>) -> Cow<'_, Numbers> {
    match cells {
        Cow::Borrowed(Cells::Number(numbers)) => Cow::Borrowed(numbers),
        Cow::Owned(Cells::Number(numbers)) => Cow::Owned(numbers),
        _ => Cow::Owned(Numbers::U8(Vec::new())),
    }
}

/// The error for a column whose cells were not kept.
pub(super) fn free_text(table: &Table, column: usize, distinct: usize) -> Error {
    let place = Place::file(&table.name).column(&table.columns[column].name);
    Error::new(ErrorKind::FreeText { distinct }).at(place)
}

/// One error for all bad cells of a column, the first of them spelled out; `rows` count from 0.
pub(super) fn bad_cells(
    table: &Table,
    column: usize,
    rows: impl Iterator<Item = usize>,
    kind: impl Fn(usize) -> ErrorKind,
    hint: &str,
) -> Result<()> {
    let mut errors = Vec::new();
    let mut total = 0;
    for row in rows {
        total += 1;
        if errors.len() < Error::SHOWN {
            errors.push(Error::new(kind(row)).at(table.place(row, column)));
        }
    }
    match total {
        0 => Ok(()),
        1 => Err(errors.remove(0).hint(hint)),
        _ => Err(Error::new(ErrorKind::Many { errors, total }).hint(hint)),
    }
}

/// The place of a row of training values that f64 or f32 cannot scale.
pub(super) fn too_large(table: &Table, row: usize, column: usize, value: f64) -> Error {
    Error::new(ErrorKind::NotFinite { text: format!("{value:e}, prepared,") })
        .at(table.place(row, column))
        .hint("correct the cell, leave the column out with `--ignore`, or choose `--precision f64`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{categories, numbers as number_column, table};

    #[test]
    fn categories_that_are_numbers_pass_and_the_first_text_is_named() {
        let t = table("n.csv", vec![categories("x", &["3", "", "2.5"]), categories("y", &["1", "two", "2"])]);
        let Numbers::F64(v) = numbers(&t, 0, FIT_HINT).unwrap().into_owned() else { panic!("f64") };
        assert_eq!((v[0], v[1].is_nan(), v[2]), (3.0, true, 2.5));
        let e = numbers(&t, 1, FIT_HINT).unwrap_err();
        assert_eq!(e.kind(), &ErrorKind::NotANumber { text: "two".into() });
        assert_eq!(e.place().to_string(), "n.csv, row 3, column `y`");
    }

    #[test]
    fn bad_cells_are_counted_and_twenty_are_shown() {
        let t = table("n.csv", vec![number_column("x", &[0.0; 50])]);
        let e = bad_cells(&t, 0, 0..50, |_| ErrorKind::Missing, "fill them").unwrap_err();
        let ErrorKind::Many { errors, total } = e.kind() else { panic!("many") };
        assert_eq!((errors.len(), *total, e.hint_text()), (20, 50, Some("fill them")));
        let e = bad_cells(&t, 0, 4..5, |_| ErrorKind::Missing, "fill it").unwrap_err();
        assert_eq!(e.to_string(), "the cell is empty\n  at: n.csv, row 6, column `x`\nhint: fill it");
        assert!(bad_cells(&t, 0, 0..0, |_| ErrorKind::Missing, "").is_ok());
    }
}
