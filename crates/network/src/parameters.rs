//! What training changes: θ, the optimizer's slots and the number of steps done.

use crate::plan::Plan;
use feedforward_base::Dice;
use feedforward_kernels::Element;

/// The flat parameters with what the optimizer remembers of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    /// θ in the order of [`crate::Layout`].
    pub theta: Vec<T>,
    /// The optimizer's slots, one block as long as θ after the other.
    pub slots: Vec<T>,
    /// Steps done.
    pub t: u64,
}

impl<T: Element> Parameters<T> {
    /// As training starts.
    pub fn initial(plan: &Plan, dice: Dice) -> Self {
        let theta = plan.layout().initial(plan.spec(), dice);
        let slots = vec![T::ZERO; plan.spec().optimizer.slots() * theta.len()];
        Parameters { theta, slots, t: 0 }
    }
}
