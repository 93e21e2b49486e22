//! η times a factor when the loss no longer falls.

use super::{COUNT, FACTOR, Number, epochs, is_count, is_factor};
use crate::about::About;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "plateau",
    tex: r"\eta \leftarrow q \eta \text{ after } n \text{ epochs without a better loss}",
    derivative: "",
    source: "usual practice; the validation loss, or the training loss where there is no validation part",
    stability: "a loss that is not finite is no better",
};

/// The learning rate falls when the loss has not been better for some epochs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// q, 0.5 where nothing is said.
    pub factor: f64,
    /// n, 3 where nothing is said.
    pub patience: f64,
}

/// What a plateau has made of a run's losses so far: plain data, to be kept with the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowed {
    /// The learning rate's factor.
    pub factor: f64,
    /// The best loss so far.
    pub best: Option<f64>,
    /// Epochs since it, or since the factor fell.
    pub waited: u64,
}

/// Before the first epoch.
impl Default for Slowed {
    fn default() -> Self {
        Slowed { factor: 1.0, best: None, waited: 0 }
    }
}

impl Plateau {
    pub(super) const USUAL: Plateau = Plateau { factor: 0.5, patience: 3.0 };
    pub(super) fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        vec![
            ("the factor", &mut self.factor, is_factor, FACTOR),
            ("the number of epochs", &mut self.patience, is_count, COUNT),
        ]
    }
    /// After an epoch with this loss.
    pub fn after(&self, slowed: Slowed, loss: f64) -> Slowed {
        if loss.is_finite() && slowed.best.is_none_or(|best| loss < best) {
            return Slowed { best: Some(loss), waited: 0, ..slowed };
        }
        let waited = slowed.waited + 1;
        if waited < self.patience as u64 {
            return Slowed { waited, ..slowed };
        }
        Slowed { factor: slowed.factor * self.factor, waited: 0, ..slowed }
    }
    pub(super) fn said(&self) -> String {
        let wait = if self.patience == 1.0 { "an epoch".into() } else { epochs(self.patience) };
        format!("plateau, times {} after {wait} without a better loss", self.factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_falls_after_so_many_epochs_in_a_row() {
        let plateau = Plateau { factor: 0.5, patience: 2.0 };
        let losses = [3.0, 2.0, 2.0, 1.0, 1.5, f64::NAN, 1.2, 1.0, 0.9, f64::INFINITY, 1.0];
        let want = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125];
        let mut slowed = Slowed::default();
        for (loss, want) in losses.into_iter().zip(want) {
            slowed = plateau.after(slowed, loss);
            assert_eq!(slowed.factor, want, "after {loss}");
        }
        assert_eq!(slowed.best, Some(0.9));
    }
}
