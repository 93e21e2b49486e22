//! Threads that stay: they wait for work spinning, then sleeping, and end with their team.
//!
//! Work is divided over results, in pieces that depend on shapes alone; which thread computes a
//! piece changes no bit of it.
#![allow(unsafe_code, reason = "threads share borrowed work, and results are split among them")]

pub(crate) mod split;

use feedforward_base::{Error, Result};
use std::any::Any;
use std::cell::UnsafeCell;
use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Looks at a variable before a thread gives up its core: some tens of microseconds, longer than
/// the serial parts of a step.
const SPINS: u32 = 4_000;
/// The same for a team of more threads than the machine has cores, where a spinning thread keeps
/// a working one from its core.
const SPINS_CROWDED: u32 = 20;
/// Times a member yields after that, before it sleeps.
const YIELDS: u32 = 50;

type Work<'w> = dyn Fn(usize) + Sync + 'w;

/// What the threads of a team share.
struct Shared {
    /// The work of this turn; read by the members between the turn's start and their report.
    work: UnsafeCell<Option<*const Work<'static>>>,
    /// Counts the turns: a change is the sign to start.
    turn: AtomicUsize,
    /// Members that have not reported in this turn.
    busy: AtomicUsize,
    end: AtomicBool,
    /// The first panic of this turn.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// Looks at a variable before a waiting thread gives up its core.
    spins: u32,
}

// SAFETY: `work` is written only by the caller that holds the team's `serial` lock, while no member
// reads it: before the turn's start (Release on `turn`) and after all reports (Acquire on `busy`).
unsafe impl Sync for Shared {}
// SAFETY: the pointer in `work` is to something `Sync`.
unsafe impl Send for Shared {}

/// One spawned thread of a team.
struct Member {
    handle: JoinHandle<()>,
    asleep: Arc<AtomicBool>,
}

/// A fixed number of threads, the caller's among them.
pub struct Team {
    shared: Arc<Shared>,
    members: Vec<Member>,
    /// One piece of work at a time, also when several threads share the team.
    serial: Mutex<()>,
}

impl Team {
    /// The most threads of a team.
    pub const MAX_THREADS: usize = 1024;

    /// A team of `threads` threads: the caller's and `threads − 1` new ones.
    ///
    /// # Errors
    /// `BadValue` outside 1..=[`Team::MAX_THREADS`], `Io` if the system refuses a thread.
    pub fn new(threads: usize) -> Result<Team> {
        if threads == 0 || threads > Self::MAX_THREADS {
            let want = format!("a whole number from 1 to {}", Self::MAX_THREADS);
            return Err(Error::bad_value("threads", threads, want));
        }
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let shared = Arc::new(Shared {
            work: UnsafeCell::new(None),
            turn: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            end: AtomicBool::new(false),
            panic: Mutex::new(None),
            spins: if threads <= cores { SPINS } else { SPINS_CROWDED },
        });
        let mut team = Team { shared, members: Vec::with_capacity(threads - 1), serial: Mutex::new(()) };
        for index in 1..threads {
            let (shared, asleep) = (team.shared.clone(), Arc::new(AtomicBool::new(false)));
            let flag = asleep.clone();
            let handle = thread::Builder::new()
                .name(format!("ff-{index}"))
                .spawn(move || serve(&shared, &flag, index))
                .map_err(|e| Error::io("start a thread", &e).hint("ask for fewer threads"))?;
            team.members.push(Member { handle, asleep });
        }
        Ok(team)
    }
    /// Number of threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.members.len() + 1
    }
    /// Call `work(t)` once on every thread t = 0..threads (0 is the caller) and return when all are
    /// done. `work` must not call `run` of the same team.
    ///
    /// # Panics
    /// With the panic of `work`, when all threads are done.
    pub fn run(&self, work: &Work<'_>) {
        if self.members.is_empty() {
            return work(0);
        }
        let _serial = lock(&self.serial);
        self.start(work);
        let own = catch_unwind(AssertUnwindSafe(|| work(0)));
        wait(self.shared.spins, u32::MAX, || self.shared.busy.load(Acquire) == 0);
        let theirs = lock(&self.shared.panic).take();
        if let Some(panic) = own.err().or(theirs) {
            resume_unwind(panic);
        }
    }
    fn start(&self, work: &Work<'_>) {
        let work: *const Work<'_> = work;
        // SAFETY: only the lifetime changes; `run` returns after the last use, whatever panics.
        let work: *const Work<'static> = unsafe { std::mem::transmute(work) };
        // SAFETY: the `serial` lock is held and all members have reported: nobody reads.
        unsafe { *self.shared.work.get() = Some(work) };
        self.shared.busy.store(self.members.len(), Relaxed);
        // SeqCst pairs with `serve`: a member that goes to sleep either sees this turn, or is seen asleep.
        self.shared.turn.fetch_add(1, SeqCst);
        self.wake();
    }
    fn wake(&self) {
        for member in &self.members {
            if member.asleep.load(SeqCst) {
                member.handle.thread().unpark();
            }
        }
    }
    /// Divide pieces 0..`pieces` among the threads, a run of neighbours to each.
    pub(crate) fn share(&self, pieces: usize, work: &(impl Fn(usize) + Sync)) {
        let threads = self.threads();
        self.run(&|t| (pieces * t / threads..pieces * (t + 1) / threads).for_each(work));
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.end.store(true, SeqCst);
        self.shared.turn.fetch_add(1, SeqCst);
        for member in self.members.drain(..) {
            member.handle.thread().unpark();
            // A member catches the panics of its work, so there is none to report here.
            let _ = member.handle.join();
        }
    }
}

