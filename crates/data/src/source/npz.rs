//! NPZ: a zip of NumPy arrays, of which one is the table and one may be its target.

use std::fs::File;
use std::io::{BufReader, Read};

use feedforward_base::{Error, ErrorKind, Result};
use zip::ZipArchive;
use zip::result::ZipError;

use super::input::{Input, Progress};
use super::{IdxPart, ReadOptions, npy};
use crate::table::{Column, Lines, Table};

/// What the table and its target are called in archives, in lower case.
const TABLES: [&str; 5] = ["x", "data", "features", "images", "inputs"];
const TARGETS: [&str; 6] = ["y", "target", "targets", "label", "labels", "classes"];

/// Reads the table (columns `1`, `2`, …) and, if there is one, its target (`y`; `y1`, `y2`, … for several).
pub(super) fn read(path: &str, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    let file = File::open(path).map_err(|e| Error::io("read", &e))?;
    let length = file.metadata().map_err(|e| Error::io("read", &e))?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(refused)?;
    let members = archive.file_names().collect::<std::result::Result<Vec<_>, _>>().map_err(refused)?;
    let names: Vec<String> =
        members.iter().filter_map(|n| n.strip_suffix(".npy")).map(String::from).collect();
    drop(members);
    let (table, target) = choose(&names, options)?;
    let (mut columns, rows) = read_member(&mut archive, (path, length), &table, options, progress)?;
    if let Some(target) = target {
        let (targets, found) = read_member(&mut archive, (path, length), &target, options, &mut |_| ())?;
        if found != rows {
            let e = Error::new(ErrorKind::SizeMismatch {
                what: format!("rows of `{target}`"),
                expected: rows,
                found,
            });
            return Err(e.hint(format!("`{table}` and `{target}` must have one row per sample each")));
        }
        let several = targets.len() > 1;
        let name = |i: usize| if several { format!("y{}", i + 1) } else { "y".to_string() };
        columns.extend(targets.into_iter().enumerate().map(|(i, column)| column.called(name(i))));
    }
    let limit = options.limit.clone();
    Ok(Table { name: path.into(), columns, rows, lines: Lines::From(1), limit, ..Table::default() })
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
    (path, length): (&str, u64),
    name: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Vec<Column>, usize)> {
    let entry = archive.by_name(&format!("{name}.npy")).map_err(refused)?;
    // What the index claims is believed up to the size of the file.
    let packed = entry.compressed_size().min(length);
    let total = Some(entry.size());
    let counted = Counted { entry, done: 0, total, progress };
    let mut input = Input::member(&format!("{path}, array `{name}`"), "NPZ", packed, Box::new(counted));
    npy::read_columns(&mut input, options)
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::source::npy::tests::npy;
    use crate::table::{Cells, Numbers};

    fn archive(members: &[(&str, Vec<u8>)], packed: bool) -> Vec<u8> {
        let method = if packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let mut out = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = SimpleFileOptions::default().compression_method(method);
            out.start_file(format!("{name}.npy"), options).unwrap();
            out.write_all(bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    fn table(bytes: &[u8], options: &ReadOptions) -> Result<Table> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        crate::source::read(file.path().to_str().unwrap(), options, &mut |_| ())
    }

    fn column(t: &Table, name: &str) -> Cells {
        t.columns[t.column_index(name).unwrap()].here().clone()
    }

    fn u8s(shape: &str, data: &[u8]) -> Vec<u8> {
        npy(1, "|u1", false, shape, data)
    }

    #[test]
    fn the_table_and_its_target_are_found_by_name() {
        for packed in [false, true] {
            let bytes = archive(&[("y", u8s("2,", &[8, 9])), ("X", u8s("2, 2", &[1, 2, 3, 4]))], packed);
            let t = table(&bytes, &ReadOptions::default()).unwrap();
            assert_eq!((t.rows, t.columns.len()), (2, 3));
            assert_eq!(column(&t, "2"), Cells::Number(Numbers::U8(vec![2, 4])));
            assert_eq!(column(&t, "y"), Cells::Number(Numbers::U8(vec![8, 9])));
        }
    }

    #[test]
    fn parts_and_arrays_can_be_asked_for() {
        let (x, y) = (u8s("1, 2", &[1, 2]), u8s("1, 2", &[3, 4]));
        let bytes = archive(&[("x_train", x.clone()), ("x_test", y.clone()), ("y_test", x.clone())], false);
        let test = ReadOptions { part: IdxPart::Test, ..ReadOptions::default() };
        let t = table(&bytes, &test).unwrap();
        assert_eq!(column(&t, "1"), Cells::Number(Numbers::U8(vec![3])));
        assert_eq!(column(&t, "y2"), Cells::Number(Numbers::U8(vec![2])));

        let bytes = archive(&[("a", x), ("b", y)], false);
        let e = table(&bytes, &ReadOptions::default()).unwrap_err();
        assert!(e.to_string().contains("--array NAME"), "{e}");
        let array = |a: &str| ReadOptions { array: Some(a.into()), ..ReadOptions::default() };
        assert_eq!(table(&bytes, &array("b")).unwrap().columns.len(), 2);
        assert_eq!(table(&bytes, &array("b,a")).unwrap().columns.len(), 4);
        let e = table(&bytes, &array("c")).unwrap_err();
        assert!(e.to_string().starts_with("there is no array `c`"), "{e}");
    }

    #[test]
    fn sizes_that_differ_and_archives_that_are_cut() {
        let bytes = archive(&[("x", u8s("2, 1", &[1, 2])), ("y", u8s("3,", &[1, 2, 3]))], true);
        let e = table(&bytes, &ReadOptions::default()).unwrap_err();
        assert!(e.to_string().starts_with("3 rows of `y` where there should be 2"), "{e}");
        let e = table(&bytes[..bytes.len() - 30], &ReadOptions::default()).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Malformed { .. }), "{e}");
        let pickled = archive(&[("x", npy(1, "|O", false, "2,", &[]))], false);
        assert!(table(&pickled, &ReadOptions::default()).unwrap_err().to_string().contains("pickled"));
    }

    proptest! {
        #[test]
        fn damaged_archives_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
            let mut bytes = archive(&[("x", u8s("2, 2", &[1, 2, 3, 4])), ("y", u8s("2,", &[8, 9]))], true);
            for (at, to) in changes {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
            let _ = table(&bytes, &ReadOptions::default());
        }
    }
}
