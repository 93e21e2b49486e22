//! RMSprop: AdaGrad that forgets.

use super::normal;
use crate::about::About;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "rmsprop",
    tex: r"v \leftarrow \rho v + (1-\rho) G^2, \quad W \leftarrow W - \eta \frac{G}{\sqrt{v} + \varepsilon}",
    derivative: "",
    source: "Wang, first-order methods; Tieleman and Hinton 2012; ε outside the root, without momentum",
    stability: "v below the normal numbers counts as 0",
};

/// RMSprop's hyper-parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rmsprop {
    /// ρ, the share of the mean of squares that a step keeps; 0.9 where nothing is said.
    pub decay: f64,
    /// ε, 1e-8 where nothing is said.
    pub epsilon: f64,
}

impl Rmsprop {
    pub(super) const USUAL: Rmsprop = Rmsprop { decay: 0.9, epsilon: 1e-8 };
    pub(super) fn step<T: Element>(self, eta: f64) -> SquaresStep<T> {
        SquaresStep {
            eta: T::from_f64(eta),
            kept: T::from_f64(self.decay),
            taken: T::from_f64(1.0 - self.decay),
            epsilon: T::from_f64(self.epsilon),
        }
    }
}

/// One step of [`Rmsprop`] or of [`super::Adagrad`]; the slot is the sum or mean v of squares.
#[derive(Clone, Copy, Debug)]
pub struct SquaresStep<T> {
    pub(super) eta: T,
    /// v's own factor: ρ, for AdaGrad 1.
    pub(super) kept: T,
    /// That of G²: 1 − ρ, for AdaGrad 1.
    pub(super) taken: T,
    pub(super) epsilon: T,
}

impl<T: Element> Rule<T> for SquaresStep<T> {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        slots[0] = normal(slots[0].mul_add(S::splat(self.kept), S::splat(self.taken).mul(g).mul(g)));
        let divisor = slots[0].sqrt().add(S::splat(self.epsilon));
        S::splat(self.eta).neg_mul_add(g.div(divisor), w)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ρ = 0.75, η = 0.1, G = 2 then 0: v = 1, W = 1 − 0.1 · 2/1; v = 0.75, W stays.
    #[test]
    fn two_steps_by_hand() {
        let rule = Rmsprop { decay: 0.75, epsilon: 1e-12 }.step::<f64>(0.1);
        let mut slots = [0.0; MAX_SLOTS];
        let first: f64 = rule.update(2.0, 1.0, &mut slots);
        assert!((first - 0.8).abs() < 1e-12 && slots[0] == 1.0, "{first}");
        assert_eq!((rule.update(0.0, first, &mut slots), slots[0]), (first, 0.75));
    }
}
