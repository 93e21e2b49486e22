//! What a run leaves: standard output, and files that appear whole or not at all.

use crate::failure::Failure;
use feedforward::{Error, Place, Result};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Write `text` and a line break to standard output.
pub(crate) fn print(text: &str) -> std::result::Result<(), Failure> {
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
    serde_json::to_string_pretty(value).map_err(|e| Error::io("write JSON", &io::Error::from(e)))
}

/// The way out for a refusal while writing to `name`.
fn refused(name: &str, e: &io::Error) -> Failure {
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Failure::BrokenPipe;
    }
    Failure::Error(Error::io("write", e).at(Place::file(name)))
}

/// A file that is written beside its place, and takes it once it is complete.
pub(crate) struct NewFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Begin. Nothing that stands at `path` changes before [`NewFile::finish`].
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = beside(path)?;
        Ok(NewFile { path: path.into(), file: BufWriter::with_capacity(1 << 16, file) })
    }
    /// Write, sync, and take the place.
    pub(crate) fn finish(self) -> Result<()> {
        let place = || Place::file(self.path.display().to_string());
        let written = |e: &io::Error| Error::io("write", e).at(place());
        let file = self.file.into_inner().map_err(|e| written(e.error()))?;
        file.as_file().sync_all().map_err(|e| written(&e))?;
        file.persist(&self.path).map_err(|e| Error::io("write", &e.error).at(place()))?;
        Ok(())
    }
    /// An error while writing, at this file.
    pub(crate) fn error(&self, e: &io::Error) -> Error {
        Error::io("write", e).at(Place::file(self.path.display().to_string()))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Write a whole small file in one go.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    let mut file = NewFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|e| file.error(&e))?;
    file.finish()
}

/// Find out before an hour of work whether a file could be written at `path`; nothing stays behind.
pub(crate) fn check_writable(path: &Path) -> Result<()> {
    beside(path).map(drop)
}

/// Make a folder and those above it.
pub(crate) fn make_dir(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
        .map_err(|e| Error::io("make the folder", &e).at(Place::file(path.display().to_string())))
}

/// A temporary file in the folder of `path`, with the permissions that a new file has there.
fn beside(path: &Path) -> Result<NamedTempFile> {
    let place = || Place::file(path.display().to_string());
    if path.is_dir() {
        let e = io::Error::from(io::ErrorKind::IsADirectory);
        return Err(Error::io("write", &e).at(place()).hint("name a file in it"));
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ff-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system takes the user's mask off, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(dir).map_err(|e| {
        // tempfile adds its own path to the words; the kind alone is what the user needs.
        let e = e.raw_os_error().map_or_else(|| io::Error::from(e.kind()), io::Error::from_raw_os_error);
        Error::io("write", &e).at(place()).hint("choose a folder that exists and can be written to")
    })
}

/// Where output goes: standard output for `-`, otherwise a file.
pub(crate) enum Sink {
    /// Standard output.
    Stdout(BufWriter<io::StdoutLock<'static>>),
    /// A file.
    File(NewFile),
}

impl Sink {
    /// Open `path`.
    pub(crate) fn open(path: &str) -> Result<Self> {
        if path == "-" {
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout().lock())));
        }
        Ok(Sink::File(NewFile::create(Path::new(path))?))
    }
    /// Write everything with `write`, and finish.
    pub(crate) fn fill(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> std::result::Result<(), Failure> {
        match self {
            Sink::Stdout(mut out) => {
                write(&mut out).and_then(|()| out.flush()).map_err(|e| refused("standard output", &e))
            }
            Sink::File(mut file) => {
                write(&mut file).map_err(|e| file.error(&e))?;
                Ok(file.finish()?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_and_replaces_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "old").unwrap();
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        file.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        drop(NewFile::create(&path).unwrap());
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "an unfinished file leaves nothing");
    }

    #[test]
    fn a_place_that_cannot_be_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let text = check_writable(&file.join("below")).unwrap_err().to_string();
        assert!(text.starts_with("cannot write: a part of the path is not a directory"), "{text}");
        let text = check_writable(&dir.path().join("none/a.ff")).unwrap_err().to_string();
        assert!(text.starts_with("cannot write: there is no such file or directory"), "{text}");
        let text = check_writable(dir.path()).unwrap_err().to_string();
        assert!(text.starts_with("cannot write: this is a directory"), "{text}");
    }
}
