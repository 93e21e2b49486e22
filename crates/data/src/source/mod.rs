//! Files of numbers and categories become a [`Table`]: the only reader of user files.
//!
//! [`read`] looks at the first bytes, then at the name: CSV and TSV (`.gz` too), Parquet, NPY, NPZ, IDX files and
//! folders. Nothing is believed about sizes that the bytes do not back: reading takes at most 64 MiB, 4 bytes for each
//! byte of the (unpacked) file, 16 for each cell, 1 KiB for each column and 200 bytes for each distinct text. What is
//! packed (gzip, NPZ) may unpack to 64 MiB and 100 times its size, a Parquet file may claim 16 Mi cells and 100 for each
//! of its bytes, a pipe may bring 4 GiB.

mod cell;
mod column;
mod csv;
mod format;
mod idx;
mod input;
mod npy;
mod npz;
mod parquet;
mod problems;
mod retype;
mod rows;

pub use crate::table::Kind;
pub use column::kept;
pub(crate) use column::{decimal, is_truth};
pub use format::Format;
pub use input::Progress;

use std::collections::HashMap;
use std::path::Path;

use feedforward_base::{Error, ErrorKind, Place, Result};

use crate::memory::Limit;
use crate::table::{Table, find_column};
use input::Input;

/// What the user says about a file. The default leaves everything to inference.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Between the fields of a CSV record; `None` finds out among tab, `;`, `|`, `,` and blanks.
    pub delimiter: Option<u8>,
    /// Whether the first CSV record holds names; `None` finds out (see [`read`]).
    pub header: Option<bool>,
    /// The decimal mark: `b'.'` or `b','`.
    pub decimal: u8,
    /// Texts that mean "no value", in any kind of column. An empty cell always does.
    pub missing: Vec<String>,
    /// Lines to skip before the first CSV record.
    pub skip_lines: usize,
    /// The kind of a column, by name or number, where inference should not decide.
    pub types: Vec<(String, Kind)>,
    /// Kinds of columns that may be there, by exact name: what a model knows of its training table. `types` win.
    pub expected: Vec<(String, Kind)>,
    /// Round nothing to f32: for networks in double precision.
    pub double: bool,
    /// Which part of a folder of IDX files, or of an NPZ with `x_train` and `x_test`.
    pub part: IdxPart,
    /// Which array of an NPZ is the table; `NAME,TARGET` names the target's array too.
    pub array: Option<String>,
    /// Cells that take more than an eighth of this memory are put into a file.
    pub limit: Option<Limit>,
}

/// The texts that mean "no value" unless the user says otherwise.
pub const MISSING_MARKERS: [&str; 16] = [
    "", "?", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "NaN", "nan", "NAN", "NULL", "null", "Null", "None",
    "<NA>",
];

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            delimiter: None,
            header: None,
            decimal: b'.',
            missing: MISSING_MARKERS.map(String::from).to_vec(),
            skip_lines: 0,
            types: Vec::new(),
            expected: Vec::new(),
            double: false,
            part: IdxPart::Train,
            array: None,
            limit: None,
        }
    }
}

/// The part of a data set that comes already divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdxPart {
    /// `train-images…`, `x_train`.
    Train,
    /// `t10k-images…` or `test-images…`, `x_test`.
    Test,
}

/// Reads the file `path` (`-` is standard input) or the folder of IDX files `path`.
///
/// `progress` is called about once per MiB with the bytes read.
///
/// CSV rules:
/// * **Header.** The first record holds names if none of its fields is a number or a missing marker (it may be empty) and some column below it holds numbers; in a file of text only, if moreover all
///   its fields differ and none of them occurs again in its own column. Numbers among the names are
///   allowed where all fields differ, no text of them occurs again in its own column, and the numbers are two or more
///   years (1800 to 2100, going up or down) above columns that hold hardly any years, or 0, 1, 2, … behind an empty
///   first field, as pandas writes them. Otherwise columns are called `1`, `2`, …; [`Table::header`] tells which.
/// * **scikit-learn's bundled files** (`150,4,setosa,versicolor,virginica`, then rows of 4 + 1 numbers) get columns
///   `1`..`4` and the category `target`, whose levels are the class names.
/// * **Kinds** come from the first 1,000 rows (or 4 MiB). A column without text is a number. A column with text is
///   a category, unless at least 90 % of its values are numbers, or at least half of them and one has a fraction:
///   then the text is an error. So is text after the first 1,000 rows of a number column, and a number with the
///   other decimal mark.
/// * **Identifiers.** Whole numbers some of which have leading zeros (`01123`) or are not held exactly by f64 (beyond
///   2^53) are a category, unless `types` or `expected` say that they are numbers.
/// * **Truth values.** A column of nothing but `true` and `false` in any case has these two levels in lower case.
/// * **Text.** A category of more than 65,536 levels (or 4 MiB of them), or of more than 100 that are more than half of
///   its values, becomes [`Cells::Text`](crate::table::Cells::Text), unless `types` asks for a category.
/// * Blanks around fields, a byte order mark, `\r\n` and blank lines do not matter.
///
/// # Errors
/// Usage: an impossible option. Data: everything that the file holds wrongly, with its place; up to 20 bad cells or
/// rows are reported together.
pub fn read(path: &str, options: &ReadOptions, progress: &mut dyn FnMut(Progress)) -> Result<Table> {
    check(options)?;
    if path != "-" && Path::new(path).is_dir() {
        let table = idx::read_folder(path, options, progress)?;
        return retype::retype(table, options);
    }
    let mut input = Input::open(path, &mut *progress)?;
    let place = Place::file(&input.name);
    let format = format::detect(&mut input)?;
    let table = match format {
        Format::Csv => return csv::read(input, options).map_err(|e| e.at(place)),
        Format::Npy => npy::read(input, options),
        Format::Idx => idx::read_file(input, options),
        Format::Parquet | Format::Npz => {
            let (packed, again) = (input.packed.is_some(), input.file);
            drop(input);
            if packed || !again {
                let what = format!("{} through {}", format.name(), if packed { "gzip" } else { "a pipe" });
                let hint = "save it as a plain file and pass its name; its index stands at its end";
                return Err(Error::new(ErrorKind::Unsupported { what }).at(place).hint(hint));
            }
            match format {
                Format::Npz => npz::read(path, options, progress),
                _ => parquet::read(path, options, progress),
            }
        }
    };
    retype::retype(table.map_err(|e| e.at(place))?, options)
}

