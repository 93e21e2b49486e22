//! Every `ff` command that the README prints is run, in its order, in a fresh folder.

use std::path::Path;
use std::process::Command;

/// The lines of the README's `sh` blocks.
fn commands(readme: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in readme.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => lines.push(line.to_string()),
            _ => {}
        }
    }
    lines
}

#[test]
fn every_printed_command_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("examples")).expect("a folder");
    std::fs::copy(root.join("examples/flats.csv"), folder.path().join("examples/flats.csv"))
        .expect("the table");
    let mut run = 0;
    for line in commands(&readme) {
        // `cargo run` and `cargo test` are what .ci/run itself runs.
        let Some(arguments) = line.strip_prefix("ff ") else {
            assert!(line.starts_with("cargo "), "`{line}` is no command of ours");
            continue;
        };
        let out = Command::new(env!("CARGO_BIN_EXE_ff"))
            .args(arguments.split(' ').filter(|a| !a.is_empty()))
            .current_dir(folder.path())
            .output()
            .expect("ff starts");
        assert!(out.status.success(), "{line}\n{}", String::from_utf8_lossy(&out.stderr));
        run += 1;
    }
    assert!(run >= 12, "only {run} commands were found");
    for file in ["rent.ff", "rent.json", "predictions.csv", "balconies.csv", "moons.ff"] {
        assert!(folder.path().join(file).exists(), "{file} was not written");
    }
}
