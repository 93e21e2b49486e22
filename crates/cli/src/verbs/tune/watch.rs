//! How far a search is, on standard error.

use super::text;
use crate::progress::{duration, notes, style};
use crate::tell::tell;
use feedforward::selection::tune::{By, News, Outcome, Progress, Request, Trial};
use indicatif::ProgressBar;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

const SEARCHING: &str = "{wide_msg}\n{bar:40} {pos}/{len} trials{prefix}";

/// Watches a search.
pub(super) struct Watch {
    quiet: bool,
    by: By,
    halving: bool,
    begun: Instant,
    /// The share of the work that an earlier process did.
    before: f64,
    bar: Option<ProgressBar>,
}

impl Watch {
    /// Before the search.
    pub(super) fn new(request: &Request<'_>, quiet: bool) -> Self {
        let halving = request.search == feedforward::selection::tune::Search::Halving;
        Watch { quiet, by: request.by, halving, begun: Instant::now(), before: 0.0, bar: None }
    }

    /// News of the search.
    pub(super) fn tell(&mut self, news: News<'_>) {
        if self.quiet {
            return;
        }
        match news {
            News::Begin(planned, progress) => {
                notes(&planned.chosen.notes, false);
                match progress.done {
                    0 => tell!("{} trials; once interrupted, the same command goes on", progress.total),
                    done => tell!("{} trials, {done} of which were made before", progress.total),
                }
                self.before = progress.share;
                self.begun = Instant::now();
                if stderr().is_terminal() {
                    let bar = ProgressBar::new(progress.total as u64).with_style(style(SEARCHING));
                    bar.enable_steady_tick(Duration::from_millis(200));
                    bar.set_position(progress.done as u64);
                    self.bar = Some(bar);
                }
            }
            News::Trial(trial, progress) => self.trial(trial, &progress),
            News::Winner(winner) => {
                let line = format!("trial {} is trained again on all rows", winner.trial);
                match &self.bar {
                    Some(bar) => bar.set_message(line),
                    None => tell!("{line}"),
                }
            }
        }
    }

    fn trial(&self, trial: &Trial, progress: &Progress<'_>) {
        let best = progress.best.and_then(|best| Some((best, best.score()?)));
        let left = self.left(progress.share);
        if let Some(bar) = &self.bar {
            if let Some((best, score)) = best {
                let settings = text::flags(&best.flags);
                bar.set_message(format!(
                    "best so far: {} {score:.4}, trial {}:{settings}",
                    self.by, best.trial
                ));
            }
            bar.set_prefix(left);
            bar.set_position(progress.done as u64);
            return;
        }
        let rung = if self.halving { format!(", rung {}", trial.rung) } else { String::new() };
        let what = match &trial.outcome {
            Outcome::Scored(scored) => {
                format!("{} {:.4}{}", self.by, scored.score, text::flags(&trial.flags))
            }
            Outcome::Failed(why) => format!("failed: {}", why.lines().next().unwrap_or_default()),
        };
        let best =
            best.map(|(best, score)| format!("; best {score:.4}, trial {}", best.trial)).unwrap_or_default();
        let (done, total) = (progress.done, progress.total);
        tell!("{done}/{total} trial {}{rung}: {what}{best}{left}", trial.trial);
    }

    /// `, 12 s left`, once there is something to go by.
    fn left(&self, share: f64) -> String {
        let (done, left) = (share - self.before, 1.0 - share);
        let spent = self.begun.elapsed();
        if spent < Duration::from_secs(1) || done <= 0.0 || left <= 0.0 {
            return String::new();
        }
        format!(", about {} left", duration(spent.mul_f64(left / done)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid() {
        assert!(indicatif::ProgressStyle::with_template(SEARCHING).is_ok());
    }
}
