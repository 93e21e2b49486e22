//! A panel's weight gradients, each applied while the next ones are computed.
//!
//! A rule such as Adam divides and takes roots: a processor does that beside its multiply-adds, if
//! both stand close together in the program. So the gradients of one tile wait until the sums of
//! the next are under way, and one vector of them is applied after every few terms.

use super::tile::Strided;
use super::{Element, Simd, Task};
use crate::layout::PANEL;
use crate::update::{MAX_SLOTS, Rule};

/// Inputs of a tile.
const ROWS: usize = 4;
/// Vectors of the widest tile.
const VECTORS: usize = 4;
/// Tiles between the one that is applied and the one that is fetched.
const AHEAD: usize = 3;

/// `rule` applied to the weights of a full panel of units for some inputs, with the gradients
/// `Σ x[i, t] · v[t · v_step + c]` for t = 0..terms ascending, c = 0..64.
pub(crate) struct Fused<'p, T, R> {
    pub(crate) x: Strided<'p, T>,
    pub(crate) v: &'p [T],
    pub(crate) v_step: usize,
    pub(crate) terms: usize,
    pub(crate) rule: &'p R,
    /// Parameters and slots, each [`PANEL`] numbers for every input; slots that the rule does not
    /// have are empty.
    pub(crate) slices: [&'p mut [T]; 1 + MAX_SLOTS],
}

/// The gradients of a tile, which wait to be applied.
struct Waiting<S> {
    g: [S; ROWS * VECTORS],
    /// Vectors of it.
    count: usize,
    /// The place of its first parameter.
    first: usize,
}

/// Where a tile's next term is read.
struct At<T> {
    x: *const T,
    v: *const T,
}

impl<T: Element, R: Rule<T>> Task<T> for Fused<'_, T, R> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        match S::TILE_VECTORS {
            1 => self.tiles::<S, 1>(),
            2 => self.tiles::<S, 2>(),
            _ => self.tiles::<S, VECTORS>(),
        }
    }
}

impl<T: Element, R: Rule<T>> Fused<'_, T, R> {
    #[inline(always)]
    fn tiles<S: Simd<Elem = T>, const V: usize>(mut self) {
        let inputs = self.slices[0].len() / PANEL;
        if inputs == 0 {
            return;
        }
        self.check(inputs);
        // A copy, which no write to the slices can change.
        let rule = *self.rule;
        let mut waiting = Waiting { g: [S::splat(T::ZERO); ROWS * VECTORS], count: 0, first: 0 };
        for row in (0..inputs).step_by(ROWS) {
            for col in (0..PANEL).step_by(V * S::LANES) {
                match inputs - row {
                    1 => self.tile::<S, 1, V>(row, col, &rule, &mut waiting),
                    2 => self.tile::<S, 2, V>(row, col, &rule, &mut waiting),
                    3 => self.tile::<S, 3, V>(row, col, &rule, &mut waiting),
                    _ => self.tile::<S, ROWS, V>(row, col, &rule, &mut waiting),
                }
            }
        }
        for i in 0..waiting.count {
            self.apply::<S, V>(&rule, &waiting, i);
        }
    }
    /// Every read of `tile` is inside the slices.
    #[inline(always)]
    fn check(&self, inputs: usize) {
        if self.terms > 0 {
            let last = (inputs - 1) * self.x.row_step + (self.terms - 1) * self.x.t_step;
            assert!(last < self.x.data.len());
            assert!((self.terms - 1) * self.v_step + PANEL <= self.v.len());
        }
        assert!(self.slices[..=R::SLOTS].iter().all(|s| s.len() == inputs * PANEL));
    }
    /// The sums of a tile, while what waits is applied; then they wait.
    #[inline(always)]
    fn tile<S: Simd<Elem = T>, const N: usize, const V: usize>(
        &mut self,
        row: usize,
        col: usize,
        rule: &R,
        waiting: &mut Waiting<S>,
    ) {
        let mut sums = [[S::splat(T::ZERO); V]; N];
        let mut at = At {
            x: self.x.data.as_ptr().wrapping_add(row * self.x.row_step),
            v: self.v.as_ptr().wrapping_add(col),
        };
        let between = self.terms.checked_div(waiting.count).unwrap_or(0);
        for i in 0..waiting.count {
            self.apply::<S, V>(rule, waiting, i);
            for _ in 0..between {
                self.term::<S, N, V>(&mut at, &mut sums);
            }
        }
        for _ in between * waiting.count..self.terms {
            self.term::<S, N, V>(&mut at, &mut sums);
        }
        for i in 0..N {
            for j in 0..V {
                waiting.g[i * V + j] = sums[i][j];
            }
        }
        waiting.count = N * V;
        waiting.first = row * PANEL + col;
    }
    /// One term more in every sum of a tile; called `terms` times from the tile's place on.
    #[inline(always)]
    fn term<S: Simd<Elem = T>, const N: usize, const V: usize>(
        &self,
        at: &mut At<T>,
        sums: &mut [[S; V]; N],
    ) {
        let mut vs = [S::splat(T::ZERO); V];
        for j in 0..V {
            // SAFETY: `check`: this term's vectors are inside `v`.
            vs[j] = unsafe { S::load_raw(at.v.wrapping_add(j * S::LANES)) };
        }
        for i in 0..N {
            // SAFETY: `check`: this row and term is inside `x`.
            let x = S::splat(unsafe { *at.x.wrapping_add(i * self.x.row_step) });
            for j in 0..V {
                sums[i][j] = x.mul_add(vs[j], sums[i][j]);
            }
        }
        at.x = at.x.wrapping_add(self.x.t_step);
        at.v = at.v.wrapping_add(self.v_step);
    }
    /// Apply vector `i` of what waits.
    #[inline(always)]
    fn apply<S: Simd<Elem = T>, const V: usize>(&mut self, rule: &R, waiting: &Waiting<S>, i: usize) {
        let at = waiting.first + i / V * PANEL + i % V * S::LANES;
        let mut slots = [S::splat(T::ZERO); MAX_SLOTS];
        for s in 0..R::SLOTS {
            slots[s] = S::load(&self.slices[1 + s][at..]);
        }
        let w = S::load(&self.slices[0][at..]);
        for slice in &self.slices[..=R::SLOTS] {
            S::prefetch(slice.as_ptr().wrapping_add(at + AHEAD * ROWS * V * S::LANES));
        }
        rule.update(waiting.g[i], w, &mut slots).store(&mut self.slices[0][at..]);
        for s in 0..R::SLOTS {
            slots[s].store(&mut self.slices[1 + s][at..]);
        }
    }
}
