//! What the fuzz targets share: a count of the memory that is taken, files where the reader wants a path, and lies with the
//! right checksum.

pub mod runs;

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use feedforward::data::source::{ReadOptions, read};
use feedforward::data::table::{Cells, MISSING, Table};
use feedforward::{Error, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Memory that any input may take, however small it is ...
pub const FLOOR: usize = 64 << 20;
/// ... where it is packed, with what it may unpack to ...
pub const PACKED_FLOOR: usize = FLOOR + PER_BYTE * (64 << 20);
/// ... and this for each of its bytes.
const PER_BYTE: usize = 4;

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn taken(bytes: usize) {
    let now = NOW.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(now, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it is; only sizes are added up.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        if new > layout.size() {
            taken(new - layout.size())
        } else {
            NOW.fetch_sub(layout.size() - new, Relaxed);
        }
        unsafe { System.realloc(at, layout, new) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Runs `work` on an input of `bytes` bytes, which may take `floor` and no more for them than is promised.
pub fn bounded<T>(bytes: usize, floor: usize, work: impl FnOnce() -> T) -> T {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = work();
    let most = PEAK.load(Relaxed) - before;
    assert!(most <= floor + PER_BYTE * bytes, "{most} bytes were taken for an input of {bytes}");
    result
}

/// Reads `bytes` as a file that is called `name`; an error must be in words that a terminal can show.
pub fn table(bytes: &[u8], name: &str, options: &ReadOptions, floor: usize) -> Option<Table> {
    let path = path_of(bytes, name);
    let table = said(bounded(bytes.len(), floor, || read(&path, options, &mut |_| ())))?;
    check(&table);
    Some(table)
}

/// Writes a file for a reader that wants a path.
pub fn path_of(bytes: &[u8], name: &str) -> String {
    let path = file(name);
    std::fs::write(&path, bytes).expect("the folder for temporary files can be written to");
    path.to_str().expect("made of ASCII").to_string()
}

/// What every table promises.
fn check(table: &Table) {
    for column in &table.columns {
        match column.here() {
            Cells::Number(numbers) => {
                assert_eq!(numbers.len(), table.rows);
                assert!((0..table.rows).all(|r| !numbers.get(r).is_infinite()));
            }
            Cells::Category { codes, levels } => {
                assert_eq!(codes.len(), table.rows);
                assert!(codes.iter().all(|&c| c == MISSING || (c as usize) < levels.len()));
            }
            Cells::Text { missing, .. } => assert!(*missing <= table.rows),
        }
    }
    (0..table.rows.min(3)).for_each(|r| assert!(table.line(r) > 0));
}

/// The result, once its error has been looked at.
pub fn said<T>(result: Result<T>) -> Option<T> {
    let e: Error = match result {
        Ok(fine) => return Some(fine),
        Err(e) => e,
    };
    let text = e.to_string();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    None
}

/// A place in memory, one for each process.
fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(format!("/dev/shm/feedforward-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a /dev/shm");
    folder.join(name)
}

/// An empty folder in memory.
pub fn folder(name: &str) -> PathBuf {
    let path = file(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("it is ours");
    }
    std::fs::create_dir(&path).expect("there is nothing");
    path
}

/// A model or checkpoint with these texts in its metadata and the checksum that belongs to it: a lie by somebody who knows
/// the format.
pub fn forged(bytes: &[u8], with: &[(&str, &str)]) -> Option<Vec<u8>> {
    let (size, rest) = bytes.split_first_chunk::<8>()?;
    let (header, data) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*size)).ok()?)?;
    let mut header: Value = serde_json::from_slice(header).ok()?;
    let texts = header.get_mut("__metadata__")?.as_object_mut()?;
    texts.remove("checksum");
    for (name, text) in with {
        texts.insert((*name).into(), (*text).into());
    }
    let mut hash = Sha256::new();
    let sorted: BTreeMap<&str, &str> =
        texts.iter().map(|(k, v)| Some((k.as_str(), v.as_str()?))).collect::<Option<_>>()?;
    for text in sorted.iter().flat_map(|(key, text)| [key, text]) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.update(data);
    let sum = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    texts.insert("checksum".into(), sum.into());
    let header = header.to_string();
    Some([&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat())
}
