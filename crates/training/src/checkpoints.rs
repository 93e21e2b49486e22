//! The checkpoints of one run, in a folder.
//!
//! `checkpoint-N.ff` with N = 1, 2, …: each is written beside its place and renamed, and the last two stay. One that was
//! cut or changed is passed over for the one before. From whichever a run goes on, it ends with the same bits: how often
//! they are written decides only how much work a kill can cost.

use crate::checkpoint::{self, Snapshot};
use crate::container::damaged;
use crate::new_file::NewFile;
use crate::state::{At, Keeper, State};
use crate::trainer::Trained;
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_kernels::Element;
use feedforward_network::Plan;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Checkpoints that stay.
const KEPT: usize = 2;
/// An epoch's end is kept unless that would take more than one part of so many of the time: to bring a file to the disk
/// takes longer than a short epoch of a small table, and the file grows with every epoch of the history.
const PARTS: u32 = 20;

/// The checkpoints of one run.
#[derive(Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    every: Duration,
    every_steps: u64,
    /// When the last one was written, the time that it took, and the steps since.
    written: Instant,
    took: Duration,
    steps: u64,
    /// The numbers of the files that are there and not known to be bad, ascending.
    numbers: Vec<u64>,
}

/// Where a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T> {
    /// What was kept; `None` if nothing was, and the run begins.
    pub snapshot: Option<Snapshot<T>>,
    /// The checkpoints that were passed over, and why.
    pub passed: Vec<String>,
}

impl Checkpoints {
    /// Those in `folder`. Only ends of epochs are kept, as often as it costs little; see [`Checkpoints::set_every`] and
    /// [`Checkpoints::set_every_steps`].
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn of(folder: &Path) -> Result<Self> {
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|e| refused("read the folder", folder, &e))? {
            let entry = entry.map_err(|e| refused("read the folder", folder, &e))?;
            numbers.extend(entry.file_name().to_str().and_then(number_of));
        }
        numbers.sort_unstable();
        Ok(Checkpoints {
            folder: folder.into(),
            every: Duration::MAX,
            every_steps: u64::MAX,
            written: Instant::now(),
            took: Duration::ZERO,
            steps: 0,
            numbers,
        })
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(name_of(number))
    }

    /// The last good checkpoint of a run with these plans: those that are trained first, and the one that learns from all
    /// rows in the end. What is newer and damaged is removed.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn last<T: Element>(&mut self, first: &[&Plan], last: &Plan) -> Result<Found<T>> {
        let mut found = Found { snapshot: None, passed: Vec::new() };
        while let Some(&number) = self.numbers.last() {
            let path = self.path(number);
            match read(&path, first, last) {
                Ok(snapshot) => {
                    found.snapshot = Some(snapshot);
                    break;
                }
                Err(e) => {
                    let ErrorKind::Damaged { what } = e.kind() else { return Err(e) };
                    found.passed.push(format!("`{}` is passed over: {what}", path.display()));
                    std::fs::remove_file(&path).map_err(|e| refused("remove", &path, &e))?;
                    self.numbers.pop();
                }
            }
        }
        Ok(found)
    }

    fn keep<T: Element>(&mut self, state: &State<T>, first: Option<&Trained<T>>) -> Result<()> {
        let begun = Instant::now();
        let number = self.numbers.last().map_or(1, |last| last + 1);
        NewFile::write(&self.path(number), &checkpoint::to_bytes(state, first)?)?;
        self.numbers.push(number);
        while self.numbers.len() > KEPT {
            let oldest = self.numbers.remove(0);
            let path = self.path(oldest);
            std::fs::remove_file(&path).map_err(|e| refused("remove", &path, &e))?;
        }
        self.written = Instant::now();
        (self.took, self.steps) = (self.written - begun, 0);
        Ok(())
    }

    fn is_due(&mut self, at: At) -> bool {
        self.steps += u64::from(at == At::Step);
        let waited = self.written.elapsed();
        let asked = waited >= self.every || self.steps >= self.every_steps;
        asked || (at == At::Epoch && waited >= self.took * PARTS)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The next checkpoint is due so long after the last one, also inside an epoch.
    pub fn set_every(&mut self, every: Duration) {
        self.every = every;
    }

    /// The next checkpoint is due so many steps after the last one, if it is not due earlier.
    pub fn set_every_steps(&mut self, steps: u64) {
        self.every_steps = steps;
    }

    /// Remove all: the run is done.
    ///
    /// # Errors
    /// The system refuses.
    pub fn remove(&mut self) -> Result<()> {
        for number in std::mem::take(&mut self.numbers) {
            let path = self.path(number);
            std::fs::remove_file(&path).map_err(|e| refused("remove", &path, &e))?;
        }
        Ok(())
    }
}

