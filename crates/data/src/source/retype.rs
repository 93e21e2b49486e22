//! Columns of binary files in the kind that the user asks for.

use feedforward_base::{Error, ErrorKind, Place, Result};

use super::cell::{Cell, CellReader};
use super::column::{NumberColumn, TextColumn};
use super::{Kind, ReadOptions, asked_kinds};
use crate::at_rest::Shelf;
use crate::table::{Cells, Column, Form, MISSING, Numbers, Table};

/// Gives every column the kind that `options.types` asks for.
pub(super) fn retype(mut table: Table, options: &ReadOptions) -> Result<Table> {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let place = || Place::file(&table.name);
    let asked = asked_kinds(&names, options).map_err(|e| e.at(place()))?;
    let mut shelf = Shelf::new(options.limit.as_ref());
    for (column, kind) in asked.into_iter().enumerate() {
        if kind == table.columns[column].kind() || kind.is_none() {
            continue;
        }
        let name = table.columns[column].name.clone();
        let retyped = match (&*table.columns[column].cells()?, kind) {
            (Cells::Number(numbers), Some(Kind::Category)) => to_category(numbers, name)?,
            (Cells::Category { codes, levels }, Some(Kind::Number)) => {
                to_number(&table, column, codes, levels, options)?.finish(name)?
            }
            (Cells::Text { distinct, .. }, Some(kind)) => {
                let value = if kind == Kind::Number { "number" } else { "category" };
                let want = format!("left out: the column has {distinct} distinct texts");
                return Err(Error::bad_value(format!("--type {name}"), value, want).at(place()));
            }
            _ => continue,
        };
        table.columns[column] = shelf.column(retyped)?;
    }
    Ok(table)
}

/// Every distinct number is a level, written as shortly as it can be.
fn to_category(numbers: &Numbers, name: String) -> Result<Column> {
    let mut texts = TextColumn::default();
    for row in 0..numbers.len() {
        match numbers {
            Numbers::F32(v) if !v[row].is_nan() => texts.push(&v[row].to_string()),
            _ if !numbers.get(row).is_nan() => texts.push(&numbers.get(row).to_string()),
            _ => texts.push_missing(),
        }
    }
    texts.finish(name, Some(Kind::Category))
}

fn to_number(
    table: &Table,
    column: usize,
    codes: &[u32],
    levels: &[String],
    options: &ReadOptions,
) -> Result<NumberColumn> {
    let reader = CellReader::new(options);
    let mut values = Vec::with_capacity(levels.len());
    let mut errors = Vec::new();
    for (code, level) in levels.iter().enumerate() {
        values.push(match reader.any(level.as_bytes()) {
            Cell::Number(value) => value,
            Cell::Missing => f64::NAN,
            _ => {
                let row = codes.iter().position(|&c| c as usize == code).unwrap_or(0);
                let e =
                    Error::new(ErrorKind::NotANumber { text: level.clone() }).at(table.place(row, column));
                errors.push(e.hint("leave the column's `--type` out; it holds categories"));
                f64::NAN
            }
        });
    }
    Error::many(errors)?;
    let mut numbers = NumberColumn::new(Form::U8, options.double, codes.len());
    for &code in codes {
        numbers.push(if code == MISSING { f64::NAN } else { values[code as usize] });
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Lines;

    fn table(cells: Cells) -> Table {
        Table {
            name: "t.npy".into(),
            columns: vec![Column::new("y", cells)],
            rows: 3,
            lines: Lines::From(1),
            ..Table::default()
        }
    }

    fn typed(kind: Kind) -> ReadOptions {
        ReadOptions { types: vec![("y".into(), kind)], ..ReadOptions::default() }
    }

    #[test]
    fn numbers_become_categories_and_come_back() {
        let numbers = Cells::Number(Numbers::F32(vec![3.0, 0.1, 3.0]));
        let t = retype(table(numbers.clone()), &typed(Kind::Category)).unwrap();
        let levels = vec!["3".to_string(), "0.1".into()];
        assert_eq!(t.columns[0], Column::new("y", Cells::Category { codes: vec![0, 1, 0], levels }));
        assert_eq!(retype(t, &typed(Kind::Number)).unwrap().columns[0], Column::new("y", numbers));
    }

    #[test]
    fn texts_that_are_no_numbers_have_a_place() {
        let cells = Cells::Category { codes: vec![0, 1, MISSING], levels: vec!["1".into(), "red".into()] };
        let e = retype(table(cells), &typed(Kind::Number)).unwrap_err();
        assert!(e.to_string().starts_with("`red` is not a number\n  at: t.npy, row 2, column `y`"), "{e}");
        let e = retype(table(Cells::Text { distinct: 500, missing: 0 }), &typed(Kind::Category)).unwrap_err();
        assert!(e.to_string().contains("500 distinct texts"), "{e}");
        let e = retype(
            table(Cells::Text { distinct: 500, missing: 0 }),
            &ReadOptions { types: vec![("z".into(), Kind::Number)], ..ReadOptions::default() },
        );
        assert!(matches!(e.unwrap_err().kind(), ErrorKind::NoSuchColumn { .. }));
    }
}
