//! Work by which a machine is measured: multiply-adds that wait for nothing, and memory that is moved as an
//! update moves it. No clock here; who calls has one.

use crate::arch::MAX_LANES;
use crate::arch::{Arch, Element, Simd, Task};
use crate::kernels::Kernels;
use crate::team::split::{Runs, over_runs};
use std::hint::black_box;

/// Numbers of a piece of [`Kernels::move_numbers`]: as in the update.
const RUN: usize = 2048;

/// Floating-point operations per moved number, about: what the division among threads goes by, as in the update.
const FLOPS: usize = 16;

/// Vectors of sums that are in the making at once: enough that no processor waits for one of them, few enough for
/// its registers.
const SUMS: usize = if cfg!(target_arch = "aarch64") { 24 } else { 12 };

/// The register tiles of an instruction set: the sums that are in the making at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// Numbers in a vector.
    pub lanes: usize,
    /// Rows of the tiles whose rows have 1, 2, 3 and 4 vectors; 0: there is none so wide.
    pub rows: [usize; 4],
}

impl Tiles {
    /// The tiles of `arch` in the precision `T`.
    ///
    /// # Panics
    /// If this machine does not have the instruction set.
    pub fn of<T: Element>(arch: Arch) -> Tiles {
        struct Ask;
        impl<T: Element> Task<T> for Ask {
            type Out = Tiles;
            #[inline(always)]
            fn run<S: Simd<Elem = T>>(self) -> Tiles {
                Tiles { lanes: S::LANES, rows: S::TILE }
            }
        }
        arch.run::<T, Ask>(Ask)
    }
}

impl<T: Element> Kernels<T> {
    /// `rounds` rounds of fused multiply-adds for each number of `counts`, on all threads; no other work, and no
    /// memory. Each of them adds 1 to a sum, so that each number of `counts` grows by the multiply-adds that were
    /// done for it, as far as `T` can count. Returns their floating-point operations, 2 each.
    pub fn multiply_add(&self, rounds: usize, counts: &mut [T]) -> u64 {
        let flops = 2 * Tiles::of::<T>(self.arch()).lanes * SUMS * rounds * counts.len();
        let runs = Runs::Even { len: counts.len(), step: 1 };
        over_runs(self.team_for(flops), runs, [counts], |_, [count]| {
            count[0] += self.arch().run(Count { rounds });
        });
        flops as u64
    }
    /// Read and write all of `data`, which grows by 1, in the portions in which an update moves parameters.
    /// Returns the bytes that were read or written.
    pub fn move_numbers(&self, data: &mut [T]) -> u64 {
        let bytes = 2 * T::BYTES * data.len();
        let runs = Runs::Even { len: data.len(), step: RUN };
        over_runs(self.team_for(FLOPS * data.len()), runs, [data], |_, [run]| {
            self.arch().run(Grow { run });
        });
        bytes as u64
    }
}

/// Counts the multiply-adds of `rounds` rounds, each lane of each sum for itself.
struct Count {
    rounds: usize,
}

impl<T: Element> Task<T> for Count {
    type Out = T;
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> T {
        // Nothing is known about this 1, or the multiplication would be left out.
        let one = S::splat(black_box(T::ONE));
        let mut sums = [S::splat(T::ZERO); SUMS];
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = sum.mul_add(one, one);
            }
        }
        let mut total = sums[0];
        for &sum in &sums[1..] {
            total = total.add(sum);
        }
        let mut lanes = [T::ZERO; MAX_LANES];
        total.store(&mut lanes);
        lanes[1..S::LANES].iter().fold(lanes[0], |a, &b| a + b)
    }
}

/// Adds 1 to every number of a run.
struct Grow<'p, T> {
    run: &'p mut [T],
}

impl<T: Element> Task<T> for Grow<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        let one = S::splat(T::ONE);
        // Four vectors at a time: the loop itself takes no time then.
        let mut fours = self.run.chunks_exact_mut(4 * S::LANES);
        for x in &mut fours {
            for v in 0..4 {
                let x = &mut x[v * S::LANES..];
                S::load(x).add(one).store(x);
            }
        }
        for x in fours.into_remainder().chunks_mut(S::LANES) {
            S::load_partial(x, x.len()).add(one).store_partial(x, x.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<T: Element>(check: impl Fn(Kernels<T>)) {
        for arch in Arch::available() {
            for threads in [1, 2, 3] {
                check(Kernels::new(arch, threads).unwrap());
            }
        }
    }

    /// Every multiply-add that is claimed has been counted by a sum.
    fn counts<T: Element>() {
        all::<T>(|kernels| {
            for (rounds, pieces) in [(0, 3), (1, 1), (7, 5), (3_000, 6)] {
                let mut out = vec![T::ONE; pieces];
                let flops = kernels.multiply_add(rounds, &mut out);
                let done = Tiles::of::<T>(kernels.arch()).lanes * SUMS * rounds;
                assert!(out.iter().all(|n| n.to_f64() == 1.0 + done as f64), "{out:?}, {done}");
                assert_eq!(flops, 2 * (done * pieces) as u64);
            }
        });
    }

    #[test]
    fn multiply_adds_are_counted_right() {
        counts::<f32>();
        counts::<f64>();
    }

    /// Every number is moved once.
    fn moves<T: Element>() {
        all::<T>(|kernels| {
            for len in [0, 1, RUN - 1, 2 * RUN, 20 * RUN + 13] {
                let mut data = vec![T::ZERO; len];
                for _ in 0..2 {
                    assert_eq!(kernels.move_numbers(&mut data), (2 * T::BYTES * len) as u64);
                }
                assert!(data.iter().all(|x| x.to_f64() == 2.0), "{len}");
            }
        });
    }

    #[test]
    fn all_memory_is_moved_once() {
        moves::<f32>();
        moves::<f64>();
    }

    #[test]
    fn tiles_are_those_of_the_vectors() {
        assert_eq!(Tiles::of::<f64>(Arch::Scalar).lanes, 1);
        for arch in Arch::available() {
            let (single, double) = (Tiles::of::<f32>(arch), Tiles::of::<f64>(arch));
            assert_eq!(double.lanes, single.lanes.div_ceil(2), "{arch:?}");
            assert!(single.rows[0] > 0 && double.rows[0] > 0, "{arch:?}");
        }
    }
}
