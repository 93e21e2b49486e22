//! V ← βV + G; W ← W − ηV.

use super::normal;
use crate::about::About;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "momentum",
    tex: r"V \leftarrow \beta V + G, \quad W \leftarrow W - \eta V",
    derivative: "",
    source: "Wang, SGD with momentum (Polyak's heavy ball)",
    stability: "two roundings; a V below the normal numbers counts as 0",
};

/// Gradient descent with momentum β.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Momentum {
    /// β, 0.9 where nothing is said.
    pub momentum: f64,
}

impl Momentum {
    pub(super) const USUAL: Momentum = Momentum { momentum: 0.9 };
    pub(super) fn step<T: Element>(self, eta: f64) -> MomentumStep<T> {
        MomentumStep { eta: T::from_f64(eta), momentum: T::from_f64(self.momentum) }
    }
}

/// One step of [`Momentum`]; the slot is V.
#[derive(Clone, Copy, Debug)]
pub struct MomentumStep<T> {
    eta: T,
    momentum: T,
}

impl<T: Element> Rule<T> for MomentumStep<T> {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        slots[0] = normal(slots[0].mul_add(S::splat(self.momentum), g));
        S::splat(self.eta).neg_mul_add(slots[0], w)
    }
}
