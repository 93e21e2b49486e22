//! AdaGrad: a step for each parameter, the shorter the more it has moved.

use super::SquaresStep;
use crate::about::About;
use feedforward_kernels::Element;
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
    pub(super) fn step<T: Element>(self, eta: f64) -> SquaresStep<T> {
        SquaresStep { eta: T::from_f64(eta), kept: T::ONE, taken: T::ONE, epsilon: T::from_f64(self.epsilon) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_kernels::{MAX_SLOTS, Rule};

    /// η = 0.1, G = 3 then 4: s = 9, W = 1 − 0.1 · 3/3; s = 25, W = 0.9 − 0.1 · 4/5.
    #[test]
    fn two_steps_by_hand() {
        let (rule, mut slots) = (Adagrad::USUAL.step::<f64>(0.1), [0.0; MAX_SLOTS]);
        let first: f64 = rule.update(3.0, 1.0, &mut slots);
        assert!((first - 0.9).abs() < 1e-10 && slots[0] == 9.0, "{first}");
        let second: f64 = rule.update(4.0, first, &mut slots);
        assert!((second - 0.82).abs() < 1e-10 && slots[0] == 25.0, "{second}");
    }

    /// A parameter whose gradient has always been 0 stays where it is: 0 / (0 + ε).
    #[test]
    fn no_gradient_no_step() {
        assert_eq!(Adagrad::USUAL.step::<f64>(0.1).update(0.0, 1.0, &mut [0.0; MAX_SLOTS]), 1.0);
    }
}
