//! Outputs, gradients and five updates of JAX and optax; see `testdata/conformance/make.py`.

mod common;

use common::json::{layers, numbers, rows};
use common::{Engine, Samples, flat, when};
use feedforward_kernels::{Arch, Element};
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::{Activation, Optimizer, Spec};
use serde_json::Value;

struct Case {
    name: String,
    spec: Spec,
    theta: Vec<Dense>,
    samples: Samples,
    json: Value,
}

fn cases() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/conformance");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            cases.push(case(path.display().to_string(), json));
        }
    }
    assert_eq!(cases.len(), 10);
    cases
}

fn case(name: String, json: Value) -> Case {
    let text = |key: &str| json[key].as_str().unwrap();
    let units: Vec<usize> = numbers(&json["units"]).iter().map(|n| *n as usize).collect();
    let loss = text("loss").parse().unwrap();
    let mut spec = Spec::new(&units, Activation::Linear, loss);
    for (layer, f) in spec.layers.iter_mut().zip(json["hidden"].as_array().unwrap()) {
        layer.activation = f.as_str().unwrap().parse().unwrap();
    }
    spec.optimizer = Optimizer::parse(text("optimizer")).unwrap();
    spec.learning_rate = json["learning_rate"].as_f64().unwrap();
    spec.label_smoothing = json.get("label_smoothing").map_or(0.0, |s| s.as_f64().unwrap());
    let y = json["y"].as_array().unwrap().iter().map(|y| match y {
        Value::Array(_) => Truth::Values(numbers(y)),
        class => Truth::Class(class.as_u64().unwrap() as usize),
    });
    let weights = json.get("weights").map(numbers);
    let samples = Samples { x: rows(&json["x"]), y: y.collect(), weights };
    Case { name, spec, theta: layers(&json["theta"]), samples, json }
}

fn engine<T: Element>(case: &Case, unfused: bool) -> Engine<T> {
    let mut spec = case.spec.clone();
    spec.clip_norm = unfused.then_some(1e30);
    let mut engine = Engine::<T>::new(&spec, case.samples.rows(), Arch::best(), 1);
    engine.start_from(&case.theta);
    engine
}

/// |a − b| at most `tolerance` times the largest |b|.
fn close(what: &str, a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len(), "{what}");
    let largest = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let error = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error <= tolerance * largest, "{what}: off by {error} of {largest}");
}

fn check<T: Element>(tolerance: f64) {
    for case in cases() {
        let name = &case.name;
        let mut once = engine::<T>(&case, true);
        let (loss, gradient) = once.gradient(&case.samples, &when(1));
        close(name, &[loss], &[case.json["objective"].as_f64().unwrap()], tolerance);
        let ours = flat(&once.plan.layout().to_reference(&gradient));
        close(name, &ours, &flat(&layers(&case.json["gradient"])), tolerance);
        once.loss(&case.samples);
        let outputs: Vec<f64> =
            once.tape.output(case.samples.rows()).data().iter().map(|a| a.to_f64()).collect();
        close(name, &outputs, &rows(&case.json["outputs"]).concat(), tolerance);

        let mut run = engine::<T>(&case, false);
        for (step, theirs) in (1..).zip(numbers(&case.json["losses"])) {
            let mut when = when(step);
            when.eta = case.spec.learning_rate;
            close(name, &[run.train(&case.samples, &when)], &[theirs], tolerance);
        }
        close(name, &flat(&run.theta()), &flat(&layers(&case.json["theta_after_5"])), tolerance);
    }
}

#[test]
fn double_precision_agrees_to_1e_12() {
    check::<f64>(1e-12);
}

#[test]
fn single_precision_agrees_to_1e_5() {
    check::<f32>(1e-5);
}
