//! `ff trace`.

use super::{Reading, Shared, names};
use clap::{Args, ValueEnum};
use feedforward::explain::{Example, Notation};

const AFTER: &str = "\
Every pre-activation z, activation a, delta, gradient and updated parameter of one step of training stands beside \
the equation that it comes from. The step is the first of a run with the model's own rule: nothing is remembered \
yet, nothing is dropped. Inputs are the numbers that the network reads, after the model's preparation.

The notations are ours and those of five lectures; D0 to D4 name them, too. They differ in the numbers of \
layers, the shape of W, the place of biases and samples and the layout of gradients; where a lecture prints \
something wrong, a note says so. The JSON document has all numbers in our layout, and with --notation the \
lecture's sheet as well.

Examples:
  ff trace --example wang
  ff trace --example batch --notation fischer-zahn
  ff trace price.ff sales.csv --row 3
  ff trace price.ff sales.csv --rows 1-3 --format html -o step.html";

/// Show one step of training in full: every z, a, delta, gradient and update beside its equation
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Trace {
    /// Model file
    #[arg(value_hint = clap::ValueHint::FilePath, required_unless_present = "example")]
    pub(crate) model: Option<String>,
    /// File, folder of IDX files, `-`, or generated set
    #[arg(value_hint = clap::ValueHint::AnyPath, required_unless_present = "example")]
    pub(crate) data: Option<String>,
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["model", "row", "rows", "forward"], help = example_help())]
    pub(crate) example: Option<String>,
    /// The row to trace, from 1, a line of names not counted [default: 1]
    #[arg(long, value_name = "N", conflicts_with = "rows")]
    pub(crate) row: Option<u64>,
    /// The rows to trace as one batch, from 1, a line of names not counted: `1-3` or `1,4,9`
    #[arg(long, value_name = "ROWS")]
    pub(crate) rows: Option<String>,
    /// Forward only: the data needs no target
    #[arg(long)]
    pub(crate) forward: bool,
    /// Text, the JSON document, or one HTML page with the computational graph [default: text]
    #[arg(long, value_name = "FORMAT", value_enum, conflicts_with = "json")]
    pub(crate) format: Option<FormatArg>,
    #[arg(long, value_name = "NAME", help = notation_help())]
    pub(crate) notation: Option<String>,
    /// Learning rate of the step [default: the model's]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) learning_rate: Option<f64>,
    /// Where the trace goes
    #[arg(long, short, value_name = "PATH", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    pub(crate) out: String,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    Text,
    Json,
    Html,
}

fn example_help() -> String {
    format!(
        "A calculation instead of a model: {}, or a TOML file such as examples/two_two_one.toml",
        names(Example::ALL.iter().map(|e| e.name()))
    )
}

fn notation_help() -> String {
    format!("How it is written: {} [default: ours]", names(Notation::ALL.iter().map(|n| n.name())))
}
