//! What a user can ask of a training run: plain data; what is `None` is chosen from the data.

use feedforward_data::prepare::{PrepareOptions, Range, Roles};
use feedforward_network::loss::Truth;
use feedforward_network::{Activation, Init, Loss, Optimizer, Penalty, Schedule};
use serde::{Deserialize, Serialize};

/// Everything that `ff train` can ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ask {
    /// Target, weight and feature columns.
    pub roles: Roles,
    /// How columns become numbers.
    pub prepare: PrepareOptions,
    /// Units of the hidden layers; an empty list is a network without hidden layer.
    pub layers: Option<Vec<usize>>,
    /// Hidden activations: one for all, or one per hidden layer.
    pub activation: Vec<Activation>,
    /// Dropout after the hidden layers: one rate for all, or one per hidden layer.
    pub dropout: Vec<f64>,
    /// Output activation.
    pub output: Option<Activation>,
    /// Loss.
    pub loss: Option<Loss>,
    /// How weights, and with it biases, start.
    pub init: Init,
    /// Where the biases of hidden layers start.
    pub bias: f64,
    /// Update rule.
    pub optimizer: Optimizer,
    /// η.
    pub learning_rate: Option<f64>,
    /// η(t)/η; `None`: chosen from the number of rows.
    pub schedule: Option<Schedule>,
    /// m, rows of a mini-batch.
    pub batch_size: Option<usize>,
    /// Passes over the training part at most.
    pub epochs: Option<u64>,
    /// Penalties on the weights.
    pub penalty: Penalty,
    /// Decoupled weight decay; `None`: chosen from the number of rows.
    pub weight_decay: Option<f64>,
    /// The largest norm of the whole gradient.
    pub clip_norm: Option<f64>,
    /// The largest norm of a unit's incoming weights.
    pub max_norm: Option<f64>,
    /// Share of the target spread over all classes.
    pub label_smoothing: f64,
    /// Weight of each class in the loss.
    pub class_weight: ClassWeight,
    /// Share of the rows kept apart for validation. `None`: chosen from the number of rows, 0.2 below 5,000 rows, 0.1
    /// otherwise, 0 below 20 rows.
    pub validation: Option<f64>,
    /// Whether, once the number of epochs is known, the network is trained anew for that number of epochs on all rows.
    /// Below 2,000 rows 5 folds choose the number of epochs then, and not one share. `None`: if the rows for
    /// validation are left to be chosen.
    pub refit: Option<bool>,
    /// Stop after so many epochs without a better validation loss; 0: never.
    pub patience: Option<u64>,
    /// End with the parameters of the best epoch on the validation part, not of the last.
    pub restore_best: bool,
    /// Numbers of the network.
    pub precision: Precision,
    /// The seed of all randomness.
    pub seed: u64,
}

impl Ask {
    /// [`Ask::prepare`] as loss and output need it: only a linear output reaches targets of mean 0.
    pub(crate) fn prepare_options(&self) -> PrepareOptions {
        let loss = self.loss.unwrap_or(Loss::SquaredError);
        let linear = self.output.unwrap_or(loss.usual_output()) == Activation::Linear;
        let target_range = match loss.truth() {
            Truth::Count => Range::NotNegative,
            Truth::ZeroOrOne => Range::ZeroToOne,
            _ => Range::Any,
        };
        PrepareOptions {
            scale_target: self.prepare.scale_target && linear,
            target_range,
            ..self.prepare.clone()
        }
    }
}

impl Default for Ask {
    fn default() -> Self {
        Ask {
            roles: Roles::default(),
            prepare: PrepareOptions::default(),
            layers: None,
            activation: vec![Activation::Relu],
            dropout: vec![0.0],
            output: None,
            loss: None,
            init: Init::Auto,
            bias: 0.0,
            optimizer: Optimizer::ADAM,
            learning_rate: None,
            schedule: None,
            batch_size: None,
            epochs: None,
            penalty: Penalty::default(),
            weight_decay: None,
            clip_norm: None,
            max_norm: None,
            label_smoothing: 0.0,
            class_weight: ClassWeight::Equal,
            validation: None,
            refit: None,
            patience: None,
            restore_best: true,
            precision: Precision::F32,
            seed: 0,
        }
    }
}

/// Weights of the classes in the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeight {
    /// Every row counts alike.
    #[default]
    Equal,
    /// Every class counts alike: rows / (classes · rows of the class), as scikit-learn's `balanced`.
    Balanced,
}

/// Numbers of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 64 bits.
    F64,
}
