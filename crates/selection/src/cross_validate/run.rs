//! Rounds side by side: one thread takes one round after another, and nothing depends on who takes which.

use super::{Fold, News};
use crate::folds::Round;
use feedforward_base::{Result, crew};
use feedforward_training::{Control, Event};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

type Observe<'o> = &'o mut (dyn FnMut(News<'_>) -> Control + Send);

/// What the threads share.
struct Shared<'o> {
    observe: Mutex<Observe<'o>>,
    rounds: usize,
    /// The first round that failed; later ones need not be done.
    failed: AtomicUsize,
    /// Whether the listener said stop.
    stopped: AtomicBool,
}

/// Do all rounds by `one`, which gets a round and a number of threads and returns `None` if it was told to stop. The
/// folds that are done, in order.
///
/// # Errors
/// The first round's in order that failed; threads that the system refuses.
pub(super) fn side_by_side(
    rounds: &[Round],
    threads: usize,
    one: impl Fn(&Round, usize, &mut dyn FnMut(Event<'_>) -> Control) -> Result<Option<Fold>> + Sync,
    observe: Observe<'_>,
) -> Result<Vec<Fold>> {
    let workers = threads.min(rounds.len()).max(1);
    let shared = Shared {
        observe: Mutex::new(observe),
        rounds: rounds.len(),
        failed: AtomicUsize::new(usize::MAX),
        stopped: AtomicBool::new(false),
    };
    let done = crew::gather(rounds.len(), workers, |i| {
        if shared.is_over(i) {
            return Ok(None);
        }
        let result = one(&rounds[i], threads / workers, &mut |event| shared.tell(i, event));
        match &result {
            Ok(Some(fold)) => shared.judged(i, fold),
            Ok(None) => {}
            Err(_) => {
                shared.failed.fetch_min(i, Ordering::SeqCst);
            }
        }
        result
    })?;
    Ok(done.into_iter().flatten().collect())
}

impl<'o> Shared<'o> {
    /// Whether what round `i` finds is of no use any more.
    fn is_over(&self, i: usize) -> bool {
        self.stopped.load(Ordering::SeqCst) || self.failed.load(Ordering::SeqCst) < i
    }
    fn tell(&self, round: usize, event: Event<'_>) -> Control {
        if self.is_over(round) {
            return Control::Stop;
        }
        // A step may take less time than waiting for another fold's news does.
        let observe = match event {
            Event::Step { .. } => self.observe.try_lock().ok(),
            _ => Some(self.lock()),
        };
        let Some(mut observe) = observe else { return Control::Continue };
        let answer = observe(News::Training { round, rounds: self.rounds, event });
        self.heed(answer);
        answer
    }
    fn judged(&self, round: usize, fold: &Fold) {
        let answer = self.lock()(News::Judged { round, rounds: self.rounds, fold });
        self.heed(answer);
    }
    fn heed(&self, answer: Control) {
        if answer == Control::Stop {
            self.stopped.store(true, Ordering::SeqCst);
        }
    }
    /// After a panic of another fold, which is passed on when all have ended, news can still be told.
    fn lock(&self) -> MutexGuard<'_, Observe<'o>> {
        self.observe.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
