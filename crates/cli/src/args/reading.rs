//! Flags of every verb that reads data.

use super::COMMON;
use clap::{Args, ValueEnum};

/// How data is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    /// Between the fields: one character, or `tab` [default: found out among `,` `;` `|` tab and blank]
    #[arg(long, value_name = "CHAR")]
    pub(crate) delimiter: Option<String>,
    /// Whether the first record holds the columns' names
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = HeaderArg::Auto)]
    pub(crate) header: HeaderArg,
    /// The decimal mark: `.` or `,`
    #[arg(long, value_name = "CHAR", default_value = ".")]
    pub(crate) decimal: String,
    /// Texts that mean "no value" beside ?, NA, NaN, null and the like; `,a,b` replaces those
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(crate) missing: Option<String>,
    /// Lines to skip at the start of the file
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_lines: usize,
    /// The kind of columns where it should not be found out: `COL=category` or `COL=number`
    #[arg(long = "type", value_name = "COL=KIND", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) types: Vec<String>,
    /// Part of an IDX folder, an NPZ file or a generated set [default: test for predict and evaluate, else train]
    #[arg(long, value_name = "PART", value_enum)]
    pub(crate) part: Option<PartArg>,
    /// Which array of an NPZ file is the table; `NAME,TARGET` names the target's array too
    #[arg(long, value_name = "NAME")]
    pub(crate) array: Option<String>,
    /// Seed of all randomness: generated data, splits, initial weights, order, dropout
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = COMMON)]
    pub(crate) seed: u64,
}

/// `--header`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HeaderArg {
    Yes,
    No,
    Auto,
}

/// `--part`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartArg {
    Train,
    Test,
}
