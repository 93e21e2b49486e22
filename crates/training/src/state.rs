//! Where a training stands between two steps: plain data, from which it goes on with the same bits.
//!
//! The order of the rows and all dice are functions of (seed, epoch, step), so that nothing of them is kept.

use crate::diagnosis::Warning;
use crate::event::EpochRecord;
use crate::stop::Best;
use feedforward_base::{Dice, Result};
use feedforward_kernels::Element;
use feedforward_network::optimizer::search;
use feedforward_network::schedule::Slowed;
use feedforward_network::{Parameters, Plan};
use serde::{Deserialize, Serialize};

/// Where a training stands between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct State<T> {
    /// One, or one for each fold.
    pub networks: Vec<NetworkState<T>>,
    /// The best epoch so far.
    pub best: Best<T>,
    /// The epochs that are done.
    pub epochs: Vec<EpochRecord>,
    /// The place in the epoch in hand.
    pub here: Here,
    /// What was warned of so far, so that no more is said of it.
    pub warnings: Vec<Warning>,
}

/// What training has changed of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkState<T> {
    /// θ, slots and the number of steps.
    pub parameters: Parameters<T>,
    /// All else.
    pub rest: Rest,
}

/// What training has changed of one network beside its parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// What a plateau has made of the losses.
    pub slowed: Slowed,
    /// What a search knows.
    pub search: search::State,
    /// η of the last step, or the step length that a search found.
    pub learning_rate: f64,
    /// Whether a search has come to its end.
    pub converged: bool,
}

/// A place in an epoch, and what the epoch's losses are so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Here {
    /// The epoch, from 1.
    pub epoch: u64,
    /// The network whose turn it is, from 0.
    pub network: usize,
    /// Steps of this epoch that it has made.
    pub step: u64,
    /// Losses times how much their rows count, of all networks.
    pub sum: f64,
    /// How much the rows count together.
    pub counted: f64,
}

impl Here {
    /// The beginning of an epoch.
    pub fn before(epoch: u64) -> Self {
        Here { epoch, network: 0, step: 0, sum: 0.0, counted: 0.0 }
    }
    /// Whether nothing of the epoch is done.
    pub fn is_beginning(&self) -> bool {
        (self.network, self.step) == (0, 0)
    }
    /// The mean loss; until a row counts, there is nothing to take the mean of.
    pub fn mean(&self) -> f64 {
        if self.counted > 0.0 { self.sum / self.counted } else { 0.0 }
    }
    pub(crate) fn add(&mut self, loss: f64, share: f64) {
        self.sum += loss * share;
        self.counted += share;
    }
}

impl<T: Element> State<T> {
    /// Before the first step.
    pub fn new<'a>(plans: impl Iterator<Item = &'a Plan>, dice: Dice) -> Self {
        let network =
            |plan| NetworkState { parameters: Parameters::initial(plan, dice), rest: Rest::default() };
        State {
            networks: plans.map(network).collect(),
            best: Best::new(),
            epochs: Vec::new(),
            here: Here::before(1),
            warnings: Vec::new(),
        }
    }
}

/// When a [`Keeper`] is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// After a step.
    Step,
    /// After an epoch, which has been judged.
    Epoch,
}

/// Who keeps the state of a training, so that it can go on after the process has ended.
pub trait Keeper<T> {
    /// Whether the state is wanted now; asked after every step and every epoch. When the listener says stop, it is kept
    /// unasked.
    fn is_due(&mut self, at: At) -> bool;
    /// Keep the state.
    ///
    /// # Errors
    /// It cannot be kept; the training ends.
    fn keep(&mut self, state: &State<T>) -> Result<()>;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoKeeper;

impl<T> Keeper<T> for NoKeeper {
    fn is_due(&mut self, _: At) -> bool {
        false
    }
    fn keep(&mut self, _: &State<T>) -> Result<()> {
        Ok(())
    }
}
