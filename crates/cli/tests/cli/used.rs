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
fn rows_that_choose_a_threshold_are_no_test() {
    let folder = Folder::with(&[]);
    folder.ok(TRAIN);
    for _ in 0..2 {
        folder.ff(&format!("{EVALUATE} --choose-threshold f1")).assert().success().stderr_eq("");
    }
    assert_eq!(record(&folder)["judged_on"], Value::Null);
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

#[test]
fn rows_that_are_unlike_those_of_training_are_told() {
    let folder = Folder::with(&[]);
    let rows = |shift: usize, city: &str| -> String {
        let row = |i: usize| format!("{},{},{}\n", (i * 7 % 100) + shift, ["Bonn", city][i % 2], i % 3);
        format!("age,city,y\n{}", (0..300).map(row).collect::<String>())
    };
    folder
        .write("train.csv", rows(0, "Ulm"))
        .write("same.csv", rows(0, "Ulm"))
        .write("other.csv", rows(40, "Rom"));
    folder.ok("train train.csv --target y --layers 2 --epochs 1 -o m.ff -q");
    // The same cells under another name.
    folder.ff("evaluate m.ff same.csv").assert().success().stderr_eq(str![[r#"
note: the model was trained on these rows: its scores on them are too good

"#]]);
    let drift = "note: `other.csv` differs from the training rows: `city` is rare or new in 50 % of the rows against 0 %, \
                 `age` is higher (median 89 against [..]); expect more errors than in validation\n";
    let unseen = "note: `city` has categories that training never saw in 150 rows: [..]\n";
    let evaluated = folder.ff("evaluate m.ff other.csv").assert().success();
    evaluated.stderr_eq(format!("{unseen}{drift}"));
    folder
        .ff("predict m.ff other.csv -o p.csv")
        .assert()
        .success()
        .stderr_eq(format!("{unseen}{drift}300 predictions → p.csv\n"));
    folder.ff("predict m.ff other.csv -o p.csv -q").assert().success().stderr_eq("");
    let trained =
        folder.ff("train train.csv --valid other.csv --target y --layers 2 --epochs 1 -o v.ff").assert();
    let said = String::from_utf8(trained.success().get_output().stderr.clone()).unwrap();
    assert!(said.contains("`other.csv` differs from the training rows: "), "{said}");
}

#[test]
fn what_is_suspicious_is_told_before_the_training() {
    let folder = Folder::with(&[]);
    let row = |i: usize| {
        let rare = usize::from(i.is_multiple_of(20));
        format!("{},{},{},{rare}\n", 1000 + i * 7 % 200, i * i % 13, ["no", "yes"][rare])
    };
    folder.write("t.csv", format!("id,x,bought,y\n{}", (0..200).map(row).collect::<String>()));
    let said = folder.ff("train t.csv --target y --layers 2 --epochs 1").assert().success();
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    for note in [
        "note: `bought` (alone right in 100 %) may give `y` away; leave out what is not known beforehand (`--ignore \
         bought`)\n",
        "note: `id` seems only to tell the rows apart: it says nothing about new ones (`--ignore id`)\n",
        "note: `y` is `0` in 95 % of the training rows and `1` in 5 %: accuracy says little about the rare classes \
         (`--class-weight balanced` makes all count alike)\n",
    ] {
        assert!(said.contains(note), "{said}");
    }
    let done = "train t.csv --target y --layers 2 --epochs 1 --ignore id,bought --class-weight balanced";
    let said = folder.ff(done).assert().success();
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(!said.contains("note:"), "{said}");
}
