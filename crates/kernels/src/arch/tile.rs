//! The register tile: the one inner loop of all three products.

use super::{Element, Simd, Task};
use crate::team::split::Window;

/// What the sums start from.
#[derive(Clone, Copy)]
pub(crate) enum Start<'p, T> {
    /// 0.
    Zero,
    /// One number per column, the same in all rows.
    Row(&'p [T]),
    /// What `out` holds.
    Kept,
}

/// A matrix that is read at (row, t) = `data[row · row_step + t · t_step]`.
#[derive(Clone, Copy)]
pub(crate) struct Strided<'p, T> {
    pub(crate) data: &'p [T],
    pub(crate) row_step: usize,
    pub(crate) t_step: usize,
}

/// `out[i, c] = start + Σ x[i, t] · v[t · v_step + c]` for t = 0..terms ascending, one fused
/// multiply-add per term. Lanes are columns; a column's sum never leaves its lane.
pub(crate) struct Product<'p, T> {
    pub(crate) x: Strided<'p, T>,
    pub(crate) v: &'p [T],
    pub(crate) v_step: usize,
    pub(crate) terms: usize,
    pub(crate) start: Start<'p, T>,
    pub(crate) out: Window<'p, T>,
}

impl<T: Element> Task<T> for Product<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(mut self) {
        let (rows, cols) = (self.out.rows(), self.out.cols());
        if rows == 0 || cols == 0 {
            return;
        }
        self.check();
        let vectors = cols.div_ceil(S::LANES);
        let bands = rows.div_ceil(S::TILE_ROWS);
        for v in (0..vectors).step_by(S::TILE_VECTORS) {
            let wide = (vectors - v).min(S::TILE_VECTORS);
            for band in 0..bands {
                // Bands of nearly equal height: a last band of one row would wait for its sums.
                let (i, end) = (rows * band / bands, rows * (band + 1) / bands);
                self.tile::<S>(i, end - i, v * S::LANES, wide);
            }
        }
    }
}

