//! δ W: what reaches the layer below.

use crate::affine::{Epilogue, Finish};
use crate::arch::Element;
use crate::arch::tile::{Product, Start, Strided, Transpose};
use crate::kernels::{Kernels, Scratch};
use crate::lanes::{self, Lanes};
use crate::layout::{Weights, panels, units};
use crate::team::split::{Grid, Runs, Window, over_grid, over_runs};
use feedforward_base::{Batch, BatchMut};
use std::ops::Range;

/// Side of a square of results: kept transposed in the first cache until all its terms are there.
pub(crate) const SIDE: usize = 64;
/// From so many units on a block of δᵀ fills the second cache, ...
const DEEP: usize = 1024;
/// ... so that many inputs meet each part of it while the first cache holds it.
const DEEP_INPUTS: usize = 192;
/// Rows for which one thread alone transposes a square of W once.
const ROWS: usize = 128;

impl<T: Element> Kernels<T> {
    /// `out[r, k] = epilogue(Σ δ[r, j] W[j, k])`.
    ///
    /// `delta`: m x n_out, `w`: n_out x n_in, `out`: m x n_in. The sum starts at 0 and takes one
    /// fused multiply-add per j, ascending. δ or W is transposed, whichever [`lanes::pull_back`]
    /// finds cheaper: δ into `scratch`, W square by square.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn pull_back<E: Epilogue<T>>(
        &self,
        delta: Batch<'_, T>,
        w: Weights<'_, T>,
        out: BatchMut<'_, T>,
        epilogue: &E,
        scratch: &mut Scratch<T>,
    ) {
        assert_eq!(delta.cols(), w.outputs(), "pull_back: outputs");
        assert_eq!(delta.rows(), out.rows(), "pull_back: rows");
        assert_eq!(w.inputs(), out.cols(), "pull_back: inputs");
        let m = delta.rows();
        let team = self.team_for(2 * m * w.inputs() * w.outputs());
        let way = lanes::pull_back(m, w.outputs(), w.inputs(), self.lanes());
        let turned = match way {
            Lanes::Rows => self.turn(delta, scratch),
            _ => &[],
        };
        let high = if way == Lanes::Rows || team.is_some() { SIDE } else { ROWS };
        let grid = match way {
            Lanes::Rows if w.outputs() < DEEP => Grid::fixed(m, w.inputs(), SIDE, SIDE),
            Lanes::Rows => Grid::fixed(m, w.inputs(), SIDE, DEEP_INPUTS),
            _ => Grid::new(m, w.inputs(), high, SIDE),
        };
        over_grid(team, grid, [out], |rows, cols, [mut out]| {
            let (row, unit) = (rows.start, cols.start);
            match way {
                Lanes::Rows => self.square_along_rows(turned, rows, w, cols, out.borrow()),
                _ => self.square_along_inputs(delta, rows, w, cols, out.borrow()),
            }
            if !E::IDENTITY {
                self.run(Finish { out, epilogue, row, unit });
            }
        });
    }
    /// δᵀ in blocks of [`SIDE`] rows, so that a block lies together: unit j of block i at (i n_out + j) SIDE.
    fn turn<'s>(&self, delta: Batch<'_, T>, scratch: &'s mut Scratch<T>) -> &'s [T] {
        let (m, outputs) = (delta.rows(), delta.cols());
        let blocks = m.div_ceil(SIDE);
        let turned = scratch.take(blocks * outputs * SIDE);
        let runs = Runs::Even { len: blocks, step: 1 };
        over_runs(self.team_for(4 * m * outputs), runs, [&mut *turned], |i, [out]| {
            let row = i * SIDE;
            self.run(Transpose {
                src: &delta.data()[row * outputs..],
                src_step: outputs,
                out: Window::new(out, outputs, SIDE.min(m - row), SIDE),
            });
        });
        turned
    }
    /// Lanes are samples: W is read as it lies, the results are transposed at the end.
    fn square_along_rows(
        &self,
        turned: &[T],
        rows: Range<usize>,
        w: Weights<'_, T>,
        cols: Range<usize>,
        out: Window<'_, T>,
    ) {
        let block = &turned[rows.start * w.outputs()..];
        T::with_desk(SIDE * cols.len(), |square| {
            for p in 0..panels(w.outputs()).max(1) {
                let units = units(w.outputs(), p);
                self.run(Product {
                    x: Strided {
                        data: &w.panel(p)[cols.start * units.len()..],
                        row_step: units.len(),
                        t_step: 1,
                    },
                    v: &block[units.start * SIDE..],
                    v_step: SIDE,
                    terms: units.len(),
                    start: if p == 0 { Start::Zero } else { Start::Kept },
                    out: Window::new(square, cols.len(), rows.len(), SIDE),
                });
            }
            self.run(Transpose { src: square, src_step: SIDE, out });
        });
    }
    /// Lanes are inputs: a square of W is transposed, δ is read as it lies.
    fn square_along_inputs(
        &self,
        delta: Batch<'_, T>,
        rows: Range<usize>,
        w: Weights<'_, T>,
        cols: Range<usize>,
        mut out: Window<'_, T>,
    ) {
        T::with_desk(SIDE * SIDE, |square| {
            for p in 0..panels(w.outputs()).max(1) {
                let units = units(w.outputs(), p);
                let panel = &w.panel(p)[cols.start * units.len()..];
                // With one unit the panel's inputs stand side by side already.
                let v = if units.len() == 1 {
                    panel
                } else {
                    self.run(Transpose {
                        src: panel,
                        src_step: units.len(),
                        out: Window::new(square, units.len(), cols.len(), SIDE),
                    });
                    &*square
                };
                self.run(Product {
                    x: Strided {
                        data: &delta.data()[rows.start * delta.cols() + units.start..],
                        row_step: delta.cols(),
                        t_step: 1,
                    },
                    v,
                    v_step: SIDE,
                    terms: units.len(),
                    start: if p == 0 { Start::Zero } else { Start::Kept },
                    out: out.borrow(),
                });
            }
        });
    }
}
