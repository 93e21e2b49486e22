//! Many trainings, several at a time, with news of how many are done.

use feedforward_base::{Result, crew};
use std::sync::atomic::{AtomicUsize, Ordering};

/// News of a crew: trainings that are done, and all of them.
pub type Tell<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// As [`crew::gather`]; `tell` hears of each training that is done.
///
/// # Errors
/// As [`crew::gather`].
pub fn side_by_side<T: Send>(
    jobs: usize,
    threads: usize,
    tell: Tell<'_>,
    job: &(dyn Fn(usize) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let done = AtomicUsize::new(0);
    crew::gather(jobs, threads, |i| {
        let result = job(i);
        tell(done.fetch_add(1, Ordering::SeqCst) + 1, jobs);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_training_is_told() {
        let told = AtomicUsize::new(0);
        let tell = |done: usize, all: usize| {
            assert!((1..=20).contains(&done) && all == 20);
            told.fetch_add(1, Ordering::SeqCst);
        };
        assert_eq!(side_by_side(20, 3, &tell, &Ok).unwrap(), (0..20).collect::<Vec<_>>());
        assert_eq!(told.into_inner(), 20);
    }
}
