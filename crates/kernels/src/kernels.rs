//! The entry to all loops: an instruction set and a team of threads.
#![allow(unsafe_code, reason = "the instruction set is checked once, when kernels are made")]

use crate::arch::{Arch, Element, Simd, Task};
use crate::pull_back::SIDE;
use crate::team::{Hands, Team};
use feedforward_base::{Error, Result};
use std::marker::PhantomData;
use std::sync::Arc;

/// Below this many floating-point operations one thread works alone: they take one core some microseconds.
/// A guess; to be measured on a quiet machine.
pub(crate) const SERIAL_FLOPS: usize = 200_000;

/// The loops of one precision on one instruction set and one team of threads.
///
/// A clone shares the team. Instruction set and threads change the speed, never a bit.
#[derive(Clone, Debug)]
pub struct Kernels<T> {
    arch: Arch,
    lanes: usize,
    team: Arc<Team>,
    precision: PhantomData<T>,
}

impl<T: Element> Kernels<T> {
    /// Loops for `arch` on `threads` threads, the caller's among them.
    ///
    /// # Errors
    /// `BadValue` for an instruction set that this machine does not have or an impossible number
    /// of threads, `Io` if the system refuses a thread.
    pub fn new(arch: Arch, threads: usize) -> Result<Self> {
        if !arch.is_available() {
            let want = format!("one that this machine has, for example `{}`", Arch::best().name());
            return Err(Error::bad_value("instruction set", arch.name(), want));
        }
        Ok(Kernels {
            arch,
            lanes: arch.run::<T, _>(Lanes),
            team: Arc::new(Team::new(threads)?),
            precision: PhantomData,
        })
    }
    /// The instruction set.
    pub fn arch(&self) -> Arch {
        self.arch
    }
    /// Number of threads, the caller's among them.
    pub fn threads(&self) -> usize {
        self.team.threads()
    }
    /// Run `task` with the vectors of this instruction set.
    #[inline]
    pub(crate) fn run<K: Task<T>>(&self, task: K) -> K::Out {
        // SAFETY: `new` made sure that this machine has it.
        unsafe { T::run(self.arch, task) }
    }
    /// Numbers in a vector.
    pub fn lanes(&self) -> usize {
        self.lanes
    }
    /// The team, if work of this size is worth one.
    #[inline]
    pub(crate) fn team_for(&self, flops: usize) -> Option<Hands<'_>> {
        (flops >= SERIAL_FLOPS && self.team.threads() > 1).then_some(Hands { team: &self.team, flops })
    }
}

/// Counts the numbers in a vector.
struct Lanes;

impl<T: Element> Task<T> for Lanes {
    type Out = usize;
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> usize {
        S::LANES
    }
}

/// Memory that a kernel needs besides its operands: grows to the largest call, then stays.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T> {
    data: Vec<T>,
}

impl<T: Element> Scratch<T> {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }
    /// Room for [`Kernels::pull_back`] of `rows` samples and `outputs` units, so that no call takes
    /// memory later.
    pub fn for_pull_back(rows: usize, outputs: usize) -> Self {
        let mut scratch = Self::default();
        scratch.take(outputs * rows.next_multiple_of(SIDE));
        scratch
    }
    /// `len` numbers of any value.
    pub(crate) fn take(&mut self, len: usize) -> &mut [T] {
        if self.data.len() < len {
            self.data.resize(len, T::ZERO);
        }
        &mut self.data[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_instruction_set_is_refused_with_one_that_is_there() {
        for arch in [Arch::Scalar, Arch::Avx2, Arch::Avx512, Arch::Neon] {
            let made = Kernels::<f32>::new(arch, 1);
            assert_eq!(made.is_ok(), arch.is_available());
            assert_eq!(Arch::parse(arch.name()).is_ok(), arch.is_available());
        }
        assert!(Arch::parse("sse9").unwrap_err().to_string().contains("choose from `scalar`"));
    }
}
