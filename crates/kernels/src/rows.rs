//! Work on whole rows: gathers, softmax and its logarithm.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::math::{exp, ln};
use crate::team::split::{Grid, Runs, Window, over_grid, over_runs};
use feedforward_base::{Batch, BatchMut};

/// Rows of a piece of work.
const ROWS: usize = 16;

/// Bytes between the number that a gather copies and the one that it fetches meanwhile.
const AHEAD: usize = 8192;

/// Floating-point operations that take as long as a number of these, about: what the division among threads goes
/// by. A gather waits for memory, softmax has an exponential.
const FLOPS: usize = 16;

impl<T: Element> Kernels<T> {
    /// `out[i]` = row `rows[i]` of `table`.
    ///
    /// # Panics
    /// If the shapes do not fit or the table has no such row.
    pub fn gather(&self, table: Batch<'_, T>, rows: &[u32], out: BatchMut<'_, T>) {
        assert_eq!(rows.len(), out.rows(), "gather: rows");
        assert_eq!(table.cols(), out.cols(), "gather: columns");
        let grid = Grid::new(out.rows(), out.cols(), ROWS, out.cols().max(1));
        over_grid(self.team_for(FLOPS * out.rows() * out.cols()), grid, [out], |own, _, [mut out]| {
            self.run(Gather { table, rows: &rows[own], out: out.borrow() });
        });
    }
    /// `p[r] = softmax(z[r])`: e^(z − max) / Σ e^(z − max), the sum in the order of the columns.
    /// `top[r]` gets the row's max and `log_sum[r]` gets ln Σ e^(z − max), so that
    /// `ln p[r, c] = (z[r, c] − top[r]) − log_sum[r]`, accurate also where p rounds to 0 or 1.
    ///
    /// # Panics
    /// If the shapes do not fit or there is no column.
    pub fn softmax(&self, z: Batch<'_, T>, p: BatchMut<'_, T>, top: &mut [T], log_sum: &mut [T]) {
        self.softmax_rows::<false>(z, p, top, log_sum);
    }
    /// `log_p[r] = ln softmax(z[r])` = (z − max) − ln Σ e^(z − max), accurate also where softmax rounds to 0 or 1;
    /// `top` and `log_sum` as in [`Kernels::softmax`], with the same bits.
    ///
    /// # Panics
    /// If the shapes do not fit or there is no column.
    pub fn log_softmax(&self, z: Batch<'_, T>, log_p: BatchMut<'_, T>, top: &mut [T], log_sum: &mut [T]) {
        self.softmax_rows::<true>(z, log_p, top, log_sum);
    }
    fn softmax_rows<const LOG: bool>(
        &self,
        z: Batch<'_, T>,
        mut p: BatchMut<'_, T>,
        top: &mut [T],
        log_sum: &mut [T],
    ) {
        assert!(z.rows() == p.rows() && z.cols() == p.cols(), "softmax: shapes");
        assert!(top.len() == z.rows() && log_sum.len() == z.rows(), "softmax: rows");
        assert!(z.cols() > 0, "softmax: columns");
        let team = self.team_for(FLOPS * z.data().len());
        let runs = Runs::Even { len: z.rows(), step: ROWS };
        over_runs(team, runs, [p.data(), top, log_sum], |i, [p, top, log_sum]| {
            for (k, p) in p.chunks_exact_mut(z.cols()).enumerate() {
                (top[k], log_sum[k]) = self.run(Softmax::<_, LOG> { z: z.row(i * ROWS + k), p });
            }
        });
    }
}

/// Copies rows of a table that lie anywhere in memory.
struct Gather<'p, T> {
    table: Batch<'p, T>,
    rows: &'p [u32],
    out: Window<'p, T>,
}

impl<T: Element> Task<T> for Gather<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(mut self) {
        let cols = self.table.cols();
        let ahead = (AHEAD / (cols * size_of::<T>()).max(1)).max(1);
        for (i, &row) in self.rows.iter().enumerate() {
            let (from, to) = (self.table.row(row as usize), self.out.row(i));
            let later = self.table.row(self.rows[(i + ahead).min(self.rows.len() - 1)] as usize);
            for c in (0..cols).step_by(S::LANES) {
                S::prefetch(later[c..].as_ptr());
                let lanes = (cols - c).min(S::LANES);
                S::load_some(&from[c..], lanes).store_some(&mut to[c..], lanes);
            }
        }
    }
}

/// One row's softmax, or its logarithm, into `p`; returns (max, ln Σ e^(z − max)).
struct Softmax<'p, T, const LOG: bool> {
    z: &'p [T],
    p: &'p mut [T],
}

