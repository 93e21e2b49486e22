//! Files that appear whole or not at all.

use feedforward_base::{Error, Place, Result};
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that is written beside its place and takes it when it is complete: what stood there stays until then,
/// and for good if anything fails. A link is followed, the permissions of an existing file are kept, and a device
/// or pipe is written to as it is.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    out: Out,
}

#[derive(Debug)]
enum Out {
    Beside { file: BufWriter<NamedTempFile>, target: PathBuf },
    Device(BufWriter<File>),
}

const BUFFER: usize = 1 << 16;
/// Unfinished files begin so.
const UNFINISHED: &str = ".ff-";

impl NewFile {
    /// Begin a file at `path`; nothing is there before [`NewFile::finish`].
    ///
    /// # Errors
    /// [`feedforward_base::ErrorKind::Io`] with the path, for this and all other calls.
    pub fn create(path: &Path) -> Result<Self> {
        let out = open(path).map_err(|e| refused(path, &e))?;
        Ok(NewFile { path: path.into(), out })
    }
    /// Whether a file could be begun at `path`; nothing is changed, and a device or pipe is not opened.
    pub fn check(path: &Path) -> Result<()> {
        let special =
            |target: PathBuf| fs::metadata(target).is_ok_and(|about| !about.is_file() && !about.is_dir());
        if resolve(path).is_ok_and(special) { Ok(()) } else { NewFile::create(path).map(drop) }
    }
    /// Bring everything to the disk and take the place.
    pub fn finish(self) -> Result<()> {
        finish(self.out).map_err(|e| refused(&self.path, &e))
    }
    /// The error for a refusal while this file was written.
    pub fn refused(&self, e: &io::Error) -> Error {
        refused(&self.path, e)
    }
    /// A whole file in one go.
    pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
        let mut file = NewFile::create(path)?;
        file.write_all(bytes).map_err(|e| file.refused(&e))?;
        file.finish()
    }
    /// Remove the files that a kill has left unfinished in `folder`, in which no other process works.
    pub fn remove_unfinished(folder: &Path) -> Result<()> {
        let refused =
            |e: io::Error| Error::io("tidy the folder", &e).at(Place::file(folder.display().to_string()));
        for entry in fs::read_dir(folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path()).map_err(refused)?;
            }
        }
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.out {
            Out::Beside { file, .. } => file.write(bytes),
            Out::Device(file) => file.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::Beside { file, .. } => file.flush(),
            Out::Device(file) => file.flush(),
        }
    }
}

fn refused(path: &Path, e: &io::Error) -> Error {
    let hint = match e.kind() {
        io::ErrorKind::NotFound => "make the folder first, or name another place",
        io::ErrorKind::IsADirectory => "name a file in the folder",
        io::ErrorKind::StorageFull => "make room, or name a place on another disk",
        _ => "name a place in a folder that you may write to",
    };
    // A temporary file's own name would tell the user nothing.
    let e = e.raw_os_error().map_or_else(|| e.kind().into(), io::Error::from_raw_os_error);
    Error::io("write the file", &e).at(Place::file(path.display().to_string())).hint(hint)
}

fn open(path: &Path) -> io::Result<Out> {
    let target = resolve(path)?;
    let old = match fs::metadata(&target) {
        Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => {
            let device = fs::OpenOptions::new().write(true).open(&target)?;
            return Ok(Out::Device(BufWriter::with_capacity(BUFFER, device)));
        }
        Ok(about) => Some(about.permissions()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let folder = folder_of(&target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    if let Some(permissions) = old.or_else(of_new_files) {
        builder.permissions(permissions);
    }
    let file = BufWriter::with_capacity(BUFFER, builder.tempfile_in(folder)?);
    Ok(Out::Beside { file, target })
}

fn finish(out: Out) -> io::Result<()> {
    match out {
        Out::Beside { file, target } => {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&target).map_err(|e| e.error)?;
            sync_folder(folder_of(&target))
        }
        Out::Device(mut file) => file.flush(),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Bring a folder's names to the disk: a renamed file whose name is lost with the machine's power is lost, too.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    // A folder that may be written to and not read, and some file systems, cannot be brought to the disk by itself.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(e) if matches!(e.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Where a link leads, so that the link stays one; the path itself if there is no link.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        // A link to nothing: what it names is to be made.
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(match fs::read_link(path) {
            Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => path.into(),
        }),
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
            NewFile::write(&path, bytes).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        let mut begun = NewFile::create(&path).unwrap();
        begun.write_all(b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        drop(begun);
        assert_eq!(entries(folder.path()), ["a"], "an unfinished file leaves nothing");
    }

    #[test]
    fn a_folder_that_is_not_there_and_one_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let e = NewFile::write(&folder.path().join("none/a"), b"x").unwrap_err();
        let said = e.to_string();
        assert!(
            said.starts_with("cannot write the file: there is no such file or directory\n  at: "),
            "{said}"
        );
        assert_eq!((e.exit_code(), e.hint_text()), (3, Some("make the folder first, or name another place")));
        let e = NewFile::write(folder.path(), b"x").unwrap_err();
        assert!(e.to_string().contains("this is a directory"), "{e}");
        let file = folder.path().join("file");
        NewFile::write(&file, b"").unwrap();
        let e = NewFile::create(&file.join("below")).unwrap_err();
        assert!(e.to_string().contains("a part of the path is not a directory"), "{e}");
        assert_eq!(entries(folder.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        NewFile::write(&file, b"one").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let plain = folder.path().join("plain");
        fs::write(&plain, b"").unwrap();
        assert_eq!(mode(&file), mode(&plain), "a new file has the permissions that every new file has");
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        NewFile::write(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"two".to_vec(), 0o640));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        NewFile::check(&pipe).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        NewFile::write(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("later", &link).unwrap();
        NewFile::write(&link, b"x").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(folder.path().join("later")).unwrap(), b"x");
    }
}
