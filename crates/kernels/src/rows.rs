//! Work on whole rows: gathers and softmax.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::math::{exp, ln};
use crate::team::Team;
use crate::team::split::{Grid, Runs, over_grid, over_runs};
use feedforward_base::{Batch, BatchMut};

/// Rows of a piece of work.
const ROWS: usize = 32;

/// Floating-point operations per number, about: what the division among threads goes by.
const FLOPS: usize = 16;

impl<T: Element> Kernels<T> {
    /// out[i] = row `rows[i]` of `table`.
    ///
    /// # Panics
    /// If the shapes do not fit or the table has no such row.
    pub fn gather(&self, table: Batch<'_, T>, rows: &[u32], out: BatchMut<'_, T>) {
        assert_eq!(rows.len(), out.rows(), "gather: rows");
        assert_eq!(table.cols(), out.cols(), "gather: columns");
        let grid = Grid::new(out.rows(), out.cols(), ROWS, out.cols().max(1));
        over_grid(self.team_for(out.rows() * out.cols()), grid, [out], |own, _, [mut out]| {
            for (i, &row) in rows[own].iter().enumerate() {
                out.row(i).copy_from_slice(table.row(row as usize));
            }
        });
    }
    /// p[r] = softmax(z[r]): e^(z − max) / Σ e^(z − max), the sum in the order of the columns.
    /// `top[r]` gets the row's max and `log_sum[r]` gets ln Σ e^(z − max), so that
    /// ln p[r, c] = (z[r, c] − top[r]) − log_sum[r], accurate also where p rounds to 0 or 1.
    ///
    /// # Panics
    /// If the shapes do not fit or there is no column.
    pub fn softmax(&self, z: Batch<'_, T>, mut p: BatchMut<'_, T>, top: &mut [T], log_sum: &mut [T]) {
        assert!(z.rows() == p.rows() && z.cols() == p.cols(), "softmax: shapes");
        assert!(top.len() == z.rows() && log_sum.len() == z.rows(), "softmax: rows");
        let (team, runs) = self.softmax_work(z);
        over_runs(team, runs, [p.data(), top, log_sum], |i, [p, top, log_sum]| {
            for (k, p) in p.chunks_exact_mut(z.cols()).enumerate() {
                (top[k], log_sum[k]) = self.arch().run(Softmax { z: z.row(i * ROWS + k), p });
            }
        });
    }
    /// [`Kernels::softmax`] with loss[r] = −ln p[r, labels[r]].
    ///
    /// # Panics
    /// If the shapes do not fit, there is no column, or a label is no column.
    pub fn softmax_cross_entropy(
        &self,
        z: Batch<'_, T>,
        labels: &[u32],
        mut p: BatchMut<'_, T>,
        loss: &mut [T],
    ) {
        assert!(z.rows() == p.rows() && z.cols() == p.cols(), "softmax_cross_entropy: shapes");
        assert!(loss.len() == z.rows() && labels.len() == z.rows(), "softmax_cross_entropy: rows");
        let (team, runs) = self.softmax_work(z);
        over_runs(team, runs, [p.data(), loss], |i, [p, loss]| {
            for (k, p) in p.chunks_exact_mut(z.cols()).enumerate() {
                let r = i * ROWS + k;
                let (top, log_sum) = self.arch().run(Softmax { z: z.row(r), p });
                loss[k] = log_sum - (z.row(r)[labels[r] as usize] - top);
            }
        });
    }
    fn softmax_work(&self, z: Batch<'_, T>) -> (Option<&Team>, Runs) {
        assert!(z.cols() > 0, "softmax: columns");
        (self.team_for(FLOPS * z.data().len()), Runs::Even { len: z.rows(), step: ROWS })
    }
}

/// One row's softmax into `p`; returns (max, ln Σ e^(z − max)).
struct Softmax<'p, T> {
    z: &'p [T],
    p: &'p mut [T],
}

impl<T: Element> Task<T> for Softmax<'_, T> {
    type Out = (T, T);
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> (T, T) {
        let mut top = self.z[0];
        for &z in self.z {
            top = if z > top { z } else { top };
        }
        for j in (0..self.p.len()).step_by(S::LANES) {
            let lanes = (self.p.len() - j).min(S::LANES);
            let z = S::load_partial(&self.z[j..], lanes);
            exp(z.sub(S::splat(top))).store_partial(&mut self.p[j..], lanes);
        }
        let mut sum = T::ZERO;
        for &e in &*self.p {
            sum += e;
        }
        for j in (0..self.p.len()).step_by(S::LANES) {
            let lanes = (self.p.len() - j).min(S::LANES);
            let e = S::load_partial(&self.p[j..], lanes);
            e.div(S::splat(sum)).store_partial(&mut self.p[j..], lanes);
        }
        (top, ln(T::Scalar::splat(sum)).first())
    }
}
