//! Searches: they ask for the objective and its gradient themselves, on the whole training part.
//!
//! One iteration goes from θ along a direction d to θ + α d, where the line search finds α. The way of the search
//! ([`ConjugateGradient`], [`Lbfgs`]) makes the next direction from the gradients. Vectors are in the precision of
//! the parameters, sums and step lengths in f64, all in one order: the same bits everywhere.

use feedforward_base::Real;
use serde::{Deserialize, Serialize};

mod conjugate_gradient;
mod lbfgs;
mod line;
pub(crate) mod sums;
#[cfg(test)]
mod testing;
pub use conjugate_gradient::ConjugateGradient;
pub use lbfgs::{HISTORY, Lbfgs};

use crate::about::About;
use line::{Line, Point};

pub(super) const CONJUGATE_GRADIENT: About = conjugate_gradient::ABOUT;
pub(super) const LBFGS: About = lbfgs::ABOUT;
use sums::{dot, largest};

/// A function to be minimised.
pub trait Objective<T> {
    /// J at `theta`; ∂J/∂θ goes into `gradient`, of the same length.
    fn at(&mut self, theta: &[T], gradient: &mut [T]) -> f64;
}

/// How a search makes its directions.
pub(crate) trait Way {
    /// Vectors of θ's length that it remembers, beside those of every search.
    const VECTORS: usize;
    /// c₂ of the strong Wolfe conditions: a step is good where the slope has fallen to this share.
    const CURVATURE: f64;
    /// Put the direction from `to.theta` on into `direction`, the step before it having been made.
    fn direction<T: Real>(&self, step: Made<'_, T>, state: &mut State, direction: &mut [T]);
    /// The first step length to be tried along a direction with this slope.
    fn first_length(&self, state: &State, slope: f64) -> f64;
}

/// A step that has been made: where from, where to, the gradients at both ends, the way's own vectors.
pub(crate) struct Made<'a, T> {
    from: (&'a [T], &'a [T]),
    to: (&'a [T], &'a [T]),
    own: &'a mut [T],
}

/// Vectors of θ's length that every search remembers: gradient, direction, trial point, its gradient.
const COMMON: usize = 4;

/// Vectors of θ's length that a search remembers.
pub(super) fn vectors<W: Way>(_: &W) -> usize {
    COMMON + W::VECTORS
}

/// What a search knows between two iterations beside its vectors: plain data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Iterations done.
    pub iterations: u64,
    /// J at θ, once there is one.
    pub objective: f64,
    /// The last step's length α.
    pub length: f64,
    /// ∂J/∂α where that step began.
    pub slope: f64,
    /// The direction is the steepest one: nothing is remembered of earlier steps.
    pub fresh: bool,
    /// L-BFGS: steps that are remembered.
    pub pairs: usize,
    /// L-BFGS: the place of the next one.
    pub next: usize,
    /// L-BFGS: 1 / sᵀy of each.
    pub rho: [f64; HISTORY],
}

impl Default for State {
    /// Before the first iteration.
    fn default() -> Self {
        State {
            iterations: 0,
            objective: 0.0,
            length: 0.0,
            slope: 0.0,
            fresh: true,
            pairs: 0,
            next: 0,
            rho: [0.0; HISTORY],
        }
    }
}

/// How an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// θ is better than before.
    Better,
    /// No number of the gradient is above the tolerance.
    Converged,
    /// No point in the direction of the steepest descent is better: as far as the precision goes, a minimum.
    Stuck,
    /// J or its gradient at the start is not finite.
    NotFinite,
}

/// One iteration. `memory` holds the search's vectors, `state` what else it remembers; both are left for the next
/// iteration, and begin as zeros and [`State::default`].
///
/// # Panics
/// If `memory` is not as long as the way needs.
pub(super) fn iterate<T: Real, W: Way>(
    way: &W,
    tolerance: f64,
    state: &mut State,
    theta: &mut [T],
    memory: &mut [T],
    objective: &mut impl Objective<T>,
) -> Outcome {
    let n = theta.len();
    assert_eq!(memory.len(), (COMMON + W::VECTORS) * n, "the memory of a search");
    let (common, own) = memory.split_at_mut(COMMON * n);
    let (g, rest) = common.split_at_mut(n);
    let (d, rest) = rest.split_at_mut(n);
    let (trial, trial_g) = rest.split_at_mut(n);
    if state.iterations == 0 {
        state.objective = objective.at(theta, g);
        steepest(g, d, state);
    }
    if !(state.objective.is_finite() && largest(g).is_finite()) {
        return Outcome::NotFinite;
    }
    state.iterations += 1;
    if largest(g) <= tolerance {
        return Outcome::Converged;
    }
    let found = loop {
        let slope = dot(g, d);
        let start = Point { length: 0.0, value: state.objective, slope };
        // A direction that does not descend, or leads nowhere, is given up for the steepest one.
        let found = (slope < 0.0)
            .then(|| {
                let first = if state.fresh { first_length(g) } else { way.first_length(state, slope) };
                let mut line = Line { theta, d, trial, trial_g, objective: &mut *objective };
                line.search(start, first, W::CURVATURE)
            })
            .flatten();
        match found {
            Some(point) => break (point, slope),
            None if state.fresh => return Outcome::Stuck,
            None => steepest(g, d, state),
        }
    };
    let (point, slope) = found;
    (state.objective, state.length, state.slope) = (point.value, point.length, slope);
    way.direction(Made { from: (theta, g), to: (trial, trial_g), own }, state, d);
    theta.copy_from_slice(trial);
    g.copy_from_slice(trial_g);
    if largest(g) <= tolerance { Outcome::Converged } else { Outcome::Better }
}

