//! Z = A Wᵀ + b, with an epilogue while the result is still in the cache.

use crate::arch::tile::{Product, Start, Strided, Transpose};
use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::lanes::{self, Lanes};
use crate::layout::{PANEL, Weights, units};
use crate::team::split::{Grid, Window, over_grid};
use feedforward_base::{Batch, BatchMut};
use std::ops::Range;

/// Rows of a piece of work: its results (24 x 64 numbers) stay in the first cache for the epilogue.
const ROWS: usize = 24;
/// From so many inputs on a panel of weights does not stay in the second cache, ...
const DEEP: usize = 1024;
/// ... so it is read in parts of so many inputs, ...
const DEEP_INPUTS: usize = 512;
/// ... each by so many rows.
const DEEP_ROWS: usize = 96;
/// What an epilogue costs for a number, in floating-point operations.
const MAP_FLOPS: usize = 16;
/// Side of a square that is transposed at once.
const SIDE: usize = 64;

/// What is done with each vector of a finished product.
pub trait Epilogue<T: Element>: Copy + Sync {
    /// Nothing is to be done; the product is the result.
    const IDENTITY: bool = false;
    /// Whether `apply` may be asked for numbers that run on from one whole row into the next.
    fn runs_on(&self) -> bool {
        false
    }
    /// The result for the `lanes` numbers from (`row`, `unit`) on, given the product `acc`.
    /// Lanes from `lanes` on are dropped. Mark it `#[inline(always)]`.
    fn apply<S: Simd<Elem = T>>(&self, acc: S, row: usize, unit: usize, lanes: usize) -> S;
}

/// The product itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl<T: Element> Epilogue<T> for Identity {
    const IDENTITY: bool = true;
    #[inline(always)]
    fn apply<S: Simd<Elem = T>>(&self, acc: S, _: usize, _: usize, _: usize) -> S {
        acc
    }
}

