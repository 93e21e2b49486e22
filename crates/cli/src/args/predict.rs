//! `ff predict`.

use super::{Reading, Shared, Threads};
use clap::{Args, ValueEnum};
use feedforward::data::prepare::Unseen;

const AFTER: &str = "\
The result is a CSV file with one line per row: the column `prediction`, or the targets' names where \
there are several, and with --probability one column `p(CLASS)` per class.

Examples:
  ff predict price.ff new.csv
  ff predict region.ff new.csv -o out.csv --probability";

/// Predict the target of new rows
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Predict {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) model: String,
    /// File, folder of IDX files, `-`, or generated set; it needs no target column
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: String,
    /// Where the predictions go
    #[arg(long, short, value_name = "PATH", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    pub(crate) out: String,
    /// Write the probability of every class too
    #[arg(long)]
    pub(crate) probability: bool,
    /// For two classes: decide for the second above this probability [default: 0.5]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    /// A category that training never saw: refuse it, or treat it as none of those known
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = UnseenArg::Other)]
    pub(crate) unseen: UnseenArg,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// `--unseen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnseenArg {
    Error,
    Other,
}

impl From<UnseenArg> for Unseen {
    fn from(arg: UnseenArg) -> Self {
        match arg {
            UnseenArg::Error => Unseen::Error,
            UnseenArg::Other => Unseen::Other,
        }
    }
}
