//! `ff split`: the rows of a CSV file are dealt to parts, their text untouched.
//!
//! The reader says in which line each row begins; lines are then copied as they stand, so that quotes,
//! blanks and line ends survive.

use crate::args::Split as Args;
use crate::failure::Outcome;
use crate::output;
use crate::words::counted;
use crate::{data, overwrite, progress};
use feedforward::data::prepare::{self, Roles};
use feedforward::data::source::ReadOptions;
use feedforward::data::split::{self, Rule};
use feedforward::data::table::Table;
use feedforward::training::NewFile;
use feedforward::{Dice, Error, ErrorKind, Place, Result};
use flate2::read::MultiGzDecoder;
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Cut a file into parts.
pub(crate) fn run(args: &Args) -> Outcome {
    let shape = shape(args)?;
    let lines = Lines::open(&args.data)?;
    let mut bar = progress::ReadingBar::new(&args.data, args.shared.quiet);
    let options = ReadOptions { limit: args.memory.limit(), ..data::options(&args.text)? };
    let texts: Vec<String> = args.group.iter().chain(&args.time).cloned().collect();
    let table = data::read(&args.data, options, &texts, &mut bar)?;
    drop(bar);
    let strata = match &args.stratify {
        Some(column) => prepare::strata(&table, &Roles { target: vec![column.clone()], ..Roles::default() })?,
        None => None,
    };
    let rule = prepare::rule_by(&table, args.group.as_deref(), args.time.as_deref(), strata)?;
    let files = shape.files(&rule, table.rows, args).map_err(|e| e.at(Place::file(&args.data)))?;
    for part in &files {
        not_an_input(args, &part.path)?;
    }
    no_other_parts(&files)?;
    if !args.dry_run {
        write(lines, &table, args.text.skip_lines as u64, &files)?;
    }
    report(args, &files)
}

/// A part that took the place of the file itself would leave nothing of the other parts' rows.
fn not_an_input(args: &Args, part: &Path) -> Result<()> {
    let settings = args.shared.config.as_deref().map(|c| ("the settings", c));
    let read = std::iter::once(("the data", &*args.data)).chain(settings);
    overwrite::none_of("the part", part, read).map_err(|e| e.hint("name another folder with `-o`"))
}

/// A part that an earlier split left beside the new ones would share rows with them.
fn no_other_parts(files: &[Part]) -> Result<()> {
    let new = |path: &Path| files.iter().any(|f| f.path == path);
    let beside = |part: &Part| {
        let stems = ["train", "valid", "test"];
        stems.map(|stem| {
            part.path.with_file_name(stem).with_extension(part.path.extension().unwrap_or_default())
        })
    };
    let other = files.iter().flat_map(beside).find(|path| !new(path) && path.exists());
    other.map_or(Ok(()), |path| {
        let kind = ErrorKind::Conflict {
            one: "a new part".into(),
            other: path.display().to_string(),
            why: "if it is of an earlier split, it shares rows with the new parts".into(),
        };
        Err(Error::new(kind).hint("delete it, or name another folder with `-o`"))
    })
}

/// How a file is cut.
enum Shape {
    Shares(Vec<f64>),
    /// Folds, and how many divisions into them; `None` where there is one, which needs no folder.
    Folds(usize, Option<usize>),
}

/// A file to write, and the rows that it gets, ascending.
struct Part {
    path: PathBuf,
    rows: Vec<u32>,
}

fn shape(args: &Args) -> Result<Shape> {
    if let Some(k) = args.kfold {
        return match (k, args.repeats) {
            (0 | 1, _) => Err(Error::bad_value("--kfold", k, "at least 2")),
            (_, Some(0)) => Err(Error::bad_value("--repeats", 0, "at least 1")),
            (k, repeats) => Ok(Shape::Folds(k, repeats)),
        };
    }
    let ratio = args.ratio.as_deref().unwrap_or("60/20/20");
    let shares = split::parse(ratio)?;
    match shares.len() {
        2 | 3 => Ok(Shape::Shares(shares)),
        _ => Err(Error::bad_value("--ratio", ratio, "two or three shares, such as `80/20` or `60/20/20`")),
    }
}

impl Shape {
    /// The files for a table of so many rows.
    fn files(&self, rule: &Rule, rows: usize, args: &Args) -> Result<Vec<Part>> {
        let (data, dir) = (&args.data, Path::new(&args.out));
        let name = Path::new(data.strip_suffix(".gz").unwrap_or(data));
        let end = if name.extension().is_some_and(|e| e == "tsv") { "tsv" } else { "csv" };
        let file = |dir: &Path, stem: &str, rows| Part { path: dir.join(format!("{stem}.{end}")), rows };
        match self {
            Shape::Shares(shares) => {
                let stems: &[&str] =
                    if shares.len() == 2 { &["train", "test"] } else { &["train", "valid", "test"] };
                let parts = rule.shares(rows, shares, Dice::new(args.seed))?;
                Ok(stems.iter().zip(parts).map(|(stem, rows)| file(dir, stem, rows)).collect())
            }
            Shape::Folds(k, repeats) => {
                let mut files = Vec::new();
                for repeat in 0..repeats.unwrap_or(1) {
                    // The seeds of `selection::How`.
                    let dice = Dice::new(args.seed.wrapping_add(repeat as u64));
                    let dir = match repeats {
                        Some(_) => dir.join(format!("repeat-{}", repeat + 1)),
                        None => dir.to_path_buf(),
                    };
                    for (fold, i) in rule.folds(rows, *k, dice)?.into_iter().zip(1..) {
                        let dir = dir.join(format!("fold-{i}"));
                        files.push(file(&dir, "train", fold.train));
                        files.push(file(&dir, "valid", fold.test));
                    }
                }
                Ok(files)
            }
        }
    }
}

