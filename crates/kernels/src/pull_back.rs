//! δ W: what reaches the layer below.

use crate::affine::{Epilogue, Finish};
use crate::arch::Element;
use crate::arch::tile::{Product, Start, Strided, Transpose};
use crate::kernels::{Kernels, MAX_LANES, Scratch};
use crate::layout::{Weights, panels, units};
use crate::team::split::{Grid, Window, over_grid};
use feedforward_base::{Batch, BatchMut};

/// Side of a square of results: kept transposed in the first cache until all its terms are there.
const SIDE: usize = 64;

impl<T: Element> Kernels<T> {
    /// `out[r, k] = epilogue(Σ δ[r, j] W[j, k])`.
    ///
    /// `delta`: m x n_out, `w`: n_out x n_in, `out`: m x n_in. The sum starts at 0 and takes one
    /// fused multiply-add per j, ascending. Lanes are samples here: δ is transposed into `scratch`,
    /// which is smaller than W for every batch that is smaller than the layer, and W is read as it is.
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
        let step = m.next_multiple_of(MAX_LANES);
        let turned = scratch.take(delta.cols() * step);
        let window = Window::new(turned, delta.cols(), m, step);
        self.arch().run(Transpose { src: delta.data(), src_step: delta.cols(), out: window });
        let (grid, turned) = (Grid::new(m, w.inputs(), SIDE, SIDE), &*turned);
        let team = self.team_for(2 * m * w.inputs() * w.outputs());
        over_grid(team, grid, [out], |rows, cols, [mut out]| {
            let mut square = [T::ZERO; SIDE * SIDE];
            for p in 0..panels(w.outputs()) {
                let units = units(w.outputs(), p);
                self.arch().run(Product {
                    x: Strided {
                        data: &w.panel(p)[cols.start * units.len()..],
                        row_step: units.len(),
                        t_step: 1,
                    },
                    v: &turned[units.start * step + rows.start..],
                    v_step: step,
                    terms: units.len(),
                    start: if p == 0 { Start::Zero } else { Start::Kept },
                    out: Window::new(&mut square, cols.len(), rows.len(), SIDE),
                });
            }
            self.arch().run(Transpose { src: &square, src_step: SIDE, out: out.borrow() });
            if !E::IDENTITY {
                self.arch().run(Finish { out, epilogue, row: rows.start, unit: cols.start });
            }
        });
    }
}
