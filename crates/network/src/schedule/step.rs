//! η times a factor every so many epochs.

use super::{COUNT, FACTOR, Moment, Number, epochs, is_count, is_factor};
use crate::about::About;
use feedforward_base::elementary;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "step",
    tex: r"\eta(t) = \eta \cdot q^{\lfloor e / n \rfloor} \text{ after } e \text{ epochs}",
    derivative: "",
    source: "usual practice",
    stability: "the power is computed by squaring",
};

/// The learning rate falls in steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// q, 0.5 where nothing is said.
    pub factor: f64,
    /// n, 10 where nothing is said.
    pub epochs: f64,
}

impl Step {
    pub(super) const USUAL: Step = Step { factor: 0.5, epochs: 10.0 };
    pub(super) fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        vec![
            ("the factor", &mut self.factor, is_factor, FACTOR),
            ("the number of epochs", &mut self.epochs, is_count, COUNT),
        ]
    }
    pub(super) fn factor(&self, at: &Moment) -> f64 {
        elementary::power(self.factor, at.epochs_done() / self.epochs as u64)
    }
    pub(super) fn said(&self) -> String {
        format!("step, times {} every {}", self.factor, epochs(self.epochs))
    }
}
