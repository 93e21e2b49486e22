//! V ← βV + G; W ← W − η(G + βV).

use super::MomentumStep;
use crate::about::About;
use feedforward_kernels::Element;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "nesterov",
    tex: r"V \leftarrow \beta V + G, \quad W \leftarrow W - \eta (G + \beta V)",
    derivative: "",
    source: "Nesterov 1983, in the form of Sutskever et al. 2013",
    stability: "a V below the normal numbers counts as 0",
};

/// Gradient descent with Nesterov's momentum β: the gradient counts where the momentum is about to lead.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nesterov {
    /// β, 0.9 where nothing is said.
    pub momentum: f64,
}

impl Nesterov {
    pub(super) const USUAL: Nesterov = Nesterov { momentum: 0.9 };
    pub(super) fn step<T: Element>(self, eta: f64) -> MomentumStep<T> {
        MomentumStep { eta: T::from_f64(eta), momentum: T::from_f64(self.momentum), ahead: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_kernels::{MAX_SLOTS, Rule};

    /// β = 0.5, η = 0.1, G = 2 twice: V = 2, W = 1 − 0.1 · (2 + 1); V = 3, W = 0.7 − 0.1 · (2 + 1.5).
    #[test]
    fn two_steps_by_hand() {
        let (rule, mut slots) = (Nesterov { momentum: 0.5 }.step::<f64>(0.1), [0.0; MAX_SLOTS]);
        let first: f64 = rule.update(2.0, 1.0, &mut slots);
        assert!((first - 0.7).abs() < 1e-15 && slots[0] == 2.0, "{first}");
        let second: f64 = rule.update(2.0, first, &mut slots);
        assert!((second - 0.35).abs() < 1e-15 && slots[0] == 3.0, "{second}");
    }
}
