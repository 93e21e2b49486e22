//! `ff plan`.

use super::{Network, Shared, Threads};
use clap::Args;

const AFTER: &str = "\
Examples:
  ff plan --layers 784-512-10
  ff plan --layers 784-512-10 --floors
  ff plan --layers 785-256-256-10 --batch-size 64 --optimizer sgd --precision f64";

/// Show what one training step of a network takes: parameters, operations, bytes
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("batch_size", |a| a.help("Rows of a mini-batch [default: 32]")))]
pub(crate) struct Plan {
    /// Units of all layers from the input to the output, `784-512-10`
    #[arg(long, value_name = "UNITS", allow_hyphen_values = true)]
    pub(crate) layers: String,
    /// Measure this machine, and show how long a step takes at least
    #[arg(long)]
    pub(crate) floors: bool,
    #[command(flatten)]
    pub(crate) network: Network,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
