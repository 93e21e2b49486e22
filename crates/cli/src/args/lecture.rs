//! `ff lecture`.

use super::Shared;
use clap::{Args, ValueEnum};

const AFTER: &str = "\
Five lecture decks are behind this program: Olteanu (Zurich), Acharya (Manipal), Sarkar (Kharagpur), Fischer and Zahn \
(Master of Science in Engineering), Wang. `run` computes what a part of them teaches, puts the slide's number beside \
ours, and says which of the two is right where they differ. `run all` runs everything in some minutes; the exit code is \
1 if a value of ours is off.

Examples:
  ff lecture list
  ff lecture run S06
  ff lecture run S52 -o regions.svg";

/// List what the lectures teach and where it is, or compute it beside the slides' numbers
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Lecture {
    /// `list`, or `run`
    pub(crate) action: ActionArg,
    /// Part to run, S01 to S69, or `all`
    pub(crate) id: Option<String>,
    /// Folder with the four files of MNIST, for S65 [default: digits drawn by the program]
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    pub(crate) data: Option<String>,
    /// Picture to write, where the part has one: a name that ends with `.svg` or `.png`
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) output: Option<String>,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ActionArg {
    /// One line for each part.
    List,
    /// Compute one part, or all.
    Run,
}
