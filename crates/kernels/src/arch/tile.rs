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
    /// One number per row, the same in all columns.
    Column(&'p [T]),
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
        for v in (0..vectors).step_by(S::TILE_VECTORS) {
            let wide = (vectors - v).min(S::TILE_VECTORS);
            let bands = rows.div_ceil(S::TILE[wide - 1]);
            for band in 0..bands {
                // Bands of nearly equal height: a last band of one row would wait for its sums.
                let (i, end) = (rows * band / bands, rows * (band + 1) / bands);
                self.tile::<S>(At { row: i, col: v * S::LANES }, end - i, wide);
            }
        }
    }
}

/// Calls `$self.sums` with the numbers of rows and vectors as constants, so that the sums stay in
/// registers.
macro_rules! with_constants {
    ($self:ident, $s:ident, $rows:expr, $vectors:expr, $args:tt; $r:tt; $($v:literal)*) => {
        match $vectors {
            $($v => with_constants!(# $self, $s, $rows, $v, $args; $r),)*
            _ => unreachable!("TILE_VECTORS is at most 4"),
        }
    };
    (# $self:ident, $s:ident, $rows:expr, $v:literal, $args:tt; [$($r:literal)*]) => {
        match $rows {
            $($r if $r <= $s::TILE[$v - 1] => with_constants!(@ $self, $s, $r, $v, $args),)*
            _ => unreachable!("a tile has at most 12 rows"),
        }
    };
    (@ $self:ident, $s:ident, $r:literal, $v:literal, ($($arg:expr),*)) => {
        $self.sums::<$s, $r, $v>($($arg),*)
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
        match self.start {
            Start::Row(row) => assert!(row.len() >= cols),
            Start::Column(column) => assert!(column.len() >= rows),
            Start::Zero | Start::Kept => {}
        }
    }
    #[inline(always)]
    fn tile<S: Simd<Elem = T>>(&mut self, at: At, rows: usize, vectors: usize) {
        with_constants!(self, S, rows, vectors, (at); [1 2 3 4 5 6 7 8 9 10 11 12]; 1 2 3 4)
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
        let mut xs = [std::ptr::null(); MAX_ROWS / QUAD];
        for (q, x) in xs.iter_mut().enumerate() {
            *x = self.x.data.as_ptr().wrapping_add((at.row + q * QUAD) * self.x.row_step);
        }
        for t in 0..whole {
            // SAFETY: `check`: at.col + V whole vectors are inside `v` for t < whole.
            let v = |j: usize| unsafe { S::load_raw(self.v(t, at).add(j * S::LANES)) };
            let mut vs = [S::splat(T::ZERO); V];
            for j in 0..V {
                vs[j] = v(j);
            }
            self.term::<S, R, V>(&mut xs, vs, &mut sums);
        }
        for t in whole..self.terms {
            let mut vs = [S::splat(T::ZERO); V];
            for j in 0..V - 1 {
                // SAFETY: `check`: the V − 1 vectors before the last are inside `v`.
                vs[j] = unsafe { S::load_raw(self.v(t, at).add(j * S::LANES)) };
            }
            // SAFETY: `check`: the last vector's own lanes are inside `v`.
            let lanes = unsafe { std::slice::from_raw_parts(self.v(t, at).add((V - 1) * S::LANES), last) };
            vs[V - 1] = S::load_partial(lanes, last);
            self.term::<S, R, V>(&mut xs, vs, &mut sums);
        }
        for i in 0..R {
            let out = &mut self.out.row(at.row + i)[at.col..];
            for j in 0..V - 1 {
                sums[i][j].store(&mut out[j * S::LANES..]);
            }
            sums[i][V - 1].store_some(&mut out[(V - 1) * S::LANES..], last);
        }
    }
    /// Where the columns of a tile start in term `t` of `v`.
    #[inline(always)]
    fn v(&self, t: usize, at: At) -> *const T {
        self.v.as_ptr().wrapping_add(t * self.v_step + at.col)
    }
    /// One term more in every sum. `xs` are the places of the term in the rows 0, 4, 8: with one
    /// pointer for each row the loop would run out of registers.
    #[inline(always)]
    fn term<S: Simd<Elem = T>, const R: usize, const V: usize>(
        &self,
        xs: &mut [*const T; MAX_ROWS / QUAD],
        vs: [S; V],
        sums: &mut [[S; V]; R],
    ) {
        for i in 0..R {
            // SAFETY: `check`: this row and term is inside `x`.
            let x = S::splat(unsafe { *xs[i / QUAD].wrapping_add(i % QUAD * self.x.row_step) });
            for j in 0..V {
                sums[i][j] = x.mul_add(vs[j], sums[i][j]);
            }
        }
        for x in xs {
            *x = x.wrapping_add(self.x.t_step);
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
                Start::Column(column) => {
                    sums[i] = [S::splat(column[at.row + i]); V];
                    continue;
                }
                Start::Row(row) => row,
                Start::Kept => &*self.out.row(at.row + i),
            };
            for j in 0..V {
                let lanes = if j + 1 < V { S::LANES } else { last };
                sums[i][j] = S::load_some(&row[at.col + j * S::LANES..], lanes);
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
        let (rows, cols) = (self.out.rows(), self.out.cols());
        for i in (0..rows).step_by(S::LANES) {
            for j in (0..cols).step_by(S::LANES) {
                let (high, wide) = ((rows - i).min(S::LANES), (cols - j).min(S::LANES));
                match (high == S::LANES, wide == S::LANES) {
                    (true, true) => self.square::<S>(i, j, S::LANES, S::LANES),
                    (true, false) => self.square::<S>(i, j, S::LANES, wide),
                    (false, true) => self.square::<S>(i, j, high, S::LANES),
                    (false, false) => self.square::<S>(i, j, high, wide),
                }
            }
        }
    }
}

impl<T: Element> Transpose<'_, T> {
    /// The square at (`i`, `j`) of the result, of which `high` rows and `wide` columns are wanted.
    #[inline(always)]
    fn square<S: Simd<Elem = T>>(&mut self, i: usize, j: usize, high: usize, wide: usize) {
        let mut square = [S::splat(T::ZERO); MAX_LANES];
        for r in 0..wide {
            square[r] = S::load_some(&self.src[(j + r) * self.src_step + i..], high);
        }
        S::transpose(&mut square);
        for r in 0..high {
            square[r].store_some(&mut self.out.row(i + r)[j..], wide);
        }
    }
}

/// Rows of the highest tile.
const MAX_ROWS: usize = 12;
/// Rows that one pointer serves.
const QUAD: usize = 4;

/// Lanes of the widest vector.
pub(crate) const MAX_LANES: usize = 16;
