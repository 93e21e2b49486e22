//! L-BFGS: Newton's direction, its curvature guessed from the last steps.

use super::sums::dot;
use super::{Made, State, Way};
use crate::about::About;
use feedforward_base::Real;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "lbfgs",
    tex: r"d \leftarrow -H G,\; H \text{ from the last 10 } (s, y) = (\Delta W, \Delta G), \quad W \leftarrow W + \alpha d",
    derivative: "",
    source: "Nocedal 1980; Liu and Nocedal 1989: Nocedal and Wright, algorithms 7.4 and 7.5",
    stability: "sums in f64; a step along which the gradient does not grow is not remembered",
};

/// Steps that are remembered.
pub const HISTORY: usize = 10;

/// L-BFGS on the whole training part, α by a strong-Wolfe line search; it remembers 10 steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lbfgs {
    /// The search ends when no number of the gradient is above this; 1e-8 where nothing is said.
    pub tolerance: f64,
}

impl Lbfgs {
    pub(in crate::optimizer) const USUAL: Lbfgs = Lbfgs { tolerance: 1e-8 };
}

impl Way for Lbfgs {
    const VECTORS: usize = 2 * HISTORY;
    const CURVATURE: f64 = 0.9;
    fn direction<T: Real>(&self, step: Made<'_, T>, state: &mut State, direction: &mut [T]) {
        let ((w, g), (new_w, new_g)) = (step.from, step.to);
        let (steps, changes) = step.own.split_at_mut(HISTORY * w.len());
        let mut pairs = Pairs { steps, changes, n: w.len() };
        pairs.remember(state, (w, g), (new_w, new_g));
        pairs.times_inverse(state, new_g, direction);
        for d in direction {
            *d = -*d;
        }
        state.fresh = state.pairs == 0;
    }
    fn first_length(&self, _: &State, _: f64) -> f64 {
        1.0
    }
}

/// The steps s and the changes of the gradient y that are remembered, in a ring.
struct Pairs<'a, T> {
    steps: &'a mut [T],
    changes: &'a mut [T],
    n: usize,
}

impl<T: Real> Pairs<'_, T> {
    fn s(&self, i: usize) -> &[T] {
        &self.steps[i * self.n..][..self.n]
    }
    fn y(&self, i: usize) -> &[T] {
        &self.changes[i * self.n..][..self.n]
    }
    /// Take the step from (θ, gradient) to (θ, gradient) in the place of the oldest.
    fn remember(&mut self, state: &mut State, from: (&[T], &[T]), to: (&[T], &[T])) {
        let place = state.next * self.n;
        let pairs = [(&mut *self.steps, from.0, to.0), (&mut *self.changes, from.1, to.1)];
        for (all, from, to) in pairs {
            for ((own, from), to) in all[place..][..self.n].iter_mut().zip(from).zip(to) {
                *own = *to - *from;
            }
        }
        let (sy, yy) =
            (dot(self.s(state.next), self.y(state.next)), dot(self.y(state.next), self.y(state.next)));
        if sy > f64::EPSILON * yy {
            state.rho[state.next] = 1.0 / sy;
            state.next = (state.next + 1) % HISTORY;
            state.pairs = (state.pairs + 1).min(HISTORY);
        } else {
            // The oldest pair, if the ring was full, has been overwritten.
            state.pairs = state.pairs.min(HISTORY - 1);
        }
    }
    /// q = H g: the two loops of algorithm 7.4.
    fn times_inverse(&self, state: &State, g: &[T], q: &mut [T]) {
        q.copy_from_slice(g);
        let newest = |back: usize| (state.next + HISTORY - 1 - back) % HISTORY;
        let mut a = [0.0; HISTORY];
        for i in (0..state.pairs).map(newest) {
            a[i] = state.rho[i] * dot(self.s(i), q);
            add(q, -a[i], self.y(i));
        }
        if state.pairs > 0 {
            let y = self.y(newest(0));
            let gamma = T::from_f64(1.0 / (state.rho[newest(0)] * dot(y, y)));
            q.iter_mut().for_each(|q| *q = gamma * *q);
        }
        for i in (0..state.pairs).rev().map(newest) {
            let b = state.rho[i] * dot(self.y(i), q);
            add(q, a[i] - b, self.s(i));
        }
    }
}

/// q += factor · x.
fn add<T: Real>(q: &mut [T], factor: f64, x: &[T]) {
    let factor = T::from_f64(factor);
    for (q, x) in q.iter_mut().zip(x) {
        *q += factor * *x;
    }
}