/// d = −g, and nothing is remembered.
fn steepest<T: Real>(g: &[T], d: &mut [T], state: &mut State) {
    for (d, g) in d.iter_mut().zip(g) {
        *d = -*g;
    }
    (state.fresh, state.pairs, state.next) = (true, 0, 0);
}

/// Along −g at first a step of length 1 at most.
fn first_length<T: Real>(g: &[T]) -> f64 {
    (1.0 / dot(g, g).sqrt()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::testing::{Function, beale, rosenbrock};
    use super::*;

    /// Iterate until it ends; θ, the state, how it ended.
    fn minimise<W: Way>(
        way: &W,
        start: &[f64],
        f: fn(&[f64]) -> (f64, Vec<f64>),
    ) -> (Vec<f64>, State, Outcome) {
        let (mut theta, mut state) = (start.to_vec(), State::default());
        let mut memory = vec![0.0; vectors(way) * start.len()];
        for _ in 0..1000 {
            let before = if state.iterations == 0 { f64::INFINITY } else { state.objective };
            let outcome = iterate(way, 1e-10, &mut state, &mut theta, &mut memory, &mut Function(f));
            assert!(
                state.objective <= before || outcome == Outcome::NotFinite,
                "J rose from {before}: {state:?}"
            );
            if outcome != Outcome::Better {
                return (theta, state, outcome);
            }
        }
        panic!("no end at {theta:?}");
    }

    fn reaches_one<W: Way>(way: &W, most: u64) {
        for start in [vec![-1.2, 1.0], vec![10.0, -10.0], [-1.2, 1.0].repeat(5)] {
            let (theta, state, outcome) = minimise(way, &start, rosenbrock);
            assert_eq!(outcome, Outcome::Converged);
            assert!(theta.iter().all(|x| (x - 1.0).abs() < 1e-8), "{theta:?}");
            assert!(state.iterations <= most, "{} iterations", state.iterations);
        }
        let (theta, _, _) = minimise(way, &[1.0, 1.0], beale);
        assert!((theta[0] - 3.0).abs() < 1e-8 && (theta[1] - 0.5).abs() < 1e-8, "{theta:?}");
    }

    #[test]
    fn both_searches_walk_rosenbrock_s_valley() {
        reaches_one(&ConjugateGradient::USUAL, 300);
        reaches_one(&Lbfgs::USUAL, 100);
    }

    /// Σ k x_k²/2: conjugate gradient is done after about as many steps as there are different curvatures.
    fn bowl(x: &[f64]) -> (f64, Vec<f64>) {
        let g: Vec<f64> = x.iter().zip(1..).map(|(x, k)| f64::from(k) * x).collect();
        (0.5 * dot(x, &g), g)
    }

    #[test]
    fn a_quadratic_takes_few_steps() {
        let (theta, state, outcome) = minimise(&ConjugateGradient::USUAL, &[1.0, -2.0, 3.0, 4.0], bowl);
        assert!(outcome == Outcome::Converged && largest(&theta) < 1e-9, "{theta:?}");
        assert!(state.iterations <= 20, "{}", state.iterations);
        let (_, state, _) = minimise(&Lbfgs::USUAL, &[1.0, -2.0, 3.0, 4.0], bowl);
        assert!(state.iterations <= 15, "{}", state.iterations);
    }

    #[test]
    fn a_minimum_and_a_pole_end_the_search_at_once() {
        let (theta, state, outcome) = minimise(&Lbfgs::USUAL, &[0.0; 3], bowl);
        assert_eq!((theta, state.iterations, outcome), (vec![0.0; 3], 1, Outcome::Converged));
        let pole = |_: &[f64]| (f64::NAN, vec![1.0]);
        assert_eq!(minimise(&ConjugateGradient::USUAL, &[0.0], pole).2, Outcome::NotFinite);
        // The slope lies: no step is better.
        let lie = |x: &[f64]| (x[0].abs(), vec![-1.0]);
        assert_eq!(minimise(&Lbfgs::USUAL, &[0.0], lie).2, Outcome::Stuck);
    }

    #[test]
    fn single_precision_comes_as_near_as_it_can() {
        let (mut theta, mut state) = ([-1.2f32, 1.0], State::default());
        let mut memory = vec![0.0; vectors(&Lbfgs::USUAL) * 2];
        let mut function = Function(rosenbrock);
        while iterate(&Lbfgs::USUAL, 1e-6, &mut state, &mut theta, &mut memory, &mut function)
            == Outcome::Better
        {
            assert!(state.iterations < 200);
        }
        assert!(theta.iter().all(|x| (x - 1.0).abs() < 1e-3), "{theta:?}");
    }

    #[test]
    fn a_search_goes_on_where_its_state_was_kept() {
        let way = Lbfgs::USUAL;
        let (whole, ..) = minimise(&way, &[-1.2, 1.0], rosenbrock);
        let (mut theta, mut state) = (vec![-1.2, 1.0], State::default());
        let mut memory = vec![0.0; vectors(&way) * 2];
        loop {
            // As if written to a file and read.
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            let outcome =
                iterate(&way, 1e-10, &mut state, &mut theta, &mut memory, &mut Function(rosenbrock));
            if outcome != Outcome::Better {
                break;
            }
        }
        assert_eq!(theta, whole);
    }
}
