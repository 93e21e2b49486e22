//! Arrays of fixed-size elements become columns, block by block.

use std::sync::Arc;

use feedforward_base::{Error, ErrorKind, Place, Result};

use super::cell::is_exact;
use super::column::{NumberColumn, TextColumn};
use super::input::Input;
use super::problems::Problems;
use super::{ReadOptions, check_columns};
use crate::at_rest::Shelf;
use crate::memory::Scratch;
use crate::table::{Column, Form};

/// One element as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
    /// Latin bytes or UTF-8, padded with zeros: so many bytes.
    Bytes(usize),
    /// UCS-4, padded with zeros: so many characters.
    Chars(usize),
}

impl Element {
    /// Bytes of one element.
    pub(super) fn size(self) -> usize {
        match self {
            Element::U8 | Element::I8 => 1,
            Element::U16 | Element::I16 | Element::F16 => 2,
            Element::U32 | Element::I32 | Element::F32 => 4,
            Element::U64 | Element::I64 | Element::F64 => 8,
            Element::Bytes(n) => n,
            Element::Chars(n) => n.saturating_mul(4),
        }
    }

    /// The numbers in these cells, each of [`Element::size`] bytes; of texts, 0.
    fn numbers<'b>(self, cells: impl Iterator<Item = &'b [u8]>, big: bool) -> Vec<f64> {
        macro_rules! numbers {
            ($kind:ty) => {
                cells.map(|bytes| <$kind>::from_le_bytes(word(bytes, big)) as f64).collect()
            };
        }
        match self {
            Element::U8 => numbers!(u8),
            Element::I8 => numbers!(i8),
            Element::U16 => numbers!(u16),
            Element::I16 => numbers!(i16),
            Element::U32 => numbers!(u32),
            Element::I32 => numbers!(i32),
            Element::U64 => numbers!(u64),
            Element::I64 => numbers!(i64),
            Element::F16 => cells.map(|bytes| half(u16::from_le_bytes(word(bytes, big)))).collect(),
            Element::F32 => numbers!(f32),
            Element::F64 => numbers!(f64),
            Element::Bytes(_) | Element::Chars(_) => cells.map(|_| 0.0).collect(),
        }
    }

    /// The number in one cell.
    fn number(self, bytes: &[u8], big: bool) -> f64 {
        self.numbers(std::iter::once(bytes), big)[0]
    }

    /// The text in `bytes`, of whole numbers of 64 bits too; `None` if it is none.
    fn text(self, bytes: &[u8], big: bool) -> Option<String> {
        let text = match self {
            Element::I64 | Element::U64 => return self.whole(bytes, big).map(|n| n.to_string()),
            Element::Chars(_) => {
                let code = |c| u32::from_le_bytes(word(c, big));
                bytes.chunks_exact(4).map(|c| char::from_u32(code(c))).collect::<Option<String>>()?
            }
            _ => String::from_utf8(bytes.to_vec()).ok()?,
        };
        Some(text.trim_end_matches('\0').to_string())
    }

    /// Whether these are a whole number that f64 does not hold exactly.
    #[inline]
    fn is_inexact(self, bytes: &[u8], big: bool) -> bool {
        self.whole(bytes, big).is_some_and(|n| !is_exact(n))
    }

    /// The whole number in the 8 bytes of an I64 or U64.
    #[inline]
    fn whole(self, bytes: &[u8], big: bool) -> Option<i128> {
        match self {
            Element::U64 => Some(i128::from(u64::from_le_bytes(word(bytes, big)))),
            Element::I64 => Some(i128::from(i64::from_le_bytes(word(bytes, big)))),
            _ => None,
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Element::Bytes(_) | Element::Chars(_))
    }
}

/// The first bytes, the lowest first; 0 where there are fewer.
#[inline]
fn word<const N: usize>(bytes: &[u8], big: bool) -> [u8; N] {
    let mut word = bytes.first_chunk().copied().unwrap_or([0; N]);
    if big {
        word.reverse();
    }
    word
}

