//! The lock of a folder in which one process works at a time.

use feedforward_base::{Error, ErrorKind, Place, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Held as long as it lives. The system takes it off when the process ends, however it ends: a file that stays behind
/// locks nothing.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Lock `path`, a file that then holds this process's number and when it began (seconds since 1970); `doing` says in
    /// the error what the holder does: "training".
    ///
    /// # Errors
    /// Another process holds it, and is named; the file cannot be made.
    pub fn take(path: &Path, doing: &str) -> Result<Self> {
        let place = || Place::file(path.display().to_string());
        let refused = |action: &str, e: std::io::Error| {
            Error::io(action, &e).at(place()).hint("name a folder that you may write to")
        };
        // What is there is emptied below: neither another file through a link, nor one that only has the name.
        let foreign = || {
            let why = "it is no lock that a run has left".into();
            let kind = ErrorKind::Io { action: "replace this file".into(), why };
            Error::new(kind).at(place()).hint("name another folder, or move the file away")
        };
        if path.symlink_metadata().is_ok_and(|about| !about.is_file()) {
            return Err(foreign());
        }
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(|e| refused("open", e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Where a system locks a file for readers too, the holder stays nameless.
                let read = (&file).take(LONGEST).read_to_string(&mut text).is_ok();
                let holder = text.split_whitespace().next().filter(|_| read);
                let holder = holder.map_or("another process".into(), |pid| format!("process {pid}"));
                let why = format!("{holder} is {doing} in this folder");
                return Err(Error::new(ErrorKind::Io { action: "begin".into(), why })
                    .at(place())
                    .hint("wait until it is done, stop it, or name another folder"));
            }
            Err(TryLockError::Error(e)) => return Err(refused("lock", e)),
        }
        let mut text = Vec::new();
        (&file).take(LONGEST + 1).read_to_end(&mut text).map_err(|e| refused("read", e))?;
        if !is_ours(&text) {
            return Err(foreign());
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let said = file.set_len(0).and_then(|()| file.rewind());
        let said = said.and_then(|()| writeln!(file, "{} {since}", std::process::id()));
        said.map_err(|e| refused("write", e))?;
        Ok(FolderLock { _file: file })
    }
}

/// Two numbers, a blank and a line break have at most so many bytes.
const LONGEST: u64 = 64;

/// Whether a lock holds what [`FolderLock::take`] writes, or what a kill has left of it.
fn is_ours(text: &[u8]) -> bool {
    text.len() as u64 <= LONGEST && text.iter().all(|b| b.is_ascii_digit() || b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_the_holder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        // What a process left that is gone.
        std::fs::write(&path, "1 0\n").unwrap();
        let held = FolderLock::take(&path, "training").unwrap();
        let e = FolderLock::take(&path, "training").unwrap_err().to_string();
        assert!(e.contains(&format!("process {} is training in this folder", std::process::id())), "{e}");
        drop(held);
        FolderLock::take(&path, "training").unwrap();
        assert!(FolderLock::take(&folder.path().join("none/lock"), "training").is_err());
    }

    /// The lock is emptied when it is taken.
    #[test]
    fn a_file_of_somebody_else_is_not_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        for precious in [&b"precious"[..], &b"1".repeat(65)] {
            std::fs::write(&path, precious).unwrap();
            let e = FolderLock::take(&path, "training").unwrap_err().to_string();
            assert!(e.contains("it is no lock that a run has left") && e.contains("hint: "), "{e}");
            assert_eq!(std::fs::read(&path).unwrap(), precious);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("lock"), folder.path().join("other"));
        std::os::unix::fs::symlink(&other, &path).unwrap();
        for text in [None, Some("7 7\n")] {
            text.inspect(|text| std::fs::write(&other, text).unwrap());
            assert!(FolderLock::take(&path, "training").is_err(), "{text:?}");
            assert_eq!(std::fs::read_to_string(&other).ok().as_deref(), text);
        }
    }
}
