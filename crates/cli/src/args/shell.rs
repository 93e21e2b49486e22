//! `ff completions` and `ff man`.

use clap::Args;
use clap_complete::Shell;

const AFTER_COMPLETIONS: &str = "\
Examples:
  ff completions bash
  ff completions zsh
  ff completions fish";

/// Write the completions of a shell to standard output
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_COMPLETIONS)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_parser = clap::builder::EnumValueParser::<Shell>::new())]
    pub(crate) shell: Shell,
}

const AFTER_MAN: &str = "\
Examples:
  ff man
  ff man manuals";

/// Write the man page to standard output, or one page per verb into a folder
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_MAN)]
pub(crate) struct Man {
    /// Folder for ff.1, ff-train.1, …; it is made if need be
    #[arg(value_hint = clap::ValueHint::DirPath)]
    pub(crate) dir: Option<String>,
}
