//! AdamW: Adam with decoupled weight decay.

use super::Adam;
use crate::about::About;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "adamw",
    tex: r"W \leftarrow W - \eta \lambda W, \text{ then Adam's step}",
    derivative: "",
    source: "Loshchilov and Hutter 2019",
    stability: "as Adam; biases do not decay",
};

/// Adam's hyper-parameters and the weight decay. Its step is that of [`Adam`] with the same weight decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adamw {
    /// β₁, 0.9 where nothing is said.
    pub beta1: f64,
    /// β₂, 0.999 where nothing is said.
    pub beta2: f64,
    /// ε, 1e-8 where nothing is said.
    pub epsilon: f64,
    /// λ, 0.01 where nothing is said: W shrinks by ηλW in each step.
    pub weight_decay: f64,
}

impl Adamw {
    pub(super) const USUAL: Adamw = {
        let Adam { beta1, beta2, epsilon } = Adam::USUAL;
        Adamw { beta1, beta2, epsilon, weight_decay: 0.01 }
    };
    /// The rule without the decay.
    pub(super) fn adam(self) -> Adam {
        Adam { beta1: self.beta1, beta2: self.beta2, epsilon: self.epsilon }
    }
}
