//! AdaGrad: a step for each parameter, the shorter the more it has moved.

use super::normal;
use crate::about::About;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "adagrad",
    tex: r"s \leftarrow s + G^2, \quad W \leftarrow W - \eta \frac{G}{\sqrt{s} + \varepsilon}",
    derivative: "",
    source: "Wang, first-order methods; Duchi, Hazan, Singer 2011; ε outside the root",
    stability: "s only grows; squares below the normal numbers count as 0",
};

/// AdaGrad's hyper-parameter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adagrad {
    /// ε, 1e-10 where nothing is said.
    pub epsilon: f64,
}

impl Adagrad {
    pub(super) const USUAL: Adagrad = Adagrad { epsilon: 1e-10 };
    pub(super) fn step<T: Element>(self, eta: f64) -> AdagradStep<T> {
        AdagradStep { eta: T::from_f64(eta), epsilon: T::from_f64(self.epsilon) }
    }
}

/// One step of [`Adagrad`]; the slot is s.
#[derive(Clone, Copy, Debug)]
pub struct AdagradStep<T> {
    eta: T,
    epsilon: T,
}

impl<T: Element> Rule<T> for AdagradStep<T> {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        slots[0] = normal(g.mul_add(g, slots[0]));
        let divisor = slots[0].sqrt().add(S::splat(self.epsilon));
        S::splat(self.eta).neg_mul_add(g.div(divisor), w)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// η = 0.1, G = 3 then 4: s = 9, W = 1 − 0.1 · 3/3; s = 25, W = 0.9 − 0.1 · 4/5.
    #[test]
    fn two_steps_by_hand() {
        let (rule, mut slots) = (Adagrad::USUAL.step::<f64>(0.1), [0.0; MAX_SLOTS]);
        let first = rule.update(3.0, 1.0, &mut slots);
        assert!((first - 0.9).abs() < 1e-10 && slots[0] == 9.0, "{first}");
        let second = rule.update(4.0, first, &mut slots);
        assert!((second - 0.82).abs() < 1e-10 && slots[0] == 25.0, "{second}");
    }

    /// A parameter whose gradient has always been 0 stays where it is: 0 / (0 + ε).
    #[test]
    fn no_gradient_no_step() {
        assert_eq!(Adagrad::USUAL.step::<f64>(0.1).update(0.0, 1.0, &mut [0.0; MAX_SLOTS]), 1.0);
    }
}
