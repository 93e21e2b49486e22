//! `--config FILE`: the first byte chooses the verb, the rest is the file. The parser is the program's own.
#![no_main]
#![allow(dead_code, reason = "of the program's modules only the settings are used")]

#[path = "../../crates/cli/src/args/mod.rs"]
mod args;
#[path = "../../crates/cli/src/config.rs"]
mod config;
#[path = "../../crates/cli/src/failure.rs"]
mod failure;
#[path = "../../crates/cli/src/output.rs"]
mod output;
#[path = "../../crates/cli/src/tell.rs"]
mod tell;
#[path = "../../crates/cli/src/words.rs"]
mod words;

use clap::Parser;
use feedforward_fuzz::{FLOOR, bounded, path_of, said};
use libfuzzer_sys::fuzz_target;

const LINES: [&str; 6] =
    ["train x.csv", "predict m.ff x.csv", "plan", "split x.csv", "trace", "describe x.csv"];

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, file)) = bytes.split_first() else { return };
    let path = path_of(file, "run.toml");
    let line = format!("ff {} --config {path}", LINES[usize::from(choice) % LINES.len()]);
    let typed = line.split(' ').map(Into::into).collect();
    bounded(file.len(), FLOOR, || {
        let Some(full) = said(config::with_file(typed)) else { return };
        if let Err(e) = args::Cli::try_parse_from(full) {
            assert!(e.exit_code() == 2 || !e.use_stderr(), "{e}");
        }
    });
});
