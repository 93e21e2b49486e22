//! Adam: momentum, divided by the root of the mean of squares.

use super::normal;
use crate::about::About;
use feedforward_base::elementary;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "adam",
    tex: r"m \leftarrow \beta_1 m + (1-\beta_1) G,\; v \leftarrow \beta_2 v + (1-\beta_2) G^2,\;
           W \leftarrow W - \eta \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}",
    derivative: "",
    source: "Kingma and Ba 2015; ε outside the root, after bias correction",
    stability: "1 − β^t is computed in f64 once per step; m and v below the normal numbers count as 0",
};

/// Adam's hyper-parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// β₁, 0.9 where nothing is said.
    pub beta1: f64,
    /// β₂, 0.999 where nothing is said.
    pub beta2: f64,
    /// ε, 1e-8 where nothing is said.
    pub epsilon: f64,
}

impl Adam {
    pub(super) const USUAL: Adam = Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    pub(super) fn step<T: Element>(self, t: u64, eta: f64) -> AdamStep<T> {
        let c1 = 1.0 - elementary::power(self.beta1, t);
        let c2 = 1.0 - elementary::power(self.beta2, t);
        AdamStep {
            beta1: T::from_f64(self.beta1),
            rest1: T::from_f64(1.0 - self.beta1),
            beta2: T::from_f64(self.beta2),
            rest2: T::from_f64(1.0 - self.beta2),
            epsilon: T::from_f64(self.epsilon),
            eta: T::from_f64(eta / c1),
            root: T::from_f64(1.0 / c2.sqrt()),
        }
    }
}

/// One step of [`Adam`]; the slots are m and v.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep<T> {
    beta1: T,
    /// 1 − β₁
    rest1: T,
    beta2: T,
    /// 1 − β₂
    rest2: T,
    epsilon: T,
    /// η / (1 − β₁^t)
    eta: T,
    /// 1 / √(1 − β₂^t)
    root: T,
}

impl<T: Element> Rule<T> for AdamStep<T> {
    const SLOTS: usize = 2;
    const SLOW: bool = true;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        // ANCHOR: adam
        let m = normal(slots[0].mul_add(S::splat(self.beta1), S::splat(self.rest1).mul(g)));
        let v = normal(slots[1].mul_add(S::splat(self.beta2), S::splat(self.rest2).mul(g).mul(g)));
        slots[0] = m;
        slots[1] = v;
        let divisor = v.sqrt().mul_add(S::splat(self.root), S::splat(self.epsilon));
        S::splat(self.eta).neg_mul_add(m.div(divisor), w)
        // ANCHOR_END: adam
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first step of Adam has the length η whatever the gradient's size.
    #[test]
    fn the_first_step_is_eta_long() {
        for g in [1e-3f64, -7.0, 1e6] {
            let w = Adam::USUAL.step::<f64>(1, 0.001).update(g, 1.0, &mut [0.0; 3]);
            assert!((w - (1.0 - 0.001 * g.signum())).abs() < 1e-8, "{w}");
        }
    }
}
