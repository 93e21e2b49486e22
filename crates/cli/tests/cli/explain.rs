//! `ff trace` and `ff gradcheck` as their users see them.

use crate::common::Folder;
use serde_json::Value;
use snapbox::str;
use std::path::{Path, PathBuf};
use std::process::Command;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/trace").join(name)
}

/// A folder with a model of two classes, trained with what makes a step hard to follow.
fn moons() -> Folder {
    let folder = Folder::with(&[]);
    folder.ok(
        "train moons:rows=200,noise=0.2 --layers 5,4 --activation tanh,softplus --dropout 0.2,0 --epochs 2 \
         --penalty l2=0.01,l1=0.001 --weight-decay 0.1 --clip-norm 0.05 --label-smoothing 0.1 --precision f64 -o m.ff -q",
    );
    folder
}

#[test]
fn the_examples_are_the_golden_files() {
    let folder = Folder::with(&[]);
    for name in ["dense", "batch", "wang"] {
        for format in ["text", "html"] {
            let path = golden(&format!("{name}.{format}"));
            if !path.exists() && format == "html" {
                continue;
            }
            let want = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                folder.ok(&format!("trace --example {name} --format {format}")),
                want,
                "{name} {format}"
            );
        }
    }
    let text = folder.ok("trace --example S06");
    assert!(text.contains("the slide prints 0.83 for a of unit 3, sample 2; it is 0.8249137"), "{text}");
}

#[test]
fn a_lecture_s_notation() {
    let folder = Folder::with(&[]);
    let said = folder.ok("trace --example wang --notation D4");
    for line in [
        "notation  Wang",
        "  W^(0) = 0.5",
        "  z^(3) = W^(2) x^(2) = -4.5",
        "  ∂L/∂z^(3) = x^(3) − y = -5.5",
        "  W^(0) ← W^(0) − α ∂L/∂W^(0) = -4.45",
    ] {
        assert!(said.lines().any(|l| l.starts_with(line)), "{line} in {said}");
    }
    assert_eq!(said, folder.ok("trace --example wang --notation wang"));
}

#[test]
fn a_model_s_step_is_replayed_by_an_independent_script() {
    let folder = moons();
    folder.ok("trace m.ff moons:rows=9 --rows 2-4,7 --format json -o step.json");
    let document: Value = serde_json::from_slice(&folder.read("step.json")).unwrap();
    let trace = &document["trace"];
    assert_eq!(trace["rows"], serde_json::json!([2, 3, 4, 7]));
    assert_eq!(trace["lesson"]["optimizer"]["name"], "adam");
    assert!(trace["notes"][0].as_str().unwrap().contains("dropout is left out"));
    assert!(trace["engine_difference"].as_f64().unwrap() < 1e-12);
    folder.ok("trace m.ff moons:rows=9 --forward --learning-rate 0.5 --json -o forward.json");
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|p| p.status.success()) {
        println!("left out: there is no python3 to replay the documents with");
        return;
    }
    let files = ["step.json", "forward.json"].map(|f| folder.path(f));
    let replayed = Command::new("python3").arg(golden("replay.py")).args(files).output().unwrap();
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stdout));
}

