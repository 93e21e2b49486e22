//! Records one after the other, each with its line, in bounded memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::ByteRecord;
use feedforward_base::{Error, ErrorKind, Place, Result};
use memchr::memchr_iter;

use super::super::MAX_COLUMNS;
use super::super::input::{Excess, Input, read_error};
use super::dialect::Dialect;

/// A longer record is a quote that was not closed.
const MAX_RECORD: u64 = 64 << 20;
/// The fields of a record are counted from here on; few records come so far.
const LONG: u64 = 128 << 10;
/// Two terminators follow the file: they end an unfinished last line, and tell whether a quote was open there.
const TAIL: &[u8] = b"\n\n";
const OLD_MAC_TAIL: &[u8] = b"\r\r";

/// The records of a file, blank lines left out.
pub(super) struct Records<'p> {
    reader: csv::Reader<Guard<'p>>,
    gauge: Rc<Gauge>,
    packed: Option<&'static str>,
    skipped: u64,
    old_mac: bool,
}

impl<'p> Records<'p> {
    /// Reads on behind `skipped` lines that were taken from `input` already.
    pub(super) fn new(input: Input<'p>, dialect: Dialect, skipped: usize) -> Self {
        let gauge = Rc::new(Gauge::default());
        let packed = input.packed;
        let old_mac = dialect.terminator == b'\r';
        let tail = if old_mac { OLD_MAC_TAIL } else { TAIL };
        let delimiter = dialect.delimiter;
        let guard = Guard { source: input, tail, gauge: Rc::clone(&gauge), delimiter, fields: 0 };
        Records { reader: dialect.reader(guard), gauge, packed, skipped: skipped as u64, old_mac }
    }

    /// Bytes taken up to here.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next record and the line it begins in, or `None` at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>> {
        loop {
            self.gauge.record_start.set(self.bytes());
            let more = self.reader.read_byte_record(record).map_err(|e| self.refused(e))?;
            if !more {
                return Ok(None);
            }
            let inner = memchr_iter(b'\n', record.as_slice()).count() as u64;
            let position = self.reader.position();
            let closed = !self.gauge.ended.get() || position.byte() < self.gauge.read.get();
            let after = if self.old_mac { position.record() + 1 } else { position.line() };
            let line = (after + self.skipped).saturating_sub(inner + u64::from(closed)).max(1);
            if !closed {
                let what = "a quote that is opened in this record is never closed".into();
                let e = Error::new(ErrorKind::Malformed { format: "CSV".into(), what });
                return Err(e
                    .at(Place::default().row(line))
                    .hint("close the quote; a quote inside quotes is doubled"));
            }
            if !super::is_blank(record) {
                return Ok(Some(line));
            }
        }
    }

    /// The next records: up to so many, and not many more than take so much memory together. Whether there are any.
    pub(super) fn block(&mut self, block: &mut Block, rows: usize, bytes: usize) -> Result<bool> {
        let mut taken = 0;
        block.rows = 0;
        while block.rows < rows && taken < bytes {
            if block.rows == block.records.len() {
                block.records.push((0, ByteRecord::new()));
            }
            let (line, record) = &mut block.records[block.rows];
            let Some(found) = self.next(record)? else { break };
            *line = found;
            // The text, and the end of each field.
            taken += record.as_slice().len() + record.len() * size_of::<usize>();
            block.rows += 1;
        }
        Ok(block.rows > 0)
    }

    fn refused(&self, e: csv::Error) -> Error {
        let line = self.reader.position().line() + self.skipped;
        let malformed = |what: String| Error::new(ErrorKind::Malformed { format: "CSV".into(), what });
        match e.into_kind() {
            csv::ErrorKind::Io(e) => match Excess::of(&e) {
                Some(Excess::Record | Excess::Fields) => read_error(&e, None).at(Place::default().row(line)),
                _ => read_error(&e, self.packed),
            },
            other => malformed(format!("{other:?}")),
        }
    }
}

/// What the guard and the reader around it tell each other.
#[derive(Default)]
struct Gauge {
    read: Cell<u64>,
    record_start: Cell<u64>,
    ended: Cell<bool>,
}

/// Records that follow each other, each with the line it begins in. Those of the block before lend their memory.
#[derive(Default)]
pub(super) struct Block {
    records: Vec<(u64, ByteRecord)>,
    rows: usize,
}

impl Block {
    pub(super) fn rows(&self) -> &[(u64, ByteRecord)] {
        &self.records[..self.rows]
    }
}

/// The file and its tail; refuses records without end.
struct Guard<'p> {
    source: Input<'p>,
    tail: &'static [u8],
    gauge: Rc<Gauge>,
    delimiter: u8,
    /// Delimiters in a record that is longer than [`LONG`], but for its beginning.
    fields: usize,
}

impl Guard<'_> {
    /// Bytes that have been read of the record that is not complete yet.
    fn unfinished(&self) -> u64 {
        self.gauge.read.get() - self.gauge.record_start.get()
    }

    /// Whether the record may go on: a field takes memory, however short it is.
    fn check(&mut self) -> io::Result<()> {
        if self.unfinished() > MAX_RECORD {
            return Err(Excess::Record.into());
        }
        if self.unfinished() <= LONG {
            self.fields = 0;
        } else if self.fields > MAX_COLUMNS {
            return Err(Excess::Fields.into());
        }
        Ok(())
    }
}

impl Read for Guard<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let mut n = self.source.read(out)?;
        if n == 0 && !out.is_empty() {
            n = self.tail.read(out)?;
            self.gauge.ended.set(n == 0);
        }
        if self.unfinished() > LONG {
            self.fields += memchr_iter(self.delimiter, &out[..n]).count();
        }
        self.gauge.read.set(self.gauge.read.get() + n as u64);
        Ok(n)
    }
}
