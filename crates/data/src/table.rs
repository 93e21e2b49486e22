//! A table as it was read: named columns of numbers or categories, nothing prepared yet.

use crate::at_rest::{AtRest, Pieces, Shelf};
use crate::memory::{Limit, Scratch};
use feedforward_base::{Error, ErrorKind, Place, Real, Result};
use std::borrow::Cow;
use std::sync::Arc;

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
    /// Whether the first record was taken for the names of the columns; `None` where the format has no such record.
    pub header: Option<bool>,
    /// What the reader decided by itself.
    pub remarks: Vec<Remark>,
    /// The limit on memory under which it was read, and which whatever is made of it keeps to; `None`: there is none.
    pub limit: Option<Limit>,
}

/// Something that the reader decided and that changes what the cells mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// A number column was known as such when a number with leading zeros came: they are dropped.
    ZerosDropped {
        /// The column.
        column: String,
        /// The first such cell.
        text: String,
    },
}

/// Where the rows of a table stand in their file, as an editor counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// Row `r` is line `first + r`.
    From(u64),
    /// One number per row: the file has quoted line breaks or blank lines.
    Each(Vec<u64>),
}

impl Lines {
    /// The line of row `row`, counted from 0.
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Lines::From(first) => first + row as u64,
            Lines::Each(lines) => lines[row],
        }
    }
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
    held: Held,
}

/// Where the cells of a column are.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Here(Cells),
    AtRest(AtRest),
}

/// The two kinds of columns a network can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Categories: every distinct text is a level.
    Category,
}

impl Column {
    /// A column with its cells in memory.
    pub fn new(name: impl Into<String>, cells: Cells) -> Self {
        Column { name: name.into(), held: Held::Here(cells) }
    }
    /// A column with its cells in a file.
    pub(crate) fn at_rest(name: impl Into<String>, cells: AtRest) -> Self {
        Column { name: name.into(), held: Held::AtRest(cells) }
    }
    /// Its cells; they are read anew each time if they lie in a file.
    ///
    /// # Errors
    /// The file, which is ours, cannot be read.
    pub fn cells(&self) -> Result<Cow<'_, Cells>> {
        match &self.held {
            Held::Here(cells) => Ok(Cow::Borrowed(cells)),
            Held::AtRest(cells) => Ok(Cow::Owned(cells.load()?)),
        }
    }
    /// Its cells, of a column that was made or read without a limit on memory.
    ///
    /// # Panics
    /// If they lie in a file.
    pub fn here(&self) -> &Cells {
        match &self.held {
            Held::Here(cells) => cells,
            Held::AtRest(_) => panic!("the cells of `{}` lie in a file", self.name),
        }
    }
    /// The same column under another name.
    pub(crate) fn called(self, name: String) -> Self {
        Column { name, ..self }
    }
    /// What its cells are; `None` for free text.
    pub fn kind(&self) -> Option<Kind> {
        match &self.held {
            Held::Here(Cells::Number(_)) | Held::AtRest(AtRest::Number { .. }) => Some(Kind::Number),
            Held::Here(Cells::Category { .. }) | Held::AtRest(AtRest::Category { .. }) => {
                Some(Kind::Category)
            }
            Held::Here(Cells::Text { .. }) => None,
        }
    }
    /// Whether its cells are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        matches!(
            &self.held,
            Held::Here(Cells::Number(Numbers::U8(_))) | Held::AtRest(AtRest::Number { form: Form::U8, .. })
        )
    }
    /// Bytes of its cells in memory.
    pub(crate) fn bytes(&self) -> usize {
        match &self.held {
            Held::Here(Cells::Number(numbers)) => numbers.len() * numbers.form().bytes(),
            Held::Here(Cells::Category { codes, .. }) => size_of_val(&codes[..]),
            Held::Here(Cells::Text { .. }) | Held::AtRest(_) => 0,
        }
    }
    /// Bytes of its levels, which are in memory wherever its cells are.
    pub(crate) fn text_bytes(&self) -> usize {
        match &self.held {
            Held::Here(Cells::Category { levels, .. }) | Held::AtRest(AtRest::Category { levels, .. }) => {
                levels.iter().map(|level| level.len() + size_of::<String>()).sum()
            }
            Held::Here(Cells::Number(_) | Cells::Text { .. }) | Held::AtRest(AtRest::Number { .. }) => 0,
        }
    }
    /// The same column with its cells in `scratch`.
    pub(crate) fn put_away(self, scratch: &Arc<Scratch>) -> Result<Self> {
        let mut pieces = Pieces::new(scratch);
        let held = match self.held {
            Held::Here(Cells::Number(numbers)) => {
                pieces.add_numbers(&numbers)?;
                Held::AtRest(AtRest::Number { pieces, form: numbers.form() })
            }
            Held::Here(Cells::Category { codes, levels }) => {
                pieces.add_codes(&codes)?;
                let meant = (0..levels.len() as u32).collect();
                Held::AtRest(AtRest::Category { pieces, levels, meant })
            }
            held @ (Held::Here(Cells::Text { .. }) | Held::AtRest(_)) => held,
        };
        Ok(Column { held, ..self })
    }
    /// Let go of its cells, which nobody will ask for again.
    pub(crate) fn clear(&mut self) {
        self.held = Held::Here(Cells::Number(Numbers::U8(Vec::new())));
    }
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
    /// Free text or identifiers: too many distinct texts to be a category. The cells are not kept.
    Text {
        /// The distinct texts that were counted; the count ends at 65,536.
        distinct: usize,
        /// The empty cells.
        missing: usize,
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

/// The forms of [`Numbers`], the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    U8,
    F32,
    F64,
}

