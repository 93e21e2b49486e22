//! `ff train`.

use super::{Network, Reading, Report, Shared, Threads};
use clap::{Args, ValueEnum};

const AFTER: &str = "\
Without DATA the built-in run starts: it draws 12,000 handwritten digits, trains 784-512-10 and judges \
it on 2,000 digits that it has not seen.

A training that leaves the finite numbers ends with exit code 4 and says where and why; its last good weights go to \
NAME.diverged.ff beside the model's place. What only looks wrong is told once, as a warning.

Examples:
  ff train
  ff train moons:rows=2000,noise=0.2 --layers 16,16 --epochs 50
  ff train sales.csv --target price --report price.html
  ff train sales.csv --target price --run runs/price
  ff train sales.csv --target price --refit=false --validation 0.1
  ff train sales.csv --target region --ignore price --class-weight balanced -o region.ff
  ff train sales.csv --target price --layers 64,32 --activation relu,tanh --dropout 0.1 --dry-run";

/// Train a network on a table, and judge it on rows that it has not learned from
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("seed", |a| a.help("Seed of all randomness: generated data, validation rows, initial weights, order, dropout")))]
pub(crate) struct Train {
    /// File, folder of IDX files, `-`, or generated set [default: the built-in run]
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: Option<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// A file of rows to validate on, instead of a share of DATA
    #[arg(long, value_name = "FILE", conflicts_with = "validation", value_hint = clap::ValueHint::FilePath)]
    pub(crate) valid: Option<String>,
    /// Share of DATA kept apart for validation; 0 for none [default: chosen from the number of rows]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) validation: Option<f64>,
    /// Whether the network is trained anew on all rows once the validation rows have told the number of epochs; below
    /// 2,000 rows 5 folds tell it [default: true, unless --validation or --valid is given]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) refit: Option<bool>,
    /// Where the model goes; its record goes beside it as .json [default: DATA's name with .ff, here]
    #[arg(long, short, value_name = "PATH", value_hint = clap::ValueHint::FilePath)]
    pub(crate) out: Option<String>,
    /// Keep the run in this folder: checkpoints, from which `ff resume` goes on, then model, record and certificate
    #[arg(long, value_name = "DIR", conflicts_with = "out", value_hint = clap::ValueHint::DirPath)]
    pub(crate) run: Option<String>,
    /// Seconds between two checkpoints, also inside an epoch; ends of epochs have one, too, as long as that takes less
    /// than a twentieth of the time [default: 30]
    #[arg(long, value_name = "NUMBER", requires = "run")]
    pub(crate) checkpoint_seconds: Option<f64>,
    /// Steps between two checkpoints, if not earlier by their seconds [default: no limit]
    #[arg(long, value_name = "N", requires = "run")]
    pub(crate) checkpoint_steps: Option<u64>,
    #[command(flatten)]
    pub(crate) report: Report,
    /// Print what would be trained, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// What every verb that trains can be asked: all that makes one network differ from another on the same rows.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Column to predict, by name or number (-1 is the last); several for several numbers
    #[arg(long, value_name = "COL", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) target: Vec<String>,
    /// Units of the hidden layers, `512,256`; '' for none [default: chosen from the data]
    #[arg(long, value_name = "UNITS", allow_negative_numbers = true)]
    pub(crate) layers: Option<String>,
    /// Passes over the training rows at most [default: chosen from the number of rows]
    #[arg(long, value_name = "N")]
    pub(crate) epochs: Option<u64>,
    /// Stop after so many epochs without a better validation loss; 0 for never [default: chosen]
    #[arg(long, value_name = "EPOCHS")]
    pub(crate) patience: Option<u64>,
    /// End with the epoch that was best on the validation rows, not with the last [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) restore_best: Option<bool>,
    #[command(flatten)]
    pub(crate) columns: Columns,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// What columns are used, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Columns")]
pub(crate) struct Columns {
    /// Columns that are no features
    #[arg(long, value_name = "COLS", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) ignore: Vec<String>,
    /// The only features, if given
    #[arg(
        long,
        visible_alias = "only",
        value_name = "COLS",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub(crate) features: Vec<String>,
    /// Column that says how much each row counts
    #[arg(long, value_name = "COL", allow_hyphen_values = true)]
    pub(crate) weight_column: Option<String>,
    /// Rows with the same value in this column are never parted between training and validation; no feature
    #[arg(long, value_name = "COL", allow_hyphen_values = true, conflicts_with = "time")]
    pub(crate) group: Option<String>,
    /// Column of numbers or dates: validate on the latest rows; no feature
    #[arg(long, value_name = "COL", allow_hyphen_values = true)]
    pub(crate) time: Option<String>,
    /// How much each class counts: equal or balanced (all classes alike) [default: equal]
    #[arg(long, value_name = "NAME")]
    pub(crate) class_weight: Option<String>,
    /// Whether the target is a class or a number [default: found out]
    #[arg(long, value_enum)]
    pub(crate) task: Option<TaskArg>,
    /// How number columns are scaled [default: auto]
    #[arg(long, value_name = "NAME", value_enum)]
    pub(crate) scaling: Option<ScalingArg>,
    /// Category columns with more levels than this are left out [default: 64]
    #[arg(long, value_name = "N")]
    pub(crate) max_levels: Option<usize>,
}

/// `--task`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskArg {
    Classification,
    Regression,
}

/// `--scaling`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScalingArg {
    Auto,
    None,
    Standardise,
    MinMax,
    Robust,
}
