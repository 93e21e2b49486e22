//! Parquet: flat columns of numbers, truth values, texts, dates and times.

use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use ::parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit, Type as Physical};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use ::parquet::data_type::{AsBytes, DataType};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use feedforward_base::{Error, ErrorKind, Place, Result};

use super::cell::{Cell, CellReader, is_exact, number_hint};
use super::column::{NumberColumn, TextColumn};
use super::input::Progress;
use super::problems::Problems;
use super::rows::half;
use super::{Kind, ReadOptions, asked_kinds, check_columns};
use crate::at_rest::Shelf;
use crate::memory::Scratch;
use crate::table::{Column, Form, Lines, Table};
use pages::Pages;
use quiet::quietly;

mod claims;
mod deltas;
mod pages;
mod quiet;
mod shapes;
mod thrift;

/// Cells that are decoded at a time.
const BATCH: usize = 8_192;
const JULIAN_DAY_OF_1970: f64 = 2_440_588.0;
const SECONDS_A_DAY: f64 = 86_400.0;

/// Reads a file: truth values are the categories `true` and `false`, dates days and times seconds since 1970-01-01, texts categories.
pub(super) fn read(path: &str, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    // The parquet crate panics on some damaged pages. Nothing that the closure touches is used after a panic.
    let read = quietly(AssertUnwindSafe(|| read_sound(path, options, progress)));
    read.unwrap_or_else(|| Err(malformed("its pages are damaged".into())))
}

fn read_sound(path: &str, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    let unreadable = |e: std::io::Error| Error::io("read", &e);
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    claims::check_index(&file, length)?;
    let reader = SerializedFileReader::new(file.try_clone().map_err(unreadable)?).map_err(refused)?;
    let metadata = reader.metadata();
    let mut columns = growing(metadata, options)?;
    claims::check_pages(&file, length, metadata)?;
    let total: u64 = (0..reader.num_row_groups()).map(|g| group_bytes(metadata, g)).sum();
    let (mut done, mut rows) = (0, 0);
    let mut shelf = Shelf::new(options.limit.as_ref());
    let mut problems = Problems::default();
    for g in 0..reader.num_row_groups() {
        let group = reader.get_row_group(g).map_err(refused)?;
        let claim = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
        let mut texts = 0;
        for c in 0..columns.len() {
            let (before, rest) = columns.split_at_mut(c);
            let column = &mut rest[0];
            let described = metadata.file_metadata().schema_descr().column(c);
            let pages = group.get_column_page_reader(c).map_err(refused)?;
            let cells = get_column_reader(described.clone(), Box::new(Pages::new(pages, claim, &described)));
            column.rows = rows;
            if let Some(scratch) = column.fill(cells, &mut problems, &mut shelf)? {
                before.iter_mut().try_for_each(|column| column.put_away(&scratch))?;
            }
            texts += column.text_bytes();
            shelf.check_texts(|| texts)?;
            if column.rows - rows != claim {
                let found = column.rows - rows;
                let what = format!("column `{}` has {found} rows where {claim} are claimed", column.name);
                return Err(malformed(what));
            }
        }
        rows = columns.first().map_or(0, |c| c.rows);
        done += group_bytes(metadata, g);
        progress(Progress { done, total: Some(total) });
    }
    problems.finish()?;
    if rows == 0 {
        return Err(Error::new(ErrorKind::NoRows).hint("write the file again with rows of data"));
    }
    let columns = columns.into_iter().map(Growing::finish).collect::<Result<_>>()?;
    let limit = options.limit.clone();
    Ok(Table { name: path.into(), columns, rows, lines: Lines::From(1), limit, ..Table::default() })
}

fn group_bytes(metadata: &ParquetMetaData, group: usize) -> u64 {
    u64::try_from(metadata.row_group(group).compressed_size()).unwrap_or(0)
}

