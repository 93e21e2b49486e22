//! η times a factor each epoch.

use super::{FACTOR, Moment, Number, is_factor};
use crate::about::About;
use feedforward_base::elementary;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "exponential",
    tex: r"\eta(t) = \eta \cdot q^e \text{ after } e \text{ epochs}",
    derivative: "",
    source: "usual practice",
    stability: "the power is computed by squaring",
};

/// The learning rate falls by the same share each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exponential {
    /// q, 0.95 where nothing is said.
    pub factor: f64,
}

impl Exponential {
    pub(super) const USUAL: Exponential = Exponential { factor: 0.95 };
    pub(super) fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        vec![("the factor", &mut self.factor, is_factor, FACTOR)]
    }
    pub(super) fn factor(&self, at: &Moment) -> f64 {
        elementary::power(self.factor, at.epochs_done())
    }
    pub(super) fn said(&self) -> String {
        format!("exponential, times {} each epoch", self.factor)
    }
}