/// More columns are a damaged or a wrong file.
const MAX_COLUMNS: usize = 1 << 20;

fn check_columns(n: usize) -> Result<()> {
    if n <= MAX_COLUMNS {
        return Ok(());
    }
    let what = format!("a table of {n} columns");
    Err(Error::new(ErrorKind::Unsupported { what }).hint("give a table of at most 1,048,576 columns"))
}

/// The kinds of a table's columns: what to expect of another file like it.
pub fn kinds(table: &Table) -> Vec<(String, Kind)> {
    table.columns.iter().filter_map(|c| Some((c.name.clone(), c.kind()?))).collect()
}

/// The kinds that are expected or asked for, one per column.
fn asked_kinds(names: &[&str], options: &ReadOptions) -> Result<Vec<Option<Kind>>> {
    let expected: HashMap<&str, Kind> = options.expected.iter().map(|(n, k)| (n.as_str(), *k)).collect();
    let mut asked: Vec<Option<Kind>> = names.iter().map(|name| expected.get(name).copied()).collect();
    for (column, kind) in &options.types {
        asked[find_column(names, column)?] = Some(*kind);
    }
    Ok(asked)
}

/// The names of columns without names: their numbers.
fn numbered(n: usize) -> Vec<String> {
    (1..=n).map(|i| i.to_string()).collect()
}

fn check(options: &ReadOptions) -> Result<()> {
    if !matches!(options.decimal, b'.' | b',') {
        let given = char::from(options.decimal);
        return Err(Error::bad_value("--decimal", given, "`.` or `,`"));
    }
    if let Some(d) = options.delimiter {
        if d == options.decimal {
            let (one, other) = (format!("--delimiter {}", char::from(d)), "--decimal".to_string());
            let why = "one character cannot be both".into();
            return Err(Error::new(ErrorKind::Conflict { one, other, why }));
        }
        if !d.is_ascii() || d.is_ascii_alphanumeric() || matches!(d, b'"' | b'\n' | b'\r' | b'+' | b'-') {
            let want = "one ASCII character that is no letter, digit, sign, quote or line break";
            return Err(Error::bad_value("--delimiter", char::from(d), want));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, options: &ReadOptions) -> String {
        read(path, options, &mut |_| ()).unwrap_err().to_string()
    }

    #[test]
    fn files_that_are_not_there_and_options_that_cannot_be() {
        let plain = ReadOptions::default();
        assert_eq!(
            said("no/such/file.csv", &plain),
            "cannot read: there is no such file or directory\n  at: no/such/file.csv\nhint: check the folder `no/such`, \
             which cannot be read"
        );
        let both = ReadOptions { delimiter: Some(b','), decimal: b',', ..ReadOptions::default() };
        assert!(said("x", &both).starts_with("--delimiter , does not go with --decimal"));
        let letter = ReadOptions { delimiter: Some(b'e'), ..ReadOptions::default() };
        assert!(said("x", &letter).starts_with("--delimiter is `e`"));
        let mark = ReadOptions { decimal: b';', ..ReadOptions::default() };
        assert!(said("x", &mark).starts_with("--decimal is `;`"));
    }

    #[test]
    fn a_file_is_known_by_its_content_and_errors_name_it() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_string()
        };
        let plain = ReadOptions::default();
        let npy = npy::tests::npy(1, "|u1", false, "2,", &[3, 4]);
        let t = read(&write("a.csv", &npy), &plain, &mut |_| ()).unwrap();
        assert_eq!(t.rows, 2);
        let t = read(&write("a.gz", &input::tests::gz(&npy)), &plain, &mut |_| ()).unwrap();
        assert_eq!(t.rows, 2);
        let csv = write("b.csv.gz", &input::tests::gz(b"a,b\n1,x\n"));
        assert_eq!(read(&csv, &plain, &mut |_| ()).unwrap().columns.len(), 2);
        let packed = said(&write("c.parquet.gz", &input::tests::gz(b"PAR1....PAR1")), &plain);
        assert!(packed.starts_with("Parquet through gzip cannot be read\n  at: "), "{packed}");
        assert!(packed.contains("c.parquet.gz"));
        let cut = input::tests::gz(&b"a,b\n1,2\n".repeat(10_000));
        let cut = said(&write("d.csv.gz", &cut[..cut.len() - 40]), &plain);
        assert!(
            cut.contains("sound gzip file: it ends too early\n  at: ") && cut.contains("d.csv.gz"),
            "{cut}"
        );
        let near = said(dir.path().join("b.csv.g").to_str().unwrap(), &plain);
        assert!(near.contains("hint: did you mean `") && near.contains("b.csv.gz`?"), "{near}");
        let folder = said(dir.path().to_str().unwrap(), &plain);
        assert!(folder.contains("a folder without `train-images-idx3-ubyte`"), "{folder}");
    }
}
