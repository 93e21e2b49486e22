//! What the verbs do when all is well, and what they leave behind.

use crate::common::Folder;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use snapbox::str;
use std::io::Write;

/// A table of 240 rows: a number, a category and a class that depends on both, with a quoted field per row.
fn table() -> String {
    let mut text = String::from("size,colour,note,kind\n");
    for i in 0..240 {
        let size = f64::from(i * 37 % 101) / 10.0;
        let colour = ["red", "green", "blue"][i as usize % 3];
        let kind = if size > 5.0 || colour == "red" { "big, or red" } else { "other" };
        text.push_str(&format!("{size},{colour},\"{}\",\"{kind}\"\n", ["a, b", "c"][i as usize % 2]));
    }
    text
}

const QUICK: &str = "--layers 8 --learning-rate 0.02 --epochs 30 --seed 3 -q";

/// A folder with `t.csv` and a model `t.ff` of it.
fn trained() -> Folder {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder.ok(&format!("train t.csv --target kind {QUICK}"));
    folder
}

#[test]
fn training_leaves_a_model_and_its_record_and_nothing_else() {
    let folder = trained();
    assert_eq!(folder.files(), ["t.csv", "t.ff", "t.json"]);
    let record: Value = serde_json::from_slice(&folder.read("t.json")).unwrap();
    assert_eq!(record["shape"], "5-8-1");
    assert_eq!(record["record"]["train_rows"], 192);
    assert_eq!(record["record"]["epochs"].as_array().unwrap().len(), 30);
    assert_eq!(record["record"]["ask"]["seed"], 3);
    assert!(record["record"]["judgement"]["scores"]["accuracy"].as_f64().unwrap() > 0.9, "{record:#}");
}

#[test]
fn json_is_the_record_and_the_same_for_any_number_of_threads() {
    let folder = trained();
    let record = folder.read("t.json");
    let model = folder.read("t.ff");
    for threads in [1, 2, 3] {
        let said = folder.ok(&format!("train t.csv --target kind {QUICK} --json --threads {threads}"));
        assert_eq!(said.into_bytes(), record, "{threads} threads");
        assert_eq!(folder.read("t.ff"), model, "{threads} threads");
    }
    let scalar = folder.ff(&format!("train t.csv --target kind {QUICK}")).env("FEEDFORWARD_ARCH", "scalar");
    scalar.assert().success();
    assert_eq!(folder.read("t.ff"), model, "scalar");
}

#[test]
fn a_training_that_nothing_judges_says_so() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", "a,y\n1,2\n2,4\n3,6\n4,8\n5,10\n6,12\n7,14\n8,16\n");
    let said = folder.ok("train t.csv --target y --layers 2 --epochs 2");
    assert!(said.contains("\nNo row has judged it: all were learned from.\n"), "{said}");
}

