//! What a run leaves: standard output, and files that appear whole or not at all.

use crate::failure::Failure;
use feedforward::plain::{is_control, plain_page};
use feedforward::training::NewFile;
use feedforward::{Error, Place, Result};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

/// Write `text` and a line break to standard output. Names that came from files do nothing to a terminal.
pub(crate) fn print(text: &str) -> std::result::Result<(), Failure> {
    let text = plain_page(text);
    let mut out = io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    done.map_err(|e| refused("standard output", &e))
}

/// Write one JSON document to standard output.
pub(crate) fn print_json(value: &impl Serialize) -> std::result::Result<(), Failure> {
    print(&to_json(value)?)
}

/// Pretty JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    // Only a map whose keys are no strings could fail; it is an error of the program that deserves words.
    let text =
        serde_json::to_string_pretty(value).map_err(|e| Error::io("write JSON", &io::Error::from(e)))?;
    Ok(escaped(text))
}

/// JSON whose texts hold no control characters but as `\u009b`: the format allows those beyond ASCII, a terminal
/// obeys them.
pub(crate) fn escaped(json: String) -> String {
    let bad = |c: char| is_control(c) && c != '\n';
    if !json.contains(bad) {
        return json;
    }
    let escape = |c: char| if bad(c) { format!("\\u{:04x}", c as u32) } else { c.to_string() };
    json.chars().map(escape).collect()
}

/// The way out for a refusal while writing to `name`.
fn refused(name: &str, e: &io::Error) -> Failure {
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Failure::BrokenPipe;
    }
    Failure::Error(Error::io("write", e).at(Place::file(name)))
}

/// Find out before an hour of work whether a file could be written at `path`; nothing stays behind.
pub(crate) fn check_writable(path: &Path) -> Result<()> {
    NewFile::check(path)
}

/// Make a folder and those above it.
pub(crate) fn make_dir(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
        .map_err(|e| Error::io("make the folder", &e).at(Place::file(path.display().to_string())))
}

/// Where output goes: standard output for `-`, otherwise a file.
pub(crate) enum Sink {
    /// Standard output, and whether it is a terminal, which shows texts of files and does not obey them.
    Stdout(BufWriter<io::StdoutLock<'static>>, bool),
    /// A file.
    File(NewFile),
}

impl Sink {
    /// Open `path`.
    pub(crate) fn open(path: &str) -> Result<Self> {
        if path == "-" {
            let to_terminal = io::stdout().is_terminal();
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout().lock()), to_terminal));
        }
        Ok(Sink::File(NewFile::create(Path::new(path))?))
    }
    /// Write everything with `write`, and finish.
    pub(crate) fn fill(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> std::result::Result<(), Failure> {
        match self {
            Sink::Stdout(mut out, false) => {
                write(&mut out).and_then(|()| out.flush()).map_err(|e| refused("standard output", &e))
            }
            Sink::Stdout(mut out, true) => {
                let mut all = Vec::new();
                let done = write(&mut all)
                    .and_then(|()| out.write_all(plain_page(&String::from_utf8_lossy(&all)).as_bytes()))
                    .and_then(|()| out.flush());
                done.map_err(|e| refused("standard output", &e))
            }
            Sink::File(mut file) => {
                write(&mut file).map_err(|e| file.refused(&e))?;
                Ok(file.finish()?)
            }
        }
    }
}
