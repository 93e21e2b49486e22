//! What the machine can do at best, and what the system says of it and of this process.

use crate::words::{digits, rounded};
use feedforward::kernels::{Arch, Element, Kernels};
use feedforward::network::Plan;
use feedforward::{Error, Result};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Calls are timed in groups that take so long at least: the clock does not count then. Short enough that some of
/// them meet no other work of the machine.
const GROUP: Duration = Duration::from_micros(500);
/// For so long groups are timed, of which the fastest counts.
const SEARCH: Duration = Duration::from_millis(60);
/// Groups at least.
const GROUPS: usize = 9;
/// Pieces per thread of the multiply-adds, so that a late thread delays nobody.
const PIECES: usize = 8;

/// Bytes of a cache line.
const LINE: usize = 64;

/// The measured limits of the machine for one plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Floating-point operations per second of fused multiply-adds on one thread.
    pub(crate) flops_1: f64,
    /// The same on all threads that may be used.
    pub(crate) flops: f64,
    /// The same on the threads that the plan uses.
    pub(crate) flops_of_plan: f64,
    /// Bytes read and written per second, in as much memory as θ and the optimizer's slots take, by the threads
    /// that the plan uses.
    pub(crate) bandwidth: f64,
}

impl Limits {
    /// Measure them: about a third of a second.
    ///
    /// # Errors
    /// Threads that the system refuses.
    pub(crate) fn measure<T: Element>(plan: &Plan, arch: Arch, threads: usize) -> Result<Self> {
        let flops_1 = peak(&Kernels::<T>::new(arch, 1)?);
        let of = |n: usize| if n == 1 { Ok(flops_1) } else { Ok(peak(&Kernels::<T>::new(arch, n)?)) };
        let flops: f64 = of(threads)?;
        let flops_of_plan = if plan.threads() == threads { flops } else { of(plan.threads())? };
        let numbers = plan.layout().parameters() * (1 + plan.spec().optimizer.slots());
        let bandwidth = bandwidth(&Kernels::<T>::new(arch, plan.threads())?, numbers);
        Ok(Limits { flops_1, flops, flops_of_plan, bandwidth })
    }
    /// The least time of a step of `plan`, whose numbers have `width` bytes.
    pub(crate) fn floors(&self, plan: &Plan, width: usize) -> Floors {
        Floors {
            flops: self.seconds_of_flops(plan.flops().total()),
            memory: self.seconds_of_bytes(plan.bytes(width).moved_by_update() as u64),
        }
    }
    /// Seconds that so many floating-point operations take the plan's threads at least.
    pub(crate) fn seconds_of_flops(&self, flops: u64) -> f64 {
        flops as f64 / self.flops_of_plan
    }
    /// Seconds that moving so many bytes of θ and slots takes the plan's threads at least.
    pub(crate) fn seconds_of_bytes(&self, bytes: u64) -> f64 {
        bytes as f64 / self.bandwidth
    }
}

/// The least time of a step on this machine, in seconds, from two sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floors {
    /// By its operations.
    pub(crate) flops: f64,
    /// By the bytes that its update moves.
    pub(crate) memory: f64,
}

impl Floors {
    /// The higher one: no step is faster.
    pub(crate) fn binding(&self) -> f64 {
        self.flops.max(self.memory)
    }
    fn flops_bind(&self) -> bool {
        self.flops >= self.memory
    }
    /// Both in microseconds, and which is higher.
    pub(crate) fn to_json(self) -> Value {
        let binding = if self.flops_bind() { "flops" } else { "memory" };
        json!({ "flops": rounded(self.flops * 1e6), "memory": rounded(self.memory * 1e6), "binding": binding })
    }
    /// A line for people.
    pub(crate) fn to_text(self) -> String {
        let binding = if self.flops_bind() { "operations bind" } else { "memory binds" };
        let (flops, memory) = (digits(self.flops * 1e6), digits(self.memory * 1e6));
        format!("floors        operations {flops} µs, memory {memory} µs: {binding}")
    }
}

fn peak<T: Element>(kernels: &Kernels<T>) -> f64 {
    let mut counts = vec![T::ZERO; PIECES * kernels.threads()];
    let mut rounds = 64;
    // Calls that take long enough by themselves.
    while time(|| kernels.multiply_add(rounds, &mut counts)).0 < GROUP.as_secs_f64() {
        rounds *= 2;
    }
    best(|| kernels.multiply_add(rounds, &mut counts))
}

fn bandwidth<T: Element>(kernels: &Kernels<T>, numbers: usize) -> f64 {
    let mut all = vec![T::ZERO; numbers + LINE / T::BYTES];
    // Vectors that lie across two cache lines are slow.
    let start = all.as_ptr().align_offset(LINE).min(LINE / T::BYTES);
    let data = &mut all[start..start + numbers];
    let mut calls = 1;
    let mut group = |calls: usize| (0..calls).map(|_| kernels.move_numbers(data)).sum();
    while time(|| group(calls)).0 < GROUP.as_secs_f64() {
        calls *= 2;
    }
    best(|| group(calls))
}

/// The highest of many rates: what `work` says that it did, per second.
fn best(mut work: impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    let (mut groups, mut highest) = (0, 0.0_f64);
    while groups < GROUPS || start.elapsed() < SEARCH {
        let (seconds, done) = time(&mut work);
        highest = highest.max(done as f64 / seconds);
        groups += 1;
    }
    highest
}

/// Seconds of one call, and what it returns.
pub(crate) fn time<R>(work: impl FnOnce() -> R) -> (f64, R) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

/// The processor as the system calls it; where it does not, the family of its instructions.
pub(crate) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = text.lines().find_map(|l| l.strip_prefix("model name")?.split_once(':'));
    named.map_or(std::env::consts::ARCH.into(), |(_, name)| name.trim().into())
}

/// Forget the most memory that this process has held, if the system can.
pub(crate) fn forget_peak_memory() {
    // Without this the peak includes what was held before: still a true upper bound.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Bytes of memory that this process has held at most, if the system says it.
pub(crate) fn peak_memory() -> Option<usize> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()? * 1024)
}

/// Refuse what no machine has, before it is begun.
///
/// # Errors
/// The system does not give so many bytes.
pub(crate) fn check_memory(bytes: u128) -> Result<()> {
    let given = usize::try_from(bytes).is_ok_and(|n| Vec::<u8>::new().try_reserve_exact(n).is_ok());
    if given {
        return Ok(());
    }
    let size = format!("{:.1} GiB", bytes as f64 / (1u64 << 30) as f64);
    Err(Error::bad_value(
        "the memory that the network and its data take",
        size,
        "no more than this machine gives",
    )
    .hint("take fewer units, a smaller --batch-size or fewer --rows"))
}
