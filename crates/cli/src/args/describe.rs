//! `ff describe`.

use super::{Reading, Shared};
use clap::Args;

const AFTER: &str = "\
Examples:
  ff describe sales.csv
  ff describe sales.csv --target price
  ff describe moons --json";

/// Show what is in a table: types, missing cells, balance, constant or leaking columns
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Describe {
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: String,
    /// Column to predict, by name or number (-1 is the last)
    #[arg(long, value_name = "COL", allow_hyphen_values = true)]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
