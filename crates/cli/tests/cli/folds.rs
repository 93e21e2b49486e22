//! Parts and folds: `ff cross-validate`, and `ff split` beside it.

use crate::common::Folder;
use serde_json::Value;
use snapbox::str;
use std::collections::BTreeMap;

const QUICK: &str = "--layers 8 --epochs 5 --learning-rate 0.02";

/// 150 rows of 50 patients on 150 days; so many dates are free text to the reader.
fn visits() -> String {
    let mut text = String::from("patient,day,pulse,age,ill\n");
    for i in 0..150 {
        let (patient, day) = (i / 3, i * 7 % 150);
        let (pulse, age) = (60 + i * 37 % 50, 20 + patient % 60);
        let date = format!("2024-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        text.push_str(&format!("p{patient:03},{date},{pulse},{age},{}\n", u32::from(pulse > 80)));
    }
    text
}

fn folder() -> Folder {
    let folder = Folder::with(&[]);
    folder.write("v.csv", visits());
    folder
}

/// The records of a CSV file without quotes, by the names of its header.
fn records(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|l| l.split(',').map(String::from));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|l| names.iter().cloned().zip(l).collect()).collect()
}

fn text_of(folder: &Folder, name: &str) -> String {
    String::from_utf8(folder.read(name)).unwrap()
}

