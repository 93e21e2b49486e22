//! CSV and TSV files.

mod dialect;
mod fill;
mod infer;
mod records;
#[cfg(test)]
mod tests;

use csv::ByteRecord;
use feedforward_base::{Error, ErrorKind, Place, Result};

use super::cell::CellReader;
use super::column::{NumberColumn, TextColumn};
use super::input::Input;
use super::problems::Problems;
use super::{Kind, ReadOptions, asked_kinds, check_columns, numbered};
use crate::at_rest::Shelf;
use crate::table::Table;
use fill::{Filler, Growing, LineBook, Rules, Sink};
use infer::{Bundled, Tally};
use records::{Block, Records};

/// The first bytes, from which the delimiter is found.
const SAMPLE: usize = 64 << 10;
/// The first rows, from which names and kinds are found ...
const SNIFFED_ROWS: usize = 1_000;
/// ... unless they are longer than this together.
const SNIFFED_BYTES: u64 = 4 << 20;

/// Columns are filled from so many rows at a time ...
const BLOCK_ROWS: usize = 64;
/// ... or fewer, if they take this memory together ...
const BLOCK_BYTES: usize = 16 << 20;
/// ... or this part of all.
const BLOCK_PARTS: u64 = 64;

/// Reads a CSV file; the rules stand at [`super::read`].
pub(super) fn read(mut input: Input, options: &ReadOptions) -> Result<Table> {
    if input.peek(3)? == b"\xef\xbb\xbf" {
        input.skip(3);
    }
    skip_lines(&mut input, options.skip_lines)?;
    let (name, length) = (input.name.clone(), input.length);
    let sample = input.peek(SAMPLE)?;
    let dialect = dialect::sniff(sample, sample.len() < SAMPLE, options);
    let mut records = Records::new(input, dialect, options.skip_lines);
    let cells = CellReader::new(options);

    let first = first_records(&mut records)?;
    if first.is_empty() {
        return Err(Error::new(ErrorKind::EmptyFile).hint("check that this is the file you meant"));
    }
    let layout = Layout::find(&first, options, &cells)?;
    let rows = &first[usize::from(layout.names_line.is_some())..];
    let expected = expected_rows(length, records.bytes(), first.len()).unwrap_or(rows.len());
    let mut filler = layout.filler(rows, expected, options, &cells)?;
    // Equal parts of what may stand in memory.
    let room = filler.room();
    let at_once = room.div_ceil(room.div_ceil(BLOCK_ROWS));
    rows.chunks(at_once).try_for_each(|rows| filler.add(rows))?;
    drop(first);
    let bytes = options.limit.as_ref().map_or(BLOCK_BYTES, |l| BLOCK_BYTES.min(l.part(BLOCK_PARTS)));
    let mut block = Block::default();
    while records.block(&mut block, at_once, bytes)? {
        filler.add(block.rows())?;
    }
    let table = filler.finish(&name, options.limit.clone())?;
    match layout.bundled {
        _ if table.rows == 0 => Err(Error::new(ErrorKind::NoRows).hint("add rows of data below the names")),
        Some(b) if b.rows != table.rows => {
            let (what, expected, found) = ("rows".to_string(), b.rows, table.rows);
            let e = Error::new(ErrorKind::SizeMismatch { what, expected, found });
            Err(e
                .at(Place::default().row(1))
                .hint("the first line says how many; correct it or fetch the file again"))
        }
        _ => Ok(table),
    }
}

fn skip_lines(input: &mut Input, lines: usize) -> Result<()> {
    for _ in 0..lines {
        loop {
            let ahead = input.peek(SAMPLE)?;
            let (n, found) = match ahead.iter().position(|&b| b == b'\n') {
                Some(at) => (at + 1, true),
                None => (ahead.len(), false),
            };
            input.skip(n);
            if found || n == 0 {
                break;
            }
        }
    }
    Ok(())
}

fn first_records(records: &mut Records) -> Result<Vec<(u64, ByteRecord)>> {
    let mut first = Vec::new();
    let mut record = ByteRecord::new();
    while first.len() <= SNIFFED_ROWS && records.bytes() < SNIFFED_BYTES {
        match records.next(&mut record)? {
            Some(line) => first.push((line, record.clone())),
            None => break,
        }
    }
    Ok(first)
}

/// Rows the file will have if the rest is like the first records. Room that is not used costs no memory.
fn expected_rows(length: Option<u64>, bytes: u64, records: usize) -> Option<usize> {
    let per_row = bytes as f64 / records as f64;
    length.map(|n| (n as f64 / per_row * 1.05) as usize + records)
}

/// Nothing but blanks in one field.
fn is_blank(record: &ByteRecord) -> bool {
    record.len() == 1 && record[0].trim_ascii().is_empty()
}

