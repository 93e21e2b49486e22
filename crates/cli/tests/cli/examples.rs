//! Every example of the help texts runs as it is printed.

use crate::common::Folder;

/// A table with the columns of the examples.
fn sales(rows: u32) -> String {
    let mut text = String::from("area,rooms,region,price\n");
    for i in 0..rows {
        let (area, rooms) = (20 + i * 37 % 150, 1 + i % 5);
        let region = ["north", "south", "east"][(i * 7 % 11 % 3) as usize];
        text.push_str(&format!("{area},{rooms},{region},{}.5\n", 3 * area + 20 * rooms));
    }
    text
}

/// The lines of a help text that begin with `  ff ` below "Examples:".
fn examples(help: &str) -> Vec<String> {
    let below = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{help}")).1;
    below.lines().filter_map(|l| l.strip_prefix("  ff ")).map(String::from).collect()
}

#[test]
fn all_examples_run() {
    let folder = Folder::with(&[]);
    folder.write("sales.csv", sales(200)).write("new.csv", sales(20)).write("test.csv", sales(50));
    // Models that examples of other verbs use; the built-in run takes long and has a test of its own.
    folder.ok("train sales.csv --target price -o price.ff --epochs 3 -q");
    folder.ok("train moons --layers 16 --epochs 20 -q");
    for verb in [
        "",
        "train",
        "resume",
        "tune",
        "describe",
        "split",
        "cross-validate",
        "predict",
        "evaluate",
        "inspect",
        "diff",
        "verify",
        "plan",
        "trace",
        "gradcheck",
        "bench",
        "lab",
        "lecture",
        "completions",
        "man",
    ] {
        let help = folder.ok(&format!("{verb} --help"));
        let lines = examples(&help);
        assert!(!lines.is_empty(), "{verb}: {help}");
        for line in lines.iter().filter(|l| *l != "train") {
            folder.ok(line);
        }
    }
}

#[test]
fn the_built_in_run() {
    let folder = Folder::with(&[]);
    let value = folder.json("train --epochs 2 --json -q");
    assert_eq!(value["shape"], "784-512-10");
    assert_eq!((&value["record"]["train_rows"], &value["test"]["rows"]), (&10_800.into(), &2_000.into()));
    assert!(value["test"]["scores"]["accuracy"].as_f64().unwrap() > 0.9, "{}", value["test"]["scores"]);
    assert_eq!(folder.files(), ["digits.ff", "digits.json"]);
}
