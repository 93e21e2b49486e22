//! How long and in what portions a network is trained.

use feedforward_base::Dice;

/// How long and in what portions a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regime {
    /// m, rows of a mini-batch.
    pub batch_size: usize,
    /// Passes over the training part at most.
    pub epochs: u64,
    /// Stop after so many epochs without a better validation loss.
    pub patience: Option<u64>,
    /// End with the best epoch's parameters.
    pub restore_best: bool,
    /// The source of all randomness.
    pub dice: Dice,
}
