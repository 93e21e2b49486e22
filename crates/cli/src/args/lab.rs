//! `ff lab`.

use super::{Shared, names};
use clap::Args;
use feedforward::lab::universality::FUNCTIONS;

const AFTER: &str = "\
Experiments:
  planes         logistic regression fails where a 2-2-1 network separates; boundaries that networks learn
  collapse       without activation functions a deep network is one matrix
  universality   one hidden layer and a function: the error against the number of units
  regions        linear regions of a ReLU network, counted, beside the bounds
  curse          what becomes of space when it has many dimensions
  manifold       points near a curve, and a network that says each with one number

Everything is drawn and trained by the program, and comes out the same in every run.

Examples:
  ff lab regions --folding 2,2,4
  ff lab regions --layers 2-8-8-1 --seed 3 -o regions.svg
  ff lab universality --function bumps --widths 1,4,16 --epochs 50 -o fits.svg
  ff lab collapse --layers 4-16-16-3 --json";

/// Run an experiment that shows what networks do, and draw it
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Lab {
    /// Experiment: planes, collapse, universality, regions, curse or manifold
    pub(crate) name: String,
    /// Picture to write: a name that ends with `.svg` or `.png`
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) output: Option<String>,
    /// Seed of points and networks
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    #[arg(long, value_name = "NAME", help = function_help())]
    pub(crate) function: Option<String>,
    /// Numbers of hidden units, for universality [default: 1,2,4,8,16,32,64,128,256]
    #[arg(long, value_name = "UNITS")]
    pub(crate) widths: Option<String>,
    /// Units of all layers, for collapse [default: 4-16-16-3] and regions
    #[arg(long, value_name = "UNITS", allow_hyphen_values = true)]
    pub(crate) layers: Option<String>,
    /// Inputs, hidden layers and units of the network that reaches the bound, for regions [default: 2,2,8]
    #[arg(long, value_name = "D,L,N")]
    pub(crate) folding: Option<String>,
    /// Points, for planes, curse and manifold [default: 200]
    #[arg(long, value_name = "N")]
    pub(crate) rows: Option<usize>,
    /// Passes over the points, for planes [default: 300], universality [default: 2000] and manifold [default: 300]
    #[arg(long, value_name = "EPOCHS")]
    pub(crate) epochs: Option<u64>,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

fn function_help() -> String {
    format!("Function, for universality: {} [default: sin]", names(FUNCTIONS.iter().map(|f| f.name)))
}
