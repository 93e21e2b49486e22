//! Ctrl-C ends a run after its step, with the model saved.

use crate::common::Folder;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Run `ff` with `line` in `folder`, interrupt it soon after the plan is printed; what it said.
fn interrupt(folder: &Folder, line: &str) -> String {
    let mut child = Command::new(snapbox::cmd::cargo_bin!("ff"))
        .args(line.split(' '))
        .current_dir(folder.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The plan is printed when training begins; the handler is set right after.
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("epochs ") {
        assert!(out.read_line(&mut said).unwrap() > 0, "{said}");
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    std::io::Read::read_to_string(&mut out, &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    said
}

#[test]
fn an_interrupted_run_leaves_a_usable_model() {
    let folder = Folder::with(&[]);
    let line = "train moons:rows=4000 --target class --layers 64,64 --epochs 1000000 --patience 0";
    let said = interrupt(&folder, line);
    assert!(said.contains("interrupted; the model is usable"), "{said}");
    let value = folder.json("inspect moons.ff --json");
    assert_eq!(value["record"]["ending"], "interrupted");
    folder.ok("evaluate moons.ff moons");
}

#[test]
fn an_interrupted_cross_validation_ends() {
    let folder = Folder::with(&[]);
    let line =
        "cross-validate moons:rows=4000 --layers 64,64 --epochs 1000000 --patience 0 --predictions p.csv";
    let said = interrupt(&folder, line);
    assert!(said.ends_with("interrupted before the first fold was done\n"), "{said}");
    assert!(folder.files().is_empty());
}