/// Checks the schema and the compression before anything is read.
fn growing(metadata: &ParquetMetaData, options: &ReadOptions) -> Result<Vec<Growing>> {
    let schema = metadata.file_metadata().schema_descr();
    check_columns(schema.num_columns())?;
    let names: Vec<String> = schema.columns().iter().map(|c| c.path().string()).collect();
    let asked = asked_kinds(&names.iter().map(String::as_str).collect::<Vec<_>>(), options)?;
    for group in metadata.row_groups() {
        if group.num_columns() != names.len() {
            return Err(malformed("a row group has another number of columns than the schema".into()));
        }
        group.columns().iter().try_for_each(|c| check_compression(c.compression()))?;
    }
    let grow = |((column, name), asked): ((&Arc<ColumnDescriptor>, &String), Option<Kind>)| {
        let meaning = Meaning::of(column).map_err(|e| e.at(Place::in_column(name)))?;
        let number = || NumberColumn::new(Form::U8, options.double, 0);
        let sink = match (meaning, asked) {
            (Meaning::Text, Some(Kind::Number)) => Sink::Parsed(number(), CellReader::new(options)),
            (Meaning::Truth, Some(Kind::Number)) => Sink::Number(number()),
            (Meaning::Text | Meaning::Truth, _) => Sink::Text(TextColumn::default()),
            _ => Sink::Number(number()),
        };
        let optional = column.max_def_level() > 0;
        Ok(Growing { name: name.clone(), meaning, sink, asked, optional, rows: 0, decimal: options.decimal })
    };
    schema.columns().iter().zip(&names).zip(asked).map(grow).collect()
}

fn check_compression(compression: Compression) -> Result<()> {
    let (name, hint) = match compression {
        Compression::ZSTD(_) if cfg!(not(feature = "zstd")) => {
            ("zstd", "write it again with snappy compression, or build with `--features zstd`")
        }
        Compression::LZO => ("LZO", "write it again with snappy compression"),
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::Unsupported { what: format!("{name}-compressed Parquet") }).hint(hint))
}

/// What the stored values stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    /// The value over this: 1, a power of ten, the units of a second.
    Over(f64),
    /// An integer without sign.
    Unsigned,
    Half,
    Truth,
    Text,
}

impl Meaning {
    fn of(column: &ColumnDescriptor) -> Result<Meaning> {
        if column.max_rep_level() > 0 || column.path().parts().len() != 1 {
            let e = Error::new(ErrorKind::Unsupported { what: "a nested column".into() });
            return Err(e.hint("write the table with one flat column per value"));
        }
        let bytes = matches!(column.physical_type(), Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY);
        let units = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1e3,
            TimeUnit::MICROS => 1e6,
            TimeUnit::NANOS => 1e9,
        };
        if column.physical_type() == Physical::BOOLEAN {
            return Ok(Meaning::Truth);
        }
        let meaning = match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Decimal(d)), _) => Meaning::Over(10f64.powi(d.scale)),
            (_, ConvertedType::DECIMAL) => Meaning::Over(10f64.powi(column.type_scale())),
            (Some(LogicalType::Float16), _) if column.type_length() == 2 => Meaning::Half,
            (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _) if bytes => Meaning::Text,
            (None, ConvertedType::NONE) if column.physical_type() == Physical::BYTE_ARRAY => Meaning::Text,
            (_, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON) if bytes => Meaning::Text,
            _ if bytes => return Err(unsupported(column)),
            (Some(LogicalType::Timestamp(t)), _) => Meaning::Over(units(&t.unit)),
            (Some(LogicalType::Time(t)), _) => Meaning::Over(units(&t.unit)),
            (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIME_MILLIS) => Meaning::Over(1e3),
            (_, ConvertedType::TIMESTAMP_MICROS | ConvertedType::TIME_MICROS) => Meaning::Over(1e6),
            (Some(LogicalType::Integer(i)), _) if !i.is_signed => Meaning::Unsigned,
            (
                _,
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
            ) => Meaning::Unsigned,
            _ => Meaning::Over(1.0),
        };
        Ok(meaning)
    }
}

fn unsupported(column: &ColumnDescriptor) -> Error {
    let kind = match column.logical_type_ref() {
        Some(logical) => format!("{logical:?}").to_lowercase(),
        None => "raw bytes".into(),
    };
    let e = Error::new(ErrorKind::Unsupported { what: format!("a column of {kind}") });
    e.hint("write the table again without the column, or with numbers or texts in it")
}

enum Sink {
    Number(NumberColumn),
    Text(TextColumn),
    /// Texts that the user calls numbers.
    Parsed(NumberColumn, CellReader),
}

struct Growing {
    name: String,
    meaning: Meaning,
    sink: Sink,
    asked: Option<Kind>,
    optional: bool,
    rows: usize,
    decimal: u8,
}

/// A value as it is stored.
enum Stored<'a> {
    Number(f64),
    /// A whole number that f64 does not hold exactly.
    Inexact(i128),
    Truth(bool),
    Bytes(&'a [u8]),
}

