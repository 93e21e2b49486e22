//! `ff split`.

use super::{COMMON, Memory, Shared, Text};
use clap::Args;

const AFTER: &str = "\
Writes train, valid and test files (two shares: train and test), or folders fold-1, fold-2, … with a \
train and a valid file for each of the folds. With the same seed these are the folds of `ff cross-validate`, for a \
target of classes if --stratify names it. Every row keeps its text, byte for byte. By time the first part is the earliest, and each fold is later than its training rows.

Examples:
  ff split sales.csv --ratio 60/20/20 --stratify region -o parts
  ff split sales.csv --ratio 80/20 -o halves
  ff split sales.csv --kfold 5 -o folds
  ff split sales.csv --group region --ratio 60/20/20 -o regions
  ff split sales.csv --time area --kfold 4 -o later";

/// Cut a CSV file into parts: at random, in groups or by time
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Split {
    /// CSV or TSV file, .gz too
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) data: String,
    /// Shares of training, validation and test part, or of training and test part [default: 60/20/20]
    #[arg(long, value_name = "SHARES", conflicts_with = "kfold")]
    pub(crate) ratio: Option<String>,
    /// Cut into this many folds for cross-validation
    #[arg(long, value_name = "K")]
    pub(crate) kfold: Option<usize>,
    /// Give every part the same shares of this column's values
    #[arg(long, value_name = "COL", allow_hyphen_values = true, conflicts_with = "time")]
    pub(crate) stratify: Option<String>,
    /// Keep rows with the same value in this column in one part
    #[arg(long, value_name = "COL", allow_hyphen_values = true, conflicts_with = "time")]
    pub(crate) group: Option<String>,
    /// Cut by this column of numbers or dates: no row of a part is later than one of the next
    #[arg(long, value_name = "COL", allow_hyphen_values = true)]
    pub(crate) time: Option<String>,
    /// Divide so many times into folds, each time another way: folders repeat-1, repeat-2, … [default: once]
    #[arg(long, value_name = "N", requires = "kfold", conflicts_with = "time")]
    pub(crate) repeats: Option<usize>,
    /// Folder for the parts; it is made if need be
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) out: String,
    /// Print the sizes of the parts, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Seed of the choice of rows
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = COMMON)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) text: Text,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