/// The number of fields that most records have; among equals, the one that comes first.
fn usual_width<'r>(records: impl IntoIterator<Item = &'r ByteRecord>) -> Option<usize> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for record in records {
        match counts.iter_mut().find(|(width, _)| *width == record.len()) {
            Some((_, count)) => *count += 1,
            None => counts.push((record.len(), 1)),
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map(|(width, _)| *width)
}

/// What the first records say about the whole file.
struct Layout {
    names: Vec<String>,
    /// The line of the names, or of the first line of a bundled file.
    names_line: Option<u64>,
    bundled: Option<Bundled>,
    /// Whether the user did not say that there are no names.
    inferred: bool,
}

impl Layout {
    fn find(records: &[(u64, ByteRecord)], options: &ReadOptions, cells: &CellReader) -> Result<Layout> {
        let (line, first) = &records[0];
        let inferred = options.header.is_none();
        if let Some(bundled) = infer::bundled(records, cells).filter(|_| inferred) {
            let mut names = numbered(records[1].1.len() - 1);
            names.push("target".into());
            return Ok(Layout { names, names_line: Some(*line), bundled: Some(bundled), inferred });
        }
        check_title(records)?;
        let width = first.len();
        check_columns(width)?;
        let below: Vec<Tally> = (0..width).map(|c| Tally::of(&records[1..], c, cells)).collect();
        let header = options.header.unwrap_or_else(|| infer::has_names(records, &below, cells));
        if !header {
            return Ok(Layout { names: numbered(width), names_line: None, bundled: None, inferred });
        }
        let names = names(first).map_err(|e| e.at(Place::default().row(*line)))?;
        Ok(Layout { names, names_line: Some(*line), bundled: None, inferred })
    }

    /// Columns ready to be filled; `rows` are the first of them.
    fn filler<'o>(
        &self,
        rows: &[(u64, ByteRecord)],
        expected: usize,
        options: &ReadOptions,
        cells: &'o CellReader,
    ) -> Result<Filler<'o>> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let asked = asked_kinds(&names, options)?;
        let shelf = Shelf::new(options.limit.as_ref());
        let reserve = expected.min(shelf.room(names.len()));
        let grow = |(column, name): (usize, &String)| {
            let tally = Tally::of(rows, column, cells);
            let sink = match (asked[column].or(tally.kind()), &self.bundled) {
                (_, Some(b)) if column + 1 == names.len() => {
                    Sink::Classes(Vec::with_capacity(b.rows.min(reserve)), b.classes.clone())
                }
                (Some(Kind::Number), _) => {
                    Sink::Number(NumberColumn::new(tally.form, options.double, reserve))
                }
                (Some(Kind::Category), _) => Sink::Text(TextColumn::default()),
                (None, _) => Sink::Pending(0),
            };
            Growing { name: name.clone(), sink, asked: asked[column], padded: None }
        };
        Ok(Filler {
            columns: self.names.iter().enumerate().map(grow).collect(),
            rules: Rules { cells, decimal: options.decimal, double: options.double, reserve },
            maybe_names: rows
                .first()
                .map(|(line, _)| *line)
                .filter(|_| self.names_line.is_none() && self.inferred),
            header: self.names_line.is_some() && self.bundled.is_none(),
            lines: LineBook::default(),
            problems: Problems::default(),
            shelf,
        })
    }
}

/// Refuses a file that begins with other lines than its records.
fn check_title(records: &[(u64, ByteRecord)]) -> Result<()> {
    let expected = records[0].1.len();
    let width = usual_width(records.iter().map(|(_, r)| r)).unwrap_or(expected);
    let Some((line, record)) = records.iter().find(|(_, r)| r.len() == width) else { return Ok(()) };
    if width == expected {
        return Ok(());
    }
    let skip = line - 1;
    let lines =
        if skip == 1 { "the first line is".to_string() } else { format!("the first {skip} lines are") };
    let names = if expected > 1 { ", or give every column its name" } else { "" };
    let e = Error::new(ErrorKind::Ragged { expected, found: record.len() }).at(Place::default().row(*line));
    Err(e.hint(format!("if {lines} a title or a comment, pass `--skip-lines {skip}`{names}")))
}

/// The names of the columns; a column without one is called by its number.
fn names(first: &ByteRecord) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::with_capacity(first.len());
    let mut seen = std::collections::HashSet::new();
    let mut twice = Vec::new();
    for (i, field) in first.iter().enumerate() {
        let text = std::str::from_utf8(field.trim_ascii());
        let text = text.map_err(|_| Error::new(ErrorKind::NotUtf8).hint(fill::NOT_UTF8_HINT))?;
        let name = if text.is_empty() { (i + 1).to_string() } else { text.to_string() };
        if !seen.insert(name.clone()) {
            let hint = "rename one of them; if the first row holds no names, pass `--header no`";
            twice.push(Error::new(ErrorKind::DuplicateColumn { name: name.clone() }).hint(hint));
        }
        names.push(name);
    }
    Error::many(twice)?;
    Ok(names)
}
