//! What an output may replace: nothing that the run reads, and no file that somebody else made.

use feedforward::training::ledger::RECORD_KEYS;
use feedforward::{Error, ErrorKind, Place, Result};
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the text stands by which a model file is known: its metadata come first, `format` second among them.
const HEAD: u64 = 1 << 16;
/// That text, but for the version.
const MODEL: &[u8] = br#""format":"feedforward model "#;

/// Refuse the `what` that goes to `output` if that is one of the files that the run reads: pairs of what a file
/// is for the run and its name, `-` for standard input.
///
/// # Errors
/// A conflict of the two.
pub(crate) fn none_of<'a>(
    what: &str,
    output: &Path,
    inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let Ok(own) = output.canonicalize() else { return Ok(()) };
    if !own.is_file() {
        // Nothing is lost in a device or a pipe.
        return Ok(());
    }
    let problems = inputs.into_iter().filter(|(_, name)| resolved(name).is_some_and(|p| p == own));
    let problems = problems.map(|(other, name)| {
        Error::new(ErrorKind::Conflict {
            one: format!("{what} {}", output.display()),
            other: format!("{other} {name}"),
            why: "the one would overwrite the other".into(),
        })
        .hint("name another place with `-o`")
    });
    Error::many(problems.collect())
}

/// The file that a name of the command line stands for, links followed.
fn resolved(name: &str) -> Option<PathBuf> {
    // A file may be standard input, too: `ff predict m.ff - -o x.csv < x.csv`.
    Path::new(if name == "-" { "/dev/stdin" } else { name }).canonicalize().ok()
}

/// Refuse a model's place where another file stands.
///
/// # Errors
/// What is there is no model file, or cannot be read.
pub(crate) fn only_a_model(path: &Path) -> Result<()> {
    only(path, "a model file", is_model)
}

/// Refuse a record's place where another file stands.
///
/// # Errors
/// What is there is no record of a training run, or cannot be read.
pub(crate) fn only_a_record(path: &Path) -> Result<()> {
    only(path, "the record of a model", |mut file| {
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let value = serde_json::from_slice::<Value>(&text).unwrap_or_default();
        Ok(RECORD_KEYS.iter().all(|key| value.get(key).is_some()))
    })
}

/// Refuse predictions where a model stands: `-o` behind the wrong word.
///
/// # Errors
/// There is a model, or a file that cannot be read.
pub(crate) fn no_model(path: &Path) -> Result<()> {
    let Some(file) = existing(path)? else { return Ok(()) };
    if is_model(file).map_err(|e| unreadable(path, &e))? {
        Err(refused(path, "is a model file"))
    } else {
        Ok(())
    }
}

fn only(path: &Path, what: &str, is: impl Fn(File) -> std::io::Result<bool>) -> Result<()> {
    let Some(file) = existing(path)? else { return Ok(()) };
    if is(file).map_err(|e| unreadable(path, &e))? {
        return Ok(());
    }
    Err(refused(path, &format!("is not {what}")))
}

/// The ordinary file at `path`, if there is one that holds anything.
fn existing(path: &Path) -> Result<Option<File>> {
    match path.metadata() {
        Ok(about) if about.is_file() && about.len() > 0 => {
            File::open(path).map(Some).map_err(|e| unreadable(path, &e))
        }
        // Whether a file can be made there is the writer's question.
        _ => Ok(None),
    }
}

/// Whether a file begins as the model files of any version do, sound or not.
fn is_model(file: File) -> std::io::Result<bool> {
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(head.windows(MODEL.len()).any(|w| w == MODEL))
}

fn refused(path: &Path, is: &str) -> Error {
    Error::new(ErrorKind::Io { action: "replace this file".into(), why: format!("it {is}") })
        .at(Place::file(path.display().to_string()))
        .hint("name another place with `-o`, or move the file away")
}

fn unreadable(path: &Path, e: &std::io::Error) -> Error {
    Error::io("read the file that is to be replaced", e)
        .at(Place::file(path.display().to_string()))
        .hint("name another place with `-o`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let model =
            file("a.ff", br#"12345678{"__metadata__":{"checksum":"0","format":"feedforward model 1"}}"#);
        let record =
            file("a.json", br#"{"model":"a.ff","record":{},"shape":"2-1","parameters":3,"notes":[]}"#);
        let foreign = file("b", br#"{"my": "precious notes"}"#);
        let empty = file("c", b"");
        let none = folder.path().join("none");
        for fine in [&model, &empty, &none] {
            only_a_model(fine).unwrap();
        }
        for fine in [&record, &empty, &none] {
            only_a_record(fine).unwrap();
        }
        for bad in [only_a_model(&foreign), only_a_model(&record), only_a_record(&foreign), no_model(&model)]
        {
            let e = bad.unwrap_err();
            assert_eq!(e.exit_code(), 3, "{e}");
            assert!(e.hint_text().unwrap().contains("`-o`"), "{e}");
        }
        no_model(&foreign).unwrap();
    }

    #[test]
    fn an_input_by_any_name_is_not_an_output() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "x").unwrap();
        let other = folder.path().join(".").join("a.csv");
        let name = other.to_str().unwrap();
        let e = none_of("the model", &path, [("the data", name)]).unwrap_err();
        assert!(e.to_string().contains("the one would overwrite the other"), "{e}");
        none_of("the model", &folder.path().join("b.csv"), [("the data", name)]).unwrap();
        none_of("the model", Path::new("/dev/null"), [("the data", "/dev/null")]).unwrap();
    }
}
