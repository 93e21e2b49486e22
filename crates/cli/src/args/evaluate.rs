//! `ff evaluate`.

use super::{Reading, Report, Shared, Threads, UnseenArg};
use clap::Args;

const AFTER: &str = "\
A threshold is to be chosen on validation rows: rows that --choose-threshold has looked at say no more how \
good the model is, so judge it with the threshold on others.

Examples:
  ff evaluate region.ff test.csv
  ff evaluate region.ff test.csv --metrics accuracy,f1 --min accuracy=0.1
  ff evaluate price.ff test.csv --report price.html
  ff evaluate price.ff test.csv --json
  ff evaluate moons.ff moons --choose-threshold recall=0.95
  ff evaluate moons.ff moons --curves --json";

/// Judge a model on rows whose target is known
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Evaluate {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) model: String,
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: String,
    /// Print these metrics only, one a line
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) metrics: Vec<String>,
    /// Exit with 1 unless the metric is at least this: `accuracy=0.97`
    #[arg(long, value_name = "METRIC=N", value_delimiter = ',')]
    pub(crate) min: Vec<String>,
    /// Exit with 1 unless the metric is at most this: `rmse=2.5`
    #[arg(long, value_name = "METRIC=N", value_delimiter = ',')]
    pub(crate) max: Vec<String>,
    /// For two classes: decide for the second above this probability [default: 0.5]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    /// For two classes: find the threshold for this on validation rows: `recall=0.9`, `precision=0.9` or `f1`
    #[arg(long, value_name = "WISH", conflicts_with = "threshold")]
    pub(crate) choose_threshold: Option<String>,
    /// Add each class's ROC, precision-recall and calibration curve to the JSON, with 200 points at most
    #[arg(long, requires = "json")]
    pub(crate) curves: bool,
    /// A category that training never saw: refuse it, or treat it as none of those known
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = UnseenArg::Other)]
    pub(crate) unseen: UnseenArg,
    #[command(flatten)]
    pub(crate) report: Report,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
