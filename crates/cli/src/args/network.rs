//! Flags that say what network is made and how it learns: `train` and `plan` share them.

use super::names;
use clap::Args;
use feedforward::network::{Activation, Init, Loss, Optimizer, Schedule};

/// The network and its optimizer.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network and optimizer")]
pub(crate) struct Network {
    #[arg(long, value_name = "NAMES", help = activation_help())]
    pub(crate) activation: Option<String>,
    /// Dropout after the hidden layers, one share for all or one per layer [default: 0]
    #[arg(long, value_name = "SHARES", allow_negative_numbers = true)]
    pub(crate) dropout: Option<String>,
    /// Output activation, or `auto`: the one that belongs to the loss [default: auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) output: Option<String>,
    #[arg(long, value_name = "NAME", help = loss_help())]
    pub(crate) loss: Option<String>,
    #[arg(long, value_name = "NAME", help = optimizer_help())]
    pub(crate) optimizer: Option<String>,
    /// Momentum μ, for momentum [default: 0.9]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) momentum: Option<f64>,
    /// Decay β₁ of the mean of gradients, for adam [default: 0.9]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) beta1: Option<f64>,
    /// Decay β₂ of the mean of their squares, for adam [default: 0.999]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) beta2: Option<f64>,
    /// ε beside the root, for adam [default: 1e-8]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) epsilon: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = learning_rate_help())]
    pub(crate) learning_rate: Option<f64>,
    #[arg(long, value_name = "NAME", help = schedule_help())]
    pub(crate) schedule: Option<String>,
    /// Rows of a mini-batch [default: chosen from the number of rows]
    #[arg(long, value_name = "N")]
    pub(crate) batch_size: Option<usize>,
    /// Penalties on the weights, `l2=1e-4,l1=0` [default: none]
    #[arg(long, value_name = "l2=N,l1=N")]
    pub(crate) penalty: Option<String>,
    /// Decoupled weight decay: weights shrink by learning rate times this in each step [default: 0]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) weight_decay: Option<f64>,
    /// Shorten the whole gradient to this norm at most [default: never]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    pub(crate) clip_norm: Option<f64>,
    /// Share of the target that is spread over all classes [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) label_smoothing: Option<f64>,
    #[arg(long, value_name = "NAME", help = init_help())]
    pub(crate) init: Option<String>,
    /// Numbers of the network: f32 or f64 [default: f32]
    #[arg(long, value_name = "NAME")]
    pub(crate) precision: Option<String>,
}

fn activation_help() -> String {
    let all = names(Activation::ALL.iter().map(|a| a.name()));
    format!("Hidden activations, one for all or one per layer: {all} [default: relu]")
}

fn loss_help() -> String {
    let all = names(Loss::ALL.iter().map(|l| l.name()));
    format!("What is minimised: auto, {all} [default: auto]")
}

fn optimizer_help() -> String {
    format!("Update rule: {} [default: adam]", names(Optimizer::ALL.iter().map(Optimizer::name)))
}

fn learning_rate_help() -> String {
    let each = Optimizer::ALL.iter().map(|o| format!("{} for {}", o.usual_learning_rate(), o.name()));
    format!("Learning rate [default: {}]", each.collect::<Vec<_>>().join(", "))
}

fn schedule_help() -> String {
    let all = names(Schedule::ALL.iter().map(Schedule::name));
    format!(
        "Learning rate over time: {all} (cosine:0.1 warms up over a tenth of the run) [default: constant]"
    )
}

fn init_help() -> String {
    format!("Initial weights: {} [default: auto]", names(Init::ALL.iter().map(|i| i.name())))
}
