//! The search itself: rounds of trials, then the winner.

use super::journal::Journal;
use super::judge::judge;
use super::parts::Parts;
use super::point::Flag;
use super::request::{Planned, Request, set};
use super::trial::{By, Outcome, Scored, Trial};
use super::tuning::{BEST, DEFAULT_TRIAL, End, MODEL, RECORD, TRIALS, TUNING, Tuning};
use feedforward_base::{Error, ErrorKind, Place, Result, crew};
use feedforward_data::prepare::Unseen;
use feedforward_training::ledger::{self, Entry, Ledger};
use feedforward_training::{
    Control, Ending, Event, Machine, Model, NewFile, PROGRAM, fingerprint, fit, model_file,
};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// News of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News<'a> {
    /// Everything is decided; trials of an earlier process are counted as done.
    Begin(&'a Planned, Progress<'a>),
    /// A trial is done.
    Trial(&'a Trial, Progress<'a>),
    /// All trials are done; this one is trained again on all rows.
    Winner(&'a Trial),
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<'a> {
    /// Trials that are done, those of every rung counted.
    pub done: usize,
    /// All trials.
    pub total: usize,
    /// The share of the work that is done: of the trials, in successive halving of their epochs.
    pub share: f64,
    /// The best so far.
    pub best: Option<&'a Trial>,
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// With a winner.
    Tuning {
        /// What was found.
        tuning: Box<Tuning>,
        /// Whether it had been found before, so that nothing was trained or judged now.
        again: bool,
    },
    /// Before that, because it was told to stop.
    Interrupted {
        /// Trials that are done and kept.
        done: usize,
        /// All trials.
        total: usize,
    },
}

/// A trial to be made.
struct Job {
    trial: usize,
    rung: usize,
    /// Its point.
    at: usize,
    /// Epochs at most, where the search decides that.
    epochs: Option<u64>,
}

