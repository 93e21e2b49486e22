//! The lock of a folder in which one process works at a time.

use feedforward_base::{Error, ErrorKind, Place, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
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
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(|e| refused("open", e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Where a system locks a file for readers too, the holder stays nameless.
                let read = file.read_to_string(&mut text).is_ok();
                let holder = text.split_whitespace().next().filter(|_| read);
                let holder = holder.map_or("another process".into(), |pid| format!("process {pid}"));
                let why = format!("{holder} is {doing} in this folder");
                return Err(Error::new(ErrorKind::Io { action: "begin".into(), why })
                    .at(place())
                    .hint("wait until it is done, stop it, or name another folder"));
            }
            Err(TryLockError::Error(e)) => return Err(refused("lock", e)),
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let said = file.set_len(0).and_then(|()| writeln!(file, "{} {since}", std::process::id()));
        said.map_err(|e| refused("write", e))?;
        Ok(FolderLock { _file: file })
    }
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
}