fn name_of(number: u64) -> String {
    format!("checkpoint-{number}.ff")
}

/// The number in the name of a checkpoint. Other ways to write it, as `checkpoint-01.ff`, are not ours, and neither is a
/// number that none can follow.
fn number_of(name: &str) -> Option<u64> {
    let number = name.strip_prefix("checkpoint-")?.strip_suffix(".ff")?.parse().ok()?;
    (number < u64::MAX && name_of(number) == name).then_some(number)
}

fn read<T: Element>(path: &Path, first: &[&Plan], last: &Plan) -> Result<Snapshot<T>> {
    let refused = |e: std::io::Error| refused("read the checkpoint", path, &e);
    // A pipe would be waited for, and a device has no end.
    if !path.metadata().map_err(refused)?.is_file() {
        return Err(damaged("it is no file").at(place(path)));
    }
    let file = File::open(path).map_err(refused)?;
    let len = file.metadata().map_err(refused)?.len();
    checkpoint::read(file, len, first, last).map_err(|e| e.at(place(path)))
}

/// Keeps a training of a run in its checkpoints, if the run has any.
pub(crate) struct InFolder<'a, T> {
    /// Where.
    pub(crate) checkpoints: Option<&'a mut Checkpoints>,
    /// What the training before has left.
    pub(crate) first: Option<&'a Trained<T>>,
}

impl<T: Element> Keeper<T> for InFolder<'_, T> {
    fn is_due(&mut self, at: At) -> bool {
        self.checkpoints.as_mut().is_some_and(|c| c.is_due(at))
    }
    fn keep(&mut self, state: &State<T>) -> Result<()> {
        match &mut self.checkpoints {
            Some(checkpoints) => checkpoints.keep(state, self.first),
            None => Ok(()),
        }
    }
}

fn place(path: &Path) -> Place {
    Place::file(path.display().to_string())
}

fn refused(action: &str, path: &Path, e: &std::io::Error) -> Error {
    Error::io(action, e).at(place(path)).hint("see that you may read and write the run's folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn ends_of_epochs_are_kept_while_that_is_cheap_and_steps_when_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut checkpoints = Checkpoints::of(folder.path()).unwrap();
        let due = |c: &mut Checkpoints| [At::Step, At::Epoch].map(|at| c.is_due(at));
        assert_eq!(due(&mut checkpoints), [false, true], "the first epoch is kept");
        checkpoints.took = HOUR;
        assert_eq!(due(&mut checkpoints), [false, false], "what took an hour is not done again at once");
        checkpoints.written = Instant::now().checked_sub(HOUR / 2).unwrap_or(checkpoints.written);
        checkpoints.took = HOUR / 1000;
        assert_eq!(due(&mut checkpoints), [false, true]);
        checkpoints.took = HOUR;
        checkpoints.set_every(Duration::ZERO);
        assert_eq!(due(&mut checkpoints), [true, true]);
        checkpoints.set_every(Duration::MAX);
        checkpoints.steps = 0;
        checkpoints.set_every_steps(3);
        assert_eq!(
            [At::Step, At::Step, At::Epoch, At::Step].map(|at| checkpoints.is_due(at)),
            [false, false, false, true]
        );
    }
}