/// Whether a number is not whole: `f64::fract` says the same, in a call a number on most processors. Here and where it
/// is asked `&` and `|` look at both sides, so that several numbers can be looked at together.
#[inline]
pub(crate) fn has_fraction(value: f64) -> bool {
    // From 2^52 on there are no fractions, and a sum has none.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let size = value.abs();
    (size < WHOLE) & (size + WHOLE - WHOLE != size)
}

impl Form {
    /// Whether it holds `value` exactly; NaN is an empty cell.
    #[inline]
    pub(crate) fn holds(self, value: f64) -> bool {
        match self {
            Form::U8 => (0.0..=255.0).contains(&value) & !has_fraction(value) & value.is_sign_positive(),
            Form::F32 => value.is_nan() | (f64::from(value as f32) == value),
            Form::F64 => true,
        }
    }
    /// The smallest form that holds all these exactly.
    pub(crate) fn of(values: &[f64]) -> Form {
        let holds = |form: Form| values.iter().fold(true, |all, value| all & form.holds(*value));
        [Form::U8, Form::F32].into_iter().find(|form| holds(*form)).unwrap_or(Form::F64)
    }
    /// Bytes of a number.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Form::U8 => 1,
            Form::F32 => f32::BYTES,
            Form::F64 => f64::BYTES,
        }
    }
}

impl Numbers {
    /// No numbers, with room for so many.
    pub(crate) fn with_room(form: Form, room: usize) -> Self {
        match form {
            Form::U8 => Numbers::U8(Vec::with_capacity(room)),
            Form::F32 => Numbers::F32(Vec::with_capacity(room)),
            Form::F64 => Numbers::F64(Vec::with_capacity(room)),
        }
    }
    pub(crate) fn form(&self) -> Form {
        match self {
            Numbers::U8(_) => Form::U8,
            Numbers::F32(_) => Form::F32,
            Numbers::F64(_) => Form::F64,
        }
    }
    /// One more number, which this form holds.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) {
        match self {
            Numbers::U8(v) => v.push(value as u8),
            Numbers::F32(v) => v.push(value as f32),
            Numbers::F64(v) => v.push(value),
        }
    }
    /// More numbers, which this form holds.
    pub(crate) fn extend(&mut self, values: &[f64]) {
        match self {
            Numbers::U8(v) => v.extend(values.iter().map(|value| *value as u8)),
            Numbers::F32(v) => v.extend(values.iter().map(|value| *value as f32)),
            Numbers::F64(v) => v.extend_from_slice(values),
        }
    }
    /// More numbers, from bytes of a form that is not larger.
    pub(crate) fn extend_le(&mut self, form: Form, bytes: &[u8]) {
        match form {
            Form::U8 => bytes.iter().for_each(|&b| self.push(f64::from(b))),
            Form::F32 => bytes.chunks_exact(f32::BYTES).for_each(|b| self.push(f64::from(f32::read_le(b)))),
            Form::F64 => bytes.chunks_exact(f64::BYTES).for_each(|b| self.push(f64::read_le(b))),
        }
    }
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
    fn pick(&self, rows: &[u32]) -> Numbers {
        match self {
            Numbers::U8(v) => Numbers::U8(pick(v, rows)),
            Numbers::F32(v) => Numbers::F32(pick(v, rows)),
            Numbers::F64(v) => Numbers::F64(pick(v, rows)),
        }
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
        self.lines.of(row)
    }
    /// The place of a cell, for messages.
    pub fn place(&self, row: usize, column: usize) -> Place {
        self.row_place(row).column(&self.columns[column].name)
    }
    /// The place of a row, for messages.
    pub fn row_place(&self, row: usize) -> Place {
        Place::file(&self.name).row(self.line(row))
    }
    /// The index of a column by its exact name, else by its number: `1` is the first, `-1` the last.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchColumn`], with the nearest name as hint.
    pub fn column_index(&self, name_or_number: &str) -> Result<usize> {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        find_column(&names, name_or_number).map_err(|e| e.at(Place::file(&self.name)))
    }
    /// The table of some of its rows, in the order given; a row may come several times.
    ///
    /// # Errors
    /// Cells that lie in a file cannot be read, or put into one.
    ///
    /// # Panics
    /// If a row number is not below [`Table::rows`].
    pub fn pick(&self, rows: &[u32]) -> Result<Table> {
        let mut shelf = Shelf::new(self.limit.as_ref());
        let column = |c: &Column| shelf.column(Column::new(&c.name, c.cells()?.pick(rows)));
        Ok(Table {
            name: self.name.clone(),
            columns: self.columns.iter().map(column).collect::<Result<_>>()?,
            rows: rows.len(),
            lines: Lines::Each(rows.iter().map(|&r| self.line(r as usize)).collect()),
            header: self.header,
            remarks: self.remarks.clone(),
            limit: self.limit.clone(),
        })
    }
}

