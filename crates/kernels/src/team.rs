//! Threads that stay: they wait for work spinning, then sleeping, and end with their team.
//!
//! Work is divided over results, in pieces that depend on shapes alone; which thread computes a
//! piece changes no bit of it. So the threads divide the pieces themselves while they work: each
//! takes those of its own share first, then what is left of the others'. A thread that the system
//! runs late, or not at all, delays nobody: the others take its share.
#![allow(unsafe_code, reason = "threads share borrowed work, and results are split among them")]

pub(crate) mod split;

use feedforward_base::{Error, Result};
use std::any::Any;
use std::cell::UnsafeCell;
use std::hint;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};

/// Looks at a variable before a thread gives up its core: some tens of microseconds, longer than
/// the serial parts of a step.
const SPINS: u32 = 4_000;
/// The same for a team of more threads than the machine has cores, where a spinning thread keeps
/// a working one from its core.
const SPINS_CROWDED: u32 = 20;
/// Times a thread yields after that, before it sleeps.
const YIELDS: u32 = 50;
/// Floating-point operations that the caller does without the sleeping members before it wakes
/// them: about as long as a wake takes.
const WAKE_FLOPS: usize = 2_000_000;

/// The parts of [`Shared::gate`]: members at work now, ...
const COUNT: usize = (1 << 11) - 1;
/// ... whether more may join, ...
const OPEN: usize = 1 << 11;
/// ... whether the caller sleeps until the last of them leaves, ...
const AWAITED: usize = 1 << 12;
/// ... whether the team ends, and above that the number of the turn.
const END: usize = 1 << 13;
const TURN: usize = 1 << 14;

type Work<'w> = dyn Fn(usize) + Sync + 'w;

/// The work of a turn.
#[derive(Clone, Copy)]
struct Region {
    work: *const Work<'static>,
    pieces: usize,
}

/// The next piece of a thread's share; alone in its cache lines.
#[repr(align(128))]
struct Next(AtomicUsize);

/// What the threads of a team share.
struct Shared {
    /// Who may read `region` and take pieces: the only thing that members at rest look at.
    gate: AtomicUsize,
    /// The work of this turn. The caller writes it while the gate is closed and nobody is counted;
    /// a member reads it while it is counted.
    region: UnsafeCell<Option<Region>>,
    /// One per thread, the caller's first.
    next: Vec<Next>,
    /// The first panic of this turn. Also guards the caller's sleep.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// The last member has left an awaited turn.
    left: Condvar,
    /// Looks at a variable before a waiting thread gives up its core.
    spins: u32,
}

// SAFETY: `region` is written only by the caller that holds the team's `serial` lock, at a time when
// no member is counted and the gate is closed, so that none can be; see `Shared::enter`.
unsafe impl Sync for Shared {}
// SAFETY: the pointer in `region` is to something `Sync`.
unsafe impl Send for Shared {}

/// One spawned thread of a team.
struct Member {
    handle: JoinHandle<()>,
    asleep: Arc<AtomicBool>,
}

impl Member {
    fn wake(&self) {
        if self.asleep.swap(false, SeqCst) {
            self.handle.thread().unpark();
        }
    }
}

/// A fixed number of threads, the caller's among them.
pub struct Team {
    shared: Arc<Shared>,
    members: Vec<Member>,
    /// One piece of work at a time, also when several threads share the team. In it the
    /// floating-point operations that were begun while members slept.
    serial: Mutex<usize>,
}

