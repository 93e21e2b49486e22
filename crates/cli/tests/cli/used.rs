//! Which rows have judged a model, and that it is said.

use crate::common::Folder;
use serde_json::Value;
use snapbox::str;

const TRAIN: &str = "train moons:rows=60,seed=1 --layers 2 --epochs 1 -o m.ff --quiet";
const EVALUATE: &str = "evaluate m.ff moons:rows=40,seed=2";

fn record(folder: &Folder) -> Value {
    serde_json::from_slice(&folder.read("m.json")).unwrap()
}

#[test]
fn rows_that_judge_again_are_told() {
    let folder = Folder::with(&[]);
    folder.ok(TRAIN);
    folder.ff(EVALUATE).assert().success().stderr_eq("");
    assert_eq!(record(&folder)["judged_on"][0]["rows"], 40);
    folder.ff(EVALUATE).assert().success().stderr_eq(str![[r#"
note: these rows have judged a model of this name once before: a choice made by their scores makes the scores too good; keep a part that you have not looked at

"#]]);
    // Another network under that name, the rows from a file: the ledger goes on.
    folder.ok(&TRAIN.replace("--layers 2", "--layers 3"));
    let again = folder.json(&format!("{EVALUATE} --json"));
    assert_eq!(again["used_before"], 2);
    assert!(again["notes"][0].as_str().unwrap().contains("2 times before"), "{again}");
    let fresh = folder.ff("evaluate m.ff moons:rows=40,seed=3 --json").assert().success().stderr_eq("");
    let fresh: Value = serde_json::from_slice(&fresh.get_output().stdout).unwrap();
    assert_eq!((&fresh["used_before"], &fresh["notes"]), (&0.into(), &Value::Array(vec![])));
    let entries = record(&folder)["judged_on"].as_array().unwrap().clone();
    let times: Vec<_> = entries.iter().map(|e| e["times"].as_u64().unwrap()).collect();
    assert_eq!(times, [2, 1, 1], "{entries:?}");
    folder.ff(&format!("{EVALUATE} --quiet")).assert().success().stderr_eq("");
    assert_eq!(record(&folder)["judged_on"][1]["times"], 2, "quiet counts, too");
}

#[test]
fn without_a_record_nobody_counts() {
    let folder = Folder::with(&[]);
    folder.ok(TRAIN);
    std::fs::rename(folder.path("m.json"), folder.path("kept")).unwrap();
    folder.ff(EVALUATE).assert().success().stderr_eq(str![[r#"
note: the model's record `m.json` is not there; nobody counts how often these rows judge the model

"#]]);
    assert_eq!(folder.json(&format!("{EVALUATE} --json"))["used_before"], Value::Null);
    folder.write("m.json", r#"{"mine": 1}"#);
    folder.ff(EVALUATE).assert().success().stderr_eq(str![[r#"
note: `m.json`: cannot use this file as a model's record: it has other keys; nobody counts how often these rows judge the model

"#]]);
    assert_eq!(folder.read("m.json"), br#"{"mine": 1}"#);
}
