//! Records become columns.

use std::sync::Arc;

use csv::ByteRecord;
use feedforward_base::{Error, ErrorKind, Place, Result};

use super::super::Kind;
use super::super::cell::{Cell, CellReader, is_inexact, is_padded, number_hint};
use super::super::column::{NumberColumn, TextColumn};
use super::super::problems::Problems;
use crate::at_rest::Shelf;
use crate::memory::{Limit, Scratch};
use crate::table::{Cells, Column, Form, Lines, Remark, Table};

/// Columns that are filled together: as many as the first cache holds the ends of.
const TILE: usize = 64;

/// Where the cells of one column go.
pub(super) enum Sink {
    /// Nothing but empty cells so far: the first value decides.
    Pending(usize),
    Number(NumberColumn),
    Text(TextColumn),
    /// Class numbers of a bundled file, with the names of the classes.
    Classes(Vec<u32>, Vec<String>),
}

/// A column while it grows.
pub(super) struct Growing {
    pub(super) name: String,
    pub(super) sink: Sink,
    /// The user's word.
    pub(super) asked: Option<Kind>,
    /// The first number with leading zeros, where they are dropped without the user's word.
    pub(super) padded: Option<String>,
}

/// What cells of all columns are read by.
pub(super) struct Rules<'o> {
    pub(super) cells: &'o CellReader,
    pub(super) decimal: u8,
    pub(super) double: bool,
    /// Rows that are expected, as far as one can tell.
    pub(super) reserve: usize,
}

/// All columns while they grow, and all that is wrong with them.
pub(super) struct Filler<'o> {
    pub(super) columns: Vec<Growing>,
    pub(super) rules: Rules<'o>,
    /// The line of the first record, if it was taken for a row and not for names without the user saying so.
    pub(super) maybe_names: Option<u64>,
    /// Whether the names of the columns come from the file.
    pub(super) header: bool,
    pub(super) lines: LineBook,
    pub(super) problems: Problems,
    pub(super) shelf: Shelf,
}

impl Filler<'_> {
    /// More rows; up to [`room`](Self::room) of them. Some columns take the cells of all before the next columns take
    /// one: the ends of many columns are more than the caches of a processor hold.
    pub(super) fn add(&mut self, rows: &[(u64, ByteRecord)]) -> Result<()> {
        let width = self.columns.len();
        let mut whole = Vec::with_capacity(rows.len());
        for (line, record) in rows {
            if record.len() == width {
                self.lines.push(*line);
                whole.push((*line, record));
            } else {
                self.problems.push_at(*line, 0, || ragged(width, *line, record));
            }
        }
        let Filler { columns, problems, rules, maybe_names, .. } = self;
        for (tile, columns) in columns.chunks_mut(TILE).enumerate() {
            for &(line, record) in &whole {
                for (i, column) in columns.iter_mut().enumerate() {
                    let i = tile * TILE + i;
                    if let Err(kind) = column.put(&record[i], rules) {
                        let names = *maybe_names == Some(line);
                        let place = || Place::default().row(line).column(&column.name);
                        problems.push_at(line, i, || explain(kind, column, rules.decimal, names).at(place()));
                    }
                }
            }
        }
        self.shelf.check_texts(|| self.columns.iter().map(Growing::text_bytes).sum())?;
        match self.shelf.grown(whole.len(), width)? {
            Some(scratch) => self.columns.iter_mut().try_for_each(|column| column.put_away(&scratch)),
            None => Ok(()),
        }
    }

    /// Rows that may be added at a time.
    pub(super) fn room(&self) -> usize {
        self.shelf.room(self.columns.len())
    }

    /// The table, or all that is wrong.
    pub(super) fn finish(self, name: &str, limit: Option<Limit>) -> Result<Table> {
        self.problems.finish()?;
        let rows = self.lines.rows;
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut remarks = Vec::new();
        for growing in self.columns {
            let dropped = |text| Remark::ZerosDropped { column: growing.name.clone(), text };
            remarks.extend(growing.padded.map(dropped));
            columns.push(match growing.sink {
                Sink::Pending(rows) => empty(rows, self.rules.double, 0).finish(growing.name)?,
                Sink::Number(numbers) => numbers.finish(growing.name)?,
                Sink::Text(texts) => texts.finish(growing.name, growing.asked)?,
                Sink::Classes(codes, levels) => Column::new(growing.name, Cells::Category { codes, levels }),
            });
        }
        let lines = self.lines.lines;
        Ok(Table { name: name.into(), columns, rows, lines, header: Some(self.header), remarks, limit })
    }
}

/// What is wrong with a cell and what to do; `names`: its row may hold the names of the columns.
fn explain(kind: ErrorKind, column: &Growing, decimal: u8, names: bool) -> Error {
    let hint = match &kind {
        ErrorKind::NotANumber { .. } if names => {
            "if this row holds the names of the columns, pass `--header yes`".to_string()
        }
        ErrorKind::NotANumber { text } => number_hint(text, &column.name, decimal),
        ErrorKind::Inexact { .. } => format!(
            "pass `--type '{0}=category'` to keep it as it is written, or `--type '{0}=number'` to round it",
            column.name
        ),
        ErrorKind::NotFinite { text } => {
            format!("write a number, or pass `--missing '{text}'` to leave the cell empty")
        }
        ErrorKind::NotUtf8 => NOT_UTF8_HINT.to_string(),
        _ => "correct the first line or the class".to_string(),
    };
    Error::new(kind).hint(hint)
}

