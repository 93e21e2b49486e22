//! Thresholds and curves of `ff evaluate`.

use crate::common::Folder;
use snapbox::str;

const VALID: &str = "moons:rows=300,noise=0.15,seed=3";

fn trained() -> Folder {
    let folder = Folder::with(&[]);
    folder.ok("train moons:rows=300,noise=0.15,seed=1 --layers 16 --activation tanh --validation 0.2 --epochs 40 -q -o m.ff");
    folder
}

#[test]
fn a_threshold_for_a_wanted_recall() {
    let folder = trained();
    let said =
        folder.ff(&format!("evaluate m.ff {VALID} --choose-threshold recall=0.95 -q")).assert().success();
    said.stderr_eq("").stdout_eq(str![[r#"
`b` is decided for above 0.373: the highest precision with a recall of at least 0.95

                     above 0.373  above 0.5
recall                   96.08 %    92.16 %
precision                84.97 %    85.98 %
F1                       90.18 %    88.96 %
specificity              82.31 %    84.35 %
accuracy                 89.33 %    88.33 %
rows decided for it          173        164

These rows chose the threshold and flatter it; judge it on others.

Next:
  ff evaluate m.ff TEST_DATA --threshold 0.373
  ff predict m.ff NEW_DATA --threshold 0.373 -o predictions.csv

"#]]);
    // What it says is what the other verbs then do.
    let decided = folder.ok(&format!("predict m.ff {VALID} --threshold 0.373"));
    assert_eq!(decided.lines().filter(|l| *l == "b").count(), 173);
    let recall =
        folder.ok(&format!("evaluate m.ff {VALID} --choose-threshold recall=0.95 --metrics accuracy"));
    assert!(recall.starts_with("accuracy  0.8933333333333333\n\n`b` is decided for above 0.373"), "{recall}");
}

#[test]
fn the_other_wishes() {
    let folder = trained();
    let chosen = |wish: &str| {
        let json = folder.json(&format!("evaluate m.ff {VALID} --choose-threshold {wish} --json"));
        assert_eq!(json["judgement"]["threshold"], json["choice"]["threshold"]);
        assert_eq!(json["judgement"]["per_class"][1], json["choice"]["chosen"]);
        assert_eq!(json["choice"]["class"], "b");
        json["choice"].clone()
    };
    let precise = chosen("precision=0.97");
    assert!(precise["chosen"]["precision"].as_f64().unwrap() >= 0.97, "{precise}");
    let balanced = chosen("f1");
    assert!(balanced["chosen"]["f1"].as_f64() > balanced["usual"]["f1"].as_f64(), "{balanced}");
}

#[test]
fn wishes_that_cannot_be() {
    let folder = trained();
    let refused = |line: &str, code: i32| folder.ff(line).assert().code(code);
    // What the model is surest of is wrong: every other row is of `b`, the last one not.
    let rows = |b: fn(u32) -> bool| {
        (0..40).map(|x| format!("{x},{}\n", if b(x) { "b" } else { "a" })).collect::<String>()
    };
    folder.write("train.csv", format!("x,kind\n{}", rows(|x| x > 19)));
    folder.write("valid.csv", format!("x,kind\n{}", rows(|x| x % 2 == 0)));
    folder.ok("train train.csv --target kind --features x --epochs 20 -q -o line.ff");
    refused("evaluate line.ff valid.csv --choose-threshold precision=0.9", 1).stderr_eq(str![[r#"
error: the precision of `b` is 0.5 at best; it must be at least 0.9
hint: wish for less, or train a model that tells the classes apart better

"#]]);
    refused("evaluate m.ff moons --choose-threshold recall=90", 2).stderr_eq(str![[r#"
error: --choose-threshold is `recall=90`; it must be `recall=SHARE`, `precision=SHARE` or `f1`, the share above 0 and at most 1

"#]]);
    refused("evaluate m.ff moons --choose-threshold f1 --threshold 0.5", 2);
    folder.ok("train blobs:rows=60 --layers '' --epochs 1 -q -o three.ff");
    folder.ok("train sine:rows=60 --layers 2 --epochs 1 -q -o number.ff");
    refused("evaluate three.ff blobs --choose-threshold f1", 2).stderr_eq(str![[r#"
error: --choose-threshold does not go with three.ff: it tells more than two classes apart

"#]]);
    refused("evaluate three.ff blobs --threshold 0.5", 2);
    refused("evaluate number.ff sine --choose-threshold f1", 2).stderr_eq(str![[r#"
error: --choose-threshold does not go with number.ff: it predicts numbers

"#]]);
    refused("evaluate number.ff sine --curves --json", 2).stderr_eq(str![[r#"
[..]--curves does not go with number.ff: it predicts numbers[..]

"#]]);
}

#[test]
fn curves_in_json() {
    let folder = trained();
    let json = folder.json(&format!("evaluate m.ff {VALID} --curves --json"));
    let curves = &json["curves"];
    assert_eq!((curves.as_array().unwrap().len(), &curves[0]["class"]), (1, &"b".into()));
    let roc = &curves[0]["roc"];
    assert_eq!(roc["area"], json["judgement"]["scores"]["roc_auc"]);
    let recall = roc["recall"].as_array().unwrap();
    assert!((50..=200).contains(&recall.len()), "{}", recall.len());
    assert_eq!((&recall[0], &recall[recall.len() - 1]), (&0.0.into(), &1.0.into()));
    assert!(roc["threshold"][0].is_null() && roc["threshold"].as_array().unwrap().len() == recall.len());
    let best = &curves[0]["precision_recall"];
    assert_eq!(best["average_precision"], json["judgement"]["scores"]["average_precision"]);
    assert_eq!(curves[0]["calibration"]["error"], json["judgement"]["scores"]["ece"]);
    folder.ff(&format!("evaluate m.ff {VALID} --curves")).assert().code(2);
    // Each of three classes against the rest; only thirty rows, so nothing is thinned.
    folder.ok("train blobs:rows=60 --layers '' --epochs 1 -q -o three.ff");
    let three = folder.json("evaluate three.ff blobs:rows=30 --curves --json");
    assert_eq!(three["curves"].as_array().unwrap().len(), 3);
}
