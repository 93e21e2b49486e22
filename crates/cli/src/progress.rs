//! Progress on standard error: a bar on a terminal, a line now and then otherwise; and Ctrl-C.

use crate::tell::tell;
use crate::words::counted;
use feedforward::data::prepare::Target;
use feedforward::data::source::Progress;
use feedforward::plain::plain;
use feedforward::training::Warning;
use feedforward::training::choose::Chosen;
use feedforward::training::event::{Control, EpochRecord, Event};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Display;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A wait shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines where there is no terminal.
pub(crate) const LINE_EVERY: Duration = Duration::from_secs(10);
/// Lines after the first epoch's where there is no terminal and epochs are short.
const LINES: u64 = 19;

/// The bars.
const READING: &str = "reading {msg} {wide_bar} {bytes}/{total_bytes}, {eta} left";
const TRAININGS: &str = "{pos} of {len} networks {wide_bar} {eta} left";
const TRAINING: &str = "{msg} {wide_bar} {rows_per_second} rows/s, at most {eta} left";

/// Write the notes of a run to standard error.
pub(crate) fn notes(notes: &[impl Display], quiet: bool) {
    if !quiet {
        notes.iter().for_each(|n| tell!("note: {}", plain(&n.to_string())));
    }
}

/// How far a file is read.
pub(crate) struct ReadingBar {
    name: String,
    begun: Instant,
    bar: Option<ProgressBar>,
    shown: bool,
}

impl ReadingBar {
    /// Before the first byte; nothing is shown for a second.
    pub(crate) fn new(name: &str, quiet: bool) -> Self {
        ReadingBar {
            name: name.into(),
            begun: Instant::now(),
            bar: None,
            shown: !quiet && stderr().is_terminal(),
        }
    }
    /// News of the reader.
    pub(crate) fn tell(&mut self, progress: Progress) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let name = &self.name;
        let bar = self.bar.get_or_insert_with(|| match progress.total {
            Some(total) => ProgressBar::new(total).with_style(style(READING)).with_message(name.clone()),
            None => {
                ProgressBar::no_length().with_style(style("reading {msg} {bytes}")).with_message(name.clone())
            }
        });
        bar.set_position(progress.done);
    }
}

impl Drop for ReadingBar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A style from one of this file's templates; without a valid one indicatif's own is used.
pub(crate) fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// How many of an experiment's networks are trained; several threads may tell.
pub(crate) struct Trainings {
    quiet: bool,
    begun: Instant,
    bar: OnceLock<ProgressBar>,
    last_line: Mutex<Instant>,
}

impl Trainings {
    /// Before the first; nothing is shown for a second.
    pub(crate) fn new(quiet: bool) -> Self {
        let begun = Instant::now();
        Trainings { quiet, begun, bar: OnceLock::new(), last_line: Mutex::new(begun) }
    }
    /// `done` of `all` are trained.
    pub(crate) fn tell(&self, done: usize, all: usize) {
        if self.quiet || self.begun.elapsed() < PATIENCE {
            return;
        }
        if stderr().is_terminal() {
            let new = || ProgressBar::new(all as u64).with_style(style(TRAININGS));
            self.bar.get_or_init(new).set_position(done as u64);
            return;
        }
        let mut last = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            tell!("{done} of {all} networks trained");
        }
    }
}

impl Drop for Trainings {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

/// Whether Ctrl-C was pressed in this process.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C asks the run to end after its step, and the second ends the process.
pub(crate) fn listen_for_interrupts() {
    let set = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    });
    if let Err(e) = set {
        tell!("note: Ctrl-C will end the run without saving the model ({e})");
    }
}

/// Whether Ctrl-C was pressed.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Watches a training run.
pub(crate) struct Watch {
    quiet: bool,
    run: Option<Run>,
}

/// What is known once a run has begun.
struct Run {
    begun: Instant,
    rows: u64,
    epochs: u64,
    batch: u64,
    score: &'static str,
    bar: Option<ProgressBar>,
    last_line: Instant,
    /// Rows that were done when this process began: a run may go on where another has ended.
    before: Option<u64>,
    /// What the bar says of the last epoch.
    last_epoch: String,
}

impl Watch {
    /// Before the run.
    pub(crate) fn new(quiet: bool) -> Self {
        Watch { quiet, run: None }
    }
    /// News of the run; the answer is to stop once Ctrl-C was pressed.
    pub(crate) fn tell(&mut self, event: &Event<'_>) -> Control {
        match event {
            Event::Start(chosen) => {
                listen_for_interrupts();
                self.run = Some(Run::new(chosen, self.quiet));
            }
            Event::Step { epoch, step, steps, loss } => {
                if let Some(run) = &mut self.run {
                    run.step((*epoch, *step, *steps), *loss, self.quiet);
                }
            }
            Event::Epoch(record) => {
                if let Some(run) = &mut self.run {
                    run.epoch(record, self.quiet);
                }
            }
            Event::Resume { passed, next } => {
                notes(passed, self.quiet);
                if let (Some((epoch, step)), false) = (next, self.quiet) {
                    tell!("going on in epoch {epoch}, step {step}");
                }
            }
            Event::Warning(warning) => self.warn(warning),
            Event::Refit { rows, epochs } => {
                if let Some(run) = &mut self.run {
                    run.refit(*rows as u64, *epochs, self.quiet);
                }
            }
        }
        if interrupted() { Control::Stop } else { Control::Continue }
    }
}

