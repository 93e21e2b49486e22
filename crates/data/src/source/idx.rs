//! IDX, the format of MNIST: a file, or a folder of image and label files.

use std::path::{Path, PathBuf};

use feedforward_base::{Error, ErrorKind, Place, Result};

use super::input::{Input, Progress};
use super::rows::{Array, Element};
use super::{IdxPart, ReadOptions};
use crate::table::{Lines, Table};

/// Reads one file: the first dimension counts samples, the others become the columns `1`, `2`, ….
pub(super) fn read_file(mut input: Input, options: &ReadOptions) -> Result<Table> {
    let name = input.name.clone();
    let array = header(&mut input)?;
    let columns = array.by_rows(&mut input, options)?;
    let (rows, limit) = (array.rows, options.limit.clone());
    Ok(Table { name, columns, rows, lines: Lines::From(1), limit, ..Table::default() })
}

/// Reads the images and labels of one part of a folder; the labels become the column `label`.
pub(super) fn read_folder(
    folder: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Table> {
    let images = find(folder, "images-idx3", "images.idx3", options.part)?;
    let labels = find(folder, "labels-idx1", "labels.idx1", options.part)?;
    let mut table = read_path(&images, options, progress)?;
    let labels_name = labels.display().to_string();
    let mut labels = read_path(&labels, options, &mut |_| ())?;
    if labels.columns.len() != 1 {
        let what = format!("its samples have {} elements; a label is one", labels.columns.len());
        let e = Error::new(ErrorKind::Malformed { format: "IDX".into(), what });
        return Err(e.at(Place::file(labels_name)).hint("put the label file in its place"));
    }
    if labels.rows != table.rows {
        let (what, expected, found) = ("labels".to_string(), table.rows, labels.rows);
        let e = Error::new(ErrorKind::SizeMismatch { what, expected, found });
        return Err(e.at(Place::file(labels_name)).hint("take images and labels from the same part"));
    }
    table.columns.push(labels.columns.remove(0).called("label".into()));
    table.name = folder.into();
    Ok(table)
}

fn read_path(path: &Path, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    let name = path.display().to_string();
    let input = Input::open(&name, progress)?;
    read_file(input, options).map_err(|e| e.at(Place::file(name)))
}

fn find(folder: &str, dash: &str, dot: &str, part: IdxPart) -> Result<PathBuf> {
    let parts: &[&str] = match part {
        IdxPart::Train => &["train"],
        IdxPart::Test => &["t10k", "test"],
    };
    for part in parts {
        for kind in [dash, dot] {
            for end in ["", ".gz"] {
                let path = Path::new(folder).join(format!("{part}-{kind}-ubyte{end}"));
                if path.is_file() {
                    return Ok(path);
                }
            }
        }
    }
    let what = format!("a folder without `{}-{dash}-ubyte` (or .gz)", parts[0]);
    let hint = "give a file, or a folder with MNIST's four IDX files";
    Err(Error::new(ErrorKind::Unsupported { what }).at(Place::file(folder)).hint(hint))
}

fn header(input: &mut Input) -> Result<Array> {
    let malformed = |what: String| {
        let e = Error::new(ErrorKind::Malformed { format: "IDX".into(), what });
        e.hint("fetch or write the file again")
    };
    let mut bytes = Vec::new();
    let whole = input.read_into(&mut bytes, 4)?;
    let &[0, 0, kind, dimensions @ 1..=255] = bytes.as_slice() else {
        let what = if whole {
            "it does not begin with two zeros, a type and a number of dimensions"
        } else {
            "it ends inside its header"
        };
        return Err(malformed(what.into()));
    };
    let element = match kind {
        0x08 => Element::U8,
        0x09 => Element::I8,
        0x0b => Element::I16,
        0x0c => Element::I32,
        0x0d => Element::F32,
        0x0e => Element::F64,
        other => return Err(malformed(format!("its type is {other:#04X}, which there is not"))),
    };
    if !input.read_into(&mut bytes, 4 * usize::from(dimensions))? {
        return Err(malformed("it ends inside its header".into()));
    }
    let sizes: Vec<usize> =
        bytes.chunks_exact(4).map(|b| b.iter().fold(0, |n, &b| n << 8 | usize::from(b))).collect();
    let columns = sizes[1..].iter().try_fold(1usize, |n, &size| n.checked_mul(size));
    let columns = columns.ok_or_else(|| malformed("its dimensions are too large".into()))?;
    Ok(Array { format: "IDX", element, big: true, rows: sizes[0], columns })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{Cells, Column, Numbers};

    fn file(bytes: &[u8]) -> Result<Table> {
        let mut ignore = |_| ();
        let length = Some(bytes.len() as u64);
        let input = Input::new("t-idx3-ubyte", Box::new(bytes), length, &mut ignore)?;
        read_file(input, &ReadOptions::default()).map_err(|e| e.at(Place::file("t-idx3-ubyte")))
    }

    fn idx(kind: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, kind, sizes.len() as u8];
        sizes.iter().for_each(|s| bytes.extend(s.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    #[test]
    fn images_become_rows() {
        let t = file(&idx(8, &[2, 1, 3], &[1, 2, 3, 4, 5, 6])).unwrap();
        assert_eq!((t.rows, t.columns.len()), (2, 3));
        assert_eq!(t.columns[2].name, "3");
        assert_eq!(*t.columns[2].here(), Cells::Number(Numbers::U8(vec![3, 6])));
        let t = file(&idx(0x0b, &[2], &[0xff, 0xfe, 1, 0])).unwrap();
        assert_eq!(*t.columns[0].here(), Cells::Number(Numbers::F32(vec![-2.0, 256.0])));
    }

    #[test]
    fn lying_headers_are_refused_without_taking_what_they_claim() {
        let said = |bytes: &[u8]| file(bytes).unwrap_err().to_string();
        let e = said(&idx(8, &[u32::MAX, 28, 28], &[0; 784]));
        assert!(e.contains("claims 4294967295 samples of 784 elements; it ends after 1 of them"), "{e}");
        assert!(
            said(&idx(8, &[u32::MAX, u32::MAX, u32::MAX], &[])).contains("too large") || usize::BITS == 64
        );
        assert!(said(&idx(8, &[1], &[1, 2])).contains("goes on after the 1 samples"));
        assert!(said(&idx(7, &[1], &[1])).contains("0x07"));
        assert!(said(&[0, 0, 8, 3, 0]).contains("inside its header"));
        assert!(said(&idx(8, &[1, 0], &[])).contains("no elements"));
        assert!(said(&idx(8, &[0, 2], &[])).contains("no row"));
        assert!(said(&idx(8, &[1, 1 << 21], &[0; 8])).contains("2097152 columns"));
    }

    #[test]
    fn infinities_have_a_place() {
        let data: Vec<u8> =
            [1.0f32, f32::NAN, f32::INFINITY, 2.0].iter().flat_map(|v| v.to_be_bytes()).collect();
        let e = file(&idx(0x0d, &[2, 2], &data)).unwrap_err();
        assert!(
            e.to_string().starts_with("`inf` is not a finite number\n  at: t-idx3-ubyte, row 2, column `1`"),
            "{e}"
        );
    }

    #[test]
    fn a_folder_holds_images_and_labels() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().to_str().unwrap();
        let read = |part| read_folder(folder, &ReadOptions { part, ..ReadOptions::default() }, &mut |_| ());
        let e = read(IdxPart::Train).unwrap_err();
        assert!(e.to_string().contains("without `train-images-idx3-ubyte`"), "{e}");
        std::fs::write(dir.path().join("t10k-images.idx3-ubyte"), idx(8, &[2, 1, 2], &[1, 2, 3, 4])).unwrap();
        assert!(read(IdxPart::Test).unwrap_err().to_string().contains("without `t10k-labels-idx1-ubyte`"));
        let labels = dir.path().join("t10k-labels-idx1-ubyte");
        std::fs::write(&labels, idx(8, &[3], &[7, 8, 9])).unwrap();
        let e = read(IdxPart::Test).unwrap_err();
        assert!(e.to_string().starts_with("3 labels where there should be 2"), "{e}");
        std::fs::write(&labels, idx(8, &[2], &[7, 8])).unwrap();
        let t = read(IdxPart::Test).unwrap();
        assert_eq!(t.columns[2], Column::new("label", Cells::Number(Numbers::U8(vec![7, 8]))));
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0usize..20, to in any::<u8>(), cut in 0usize..30) {
            let mut bytes = idx(8, &[2, 2, 3], &[9; 12]);
            let n = bytes.len();
            bytes[at.min(n - 1)] = to;
            bytes.truncate(n - cut.min(n));
            if let Ok(t) = file(&bytes) {
                prop_assert!(t.columns.len() <= 12);
            }
        }
    }
}
