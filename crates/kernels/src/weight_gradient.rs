//! δᵀ A and the sum of δ's rows: the gradients, stored or applied at once.

use crate::arch::tile::{Product, Start, Strided};
use crate::arch::{Element, Simd};
use crate::kernels::Kernels;
use crate::layout::{PANEL, units};
use crate::team::Hands;
use crate::team::split::{Runs, Window, over_runs};
use crate::update::{Apply, MAX_SLOTS, Rule, Update};
use feedforward_base::Batch;

/// Inputs of a piece of work: its gradients (48 x 64 numbers) stay in the first cache.
const INPUTS: usize = 48;

/// Where finished gradients go: [`Store`] or [`Update`].
pub trait Sink<T: Element> {
    /// What is done with a gradient.
    type Rule: Rule<T>;
    /// Without a rule: where the gradients are kept, then empty slices. With one: the parameters,
    /// then their slots, then empty slices.
    fn parts(&mut self) -> (Option<&Self::Rule>, [&mut [T]; 1 + MAX_SLOTS]);
}

/// Keeps gradients, at the places of their parameters.
#[derive(Debug)]
pub struct Store<'a, T>(pub &'a mut [T]);

impl<T: Element> Sink<T> for Store<'_, T> {
    type Rule = Keep;
    fn parts(&mut self) -> (Option<&Keep>, [&mut [T]; 1 + MAX_SLOTS]) {
        (None, [self.0, &mut [], &mut [], &mut []])
    }
}

/// The rule of [`Store`]: in the place of a parameter stands its gradient.
#[derive(Clone, Copy, Debug)]
pub struct Keep;

impl<T: Element> Rule<T> for Keep {
    const SLOTS: usize = 0;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, _: S, _: &mut [S; MAX_SLOTS]) -> S {
        g
    }
}

impl<T: Element, R: Rule<T>> Sink<T> for Update<'_, T, R> {
    type Rule = R;
    fn parts(&mut self) -> (Option<&R>, [&mut [T]; 1 + MAX_SLOTS]) {
        (Some(self.rule), self.slices.each_mut().map(|s| &mut **s))
    }
}

impl<T: Element> Kernels<T> {
    /// `∂J/∂W[j, k] = Σ δ[r, j] a[r, k]` into `sink`, in the layout of [`crate::layout`].
    ///
    /// `delta`: m x n_out, `a`: m x n_in. The sum starts at 0 and takes one fused multiply-add per
    /// sample, ascending.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn weight_gradient(&self, delta: Batch<'_, T>, a: Batch<'_, T>, mut sink: impl Sink<T>) {
        let (m, outputs, inputs) = (delta.rows(), delta.cols(), a.cols());
        assert_eq!(m, a.rows(), "weight_gradient: rows");
        let parts = sink.parts();
        assert_eq!(parts.1[0].len(), outputs * inputs, "weight_gradient: weights");
        let runs = Runs::Panels { outputs, inputs, step: INPUTS };
        self.deliver(parts, self.team_for(2 * m * inputs * outputs), runs, |i, out| {
            let (p, k) = runs.block(i);
            let units = units(outputs, p);
            self.arch().run(Product {
                x: Strided { data: a.data().get(k.start..).unwrap_or(&[]), row_step: 1, t_step: inputs },
                v: delta.data().get(units.start..).unwrap_or(&[]),
                v_step: outputs,
                terms: m,
                start: Start::Zero,
                out: Window::new(out, k.len(), units.len(), units.len()),
            });
        });
    }
    /// `∂J/∂b[j] = Σ δ[r, j]` into `sink`, added from 0 in the order of the samples.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn bias_gradient(&self, delta: Batch<'_, T>, mut sink: impl Sink<T>) {
        let (m, outputs) = (delta.rows(), delta.cols());
        let parts = sink.parts();
        assert_eq!(parts.1[0].len(), outputs, "bias_gradient: biases");
        let runs = Runs::Even { len: outputs, step: PANEL };
        self.deliver(parts, self.team_for(m * outputs), runs, |p, out| {
            let cols = out.len();
            self.arch().run(Product {
                // 1 · δ + sum, rounded once, is δ + sum.
                x: Strided { data: &[T::ONE], row_step: 0, t_step: 0 },
                v: delta.data().get(p * PANEL..).unwrap_or(&[]),
                v_step: outputs,
                terms: m,
                start: Start::Zero,
                out: Window::new(out, 1, cols, cols),
            });
        });
    }
    /// Have `gradient(i, out)` write the gradients of each run i, and keep or apply them.
    fn deliver<R: Rule<T>>(
        &self,
        (rule, slices): (Option<&R>, [&mut [T]; 1 + MAX_SLOTS]),
        hands: Option<Hands<'_>>,
        runs: Runs,
        gradient: impl Fn(usize, &mut [T]) + Sync,
    ) {
        over_runs(hands, runs, slices, |i, slices| match rule {
            None => {
                let [out, ..] = slices;
                gradient(i, out);
            }
            Some(rule) => {
                let mut g = [T::ZERO; INPUTS * PANEL];
                let g = &mut g[..slices[0].len()];
                gradient(i, g);
                self.arch().run(Apply { rule, g, slices });
            }
        });
    }
}