#[test]
fn what_training_prints() {
    let folder = Folder::with(&[]);
    let said =
        folder.ff("train moons:rows=200 --layers 4 --epochs 2 --threads 1 --seed 1").assert().success();
    said.stdout_eq(str![[r#"
data          moons:rows=200: 160 rows to train on, 40 to validate on in each of 5 folds, then all 200 to train on
inputs        2 from 2 columns
target        `class`: 2 classes `a`, `b`
layer  inputs   units  activation  dropout  parameters
    1       2       4  relu              0          12
    2       4       1  sigmoid           0           5
parameters    17
loss          binary_cross_entropy
optimizer     adam, learning rate 0.001
schedule      constant
one step      16 rows, 896 flop: forward 43 %, backward 14 %, gradient 43 %
update        in one pass with the gradient; 1 thread
memory        1.3 KiB: parameters 68 B, optimizer 136 B, activations 1.1 KiB
epochs        at most 2; stops after 20 without a better validation loss

ending        all epochs are done; epoch 2 of 2 was best: 2 epochs on all rows

On the rows of each of 5 folds, before all rows were learned from:
200 rows, 2 classes

accuracy           17.00 %  95 % interval: 12.43 % to 22.82 %
  to beat          52.00 %  always saying `a`, the commonest class
balanced accuracy  16.67 %
MCC                -0.6728
ROC AUC             0.0760
average precision   0.3032
log loss             1.262
calibration error  58.73 %
loss                 1.262

class      precision   recall  specificity       F1  rows
a            22.81 %  25.00 %       8.33 %  23.85 %   104
b             9.30 %   8.33 %      25.00 %   8.79 %    96
mean, all    16.05 %  16.67 %      16.67 %  16.32 %   200

confused most often
  b taken for a: 88 times (91.7 % of all b)
  a taken for b: 78 times (75.0 % of all a)

confusion matrix: how often a class (row) was taken for each class (column)
truth   a   b
a      26  78
b      88   8

model   moons.ff
record  moons.json

Next:
  ff evaluate moons.ff moons:rows=200
  ff predict moons.ff moons:rows=200 -o predictions.csv
  ff inspect moons.ff

"#]])
        .stderr_eq(str![[r#"
epoch 1/2: loss 1.2980, validation loss 1.2856, accuracy 0.1700
epoch 2/2: loss 1.2743, validation loss 1.2623, accuracy 0.1700
the number of epochs is known; now all 200 rows
epoch 1/2: loss 1.2944
epoch 2/2: loss 1.2638
trained in [..]
note: the validation loss was best at the last epoch; more may do better (`--epochs`)

"#]]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    let said = folder.ff("train t.csv --target kind --threads 1 --dry-run").assert().success();
    said.stdout_eq(str![[r#"
data          t.csv: 192 rows to train on, 48 to validate on in each of 5 folds, then all 240 to train on
inputs        5 from 3 columns
target        `kind`: 2 classes `big, or red`, `other`
layer  inputs   units  activation  dropout  parameters
    1       5     128  relu              0         768
    2     128      64  relu              0        8256
    3      64       1  sigmoid           0          65
parameters    9089
loss          binary_cross_entropy
optimizer     adam, learning rate 0.001
schedule      constant
weight decay  1
one step      16 rows, 834 kflop: forward 34 %, backward 32 %, gradient 34 %
update        in one pass with the gradient; 1 thread
memory        143.0 KiB: parameters 35.5 KiB, optimizer 71.0 KiB, activations 36.5 KiB
epochs        at most 300; stops after 20 without a better validation loss

"#]])
        .stderr_eq("");
    let plan = folder.json("train t.csv --target kind --dry-run --json");
    assert_eq!((&plan["shape"], &plan["train_rows"]), (&"5-128-64-1".into(), &192.into()));
    folder.ok("split t.csv -o parts --dry-run");
    assert_eq!(folder.files(), ["t.csv"]);
}

#[test]
fn the_command_line_wins_over_the_file() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder.write(
        "run.toml",
        "target = 'kind'\nlayers = [8]\nepochs = 30\nseed = 3\nquiet = true\ndry-run = true\njson = true\n",
    );
    let plan = folder.json("train t.csv --config run.toml");
    assert_eq!((&plan["shape"], &plan["ask"]["epochs"]), (&"5-8-1".into(), &30.into()));
    let plan = folder.json("train t.csv --config run.toml --layers 5,6 --epochs=7");
    assert_eq!((&plan["shape"], &plan["ask"]["epochs"]), (&"5-5-6-1".into(), &7.into()));
    folder.ff("train t.csv --config run.toml --epochs x").assert().code(2).stderr_eq(str![[r#"
error: --epochs is `x`; it must be a whole number of 0 or more

"#]]);
    let plan = folder.json("train t.csv --config run.toml --epochs=7 --epochs 8");
    assert_eq!(plan["ask"]["epochs"], 8);
}

#[test]
fn predictions_with_and_without_the_target_are_the_same() {
    let folder = trained();
    let all = folder.ok("predict t.ff t.csv -q");
    assert_eq!(all.lines().count(), 241);
    assert!(all.starts_with("prediction\n\"big, or red\"\n"), "{all:.60}");
    let without: String =
        table().lines().map(|l| format!("{}\n", l.rsplit_once(",\"").map_or(l, |(head, _)| head))).collect();
    folder.write("new.csv", without.replace("size,colour,note,kind", "size,colour,note"));
    assert_eq!(folder.ok("predict t.ff new.csv -q"), all);
    folder.ok("predict t.ff new.csv -q -o out.csv");
    assert_eq!(folder.read("out.csv"), all.into_bytes());
}

#[test]
fn a_row_alone_is_predicted_as_in_company() {
    let folder = trained();
    let all = folder.ok("predict t.ff t.csv -q --probability");
    for row in [1, 100, 240] {
        let text = table();
        let lines: Vec<&str> = text.lines().collect();
        folder.write("one.csv", format!("{}\n{}\n", lines[0], lines[row]));
        let one = folder.ok("predict t.ff one.csv -q --probability --header yes");
        assert_eq!(one.lines().nth(1), all.lines().nth(row), "row {row}");
    }
}

#[test]
fn standard_input_and_output() {
    let folder = trained();
    let want = folder.ok("predict t.ff t.csv -q");
    let piped = folder.ff("predict t.ff - -o - -q").stdin(table()).assert().success();
    piped.stdout_eq(want);
    folder.ff(&format!("train - --target kind {QUICK} -o piped.ff")).stdin(table()).assert().success();
    assert_eq!(folder.ok("predict piped.ff t.csv -q"), folder.ok("predict t.ff t.csv -q"));
}

#[test]
fn thresholds_and_probabilities() {
    let folder = trained();
    let all = folder.ok("predict t.ff t.csv -q --threshold 1 --probability");
    assert_eq!(all.lines().next().unwrap(), "prediction,\"p(big, or red)\",p(other)");
    assert!(all.lines().skip(1).all(|l| l.starts_with("\"big, or red\",")), "no probability is above 1");
    let rows = folder.json("predict t.ff t.csv -q --json");
    assert_eq!(rows.as_array().unwrap().len(), 240);
    folder.ff("predict t.ff t.csv --threshold 2").assert().code(2).stderr_eq(str![[r#"
error: --threshold is `2`; it must be between 0 and 1

"#]]);
}

#[test]
fn numbers_are_predicted_in_their_unit() {
    let folder = Folder::with(&[]);
    let rows: String =
        (0..200).map(|i| format!("{},{},{}\n", i % 17, 1000 + 50 * (i % 17), -(i % 17))).collect();
    folder.write("n.csv", format!("x,y,z\n{rows}"));
    folder.ok(&format!("train n.csv --target y,z --features x {QUICK} --task regression"));
    let said = folder.ok("predict n.ff n.csv -q");
    assert_eq!(said.lines().next().unwrap(), "y,z");
    let first: Vec<f64> = said.lines().nth(9).unwrap().split(',').map(|v| v.parse().unwrap()).collect();
    assert!((first[0] - 1400.0).abs() < 100.0 && (first[1] + 8.0).abs() < 2.0, "{first:?}");
    let refused = folder.ff("predict n.ff n.csv --probability --threshold 0.5").assert();
    refused.code(2).stderr_eq(str![[r#"
error: 2 problems
  - --threshold does not go with n.ff: it predicts numbers
  - --probability does not go with n.ff: it predicts numbers

"#]]);
}

#[test]
fn checks_decide_the_exit_code() {
    let folder = trained();
    folder.ok("evaluate t.ff t.csv --min accuracy=0.5 --max log_loss=2");
    let failed = folder
        .ff("evaluate t.ff t.csv -q --metrics accuracy --min accuracy=1.5,f1=2 --max log_loss=-1")
        .assert();
    failed.code(1).stderr_eq(str![[r#"
error: 3 problems
  - accuracy is [..]; it must be at least 1.5
  - f1 is [..]; it must be at least 2
  - log_loss is [..]; it must be at most -1

"#]]);
    let failed = folder.ff("evaluate t.ff t.csv -q --min accuracy=2 --json").assert().code(1);
    let value: Value = serde_json::from_slice(&failed.get_output().stdout).unwrap();
    assert_eq!(value["checks"][0]["holds"], false);
    let error: Value = serde_json::from_slice(&failed.get_output().stderr).unwrap();
    assert_eq!(error["error"]["kind"], "check_failed");
    folder.ff("evaluate t.ff t.csv --metrics rmse").assert().code(2).stderr_eq(str![[r#"
error: there is no metric of this kind of target called `rmse`
hint: choose from `accuracy`, `balanced_accuracy`, `precision`, [..]

"#]]);
    folder.ff("evaluate t.ff t.csv --metrics accurcy").assert().code(2).stderr_eq(str![[r#"
error: there is no metric `accurcy`
hint: did you mean `accuracy`?

"#]]);
}

#[test]
fn changed_model_files_are_refused() {
    let folder = trained();
    let model = folder.read("t.ff");
    let mut flipped = model.clone();
    let last = flipped.len() - 3;
    flipped[last] ^= 4;
    folder.write("flipped.ff", flipped).write("cut.ff", &model[..model.len() / 2]);
    for verb in ["inspect flipped.ff", "inspect cut.ff", "predict cut.ff t.csv", "evaluate flipped.ff t.csv"]
    {
        folder.ff(verb).assert().code(5).stdout_eq("");
    }
    folder.ff("inspect flipped.ff").assert().stderr_eq(str![[r#"
error: this is not a sound model file: its checksum is wrong: something in it was changed
  at: flipped.ff
hint: copy the file again from where it was made, or train the model again

"#]]);
    folder.ff("inspect cut.ff").assert().stderr_eq(str![[r#"
error: this is not a sound model file: it is cut: [..] bytes of its first [..] are there
  at: cut.ff
hint: copy the file again from where it was made, or train the model again

"#]]);
}

#[test]
fn a_failed_run_keeps_the_old_model() {
    let folder = trained();
    let (model, record) = (folder.read("t.ff"), folder.read("t.json"));
    let steep = "train t.csv --target kind --optimizer sgd --learning-rate 1e30 --activation linear --loss squared_error --output linear";
    folder.ff(steep).assert().code(4);
    assert_eq!((folder.read("t.ff"), folder.read("t.json")), (model, record));
    // What was good before the end goes beside it.
    assert_eq!(folder.files(), ["t.csv", "t.diverged.ff", "t.diverged.json", "t.ff", "t.json"]);
}

#[test]
fn inspecting_a_model() {
    let folder = trained();
    let value = folder.json("inspect t.ff --json");
    assert_eq!(value["checksum"].as_str().unwrap().len(), 64);
    assert_eq!(value["precision"], "f32");
    let text = folder.ok("inspect t.ff");
    for part in
        ["5 from 3 columns", "`colour`: 3 inputs: colour=blue", "`kind`: 2 classes `big, or red`, `other`"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_split_keeps_every_byte() {
    let folder = Folder::with(&[]);
    let rows: Vec<String> =
        (0..50).map(|i| format!("{i} ,\"two\r\nlines {i}\",{}\r\n", ["x", "z"][i % 2])).collect();
    folder.write("q.csv", format!("\u{feff}a,\"b\",y\r\n{}", rows.concat()));
    let said = folder.json("split q.csv --ratio 60/20/20 --stratify y -o parts --json");
    assert_eq!(said["files"][0]["rows"], 30);
    let mut seen = Vec::new();
    for part in ["train", "valid", "test"] {
        let text = String::from_utf8(folder.read(&format!("parts/{part}.csv"))).unwrap();
        let body = text.strip_prefix("a,\"b\",y\r\n").unwrap_or_else(|| panic!("{text}"));
        let found: Vec<&String> = rows.iter().filter(|r| body.contains(r.as_str())).collect();
        assert_eq!(
            found.iter().map(|r| r.as_str()).collect::<String>(),
            body,
            "rows in their order, unchanged"
        );
        let x = found.iter().filter(|r| r.ends_with("x\r\n")).count();
        assert_eq!(2 * x, found.len(), "half of each part is x");
        seen.extend(found.into_iter().cloned());
    }
    seen.sort();
    let mut all = rows.clone();
    all.sort();
    assert_eq!(seen, all);
}

#[test]
fn a_split_follows_odd_line_ends() {
    let body: Vec<String> = (0..20).map(|i| format!("{i}.5,{}", ["x", "z"][i % 2])).collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(format!("a,y\n{}", body.join("\n")).as_bytes()).unwrap();
    let folder = Folder::with(&[]);
    folder.write("packed.csv.gz", packed.finish().unwrap());
    folder.write("mac.csv", format!("a,y\r{}\r", body.join("\r")));
    folder.write("title.csv", format!("a title\nanother\na,y\n\n{}", body.join("\n\n")));
    folder.write("none.csv", body.join("\n"));
    for (file, flags, end, header) in [
        ("packed.csv.gz", "", "\n", "a,y\n"),
        ("mac.csv", "", "\r", "a,y\r"),
        ("title.csv", "--skip-lines 2", "\n", "a,y\n\n"),
        ("none.csv", "", "\n", ""),
    ] {
        folder.ok(&format!("split {file} {flags} --ratio 50/50 -o parts"));
        let mut rows = Vec::new();
        for part in ["train", "test"] {
            let text = String::from_utf8(folder.read(&format!("parts/{part}.csv"))).unwrap();
            let text = text.strip_prefix(header).unwrap_or_else(|| panic!("{file}: {text}"));
            let lines: Vec<String> = text.split(end).filter(|l| !l.is_empty()).map(String::from).collect();
            assert_eq!(lines.len(), 10, "{file}: {text}");
            rows.extend(lines);
        }
        rows.sort();
        let mut all = body.clone();
        all.sort();
        assert_eq!(rows, all, "{file}");
    }
}

#[test]
fn folds_are_ready_to_train_on() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder.ok("split t.csv --kfold 4 -o folds");
    let count = |name: &str| folder.read(name).iter().filter(|&&b| b == b'\n').count();
    for fold in 1..=4 {
        let sizes =
            [count(&format!("folds/fold-{fold}/train.csv")), count(&format!("folds/fold-{fold}/valid.csv"))];
        assert_eq!(sizes, [181, 61]);
    }
    let line =
        "train folds/fold-2/train.csv --valid folds/fold-2/valid.csv --target kind --epochs 2 -q --json";
    assert_eq!(folder.json(line)["record"]["valid_rows"], 60);
}

#[test]
fn a_file_that_counts_its_rows_stays_readable() {
    let folder = Folder::with(&[]);
    let rows: String = (0..60).map(|i| format!("{}.5,{},{}\n", i, i * 7 % 11, i % 2)).collect();
    folder.write("bundled.csv", format!("60,2,no,yes\n{rows}"));
    folder.ok("split bundled.csv --ratio 50/50 -o parts");
    let value = folder.json("describe parts/train.csv --json");
    assert_eq!((&value["rows"], &value["columns"][2]["kind"]), (&30.into(), &"category".into()));
}

#[test]
fn describing_a_table() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    folder
        .ff("describe t.csv --target kind")
        .assert()
        .success()
        .stdout_eq(str![[r#"
t.csv: 240 rows, 4 columns

column  kind      missing  distinct  values
size    number          0       101  0 .. 10, median 5, mean 4.9883, std 2.9168
colour  category        0         3  red 80, green 80, blue 80
note    category        0         2  a, b 120, c 120
kind    category        0         2  big, or red 159, other 81

Target `kind`: 2 values; the largest is 1.963 times the smallest
  big, or red       159   66.2 %
  other              81   33.8 %

Preparation:
inputs        5 from 3 columns
target        `kind`: 2 classes `big, or red`, `other`

"#]])
        .stderr_eq("");
    let value = folder.json("describe t.csv --target -1 --json");
    assert_eq!(value["preparation"]["inputs"], 5);
}

#[test]
fn a_plan() {
    let folder = Folder::with(&[]);
    let plan = folder.ff("plan --layers 785-256-256-10 --batch-size 64 --threads 1");
    let said = plan.env("FEEDFORWARD_ARCH", "scalar").assert().success();
    said.stdout_eq(str![[r#"
layer  inputs   units  activation  dropout  parameters
    1     785     256  relu              0      201216
    2     256     256  relu              0       65792
    3     256      10  softmax           0        2570
parameters    269578
loss          cross_entropy
optimizer     adam, learning rate 0.001
schedule      constant
one step      64 rows, 77.6 Mflop: forward 45 %, backward 11 %, gradient 44 %
update        in one pass with the gradient; 1 thread
memory        3.7 MiB: parameters 1.0 MiB, optimizer 2.1 MiB, activations 587.8 KiB
tiles         [..]: rows x vectors of 1 number (scalar)
lanes         forward [..]; backward [..]; gradient [..]
moves         6.2 MiB in each update: read and written

"#]])
        .stderr_eq("");
    let value = folder.json("plan --layers 784-512-10 --json --precision f64 --optimizer sgd");
    assert_eq!((&value["parameters"], &value["bytes"]["parameters"]), (&407_050.into(), &3_256_400.into()));
}

#[test]
fn shells_and_manuals() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let script = folder.ok(&format!("completions {shell}"));
        assert!(script.contains("label-smoothing") && script.contains("softplus"), "{shell}");
    }
    assert!(folder.ok("man").contains(".TH ff 1"));
    folder.ok("man pages");
    for page in ["ff.1", "ff-train.1", "ff-plan.1"] {
        assert!(folder.read(&format!("pages/{page}")).len() > 500, "{page}");
    }
    let page = String::from_utf8(folder.read("pages/ff-plan.1")).unwrap();
    let synopsis = page.split(".SH ").find(|s| s.starts_with("SYNOPSIS")).unwrap();
    assert!(
        synopsis.contains("<UNITS>") && !page.contains("EXTRA") && page.contains("[default: 32]"),
        "{page}"
    );
    for (verb, absent) in [("split", "--part"), ("split", "--array"), ("evaluate", "initial weights")] {
        assert!(!folder.ok(&format!("{verb} --help")).contains(absent), "{verb} {absent}");
    }
}

#[test]
fn json_errors() {
    let folder = Folder::with(&["ragged.csv"]);
    folder.ff("train --json --epochs many").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
{"error":{"hint":null,"kind":"bad_value","message":"--epochs is `many`; it must be a whole number of 0 or more","place":null}}

"#]]);
    let said = folder.ff("train ragged.csv --target y --json").assert().code(3).stdout_eq("");
    said.stderr_eq(str![[r#"
{"error":{"hint":"add the fields that are missing; an empty field is a missing value","kind":"ragged","message":"2 fields where the rows before have 3","place":"ragged.csv, row 4"}}

"#]]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_device_is_told_and_a_closed_pipe_is_not() {
    let folder = trained();
    let run = |command: &str| {
        let ff = snapbox::cmd::cargo_bin!("ff").display();
        let line = command.replace("FF", &ff.to_string());
        let done = std::process::Command::new("sh")
            .args(["-c", &line])
            .current_dir(folder.path("."))
            .output()
            .unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, said) = run("FF predict t.ff t.csv -q > /dev/full");
    assert_eq!(
        (code, said.lines().next()),
        (3, Some("error: cannot write: no space is left on the device")),
        "{said}"
    );
    // The reader is gone before anything is written.
    let (_, said) = run("(sleep 0.5; FF predict t.ff t.csv -q; echo code $? >&2) | true");
    assert_eq!(said, "code 0\n");
}

#[test]
fn quiet_prints_results_only() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", table());
    let train = "train t.csv --target kind --layers 2 --epochs 1";
    let said = folder.ff(&format!("{train} -q")).assert().success().stderr_eq("");
    let said = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    assert!(said.starts_with("ending ") && !said.contains("optimizer") && !said.contains("Next:"), "{said}");
    folder
        .ff("predict t.ff t.csv -o out.csv")
        .assert()
        .success()
        .stdout_eq("")
        .stderr_eq("240 predictions → out.csv\n");
    folder.ff("predict t.ff t.csv -o out.csv -q").assert().success().stdout_eq("").stderr_eq("");
}

#[test]
fn the_next_commands_read_as_this_one_did() {
    let folder = Folder::with(&[]);
    folder.write("t.csv", format!("a title\n{}", table().replace(',', ";")));
    let said = folder.ok("train t.csv --target kind --skip-lines 1 --delimiter ; --layers 2 --epochs 1 --class-weight balanced");
    assert!(said.contains("\nclass weight  balanced\n"), "{said}");
    let next = "\
Next:
  ff evaluate t.ff TEST_DATA --delimiter=';' --skip-lines=1
  ff predict t.ff NEW_DATA --delimiter=';' --skip-lines=1 -o predictions.csv
  ff inspect t.ff
";
    assert!(said.ends_with(next), "{said}");
    assert!(folder.ok("inspect t.ff").contains("\nclass weight  balanced\n"));
}

#[test]
fn a_folder_does_not_hide_the_built_in_run() {
    let folder = Folder::with(&[]);
    std::fs::create_dir(folder.path("digits")).unwrap();
    let said = folder.ok("train --layers 4 --epochs 1");
    assert!(said.contains("\n  ff evaluate digits.ff digits:\n"), "{said}");
    folder.ok("evaluate digits.ff digits:");
    let refused = folder.ff("evaluate digits.ff digits").assert().code(3);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("hint: this hides the generated set; write `digits:`, with a colon, for the set"),
        "{said}"
    );
}

#[test]
fn many_whole_numbers_are_no_classes() {
    let folder = Folder::with(&[]);
    let rows: String =
        (0..240).map(|i| format!("{},{}\n", i % 7, 1_700_000_000 + 3600 * (i * 11 % 60))).collect();
    folder.write("n.csv", format!("x,y\n{rows}"));
    let said = folder.ok("describe n.csv --target y");
    assert!(said.contains("\nTarget `y`: 1700000000 .. 1700212400, median 1700106200,"), "{said}");
    let value = folder.json("describe n.csv --target y --json");
    assert_eq!(value["target"]["classes"], Value::Array(Vec::new()));
    folder.write("t.csv", table());
    assert_eq!(folder.json("describe t.csv --target kind --json")["preparation"]["outputs"], 1);
}

#[test]
fn a_plan_and_a_model_of_a_search() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ok("plan --layers 4-8-3 --optimizer lbfgs --tolerance 1e-5 --penalty l2=0.1");
    for line in [
        "optimizer     lbfgs, tolerance 0.00001\npenalty       l2 0.1\n",
        "one portion   256 rows, ",
        "update        by a line search, with the gradients of all portions of the rows; 1 thread",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    let said = folder.ok("plan --layers 4-3 --optimizer adamw --schedule step:0.5:3 --bias 0.1 --max-norm 2");
    for line in [
        "biases        0.1 at the start, in hidden layers\noptimizer     adamw, learning rate 0.001\n",
        "schedule      step, times 0.5 every 3 epochs\nweight decay  0.01\nmax norm      2\n",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    folder.ok("train moons:rows=300 -o m.ff --layers 8 --optimizer conjugate_gradient --epochs 20 --quiet");
    let said = folder.ok("inspect m.ff");
    assert!(
        said.contains("optimizer     conjugate_gradient\n") && said.contains("one portion   256 rows"),
        "{said}"
    );
}
