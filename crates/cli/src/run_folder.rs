//! The folder of a run: what was asked, checkpoints, a lock, and in the end model, record and certificate.

use crate::words::quoted;
use crate::{args, output};
use clap::ArgMatches;
use feedforward::data::table::Table;
use feedforward::training::{
    Certificate, Checkpoints, Model, NewFile, PROGRAM, fingerprint, folder_lock::FolderLock,
};
use feedforward::{Error, ErrorKind, Place, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What was asked.
const ASKED: &str = "run.json";
const LOCK: &str = "lock";
/// The files that a finished run leaves, the last one last.
pub(crate) const MODEL: &str = "model.ff";
pub(crate) const CERTIFICATE: &str = "certificate.json";
/// How `run.json` begins its form.
const FORMAT: &str = "feedforward run 1";

/// Everything that makes a run what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    format: String,
    /// The version that began it.
    program: String,
    /// Where the paths of `command` begin.
    folder: PathBuf,
    /// The words of `ff train`, settings of a file among them.
    pub(crate) command: Vec<String>,
    data: Facts,
    valid: Option<Facts>,
}

/// What a table is known by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Facts {
    rows: usize,
    /// Names and fingerprints of the columns.
    columns: Vec<(String, String)>,
    fingerprint: String,
}

impl Facts {
    fn of(table: &Table) -> Result<Self> {
        Ok(Facts {
            rows: table.rows,
            columns: fingerprint::of_columns(table)?,
            fingerprint: fingerprint::of_table(table)?,
        })
    }
    /// In what `new` differs.
    fn differences(&self, new: &Facts) -> Option<String> {
        let names = |f: &Facts| f.columns.iter().map(|c| c.0.clone()).collect::<Vec<_>>().join(", ");
        let differ =
            |(old, new): (&(String, String), &(String, String))| (old != new).then(|| format!("`{}`", old.0));
        if self.fingerprint == new.fingerprint {
            None
        } else if self.rows != new.rows {
            Some(format!("it had {} rows when the run began, and has {}", self.rows, new.rows))
        } else if names(self) != names(new) {
            Some(format!("its columns were {}, and are {}", names(self), names(new)))
        } else {
            let columns: Vec<_> = self.columns.iter().zip(&new.columns).filter_map(differ).collect();
            Some(format!("other values stand in {}", columns.join(", ")))
        }
    }
}

/// The folder of a run, which no other process uses.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
    /// `None`: the run begins.
    asked: Option<Asked>,
    pub(crate) checkpoints: Checkpoints,
    _lock: FolderLock,
}

impl RunFolder {
    /// A folder for a new run; it is made if need be.
    ///
    /// # Errors
    /// A run is in it, or files of that name; another process works in it; it cannot be written to.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        output::make_dir(path)?;
        let again = path.join(LOCK).exists();
        let lock = FolderLock::take(&path.join(LOCK), "training")?;
        if again {
            NewFile::remove_unfinished(path)?;
        }
        let checkpoints = Checkpoints::of(path)?;
        let taken = [MODEL, "model.json", CERTIFICATE].into_iter().find(|name| path.join(name).exists());
        // Where nothing was kept yet, nothing is lost.
        let begun = path.join(ASKED).exists() && read(path).is_ok();
        if begun && (taken.is_some() || !checkpoints.is_empty()) {
            return Err(Error::new(ErrorKind::Conflict {
                one: "--run".into(),
                other: format!("the folder {}", path.display()),
                why: "a run was begun in it".into(),
            })
            .hint(format!("go on with it by `ff resume {}`, or name another folder", path.display())));
        }
        let foreign = (path.join(ASKED).exists() && !begun).then_some(ASKED);
        if let Some(name) = taken.or(foreign) {
            let why = "it is of no run that was begun in this folder".into();
            return Err(Error::new(ErrorKind::Io { action: "replace this file".into(), why })
                .at(Place::file(path.join(name).display().to_string()))
                .hint("name another folder with --run"));
        }
        Ok(RunFolder { path: path.into(), asked: None, checkpoints, _lock: lock })
    }

    /// The folder of a run that was begun, and what it was asked.
    ///
    /// # Errors
    /// No run was begun in it, or by another version; another process works in it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Asked)> {
        if !path.join(ASKED).exists() {
            let kind = ErrorKind::Io { action: "find a run".into(), why: format!("there is no {ASKED}") };
            return Err(Error::new(kind)
                .at(Place::file(path.display().to_string()))
                .hint("name the folder that was given to `ff train … --run`"));
        }
        let lock = FolderLock::take(&path.join(LOCK), "training")?;
        let asked = read(path)?;
        NewFile::remove_unfinished(path)?;
        let checkpoints = Checkpoints::of(path)?;
        Ok((RunFolder { path: path.into(), asked: Some(asked.clone()), checkpoints, _lock: lock }, asked))
    }

    /// Whether everything has been written.
    pub(crate) fn is_finished(&self) -> bool {
        self.path.join(CERTIFICATE).exists()
    }

    /// The command that goes on with the run.
    pub(crate) fn resume(&self) -> String {
        format!("ff resume {}", quoted(&self.path.display().to_string()))
    }

    /// Note what is asked of these tables, or see that they are those of the run.
    ///
    /// # Errors
    /// Other data than the run's; a file that cannot be written.
    pub(crate) fn enter(&self, command: &[String], table: &Table, valid: Option<&Table>) -> Result<()> {
        if let Some(old) = &self.asked {
            let differences = old.differences(table, valid)?.into_iter();
            return Error::many(differences.map(|(what, why)| other_data(&self.path, what, why)).collect());
        }
        let (data, valid) = (Facts::of(table)?, valid.map(Facts::of).transpose()?);
        let folder = std::env::current_dir().map_err(|e| Error::io("find the current folder", &e))?;
        let (format, program) = (FORMAT.into(), PROGRAM.into());
        let asked = Asked { format, program, folder, command: command.to_vec(), data, valid };
        NewFile::write(&self.path.join(ASKED), format!("{}\n", output::to_json(&asked)?).as_bytes())
    }

    /// Everything else is written: the certificate closes the run, and its checkpoints go.
    ///
    /// # Errors
    /// A file that cannot be written or removed.
    pub(crate) fn finish(&mut self, model: &Model) -> Result<()> {
        let text = output::to_json(&Certificate::of(model))?;
        NewFile::write(&self.path.join(CERTIFICATE), format!("{text}\n").as_bytes())?;
        self.checkpoints.remove()
    }
}