/// Search, or go on with a search, in `folder`: its journal says what is done already.
///
/// As many trials run side by side as `machine` has threads, each on its share of them; who is faster changes nothing.
/// The winner is trained again on all rows of `parts.rest` for the epoch that was best (over folds the median), without
/// validation rows, and judged on `parts.test`, once: a search that has ended only says again what it found. Epochs and
/// not steps are kept, so that every row is seen as often as in the trial; a schedule that spans the run spans these
/// epochs, and `plateau` goes by the training loss.
///
/// # Errors
/// What [`Request::plan`] and [`Journal::open`] refuse; trials all of which failed; files that cannot be written.
pub fn tune(
    parts: &Parts,
    request: &Request<'_>,
    machine: Machine,
    folder: &Path,
    observe: &mut (dyn FnMut(News<'_>) + Send),
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Found> {
    let planned = request.plan(parts, machine)?;
    let mut journal = Journal::open(folder, &request.header(parts)?)?;
    let run = Run { parts, request, machine, planned: &planned, stop };
    run.check(&journal)?;
    observe(News::Begin(&planned, run.progress(&journal)));
    for rung in 1..=planned.rungs.len().max(1) {
        let jobs = run.jobs(rung, &journal);
        if !run.all(&jobs, &mut journal, observe)? {
            return Ok(run.interrupted(&journal));
        }
    }
    let Some((winner, scored)) = best(&journal.trials, request.by) else {
        return Err(all_failed(&journal.trials));
    };
    let (winner, scored) = (winner.clone(), scored.clone());
    let again = journal.end.is_some();
    if !journal.end.as_ref().is_some_and(|end| is_whole(folder, &end.theta)) {
        observe(News::Winner(&winner));
        let Some((model, flags)) = run.again(&winner, scored.kept_epoch)? else {
            return Ok(run.interrupted(&journal));
        };
        let end = match journal.end.clone() {
            Some(end) => same_model(end, &model, folder)?,
            None => run.end(&winner, scored.score, &model, flags)?,
        };
        model_file::save(&model, &folder.join(MODEL))?;
        // A sound record may know of judgements that came later.
        if !again || !has_record(folder) {
            NewFile::write(&folder.join(RECORD), &run.record(&model, &end)?)?;
        }
        if !again {
            journal.close(end)?;
        }
    }
    let tuning = run.tuning(journal)?;
    write(&tuning, folder)?;
    Ok(Found::Tuning { tuning: Box::new(tuning), again })
}

/// Whether the folder still holds the winner with these parameters, and its record.
fn is_whole(folder: &Path, theta: &str) -> bool {
    let model = model_file::load(&folder.join(MODEL));
    model.is_ok_and(|model| fingerprint::of_theta(&model.theta) == theta) && has_record(folder)
}

fn has_record(folder: &Path) -> bool {
    matches!(Ledger::read(&folder.join(RECORD)), Ok(Some(_)))
}

/// The end, if the model that was trained again for it is the one that was judged.
fn same_model(end: End, model: &Model, folder: &Path) -> Result<End> {
    let value = fingerprint::of_theta(&model.theta);
    if value == end.theta {
        return Ok(end);
    }
    let what = "the fingerprint of the winner, trained again".into();
    Err(Error::new(ErrorKind::CheckFailed { what, value, want: end.theta })
        .at(Place::file(folder.join(MODEL).display().to_string()))
        .hint("delete the folder and search anew"))
}

/// The best trial, if one has a score.
fn best(trials: &[Trial], by: By) -> Option<(&Trial, &Scored)> {
    match Trial::ranked(trials, by).first() {
        Some(trial) => match &trial.outcome {
            Outcome::Scored(scored) => Some((trial, scored)),
            Outcome::Failed(_) => None,
        },
        None => None,
    }
}

fn all_failed(trials: &[Trial]) -> Error {
    let reason = trials.iter().min_by_key(|t| t.trial).and_then(|t| t.failure()).unwrap_or_default();
    let reason = reason.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    let what = "the number of trials that could be judged".into();
    let want = format!("at least 1 of {}", trials.len());
    Error::new(ErrorKind::CheckFailed { what, value: "0".into(), want })
        .hint(format!("change the space; trial 1 failed because {reason}"))
}

/// The results as files.
fn write(tuning: &Tuning, folder: &Path) -> Result<()> {
    NewFile::write(&folder.join(TRIALS), tuning.csv().as_bytes())?;
    NewFile::write(&folder.join(BEST), tuning.toml().as_bytes())?;
    NewFile::write(&folder.join(TUNING), &json(tuning)?)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|e| Error::io("write JSON", &e.into()))?;
    text.push(b'\n');
    Ok(text)
}

/// What does not change while a search goes on.
struct Run<'a> {
    parts: &'a Parts,
    request: &'a Request<'a>,
    machine: Machine,
    planned: &'a Planned,
    stop: &'a (dyn Fn() -> bool + Sync),
}

/// What the threads of a search share.
struct Shared<'a, 'o> {
    journal: &'a mut Journal,
    observe: &'a mut (dyn FnMut(News<'_>) + Send + 'o),
    error: Option<Error>,
}

