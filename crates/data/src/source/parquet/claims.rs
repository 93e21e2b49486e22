//! What a Parquet file claims about its own sizes, checked before memory is taken for it: the crate that reads it
//! believes most of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use ::parquet::basic::Compression;
use ::parquet::file::metadata::ParquetMetaData;
use feedforward_base::{Error, ErrorKind, Result};
use flate2::read::MultiGzDecoder;

use super::super::check_columns;
use super::super::input::RATIO;
use super::thrift::{I32, I64, LIST, STRUCT, Thrift};
use super::{malformed, shapes};

/// Cells that any file may have ([`RATIO`] times its bytes come on top): runs of one value take hardly a byte.
const CELLS: u64 = 16 << 20;
/// What a page may unpack to, likewise.
const PAGE: u64 = 16 << 20;
/// The header of a page, unless it turns out to be longer.
const HEAD: u64 = 4 << 10;

/// Bytes that `packed` ones may mean.
pub(super) fn most_unpacked(packed: u64) -> u64 {
    PAGE.saturating_add(packed.saturating_mul(RATIO))
}

/// Checks the index at the end of the file: flat columns, no more cells than the file can mean.
pub(super) fn check_index(file: &File, length: u64) -> Result<()> {
    let Some(index) = index(file, length).map_err(|e| Error::io("read", &e))? else {
        // Too short, foreign or encrypted: the reader has the words.
        return Ok(());
    };
    let sound = Thrift::new(&index).fits(STRUCT, &shapes::INDEX);
    let mut claims = Claims::default();
    let whole = Thrift::new(&index).structure(|t, id, kind| match (id, kind) {
        (2, LIST) => claims.schema(t),
        (4, LIST) => claims.groups(t),
        _ => Some(false),
    });
    if sound.and(whole).is_none() {
        return Err(malformed("its index is damaged".into()));
    }
    let Claims { columns, nested, groups, rows, .. } = claims;
    if nested {
        let e = Error::new(ErrorKind::Unsupported { what: "a nested column".into() });
        return Err(e.hint("write the table with one flat column per value"));
    }
    check_columns(usize::try_from(columns).unwrap_or(usize::MAX))?;
    if groups.iter().any(|n| *n != columns) {
        return Err(malformed("a row group has another number of columns than the schema".into()));
    }
    let rows = rows.ok_or_else(|| malformed("it claims an impossible number of rows".into()))?;
    let most = CELLS.saturating_add(length.saturating_mul(RATIO));
    if rows.saturating_mul(columns) <= most {
        return Ok(());
    }
    let what = format!(
        "a Parquet file of {length} bytes that claims {rows} rows of {columns} columns, more than 16 Mi cells and {RATIO} \
         for each byte"
    );
    Err(Error::new(ErrorKind::Unsupported { what }).hint("if you trust it, write it again as CSV"))
}

/// The bytes of the index; `None` where there is none to read.
fn index(file: &File, length: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(end) = length.checked_sub(8) else { return Ok(None) };
    let [a, b, c, d, b'P', b'A', b'R', b'1'] = bytes_at(file, end, 8)?[..] else { return Ok(None) };
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    let Some(start) = end.checked_sub(size) else { return Ok(None) };
    bytes_at(file, start, size).map(Some)
}

