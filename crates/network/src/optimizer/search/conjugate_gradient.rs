//! Conjugate gradient after Polak and Ribière.

use super::sums::{dot, dot_difference};
use super::{Made, State, Way};
use crate::about::About;
use feedforward_base::Real;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "conjugate_gradient",
    tex: r"d \leftarrow -G + \max\left(0, \frac{G^\top (G - G_{\text{old}})}{\|G_{\text{old}}\|^2}\right) d, \quad
           W \leftarrow W + \alpha d",
    derivative: "",
    source: "Wang, first-order methods; Polak and Ribière 1969, with the restart of Powell (PR+): Nocedal and Wright, 5.2",
    stability: "sums in f64; a direction that does not descend is given up for the steepest one",
};

/// Conjugate gradient on the whole training part, α by a strong-Wolfe line search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConjugateGradient {
    /// The search ends when no number of the gradient is above this; 1e-8 where nothing is said.
    pub tolerance: f64,
}

impl ConjugateGradient {
    pub(in crate::optimizer) const USUAL: ConjugateGradient = ConjugateGradient { tolerance: 1e-8 };
}

impl Way for ConjugateGradient {
    const VECTORS: usize = 0;
    const CURVATURE: f64 = 0.1;
    fn direction<T: Real>(&self, step: Made<'_, T>, state: &mut State, direction: &mut [T]) {
        let ((_, old), (_, g)) = (step.from, step.to);
        let beta = (dot_difference(g, old) / dot(old, old)).max(0.0);
        state.fresh = beta == 0.0;
        let beta = T::from_f64(beta);
        for (d, g) in direction.iter_mut().zip(g) {
            *d = beta * *d - *g;
        }
    }
    /// The first change of φ is expected to be that of the last step.
    fn first_length(&self, state: &State, slope: f64) -> f64 {
        state.length * state.slope / slope
    }
}