/// Calls `$self.sums` with the numbers of rows and vectors as constants, so that the sums stay in
/// registers.
macro_rules! with_constants {
    ($self:ident, $s:ident, $rows:expr, $vectors:expr, $at:expr; $($r:literal)*; $($v:tt)*) => {
        with_constants!(@ $self, $s, $rows, $vectors, $at; [$($r)*]; $($v)*)
    };
    (@ $self:ident, $s:ident, $rows:expr, $vectors:expr, $at:expr; $r:tt; $($v:literal)*) => {
        match $vectors {
            $($v => with_constants!(# $self, $s, $rows, $v, $at; $r),)*
            _ => unreachable!("TILE_VECTORS is at most 4"),
        }
    };
    (# $self:ident, $s:ident, $rows:expr, $v:literal, $at:expr; [$($r:literal)*]) => {
        match $rows {
            $($r if $r <= $s::TILE_ROWS && $v <= $s::TILE_VECTORS => $self.sums::<$s, $r, $v>($at),)*
            _ => unreachable!("TILE_ROWS is at most 6"),
        }
    };
}

/// Where a tile stands: its first row and column.
#[derive(Clone, Copy)]
struct At {
    row: usize,
    col: usize,
}

impl<T: Element> Product<'_, T> {
    /// Every read of `sums` is inside the slices.
    #[inline(always)]
    fn check(&self) {
        let (rows, cols, terms) = (self.out.rows(), self.out.cols(), self.terms);
        if terms > 0 {
            assert!((rows - 1) * self.x.row_step + (terms - 1) * self.x.t_step < self.x.data.len());
            assert!((terms - 1) * self.v_step + cols <= self.v.len());
        }
        if let Start::Row(row) = self.start {
            assert!(row.len() >= cols);
        }
    }
    #[inline(always)]
    fn tile<S: Simd<Elem = T>>(&mut self, row: usize, rows: usize, col: usize, vectors: usize) {
        with_constants!(self, S, rows, vectors, At { row, col }; 1 2 3 4 5 6; 1 2 3 4)
    }
    /// One tile: R rows of V vectors, the last of which may be partial.
    #[inline(always)]
    fn sums<S: Simd<Elem = T>, const R: usize, const V: usize>(&mut self, at: At) {
        let last = (self.out.cols() - at.col - (V - 1) * S::LANES).min(S::LANES);
        let mut sums = self.first::<S, R, V>(at, last);
        // While a whole vector can be read the last one is read whole; what stands behind its own
        // lanes (the next term's numbers) ends in lanes that are not stored.
        let room = self.v.len().checked_sub(at.col + V * S::LANES);
        let whole = match room {
            Some(room) if self.v_step > 0 => (room / self.v_step + 1).min(self.terms),
            Some(_) => self.terms,
            None => 0,
        };
        for t in 0..self.terms {
            let x = self.x.data.as_ptr().wrapping_add(at.row * self.x.row_step + t * self.x.t_step);
            let v = self.v.as_ptr().wrapping_add(t * self.v_step + at.col);
            let mut vs = [S::splat(T::ZERO); V];
            for j in 0..V {
                vs[j] = if j + 1 < V || t < whole {
                    // SAFETY: `check`: at.col + V whole vectors, or V − 1 and the last's own lanes,
                    // are inside `v`; the last is whole only for t < whole.
                    unsafe { S::load_raw(v.add(j * S::LANES)) }
                } else {
                    // SAFETY: `check`: the last vector's own lanes are inside `v`.
                    let lanes = unsafe { std::slice::from_raw_parts(v.add(j * S::LANES), last) };
                    S::load_partial(lanes, last)
                };
            }
            for i in 0..R {
                // SAFETY: `check`: row at.row + i of term t is inside `x`.
                let x = S::splat(unsafe { *x.add(i * self.x.row_step) });
                for j in 0..V {
                    sums[i][j] = x.mul_add(vs[j], sums[i][j]);
                }
            }
        }
        for i in 0..R {
            let out = &mut self.out.row(at.row + i)[at.col..];
            for j in 0..V - 1 {
                sums[i][j].store(&mut out[j * S::LANES..]);
            }
            sums[i][V - 1].store_partial(&mut out[(V - 1) * S::LANES..], last);
        }
    }
    #[inline(always)]
    fn first<S: Simd<Elem = T>, const R: usize, const V: usize>(
        &mut self,
        at: At,
        last: usize,
    ) -> [[S; V]; R] {
        let mut sums = [[S::splat(T::ZERO); V]; R];
        for i in 0..R {
            let row = match self.start {
                Start::Zero => break,
                Start::Row(row) => row,
                Start::Kept => &*self.out.row(at.row + i),
            };
            for j in 0..V {
                let lanes = if j + 1 < V { S::LANES } else { last };
                sums[i][j] = S::load_partial(&row[at.col + j * S::LANES..], lanes);
            }
        }
        sums
    }
}

/// The transpose of `src` (row i at i · src_step) into `out`.
pub(crate) struct Transpose<'p, T> {
    pub(crate) src: &'p [T],
    pub(crate) src_step: usize,
    pub(crate) out: Window<'p, T>,
}

impl<T: Element> Task<T> for Transpose<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(mut self) {
        let (rows, cols, step) = (self.out.rows(), self.out.cols(), self.src_step);
        if rows == 0 || cols == 0 {
            return;
        }
        assert!((cols - 1) * step + rows <= self.src.len());
        // Whole squares, then what is left of the columns and of the rows.
        let (square_rows, square_cols) = (rows - rows % S::LANES, cols - cols % S::LANES);
        for i in (0..square_rows).step_by(S::LANES) {
            for j in (0..square_cols).step_by(S::LANES) {
                let (dst, dst_step) = self.out.at(i, j);
                // SAFETY: LANES rows from i on and columns from j on are inside `out`, and inside
                // `src` with rows and columns changed, by the assertion. `out` is lent mutably.
                unsafe { S::transpose(self.src.as_ptr().add(j * step + i), step, dst, dst_step) };
            }
        }
        for i in 0..rows {
            let first = if i < square_rows { square_cols } else { 0 };
            for (j, out) in self.out.row(i).iter_mut().enumerate().skip(first) {
                *out = self.src[j * step + i];
            }
        }
    }
}
