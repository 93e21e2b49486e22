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
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("Momentum μ", "momentum"))]
    pub(crate) momentum: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("Decay ρ of the mean of squares", "decay"))]
    pub(crate) decay: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("Decay β₁ of the mean of gradients", "beta1"))]
    pub(crate) beta1: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("Decay β₂ of the mean of their squares", "beta2"))]
    pub(crate) beta2: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("ε beside the root", "epsilon"))]
    pub(crate) epsilon: Option<f64>,
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, help = number_help("A search ends when no number of the gradient is above this", "tolerance"))]
    pub(crate) tolerance: Option<f64>,
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
    /// Decoupled weight decay: weights shrink by learning rate times this in each step [default: 1 below 2,000 training
    /// rows and 0.1 below 20,000 if layers, activation, dropout, optimizer, learning rate and penalty are left open; 0.01
    /// for adamw; otherwise 0]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) weight_decay: Option<f64>,
    /// Shorten the whole gradient to this norm at most [default: never]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    pub(crate) clip_norm: Option<f64>,
    /// After each update scale the incoming weights of a unit to this norm at most [default: never]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    pub(crate) max_norm: Option<f64>,
    /// Share of the target that is spread over all classes [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) label_smoothing: Option<f64>,
    #[arg(long, value_name = "NAME", help = init_help())]
    pub(crate) init: Option<String>,
    /// Where the biases of hidden layers start; 0.1 has ReLU units start active [default: 0]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) bias: Option<f64>,
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
    let named =
        |search: bool| names(Optimizer::ALL.iter().filter(|o| o.is_search() == search).map(|o| o.name()));
    format!(
        "Update rule: {} [default: adam]; or a search over all training rows, an iteration an epoch: {}",
        named(false),
        named(true)
    )
}

fn learning_rate_help() -> String {
    let of_rule = |o: &Optimizer| (!o.is_search()).then(|| o.usual_learning_rate());
    format!("Learning rate of a rule [default: {}]", usual(of_rule))
}

/// A hyper-parameter that some of the optimizers have.
fn number_help(what: &str, number: &str) -> String {
    let own =
        |o: &Optimizer| o.numbers().into_iter().find(|(name, _)| *name == number).map(|(_, value)| value);
    format!("{what} [default: {}]", usual(own))
}

/// `0.02 for momentum and nesterov, 0.001 for adam`: optimizers with the same value stand together.
fn usual(value: impl Fn(&Optimizer) -> Option<f64>) -> String {
    let mut groups: Vec<(f64, Vec<&str>)> = Vec::new();
    for (optimizer, value) in Optimizer::ALL.iter().filter_map(|o| Some((o, value(o)?))) {
        match groups.iter_mut().find(|(v, _)| *v == value) {
            Some((_, names)) => names.push(optimizer.name()),
            None => groups.push((value, vec![optimizer.name()])),
        }
    }
    let number = |v: f64| if v < 1e-3 { format!("{v:e}") } else { v.to_string() };
    let each = groups.iter().map(|(value, names)| format!("{} for {}", number(*value), names.join(" and ")));
    each.collect::<Vec<_>>().join(", ")
}

fn schedule_help() -> String {
    let all = names(Schedule::ALL.iter().map(Schedule::name));
    format!(
        "Learning rate over time: {all} [default: constant]. inverse:D divides by 1 + D t after t steps; \
         step:F:N multiplies by F every N epochs, exponential:F each epoch; cosine:S rises over the share S of \
         the run and falls to 0 as half a cosine; plateau:F:N multiplies by F after N epochs without a better \
         validation loss"
    )
}

fn init_help() -> String {
    let all = names(Init::ALL.iter().map(|i| i.name()));
    format!("Initial weights: {all}; gaussian draws biases too, xavier is glorot [default: auto]")
}
