//! What else a run leaves for the next one, the texts: the first byte chooses which, the rest is the file. What was asked
//! (`run.json`), the certificate, the record with its ledger, the journal of a search.
#![no_main]
#![allow(dead_code, reason = "of the program's modules only the run's folder is used")]

#[path = "../../crates/cli/src/args/mod.rs"]
mod args;
#[path = "../../crates/cli/src/failure.rs"]
mod failure;
#[path = "../../crates/cli/src/output.rs"]
mod output;
#[path = "../../crates/cli/src/run_folder.rs"]
mod run_folder;
#[path = "../../crates/cli/src/tell.rs"]
mod tell;
#[path = "../../crates/cli/src/words.rs"]
mod words;

use std::path::Path;

use clap::Parser;
use feedforward::selection::tune::journal::JOURNAL;
use feedforward::training::ledger::Ledger;
use feedforward::training::{Certificate, PROGRAM};
use feedforward_fuzz::{FLOOR, bounded, folder, runs, said};
use libfuzzer_sys::fuzz_target;
use run_folder::RunFolder;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, file)) = bytes.split_first() else { return };
    let path = folder("run");
    let put = |name: &str| std::fs::write(path.join(name), file).expect("the folder is ours");
    bounded(file.len(), FLOOR, || match choice % 5 {
        0 => {
            put("run.json");
            asked(&path);
        }
        1 => certificate(file),
        2 => {
            put("m.json");
            record(&path.join("m.json"));
        }
        search => {
            put(JOURNAL);
            said(runs::search(&path, search == 4));
        }
    });
});

/// `ff resume`, up to the data.
fn asked(path: &Path) {
    let Some((folder, asked)) = said(RunFolder::open(path)) else { return };
    let words = ["ff", "train"].into_iter().chain(asked.command.iter().map(String::as_str));
    if let Err(e) = args::Cli::try_parse_from(words) {
        assert!(e.exit_code() == 2 || !e.use_stderr(), "{e}");
    }
    said(folder.enter(&asked.command, &runs::rows(), None));
}

/// `ff verify`, but for the training.
fn certificate(file: &[u8]) {
    let Ok(certificate) = serde_json::from_slice::<Certificate>(file) else { return };
    assert!(certificate.differs_after(&certificate).is_none(), "it is itself");
    let ask = &runs::kinds()[0];
    let differs = certificate.differs_before(PROGRAM, ("", None), Some(ask));
    differs.inspect(|d| assert!(!d.to_string().is_empty()));
    let hashes = (0..3).chain([u64::MAX]).flat_map(|e| [false, true].map(|refit| certificate.epoch(e, refit)));
    assert!(hashes.flatten().all(|hash| hash.len() <= file.len()));
    said(output::to_json(&certificate));
}

/// A judgement is entered in the record.
fn record(path: &Path) {
    let Some(mut ledger) = said(Ledger::read(path)).flatten() else { return };
    let Some(entry) = ledger.entries.first().cloned() else { return };
    ledger.enter(entry);
    said(ledger.write(path)).expect("what was read can be written");
    let again = said(Ledger::read(path)).flatten().expect("what was written can be read");
    assert_eq!(again, ledger);
}