impl std::fmt::Debug for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Team({} threads)", self.threads())
    }
}

/// A member's life: one turn after another, until the team ends.
fn serve(shared: &Shared, asleep: &AtomicBool, index: usize) {
    for seen in 0_usize.. {
        let started = || shared.turn.load(Acquire) != seen;
        if !wait(shared.spins, YIELDS, started) {
            asleep.store(true, SeqCst);
            while shared.turn.load(SeqCst) == seen {
                thread::park();
            }
            asleep.store(false, SeqCst);
        }
        if shared.end.load(SeqCst) {
            return;
        }
        // SAFETY: `turn` has changed: the work was written before, and is written again only after
        // this member's report below; `run` keeps what it points to alive until then.
        let work = unsafe { (*shared.work.get()).map(|work| &*work) };
        if let Some(work) = work
            && let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(index)))
        {
            lock(&shared.panic).get_or_insert(panic);
        }
        shared.busy.fetch_sub(1, Release);
    }
}

/// Wait for `ready`: spinning, then yielding up to `yields` times. Whether it came true.
fn wait(spins: u32, yields: u32, ready: impl Fn() -> bool) -> bool {
    for _ in 0..spins {
        if ready() {
            return true;
        }
        hint::spin_loop();
    }
    for _ in 0..yields {
        if ready() {
            return true;
        }
        thread::yield_now();
    }
    ready()
}

/// The lock; what it guards is sound even if a thread panicked while it held it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_works_once_a_turn() {
        for threads in [1, 2, 3, 7] {
            let team = Team::new(threads).unwrap();
            let counts: Vec<AtomicUsize> = (0..threads).map(|_| AtomicUsize::new(0)).collect();
            for _ in 0..500 {
                team.run(&|t| {
                    counts[t].fetch_add(1, Relaxed);
                });
            }
            assert!(counts.iter().all(|c| c.load(Relaxed) == 500));
        }
    }

    #[test]
    fn pieces_are_shared_without_gap_or_overlap() {
        let team = Team::new(3).unwrap();
        for pieces in [0, 1, 2, 3, 10, 100] {
            let counts: Vec<AtomicUsize> = (0..pieces).map(|_| AtomicUsize::new(0)).collect();
            team.share(pieces, &|p| {
                counts[p].fetch_add(1, Relaxed);
            });
            assert!(counts.iter().all(|c| c.load(Relaxed) == 1));
        }
    }

    #[test]
    fn sleeping_members_wake() {
        let team = Team::new(2).unwrap();
        let count = AtomicUsize::new(0);
        for _ in 0..3 {
            thread::sleep(std::time::Duration::from_millis(20));
            team.run(&|_| {
                count.fetch_add(1, Relaxed);
            });
        }
        assert_eq!(count.load(Relaxed), 6);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_lives_on() {
        let team = Team::new(3).unwrap();
        for bad in 0..3 {
            let caught = catch_unwind(AssertUnwindSafe(|| team.run(&|t| assert!(t != bad, "thread {t}"))));
            let message = caught.unwrap_err();
            assert_eq!(message.downcast_ref::<String>().unwrap(), &format!("thread {bad}"));
        }
        team.run(&|_| {});
    }

    #[test]
    fn callers_take_turns() {
        let team = Team::new(2).unwrap();
        let count = AtomicUsize::new(0);
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    for _ in 0..100 {
                        team.run(&|_| {
                            count.fetch_add(1, Relaxed);
                        });
                    }
                });
            }
        });
        assert_eq!(count.load(Relaxed), 400);
    }

    #[test]
    fn an_impossible_number_of_threads_is_refused() {
        assert!(Team::new(0).is_err());
        assert!(Team::new(usize::MAX).is_err());
    }
}
