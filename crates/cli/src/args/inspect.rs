//! `ff inspect`.

use super::Shared;
use clap::Args;

const AFTER: &str = "\
Examples:
  ff inspect price.ff
  ff inspect price.ff --json";

/// Show what is in a model file: network, preparation, classes and the record of its training
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Inspect {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath)]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
