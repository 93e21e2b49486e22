//! A limit on the memory that rows take, and files for the rows that do not fit.

use feedforward_base::{Error, Place, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much memory a program may take, and the folder for what does not fit. Whether rows lie in memory or in a file
/// changes no bit of any result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// All of the program's memory.
    pub bytes: u64,
    /// Where files for rows are made. They have no name, and end with the program, however it ends.
    pub folder: PathBuf,
    /// Of how many that run side by side this is the share of one.
    pub shared: usize,
}

impl Limit {
    /// The share of each of so many that run side by side.
    pub fn shared_by(&self, runs: usize) -> Self {
        let runs = runs.max(1);
        Limit { bytes: self.bytes / runs as u64, folder: self.folder.clone(), shared: self.shared * runs }
    }
    /// An equal part of the memory, of so many.
    pub fn part(&self, parts: u64) -> usize {
        usize::try_from(self.bytes / parts).unwrap_or(usize::MAX)
    }
}

/// 1024² bytes, as messages write them.
pub fn in_mebibytes(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / (1u64 << 20) as f64)
}

/// A file without a name, in which bytes are put away.
#[derive(Debug)]
pub(crate) struct Scratch {
    file: Mutex<Ended>,
    folder: PathBuf,
}

/// A file and where it ends.
#[derive(Debug)]
struct Ended {
    file: File,
    end: u64,
}

impl Scratch {
    /// An empty file in the folder of `limit`.
    pub(crate) fn new(limit: &Limit) -> Result<Arc<Self>> {
        let file = tempfile::tempfile_in(&limit.folder);
        let file = file.map_err(|e| failed("make a file for rows", &e, &limit.folder))?;
        let file = Mutex::new(Ended { file, end: 0 });
        Ok(Arc::new(Scratch { file, folder: limit.folder.clone() }))
    }

    /// A panic elsewhere leaves the file as it was.
    fn lock(&self) -> MutexGuard<'_, Ended> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Put `bytes` behind all others; where they begin.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<u64> {
        let mut this = self.lock();
        let at = this.end;
        let written = this.file.seek(SeekFrom::Start(at)).and_then(|_| this.file.write_all(bytes));
        written.map_err(|e| failed("put rows into a file", &e, &self.folder))?;
        this.end += bytes.len() as u64;
        Ok(at)
    }

    /// Fill `bytes` with those that begin at `at`.
    pub(crate) fn read(&self, at: u64, bytes: &mut [u8]) -> Result<()> {
        let mut this = self.lock();
        let read = this.file.seek(SeekFrom::Start(at)).and_then(|_| this.file.read_exact(bytes));
        read.map_err(|e| failed("read rows back from their file", &e, &self.folder))
    }
}

fn failed(action: &str, e: &std::io::Error, folder: &Path) -> Error {
    let e = Error::io(action, e).at(Place::file(folder.display().to_string()));
    e.hint("see that the folder of --scratch is there and has room, or give more memory by --memory")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A limit of so many bytes, with files in the system's own folder for such.
    pub(crate) fn limit(bytes: u64) -> Limit {
        Limit { bytes, folder: std::env::temp_dir(), shared: 1 }
    }

    #[test]
    fn what_was_put_away_comes_back_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit { bytes: 0, folder: folder.path().into(), shared: 1 };
        let scratch = Scratch::new(&limit).unwrap();
        assert_eq!(scratch.append(b"first").unwrap(), 0);
        let at = scratch.append(b"second").unwrap();
        let mut bytes = [0; 6];
        scratch.read(at, &mut bytes).unwrap();
        assert_eq!(&bytes, b"second");
        scratch.read(1, &mut bytes[..4]).unwrap();
        assert_eq!(&bytes[..4], b"irst");
        assert_eq!(scratch.append(b"third").unwrap(), 11);
        let e = scratch.read(12, &mut bytes).unwrap_err().to_string();
        assert!(e.starts_with("cannot read rows back from their file: "), "{e}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let limit = Limit { bytes: 0, folder: "no/such/folder".into(), shared: 1 };
        let e = Scratch::new(&limit).unwrap_err().to_string();
        assert!(e.contains("cannot make a file for rows: ") && e.contains("at: no/such/folder"), "{e}");
        assert!(e.contains("--scratch"), "{e}");
    }
}
