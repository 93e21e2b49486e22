//! δᵀ A and the sum of δ's rows: the gradients, stored or applied at once.

use crate::arch::tile::{Product, Soon, Start, Strided, Transpose};
use crate::arch::{Element, Simd};
use crate::kernels::Kernels;
use crate::lanes::{self, Lanes};
use crate::layout::{PANEL, units};
use crate::team::Hands;
use crate::team::split::{Runs, Window, over_runs};
use crate::update::{Apply, Gradients, MAX_SLOTS, Rule, Update};
use feedforward_base::Batch;
use std::ops::Range;

/// Inputs of a piece of work: its gradients (48 x 64 numbers) stay in the first cache.
const INPUTS: usize = 48;
/// The same for many samples, where reading δ again for every piece would cost more.
const INPUTS_OF_MANY: usize = 192;
/// Samples whose δ stays in the first cache.
const TERMS: usize = 64;
/// Bytes of parameters and slots that stay in the second cache from step to step. What is more is
/// fetched while its gradient is computed.
pub(crate) const NEAR: usize = 1 << 19;

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
        let (rule, slices) = sink.parts();
        assert_eq!(slices[0].len(), outputs * inputs, "weight_gradient: weights");
        let step = if m > TERMS { INPUTS_OF_MANY } else { INPUTS };
        let runs = Runs::Panels { outputs, inputs, step };
        let far = slices.iter().map(|s| size_of_val(&**s)).sum::<usize>() > NEAR;
        let way = lanes::weight_gradient(m, outputs, inputs, self.lanes());
        let team = self.team_for(2 * m * inputs * outputs);
        self.deliver((rule, slices), team, runs, TERMS * PANEL, |i, out, desk, soon| {
            let (p, k) = runs.block(i);
            let block = Block { delta, a, units: units(outputs, p), inputs: k };
            match way {
                Lanes::Inputs => self.block_along_inputs(block, out, desk),
                _ => self.block_along_units(block, out, desk, if far { soon } else { &Soon::NONE }),
            }
        });
    }
    /// Lanes are units: `out` has a row for every input.
    fn block_along_units(&self, block: Block<'_, T>, out: &mut [T], desk: &mut [T], soon: &Soon<T>) {
        let Block { delta, a, units, inputs: k } = block;
        let (m, outputs, inputs, wide) = (delta.rows(), delta.cols(), a.cols(), units.len());
        for r in (0..m.max(1)).step_by(TERMS) {
            let terms = TERMS.min(m - r);
            let own = delta.data().get(r * outputs + units.start..).unwrap_or(&[]);
            // Of many rows, a part of δ lies together in the first cache while all inputs meet it.
            let (v, v_step) = if m > TERMS {
                for (line, row) in desk.chunks_exact_mut(wide).zip(own.chunks(outputs)).take(terms) {
                    line.copy_from_slice(&row[..wide]);
                }
                (&*desk, wide)
            } else {
                (own, outputs)
            };
            self.run(Product {
                x: Strided {
                    data: a.data().get(r * inputs + k.start..).unwrap_or(&[]),
                    row_step: 1,
                    t_step: inputs,
                },
                v,
                v_step,
                terms,
                start: if r == 0 { Start::Zero } else { Start::Kept },
                soon: if r == 0 { soon } else { &Soon::NONE },
                out: Window::new(out, k.len(), wide, wide),
            });
        }
    }
    /// Lanes are inputs: few units, whose rows are transposed into `out`.
    fn block_along_inputs(&self, block: Block<'_, T>, out: &mut [T], desk: &mut [T]) {
        let Block { delta, a, units, inputs: k } = block;
        let (wide, high) = (k.len(), units.len());
        let one = high == 1;
        let sums = if one { &mut *out } else { &mut *desk };
        self.run(Product {
            x: Strided { data: &delta.data()[units.start..], row_step: 1, t_step: delta.cols() },
            v: a.data().get(k.start..).unwrap_or(&[]),
            v_step: a.cols(),
            terms: delta.rows(),
            start: Start::Zero,
            soon: &Soon::NONE,
            out: Window::new(sums, high, wide, wide),
        });
        if !one {
            self.run(Transpose { src: desk, src_step: wide, out: Window::new(out, wide, high, high) });
        }
    }
    /// `∂J/∂b[j] = Σ δ[r, j]` into `sink`, added from 0 in the order of the samples.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn bias_gradient(&self, delta: Batch<'_, T>, mut sink: impl Sink<T>) {
        let (m, outputs) = (delta.rows(), delta.cols());
        let (rule, slices) = sink.parts();
        assert_eq!(slices[0].len(), outputs, "bias_gradient: biases");
        let runs = Runs::Even { len: outputs, step: PANEL };
        over_runs(self.team_for(m * outputs), runs, slices, |p, slices| {
            let own = Biases { delta, unit: p * PANEL };
            match rule {
                None => self.run(Apply { rule: &Keep, g: own, slices }),
                Some(rule) => self.run(Apply { rule, g: own, slices }),
            }
        });
    }
    /// Have `gradient(i, out, desk, soon)` write the gradients of each run i, and keep or apply them.
    /// `desk` has `room` numbers of any value; `soon` is what the rule will want.
    fn deliver<R: Rule<T>>(
        &self,
        (rule, slices): (Option<&R>, [&mut [T]; 1 + MAX_SLOTS]),
        hands: Option<Hands<'_>>,
        runs: Runs,
        room: usize,
        gradient: impl Fn(usize, &mut [T], &mut [T], &Soon<T>) + Sync,
    ) {
        over_runs(hands, runs, slices, |i, slices| {
            let len = slices[0].len();
            let Some(rule) = rule else {
                let [out, ..] = slices;
                return T::with_desk(room, |desk| gradient(i, out, desk, &Soon::NONE));
            };
            T::with_desk(len + room, |desk| {
                let (g, desk) = desk.split_at_mut(len);
                let [theta, first, second, ..] = &slices;
                gradient(i, g, desk, &Soon::new([theta, first, second]));
                self.run(Apply { rule, g: &*g, slices });
            });
        });
    }
}

/// The gradients of the biases from `unit` on.
struct Biases<'a, T> {
    delta: Batch<'a, T>,
    unit: usize,
}

impl<T: Element> Gradients<T> for Biases<'_, T> {
    #[inline(always)]
    fn at<S: Simd<Elem = T>>(&self, i: usize, lanes: usize) -> S {
        let mut sum = S::splat(T::ZERO);
        for delta in self.delta.data().chunks_exact(self.delta.cols()) {
            sum = sum.add(S::load_some(&delta[self.unit + i..], lanes));
        }
        sum
    }
}

/// The gradients of some units' weights for some inputs.
struct Block<'a, T> {
    delta: Batch<'a, T>,
    a: Batch<'a, T>,
    units: Range<usize>,
    inputs: Range<usize>,
}