/// What to do about bytes that are no text.
pub(super) const NOT_UTF8_HINT: &str = "save the file as UTF-8; it may be Latin-1 or Windows-1252 now";

impl Growing {
    #[inline]
    fn put(&mut self, field: &[u8], rules: &Rules) -> std::result::Result<(), ErrorKind> {
        if let Sink::Pending(rows) = self.sink {
            self.sink = match rules.cells.any(field) {
                Cell::Missing => Sink::Pending(rows + 1),
                Cell::Text(_) | Cell::NotUtf8 => text_sink(rows),
                Cell::Number(v) if is_padded(field) || is_inexact(field, v) => text_sink(rows),
                _ => Sink::Number(empty(rows, rules.double, rules.reserve)),
            };
        }
        match &mut self.sink {
            Sink::Pending(_) => {}
            Sink::Text(texts) => match rules.cells.text(field) {
                Cell::Text(text) => texts.push(text),
                Cell::Missing => texts.push_missing(),
                _ => return Err(ErrorKind::NotUtf8),
            },
            Sink::Number(numbers) => match rules.cells.any(field) {
                Cell::Number(value) => {
                    if self.asked.is_none() {
                        if is_inexact(field, value) && numbers.is_whole() {
                            return Err(ErrorKind::Inexact { text: shown(&String::from_utf8_lossy(field)) });
                        }
                        if self.padded.is_none() && is_padded(field) {
                            self.padded = Some(shown(&String::from_utf8_lossy(field.trim_ascii())));
                        }
                    }
                    numbers.push(value);
                }
                Cell::Missing => numbers.push(f64::NAN),
                Cell::Text(text) | Cell::OtherMark(text) => {
                    return Err(ErrorKind::NotANumber { text: shown(text) });
                }
                Cell::Infinite(text) => return Err(ErrorKind::NotFinite { text: shown(text) }),
                Cell::NotUtf8 => return Err(ErrorKind::NotUtf8),
            },
            Sink::Classes(codes, classes) => match rules.cells.any(field) {
                Cell::Number(c) if c >= 0.0 && c.fract() == 0.0 && c < classes.len() as f64 => {
                    codes.push(c as u32);
                }
                _ => {
                    let text = String::from_utf8_lossy(field.trim_ascii());
                    let what =
                        format!("class `{}` where the first line names {}", shown(&text), classes.len());
                    return Err(ErrorKind::Malformed { format: "scikit-learn CSV".into(), what });
                }
            },
        }
        Ok(())
    }

    /// Bytes of the texts that stay in memory.
    fn text_bytes(&self) -> usize {
        match &self.sink {
            Sink::Text(texts) => texts.text_bytes(),
            Sink::Pending(_) | Sink::Number(_) | Sink::Classes(..) => 0,
        }
    }

    fn put_away(&mut self, scratch: &Arc<Scratch>) -> Result<()> {
        match &mut self.sink {
            Sink::Number(numbers) => numbers.put_away(scratch),
            Sink::Text(texts) => texts.put_away(scratch),
            // A count, and the classes of files that came with a library.
            Sink::Pending(_) | Sink::Classes(..) => Ok(()),
        }
    }
}

/// A column of so many empty cells.
fn empty(rows: usize, double: bool, reserve: usize) -> NumberColumn {
    let mut numbers = NumberColumn::new(Form::U8, double, reserve);
    (0..rows).for_each(|_| numbers.push(f64::NAN));
    numbers
}

fn text_sink(missing: usize) -> Sink {
    let mut texts = TextColumn::default();
    (0..missing).for_each(|_| texts.push_missing());
    Sink::Text(texts)
}

fn ragged(expected: usize, line: u64, record: &ByteRecord) -> Error {
    let found = record.len();
    let hint = if record.as_slice().contains(&b'\n') {
        "a quote is opened in this record and not closed in its line; close it, or double a quote inside quotes"
    } else if found > expected {
        "put quotes around a field that holds the delimiter, or remove the field that is too much"
    } else {
        "add the fields that are missing; an empty field is a missing value"
    };
    Error::new(ErrorKind::Ragged { expected, found }).at(Place::default().row(line)).hint(hint)
}

/// A cell as messages show it: no more than 60 characters.
fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// The lines that rows stand in: one number while they follow each other.
#[derive(Default)]
pub(super) struct LineBook {
    rows: usize,
    lines: Lines,
}

impl LineBook {
    fn push(&mut self, line: u64) {
        match &mut self.lines {
            Lines::From(first) if self.rows == 0 => *first = line,
            Lines::From(first) if *first + self.rows as u64 == line => {}
            Lines::From(first) => {
                let mut each: Vec<u64> = (*first..*first + self.rows as u64).collect();
                each.push(line);
                self.lines = Lines::Each(each);
            }
            Lines::Each(each) => each.push(line),
        }
        self.rows += 1;
    }
}
