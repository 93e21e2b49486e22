//! NPZ: a zip of NumPy arrays, of which one is the table and one may be its target.

use std::fs::File;
use std::io::{BufReader, Read};

use feedforward_base::{Error, ErrorKind, Result};
use zip::ZipArchive;
use zip::result::ZipError;

use super::input::{Input, Progress};
use super::{IdxPart, ReadOptions, npy, numbered};
use crate::table::{Cells, Column, Lines, Table};

/// What the table and its target are called in archives, in lower case.
const TABLES: [&str; 5] = ["x", "data", "features", "images", "inputs"];
const TARGETS: [&str; 6] = ["y", "target", "targets", "label", "labels", "classes"];

/// Reads the table (columns `1`, `2`, …) and, if there is one, its target (`y`; `y1`, `y2`, … for several).
pub(super) fn read(path: &str, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    let file = File::open(path).map_err(|e| Error::io("read", &e))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(refused)?;
    let members = archive.file_names().collect::<std::result::Result<Vec<_>, _>>().map_err(refused)?;
    let names: Vec<String> =
        members.iter().filter_map(|n| n.strip_suffix(".npy")).map(String::from).collect();
    drop(members);
    let (table, target) = choose(&names, options)?;
    let (cells, rows) = read_member(&mut archive, &table, options, progress)?;
    let columns = numbered(cells.len()).into_iter().zip(cells);
    let mut columns: Vec<_> = columns.map(|(name, cells)| Column { name, cells }).collect();
    if let Some(target) = target {
        let (cells, found) = read_member(&mut archive, &target, options, &mut |_| ())?;
        if found != rows {
            let e = Error::new(ErrorKind::SizeMismatch {
                what: format!("rows of `{target}`"),
                expected: rows,
                found,
            });
            return Err(e.hint(format!("`{table}` and `{target}` must have one row per sample each")));
        }
        let several = cells.len() > 1;
        let name = |i: usize| if several { format!("y{}", i + 1) } else { "y".to_string() };
        columns.extend(cells.into_iter().enumerate().map(|(i, cells)| Column { name: name(i), cells }));
    }
    Ok(Table { name: path.into(), columns, rows, lines: Lines::From(1) })
}

/// The names of the table's array and of its target's.
fn choose(names: &[String], options: &ReadOptions) -> Result<(String, Option<String>)> {
    if let Some(asked) = &options.array {
        let (table, target) = match asked.split_once(',') {
            Some((table, target)) => (table.trim(), Some(target.trim())),
            None => (asked.trim(), None),
        };
        for name in [Some(table), target].into_iter().flatten() {
            if !names.iter().any(|n| n == name) {
                return Err(Error::unknown("array", name, names.iter().map(String::as_str)));
            }
        }
        return Ok((table.into(), target.map(Into::into)));
    }
    let part = if options.part == IdxPart::Train { "train" } else { "test" };
    let find = |wanted: &[&str]| {
        let of_part = wanted.iter().map(|w| format!("{w}_{part}"));
        let all = of_part.chain(wanted.iter().map(|w| w.to_string()));
        all.into_iter().find_map(|w| names.iter().find(|n| n.to_lowercase() == w)).cloned()
    };
    match (find(&TABLES), names) {
        (Some(table), _) => Ok((table, find(&TARGETS))),
        (None, [only]) => Ok((only.clone(), None)),
        (None, []) => {
            let e = Error::new(ErrorKind::Unsupported { what: "a zip archive without NumPy arrays".into() });
            Err(e.hint("write it with `numpy.savez`"))
        }
        (None, several) => {
            let list = several.iter().take(20).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            let e = Error::new(ErrorKind::Unsupported { what: format!("an NPZ with the arrays {list}") });
            Err(e.hint("say which is the table: `--array NAME`, with its target `--array NAME,TARGET`"))
        }
    }
}

fn read_member(
    archive: &mut ZipArchive<BufReader<File>>,
    name: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Vec<Cells>, usize)> {
    let entry = archive.by_name(&format!("{name}.npy")).map_err(refused)?;
    let total = Some(entry.size());
    let counted = Counted { entry, done: 0, total, progress };
    let mut input = Input::member(name, "NPZ", Box::new(counted));
    npy::read_cells(&mut input, options)
}

fn refused(e: ZipError) -> Error {
    match e {
        ZipError::Io(e) => super::input::read_error(&e, Some("NPZ")),
        ZipError::UnsupportedArchive(why) => {
            let e = Error::new(ErrorKind::Unsupported { what: format!("this NPZ ({why})") });
            e.hint("write it with `numpy.savez` or `numpy.savez_compressed`")
        }
        other => {
            let e = Error::new(ErrorKind::Malformed { format: "NPZ".into(), what: other.to_string() });
            e.hint("fetch or write the file again")
        }
    }
}

/// Tells how far an array has been read.
struct Counted<'p, R> {
    entry: R,
    done: u64,
    total: Option<u64>,
    progress: &'p mut dyn FnMut(Progress),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.entry.read(out)?;
        let before = self.done;
        self.done += n as u64;
        if before >> 20 != self.done >> 20 || n == 0 {
            (self.progress)(Progress { done: self.done, total: self.total });
        }
        Ok(n)
    }
}
