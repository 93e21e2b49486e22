//! η(t) = η / (1 + d (t − 1)).

use super::{Moment, Number};
use crate::about::About;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "inverse",
    tex: r"\eta(t) = \frac{\eta}{1 + d (t - 1)}",
    derivative: "",
    source: "Sarkar, SGD-NEURAL-NET: η(t); Robbins and Monro 1951: Σ η(t) = ∞, Σ η(t)² < ∞",
    stability: "",
};

/// The learning rate falls as 1 over the steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inverse {
    /// d: after 1/d steps the learning rate is half of what it was; 0.001 where nothing is said.
    pub decay: f64,
}

impl Inverse {
    pub(super) const USUAL: Inverse = Inverse { decay: 1e-3 };
    pub(super) fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        let good = |d: f64| d >= 0.0 && d.is_finite();
        vec![("the decay", &mut self.decay, good, "a number of at least 0")]
    }
    pub(super) fn factor(&self, at: &Moment) -> f64 {
        1.0 / (1.0 + self.decay * (at.t - 1) as f64)
    }
    pub(super) fn said(&self) -> String {
        format!("inverse, 1 / (1 + {} t) after t steps", self.decay)
    }
}