impl Asked {
    /// In what the tables differ from those that the run began with: which, and how.
    pub(crate) fn differences(
        &self,
        table: &Table,
        valid: Option<&Table>,
    ) -> Result<Vec<(&'static str, String)>> {
        let of =
            |what, old: &Facts, new: &Table| Ok(old.differences(&Facts::of(new)?).map(|how| (what, how)));
        let data = of("the data", &self.data, table)?;
        let valid = self.valid.as_ref().zip(valid).map(|(old, new)| of("the validation rows", old, new));
        Ok(data.into_iter().chain(valid.transpose()?.flatten()).collect())
    }

    /// Go to the folder in which the run was begun, so that the paths of its command lead where they led.
    ///
    /// # Errors
    /// It is not there; another version began the run.
    pub(crate) fn enter_folder(&self) -> Result<()> {
        if self.program != PROGRAM {
            return Err(Error::new(ErrorKind::Conflict {
                one: PROGRAM.into(),
                other: "this run".into(),
                why: format!(
                    "{} began it, and only the same version goes on with the same bits",
                    self.program
                ),
            })
            .hint("use that version, or train anew"));
        }
        std::env::set_current_dir(&self.folder).map_err(|e| {
            Error::io("go to the folder in which the run was begun", &e)
                .at(Place::file(self.folder.display().to_string()))
                .hint("the paths of its command line begin there")
        })
    }
}

/// The words of the command line that `ff resume` repeats.
pub(crate) fn words(typed: &ArgMatches) -> Vec<String> {
    args::words(typed, &["config", "threads", "json", "quiet", "dry-run"])
}

/// A text that a run has left. In its place a pipe would be waited for, and a device has no end.
pub(crate) fn own_text(path: &Path) -> Result<Vec<u8>> {
    let refused = |e: std::io::Error| Error::io("read", &e).at(Place::file(path.display().to_string()));
    if !path.metadata().map_err(refused)?.is_file() {
        let kind = ErrorKind::Io { action: "read".into(), why: "it is no ordinary file".into() };
        return Err(Error::new(kind)
            .at(Place::file(path.display().to_string()))
            .hint("name the folder that `ff train … --run` has made"));
    }
    std::fs::read(path).map_err(refused)
}

/// What was asked of the run in a folder.
fn read(path: &Path) -> Result<Asked> {
    let path = path.join(ASKED);
    let place = || Place::file(path.display().to_string());
    let text = own_text(&path)?;
    let asked: std::result::Result<Asked, _> = serde_json::from_slice(&text);
    match asked {
        Ok(asked) if asked.format == FORMAT => Ok(asked),
        _ => {
            let what = "it does not say what was asked".into();
            Err(Error::new(ErrorKind::Malformed { format: "run".into(), what })
                .at(place())
                .hint("name another folder, or move the file away"))
        }
    }
}

fn other_data(folder: &Path, what: &str, why: String) -> Error {
    let (one, other) = (what.into(), format!("the run in {}", folder.display()));
    Error::new(ErrorKind::Conflict { one, other, why })
        .hint("give the run the rows back that it began with, or train anew in another folder")
}
