//! What a run tells while it goes on, and what the listener may answer.

use serde::{Deserialize, Serialize};

use crate::choose::Chosen;
use crate::diagnosis::Warning;

/// News of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// Everything is chosen and prepared; the first step comes next.
    Start(&'a Chosen),
    /// The run goes on from a checkpoint.
    Resume {
        /// Checkpoints that were passed over, and why.
        passed: &'a [String],
        /// The epoch, from 1, and the step of it that come next; `None` if no checkpoint was there, and the run begins.
        next: Option<(u64, u64)>,
    },
    /// One mini-batch is done.
    Step {
        /// Epoch, from 1.
        epoch: u64,
        /// Step of this epoch, from 1; with folds, of all of them.
        step: u64,
        /// Steps of an epoch; with folds, of all of them.
        steps: u64,
        /// Mean training loss of the epoch so far.
        loss: f64,
    },
    /// One pass over the training part is done.
    Epoch(&'a EpochRecord),
    /// Something looks wrong; each thing is told once a run.
    Warning(&'a Warning),
    /// The number of epochs is known. Now the network is trained anew on all rows, from epoch 1.
    Refit {
        /// All rows.
        rows: usize,
        /// The number of epochs.
        epochs: u64,
    },
}

/// The listener's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End after this step; the model so far stays usable.
    Stop,
}

/// What is kept of an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// From 1.
    pub epoch: u64,
    /// Mean training loss, penalty excluded: over the epoch's batches, dropout included; in a search at its end.
    pub train_loss: f64,
    /// Mean loss on the validation part, if there is one and the loss is finite.
    pub valid_loss: Option<f64>,
    /// Accuracy (classes) or R² (numbers) on the validation part, if there is one.
    pub valid_score: Option<f64>,
    /// η of the epoch's last step; in a search the step length that it found.
    pub learning_rate: f64,
    /// Whether this is the best epoch so far.
    pub best: bool,
    /// [`crate::fingerprint::of_networks`] after the epoch; empty in models of older versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub theta: String,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All epochs are done.
    Finished,
    /// The validation loss did not improve for `patience` epochs.
    EarlyStopping,
    /// The search found a point that it cannot better: the gradient is below its tolerance, or no step lowers the
    /// objective in the network's precision.
    Converged,
    /// The listener said stop.
    Interrupted,
    /// Numbers left the finite range; the last good parameters are kept.
    Diverged,
}

impl Ending {
    /// Whether the run came to the end that it was meant to have.
    pub fn is_complete(self) -> bool {
        !matches!(self, Ending::Interrupted | Ending::Diverged)
    }
}
