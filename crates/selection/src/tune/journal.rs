//! What is done so far, in a file that grows by a line per trial: a search that was killed goes on from there.
//!
//! `tune.jsonl` holds a header (what was asked, as texts by name), then a line for each trial in the order in which
//! they ended, with the seconds that it took, and a last line once the winner is judged. A line is written in one go;
//! one that a kill cut is dropped. `tune.lock` beside it is locked as long as a search runs, and holds its process
//! number; the system takes the lock off when the process ends, however it ends.

use super::trial::Trial;
use super::tuning::{End, RESULTS};
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_training::{NewFile, folder_lock::FolderLock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The journal's name in its folder.
pub const JOURNAL: &str = "tune.jsonl";
const LOCK: &str = "tune.lock";
/// How every journal begins.
const BEGINNING: &[u8] = br#"{"tune":{"#;

/// What makes two searches the same: everything that was asked, as texts by name.
pub type Header = BTreeMap<String, String>;

/// The journal of one search, open for more.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// What was found in it, then added.
    pub(super) trials: Vec<Trial>,
    /// Where each stands in `trials`, by its number and rung: a file may hold very many.
    places: HashMap<(usize, usize), usize>,
    /// How the search ended, if it has.
    pub(super) end: Option<End>,
    /// Held as long as the journal is open.
    _lock: FolderLock,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Tune(Header),
    Trial {
        #[serde(flatten)]
        trial: Trial,
        /// Not the same when the search is run again, and nowhere else.
        seconds: f64,
    },
    End(Box<End>),
}

impl Journal {
    /// Open the journal in `folder`, which is made if need be, or begin it with `header`.
    ///
    /// # Errors
    /// A folder that cannot be written to; a search that runs in it now; one that was asked something else; lines
    /// that are none of ours.
    pub fn open(folder: &Path, header: &Header) -> Result<Journal> {
        let path = folder.join(JOURNAL);
        if !path.exists() {
            others(folder)?;
        }
        std::fs::create_dir_all(folder).map_err(|e| refused("make the folder", folder, &e))?;
        let again = folder.join(LOCK).exists();
        let lock = FolderLock::take(&folder.join(LOCK), "searching")?;
        if again {
            NewFile::remove_unfinished(folder)?;
        }
        let mut file = open(&path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|e| refused("read", &path, &e))?;
        // What stands behind the last line break was cut by a kill.
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let (trials, places) = (Vec::new(), HashMap::new());
        let mut journal = Journal { path, file, trials, places, end: None, _lock: lock };
        let lines = text[..whole].split_inclusive(|b| *b == b'\n');
        for (number, line) in (1..).zip(lines) {
            journal.take(number, line, header)?;
        }
        if whole == 0 && !text.is_empty() && !BEGINNING.starts_with(&text) && !text.starts_with(BEGINNING) {
            return Err(foreign(&journal.path));
        }
        let place = journal.file.set_len(whole as u64).and_then(|()| journal.file.seek(SeekFrom::End(0)));
        place.map_err(|e| refused("write", &journal.path, &e))?;
        if whole == 0 {
            journal.append(&Line::Tune(header.clone()))?;
        }
        Ok(journal)
    }

    fn take(&mut self, number: u64, line: &[u8], header: &Header) -> Result<()> {
        let place = || Place::file(self.path.display().to_string()).row(number);
        let line = serde_json::from_slice(line).map_err(|e| {
            Error::new(ErrorKind::Malformed { format: "journal of a search".into(), what: e.to_string() })
                .at(place())
                .hint("name another folder with `-o`, or move this one away")
        })?;
        match line {
            Line::Tune(old) if number == 1 => same(&old, header).map_err(|e| e.at(place())),
            _ if self.end.is_some() => Err(self.edited(number, "it goes on after its end")),
            Line::Trial { trial, .. } if number > 1 => {
                if self.find(trial.trial, trial.rung).is_some() {
                    let why = format!("trial {} of rung {} stands in it twice", trial.trial, trial.rung);
                    return Err(self.edited(number, &why));
                }
                self.push(trial);
                Ok(())
            }
            Line::End(end) if number > 1 => {
                self.end = Some(*end);
                Ok(())
            }
            _ => {
                let what = "its first line, and no other, must say what was asked".into();
                Err(Error::new(ErrorKind::Malformed { format: "journal of a search".into(), what })
                    .at(place()))
            }
        }
    }