/// A team that is asked to share work of about so many floating-point operations.
#[derive(Clone, Copy)]
pub(crate) struct Hands<'a> {
    pub(crate) team: &'a Team,
    pub(crate) flops: usize,
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
            gate: AtomicUsize::new(0),
            region: UnsafeCell::new(None),
            next: (0..threads).map(|_| Next(AtomicUsize::new(0))).collect(),
            panic: Mutex::new(None),
            left: Condvar::new(),
            spins: if threads <= cores { SPINS } else { SPINS_CROWDED },
        });
        let mut team = Team { shared, members: Vec::with_capacity(threads - 1), serial: Mutex::new(0) };
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
    /// Call `work(i)` once for each piece i = 0..`pieces` and return when all are done. The whole is
    /// about `flops` floating-point operations: sleeping members are woken for what is worth it.
    /// While the team has other work, the caller does its own alone.
    ///
    /// # Panics
    /// With a panic of `work`, when no thread works any more; some pieces may then be left out.
    pub fn share(&self, pieces: usize, flops: usize, work: &Work<'_>) {
        let lone = || (0..pieces).for_each(work);
        if pieces < 2 || self.members.is_empty() {
            return lone();
        }
        let mut alone = match self.serial.try_lock() {
            Ok(alone) => alone,
            // No panic passes while the lock is held, and a number is sound after one.
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            Err(TryLockError::WouldBlock) => return lone(),
        };
        self.shared.open(pieces, work);
        self.wake(pieces, flops, &mut alone);
        let own = catch_unwind(AssertUnwindSafe(|| self.shared.pieces_of(0, pieces, work)));
        self.shared.close();
        let theirs = lock(&self.shared.panic).take();
        drop(alone);
        if let Some(panic) = own.err().or(theirs) {
            resume_unwind(panic);
        }
    }
    /// Wake the members that sleep, if enough has been done without them: a member that is woken
    /// for little sleeps again before the next turn.
    fn wake(&self, pieces: usize, flops: usize, alone: &mut usize) {
        let wanted = &self.members[..self.members.len().min(pieces - 1)];
        if wanted.iter().any(|member| member.asleep.load(Relaxed)) {
            *alone = alone.saturating_add(flops);
            if *alone >= WAKE_FLOPS {
                *alone = 0;
                wanted.iter().for_each(Member::wake);
            }
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // No turn is open: `share` borrows the team. SeqCst pairs with `sleep`.
        self.shared.gate.fetch_or(END, SeqCst);
        for member in self.members.drain(..) {
            member.wake();
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

/// The caller's side of a turn.
impl Shared {
    /// Start a turn. Only for the holder of `serial`, who calls `close` before `work` ends.
    fn open(&self, pieces: usize, work: &Work<'_>) {
        let work: *const Work<'_> = work;
        // SAFETY: only the lifetime changes; `close` returns after the last use, whatever panics.
        let work: *const Work<'static> = unsafe { std::mem::transmute(work) };
        // SAFETY: the gate is closed and nobody is counted since the last `close` (or the team's
        // beginning), and only this thread can open it: nobody reads.
        unsafe { *self.region.get() = Some(Region { work, pieces }) };
        for (thread, next) in self.next.iter().enumerate() {
            next.0.store(self.part(thread, pieces).start, Relaxed);
        }
        let turn = self.gate.load(Relaxed) & !(TURN - 1);
        // Release: who enters sees the region and the places where the shares begin. A plain store:
        // nobody changes a closed gate.
        self.gate.store(turn.wrapping_add(TURN) | OPEN, Release);
    }
    /// Let nobody in any more and wait for those who are in. A member that has not come until now
    /// finds the gate closed, so its absence costs nothing.
    fn close(&self) {
        self.gate.fetch_and(!OPEN, Relaxed);
        // Acquire: the results of all who left (their `fetch_sub`s are one release sequence).
        let all_left = || self.gate.load(Acquire) & COUNT == 0;
        if wait(self.spins, YIELDS, all_left) {
            return;
        }
        // One of them has lost its core in the midst of a piece: sleeping offers it this one.
        let mut guard = lock(&self.panic);
        self.gate.fetch_or(AWAITED, Relaxed);
        while !all_left() {
            guard = self.left.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The members' side of a turn.
impl Shared {
    /// Join the open turn, if it is not the turn `seen`: this turn's number.
    ///
    /// It takes the gate from open to open with one more in it, in one atomic step. So whoever has
    /// entered did it before the caller closed the gate, and the caller waits in `close` until it has
    /// left: in between, the region is not written and what it points to lives. Whoever comes
    /// after that leaves the gate as it is and the region unread.
    fn enter(&self, seen: usize) -> Option<usize> {
        let mut gate = self.gate.load(Relaxed);
        while gate & OPEN != 0 && gate & !(TURN - 1) != seen {
            match self.gate.compare_exchange_weak(gate, gate + 1, Acquire, Relaxed) {
                Ok(_) => return Some(gate & !(TURN - 1)),
                Err(now) => gate = now,
            }
        }
        None
    }
    /// Report, Release: this member's results are written.
    fn leave(&self) {
        let before = self.gate.fetch_sub(1, Release);
        if before & COUNT == 1 && before & AWAITED != 0 {
            // The caller holds the lock from before it set AWAITED until it sleeps.
            drop(lock(&self.panic));
            self.left.notify_one();
        }
    }
    /// A member's part in a turn that it has entered.
    fn help(&self, index: usize) {
        // SAFETY: entered and not left: nobody writes the region, as shown at `enter`.
        if let Some(Region { work, pieces }) = unsafe { *self.region.get() } {
            // SAFETY: the same: the caller is still in `share`, which borrows the work.
            let work = unsafe { &*work };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.pieces_of(index, pieces, work))) {
                lock(&self.panic).get_or_insert(panic);
            }
        }
    }
    /// The share of a thread in `pieces`: a run of neighbours, the same in every turn, so that what
    /// belongs to them stays in its cache.
    fn part(&self, thread: usize, pieces: usize) -> Range<usize> {
        let threads = self.next.len();
        pieces * thread / threads..pieces * (thread + 1) / threads
    }
    /// Do the pieces of thread `index`, then what is left of the others': each piece is taken once.
    fn pieces_of(&self, index: usize, pieces: usize, work: &Work<'_>) {
        let threads = self.next.len();
        for thread in (index..threads).chain(0..index) {
            let (next, end) = (&self.next[thread].0, self.part(thread, pieces).end);
            // The look keeps a share that is done from being written.
            while next.load(Relaxed) < end {
                let piece = next.fetch_add(1, Relaxed);
                if piece < end {
                    work(piece);
                }
            }
        }
    }
}

/// A member's life: one turn after another, until the team ends.
fn serve(shared: &Shared, asleep: &AtomicBool, index: usize) {
    let mut seen = 0;
    loop {
        let sign = || {
            let gate = shared.gate.load(Relaxed);
            gate & END != 0 || gate & OPEN != 0 && gate & !(TURN - 1) != seen
        };
        if !wait(shared.spins, YIELDS, sign) {
            sleep(shared, asleep);
        }
        if shared.gate.load(Relaxed) & END != 0 {
            return;
        }
        if let Some(turn) = shared.enter(seen) {
            seen = turn;
            shared.help(index);
            shared.leave();
        }
    }
}

/// Sleep until somebody wakes this member. It may miss the start of a turn; the end it does not:
/// either it sees END here, or the one who set it sees it asleep.
fn sleep(shared: &Shared, asleep: &AtomicBool) {
    asleep.store(true, SeqCst);
    while asleep.load(SeqCst) && shared.gate.load(SeqCst) & END == 0 {
        thread::park();
    }
    asleep.store(false, Relaxed);
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
    use std::time::Duration;

    /// Work that is worth waking everybody.
    const MUCH: usize = WAKE_FLOPS;

    fn counters(n: usize) -> Vec<AtomicUsize> {
        (0..n).map(|_| AtomicUsize::new(0)).collect()
    }

    #[test]
    fn every_piece_is_done_once() {
        for threads in [1, 2, 3, 7] {
            let team = Team::new(threads).unwrap();
            for pieces in [0, 1, 2, 3, 10, 100] {
                let counts = counters(pieces);
                for _ in 0..200 {
                    team.share(pieces, MUCH, &|p| {
                        counts[p].fetch_add(1, Relaxed);
                    });
                }
                assert!(counts.iter().all(|c| c.load(Relaxed) == 200));
            }
        }
    }

    #[test]
    fn shares_lie_side_by_side() {
        let team = Team::new(3).unwrap();
        let shares = |pieces| (0..3).map(|t| team.shared.part(t, pieces)).collect::<Vec<_>>();
        assert_eq!(shares(7), [0..2, 2..4, 4..7]);
        assert_eq!(shares(1), [0..0, 0..0, 0..1]);
    }

    #[test]
    fn results_are_seen_by_the_caller() {
        let team = Team::new(3).unwrap();
        let mut numbers = vec![0_usize; 64];
        for turn in 1..=2_000 {
            // Plain memory, written by whoever takes the piece.
            let start = AtomicUsize::new(numbers.as_mut_ptr() as usize);
            team.share(64, MUCH, &|p| {
                let start = start.load(Relaxed) as *mut usize;
                // SAFETY: piece p alone touches number p, and `numbers` outlives the turn.
                unsafe { *start.add(p) += p };
            });
            assert!(numbers.iter().enumerate().all(|(p, &x)| x == turn * p));
        }
    }

    #[test]
    fn a_member_helps_and_wakes_from_sleep() {
        let team = Team::new(2).unwrap();
        for _ in 0..3 {
            thread::sleep(Duration::from_millis(20));
            let caller = thread::current().id();
            let helped = AtomicBool::new(false);
            // The caller's first piece does not end before the member has taken one.
            team.share(2, MUCH, &|_| {
                if thread::current().id() != caller {
                    helped.store(true, SeqCst);
                }
                while !helped.load(SeqCst) {
                    thread::yield_now();
                }
            });
        }
    }

    #[test]
    fn little_work_wakes_nobody_until_it_adds_up() {
        let team = Team::new(2).unwrap();
        let asleep = || team.members[0].asleep.load(SeqCst);
        let until_asleep = || {
            while !asleep() {
                thread::sleep(Duration::from_millis(1))
            }
        };
        until_asleep();
        team.share(2, WAKE_FLOPS / 2, &|_| {});
        thread::sleep(Duration::from_millis(5));
        assert!(asleep());
        team.share(2, WAKE_FLOPS / 2, &|_| assert!(!asleep()));
        until_asleep();
    }

    #[test]
    fn a_member_that_never_comes_delays_nobody() {
        // A team whose member is not there: its share is done by the caller.
        let mut team = Team::new(2).unwrap();
        let absent = team.members.pop().unwrap();
        let shared = team.shared.clone();
        shared.gate.fetch_or(END, SeqCst);
        absent.wake();
        absent.handle.join().unwrap();
        let counts = counters(10);
        let work = |p: usize| {
            counts[p].fetch_add(1, Relaxed);
        };
        shared.open(10, &work);
        shared.pieces_of(0, 10, &work);
        shared.close();
        assert!(counts.iter().all(|c| c.load(Relaxed) == 1));
        // It comes when the turn is closed: nothing to enter.
        assert_eq!(shared.enter(0), None);
    }

    #[test]
    fn the_caller_sleeps_until_a_slow_member_is_done() {
        let team = Team::new(2).unwrap();
        let caller = thread::current().id();
        let (helped, done) = (AtomicBool::new(false), AtomicBool::new(false));
        team.share(2, MUCH, &|_| {
            if thread::current().id() != caller {
                helped.store(true, SeqCst);
                thread::sleep(Duration::from_millis(30));
                done.store(true, SeqCst);
            }
            while !helped.load(SeqCst) {
                thread::yield_now();
            }
        });
        assert!(done.load(SeqCst));
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_lives_on() {
        for threads in [1, 2, 3] {
            let team = Team::new(threads).unwrap();
            for bad in 0..20 {
                let work = |p: usize| assert!(p != bad, "piece {p}");
                let caught = catch_unwind(AssertUnwindSafe(|| team.share(20, MUCH, &work)));
                let message = caught.unwrap_err();
                assert_eq!(message.downcast_ref::<String>().unwrap(), &format!("piece {bad}"));
                let count = AtomicUsize::new(0);
                team.share(20, MUCH, &|_| {
                    count.fetch_add(1, Relaxed);
                });
                assert_eq!(count.load(Relaxed), 20);
            }
            // Everybody panics at once: one of the panics arrives.
            assert!(catch_unwind(AssertUnwindSafe(|| team.share(20, MUCH, &|_| panic!("all")))).is_err());
        }
    }

    #[test]
    fn callers_of_one_team_do_not_wait_for_each_other() {
        let team = Team::new(2).unwrap();
        let count = AtomicUsize::new(0);
        thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    for _ in 0..200 {
                        // Also from within a piece.
                        team.share(3, MUCH, &|_| {
                            team.share(2, MUCH, &|_| {
                                count.fetch_add(1, Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(count.load(Relaxed), 3 * 200 * 3 * 2);
    }

    #[test]
    fn many_small_turns_of_several_teams() {
        let turns = 5_000;
        thread::scope(|s| {
            for threads in [2, 3, 4, 7] {
                s.spawn(move || {
                    let team = Team::new(threads).unwrap();
                    for turn in 0..turns {
                        // Other pieces, other memory in every turn: who is late would be caught.
                        let pieces = turn % 9;
                        let counts = counters(pieces);
                        let panics = turn % 500 == 8;
                        let work = |p: usize| {
                            counts[p].fetch_add(1, Relaxed);
                            assert!(!panics || p != 3);
                        };
                        let flops = turn % 3 * MUCH / 2;
                        let done = catch_unwind(AssertUnwindSafe(|| team.share(pieces, flops, &work)));
                        assert_eq!(done.is_err(), panics && pieces > 3);
                        let once = |c: &AtomicUsize| c.load(Relaxed) == 1;
                        assert!(done.is_err() || counts.iter().all(once));
                        if turn % 1_000 == 999 {
                            thread::sleep(Duration::from_millis(3)); // the members sleep
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn a_team_ends_awake_or_asleep() {
        for pause in [0, 0, 20] {
            for threads in [2, 5] {
                let team = Team::new(threads).unwrap();
                thread::sleep(Duration::from_millis(pause));
                drop(team);
            }
        }
    }

    #[test]
    fn an_impossible_number_of_threads_is_refused() {
        assert!(Team::new(0).is_err());
        assert!(Team::new(usize::MAX).is_err());
    }
}