impl<T: Element> Kernels<T> {
    /// `z[r, j] = epilogue(b[j] + Σ a[r, k] W[j, k])`.
    ///
    /// `a`: m x n_in, `w`: n_out x n_in, `b`: n_out, `z`: m x n_out. The sum starts at `b[j]` and
    /// takes one fused multiply-add per k, ascending.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn affine<E: Epilogue<T>>(
        &self,
        a: Batch<'_, T>,
        w: Weights<'_, T>,
        b: &[T],
        z: BatchMut<'_, T>,
        epilogue: &E,
    ) {
        self.products(a, w, b, [z], |row, unit, [out]| {
            if !E::IDENTITY {
                self.run(Finish { out, epilogue, row, unit });
            }
        });
    }
    /// `z[r, j] = b[j] + Σ a[r, k] W[j, k]` and `out[r, j] = epilogue(z[r, j])`.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn affine_pair<E: Epilogue<T>>(
        &self,
        a: Batch<'_, T>,
        w: Weights<'_, T>,
        b: &[T],
        z: BatchMut<'_, T>,
        out: BatchMut<'_, T>,
        epilogue: &E,
    ) {
        self.products(a, w, b, [z, out], |row, unit, [z, out]| {
            self.run(FinishPair { z, out, epilogue, row, unit });
        });
    }
    /// `out[r, j] = epilogue(from[r, j])`, without a product.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn map<E: Epilogue<T>>(&self, from: BatchMut<'_, T>, out: BatchMut<'_, T>, epilogue: &E) {
        assert!(from.rows() == out.rows() && from.cols() == out.cols(), "map: shapes");
        let (rows, cols) = (from.rows(), from.cols());
        let team = self.team_for(MAP_FLOPS * rows * cols);
        over_grid(team, Grid::new(rows, cols, ROWS, PANEL), [from, out], |rows, cols, [z, out]| {
            self.run(FinishPair { z, out, epilogue, row: rows.start, unit: cols.start });
        });
    }
    /// `x[r, j] = epilogue(x[r, j])`, without a product.
    pub fn map_in_place<E: Epilogue<T>>(&self, x: BatchMut<'_, T>, epilogue: &E) {
        let (rows, cols) = (x.rows(), x.cols());
        let team = self.team_for(MAP_FLOPS * rows * cols);
        over_grid(team, Grid::new(rows, cols, ROWS, PANEL), [x], |rows, cols, [out]| {
            self.run(Finish { out, epilogue, row: rows.start, unit: cols.start });
        });
    }
    /// The product into the first of `out`, then `finish(first row, first unit, windows)`.
    fn products<const N: usize>(
        &self,
        a: Batch<'_, T>,
        w: Weights<'_, T>,
        b: &[T],
        out: [BatchMut<'_, T>; N],
        finish: impl Fn(usize, usize, [Window<'_, T>; N]) + Sync,
    ) {
        assert_eq!(a.cols(), w.inputs(), "affine: inputs");
        assert_eq!(b.len(), w.outputs(), "affine: biases");
        assert!(out.iter().all(|o| o.rows() == a.rows()), "affine: rows");
        assert!(out.iter().all(|o| o.cols() == w.outputs()), "affine: outputs");
        let way = lanes::affine(a.rows(), w.outputs(), w.inputs(), self.lanes());
        let high = match way {
            Lanes::Rows => SIDE,
            _ if w.inputs() < DEEP => ROWS,
            _ => DEEP_ROWS,
        };
        let grid = Grid::new(a.rows(), w.outputs(), high, PANEL);
        let team = self.team_for(2 * a.rows() * w.inputs() * w.outputs());
        over_grid(team, grid, out, |rows, cols, mut windows| {
            let (p, row, unit) = (cols.start / PANEL, rows.start, cols.start);
            let out = windows[0].borrow();
            match way {
                Lanes::Rows => self.panel_along_rows(a, rows, w.panel(p), b, out),
                _ => self.panel_along_units(a, rows, w.panel(p), &b[units(w.outputs(), p)], out),
            }
            finish(row, unit, windows);
        });
    }
    /// Lanes are units: the panel's inputs are read as they lie.
    fn panel_along_units(
        &self,
        a: Batch<'_, T>,
        rows: Range<usize>,
        panel: &[T],
        b: &[T],
        mut out: Window<'_, T>,
    ) {
        let inputs = a.cols();
        let deep = if inputs < DEEP { inputs.max(1) } else { DEEP_INPUTS };
        // No input is one part of no terms: the biases.
        for k in (0..inputs.max(1)).step_by(deep) {
            self.run(Product {
                x: Strided { data: &a.data()[rows.start * inputs + k..], row_step: inputs, t_step: 1 },
                v: &panel[k * b.len()..],
                v_step: b.len(),
                terms: deep.min(inputs - k),
                start: if k == 0 { Start::Row(b) } else { Start::Kept },
                out: out.borrow(),
            });
        }
    }
    /// Lanes are samples: few units, all in one panel.
    fn panel_along_rows(
        &self,
        a: Batch<'_, T>,
        rows: Range<usize>,
        panel: &[T],
        b: &[T],
        out: Window<'_, T>,
    ) {
        let (inputs, m) = (a.cols(), rows.len());
        T::with_desk(SIDE * SIDE + b.len() * SIDE, |desk| {
            let (square, sums) = desk.split_at_mut(SIDE * SIDE);
            for k in (0..inputs.max(1)).step_by(SIDE) {
                let terms = SIDE.min(inputs - k);
                self.run(Transpose {
                    src: &a.data()[rows.start * inputs + k..],
                    src_step: inputs,
                    out: Window::new(square, terms, m, SIDE),
                });
                self.run(Product {
                    x: Strided { data: &panel[k * b.len()..], row_step: 1, t_step: b.len() },
                    v: square,
                    v_step: SIDE,
                    terms,
                    start: if k == 0 { Start::Column(b) } else { Start::Kept },
                    out: Window::new(sums, b.len(), m, SIDE),
                });
            }
            self.run(Transpose { src: sums, src_step: SIDE, out });
        });
    }
}

/// Applies an epilogue in place to a window that starts at (`row`, `unit`).
pub(crate) struct Finish<'p, T, E> {
    pub(crate) out: Window<'p, T>,
    pub(crate) epilogue: &'p E,
    pub(crate) row: usize,
    pub(crate) unit: usize,
}

impl<T: Element, E: Epilogue<T>> Task<T> for Finish<'_, T, E> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(mut self) {
        if self.epilogue.runs_on() && self.out.is_whole() {
            self.out = self.out.flat();
        }
        // A copy, which no write to the results can change.
        let epilogue = *self.epilogue;
        for i in 0..self.out.rows() {
            let out = self.out.row(i);
            for j in (0..out.len()).step_by(S::LANES) {
                let lanes = (out.len() - j).min(S::LANES);
                let acc = S::load_some(&out[j..], lanes);
                let y = epilogue.apply(acc, self.row + i, self.unit + j, lanes);
                y.store_some(&mut out[j..], lanes);
            }
        }
    }
}

/// Writes what an epilogue makes of `z` to `out`.
struct FinishPair<'p, T, E> {
    z: Window<'p, T>,
    out: Window<'p, T>,
    epilogue: &'p E,
    row: usize,
    unit: usize,
}

impl<T: Element, E: Epilogue<T>> Task<T> for FinishPair<'_, T, E> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(mut self) {
        if self.epilogue.runs_on() && self.z.is_whole() && self.out.is_whole() {
            (self.z, self.out) = (self.z.flat(), self.out.flat());
        }
        let epilogue = *self.epilogue;
        for i in 0..self.z.rows() {
            let (z, out) = (self.z.row(i), self.out.row(i));
            for j in (0..z.len()).step_by(S::LANES) {
                let lanes = (z.len() - j).min(S::LANES);
                let acc = S::load_some(&z[j..], lanes);
                let y = epilogue.apply(acc, self.row + i, self.unit + j, lanes);
                y.store_some(&mut out[j..], lanes);
            }
        }
    }
}
