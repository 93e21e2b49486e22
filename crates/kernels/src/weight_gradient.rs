//! δᵀ A and the sum of δ's rows: the gradients, stored or applied at once.

use crate::arch::fused::Fused;
use crate::arch::tile::{Product, Start, Strided, Transpose};
use crate::arch::{Element, Simd};
use crate::kernels::Kernels;
use crate::lanes::{self, Lanes};
use crate::layout::{PANEL, units};
use crate::team::split::{Runs, Window, over_runs};
use crate::update::{Apply, Gradients, MAX_SLOTS, Rule, Update};
use feedforward_base::Batch;
use std::ops::Range;

/// Inputs of a piece of work.
const INPUTS: usize = 128;
/// The same where a piece's δ is gone from the first cache before the next piece needs it.
const INPUTS_OF_MANY: usize = 384;
/// Up to so many samples the update of a slow rule takes long enough beside the products to be woven into them.
const FUSED_TERMS: usize = 128;
/// Samples whose δ, a panel wide, stays in the first cache.
const TERMS: usize = 128;
/// Numbers that a block needs on its way: that δ, or its transposed results.
const DESK: usize = TERMS * PANEL;

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
    pub fn weight_gradient<K: Sink<T>>(&self, delta: Batch<'_, T>, a: Batch<'_, T>, mut sink: K) {
        let (m, outputs, inputs) = (delta.rows(), delta.cols(), a.cols());
        assert_eq!(m, a.rows(), "weight_gradient: rows");
        let (rule, slices) = sink.parts();
        // The pieces below are cut by this product: it must not wrap.
        assert_eq!(Some(slices[0].len()), outputs.checked_mul(inputs), "weight_gradient: weights");
        let way = lanes::weight_gradient(m, outputs, inputs, self.lanes());
        let step = if m > FUSED_TERMS { INPUTS_OF_MANY } else { INPUTS };
        let runs = Runs::Panels { outputs, inputs, step };
        let team = self.team_for(2 * m * inputs * outputs);
        over_runs(team, runs, slices, |i, slices| {
            let (p, inputs) = runs.block(i);
            let block = Block { delta, a, units: units(outputs, p), inputs };
            let whole = way == Lanes::Units && block.units.len() == PANEL && m <= FUSED_TERMS;
            match rule {
                Some(rule) => {
                    // The constant first: for other rules the woven loop is not even compiled.
                    if K::Rule::SLOW && whole {
                        return self.run(block.fused(rule, slices));
                    }
                    T::with_desk(slices[0].len() + DESK, |desk| {
                        let (g, desk) = desk.split_at_mut(slices[0].len());
                        self.block(way, block, g, desk);
                        self.run(Apply { rule, g: &*g, slices });
                    });
                }
                None => {
                    let [g, ..] = slices;
                    T::with_desk(DESK, |desk| self.block(way, block, g, desk));
                }
            }
        });
    }
    /// The gradients of a block into `g`; `desk` has room for [`DESK`] numbers.
    fn block(&self, way: Lanes, block: Block<'_, T>, g: &mut [T], desk: &mut [T]) {
        match way {
            Lanes::Inputs => self.block_along_inputs(block, g, desk),
            _ => self.block_along_units(block, g, desk),
        }
    }
    /// Lanes are units: `out` has a row for every input.
    fn block_along_units(&self, block: Block<'_, T>, out: &mut [T], desk: &mut [T]) {
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

impl<'a, T: Element> Block<'a, T> {
    /// All gradients of a full panel applied by `rule` to `slices`.
    fn fused<R>(self, rule: &'a R, slices: [&'a mut [T]; 1 + MAX_SLOTS]) -> Fused<'a, T, R> {
        let from = |data: &'a [T], first: usize| data.get(first..).unwrap_or(&[]);
        Fused {
            x: Strided { data: from(self.a.data(), self.inputs.start), row_step: 1, t_step: self.a.cols() },
            v: from(self.delta.data(), self.units.start),
            v_step: self.delta.cols(),
            terms: self.delta.rows(),
            rule,
            slices,
        }
    }
}
