//! `ff tune`.

use super::{Reading, Report, Settings, Shared, Threads};
use clap::{Args, ValueEnum};

const AFTER: &str = "\
The space is a TOML file. Its keys are flags of this command and, for layers of one width, `width` and `depth`; its \
values are lists or ranges:

  learning-rate = { low = 1e-4, high = 1e-1, log = true }
  width = { low = 16, high = 256, log = true, integer = true }
  depth = [1, 2, 3]
  activation = [\"relu\", \"tanh\"]
  dropout = [0, 0.1, 0.3]
  penalty.l2 = { low = 1e-6, high = 1e-2, log = true }

Flags that are given stay the same in all trials. Trial 1 of a search at random leaves the rest to the program, as \
`ff train` does, so that the winner is held against that. The best trial is trained again on all rows but the test rows, for \
the epoch that was best, and judged on the test rows once. A search that was ended goes on where it was when the same \
command is given again.

Examples:
  ff tune sales.csv --target region --trials 4 --epochs 5 --report search.html
  ff tune moons --search halving --trials 9 --epochs 9 -o moons.tune
  ff tune sales.csv --target price --folds 3 --trials 2 --epochs 3 --metric rmse -o price.tune --json
  ff tune sales.csv --target price --layers 64,32 --search random --dry-run";

/// Search for the settings that do best, train the winner and judge it once
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("seed", |a| a.help("Seed of all randomness: generated data, test and validation rows, trials, every training")))]
pub(crate) struct Tune {
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: String,
    /// What varies, as TOML [default: width, depth, activation, dropout, learning rate, batch size, schedule, L2 penalty, weight decay]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) space: Option<String>,
    /// At random, every combination, or at random with ever more epochs for ever fewer [default: random]
    #[arg(long, value_name = "HOW", value_enum)]
    pub(crate) search: Option<SearchArg>,
    /// Trials at most [default: 50; every combination of a grid]
    #[arg(long, value_name = "N")]
    pub(crate) trials: Option<usize>,
    /// Judge a trial by cross-validation over this many folds, not by one validation part
    #[arg(long, value_name = "K", conflicts_with = "validation")]
    pub(crate) folds: Option<usize>,
    /// Share of the rows that are no test rows on which trials are judged [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) validation: Option<f64>,
    /// By which metric trials are compared [default: the loss]
    #[arg(long, value_name = "NAME")]
    pub(crate) metric: Option<String>,
    /// A file of test rows that judge the winner, instead of a share of DATA
    #[arg(long, value_name = "FILE", conflicts_with = "test_share", value_hint = clap::ValueHint::FilePath)]
    pub(crate) test: Option<String>,
    /// Share of DATA that is set aside to judge the winner; 0 for none [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) test_share: Option<f64>,
    /// Folder for the journal, the table of trials and the winner [default: DATA's name with .tune, here]
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) out: Option<String>,
    #[command(flatten)]
    pub(crate) report: Report,
    /// Print what would be tried, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// `--search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SearchArg {
    Random,
    Grid,
    Halving,
}