impl Cells {
    /// The number of empty cells.
    pub fn missing(&self) -> usize {
        match self {
            Cells::Number(Numbers::U8(_)) => 0,
            Cells::Number(Numbers::F32(v)) => v.iter().filter(|x| x.is_nan()).count(),
            Cells::Number(Numbers::F64(v)) => v.iter().filter(|x| x.is_nan()).count(),
            Cells::Category { codes, .. } => codes.iter().filter(|&&c| c == MISSING).count(),
            Cells::Text { missing, .. } => *missing,
        }
    }
    fn pick(&self, rows: &[u32]) -> Cells {
        match self {
            Cells::Number(numbers) => Cells::Number(numbers.pick(rows)),
            Cells::Category { codes, levels } => {
                Cells::Category { codes: pick(codes, rows), levels: levels.clone() }
            }
            // What the cells were is not known; the counts stay those of the whole table.
            Cells::Text { .. } => self.clone(),
        }
    }
}

fn pick<T: Copy>(all: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&r| all[r as usize]).collect()
}

/// The index of a column among `names`: the exact name first, then without blanks around it, then a number from 1 or,
/// negative, from the end.
pub(crate) fn find_column(names: &[&str], name_or_number: &str) -> Result<usize> {
    let trimmed = name_or_number.trim();
    let named = |name: &str| names.iter().position(|n| *n == name);
    if let Some(index) = named(name_or_number).or_else(|| named(trimmed)) {
        return Ok(index);
    }
    let index = match trimmed.parse::<i64>() {
        Ok(n) if n > 0 => usize::try_from(n - 1).ok(),
        Ok(n) if n < 0 => {
            usize::try_from(n.unsigned_abs()).ok().and_then(|back| names.len().checked_sub(back))
        }
        _ => None,
    };
    index.filter(|&i| i < names.len()).ok_or_else(|| {
        let known = names.iter().map(|n| n.to_string()).collect();
        Error::new(ErrorKind::NoSuchColumn { name: name_or_number.into(), known })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[&str]) -> Table {
        let cells = Cells::Number(Numbers::F32(vec![1.0, f32::NAN]));
        let column = |n: &&str| Column::new(*n, cells.clone());
        let columns = names.iter().map(column).collect();
        Table { name: "t.csv".into(), columns, rows: 2, lines: Lines::From(2), ..Table::default() }
    }

    #[test]
    fn a_column_is_found_by_name_then_by_number_from_either_end() {
        let t = table(&["age", "2", "sex"]);
        assert_eq!(t.column_index("age").unwrap(), 0);
        assert_eq!(t.column_index("3").unwrap(), 2);
        assert_eq!(t.column_index("2").unwrap(), 1);
        assert_eq!(t.column_index(" sex ").unwrap(), 2);
        assert_eq!(t.column_index("-1").unwrap(), 2);
        assert_eq!(t.column_index("-3").unwrap(), 0);
        for bad in ["0", "4", "-4", "", "-9223372036854775808"] {
            assert!(
                matches!(t.column_index(bad).unwrap_err().kind(), ErrorKind::NoSuchColumn { .. }),
                "{bad}"
            );
        }
        let e = t.column_index("aeg").unwrap_err();
        let want =
            "there is no column `aeg`\n  at: t.csv\nhint: did you mean `age`? There are `age`, `2`, `sex`";
        assert_eq!(e.to_string(), want);
    }

    #[test]
    fn picked_rows_keep_their_cells_and_their_lines() {
        let mut t = table(&["a", "b"]);
        t.columns[1] = Column::new(
            "c",
            Cells::Category { codes: vec![1, MISSING], levels: vec!["x".into(), "y".into()] },
        );
        let picked = t.pick(&[1, 0, 1]).unwrap();
        assert_eq!((picked.rows, picked.line(0), picked.line(1)), (3, 3, 2));
        let Cells::Number(numbers) = picked.columns[0].here() else { panic!("numbers") };
        assert!(numbers.get(0).is_nan() && numbers.get(1) == 1.0 && numbers.len() == 3);
        let Cells::Category { codes, .. } = picked.columns[1].here() else { panic!("categories") };
        assert_eq!(codes[..], [MISSING, 1, MISSING]);
    }

    #[test]
    fn missing_cells_are_counted_in_every_form() {
        let mut t = table(&["a"]);
        assert_eq!(t.columns[0].here().missing(), 1);
        t.columns[0] =
            Column::new("a", Cells::Category { codes: vec![0, MISSING], levels: vec!["x".into()] });
        assert_eq!(t.columns[0].here().missing(), 1);
        t.columns[0] = Column::new("a", Cells::Number(Numbers::U8(vec![0, 1])));
        assert_eq!(t.columns[0].here().missing(), 0);
        assert_eq!(t.place(1, 0).to_string(), "t.csv, row 3, column `a`");
    }
}
