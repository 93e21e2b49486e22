//! `ff lab`.

use super::{Reading, Report, Settings, Shared, Threads, names};
use clap::Args;
use feedforward::lab::universality::FUNCTIONS;

const AFTER: &str = "\
Experiments:
  bias-variance  what the error is made of: networks of many independent training sets, for several widths
  learning-curve training and validation error against the number of rows: would more data help?
  capacity       the same against the number of hidden units: which network?
  epochs         the same against epochs: how long?
  planes         logistic regression fails where a 2-2-1 network separates; boundaries that networks learn
  collapse       without activation functions a deep network is one matrix
  universality   one hidden layer and a function: the error against the number of units
  regions        linear regions of a ReLU network, counted, beside the bounds
  curse          what becomes of space when it has many dimensions
  manifold       points near a curve, and a network that says each with one number

learning-curve, capacity and epochs take your own DATA with all settings of `ff train`: it is divided at random again \
and again. Without DATA, as in all other experiments, everything is drawn by the program. All comes out the same in \
every run.

Examples:
  ff lab bias-variance -o parts.svg
  ff lab learning-curve sales.csv --target price --repeats 3
  ff lab capacity sales.csv --target price --widths 1,8,64 --repeats 3 --report capacity.html
  ff lab epochs --rows 30 --repeats 3 --epochs 500
  ff lab regions --folding 2,2,4
  ff lab regions --layers 2-8-8-1 --seed 3 -o regions.svg
  ff lab universality --function bumps --widths 1,4,16 --epochs 50 -o fits.svg
  ff lab collapse --layers 4-16-16-3 --json";

/// Run an experiment that shows what networks do and why they err, and draw it
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
#[command(mut_arg("seed", |a| a.help("Seed of points, divisions and networks")))]
#[command(mut_arg("layers", |a| a.help("Units of the hidden layers, `64,32`; for collapse [default: 4-16-16-3] and regions of all layers")))]
#[command(mut_arg("epochs", |a| a.help("Passes over the training rows [default: the experiment's own]")))]
pub(crate) struct Lab {
    /// Experiment: bias-variance, learning-curve, capacity, epochs, planes, collapse, universality, regions, curse or
    /// manifold
    pub(crate) name: String,
    /// File, folder of IDX files, `-`, or generated set, for learning-curve, capacity and epochs [default: drawn]
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    pub(crate) data: Option<String>,
    /// Picture to write: a name that ends with `.svg` or `.png`
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) out: Option<String>,
    #[command(flatten)]
    pub(crate) report: Report,
    #[arg(long, value_name = "NAME", help = function_help())]
    pub(crate) function: Option<String>,
    /// Deviation of the drawn y around the function [default: 0.3]
    #[arg(long, value_name = "SIGMA", allow_negative_numbers = true)]
    pub(crate) noise: Option<f64>,
    /// Points that are drawn: of each training set for bias-variance, capacity and epochs [default: 30] and
    /// learning-curve [default: 480]; for planes, curse and manifold [default: 200]
    #[arg(long, value_name = "N")]
    pub(crate) rows: Option<usize>,
    /// Independent training sets, for bias-variance [default: 30]
    #[arg(long, value_name = "N")]
    pub(crate) sets: Option<usize>,
    /// Random divisions of DATA [default: 5], or training sets that are drawn [default: 30]
    #[arg(long, value_name = "N")]
    pub(crate) repeats: Option<usize>,
    /// Numbers of training rows, for learning-curve [default: all, and their halves]
    #[arg(long, value_name = "ROWS")]
    pub(crate) sizes: Option<String>,
    /// Numbers of hidden units, for universality, bias-variance and capacity; 0 is a straight line [default: the
    /// experiment's own]
    #[arg(long, value_name = "UNITS")]
    pub(crate) widths: Option<String>,
    /// The error (1 − accuracy, or RMSE) that should be within reach, if you know [default: the drawn noise]
    #[arg(long, value_name = "ERROR", allow_negative_numbers = true)]
    pub(crate) goal: Option<f64>,
    /// Share of DATA that each division keeps for validation [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) validation: Option<f64>,
    /// Inputs, hidden layers and units of the network that reaches the bound, for regions [default: 2,2,8]
    #[arg(long, value_name = "D,L,N")]
    pub(crate) folding: Option<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

fn function_help() -> String {
    format!("Function that is drawn: {} [default: sin]", names(FUNCTIONS.iter().map(|f| f.name)))
}