/// Up to `n` bytes from `at` on.
fn bytes_at(mut file: &File, at: u64, n: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(n).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What an index says about sizes.
struct Claims {
    columns: u64,
    nested: bool,
    /// The columns of each row group.
    groups: Vec<u64>,
    /// All rows; `None` where a number cannot be.
    rows: Option<u64>,
}

impl Default for Claims {
    fn default() -> Self {
        Claims { columns: 0, nested: false, groups: Vec::new(), rows: Some(0) }
    }
}

impl Claims {
    fn schema(&mut self, t: &mut Thrift) -> Option<bool> {
        let (size, kind) = t.list()?;
        self.columns = Some(size).filter(|_| kind == STRUCT)?.checked_sub(1)?;
        for element in 0..size {
            let mut children = 0;
            t.structure(|t, id, kind| {
                let known = (id, kind) == (5, I32);
                if known {
                    children = t.number()?;
                }
                Some(known)
            })?;
            let wanted = if element == 0 { i64::try_from(self.columns).ok()? } else { 0 };
            self.nested |= children != wanted;
        }
        Some(true)
    }

    fn groups(&mut self, t: &mut Thrift) -> Option<bool> {
        let (size, kind) = t.list()?;
        Some(()).filter(|()| kind == STRUCT)?;
        for _ in 0..size {
            let (mut columns, mut rows) = (0, 0);
            t.structure(|t, id, kind| match (id, kind) {
                (1, LIST) => {
                    let (size, kind) = t.list()?;
                    columns = Some(size).filter(|_| kind == STRUCT)?;
                    (0..size).try_for_each(|_| t.structure(|_, _, _| Some(false)))?;
                    Some(true)
                }
                (3, I64) => {
                    rows = t.number()?;
                    Some(true)
                }
                _ => Some(false),
            })?;
            self.groups.push(columns);
            let rows = u64::try_from(rows).ok();
            self.rows = self.rows.and_then(|all| all.checked_add(rows?));
        }
        Some(true)
    }
}

/// Checks that every column lies inside the file and that no page claims to unpack to more than it can.
pub(super) fn check_pages(file: &File, length: u64, metadata: &ParquetMetaData) -> Result<()> {
    for chunk in metadata.row_groups().iter().flat_map(|g| g.columns()) {
        let name = || chunk.column_path().string();
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let place = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
        let end = place.and_then(|(start, size)| start.checked_add(size)).filter(|end| *end <= length);
        let (Some((start, _)), Some(end)) = (place, end) else {
            return Err(malformed(format!("column `{}` lies outside the file", name())));
        };
        let mut at = start;
        while at < end {
            let page = Page::read(file, at, end).map_err(|e| Error::io("read", &e))?;
            let page = page.ok_or_else(|| malformed(format!("a page of column `{}` is damaged", name())))?;
            page.check(file, chunk.compression())
                .map_err(|e| Error::io("read", &e))?
                .map_err(|what| malformed(format!("a page of column `{}` {what}", name())))?;
            at = page.end;
        }
    }
    Ok(())
}

/// Where a page's packed bytes lie, and how many it claims to be when unpacked.
struct Page {
    start: u64,
    end: u64,
    unpacked: u64,
}

impl Page {
    /// The page at `at`, which ends before `end`; `None` if there is none.
    fn read(file: &File, at: u64, end: u64) -> io::Result<Option<Page>> {
        let mut look = HEAD;
        loop {
            let head = bytes_at(file, at, look.min(end - at))?;
            let mut t = Thrift::new(&head);
            let (mut unpacked, mut packed) = (-1, -1);
            let whole = t.structure(|t, id, kind| {
                let size = match (id, kind) {
                    (2, I32) => &mut unpacked,
                    (3, I32) => &mut packed,
                    _ => return Some(false),
                };
                *size = t.number()?;
                Some(true)
            });
            if whole.is_none() && look < end - at {
                look *= 8;
                continue;
            }
            let start = at + t.taken() as u64;
            let whole = whole.and_then(|()| Thrift::new(&head).fits(STRUCT, &shapes::PAGE));
            let sizes =
                u64::try_from(packed).ok().zip(u64::try_from(unpacked).ok()).filter(|_| whole.is_some());
            return Ok(sizes.and_then(|(packed, unpacked)| {
                let end = start.checked_add(packed).filter(|page| *page <= end)?;
                Some(Page { start, end, unpacked })
            }));
        }
    }

    /// What is wrong with its claim.
    fn check(&self, file: &File, compression: Compression) -> io::Result<std::result::Result<(), String>> {
        let packed = self.end - self.start;
        if compression == Compression::UNCOMPRESSED {
            return Ok(Ok(()));
        }
        if self.unpacked > most_unpacked(packed) {
            return Ok(Err(format!("of {packed} bytes claims {} unpacked ones", self.unpacked)));
        }
        let unpacks_to_more = |reader: fn(&[u8]) -> Box<dyn Read + '_>| {
            let bytes = bytes_at(file, self.start, packed)?;
            // These are unpacked to their end, whatever they claim. Damage ends them early, and is met again.
            let mut count = Count { bytes: 0, most: self.unpacked };
            let _ = io::copy(&mut reader(&bytes), &mut count);
            Ok::<_, io::Error>(count.bytes > self.unpacked)
        };
        let more = match compression {
            Compression::GZIP(_) => unpacks_to_more(|bytes| Box::new(MultiGzDecoder::new(bytes)))?,
            Compression::BROTLI(_) => {
                unpacks_to_more(|bytes| Box::new(brotli::Decompressor::new(bytes, 4096)))?
            }
            Compression::LZ4 => unpacks_to_more(|bytes| Box::new(lz4_flex::frame::FrameDecoder::new(bytes)))?,
            _ => false,
        };
        Ok(if more {
            Err(format!("unpacks to more than the {} bytes that it claims", self.unpacked))
        } else {
            Ok(())
        })
    }
}

/// Counts what comes, up to a little more than `most`.
struct Count {
    bytes: u64,
    most: u64,
}

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
