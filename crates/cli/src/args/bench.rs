//! `ff bench`.

use super::{Network, Shared, Threads};
use clap::Args;

const AFTER: &str = "\
A step is held against two floors: its operations at the machine's peak of multiply-adds, and the bytes of \
parameters and optimizer that its update moves at the machine's bandwidth. Both are measured first.

Data and targets are random, and the same in every run. Nothing is written.

Examples:
  ff bench --layers 2-16-16-1 --rows 1000 --batch-size 10 --optimizer sgd
  ff bench --layers 30-64-3 --rows 2000 --epochs 2 --threads 1 --json";

/// Measure how fast a network trains and predicts on this machine, and how far from the machine's limits
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("batch_size", |a| a.help("Rows of a mini-batch [default: 32]")))]
pub(crate) struct Bench {
    /// Units of all layers from the input to the output, `784-512-10`
    #[arg(long, value_name = "UNITS", allow_hyphen_values = true)]
    pub(crate) layers: String,
    /// Rows of random data [default: 60000, fewer for large networks]
    #[arg(long, value_name = "N")]
    pub(crate) rows: Option<usize>,
    /// Epochs that are timed, after one that is not
    #[arg(long, value_name = "EPOCHS", default_value_t = 5)]
    pub(crate) epochs: usize,
    /// Measure prediction only: the network stays as it is at the start
    #[arg(long)]
    pub(crate) predict_only: bool,
    #[command(flatten)]
    pub(crate) network: Network,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