/// The value of an IEEE half.
pub(super) fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1024.0 + fraction) * 2f64.powi(e - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// An array as its header describes it.
pub(super) struct Array {
    /// Its format, for messages.
    pub(super) format: &'static str,
    pub(super) element: Element,
    /// Big endian.
    pub(super) big: bool,
    /// Samples.
    pub(super) rows: usize,
    /// Elements of a sample.
    pub(super) columns: usize,
}

enum Sink {
    Number(NumberColumn),
    Text(TextColumn),
}

/// Bytes that are read at a time ...
const BLOCK: usize = 1 << 20;
/// ... and of long rows so many rows: a column takes the cells of all before the next takes one, and what many columns
/// need at hand together is more than the caches of a processor hold ...
const BLOCK_ROWS: usize = 32;
/// ... unless they are more bytes than this, or than this part of the memory.
const LONG_BLOCK: usize = 16 << 20;
/// Rows of a block at most: their numbers are 8 bytes each, of however few bytes they are made.
const MOST_ROWS: usize = 1 << 16;
const BLOCK_PARTS: u64 = 32;

impl Array {
    /// Reads an array whose rows follow each other into the columns `1`, `2`, …; what the header claims is believed only
    /// as bytes come.
    pub(super) fn by_rows(&self, input: &mut Input, options: &ReadOptions) -> Result<Vec<Column>> {
        let size = self.element.size();
        let row_bytes = self.check(input, size)?;
        let long = options.limit.as_ref().map_or(LONG_BLOCK, |limit| LONG_BLOCK.min(limit.part(BLOCK_PARTS)));
        let block_rows = (BLOCK / row_bytes).max(BLOCK_ROWS.min(long / row_bytes)).clamp(1, MOST_ROWS);
        let mut problems = Problems::default();
        let mut sinks: Vec<Sink> = Vec::new();
        let mut shelf = Shelf::new(options.limit.as_ref());
        let mut block = Vec::new();
        let mut row = 0;
        while row < self.rows {
            let rows = block_rows.min(self.rows - row);
            if !input.read_into(&mut block, rows * row_bytes)? {
                return Err(self.ends_early(row + block.len() / row_bytes));
            }
            if sinks.is_empty() {
                // The first block has come, so that the columns stand for bytes that exist.
                let reserve = input.left().map_or(rows, |_| self.rows).min(shelf.room(self.columns));
                sinks = (0..self.columns).map(|_| self.sink(options, reserve)).collect();
            }
            for (column, sink) in sinks.iter_mut().enumerate() {
                let cells = block.chunks_exact(row_bytes).map(|row| &row[column * size..][..size]);
                self.extend(sink, cells, (row, column), &mut problems)?;
            }
            row += rows;
            if let Some(scratch) = shelf.grown(rows, self.columns)? {
                sinks.iter_mut().try_for_each(|sink| sink.put_away(&scratch))?;
            }
            shelf.check_texts(|| sinks.iter().map(Sink::text_bytes).sum())?;
        }
        self.check_end(input)?;
        problems.finish()?;
        sinks.into_iter().enumerate().map(|(c, s)| s.finish(c)).collect()
    }

    /// Reads an array whose columns follow each other (Fortran order); `place[k]` is the column of the k-th.
    pub(super) fn by_columns(
        &self,
        input: &mut Input,
        options: &ReadOptions,
        place: impl Fn(usize) -> usize,
    ) -> Result<Vec<Column>> {
        let size = self.element.size();
        self.check(input, size)?;
        let mut problems = Problems::default();
        let mut columns: Vec<(usize, Column)> = Vec::new();
        let mut texts = 0;
        let mut shelf = Shelf::new(options.limit.as_ref());
        let mut block = Vec::new();
        for k in 0..self.columns {
            let column = place(k);
            let mut sink = self.sink(options, 0);
            let mut row = 0;
            while row < self.rows {
                let rows = (BLOCK / size).clamp(1, MOST_ROWS).min(self.rows - row);
                if !input.read_into(&mut block, rows * size)? {
                    return Err(self.ends_early(0));
                }
                self.extend(&mut sink, block.chunks_exact(size), (row, column), &mut problems)?;
                row += rows;
                if let Some(scratch) = shelf.grown(rows, 1)? {
                    sink.put_away(&scratch)?;
                }
            }
            shelf.check_texts(|| texts + sink.text_bytes())?;
            let finished = shelf.column(sink.finish(column)?)?;
            texts += finished.text_bytes();
            columns.push((column, finished));
        }
        self.check_end(input)?;
        problems.finish()?;
        columns.sort_by_key(|(at, _)| *at);
        Ok(columns.into_iter().map(|(_, column)| column).collect())
    }

    /// Compares the header's claim with the file's size; gives the bytes of a row.
    fn check(&self, input: &Input, size: usize) -> Result<usize> {
        check_columns(self.columns)?;
        if self.rows == 0 {
            return Err(Error::new(ErrorKind::NoRows).hint("give an array with samples"));
        }
        let row_bytes = size.checked_mul(self.columns).filter(|&n| n > 0);
        let claim = row_bytes.and_then(|n| (n as u64).checked_mul(self.rows as u64));
        match (row_bytes, claim, input.left()) {
            (Some(n), Some(claim), left) if left.is_none_or(|left| claim <= left) => Ok(n),
            (None, ..) => Err(self.malformed("its samples have no elements".into())),
            (Some(n), _, left) => Err(self.ends_early(left.unwrap_or(0) as usize / n)),
        }
    }

    fn check_end(&self, input: &mut Input) -> Result<()> {
        if input.at_end()? {
            return Ok(());
        }
        Err(self.malformed(format!("it goes on after the {} samples that its header claims", self.rows)))
    }

    fn ends_early(&self, rows: usize) -> Error {
        let (claim, one) = (self.rows, if self.columns == 1 { "element" } else { "elements" });
        let what = format!(
            "its header claims {claim} samples of {} {one}; it ends after {rows} of them",
            self.columns
        );
        self.malformed(what)
    }

    fn malformed(&self, what: String) -> Error {
        let e = Error::new(ErrorKind::Malformed { format: self.format.into(), what });
        e.hint("fetch or write the file again")
    }

    fn sink(&self, options: &ReadOptions, reserve: usize) -> Sink {
        if self.element.is_text() {
            return Sink::Text(TextColumn::default());
        }
        Sink::Number(NumberColumn::new(Form::U8, options.double, reserve))
    }

    /// More cells of a column, of which the first stands in this row.
    fn extend<'b>(
        &self,
        sink: &mut Sink,
        cells: impl Iterator<Item = &'b [u8]> + Clone,
        (row, column): (usize, usize),
        problems: &mut Problems,
    ) -> Result<()> {
        let inexact = |bytes| self.element.is_inexact(bytes, self.big);
        if let Sink::Number(numbers) = sink
            && !cells.clone().any(inexact)
        {
            let mut values = self.element.numbers(cells.clone(), self.big);
            if !values.iter().any(|value| value.is_infinite()) {
                numbers.extend(&mut values);
                return Ok(());
            }
        }
        cells.zip(row..).try_for_each(|(bytes, row)| self.push(sink, bytes, row, column, problems))
    }

    fn push(
        &self,
        sink: &mut Sink,
        bytes: &[u8],
        row: usize,
        column: usize,
        problems: &mut Problems,
    ) -> Result<()> {
        let place = || Place::in_column((column + 1).to_string()).row(row as u64 + 1);
        if let Sink::Number(numbers) = sink
            && self.element.is_inexact(bytes, self.big)
        {
            // Two of these might become the same number: from here on the column holds identifiers.
            *sink = Sink::Text(numbers.to_texts()?);
        }
        match sink {
            Sink::Number(numbers) => {
                let value = self.element.number(bytes, self.big);
                if value.is_infinite() {
                    let hint = "replace it by a number, or by NaN to leave the cell empty";
                    let kind = ErrorKind::NotFinite { text: value.to_string() };
                    problems.push(|| Error::new(kind).at(place()).hint(hint));
                }
                numbers.push(value);
            }
            Sink::Text(texts) => match self.element.text(bytes, self.big) {
                Some(text) if text.is_empty() => texts.push_missing(),
                Some(text) => texts.push(&text),
                None => problems.push(|| Error::new(ErrorKind::NotUtf8).at(place())),
            },
        }
        Ok(())
    }
}