    /// The refusal of a line, counted from 1, that no search has written.
    fn edited(&self, line: u64, why: &str) -> Error {
        let what = format!("it was edited: {why}");
        Error::new(ErrorKind::Malformed { format: "journal of a search".into(), what })
            .at(Place::file(self.path.display().to_string()).row(line))
            .hint("delete the folder, or name another one with `-o`")
    }

    /// The refusal of the trial at this place.
    pub(super) fn edited_trial(&self, at: usize, why: &str) -> Error {
        // The first line says what was asked.
        self.edited(at as u64 + 2, why)
    }

    /// The refusal of the end.
    pub(super) fn edited_end(&self, why: &str) -> Error {
        self.edited_trial(self.trials.len(), why)
    }

    /// A trial is done; it took so many seconds.
    pub(super) fn add(&mut self, trial: Trial, seconds: f64) -> Result<()> {
        self.append(&Line::Trial { trial: trial.clone(), seconds })?;
        self.push(trial);
        Ok(())
    }

    fn push(&mut self, trial: Trial) {
        self.places.insert((trial.trial, trial.rung), self.trials.len());
        self.trials.push(trial);
    }

    /// The winner is judged.
    pub(super) fn close(&mut self, end: End) -> Result<()> {
        self.append(&Line::End(Box::new(end.clone())))?;
        self.end = Some(end);
        Ok(())
    }

    /// The trial of this number on this rung, if it is done.
    pub(super) fn find(&self, trial: usize, rung: usize) -> Option<&Trial> {
        self.places.get(&(trial, rung)).map(|at| &self.trials[*at])
    }

    fn append(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_string(line).map_err(|e| Error::io("write JSON", &e.into()))?;
        text.push('\n');
        // To the disk, so that not even the machine's end loses what took minutes.
        let done = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        done.map_err(|e| refused("write", &self.path, &e))
    }
}

/// Refuse to begin a search where a file of somebody else would be lost.
fn others(folder: &Path) -> Result<()> {
    let taken = RESULTS.iter().map(|name| folder.join(name)).find(|path| path.exists());
    taken.map_or(Ok(()), |path| Err(foreign(&path)))
}

fn foreign(path: &Path) -> Error {
    let why = "it is of no search that was begun in this folder".into();
    Error::new(ErrorKind::Io { action: "replace this file".into(), why })
        .at(Place::file(path.display().to_string()))
        .hint("name another folder with `-o`, or move the file away")
}

fn open(path: &Path) -> Result<File> {
    // A pipe would be waited for, and a device has no end.
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Err(foreign(path));
    }
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    open.map_err(|e| refused("open", path, &e))
}

fn refused(action: &str, path: &Path, e: &std::io::Error) -> Error {
    Error::io(action, e).at(Place::file(path.display().to_string())).hint("name another folder with `-o`")
}

/// A longer text is only said to differ.
const SHOWN: usize = 60;

