//! W ← W − ηG.

use crate::about::About;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "sgd",
    tex: r"W \leftarrow W - \eta G",
    derivative: "",
    source: "Wang, Stochastic gradient descent; Sarkar, SGD-NEURAL-NET",
    stability: "one rounding",
};

/// Gradient descent on mini-batches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sgd;

impl Sgd {
    pub(super) fn step<T: Element>(self, eta: f64) -> SgdStep<T> {
        SgdStep { eta: T::from_f64(eta) }
    }
}

/// One step of [`Sgd`].
#[derive(Clone, Copy, Debug)]
pub struct SgdStep<T> {
    eta: T,
}

impl<T: Element> Rule<T> for SgdStep<T> {
    const SLOTS: usize = 0;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, _slots: &mut [S; MAX_SLOTS]) -> S {
        S::splat(self.eta).neg_mul_add(g, w)
    }
}
