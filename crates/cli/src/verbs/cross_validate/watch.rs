//! Progress of folds, several of which may be under way.

use crate::progress::{self, LINE_EVERY, epoch_line, style};
use crate::tell::tell;
use feedforward::selection::{Fold, How, News};
use feedforward::training::metric::Kind;
use feedforward::training::{Control, Event, Metric};
use indicatif::ProgressBar;
use std::io::{IsTerminal, stderr};
use std::time::Instant;

const BAR: &str = "{msg} {wide_bar} at most {eta} left";
/// Ticks of the bar per fold: epochs differ in number from fold to fold.
const TICKS: u64 = 1_000;

/// Watches a cross-validation.
pub(super) struct Watch {
    quiet: bool,
    bar: Option<ProgressBar>,
    /// For each round the epochs that it has at most.
    epochs: Vec<u64>,
    /// For each round how far it is, in ticks.
    done: Vec<u64>,
    judged: usize,
    last_line: Instant,
}

impl Watch {
    /// Before the folds.
    pub(super) fn new(how: &How, quiet: bool) -> Self {
        progress::listen_for_interrupts();
        let rounds = how.folds.saturating_mul(how.repeats);
        let bar = (!quiet && stderr().is_terminal())
            .then(|| ProgressBar::new((rounds as u64).saturating_mul(TICKS)).with_style(style(BAR)));
        Watch { quiet, bar, epochs: Vec::new(), done: Vec::new(), judged: 0, last_line: Instant::now() }
    }

    /// News of the folds; the answer is to stop once Ctrl-C was pressed.
    pub(super) fn tell(&mut self, news: &News<'_>) -> Control {
        match news {
            News::Training { round, rounds, event } => {
                self.epochs.resize(*rounds, 1);
                self.done.resize(*rounds, 0);
                self.training(*round, *rounds, event);
            }
            News::Judged { round, rounds, fold } => {
                self.judged += 1;
                self.done[*round] = TICKS;
                self.line(true, || format!("fold {} of {rounds}: {}", round + 1, judged_line(fold)));
                self.show(*rounds);
            }
        }
        if progress::interrupted() { Control::Stop } else { Control::Continue }
    }

    fn training(&mut self, round: usize, rounds: usize, event: &Event<'_>) {
        match event {
            Event::Start(chosen) => self.epochs[round] = chosen.regime.epochs.max(1),
            Event::Refit { epochs, .. } => self.epochs[round] = *epochs,
            Event::Epoch(record) => {
                let most = self.epochs[round];
                self.done[round] = (record.epoch * TICKS / most).min(TICKS);
                let text =
                    || format!("fold {} of {rounds}, {}", round + 1, epoch_line(record, most, "score"));
                self.line(false, text);
                self.show(rounds);
            }
            _ => {}
        }
    }

    /// A line where there is no terminal: always, or when there was none for a while.
    fn line(&mut self, always: bool, text: impl FnOnce() -> String) {
        if !self.quiet && self.bar.is_none() && (always || self.last_line.elapsed() >= LINE_EVERY) {
            self.last_line = Instant::now();
            tell!("{}", text());
        }
    }

    fn show(&self, rounds: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} of {rounds} folds", self.judged));
            bar.set_position(self.done.iter().sum());
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The score that progress shows.
fn judged_line(fold: &Fold) -> String {
    let metric = match fold.judgement.kind() {
        Kind::Classes => Metric::Accuracy,
        Kind::Numbers => Metric::R2,
    };
    match fold.judgement.value(metric) {
        Some(value) => format!("{} {value:.4}", metric.about().title),
        None => format!("{} is not defined", metric.about().title),
    }
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    #[test]
    fn the_template_is_valid() {
        assert!(ProgressStyle::with_template(super::BAR).is_ok());
    }
}