/// Refuse to go on with what was asked otherwise, every difference named.
fn same(old: &Header, new: &Header) -> Result<()> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differs = |name: &&String| old.get(*name) != new.get(*name);
    let text = |name: &String| match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) if old.len() > SHOWN || new.len() > SHOWN => format!("{name} differs"),
        (Some(old), Some(new)) => format!("{name} was {old} and is {new}"),
        (Some(old), None) => format!("{name} was {old} and is not given"),
        (None, Some(new)) => format!("{name} was not given and is {new}"),
        (None, None) => unreachable!("a name is one of theirs"),
    };
    let differences: Vec<String> = names.into_iter().filter(differs).map(text).collect();
    if differences.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Conflict {
        one: "this command".into(),
        other: "the search that was begun here".into(),
        why: differences.join("; "),
    })
    .hint("give the same arguments to go on with it, or name another folder with `-o`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::trial::testing::trial;

    fn header(seed: &str) -> Header {
        Header::from([("seed".into(), seed.into()), ("data".into(), "x".repeat(64))])
    }

    #[test]
    fn what_was_written_is_found_again_wherever_it_was_cut() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        let all: Vec<Trial> = (1..=3).map(|i| trial(i, 1, (i != 2).then_some(0.1 * i as f64))).collect();
        let mut journal = Journal::open(&folder, &header("1")).unwrap();
        for t in &all {
            journal.add(t.clone(), 1.5).unwrap();
        }
        drop(journal);
        let path = folder.join(JOURNAL);
        let text = std::fs::read(&path).unwrap();
        let ends = (0..=text.len()).filter(|at| *at == 0 || text[at - 1] == b'\n');
        let around =
            ends.flat_map(|at| [at.saturating_sub(1), at, (at + 1).min(text.len()), at.saturating_sub(40)]);
        for cut in around {
            std::fs::write(&path, &text[..cut]).unwrap();
            let whole = text[..cut].iter().filter(|b| **b == b'\n').count();
            let mut journal = Journal::open(&folder, &header("1")).unwrap();
            assert_eq!(journal.trials, all[..whole.saturating_sub(1)], "cut at {cut}");
            for t in &all[journal.trials.len()..] {
                journal.add(t.clone(), 1.5).unwrap();
            }
            drop(journal);
            assert_eq!(std::fs::read(&path).unwrap(), text, "cut at {cut}");
        }
    }

    #[test]
    fn another_search_is_refused_and_says_why() {
        let dir = tempfile::tempdir().unwrap();
        drop(Journal::open(dir.path(), &header("1")).unwrap());
        let mut other = header("2");
        other.insert("flag --epochs".into(), "5".into());
        other.insert("data".into(), "y".repeat(64));
        let e = Journal::open(dir.path(), &other).unwrap_err();
        assert_eq!(e.exit_code(), 2);
        let said = e.to_string();
        assert!(
            said.contains("data differs; flag --epochs was not given and is 5; seed was 1 and is 2"),
            "{said}"
        );
    }

    #[test]
    fn lines_that_are_not_ours_are_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(JOURNAL), "precious").unwrap();
        let said = Journal::open(dir.path(), &header("1")).unwrap_err().to_string();
        assert!(said.starts_with("cannot replace this file: it is of no search"), "{said}");
        for (text, part) in [("precious\n", "row 1"), ("{\"end\":{}}\n", "row 1")] {
            std::fs::write(dir.path().join(JOURNAL), text).unwrap();
            let said = Journal::open(dir.path(), &header("1")).unwrap_err().to_string();
            assert!(said.contains(part) && said.contains("not a sound journal of a search"), "{said}");
            assert_eq!(std::fs::read_to_string(dir.path().join(JOURNAL)).unwrap(), text);
        }
    }

    #[test]
    fn files_of_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("best.toml"), "mine = 1").unwrap();
        let e = Journal::open(dir.path(), &header("1")).unwrap_err();
        assert!(e.to_string().contains("best.toml"), "{e}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_search_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), &header("1")).unwrap();
        let e = Journal::open(dir.path(), &header("1")).unwrap_err().to_string();
        assert!(e.contains(&format!("process {} is searching in this folder", std::process::id())), "{e}");
        drop(journal);
        let leftover = dir.path().join(".ff-a1B2c3");
        std::fs::write(&leftover, "half").unwrap();
        Journal::open(dir.path(), &header("1")).unwrap();
        assert!(!leftover.exists(), "what a kill left is removed");
    }
}
