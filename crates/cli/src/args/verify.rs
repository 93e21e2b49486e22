//! `ff verify` and `ff diff`.

use super::{Reading, Shared, Threads};
use clap::Args;

const AFTER_VERIFY: &str = "\
Trains again and holds everything against the certificate, in this order: version, data, options, parameters after \
every epoch, end, metrics, the parameters themselves. The first difference is named, and the exit code is 1.

Examples:
  ff train moons --layers 8 --epochs 10 --run runs/small
  ff verify runs/small
  ff verify runs/small/model.ff --data moons";

/// Train again from a certificate, and compare all bits
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_VERIFY)]
pub(crate) struct Verify {
    /// The folder of a finished run, or a model file
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) run: String,
    /// The data that the model was trained on; a run's folder knows its own
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: Option<String>,
    /// The rows that it was validated on, where `ff train` was given a file of them
    #[arg(long, value_name = "FILE", requires = "data", value_hint = clap::ValueHint::FilePath)]
    pub(crate) valid: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

const AFTER_DIFF: &str = "\
Examples:
  ff diff moons.ff moons.ff
  ff diff moons.ff price.ff --json";

/// Say in what two models differ: options, data, epochs, every layer's parameters
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_DIFF)]
pub(crate) struct Diff {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) one: String,
    /// Another model file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) other: String,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
