//! Fifty updates of every rule against PyTorch; see `testdata/conformance/rules/make.py`.

mod common;

use common::json::{layers, numbers, rows};
use common::{Engine, Samples, flat, when};
use feedforward_kernels::Arch;
use feedforward_network::reference::Truth;
use feedforward_network::step::When;
use feedforward_network::{Activation, Loss, Optimizer, Spec};
use serde_json::Value;

const PROBLEMS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/conformance/rules/rules.json"));

/// The network of a problem with the rule of a case, as a user would ask for it.
fn spec(problem: &Value, case: &Value) -> Spec {
    let units: Vec<usize> = numbers(&problem["units"]).iter().map(|n| *n as usize).collect();
    let mut spec = Spec::new(&units, Activation::Tanh, Loss::SquaredError);
    let number = |key: &str| case[key].as_f64().unwrap();
    spec.optimizer = Optimizer::parse(case["rule"].as_str().unwrap()).unwrap();
    spec.learning_rate = number("learning_rate");
    spec.penalty.l2 = number("l2");
    match &mut spec.optimizer {
        Optimizer::Adamw(own) => own.weight_decay = number("weight_decay"),
        _ => spec.weight_decay = number("weight_decay"),
    }
    spec
}

/// θ after 10, 20, … 50 steps, one after the other.
fn trajectory(spec: &Spec, problem: &Value, unfused: bool) -> Vec<f64> {
    let mut spec = spec.clone();
    spec.clip_norm = unfused.then_some(1e30);
    let y = rows(&problem["y"]).into_iter().map(Truth::Values).collect();
    let samples = Samples { x: rows(&problem["x"]), y, weights: None };
    let mut engine = Engine::<f64>::new(&spec, samples.rows(), Arch::best(), 1);
    engine.start_from(&layers(&problem["start"]));
    let mut states = Vec::new();
    for step in 1..=50 {
        engine.train(&samples, &When { eta: spec.learning_rate, ..when(step) });
        if step % 10 == 0 {
            states.extend(flat(&engine.theta()));
        }
    }
    states
}

#[test]
fn every_rule_follows_its_recorded_trajectory_to_1e_10() {
    let all: Value = serde_json::from_str(PROBLEMS).unwrap();
    let mut seen = Vec::new();
    for problem in all["problems"].as_array().unwrap() {
        for case in problem["cases"].as_array().unwrap() {
            let spec = spec(problem, case);
            let theirs: Vec<f64> =
                case["theta"].as_array().unwrap().iter().flat_map(|theta| flat(&layers(theta))).collect();
            for unfused in [false, true] {
                let ours = trajectory(&spec, problem, unfused);
                assert_eq!(ours.len(), theirs.len());
                let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                let (name, l2, decay) = (spec.optimizer.name(), spec.penalty.l2, spec.decay());
                assert!(
                    worst <= 1e-10,
                    "{name} on {}, l2 {l2}, decay {decay}: off by {worst}",
                    problem["name"]
                );
            }
            seen.push(spec.optimizer.name());
        }
    }
    let rules = Optimizer::ALL.iter().filter(|o| !o.is_search());
    for rule in rules {
        assert_eq!(seen.iter().filter(|name| **name == rule.name()).count(), 6, "{}", rule.name());
    }
}

/// AdamW is Adam with weight decay 0.01, bit for bit.
#[test]
fn adamw_is_adam_with_weight_decay() {
    let all: Value = serde_json::from_str(PROBLEMS).unwrap();
    let problem = &all["problems"][1];
    let mut adam = spec(problem, &problem["cases"][0]);
    (adam.optimizer, adam.weight_decay) = (Optimizer::ADAM, 0.01);
    let mut adamw = adam.clone();
    (adamw.optimizer, adamw.weight_decay) = (Optimizer::ADAMW, 0.0);
    assert_eq!(trajectory(&adam, problem, false), trajectory(&adamw, problem, false));
    adamw.weight_decay = 0.01;
    let text = adamw.check().unwrap_err().to_string();
    assert!(text.contains("adamw has a weight decay of its own"), "{text}");
}
