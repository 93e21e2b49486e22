//! Results handed out in pieces: each piece to one thread, mutable, without a copy.

use super::Hands;
use crate::layout::{panels, units};
use feedforward_base::BatchMut;
use std::marker::PhantomData;
use std::ops::Range;

/// A writable rectangle of a matrix in memory.
pub(crate) struct Window<'a, T> {
    start: *mut T,
    /// Numbers from one row's start to the next one's.
    step: usize,
    rows: usize,
    cols: usize,
    owner: PhantomData<&'a mut [T]>,
}

impl<'a, T> Window<'a, T> {
    /// The `rows` x `cols` rectangle at the start of `data`, rows `step` apart.
    #[inline(always)]
    pub(crate) fn new(data: &'a mut [T], rows: usize, cols: usize, step: usize) -> Self {
        assert!(cols <= step || rows <= 1);
        assert!(rows == 0 || (rows - 1) * step + cols <= data.len());
        Window { start: data.as_mut_ptr(), step, rows, cols, owner: PhantomData }
    }
    #[inline(always)]
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
    #[inline(always)]
    pub(crate) fn cols(&self) -> usize {
        self.cols
    }
    /// Row `i`.
    #[inline(always)]
    pub(crate) fn row(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows);
        // SAFETY: whoever made the window checked that it lies inside memory that `'a` lends
        // mutably to this window alone; `&mut self` keeps two rows from being held at once.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(i * self.step), self.cols) }
    }
    /// Its rows stand side by side, without a gap.
    #[inline(always)]
    pub(crate) fn is_whole(&self) -> bool {
        self.cols == self.step || self.rows <= 1
    }
    /// All rows as one, if there is no gap between them.
    #[inline(always)]
    pub(crate) fn flat(self) -> Self {
        assert!(self.is_whole());
        Window { rows: 1, cols: self.rows * self.cols, ..self }
    }
    /// The same rectangle for a shorter time.
    #[inline(always)]
    pub(crate) fn borrow(&mut self) -> Window<'_, T> {
        Window { owner: PhantomData, ..*self }
    }
}

/// n / step, rounded up; most often there is one part, and a division takes as long as a small layer's row.
fn parts(n: usize, step: usize) -> usize {
    if n <= step { n.min(1) } else { n.div_ceil(step) }
}

/// (i / n, i mod n), quick for what small layers have.
fn divided(i: usize, n: usize) -> (usize, usize) {
    match (i, n) {
        (0, _) => (0, 0),
        (_, 1) => (i, 0),
        _ => (i / n, i % n),
    }
}

/// A matrix cut into rectangles of nearly equal height and fixed width, counted column by column
/// of rectangles, so that neighbours read the same panel of weights.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    rows: usize,
    cols: usize,
    row_step: usize,
    col_step: usize,
}

impl Grid {
    /// Cut `rows` x `cols` into pieces of at most `max_rows` x `col_step`.
    pub(crate) fn new(rows: usize, cols: usize, max_rows: usize, col_step: usize) -> Self {
        let row_step = if rows <= max_rows { rows.max(1) } else { rows.div_ceil(parts(rows, max_rows)) };
        Grid { rows, cols, row_step, col_step }
    }
    /// Cut `rows` x `cols` into pieces of `row_step` x `col_step`, less at the ends.
    pub(crate) fn fixed(rows: usize, cols: usize, row_step: usize, col_step: usize) -> Self {
        Grid { rows, cols, row_step, col_step }
    }
    fn blocks(&self) -> usize {
        parts(self.rows, self.row_step)
    }
    fn pieces(&self) -> usize {
        self.blocks() * parts(self.cols, self.col_step)
    }
    fn piece(&self, i: usize) -> (Range<usize>, Range<usize>) {
        let (column, block) = divided(i, self.blocks());
        let (r, c) = (block * self.row_step, column * self.col_step);
        (r..(r + self.row_step).min(self.rows), c..(c + self.col_step).min(self.cols))
    }
}

struct Pointer<T>(*mut T);
// SAFETY: made only below, where each thread gets pieces of its own of mutably lent memory.
unsafe impl<T: Send> Sync for Pointer<T> {}