#[test]
fn a_fold_is_what_split_train_and_evaluate_make() {
    let folder = folder();
    let flags = format!("--target ill --features pulse,age {QUICK} --seed 4 -q");
    let found = folder.json(&format!("cross-validate v.csv {flags} --folds 3 --json"));
    folder.ok("split v.csv --kfold 3 --stratify ill --seed 4 -o folds -q");
    for fold in [1, 3] {
        folder.ok(&format!("train folds/fold-{fold}/train.csv {flags} -o m.ff"));
        let judged = folder.json(&format!("evaluate m.ff folds/fold-{fold}/valid.csv --json -q"));
        let own = &found["folds"][fold - 1];
        assert_eq!(own["judgement"], judged["judgement"], "fold {fold}");
        let record: Value = serde_json::from_slice(&folder.read("m.json")).unwrap();
        assert_eq!(own["epochs"], record["record"]["epochs"]);
    }
    let accuracy = &found["scores"]["accuracy"];
    let mean = accuracy["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).sum::<f64>() / 3.0;
    assert_eq!(accuracy["mean"].as_f64(), Some(mean));
    assert!(accuracy["deviation"].is_f64() && found["intervals"]["accuracy"][0].is_f64());
    let truth = visits().lines().skip(1).filter(|l| l.ends_with(",1")).count() as f64 / 150.0;
    assert_eq!((&found["baseline"]["class"], &found["baseline"]["value"]), (&"1".into(), &truth.into()));
    assert_eq!((&found["pooled"]["rows"], &found["interrupted"]), (&150.into(), &false.into()));
}

#[test]
fn a_line_per_fold_and_the_spread() {
    let folder = folder();
    let line = format!("cross-validate v.csv --target ill --features pulse,age --folds 3 {QUICK} --threads");
    let said = folder.ff(&format!("{line} 2")).assert().success().stdout_eq(str![[r#"
150 rows in 3 folds, the same shares of the classes in each

in the first fold:
data          v.csv: [..] rows to train on, [..] to validate on in each of 5 folds, then all 100 to train on
...
fold  rows  held back  best epoch    loss  accuracy  balanced accuracy  F1 (mean)
   1   100         50      [..] of 5  [..]
   2   100         50      [..] of 5  [..]
   3   100         50      [..] of 5  [..]

[..]mean ± deviation over 3 folds  95 % interval of the mean
accuracy  [..] ± [..] to [..]
  to beat  [..] always saying `1`, the commonest class
...
loss  [..] ± [..]

The deviation is the standard deviation over the folds: how far the number of one
fold lies from another's (Fischer and Zahn: k-fold). The folds' training rows overlap, so
they are not independent; the interval allows for that (Nadeau and Bengio 2003).

"#]]);
    let text = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(text.contains("fold 3 of 3: accuracy ") && text.contains("3 folds done in "), "{text}");
    let quiet = folder.ok(&format!("{line} 1 -q"));
    assert!(quiet.starts_with("fold  rows") && !quiet.contains("Nadeau"), "{quiet}");
    for repeats in ["", "--repeats 2"] {
        let of = |threads| folder.ok(&format!("{line} {threads} {repeats} --json -q"));
        assert_eq!(of(1), of(4));
    }
}

#[test]
fn every_row_is_predicted_by_a_model_that_has_not_seen_it() {
    let folder = folder();
    let flags = format!("--target ill --features pulse,age {QUICK} --folds 3 -q");
    folder.ok(&format!("cross-validate v.csv {flags} --repeats 2 --predictions p.csv"));
    let said = records(&text_of(&folder, "p.csv"));
    assert_eq!(said.len(), 300);
    let table = records(&visits());
    for (i, line) in said.iter().enumerate() {
        assert_eq!((line["row"].parse(), &line["repeat"]), (Ok(i % 150 + 2), &(1 + i / 150).to_string()));
        assert_eq!(line["truth"], table[i % 150]["ill"]);
        let p: f64 = line["p(1)"].parse().unwrap();
        assert_eq!(line["prediction"], if p > 0.5 { "1" } else { "0" });
    }
    folder.ok(&format!("cross-validate v.csv --target pulse,age --folds 3 {QUICK} --predictions n.csv -q"));
    let said = records(&text_of(&folder, "n.csv"));
    assert_eq!((&said[4]["truth(pulse)"], &said[4]["truth(age)"]), (&table[4]["pulse"], &table[4]["age"]));
}

#[test]
fn groups_stay_together() {
    let folder = folder();
    let flags = format!("--target ill --ignore day --group patient {QUICK}");
    folder.ok(&format!("cross-validate v.csv {flags} --folds 4 --predictions p.csv"));
    let mut fold_of = BTreeMap::new();
    for (line, row) in records(&text_of(&folder, "p.csv")).iter().zip(records(&visits())) {
        let fold = fold_of.entry(row["patient"].clone()).or_insert_with(|| line["fold"].clone());
        assert_eq!(*fold, line["fold"], "{row:?}");
    }
    let record = folder.json(&format!("train v.csv {flags} -o m.ff --json -q"));
    assert_eq!(record["record"]["valid_rows"].as_u64().map(|n| n % 3), Some(0));
    assert_eq!(record["shape"], "2-8-1");
    folder.ok("split v.csv --group patient --ratio 60/20/20 -o parts");
    let mut part_of = BTreeMap::new();
    for part in ["train", "valid", "test"] {
        for row in records(&text_of(&folder, &format!("parts/{part}.csv"))) {
            assert_eq!(*part_of.entry(row["patient"].clone()).or_insert(part), part);
        }
    }
    assert_eq!(part_of.len(), 50);
}

#[test]
fn time_goes_forward() {
    let folder = folder();
    let days = |name: &str| -> Vec<String> {
        records(&text_of(&folder, name)).into_iter().map(|mut r| r.remove("day").unwrap()).collect()
    };
    folder.ok("split v.csv --time day --ratio 98/1/1 -o parts");
    assert!(days("parts/train.csv").iter().max() < days("parts/valid.csv").iter().min());
    assert!(days("parts/valid.csv").iter().max() < days("parts/test.csv").iter().min());
    folder.ok("split v.csv --time day --kfold 2 -o folds");
    assert_eq!([days("folds/fold-1/train.csv").len(), days("folds/fold-2/train.csv").len()], [50, 100]);
    assert!(days("folds/fold-2/train.csv").iter().max() < days("folds/fold-2/valid.csv").iter().min());
    let flags = format!("--target ill --ignore patient --time day {QUICK}");
    let said = folder.ok(&format!("cross-validate v.csv {flags} --folds 2"));
    assert!(said.contains("2 folds, each later in `day` than what is learned"), "{said}");
    assert!(said.contains("deviation") && !said.contains("interval"), "{said}");
}

#[test]
fn repeated_folds_have_folders() {
    let folder = folder();
    folder.ok("split v.csv --kfold 3 --repeats 2 --seed 6 -o all");
    folder.ok("split v.csv --kfold 3 --seed 7 -o second");
    assert_eq!(folder.read("all/repeat-2/fold-1/valid.csv"), folder.read("second/fold-1/valid.csv"));
    assert_ne!(folder.read("all/repeat-1/fold-1/valid.csv"), folder.read("second/fold-1/valid.csv"));
}

#[test]
fn a_dry_run_shows_the_folds() {
    let folder = folder();
    folder
        .ff("cross-validate v.csv --target ill --features pulse --folds 4 --dry-run")
        .assert()
        .success()
        .stdout_eq(str![[r#"
150 rows in 4 folds, the same shares of the classes in each

in the first fold:
...
fold  trained on  held back
   1         112         38
   2         112         38
   3         113         37
   4         113         37

"#]]);
    let value = folder.json("cross-validate v.csv --target ill --folds 4 --dry-run --json -q");
    assert_eq!(value["folds"][3]["test_rows"], 37);
    assert_eq!(folder.files(), ["v.csv"]);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = folder();
    folder.write("few.csv", "x,y\n1,a\n2,b\n3,a\n").write("gap.csv", "g,x,y\n1,2,3.5\n,4,5.5\n2,6,1.5\n");
    let refused = |line: &str, code: i32, want: &str| {
        let failed = folder.ff(line).assert().code(code);
        let text = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
        assert!(text.contains(want), "{line}: {text}");
    };
    refused("cross-validate v.csv", 2, "--target is not given");
    refused("cross-validate v.csv --target ill --folds 1", 2, "--folds is `1`; it must be 2 or more");
    refused("cross-validate v.csv --target ill --repeats 0", 2, "--repeats is `0`");
    refused("cross-validate few.csv --target y", 3, "3 rows where at least 5 are needed");
    refused(
        "cross-validate few.csv --target y --folds 2",
        3,
        "class `b` does not occur in the training part",
    );
    refused("cross-validate few.csv --target y --folds 2", 3, "few.csv, fold ");
    refused("cross-validate gap.csv --target y --group g", 3, "gap.csv, row 3, column `g`");
    refused("cross-validate v.csv --target ill --time patient", 2, "a date such as");
    refused("cross-validate v.csv --target ill --time day --repeats 2", 2, "one division by time only");
    refused("cross-validate v.csv --target ill --group age --folds 51", 3, "groups where there should be 51");
    refused("cross-validate v.csv --target ill --group ill", 2, "a column has one role");
    refused("cross-validate v.csv --target ill --predictions -", 2, "must be the name of a file");
    refused("cross-validate v.csv --target ill --predictions v.csv", 2, "the one would overwrite the other");
    refused("split v.csv --group patient --time day -o p", 2, "cannot be used with");
    refused("split v.csv --repeats 2 -o p", 2, "--kfold");
    let wild =
        "cross-validate v.csv --target age --features pulse --optimizer sgd --learning-rate 1e30 --epochs 9";
    refused(wild, 4, "at: v.csv, fold 1, ");
    assert_eq!(text_of(&folder, "v.csv"), visits());
}

#[test]
fn a_part_of_an_earlier_split_does_not_stay_beside_new_ones() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", (0..50).fold("x,y\n".to_string(), |text, i| format!("{text}{i},{}\n", i % 2)));
    folder.ok("split t.csv --ratio 60/20/20 -o parts -q");
    let before = folder.read("parts/train.csv");
    folder.ff("split t.csv --ratio 80/20 --seed 1 -o parts").assert().code(2).stderr_eq(str![[r#"
error: a new part does not go with parts/valid.csv: if it is of an earlier split, it shares rows with the new parts
hint: delete it, or name another folder with `-o`

"#]]);
    assert_eq!(folder.read("parts/train.csv"), before);
    folder.ok("split t.csv --ratio 60/20/20 --seed 1 -o parts -q");
    assert_ne!(folder.read("parts/train.csv"), before);
}

#[test]
fn validation_rows_are_not_the_training_rows() {
    let folder = Folder::with(&[]);
    folder
        .write("t.csv", (0..50).fold("x,y\n".to_string(), |text, i| format!("{text}{},{}\n", i * i, i % 2)));
    folder.write("copy.csv", folder.read("t.csv"));
    folder.ff("train t.csv --target y --valid copy.csv").assert().code(2).stderr_eq(str![[r#"
error: --valid copy.csv does not go with the training rows t.csv: they are the same rows
hint: leave --valid out: rows are kept apart by themselves

"#]]);
}