impl Run<'_> {
    /// Refuse a journal with lines that this search has not written: a rung begins when the one before is done, and
    /// the end comes when all are.
    fn check(&self, journal: &Journal) -> Result<()> {
        let mut jobs = Vec::new();
        let mut done = true;
        for rung in 1..=self.planned.rungs.len().max(1) {
            let now = self.jobs(rung, journal);
            done = now.iter().all(|j| journal.find(j.trial, j.rung).is_some());
            jobs.extend(now);
            if !done {
                break;
            }
        }
        for (at, t) in journal.trials.iter().enumerate() {
            let (trial, rung) = (t.trial, t.rung);
            let Some(job) = jobs.iter().find(|j| (j.trial, j.rung) == (trial, rung)) else {
                let why = format!("no trial {trial} of rung {rung} is due");
                return Err(journal.edited_trial(at, &why));
            };
            if t.flags != self.request.own_flags(&self.planned.points[job.at], job.epochs) {
                let why = format!("trial {trial} of rung {rung} has other settings");
                return Err(journal.edited_trial(at, &why));
            }
        }
        let winner = |end: &End| {
            best(&journal.trials, self.request.by)
                .is_some_and(|(t, s)| (t.trial, t.rung, s.score) == (end.trial, end.rung, end.score))
        };
        match &journal.end {
            Some(_) if !done => Err(journal.edited_end("it ends before all trials are done")),
            Some(end) if !winner(end) => Err(journal.edited_end("its winner is not its best trial")),
            _ => Ok(()),
        }
    }

    /// The trials of a rung: all of them on the first, then trial 1 and the best of the one before.
    fn jobs(&self, rung: usize, journal: &Journal) -> Vec<Job> {
        let round = self.planned.rungs.get(rung - 1);
        let epochs = round.map(|r| r.epochs);
        let trials: Vec<usize> = match round {
            Some(round) if rung > 1 => {
                let before: Vec<Trial> =
                    journal.trials.iter().filter(|t| t.rung == rung - 1).cloned().collect();
                let ranked = Trial::ranked(&before, self.request.by);
                let sound = ranked.into_iter().filter(|t| t.score().is_some()).map(|t| t.trial);
                let (first, others): (Vec<usize>, Vec<usize>) = sound.partition(|t| *t == DEFAULT_TRIAL);
                let mut trials: Vec<usize> =
                    first.into_iter().chain(others.into_iter().take(round.trials - 1)).collect();
                trials.sort_unstable();
                trials
            }
            _ => (1..=self.planned.points.len()).collect(),
        };
        trials.into_iter().map(|trial| Job { trial, rung, at: trial - 1, epochs }).collect()
    }

    /// Make all trials that are not done yet; whether that was possible before the stop.
    fn all(
        &self,
        jobs: &[Job],
        journal: &mut Journal,
        observe: &mut (dyn FnMut(News<'_>) + Send),
    ) -> Result<bool> {
        let left: Vec<&Job> = jobs.iter().filter(|j| journal.find(j.trial, j.rung).is_none()).collect();
        let workers = self.machine.threads.min(left.len()).max(1);
        let machine = Machine { threads: self.machine.threads / workers, ..self.machine };
        let stopped = AtomicBool::new(false);
        let shared = Mutex::new(Shared { journal, observe, error: None });
        let stop = || stopped.load(Ordering::Relaxed) || (self.stop)();
        crew::each(left.len(), workers, |i| {
            let begun = Instant::now();
            let made = if stop() { Ok(None) } else { self.one(left[i], machine, &stop) };
            let seconds = begun.elapsed().as_secs_f64();
            // A thread that panicked takes the whole search along.
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            match made.and_then(|made| self.keep(made, seconds, &mut shared)) {
                Ok(true) => return ControlFlow::Continue(()),
                Ok(false) => {}
                Err(e) => {
                    shared.error.get_or_insert(e);
                }
            }
            stopped.store(true, Ordering::Relaxed);
            ControlFlow::Break(())
        })?;
        let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        shared.error.map_or(Ok(!stopped.into_inner()), Err)
    }

    /// One trial; `None` if it was stopped.
    fn one(&self, job: &Job, machine: Machine, stop: &(dyn Fn() -> bool + Sync)) -> Result<Option<Trial>> {
        let Request { space, judge: how, by, ask, .. } = self.request;
        let point = &self.planned.points[job.at];
        let flags = self.request.own_flags(point, job.epochs);
        let asked = ask(&self.request.flags(&flags));
        let outcome = judge(&self.parts.rest, asked, *how, *by, machine, stop)?;
        let settings = space.named(point);
        Ok(outcome.map(|outcome| Trial { trial: job.trial, rung: job.rung, settings, flags, outcome }))
    }

    /// Keep and tell what was made; whether there was something.
    fn keep(&self, made: Option<Trial>, seconds: f64, shared: &mut Shared<'_, '_>) -> Result<bool> {
        let Some(trial) = made else { return Ok(false) };
        shared.journal.add(trial.clone(), seconds)?;
        (shared.observe)(News::Trial(&trial, self.progress(shared.journal)));
        Ok(true)
    }

    fn progress<'j>(&self, journal: &'j Journal) -> Progress<'j> {
        let rungs = &self.planned.rungs;
        let total =
            if rungs.is_empty() { self.planned.points.len() } else { rungs.iter().map(|r| r.trials).sum() };
        let done = journal.trials.len();
        let epochs = |rung: usize| rungs.get(rung - 1).map_or(1, |r| r.epochs);
        let work: u64 = journal.trials.iter().map(|t| epochs(t.rung)).sum();
        let all: u64 = match rungs.is_empty() {
            true => total as u64,
            false => rungs.iter().map(|r| r.trials as u64 * r.epochs).sum(),
        };
        let best = best(&journal.trials, self.request.by).map(|(trial, _)| trial);
        Progress { done, total, share: work as f64 / all as f64, best }
    }

    fn interrupted(&self, journal: &Journal) -> Found {
        let Progress { done, total, .. } = self.progress(journal);
        Found::Interrupted { done, total }
    }

    /// The winner, trained on all rows, and the flags that did it; `None` if it was stopped.
    fn again(&self, winner: &Trial, epochs: u64) -> Result<Option<(Model, Vec<Flag>)>> {
        let mut flags = self.request.flags(&winner.flags);
        set(&mut flags, "validation", "0".into());
        set(&mut flags, "epochs", epochs.to_string());
        let ask = (self.request.ask)(&flags)?;
        let stop = &mut |_: Event<'_>| if (self.stop)() { Control::Stop } else { Control::Continue };
        let model = fit(self.parts.rest.clone(), None, &ask, self.machine, stop)?.model;
        Ok((model.record.ending != Ending::Interrupted).then_some((model, flags)))
    }

    /// The winner's judgement.
    fn end(&self, winner: &Trial, score: f64, model: &Model, flags: Vec<Flag>) -> Result<End> {
        let judged = self.parts.test.clone().map(|t| model.evaluate(t, 0.5, Unseen::Other, self.machine));
        Ok(End {
            trial: winner.trial,
            rung: winner.rung,
            score,
            flags,
            epochs: model.record.epochs.len() as u64,
            shape: model.spec.shape(),
            theta: fingerprint::of_theta(&model.theta),
            test: judged.transpose()?.map(|j| j.judgement),
        })
    }

    /// The model's record as `ff train` writes it, with the judgement in its ledger.
    fn record(&self, model: &Model, end: &End) -> Result<Vec<u8>> {
        let mut ledger = Ledger::default();
        if let (Some(test), Some(judgement)) = (&self.parts.test, &end.test) {
            ledger.enter(Entry::new(fingerprint::of_table(test)?, &test.name, &model.theta, judgement));
        }
        json(&serde_json::json!({
            "model": MODEL,
            "record": model.record,
            "shape": end.shape,
            "parameters": model.spec.parameters(),
            "test": end.test,
            ledger::KEY: ledger,
        }))
    }

    fn tuning(&self, journal: Journal) -> Result<Tuning> {
        let Request { space, search, judge, by, seed, fixed, .. } = self.request;
        let Parts { rest, test } = self.parts;
        let mut trials = journal.trials;
        trials.sort_by_key(|t| (t.rung, t.trial));
        let winner = journal.end.unwrap_or_else(|| unreachable!("the journal was closed before"));
        Ok(Tuning {
            program: PROGRAM.into(),
            data: rest.name.clone(),
            rows: rest.rows,
            fingerprint: fingerprint::of_table(rest)?,
            test_rows: test.as_ref().map_or(0, |t| t.rows),
            test_fingerprint: test.as_ref().map(fingerprint::of_table).transpose()?,
            seed: *seed,
            search: *search,
            judge: *judge,
            by: *by,
            higher_is_better: by.prefers(1.0, 0.0),
            space: space.clone(),
            fixed: fixed.clone(),
            rungs: self.planned.rungs.clone(),
            trials,
            winner,
        })
    }
}