#[test]
fn a_page_needs_nothing_else() {
    let folder = moons();
    folder.ok("trace m.ff moons:rows=9 --rows 1,2 --format html --notation olteanu -o step.html");
    let page = String::from_utf8(folder.read("step.html")).unwrap();
    for part in
        ["<svg", "prefers-color-scheme: dark", "@media print", "layer 3", "z<sup>2</sup>", "id=\"E6\""]
    {
        assert!(page.contains(part), "{part}");
    }
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url(h"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn large_layers_say_what_is_left_out() {
    let folder = Folder::with(&[]);
    folder.ok("train digits:rows=40 --layers 30 --epochs 1 -o d.ff -q");
    let said = folder.ok("trace d.ff digits:rows=5 --row 5");
    assert!(said.contains("… 776 more columns: 1 x 784 in all"), "{said}");
    assert!(said.contains("… 22 more rows and 776 more columns: 30 x 784 in all"), "{said}");
    let document = folder.json("trace d.ff digits:rows=5 --row 5 --json");
    assert_eq!(document["trace"]["layers"][0]["w"][29].as_array().unwrap().len(), 784);
}

#[test]
fn what_cannot_be_traced() {
    let folder = moons();
    let refused = |line: &str, code: i32| {
        let said = folder.ff(line).assert().code(code);
        String::from_utf8(said.get_output().stderr.clone()).unwrap()
    };
    let said = folder.ff("trace m.ff moons:rows=9 --row 10").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: the row is `10`; it must be at most 9, the rows of moons:rows=9

"#]]);
    let said = folder.ff("trace m.ff moons:rows=9 --rows 3-1").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: --rows is `3-1`; it must be rows from 1 on, such as `1-3` or `1,4,9`

"#]]);
    let said = folder.ff("trace --example wangs").assert();
    said.code(2).stdout_eq("").stderr_eq(str![[r#"
error: there is no example `wangs`
hint: did you mean `wang`? There are `dense`, `batch`, `wang`

"#]]);
    assert!(refused("trace m.ff moons --rows 1-1000", 2).contains("at most 100 rows"));
    assert!(refused("trace m.ff moons --row 0", 2).contains("at least 1"));
    assert!(refused("trace m.ff moons --learning-rate -1", 2).contains("the learning rate is `-1`"));
    assert!(refused("trace m.ff", 2).contains("<DATA>"));
    assert!(refused("trace m.ff moons --notation D5", 2).contains("there is no notation `D5`"));
    assert!(refused("trace m.ff moons -o m.ff", 2).contains("the one would overwrite the other"));
    assert!(refused("trace --example wang m.ff moons", 2).contains("cannot be used with"));
}

#[test]
fn gradients_of_a_model_are_right() {
    let folder = moons();
    let said = folder.ok("gradcheck m.ff moons --rows 8");
    assert!(said.contains("verdict    the gradients of all 44 checked parameters agree"), "{said}");
    let report = folder.json("gradcheck m.ff moons --rows 8 --json");
    assert_eq!((&report["holds"], &report["rows"]), (&true.into(), &8.into()));
    assert!(report["groups"][0]["worst"].as_f64().unwrap() < 1e-6);
}

#[test]
fn gradients_of_a_network_from_flags() {
    let folder = Folder::with(&[]);
    let said =
        folder.ok("gradcheck --layers 4-8-8-3 --activation relu,prelu --penalty l1=0.01 --each 12 --seed 3");
    assert!(said.starts_with("gradients of 4-8-8-3 on 16 rows of random data, seed 3\n"), "{said}");
    assert!(said.contains("\n    2  own            8        8"), "{said}");
    assert!(said.contains("checked parameters of 147 agree"), "{said}");
}

#[test]
fn what_cannot_be_checked() {
    let folder = moons();
    let refused = |line: &str| {
        let said = folder.ff(line).assert().code(2);
        String::from_utf8(said.get_output().stderr.clone()).unwrap()
    };
    assert!(refused("gradcheck --layers 4-8-3 --activation step").contains("one that has a slope"));
    assert!(refused("gradcheck m.ff moons --activation relu").contains("cannot be used with"));
    assert!(refused("gradcheck m.ff moons --rows 0").contains("--rows is `0`"));
    assert!(refused("gradcheck").contains("required"));
}

#[test]
fn a_calculation_from_a_file() {
    let folder = Folder::with(&[]);
    let own = "title = 'mine'\nx = [[1, 2]]\ny = [[0]]\nloss = 'binary_cross_entropy'\nlearning_rate = 0.5\n\
               [[layers]]\nactivation = 'sigmoid'\nw = [[0.5, -1]]\nb = [1.5]\n";
    folder.write("mine.toml", own).write("cut.toml", &own[..own.len() - 9]);
    folder.write("long.toml", own.replace("[[0.5, -1]]", "[[0.5, -1, 3]]"));
    let said = folder.ok("trace --example mine.toml");
    assert!(said.contains("Z[1] = A[0] W[1]ᵀ + b[1] = 0\n") && said.contains("sgd, η = 0.5"), "{said}");
    folder.ff("trace --example none.toml").assert().code(3).stderr_eq(str![[r#"
error: cannot read: there is no such file or directory
  at: none.toml

"#]]);
    folder.ff("trace --example long.toml").assert().code(2).stderr_eq(str![[r#"
error: row 1 of w of layer 1 is `3 numbers`; it must be 2 numbers
  at: long.toml

"#]]);
    let said = folder.ff("trace --example cut.toml").assert().code(3);
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(said.starts_with("error: this is not a sound calculation file: "), "{said}");
    assert!(said.contains("  at: cut.toml, row 9"), "{said}");
}
