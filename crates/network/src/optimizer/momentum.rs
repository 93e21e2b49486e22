//! V ← βV + G; W ← W − ηV.

use super::normal;
use crate::about::About;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "momentum",
    tex: r"V \leftarrow \beta V + G, \quad W \leftarrow W - \eta V",
    derivative: "",
    source: "Wang, SGD with momentum (Polyak's heavy ball); without dampening, as PyTorch",
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
        MomentumStep { eta: T::from_f64(eta), momentum: T::from_f64(self.momentum), ahead: false }
    }
}

/// One step of [`Momentum`] or of [`super::Nesterov`]; the slot is V.
#[derive(Clone, Copy, Debug)]
pub struct MomentumStep<T> {
    pub(super) eta: T,
    pub(super) momentum: T,
    /// Nesterov's: W moves by G + βV, not by V.
    pub(super) ahead: bool,
}

impl<T: Element> Rule<T> for MomentumStep<T> {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        // ANCHOR: momentum
        let momentum = S::splat(self.momentum);
        let v = normal(slots[0].mul_add(momentum, g));
        slots[0] = v;
        let change = if self.ahead { v.mul_add(momentum, g) } else { v };
        S::splat(self.eta).neg_mul_add(change, w)
        // ANCHOR_END: momentum
    }
}