impl Watch {
    /// A line of its own, above the bar if there is one.
    fn warn(&self, warning: &Warning) {
        if self.quiet {
            return;
        }
        let line = || tell!("warning: {}", plain(&warning.to_string()));
        match self.run.as_ref().and_then(|run| run.bar.as_ref()) {
            Some(bar) => bar.suspend(line),
            None => line(),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Run {
    fn new(chosen: &Chosen, quiet: bool) -> Self {
        let rows = match chosen.folds {
            0 => chosen.train_rows,
            // A row teaches in all folds but one.
            k => (chosen.train_rows + chosen.valid_rows) * (k - 1),
        } as u64;
        let epochs = chosen.regime.epochs;
        let bar = (!quiet && stderr().is_terminal()).then(|| {
            ProgressBar::new(rows.saturating_mul(epochs)).with_style(style(TRAINING).with_key(
                "rows_per_second",
                |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    // A bar that cannot be written to is no reason to stop.
                    let _ = write!(out, "{:.0}", state.per_sec());
                },
            ))
        });
        let score = match chosen.preparation.target {
            Target::Classes { .. } => "accuracy",
            Target::Numbers { .. } => "R²",
        };
        let now = Instant::now();
        Run {
            begun: now,
            rows,
            epochs,
            batch: chosen.regime.batch_size as u64,
            score,
            bar,
            last_line: now,
            before: None,
            last_epoch: String::new(),
        }
    }

    /// The last training begins, on all rows.
    fn refit(&mut self, rows: u64, epochs: u64, quiet: bool) {
        (self.begun, self.rows, self.epochs) = (Instant::now(), rows, epochs);
        self.before = None;
        self.last_epoch = " on all rows".into();
        if let Some(bar) = &self.bar {
            bar.reset();
            bar.set_length(rows.saturating_mul(epochs));
        } else if !quiet {
            tell!("the number of epochs is known; now all {}", counted(rows as usize, "row"));
        }
    }

    fn step(&mut self, (epoch, step, steps): (u64, u64, u64), loss: f64, quiet: bool) {
        let done = (epoch - 1) * self.rows + (step * self.batch).min(self.rows);
        self.before.get_or_insert(done.saturating_sub(self.batch));
        if let Some(bar) = &self.bar {
            // The bar draws itself a few times a second; formatting its text more often would cost more.
            if step == 1 || step.is_multiple_of(steps.div_ceil(20)) {
                bar.set_message(format!("epoch {epoch}/{} loss {loss:.4}{}", self.epochs, self.last_epoch));
            }
            bar.set_position(done);
        } else if !quiet && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let left = self.left(done);
            tell!("epoch {epoch}/{}, step {step}/{steps}: loss {loss:.4}{left}", self.epochs);
        }
    }

    fn epoch(&mut self, record: &EpochRecord, quiet: bool) {
        let epoch = record.epoch;
        if let Some(value) = record.valid_score {
            self.last_epoch = format!(", {} {value:.4}", self.score);
        }
        let line = |n: u64| n * LINES / self.epochs;
        if quiet || self.bar.is_some() || (epoch > 1 && line(epoch) == line(epoch - 1)) {
            return;
        }
        self.last_line = Instant::now();
        tell!("{}{}", epoch_line(record, self.epochs, self.score), self.left(epoch * self.rows));
    }

    /// `, 12 s left`, once there is something to go by.
    fn left(&self, done: u64) -> String {
        let spent = self.begun.elapsed();
        let all = self.rows.saturating_mul(self.epochs);
        let own = done.saturating_sub(self.before.unwrap_or(0));
        if spent < PATIENCE || own == 0 || done >= all {
            return String::new();
        }
        let left = spent.as_secs_f64() * (all - done) as f64 / own as f64;
        format!(", {} left at most", duration(Duration::from_secs_f64(left)))
    }
}

/// `epoch 3/20: loss 0.1234, validation loss 0.2345, accuracy 0.9321`.
pub(crate) fn epoch_line(record: &EpochRecord, epochs: u64, score: &str) -> String {
    let mut line = format!("epoch {}/{epochs}: loss {:.4}", record.epoch, record.train_loss);
    if let Some(loss) = record.valid_loss {
        line.push_str(&format!(", validation loss {loss:.4}"));
    }
    if let Some(value) = record.valid_score {
        line.push_str(&format!(", {score} {value:.4}"));
    }
    line
}

/// `0.44 s`, `4.2 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{:.2} s", time.as_secs_f64()),
        1..10 => format!("{:.1} s", time.as_secs_f64()),
        s @ 10..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min {} s", s / 60, s % 60),
        s => format!("{} h {} min", s / 3600, s % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        let text = |s| duration(Duration::from_secs_f64(s));
        assert_eq!(
            [text(0.44), text(12.9), text(200.0), text(7500.0)],
            ["0.44 s", "12 s", "3 min 20 s", "2 h 5 min"]
        );
    }

    #[test]
    fn an_epoch_in_one_line() {
        let record = EpochRecord {
            epoch: 3,
            train_loss: 0.123_44,
            valid_loss: Some(0.5),
            valid_score: Some(0.75),
            learning_rate: 0.1,
            best: true,
            theta: String::new(),
        };
        let want = "epoch 3/20: loss 0.1234, validation loss 0.5000, accuracy 0.7500";
        assert_eq!(epoch_line(&record, 20, "accuracy"), want);
    }

    #[test]
    fn templates_are_valid() {
        for template in [READING, TRAINING, TRAININGS] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
