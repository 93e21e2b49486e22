//! Jobs side by side: each thread takes one job after another. Who takes which changes no result.

use crate::{Error, Result};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Do jobs 0 .. `jobs`, begun in this order, on at most `threads` threads, this one among them. After a `Break` no
/// further job is begun.
///
/// # Errors
/// Threads that the system refuses.
///
/// # Panics
/// As a job does, when all have ended.
pub fn each(jobs: usize, threads: usize, job: impl Fn(usize) -> ControlFlow<()> + Sync) -> Result<()> {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        while !over.load(Ordering::SeqCst) {
            let i = next.fetch_add(1, Ordering::SeqCst);
            if i >= jobs {
                return;
            }
            over.fetch_or(job(i).is_break(), Ordering::SeqCst);
        }
    };
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, work);
        let others: Vec<_> =
            (1..threads.min(jobs)).map(start).collect::<std::io::Result<_>>().map_err(|e| {
                over.store(true, Ordering::SeqCst);
                Error::io("start a thread", &e).hint("ask for fewer with --threads")
            })?;
        work();
        for other in others {
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        Ok(())
    })
}

/// The results of jobs 0 .. `jobs` in their order, on at most `threads` threads.
///
/// # Errors
/// That of the first job, by number, that fails; later ones may be left out. Threads that the system refuses.
pub fn gather<T: Send>(
    jobs: usize,
    threads: usize,
    job: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let found = Mutex::new(Vec::with_capacity(jobs));
    each(jobs, threads, |i| {
        let result = job(i);
        let failed = result.is_err();
        found.lock().unwrap_or_else(PoisonError::into_inner).push((i, result));
        // All jobs before this one have been begun, and will end.
        if failed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(i, _)| *i);
    found.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [0, 1, 2, 3, 50] {
            assert_eq!(
                gather(20, threads, |i| Ok(i * i)).unwrap(),
                (0..20).map(|i| i * i).collect::<Vec<_>>()
            );
        }
        assert_eq!(gather(0, 2, Ok).unwrap(), [0; 0]);
    }

    #[test]
    fn the_first_failure_is_told() {
        let job = |i: usize| if i % 3 == 2 { Err(Error::bad_value("the job", i, "another")) } else { Ok(i) };
        for threads in [1, 2, 4] {
            let e = gather(40, threads, job).unwrap_err();
            assert!(e.to_string().starts_with("the job is `2`"), "{e}");
        }
    }

    #[test]
    fn after_a_break_no_job_is_begun() {
        let begun = AtomicUsize::new(0);
        let job = |i| {
            begun.fetch_add(1, Ordering::SeqCst);
            if i == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        each(1_000_000, 1, job).unwrap();
        assert_eq!(begun.into_inner(), 4);
    }

    #[test]
    #[should_panic(expected = "job 5")]
    fn a_panic_is_passed_on() {
        let _ = each(10, 3, |i| if i == 5 { panic!("job {i}") } else { ControlFlow::Continue(()) });
    }
}
