//! Many trainings, several at a time.

use feedforward_base::{Error, Result};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// News of a crew: trainings that are done, and all of them.
pub type Tell<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The results of `jobs` trainings in their order, at most `threads` at a time. `tell` hears of each that is done.
///
/// # Errors
/// That of the first training, by number, that fails; those after it may be left out.
pub fn side_by_side<T: Send>(
    jobs: usize,
    threads: usize,
    tell: Tell<'_>,
    job: &(dyn Fn(usize) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let found: Mutex<Vec<(usize, Result<T>)>> = Mutex::new(Vec::with_capacity(jobs));
    let work = || {
        while !failed.load(Ordering::SeqCst) {
            // Numbers are given out in order: all before one that fails have been begun, and will end.
            let i = next.fetch_add(1, Ordering::SeqCst);
            if i >= jobs {
                return;
            }
            let result = job(i);
            failed.fetch_or(result.is_err(), Ordering::SeqCst);
            found.lock().unwrap_or_else(PoisonError::into_inner).push((i, result));
            tell(done.fetch_add(1, Ordering::SeqCst) + 1, jobs);
        }
    };
    std::thread::scope(|scope| {
        let crew = (1..threads.min(jobs)).map(|_| scope.spawn(work)).collect::<Vec<_>>();
        work();
        for one in crew {
            if let Err(panic) = one.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(i, _)| *i);
    found.into_iter().map(|(_, result)| result).collect::<std::result::Result<Vec<T>, Error>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 3, 50] {
            let told = AtomicUsize::new(0);
            let tell = |_: usize, all: usize| {
                told.fetch_add(1, Ordering::SeqCst);
                assert_eq!(all, 20);
            };
            let all = side_by_side(20, threads, &tell, &|i| Ok(i * i)).unwrap();
            assert_eq!((all, told.into_inner()), ((0..20).map(|i| i * i).collect(), 20));
        }
        assert_eq!(side_by_side(0, 2, &|_, _| {}, &Ok).unwrap(), [0; 0]);
    }

    #[test]
    fn the_first_failure_is_told() {
        let job = |i: usize| if i % 3 == 2 { Err(Error::bad_value("the job", i, "another")) } else { Ok(i) };
        for threads in [1, 2, 4] {
            let e = side_by_side(40, threads, &|_, _| {}, &job).unwrap_err();
            assert!(e.to_string().starts_with("the job is `2`"), "{e}");
        }
    }
}
