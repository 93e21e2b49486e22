//! The traces of S05, S06 and S36 are files: what is printed and what the JSON document holds.
//!
//! A file is made by `ff trace --example NAME --format FORMAT > testdata/trace/NAME.FORMAT`; read it before you keep it.

use feedforward_base::Dice;
use feedforward_explain::notation::{Notation, Sheet};
use feedforward_explain::{Example, Samples, Setting, Trace, page};
use feedforward_network::{Activation, Layout, Loss, Optimizer, Penalty, Spec};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/trace")
}

fn golden(example: Example, ending: &str) -> String {
    let path = folder().join(format!("{}.{ending}", example.name()));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn traced(example: Example) -> (Trace, Sheet) {
    let trace = Trace::of(example.setting(None)).unwrap();
    let sheet = Sheet::of(&trace, Notation::Ours);
    (trace, sheet)
}

/// Both trees alike; numbers to the last digits, which the standard library's exp may round otherwise elsewhere.
fn same(ours: &Value, golden: &Value, at: &str) {
    match (ours, golden) {
        // How far the engine is from the twin depends on those digits alone.
        _ if at.ends_with(".engine_difference") => assert!(ours.as_f64().unwrap() < 1e-15, "{at}: {ours}"),
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
            assert!((x - y).abs() <= 1e-14 * y.abs(), "{at}: {x} is not {y}");
        }
        (Value::Array(x), Value::Array(y)) => {
            assert_eq!(x.len(), y.len(), "{at}");
            x.iter().zip(y).enumerate().for_each(|(i, (x, y))| same(x, y, &format!("{at}[{i}]")));
        }
        (Value::Object(x), Value::Object(y)) => {
            // A spec may have more settings than it had when the file was made.
            assert!(at.ends_with(".spec") || x.len() == y.len(), "{at}: {:?} {:?}", x.keys(), y.keys());
            y.iter().for_each(|(key, y)| same(&x[key], y, &format!("{at}.{key}")));
        }
        (x, y) => assert_eq!(x, y, "{at}"),
    }
}

fn check(example: Example) {
    let (trace, sheet) = traced(example);
    let ours: Value = serde_json::from_str(&page::json(&trace, None)).unwrap();
    same(&ours, &serde_json::from_str(&golden(example, "json")).unwrap(), example.id());
    let notes = Vec::new();
    if example != Example::Batch {
        // The batch has a misprint, whose note the command adds; its text is compared there.
        assert_eq!(page::text(&trace, &sheet, &notes), golden(example, "text").trim_end());
    }
}

#[test]
fn s05_one_dense_layer() {
    check(Example::Dense);
}

#[test]
fn s06_a_batch_of_two() {
    check(Example::Batch);
}

#[test]
fn s36_the_one_dimensional_example() {
    check(Example::Wang);
    let (trace, sheet) = traced(Example::Wang);
    assert_eq!(page::html(&trace, &sheet, &[]), golden(Example::Wang, "html").trim_end());
}

/// What the lectures' pages expect stands in the same files as their inputs.
#[test]
fn the_numbers_are_those_of_the_lectures() {
    for example in Example::ALL {
        let path = folder().join(format!("../lectures/{}.toml", example.id()));
        let page: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let ours = serde_json::to_value(traced(example).0).unwrap();
        let mut count = 0;
        for expected in page["expected"].as_array().unwrap() {
            let (what, l) =
                (expected["what"].as_str().unwrap(), expected["layer"].as_integer().unwrap() as usize);
            let layer = &ours["layers"][l - 1];
            let found = match what {
                "z" | "a" => layer[what].clone(),
                "loss" => json!([ours["lesson"]["losses"]]),
                back => layer["back"][back].clone(),
            };
            let rows: Vec<Vec<f64>> = serde_json::from_value(found).unwrap();
            let want: Vec<Vec<f64>> = expected["numbers"].clone().try_into().unwrap();
            assert_eq!(rows.len(), want.len(), "{} {what}[{l}]", example.id());
            for (ours, want) in rows.concat().iter().zip(want.concat()) {
                assert!((ours - want).abs() < 6e-11, "{} {what}[{l}]: {ours} is not {want}", example.id());
                count += 1;
            }
        }
        assert!(count >= 8, "{}: {count} numbers", example.id());
    }
}