impl<T: Element, const LOG: bool> Task<T> for Softmax<'_, T, LOG> {
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
        let log_sum = ln(T::Scalar::splat(sum)).first();
        for j in (0..self.p.len()).step_by(S::LANES) {
            let lanes = (self.p.len() - j).min(S::LANES);
            let p = if LOG {
                S::load_partial(&self.z[j..], lanes).sub(S::splat(top)).sub(S::splat(log_sum))
            } else {
                S::load_partial(&self.p[j..], lanes).div(S::splat(sum))
            };
            p.store_partial(&mut self.p[j..], lanes);
        }
        (top, log_sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;
    use feedforward_base::{Dice, Purpose};

    fn every_kernels() -> impl Iterator<Item = Kernels<f32>> {
        let of = |arch| [1, 2, 3].map(|threads| Kernels::new(arch, threads).unwrap());
        Arch::available().into_iter().flat_map(of)
    }

    fn numbers(n: usize, scale: f64) -> Vec<f32> {
        let stream = Dice::new(5).stream(Purpose::Experiment, &[]);
        (0..n as u64).map(|i| (stream.normal(i) * scale) as f32).collect()
    }

    #[test]
    fn gather_copies_rows_in_the_order_asked_for() {
        let table: Vec<f32> = (0..50_000).map(|i| i as f32).collect();
        let rows: Vec<u32> = (0..4999).map(|i| i * 7919 % 10_000).collect();
        for kernels in every_kernels() {
            let mut out = vec![0.0; rows.len() * 5];
            let view = BatchMut::new(&mut out, rows.len(), 5);
            kernels.gather(Batch::new(&table, 10_000, 5), &rows, view);
            assert!(out.iter().enumerate().all(|(i, &x)| x == (rows[i / 5] * 5) as f32 + (i % 5) as f32));
        }
    }

    #[test]
    fn softmax_agrees_with_its_definition_and_on_every_path() {
        let (m, n) = (700, 37);
        let (z, mut first) = (numbers(m * n, 20.0), None);
        for kernels in every_kernels() {
            let (mut p, mut top, mut log_sum) = (vec![0.0; m * n], vec![0.0; m], vec![0.0; m]);
            let z = Batch::new(&z, m, n);
            kernels.softmax(z, BatchMut::new(&mut p, m, n), &mut top, &mut log_sum);
            for r in 0..m {
                let max = z.row(r).iter().copied().fold(f32::MIN, f32::max);
                let row: Vec<f64> = z.row(r).iter().map(|&z| f64::from(z - max).exp()).collect();
                let sum: f64 = row.iter().sum();
                assert!(top[r] == max && (f64::from(log_sum[r]) - sum.ln()).abs() < 1e-6);
                for (e, &p) in row.iter().zip(&p[r * n..]) {
                    let want = e / sum;
                    assert!((f64::from(p) - want).abs() <= 1e-6 * want + 1e-44);
                }
            }
            let bits: Vec<u32> = [p, top, log_sum].concat().iter().map(|x| x.to_bits()).collect();
            assert_eq!(*first.get_or_insert(bits.clone()), bits);
        }
    }

    #[test]
    fn the_logarithm_of_p_is_accurate_where_p_rounds_to_0_or_1() {
        let kernels = Kernels::<f32>::new(Arch::best(), 1).unwrap();
        let z = [100.0, 90.0, 0.0, 200.0, -1000.0, 1000.0];
        let (mut p, mut top, mut log_sum) = ([0.0; 6], [0.0; 2], [0.0; 2]);
        kernels.softmax(Batch::new(&z, 2, 3), BatchMut::new(&mut p, 2, 3), &mut top, &mut log_sum);
        let log = |r: usize, c: usize| (z[r * 3 + c] - top[r]) - log_sum[r];
        // ln(1 + e^−10 + e^−100) = 4.5398899e-5, in f32 limited by 1 + e^−10; then −1000 − 1000.
        assert!((log(0, 0) + 4.539_89e-5).abs() < 1.2e-7, "{}", log(0, 0));
        assert_eq!((log(1, 1), p[4], p[5]), (-2000.0, 0.0, 1.0));
    }

    #[test]
    fn log_softmax_is_what_top_and_log_sum_say_on_every_path() {
        let (m, n) = (300, 19);
        let z = numbers(m * n, 50.0);
        for kernels in every_kernels() {
            let [mut p, mut log_p] = [vec![0.0; m * n], vec![0.0; m * n]];
            let [mut top, mut log_sum, mut top_2, mut log_sum_2] = [(); 4].map(|()| vec![0.0; m]);
            let z = Batch::new(&z, m, n);
            kernels.softmax(z, BatchMut::new(&mut p, m, n), &mut top, &mut log_sum);
            kernels.log_softmax(z, BatchMut::new(&mut log_p, m, n), &mut top_2, &mut log_sum_2);
            assert_eq!((&top, &log_sum), (&top_2, &log_sum_2));
            for (i, (&z, &log_p)) in z.data().iter().zip(&log_p).enumerate() {
                assert_eq!(log_p.to_bits(), ((z - top[i / n]) - log_sum[i / n]).to_bits());
                // e^ magnifies the rounding of ln p.
                let bound = p[i] * (1e-6 + 2e-7 * log_p.abs()) + 1e-37;
                assert!((log_p.exp() - p[i]).abs() <= bound, "{log_p} and {}", p[i]);
            }
        }
    }

    #[test]
    fn a_row_that_is_not_finite_gives_no_number() {
        let kernels = Kernels::<f32>::new(Arch::best(), 1).unwrap();
        for z in [[f32::NAN, 0.0], [0.0, f32::NAN], [f32::INFINITY, 0.0]] {
            let (mut p, mut top, mut log_sum) = ([0.0; 2], [0.0], [0.0]);
            kernels.softmax(Batch::new(&z, 1, 2), BatchMut::new(&mut p, 1, 2), &mut top, &mut log_sum);
            assert!(((z[1] - top[0]) - log_sum[0]).is_nan());
        }
    }
}
