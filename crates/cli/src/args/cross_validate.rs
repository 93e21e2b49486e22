//! `ff cross-validate`.

use super::{Reading, Report, Settings, Shared, Threads};
use clap::Args;

const AFTER: &str = "\
Cuts DATA into folds; each fold is held back once and judged by a model that is trained on the others, as \
`ff train` does it: a part of their rows chooses the best epoch. No model is kept. With --group the rows of a \
group are held back together; with --time each fold is later than everything that its model learned from.

Examples:
  ff cross-validate sales.csv --target price --layers 16 --epochs 20 --report folds.html
  ff cross-validate sales.csv --target region --ignore price --folds 3 --repeats 2 --layers 8 --epochs 20
  ff cross-validate sales.csv --target price --group rooms --folds 3 --layers 8 --epochs 20 --predictions held_back.csv
  ff cross-validate sales.csv --target region --folds 3 --dry-run";

/// Judge a way of training by k-fold cross-validation: every number with its spread
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("seed", |a| a.help("Seed of all randomness: generated data, folds, validation rows, initial weights, order, dropout")))]
#[command(mut_arg("group", |a| a.help("Rows with the same value in this column are in the same fold; no feature")))]
#[command(mut_arg("time", |a| a.help("Column of numbers or dates: learn from earlier rows, judge on later ones; no feature")))]
pub(crate) struct CrossValidate {
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: String,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Number of folds
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub(crate) folds: usize,
    /// Divide so many times, each time another way
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) repeats: usize,
    /// Give all folds the same shares of the classes [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) stratify: Option<bool>,
    /// Share of the training rows that choose the best epoch; 0 for none [default: chosen from their number]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) validation: Option<f64>,
    /// Write what is said of each row by the model that did not learn from it, as CSV; its `row` is the line in
    /// DATA
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) predictions: Option<String>,
    #[command(flatten)]
    pub(crate) report: Report,
    /// Print the folds and what would be trained, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
