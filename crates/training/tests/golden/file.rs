//! The file of golden hashes.

use crate::{Way, in_memory, outcome, runs};
use feedforward_training::{Machine, PROGRAM};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Hexadecimal digits of a hash: 64 bits tell two runs apart.
pub(crate) const LENGTH: usize = 16;
/// What to do where hashes differ.
pub(crate) const ADVICE: &str =
    "These bits are promised: see testdata/golden/README.md before you write them anew.";
const HEAD: &str = "\
# Golden hashes; README.md in this folder says what they are and what a change of one means. Written by
# FEEDFORWARD_WRITE_GOLDEN=1 cargo test -p feedforward-training --test golden
";

/// What the file says.
#[derive(Deserialize)]
pub(crate) struct Golden {
    /// The version whose bits they are.
    program: String,
    /// By the names of the runs.
    pub(crate) runs: BTreeMap<String, Hashes>,
}

/// Of one run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Hashes {
    /// The parameters in the end.
    pub(crate) theta: String,
    /// Losses, score, η and parameters of every epoch.
    pub(crate) epochs: String,
    /// What the model says about the table.
    pub(crate) answers: String,
}

impl Golden {
    /// How a run's outcome differs from the file, if it does.
    pub(crate) fn differ(&self, name: &str, found: &Hashes) -> Option<String> {
        let Some(want) = self.runs.get(name) else {
            return Some(format!("`{name}` has no golden hash in testdata/golden/bits.toml"));
        };
        (want != found).then(|| format!("`{name}` has other bits:\n  golden {want:?}\n  found  {found:?}"))
    }
}

/// The file; with FEEDFORWARD_WRITE_GOLDEN=1 it is first written anew, from one way to run.
pub(crate) fn golden() -> &'static Golden {
    static GOLDEN: OnceLock<Golden> = OnceLock::new();
    GOLDEN.get_or_init(|| {
        if std::env::var_os("FEEDFORWARD_WRITE_GOLDEN").is_some_and(|v| v == "1") {
            std::fs::write(path(), made()).expect("the file of golden hashes");
        }
        let text = std::fs::read_to_string(path()).expect("the file of golden hashes");
        let golden: Golden = toml::from_str(&text).expect("the form of the file of golden hashes");
        assert_eq!(golden.program, PROGRAM, "the golden hashes are of another version. {ADVICE}");
        golden
    })
}

/// The file of this program.
fn made() -> String {
    let way = Way { name: "the first".into(), machine: Machine::new(1), fit: in_memory };
    let mut text = format!("{HEAD}program = \"{PROGRAM}\"\n\n[runs]\n");
    for run in runs::all() {
        let Hashes { theta, epochs, answers } = outcome(&run, &way);
        let name = &run.name;
        writeln!(
            text,
            "\"{name}\" = {{ theta = \"{theta}\", epochs = \"{epochs}\", answers = \"{answers}\" }}"
        )
        .expect("text");
    }
    text
}

/// The first digits of the SHA-256 of a text.
pub(crate) fn short(text: &str) -> String {
    let hex = |hash: String, byte: &u8| hash + &format!("{byte:02x}");
    Sha256::digest(text)[..LENGTH / 2].iter().fold(String::new(), hex)
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/golden/bits.toml")
}
