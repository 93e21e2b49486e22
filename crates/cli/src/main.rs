//! The command line `ff` of feedforward.
//!
//! Flags become plain data ([`args`], [`ask`]), verbs call the libraries, results go to standard output,
//! progress, notes and errors to standard error. No mathematics here.
#![forbid(unsafe_code)]

mod args;
mod ask;
mod config;
mod data;
mod failure;
mod machine;
mod output;
mod overwrite;
mod picture;
mod progress;
mod report;
mod run_folder;
mod tell;
mod used;
mod verbs;
mod words;

use args::Cli;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    // Before the flags are parsed, only a look can tell how errors are wanted.
    let json = typed.iter().any(|a| a == "--json");
    let full = match config::with_file(typed) {
        Ok(full) => full,
        Err(e) => return Failure::Error(e).report(json),
    };
    let (cli, matches) = match parse(full) {
        Ok(parsed) => parsed,
        Err(e) if let Some(e) = failure::bad_value(&e) => return Failure::Error(e).report(json),
        Err(e) if json && e.use_stderr() => return failure::report_usage(&e),
        // Help and version come this way, too, and end with 0.
        Err(e) => e.exit(),
    };
    let json = cli.verb.json();
    match verbs::run(cli.verb, &matches) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

/// The command line as its parts, and what of it was typed.
fn parse(full: Vec<OsString>) -> Result<(Cli, ArgMatches), clap::Error> {
    let matches = Cli::command().try_get_matches_from(full)?;
    Ok((Cli::from_arg_matches(&matches)?, matches))
}
