//! Runs that go wrong: what is said, what is kept, and the exit code.

use crate::common::Folder;
use snapbox::str;

const DIVERGES: &str = "train sine:rows=200 --optimizer sgd --learning-rate 1000 --layers 16,8 --epochs 5 --validation 0.2 --threads 1";
/// The rate rises from 0: the first epochs are sound.
const DIVERGES_LATER: &str = "train sine:rows=200 --optimizer sgd --learning-rate 1000 --schedule cosine:0.9 --layers 8 --activation tanh \
     --epochs 4000 --patience 0 --validation 0.2 --threads 1";

fn stderr(folder: &Folder, line: &str, code: i32) -> String {
    let assert = folder.ff(line).assert().code(code);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_divergence_says_where_and_why() {
    let folder = Folder::with(&[]);
    let said = folder.ff(&format!("{DIVERGES} -q -o s.ff")).assert();
    said.code(4).stderr_eq(str![[r#"
error: training diverged: the pre-activation is no longer finite, from inputs of the layer up to 1.50e33; the mean loss of the epoch was 1.35e17 before
  at: sine, row 31, layer 3, unit 1, epoch 1, step 3
hint: lower the learning rate (it is 1000; try --learning-rate 0.1), or bound the gradient with --clip-norm 1

"#]]);
    assert_eq!(folder.files(), ["s.diverged.ff", "s.diverged.json"]);
}

#[test]
fn good_weights_are_kept_beside_a_good_model() {
    let folder = Folder::with(&[]);
    folder.ok("train sine:rows=200 --layers 4 --epochs 2 -q -o s.ff");
    let good = (folder.read("s.ff"), folder.read("s.json"));
    folder.write("old.html", "old");
    let said = stderr(&folder, &format!("{DIVERGES_LATER} -q -o s.ff --report s.html"), 4);
    assert!(said.starts_with("error: training diverged: the "), "{said}");
    assert_eq!((folder.read("s.ff"), folder.read("s.json")), good);
    let names = ["old.html", "s.diverged.ff", "s.diverged.html", "s.diverged.json", "s.ff", "s.json"];
    assert_eq!(folder.files(), names);
    // They can be used, checked and read of.
    folder.ok("predict s.diverged.ff sine:rows=5 -q -o p.csv");
    let inspected = folder.ok("inspect s.diverged.ff");
    assert!(inspected.contains("ending        it diverged; epoch "), "{inspected}");
    assert!(folder.ok("verify s.diverged.ff --data sine:rows=200 -q").starts_with("verified: "));
    let page = String::from_utf8(folder.read("s.diverged.html")).unwrap();
    assert!(page.contains("training diverged: the ") && page.contains("It diverged"), "no word of it");
    let record: serde_json::Value = serde_json::from_slice(&folder.read("s.diverged.json")).unwrap();
    assert_eq!(record["record"]["ending"], "diverged");
    assert!(record["record"]["diverged"]["what"].as_str().unwrap().starts_with("training diverged"));
}

#[test]
fn nothing_is_kept_where_nothing_is_good() {
    let folder = Folder::with(&[]);
    let rows: String = (1..=40).map(|i| format!("{i}e25,{}\n", i % 5)).collect();
    folder.write("t.csv", format!("a,y\n{rows}"));
    let said = folder
        .ff("train t.csv --target y --task regression --scaling none --layers 8 --validation 0 --threads 1 -q")
        .assert();
    said.code(4).stdout_eq("").stderr_eq(str![[r#"
error: training diverged: the loss is no longer finite, at an output of 3.52e26
  at: t.csv, row 35, layer 2, unit 1, epoch 1, step 1
hint: `a` usually is of size 2.00e26; scale the columns with --scaling standardise (nothing is kept: not even the first weights give a finite loss)

"#]]);
    assert_eq!(folder.files(), ["t.csv"]);
}

#[test]
fn a_diverged_run_keeps_its_checkpoint_and_diverges_again() {
    let folder = Folder::with(&[]);
    let said = stderr(&folder, &format!("{DIVERGES_LATER} -q --run r"), 4);
    let model = folder.read("r/model.diverged.ff");
    for name in ["r/model.ff", "r/certificate.json"] {
        assert!(!folder.path(name).exists(), "{name}");
    }
    let again = stderr(&folder, "resume r --threads 2", 4);
    assert!(again.contains("going on in epoch "), "{again}");
    assert!(
        again.contains("note: `ff resume r` goes on from the last checkpoint, and diverges again")
            || again.contains("/r` goes on"),
        "{again}"
    );
    assert!(again.ends_with(&said), "{again}\n{said}");
    assert_eq!(folder.read("r/model.diverged.ff"), model);
    folder.ff("verify r").assert().code(3);
}

#[test]
fn json_carries_the_divergence_and_what_is_kept() {
    let folder = Folder::with(&[]);
    let output = folder.ff(&format!("{DIVERGES} --json -q -o s.ff")).assert().code(4).get_output().clone();
    let (out, err): (serde_json::Value, serde_json::Value) =
        (serde_json::from_slice(&output.stdout).unwrap(), serde_json::from_slice(&output.stderr).unwrap());
    assert_eq!((&out["model"], &out["record"]["ending"]), (&"s.diverged.ff".into(), &"diverged".into()));
    assert_eq!(out["record"]["diverged"]["kept_step"], 0);
    assert_eq!(err["error"]["kind"], "diverged");
}

#[test]
fn warnings_stand_on_lines_of_their_own_and_in_the_record() {
    let folder = Folder::with(&[]);
    let line = "train moons:rows=200 --bias=-100 --layers 8 --epochs 2 --validation 0.2 --threads 1 -o m.ff";
    let said = folder.ff(&format!("{line} --json")).assert().success();
    let said = said.get_output();
    let lines: Vec<_> =
        std::str::from_utf8(&said.stderr).unwrap().lines().filter(|l| l.starts_with("warning: ")).collect();
    snapbox::assert_data_eq!(
        lines.join("\n"),
        str![[r#"
warning: before the first step, 8 of the 8 relu units of layer 1 (100 %; 1, 2, 3, …) are dead: they say the same on each of 160 training rows, and nothing will move them; try --activation leaky_relu, a --bias that is not below 0, or scaled columns
warning: the network says the same of every row: 0.497 on each of 160 training rows, give or take 0; try more --epochs, another --learning-rate, smaller penalties or --weight-decay, or columns that tell more
"#]]
    );
    let document: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let notes = document["notes"].as_array().unwrap();
    for line in lines {
        let text = line.strip_prefix("warning: ").unwrap();
        assert!(notes.iter().any(|n| n == text), "{text}");
    }
    folder.ok(&format!("{line} -q --report m.html"));
    let page = String::from_utf8(folder.read("m.html")).unwrap();
    assert!(page.contains("relu units of layer 1"), "the report warns as well");
    assert!(stderr(&folder, &format!("{line} -q"), 0).is_empty());
}

#[test]
fn columns_that_are_not_scaled_are_noted() {
    let folder = Folder::with(&[]);
    let rows: String = (0..200).map(|i| format!("{},{},{}\n", 1_000 + 37 * (i % 90), i % 7, i % 5)).collect();
    folder.write("t.csv", format!("metres,b,y\n{rows}"));
    let line = "train t.csv --target y --task regression --layers 8 --activation tanh --epochs 2 --validation 0.2 --threads 1 \
                -o t.ff";
    let said = stderr(&folder, &format!("{line} --scaling none"), 0);
    let told: Vec<_> =
        said.lines().filter(|l| l.starts_with("warning: ") || l.contains("unscaled")).collect();
    snapbox::assert_data_eq!(
        told.join("\n"),
        str![[r#"
note: large numbers reach the network unscaled: `metres` (usually 2641); other columns drown beside them, and units saturate (`--scaling standardise`)
warning: before the first step, 8 of the 8 tanh units of layer 1 (100 %; 1, 2, 3, …) are saturated on almost every of 160 training rows, so that they hardly learn; the largest |z| is 2883 in layer 1, unit 4, row 180: `metres` usually is of size 1370; scale the columns with --scaling standardise
warning: the network says the same of every row: 2.7 on each of 160 training rows, give or take 0; try more --epochs, another --learning-rate, smaller penalties or --weight-decay, or columns that tell more
"#]]
    );
    let said = stderr(&folder, line, 0);
    assert!(!said.contains("warning: ") && !said.contains("unscaled"), "{said}");
}

#[test]
fn a_search_goes_on_where_a_trial_diverges() {
    let folder = Folder::with(&[]);
    folder.write("space.toml", "learning-rate = [0.01, 1e12]\n");
    folder.ok("tune sine:rows=120 --optimizer sgd --layers 4 --epochs 2 --search grid --space space.toml --validation 0.2 --threads 1 -q -o r.tune");
    let trials = String::from_utf8(folder.read("r.tune/trials.csv")).unwrap();
    assert!(trials.contains("training diverged"), "{trials}");
    // A cross-validation has no part of a network to show for it.
    let said = stderr(
        &folder,
        "cross-validate sine:rows=60 --optimizer sgd --learning-rate 1e12 --layers 4 --epochs 3 -q",
        4,
    );
    assert!(said.starts_with("error: training diverged: ") && said.contains("fold 1"), "{said}");
}

/// Real tables, where they are at hand: whoever asks for nothing special is told nothing.
#[test]
fn real_tables_give_no_warning() {
    let Some(data) = std::env::var_os("FEEDFORWARD_DATA").map(std::path::PathBuf::from) else {
        println!("skipped: FEEDFORWARD_DATA names no folder of real tables");
        return;
    };
    let tables = [
        ("titanic/titanic.csv", "Survived"),
        ("diamonds/diamonds.csv", "price"),
        ("bike_sharing/hour.csv", "cnt"),
        ("california_housing/housing.csv", "median_house_value"),
    ];
    for (name, target) in tables {
        let folder = Folder::with(&[]);
        let path = data.join(name);
        let words = [
            "train",
            path.to_str().unwrap(),
            "--target",
            target,
            "--epochs",
            "4",
            "--refit=false",
            "-o",
            "m.ff",
        ];
        let said = folder.run(words).assert().success();
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        assert!(!said.contains("warning: ") && !said.contains("unscaled"), "{name}: {said}");
    }
}