#[test]
fn an_independent_script_replays_the_documents() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|p| p.status.success()) {
        println!("left out: there is no python3 to replay the documents with");
        return;
    }
    let files = Example::ALL.map(|e| folder().join(format!("{}.json", e.name())));
    let replayed = Command::new("python3").arg(folder().join("replay.py")).args(&files).output().unwrap();
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stdout));
    // The script can say no, too: a wrong number is found.
    let dir = tempfile::tempdir().unwrap();
    let spoiled = dir.path().join("spoiled.json");
    std::fs::write(&spoiled, golden(Example::Wang, "json").replace("12.375", "12.3751")).unwrap();
    let replayed = Command::new("python3").arg(folder().join("replay.py")).arg(&spoiled).output().unwrap();
    let said = String::from_utf8_lossy(&replayed.stdout);
    assert!(!replayed.status.success() && said.contains("gradient_w[2]"), "{said}");
}

/// Every activation, loss and rule once, with penalties, clipping, decay, smoothing and weights: the script must follow.
#[test]
fn the_script_replays_every_function() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|p| p.status.success()) {
        println!("left out: there is no python3 to replay the documents with");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut write = |name: String, spec: Spec, weights: Option<Vec<f64>>| {
        let layout = Layout::new(&spec);
        let mut samples = Samples::random(&spec, 3, Dice::new(files.len() as u64));
        samples.weights = weights;
        let names = |n: usize| vec![String::new(); n];
        let trace = Trace::of(Setting {
            title: name.clone(),
            theta: layout.to_reference(&layout.initial::<f64>(&spec, Dice::new(7))),
            samples,
            rows: vec![1, 2, 3],
            input_names: names(spec.inputs),
            output_names: names(spec.outputs()),
            biases: true,
            learning_rate: None,
            notes: Vec::new(),
            spec,
        })
        .unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(trace.engine_difference < 1e-12, "{name}: {}", trace.engine_difference);
        let path = dir.path().join(format!("{}.json", name.replace(':', "-")));
        std::fs::write(&path, page::json(&trace, None)).unwrap();
        files.push(path);
    };
    let hidden = |f: &&Activation| f.is_elementwise() && **f != Activation::Step;
    for f in Activation::ALL.iter().filter(hidden) {
        write(format!("hidden {f}"), Spec::new(&[3, 4, 2], *f, Loss::SquaredError), None);
    }
    for &loss in Loss::ALL {
        for &output in Activation::ALL.iter().filter(|f| loss.accepts(**f)) {
            let hidden: &[usize] = if loss == Loss::Perceptron { &[3, 2] } else { &[3, 4, 2] };
            let mut spec = Spec::new(hidden, Activation::Tanh, loss);
            (spec.layers.last_mut().unwrap().activation, spec.optimizer) = (output, Optimizer::SGD);
            spec.label_smoothing = if loss.smooths() { 0.1 } else { 0.0 };
            write(format!("{loss} of {output}"), spec, Some(vec![1.0, 0.5, 2.0]));
        }
    }
    for optimizer in Optimizer::ALL {
        let mut spec = Spec::new(&[3, 4, 2], Activation::Tanh, Loss::CrossEntropy);
        (spec.optimizer, spec.learning_rate) = (optimizer, 0.1);
        spec.penalty = Penalty { l1: 0.01, l2: 0.1 };
        write(format!("rule {}", optimizer.name()), spec.clone(), None);
        if !optimizer.is_search() {
            (spec.clip_norm, spec.max_norm) = (Some(0.1), Some(0.5));
            spec.weight_decay = if optimizer.name() == "adamw" { 0.0 } else { 0.2 };
            write(format!("rule {} with bounds", optimizer.name()), spec, None);
        }
    }
    assert!(files.len() > 40, "{}", files.len());
    let replayed = Command::new("python3").arg(folder().join("replay.py")).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&replayed.stdout);
    assert!(replayed.status.success(), "{said}{}", String::from_utf8_lossy(&replayed.stderr));
}
