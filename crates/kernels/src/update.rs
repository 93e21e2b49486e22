//! The loop of the optimizer rules.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::team::split::{Runs, over_runs};
use std::ops::Range;

/// The most slots per parameter of a rule.
pub const MAX_SLOTS: usize = 3;

/// Parameters of a piece of work.
const RUN: usize = 2048;

/// Floating-point operations per parameter, about: what the division among threads goes by.
const FLOPS: usize = 16;

/// How a parameter moves: the formula of an optimizer, its numbers in the precision of the parameters.
pub trait Rule<T: Element>: Copy + Sync {
    /// Numbers that it remembers per parameter, at most [`MAX_SLOTS`].
    const SLOTS: usize;
    /// Whether it divides and takes roots, so that it is worth weaving into the products beside it.
    const SLOW: bool = false;
    /// The new parameters, given their gradients `g` and values `w`; changes `slots[..SLOTS]`.
    /// Mark it `#[inline(always)]`.
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S;
}

/// Parameters with their slots, and the rule that moves them: the [`Sink`](crate::Sink) of the
/// fused path, where a gradient is applied before it leaves the cache.
pub struct Update<'a, T, R> {
    pub(crate) rule: &'a R,
    /// The parameters, then their slots; slots that the rule does not have are empty.
    pub(crate) slices: [&'a mut [T]; 1 + MAX_SLOTS],
}

impl<'a, T: Element, R: Rule<T>> Update<'a, T, R> {
    /// The parameters `range` of all parameters `theta`. `slots` holds `SLOTS` blocks, each of
    /// `theta`'s length.
    ///
    /// # Panics
    /// If `range` is not inside `theta` or `slots` has another length.
    pub fn new(rule: &'a R, theta: &'a mut [T], slots: &'a mut [T], range: Range<usize>) -> Self {
        assert_eq!(slots.len(), R::SLOTS * theta.len(), "update: slots");
        let mut slices: [&'a mut [T]; 1 + MAX_SLOTS] = Default::default();
        let mut blocks = slots.chunks_exact_mut(theta.len().max(1));
        for slice in &mut slices[1..] {
            *slice = blocks.next().map(|block| &mut block[range.clone()]).unwrap_or_default();
        }
        slices[0] = &mut theta[range];
        Update { rule, slices }
    }
}

impl<T: Element> Kernels<T> {
    /// Move parameters along their gradients `g`: the unfused path.
    ///
    /// # Panics
    /// If there are not as many gradients as parameters.
    pub fn update<R: Rule<T>>(&self, g: &[T], to: Update<'_, T, R>) {
        let Update { rule, slices } = to;
        assert_eq!(g.len(), slices[0].len(), "update: gradients");
        let runs = Runs::Even { len: g.len(), step: RUN };
        over_runs(self.team_for(FLOPS * g.len()), runs, slices, |i, slices| {
            let g = &g[i * RUN..][..slices[0].len()];
            self.run(Apply { rule, g, slices });
        });
    }
}

/// Where the gradients of a run of parameters come from.
pub(crate) trait Gradients<T: Element> {
    /// Those of `lanes` parameters from `i` on.
    fn at<S: Simd<Elem = T>>(&self, i: usize, lanes: usize) -> S;
}

/// From memory.
impl<T: Element> Gradients<T> for &[T] {
    #[inline(always)]
    fn at<S: Simd<Elem = T>>(&self, i: usize, lanes: usize) -> S {
        S::load_some(&self[i..], lanes)
    }
}

/// Applies a rule to a run of parameters.
pub(crate) struct Apply<'p, T, R, G> {
    pub(crate) rule: &'p R,
    pub(crate) g: G,
    pub(crate) slices: [&'p mut [T]; 1 + MAX_SLOTS],
}

impl<T: Element, R: Rule<T>, G: Gradients<T>> Task<T> for Apply<'_, T, R, G> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        let [theta, s0, s1, s2] = self.slices;
        let stored = [s0, s1, s2];
        // A copy, which no write to the slices can change.
        let rule = *self.rule;
        for i in (0..theta.len()).step_by(S::LANES) {
            let lanes = (theta.len() - i).min(S::LANES);
            let mut slots = [S::splat(T::ZERO); MAX_SLOTS];
            for s in 0..R::SLOTS {
                slots[s] = S::load_some(&stored[s][i..], lanes);
            }
            let (g, w) = (self.g.at(i, lanes), S::load_some(&theta[i..], lanes));
            rule.update(g, w, &mut slots).store_some(&mut theta[i..], lanes);
            for s in 0..R::SLOTS {
                slots[s].store_some(&mut stored[s][i..], lanes);
            }
        }
    }
}
