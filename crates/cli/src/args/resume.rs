//! `ff resume`.

use super::{Memory, Shared, Threads};
use clap::Args;

const AFTER: &str = "\
The data is read again and must be the same; --memory and --scratch hold as they did, unless they are given anew. \
However often a run was stopped or killed, it ends with the bits of one that was not: the same model file, history and \
record.

Examples:
  ff train moons --epochs 30 --refit=false --run runs/moons
  ff resume runs/moons";

/// Go on with a run that was stopped or killed, from its last checkpoint
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Resume {
    /// The folder that was given to `ff train --run`
    #[arg(value_hint = clap::ValueHint::DirPath)]
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) memory: Memory,
    #[command(flatten)]
    pub(crate) shared: Shared,
}
