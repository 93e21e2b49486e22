//! Files that appear whole or not at all.

use feedforward_base::{Error, Place, Result};
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Put `bytes` at `path`: written beside it, brought to the disk, then renamed over it. What stood there
/// stays if anything fails. A link is followed, the permissions of an existing file are kept, and a device
/// or pipe is written to as it is.
///
/// # Errors
/// [`feedforward_base::ErrorKind::Io`] with the path.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes).map_err(|e| {
        let hint = match e.kind() {
            io::ErrorKind::NotFound => "make the folder first, or name another place",
            io::ErrorKind::IsADirectory => "name a file in the folder",
            io::ErrorKind::StorageFull => "make room, or name a place on another disk",
            _ => "name a place in a folder that you may write to",
        };
        Error::io("write the file", &e).at(Place::file(path.display().to_string())).hint(hint)
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = resolve(path)?;
    let old = match fs::metadata(&target) {
        Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => return fs::write(&target, bytes),
        Ok(about) => Some(about.permissions()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ff-");
    if let Some(permissions) = old.or_else(of_new_files) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder).map_err(plain)?;
    file.write_all(bytes).map_err(plain)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|e| plain(e.error))?;
    Ok(())
}

/// Where a link leads, so that the link stays one; the path itself if nothing is there.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(path.into()),
        other => other,
    }
}

/// The system takes the user's mask off, as for any new file; a temporary file is otherwise the user's alone.
#[cfg(unix)]
fn of_new_files() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn of_new_files() -> Option<Permissions> {
    None
}

/// The system's words without the name of the temporary file, which tells the user nothing.
fn plain(e: io::Error) -> io::Error {
    e.raw_os_error().map_or_else(|| e.kind().into(), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn the_new_file_stands_in_place_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for bytes in [&b"one"[..], b"two and more", b""] {
            replace(&path, bytes).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(entries(folder.path()), ["a"]);
    }

    #[test]
    fn a_folder_that_is_not_there_and_one_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let e = replace(&folder.path().join("none/a"), b"x").unwrap_err();
        let said = e.to_string();
        assert!(
            said.starts_with("cannot write the file: there is no such file or directory\n  at: "),
            "{said}"
        );
        assert_eq!((e.exit_code(), e.hint_text()), (3, Some("make the folder first, or name another place")));
        let e = replace(folder.path(), b"x").unwrap_err();
        assert!(e.to_string().contains("this is a directory"), "{e}");
        assert!(entries(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&file, b"one").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let plain = folder.path().join("plain");
        fs::write(&plain, b"").unwrap();
        assert_eq!(mode(&file), mode(&plain), "a new file has the permissions that every new file has");
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"two".to_vec(), 0o640));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt;
        replace(Path::new("/dev/null"), b"x").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let e = replace(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(e.to_string().contains("no space is left"), "{e}");
    }
}