impl Growing {
    /// The cells of a row group. Where they were put away in between, so should be those of the columns before.
    fn fill(
        &mut self,
        reader: ColumnReader,
        problems: &mut Problems,
        shelf: &mut Shelf,
    ) -> Result<Option<Arc<Scratch>>> {
        let unsigned = self.meaning == Meaning::Unsigned;
        let over = if let Meaning::Over(d) = self.meaning { d } else { 1.0 };
        let number = |v: f64| Stored::Number(v / over);
        match reader {
            ColumnReader::BoolColumnReader(r) => self.drain(r, problems, shelf, |v| Stored::Truth(*v)),
            ColumnReader::Int32ColumnReader(r) => self.drain(r, problems, shelf, |v| {
                number(if unsigned { f64::from(*v as u32) } else { f64::from(*v) })
            }),
            ColumnReader::Int64ColumnReader(r) => {
                let whole = move |v: i64| if unsigned { i128::from(v as u64) } else { i128::from(v) };
                self.drain(r, problems, shelf, move |v| match whole(*v) {
                    n if over == 1.0 && !is_exact(n) => Stored::Inexact(n),
                    // Most fit 64 bits, which the processor converts by itself.
                    n => number(i64::try_from(n).map_or(n as f64, |n| n as f64)),
                })
            }
            ColumnReader::Int96ColumnReader(r) => self.drain(r, problems, shelf, |v| {
                let [low, high, day] = *v.data() else { return Stored::Number(f64::NAN) };
                let nanoseconds = (u64::from(high) << 32 | u64::from(low)) as f64;
                Stored::Number((f64::from(day) - JULIAN_DAY_OF_1970) * SECONDS_A_DAY + nanoseconds / 1e9)
            }),
            ColumnReader::FloatColumnReader(r) => {
                self.drain(r, problems, shelf, |v| Stored::Number(f64::from(*v)))
            }
            ColumnReader::DoubleColumnReader(r) => self.drain(r, problems, shelf, |v| Stored::Number(*v)),
            ColumnReader::ByteArrayColumnReader(r) => {
                self.drain(r, problems, shelf, |v| Stored::Bytes(v.as_bytes()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                self.drain(r, problems, shelf, |v| Stored::Bytes(v.as_bytes()))
            }
        }
    }

    fn drain<T: DataType>(
        &mut self,
        mut reader: ColumnReaderImpl<T>,
        problems: &mut Problems,
        shelf: &mut Shelf,
        stored: impl for<'v> Fn(&'v T::T) -> Stored<'v>,
    ) -> Result<Option<Arc<Scratch>>> {
        let mut put_away = None;
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        loop {
            values.clear();
            levels.clear();
            let read = reader.read_records(BATCH, Some(&mut levels), None, &mut values);
            let (rows, _, _) = read.map_err(refused)?;
            if rows == 0 {
                return Ok(put_away);
            }
            let (mut next, optional) = (values.iter(), self.optional);
            let cells = (0..rows).map(|row| {
                let present = !optional || levels.get(row) == Some(&1);
                if present { next.next().map(&stored) } else { None }
            });
            self.put_all(cells, problems)?;
            if let Some(scratch) = shelf.grown(rows, 1)? {
                self.put_away(&scratch)?;
                put_away = Some(scratch);
            }
        }
    }

    /// Numbers that follow each other go together, every other cell by itself.
    fn put_all<'v>(
        &mut self,
        cells: impl Iterator<Item = Option<Stored<'v>>>,
        problems: &mut Problems,
    ) -> Result<()> {
        let mut plain = Vec::new();
        for cell in cells {
            match (&mut self.sink, &cell) {
                (Sink::Number(_), None) => plain.push(f64::NAN),
                (Sink::Number(_), Some(Stored::Number(v))) if !v.is_infinite() => plain.push(*v),
                _ => {
                    self.put_numbers(&mut plain);
                    self.make_room_for(&cell)?;
                    self.put(cell, problems);
                    self.rows += 1;
                }
            }
        }
        self.put_numbers(&mut plain);
        Ok(())
    }

    fn put_numbers(&mut self, numbers: &mut Vec<f64>) {
        if let Sink::Number(n) = &mut self.sink {
            n.extend(numbers);
        }
        self.rows += numbers.len();
        numbers.clear();
    }

    /// Where two values might become the same number the column holds identifiers from here on.
    fn make_room_for(&mut self, value: &Option<Stored>) -> Result<()> {
        if let (Sink::Number(n), Some(Stored::Inexact(_)), None | Some(Kind::Category)) =
            (&self.sink, value, self.asked)
        {
            self.sink = Sink::Text(n.to_texts()?);
        }
        Ok(())
    }