impl Sink {
    /// Bytes of the texts that stay in memory.
    fn text_bytes(&self) -> usize {
        match self {
            Sink::Number(_) => 0,
            Sink::Text(texts) => texts.text_bytes(),
        }
    }

    fn put_away(&mut self, scratch: &Arc<Scratch>) -> Result<()> {
        match self {
            Sink::Number(numbers) => numbers.put_away(scratch),
            Sink::Text(texts) => texts.put_away(scratch),
        }
    }

    /// The column of this number, from 0.
    fn finish(self, column: usize) -> Result<Column> {
        let name = (column + 1).to_string();
        match self {
            Sink::Number(numbers) => numbers.finish(name),
            Sink::Text(texts) => texts.finish(name, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cells;

    #[test]
    fn elements_are_read_in_both_byte_orders() {
        assert_eq!(Element::I16.number(&[0xfe, 0xff], false), -2.0);
        assert_eq!(Element::I16.number(&[0xff, 0xfe], true), -2.0);
        assert_eq!(Element::I8.number(&[0x80], true), -128.0);
        assert_eq!(Element::U32.number(&[0, 0, 1, 0], true), 256.0);
        assert_eq!(Element::I64.number(&(-7i64).to_be_bytes(), true), -7.0);
        assert_eq!(Element::F32.number(&1.5f32.to_le_bytes(), false), 1.5);
        assert_eq!(Element::F64.number(&(-1e300f64).to_be_bytes(), true), -1e300);
        let chars: Vec<u8> = ['ä', 'b', '\0'].iter().flat_map(|&c| (c as u32).to_be_bytes()).collect();
        assert_eq!(Element::Chars(3).text(&chars, true).unwrap(), "äb");
        assert_eq!(Element::Chars(1).text(&[0, 0xd8, 0, 0], false), None);
        assert_eq!(Element::Bytes(4).text(b"ab\0\0", false).unwrap(), "ab");
    }

    #[test]
    fn whole_numbers_that_f64_cannot_hold_stay_apart() {
        let array = Array { format: "NPY", element: Element::U64, big: false, rows: 3, columns: 1 };
        let mut sink = array.sink(&ReadOptions::default(), 0);
        for (row, n) in [5, u64::MAX, u64::MAX - 1].iter().enumerate() {
            array.push(&mut sink, &n.to_le_bytes(), row, 0, &mut Problems::default()).unwrap();
        }
        let Cells::Category { levels, .. } = sink.finish(0).unwrap().cells().unwrap().into_owned() else {
            panic!("a category")
        };
        assert_eq!(levels, ["5", "18446744073709551615", "18446744073709551614"]);
    }

    #[test]
    fn halves_have_their_values() {
        let values = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2f64.powi(-24)),
            (0x3555, 0.333251953125),
        ];
        for (bits, value) in values {
            assert_eq!(half(bits), value);
        }
        assert_eq!(half(0xfc00), f64::NEG_INFINITY);
        assert!(half(0x7e00).is_nan());
    }
}