/// Call `work(rows, cols, windows)` for each piece of the grid, with that rectangle of each of `out`.
pub(crate) fn over_grid<T: Send, const N: usize>(
    hands: Option<Hands<'_>>,
    grid: Grid,
    mut out: [BatchMut<'_, T>; N],
    work: impl Fn(Range<usize>, Range<usize>, [Window<'_, T>; N]) + Sync,
) {
    assert!(out.iter().all(|o| o.rows() == grid.rows && o.cols() == grid.cols));
    let starts = out.each_mut().map(|o| Pointer(o.data().as_mut_ptr()));
    each_piece(hands, grid.pieces(), &|i| {
        let (rows, cols) = grid.piece(i);
        let windows = starts.each_ref().map(|p| Window {
            // SAFETY: the piece lies inside the matrix, whose size was checked above. No other
            // piece overlaps it, each is visited once, and `out` is lent until all are done.
            start: unsafe { p.0.add(rows.start * grid.cols + cols.start) },
            step: grid.cols,
            rows: rows.len(),
            cols: cols.len(),
            owner: PhantomData,
        });
        work(rows, cols, windows);
    });
}

/// A slice cut into runs.
#[derive(Clone, Copy)]
pub(crate) enum Runs {
    /// Runs of `step` of `len` numbers.
    Even { len: usize, step: usize },
    /// A layer's weights: runs of at most `step` inputs of one panel.
    Panels { outputs: usize, inputs: usize, step: usize },
}

impl Runs {
    pub(crate) fn len(&self) -> usize {
        match *self {
            Runs::Even { len, .. } => len,
            Runs::Panels { outputs, inputs, .. } => outputs * inputs,
        }
    }
    fn pieces(&self) -> usize {
        match *self {
            Runs::Even { len, step } => parts(len, step),
            Runs::Panels { outputs, inputs, step } => panels(outputs) * parts(inputs, step),
        }
    }
    /// The panel and the inputs of run `i`. Even runs: panel `i` and no input.
    pub(crate) fn block(&self, i: usize) -> (usize, Range<usize>) {
        match *self {
            Runs::Even { .. } => (i, 0..0),
            Runs::Panels { inputs, step, .. } => {
                let (panel, part) = divided(i, parts(inputs, step));
                let k = part * step;
                (panel, k..(k + step).min(inputs))
            }
        }
    }
    /// The numbers of run `i`. Runs do not overlap: neighbours share an end.
    fn range(&self, i: usize) -> Range<usize> {
        match *self {
            Runs::Even { len, step } => i * step..((i + 1) * step).min(len),
            Runs::Panels { outputs, inputs, .. } => {
                let (p, k) = self.block(i);
                let units = units(outputs, p);
                let at = |k: usize| units.start * inputs + k * units.len();
                at(k.start)..at(k.end)
            }
        }
    }
}

/// Call `work(i, parts)` for each run i, with that run of each of `slices`. A slice of k times the
/// runs' length is cut into runs k times as long (rows of k numbers); an empty one into empty runs.
pub(crate) fn over_runs<T: Send, const N: usize>(
    hands: Option<Hands<'_>>,
    runs: Runs,
    slices: [&mut [T]; N],
    work: impl Fn(usize, [&mut [T]; N]) + Sync,
) {
    let len = runs.len();
    let width = |s: &[T]| match s.len() {
        0 => 0,
        n if n == len => 1,
        n => n / len.max(1),
    };
    assert!(slices.iter().all(|s| s.len() == len * width(s)));
    let starts = slices.map(|s| (Pointer(s.as_mut_ptr()), width(s)));
    each_piece(hands, runs.pieces(), &|i| {
        let range = runs.range(i);
        let parts = starts.each_ref().map(|(p, width)| {
            // SAFETY: the run lies inside the slice, whose length was checked above. No other run
            // overlaps it, each is visited once, and `slices` are lent until all are done.
            unsafe { std::slice::from_raw_parts_mut(p.0.add(range.start * width), range.len() * width) }
        });
        work(i, parts);
    });
}

fn each_piece(hands: Option<Hands<'_>>, pieces: usize, work: &(impl Fn(usize) + Sync)) {
    match hands {
        Some(Hands { team, flops }) => team.share(pieces, flops, work),
        None => (0..pieces).for_each(work),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::Team;

    #[test]
    fn a_grid_visits_every_number_once() {
        let team = Team::new(3).unwrap();
        let hands = Some(Hands { team: &team, flops: usize::MAX });
        for (rows, cols) in [(1, 1), (7, 130), (50, 64), (49, 65), (0, 5), (5, 0)] {
            let mut data = vec![0_u32; rows * cols];
            let out = BatchMut::new(&mut data, rows, cols);
            over_grid(hands, Grid::new(rows, cols, 24, 64), [out], |r, c, [mut w]| {
                assert_eq!((w.rows(), w.cols()), (r.len(), c.len()));
                for i in r.clone() {
                    for (x, j) in w.row(i - r.start).iter_mut().zip(c.clone()) {
                        *x += (i * cols + j) as u32 + 1;
                    }
                }
            });
            assert!(data.iter().enumerate().all(|(i, &x)| x == i as u32 + 1));
        }
    }

    #[test]
    fn runs_visit_every_number_once() {
        let team = Team::new(2).unwrap();
        let hands = Some(Hands { team: &team, flops: usize::MAX });
        let panels = |outputs, inputs| Runs::Panels { outputs, inputs, step: 48 };
        for runs in [
            panels(65, 100),
            panels(10, 48),
            panels(128, 1),
            panels(3, 0),
            Runs::Even { len: 1000, step: 64 },
        ] {
            let (mut data, mut triples) = (vec![0; runs.len()], vec![0; 3 * runs.len()]);
            over_runs(hands, runs, [&mut data, &mut [], &mut triples], |_, [part, none, triple]| {
                assert!(none.is_empty() && triple.len() == 3 * part.len());
                part.iter_mut().chain(triple).for_each(|x| *x += 1);
            });
            assert!(data.iter().chain(&triples).all(|&x| x == 1));
        }
    }
}