    fn put(&mut self, value: Option<Stored>, problems: &mut Problems) {
        let value = match value {
            Some(Stored::Bytes(bytes)) if self.meaning != Meaning::Text => {
                Some(Stored::Number(self.number(bytes)))
            }
            other => other,
        };
        let kind = match (&mut self.sink, value) {
            (Sink::Text(t), Some(Stored::Truth(v))) => return t.push(if v { "true" } else { "false" }),
            (Sink::Number(n) | Sink::Parsed(n, _), Some(Stored::Truth(v))) => {
                return n.push(f64::from(u8::from(v)));
            }
            (Sink::Text(t), Some(Stored::Inexact(v))) => return t.push(&v.to_string()),
            (Sink::Number(n) | Sink::Parsed(n, _), Some(Stored::Inexact(v))) => return n.push(v as f64),
            (Sink::Text(t), Some(Stored::Number(v))) => return t.push(&v.to_string()),
            (Sink::Number(n) | Sink::Parsed(n, _), None) => return n.push(f64::NAN),
            (Sink::Text(t), None) => return t.push_missing(),
            (Sink::Number(n) | Sink::Parsed(n, _), Some(Stored::Number(v))) if !v.is_infinite() => {
                return n.push(v);
            }
            (_, Some(Stored::Number(v))) => ErrorKind::NotFinite { text: v.to_string() },
            (Sink::Number(n), Some(Stored::Bytes(_))) => return n.push(f64::NAN),
            (Sink::Text(t), Some(Stored::Bytes(bytes))) => match std::str::from_utf8(bytes) {
                Ok(text) => return t.push(text),
                Err(_) => ErrorKind::NotUtf8,
            },
            (Sink::Parsed(n, cells), Some(Stored::Bytes(bytes))) => match cells.any(bytes) {
                Cell::Number(v) => return n.push(v),
                Cell::Missing => return n.push(f64::NAN),
                Cell::Infinite(text) => ErrorKind::NotFinite { text: text.into() },
                Cell::Text(text) | Cell::OtherMark(text) => ErrorKind::NotANumber { text: text.into() },
                Cell::NotUtf8 => ErrorKind::NotUtf8,
            },
        };
        problems.push(|| self.explain(kind));
    }

    fn explain(&self, kind: ErrorKind) -> Error {
        let place = Place::in_column(&self.name).row(self.rows as u64 + 1);
        let hint = match &kind {
            ErrorKind::NotANumber { text } => number_hint(text, &self.name, self.decimal),
            ErrorKind::NotFinite { .. } => "replace it by a number, or leave the cell null".into(),
            _ => "write the column as UTF-8 text".into(),
        };
        Error::new(kind).at(place).hint(hint)
    }

    /// A decimal (big endian, two's complement) or a half.
    fn number(&self, bytes: &[u8]) -> f64 {
        match (self.meaning, bytes) {
            (Meaning::Half, &[low, high]) => half(u16::from_le_bytes([low, high])),
            (Meaning::Over(over), [first, ..]) => {
                let sign = if *first >= 0x80 { -1.0 } else { 0.0 };
                bytes.iter().fold(sign, |n, &b| n * 256.0 + f64::from(b)) / over
            }
            _ => f64::NAN,
        }
    }

    fn finish(self) -> Result<Column> {
        match self.sink {
            Sink::Number(n) | Sink::Parsed(n, _) => n.finish(self.name),
            Sink::Text(t) => t.finish(self.name, self.asked),
        }
    }

    /// Bytes of the texts that stay in memory.
    fn text_bytes(&self) -> usize {
        match &self.sink {
            Sink::Text(texts) => texts.text_bytes(),
            Sink::Number(_) | Sink::Parsed(..) => 0,
        }
    }

    fn put_away(&mut self, scratch: &Arc<Scratch>) -> Result<()> {
        match &mut self.sink {
            Sink::Number(n) | Sink::Parsed(n, _) => n.put_away(scratch),
            Sink::Text(t) => t.put_away(scratch),
        }
    }
}

fn refused(e: ParquetError) -> Error {
    match e {
        ParquetError::NYI(what) => {
            let e = Error::new(ErrorKind::Unsupported { what: format!("this Parquet file ({what})") });
            e.hint("write it again with snappy compression and plain encodings")
        }
        ParquetError::General(what) | ParquetError::EOF(what) => malformed(what),
        other => malformed(other.to_string()),
    }
}

fn malformed(what: String) -> Error {
    let e = Error::new(ErrorKind::Malformed { format: "Parquet".into(), what });
    e.hint("fetch or write the file again")
}

#[cfg(test)]
mod tests;
