//! `ff gradcheck`.

use super::{Network, Reading, Shared};
use clap::Args;

const AFTER: &str = "\
The engine's gradients in f64 and in f32 are held against difference quotients of the objective in f64. Between \
kinks (relu at 0, L1 penalties at 0 and the like) a gradient that disagrees is wrong; a parameter whose smallest \
steps still carry some unit of some sample across a kink is told apart and does not count.

With --layers a network is made from the flags, with random parameters and random data. Exits with 1 if a \
gradient is wrong.

Examples:
  ff gradcheck price.ff sales.csv
  ff gradcheck price.ff sales.csv --rows 64 --each 10
  ff gradcheck --layers 4-8-8-3 --activation tanh,softplus --penalty l2=0.01";

/// Check a network's gradients against differences, kinks told apart from errors
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("seed", |a| a.help("Seed of random parameters, data and choices, and of a generated set's rows")))]
#[command(mut_arg("batch_size", |a| a.hide(true)))]
pub(crate) struct Gradcheck {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath, required_unless_present = "layers", conflicts_with = "Network")]
    pub(crate) model: Option<String>,
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath, required_unless_present = "layers")]
    pub(crate) data: Option<String>,
    /// Instead of a model: units of all layers from the input to the output, `784-512-10`
    #[arg(long, value_name = "UNITS", allow_hyphen_values = true, conflicts_with = "model")]
    pub(crate) layers: Option<String>,
    /// Rows of the batch: the first of DATA, or random ones
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) rows: usize,
    /// Parameters of each kind in each layer, drawn at random where there are more
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) each: usize,
    /// Check every parameter
    #[arg(long, conflicts_with = "each")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) network: Network,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