/// The lines of a text file, with their ends.
struct Lines {
    name: String,
    reader: Box<dyn BufRead>,
    end: u8,
}

impl Lines {
    /// Open a file, gzip or not.
    ///
    /// # Errors
    /// What is no text file, because it is a pipe, a folder, or begins like another format.
    fn open(name: &str) -> Result<Lines> {
        let place = || Place::file(name);
        if name == "-" {
            let e = Error::bad_value("DATA", name, "the name of a file");
            return Err(e.hint("save the data in a file first; it is read twice"));
        }
        let file = File::open(name).map_err(|e| Error::io("read", &e).at(place()))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let refused = |e: io::Error| Error::io("read", &e).at(Place::file(name));
        let packed = file.fill_buf().map_err(refused)?.starts_with(&[0x1f, 0x8b]);
        let mut reader: Box<dyn BufRead> = match packed {
            true => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))),
            false => Box::new(file),
        };
        let head = reader.fill_buf().map_err(refused)?;
        if [&b"PAR1"[..], b"\x93NUMPY", b"PK\x03\x04", b"\0\0"].iter().any(|magic| head.starts_with(magic)) {
            let e = Error::new(ErrorKind::Unsupported { what: "anything but CSV and TSV".into() });
            return Err(e.at(place()).hint("save the table as CSV to cut it into files"));
        }
        // Files of old Macs end their lines with a carriage return only.
        let end = if !head.contains(&b'\n') && head.contains(&b'\r') { b'\r' } else { b'\n' };
        if head.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(Lines { name: name.into(), reader, end })
    }

    /// The next line with its end, or nothing.
    fn next(&mut self, line: &mut Vec<u8>) -> Result<bool> {
        line.clear();
        let read = self.reader.read_until(self.end, line);
        let n = read.map_err(|e| Error::io("read", &e).at(Place::file(&self.name)))?;
        Ok(n > 0)
    }
}

/// Copy the header into every part and each row into its parts.
fn write(mut lines: Lines, table: &Table, skip: u64, parts: &[Part]) -> Result<()> {
    let owners = owners(table.rows, parts);
    let mut files = Vec::new();
    for part in parts {
        if let Some(dir) = part.path.parent() {
            output::make_dir(dir)?;
        }
        files.push(NewFile::create(&part.path)?);
    }
    let (mut line, mut header) = (Vec::new(), Vec::new());
    // Rows that have begun; lines between two beginnings belong to the first of them.
    let mut begun = 0;
    for number in 1.. {
        if !lines.next(&mut line)? {
            break;
        }
        if line.last() != Some(&lines.end) {
            line.push(lines.end);
        }
        if begun < table.rows && table.line(begun) == number {
            if begun == 0 {
                write_header(&header, table.rows, parts, &mut files)?;
            }
            begun += 1;
        }
        if begun > 0 {
            for &owner in &owners[begun - 1] {
                put(&mut files[owner], &line)?;
            }
        } else if number > skip {
            header.extend_from_slice(&line);
        }
    }
    files.into_iter().try_for_each(NewFile::finish)
}

/// For each row the parts that get it.
fn owners(rows: usize, parts: &[Part]) -> Vec<Vec<usize>> {
    let mut owners = vec![Vec::new(); rows];
    for (p, part) in parts.iter().enumerate() {
        part.rows.iter().for_each(|&r| owners[r as usize].push(p));
    }
    owners
}

fn put(file: &mut NewFile, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).map_err(|e| file.refused(&e))
}

/// The header, but where it begins with the number of rows (scikit-learn's bundled files) with that of the
/// part.
fn write_header(header: &[u8], rows: usize, parts: &[Part], files: &mut [NewFile]) -> Result<()> {
    let counted = header.strip_prefix(rows.to_string().as_bytes()).filter(|rest| rest.starts_with(b","));
    for (part, file) in parts.iter().zip(files) {
        match counted {
            Some(rest) => {
                put(file, part.rows.len().to_string().as_bytes())?;
                put(file, rest)?;
            }
            None => put(file, header)?,
        }
    }
    Ok(())
}

fn report(args: &Args, parts: &[Part]) -> Outcome {
    let name = |part: &Part| part.path.display().to_string();
    if args.shared.json {
        let files: Vec<_> = parts.iter().map(|p| json!({ "file": name(p), "rows": p.rows.len() })).collect();
        output::print_json(&json!({ "files": files, "written": !args.dry_run }))?;
    } else {
        let width = parts.iter().map(|p| name(p).chars().count()).max().unwrap_or(0);
        let line = |p: &Part| format!("{:<width$}  {:>14}", name(p), counted(p.rows.len(), "row"));
        output::print(&parts.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
