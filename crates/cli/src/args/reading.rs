//! Flags of every verb that reads data.

use super::COMMON;
use crate::words::quoted;
use clap::{Args, ValueEnum};
use feedforward::data::memory::Limit;
use std::path::PathBuf;

/// How data is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) text: Text,
    /// Part of an IDX folder, an NPZ file or a generated set [default: test for predict and evaluate, else train]
    #[arg(long, value_name = "PART", value_enum)]
    pub(crate) part: Option<PartArg>,
    /// Which array of an NPZ file is the table; `NAME,TARGET` names the target's array too
    #[arg(long, value_name = "NAME")]
    pub(crate) array: Option<String>,
    /// Seed of a generated set's rows
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = COMMON)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) memory: Memory,
}

/// Rows that do not fit into memory.
#[derive(Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct Memory {
    /// Memory that the program may take, such as 256M or 2G: rows that do not fit wait in a file, results stay the same
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// Folder, on a disk, for the file of --memory [default: the current one]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) scratch: Option<PathBuf>,
}

impl Memory {
    /// The limit, if there is one.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let folder = || self.scratch.clone().unwrap_or_else(|| ".".into());
        self.memory.map(|bytes| Limit { bytes, folder: folder(), shared: 1 })
    }
}

/// The smallest `--memory`.
const LEAST_MEMORY: u64 = 32 << 20;

/// A number of bytes, or of 2¹⁰, 2²⁰, 2³⁰ or 2⁴⁰ bytes: `268435456`, `256M`, `1.5G`.
fn size(text: &str) -> Result<u64, String> {
    let shown = text.trim().trim_end_matches(['B', 'b']).trim_end_matches('i');
    let digits = shown.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match shown[digits.len()..].to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("write a number of bytes, such as 256M or 2G".into()),
    };
    let number: f64 = digits.trim().parse().map_err(|_| "write a number of bytes, such as 256M or 2G")?;
    let bytes = number * f64::from(2_u32).powi(power);
    if !(LEAST_MEMORY as f64..1e18).contains(&bytes) {
        return Err("the program itself takes some: give 32M or more".into());
    }
    Ok(bytes as u64)
}

/// How text is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Text {
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
}

impl Text {
    /// The flags that say the same again, for a shell. `--type` aside: a model knows its columns' kinds.
    pub(crate) fn again(&self) -> String {
        let header = match self.header {
            HeaderArg::Yes => Some("yes".to_string()),
            HeaderArg::No => Some("no".into()),
            HeaderArg::Auto => None,
        };
        let flags = [
            ("delimiter", self.delimiter.clone()),
            ("header", header),
            ("decimal", (self.decimal != ".").then(|| self.decimal.clone())),
            ("missing", self.missing.clone()),
            ("skip-lines", (self.skip_lines > 0).then(|| self.skip_lines.to_string())),
        ];
        // With `=` a value may begin with a dash.
        let flag = |(name, value): (&str, Option<String>)| value.map(|v| format!(" --{name}={}", quoted(&v)));
        flags.into_iter().filter_map(flag).collect()
    }
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

#[cfg(test)]
mod tests {
    use crate::args::{Cli, Verb};
    use clap::Parser;

    #[test]
    fn flags_are_repeated_for_a_shell() {
        let again = |flags: &[&str]| match Cli::try_parse_from(["ff", "describe", "x"].iter().chain(flags)) {
            Ok(Cli { verb: Verb::Describe(d) }) => d.reading.text.again(),
            other => panic!("{other:?}"),
        };
        assert_eq!(again(&["--type", "a=category", "--part", "test"]), "");
        let flags =
            ["--delimiter", ";", "--header", "no", "--decimal", ",", "--skip-lines", "1", "--missing=-9,"];
        assert_eq!(again(&flags), " --delimiter=';' --header=no --decimal=, --missing=-9, --skip-lines=1");
    }
}
