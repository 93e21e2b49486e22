//! J of a whole training part and its gradient, portion by portion.
//!
//! Gradient accumulation (Sarkar, back-propagation: start at 0, then `+=` for every use): the gradient of the mean is
//! the sum of the portions' gradients, each times its share. Portions have a fixed number of rows and are added in
//! order, so the bits depend on the data alone.

use crate::optimizer::search::sums::{absolute, dot};
use crate::plan::Plan;
use crate::step::{self, Labels, When};
use crate::tape::Tape;
use feedforward_kernels::{Element, Kernels, MAX_SLOTS, Rule, Simd, Update};

/// Rows of a portion at most.
pub const PORTION: usize = 256;

/// Add what the samples in the tape's input contribute: `share` times the gradient of their mean loss to `gradient`,
/// which begins as 0. Returns `share` times that loss.
///
/// # Panics
/// If the plan is fused, or `gradient` is not as long as `theta`.
#[allow(clippy::too_many_arguments, reason = "a step's arguments, and where the sum is made")]
pub fn add<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
    when: &When,
    share: f64,
    gradient: &mut [T],
) -> f64 {
    let loss = step::gradient(plan, kernels, theta, tape, labels, when);
    let all = 0..gradient.len();
    let rule = Accumulate { share: T::from_f64(share) };
    kernels.update(tape.gradient(), Update::new(&rule, gradient, &mut [], all));
    share * loss
}

/// The penalty on the weights of `theta`; its gradient is added to `gradient`.
pub fn add_penalty<T: Element>(plan: &Plan, kernels: &Kernels<T>, theta: &[T], gradient: &mut [T]) -> f64 {
    let p = plan.spec().penalty;
    if p.l1 > 0.0 || p.l2 > 0.0 {
        let rule = Pull { l1: T::from_f64(p.l1), l2: T::from_f64(p.l2) };
        for l in 1..=plan.layout().last() {
            let w = plan.layout().w(l);
            kernels.update(&theta[w.clone()], Update::new(&rule, gradient, &mut [], w));
        }
    }
    penalty(plan, theta)
}

/// λ₁‖W‖₁ + ½λ₂‖W‖² over all weights.
pub fn penalty<T: Element>(plan: &Plan, theta: &[T]) -> f64 {
    let p = plan.spec().penalty;
    let of = |l: usize| {
        let w = &theta[plan.layout().w(l)];
        let l1 = if p.l1 > 0.0 { p.l1 * absolute(w) } else { 0.0 };
        let l2 = if p.l2 > 0.0 { 0.5 * p.l2 * dot(w, w) } else { 0.0 };
        l1 + l2
    };
    (1..=plan.layout().last()).map(of).sum()
}

/// In the place of a parameter stands a sum, to which a share of `g` is added.
#[derive(Clone, Copy)]
struct Accumulate<T> {
    share: T,
}

impl<T: Element> Rule<T> for Accumulate<T> {
    const SLOTS: usize = 0;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, sum: S, _: &mut [S; MAX_SLOTS]) -> S {
        S::splat(self.share).mul_add(g, sum)
    }
}

/// In the place of a parameter stands its gradient, in the place of a gradient its parameter: the penalty's is added.
#[derive(Clone, Copy)]
struct Pull<T> {
    l1: T,
    l2: T,
}

impl<T: Element> Rule<T> for Pull<T> {
    const SLOTS: usize = 0;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, w: S, gradient: S, _: &mut [S; MAX_SLOTS]) -> S {
        let (zero, l1) = (S::splat(T::ZERO), S::splat(self.l1));
        let sign = S::select(w.gt(zero), l1, S::select(w.lt(zero), l1.neg(), zero));
        S::splat(self.l2).mul_add(w, gradient).add(sign)
    }
}
