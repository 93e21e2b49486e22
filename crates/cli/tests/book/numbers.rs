//! The numbers that the book derives by hand, in `testdata/book/two_two_one.toml`: the program computes the same, and
//! every number with four or more decimals in a chapter is one of them.

use crate::chapters::{self, root};
use feedforward::explain::engine::flat;
use feedforward::explain::{Calculation, Setting, Trace};
use feedforward::kernels::{Arch, Kernels};
use feedforward::network::reference::{self, Dense, Outcome, activation};
use feedforward::network::step::{self, Labels, When};
use feedforward::network::{Activation, Optimizer, Parameters, Plan, Spec, Tape, Target};
use feedforward::{Batch, Dice};
use std::collections::BTreeMap;

type Numbers = BTreeMap<String, Vec<f64>>;

/// The file, written by a script that shares nothing with the program.
fn from_the_script() -> Numbers {
    let text = std::fs::read_to_string(root().join("testdata/book/two_two_one.toml")).expect("the numbers");
    toml::from_str(&text).expect("numbers by name")
}

/// The example of the book with both of its samples.
fn setting() -> Setting {
    let path = root().join("examples/two_two_one_batch.toml");
    let text = std::fs::read_to_string(path).expect("the example");
    Calculation::read(&text).and_then(|c| c.setting("the batch", None)).expect("a calculation")
}

/// Only sample `r`.
fn alone(mut setting: Setting, r: usize) -> Setting {
    setting.samples.x = vec![setting.samples.x[r].clone()];
    setting.samples.y = vec![setting.samples.y[r].clone()];
    setting.rows = vec![1];
    setting
}

fn twin_of(spec: &Spec, theta: &[Dense], samples: &Setting, mask: reference::Mask<'_>) -> Outcome {
    let (x, y) = (&samples.samples.x, &samples.samples.y);
    reference::step(spec, theta, x, y, &vec![1.0 / x.len() as f64; x.len()], mask)
}

fn twin(setting: &Setting, theta: &[Dense]) -> Outcome {
    twin_of(&setting.spec, theta, setting, &|_, _, _| 1.0)
}

fn rows(w: &[Vec<f64>]) -> Vec<f64> {
    w.concat()
}

/// Row vector times matrix.
fn times(row: &[f64], w: &[Vec<f64>]) -> Vec<f64> {
    (0..w[0].len()).map(|k| row.iter().zip(w).map(|(r, w)| r * w[k]).sum()).collect()
}

fn product(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x * y).collect()
}

/// tanh' by the twin: the diagonal of its Jacobian.
fn slopes(z: &[f64]) -> Vec<f64> {
    let jacobian = activation::jacobian(Activation::Tanh, z, &[]);
    (0..z.len()).map(|i| jacobian[i][i]).collect()
}

fn of_one_sample(all: &mut Numbers, name: &str, setting: &Setting) {
    let Outcome { gradient, passages, .. } = twin(setting, &setting.theta);
    let p = &passages[0];
    for (what, values) in [
        ("z1", p.z[1].clone()),
        ("a1", p.a[1].clone()),
        ("z2", p.z[2].clone()),
        ("a2", p.a[2].clone()),
        ("loss", vec![p.loss]),
        ("delta2", p.delta[2].clone()),
        ("upstream", times(&p.delta[2], &setting.theta[1].w)),
        ("slope1", slopes(&p.z[1])),
        ("delta1", p.delta[1].clone()),
        ("gradient_w2", rows(&gradient[1].w)),
        ("gradient_b2", gradient[1].b.clone()),
        ("gradient_w1", rows(&gradient[0].w)),
        ("gradient_b1", gradient[0].b.clone()),
    ] {
        all.insert(format!("{name}.{what}"), values);
    }
}

/// One step of the engine, what comes after it, and the lectures' two mistakes on the way back.
fn of_the_step(all: &mut Numbers, first: &Setting) {
    let trace = Trace::of(first.clone()).expect("a trace");
    let dense = |l: usize| {
        let back = trace.layers[l].back.as_ref().expect("a way back");
        Dense { w: back.w_after.clone(), b: back.b_after.clone(), own: Vec::new() }
    };
    let after = [dense(0), dense(1)];
    all.insert("after.w2".into(), rows(&after[1].w));
    all.insert("after.b2".into(), after[1].b.clone());
    all.insert("after.w1".into(), rows(&after[0].w));
    all.insert("after.b1".into(), after[0].b.clone());
    let then = &twin(first, &after).passages[0];
    all.insert("after.loss".into(), vec![then.loss]);
    all.insert("after.a2".into(), then.a[2].clone());
    let p = &twin(first, &first.theta).passages[0];
    let slope = slopes(&p.z[1]);
    all.insert("e20.delta1".into(), product(&times(&p.delta[2], &after[1].w), &slope));
    let squared = product(&slope, &slope);
    all.insert("e6.delta1".into(), product(&times(&p.delta[2], &first.theta[1].w), &squared));
    all.insert("e6.slope1".into(), squared);
    let (a, y) = (p.a[2][0], 0.0);
    let spec = &first.spec;
    let dl_da = reference::loss::loss_gradient(spec, &[a], &reference::Truth::Values(vec![y]));
    all.insert("chain.dl_da".into(), dl_da);
    let da_dz = activation::jacobian(Activation::Sigmoid, &p.z[2], &[]);
    all.insert("chain.da_dz".into(), rows(&da_dz));
    let loss = |w: f64| {
        let mut theta = first.theta.clone();
        theta[0].w[0][0] = w;
        twin(first, &theta).objective
    };
    let (above, below) = (loss(0.5 + 0.001), loss(0.5 - 0.001));
    all.insert("difference.losses".into(), vec![above, below]);
    all.insert("difference.quotient".into(), vec![(above - below) / 0.002]);
}

fn of_the_batch(all: &mut Numbers, both: &Setting) {
    let Outcome { objective, gradient, .. } = twin(both, &both.theta);
    all.insert("batch.loss".into(), vec![objective]);
    all.insert("batch.gradient_w1".into(), rows(&gradient[0].w));
    all.insert("batch.gradient_b1".into(), gradient[0].b.clone());
    all.insert("batch.gradient_w2".into(), rows(&gradient[1].w));
    all.insert("batch.gradient_b2".into(), gradient[1].b.clone());
    let trace = Trace::of(both.clone()).expect("a trace");
    let back = trace.layers[1].back.as_ref().expect("a way back");
    all.insert("batch.delta2".into(), rows(&back.delta));
}

/// The first weight of layer 2 in each of three steps of the engine with η = 0.1.
fn of_the_rule(first: &Setting, rule: &str) -> Vec<f64> {
    let spec = Spec { optimizer: Optimizer::parse(rule).expect("a rule"), ..first.spec.clone() };
    let plan = Plan::new(&spec, 1, 1).expect("a plan");
    let kernels = Kernels::<f64>::new(Arch::best(), 1).expect("kernels");
    let theta: Vec<f64> = flat(plan.layout(), &first.theta);
    let slots = vec![0.0; spec.optimizer.slots() * theta.len()];
    let mut parameters = Parameters { theta, slots, t: 0 };
    let mut tape = Tape::new(&plan);
    let step_by_step = (1..=3).map(|step| {
        tape.input(1).data().copy_from_slice(&first.samples.x[0]);
        let labels = Labels { target: Target::Values(Batch::new(&[0.0], 1, 1)), weights: None };
        let when = When { dice: Dice::new(0), epoch: 1, step, eta: 0.1 };
        step::train(&plan, &kernels, &mut parameters, &mut tape, labels, &when);
        plan.layout().to_reference(&parameters.theta)[1].w[0][0]
    });
    step_by_step.collect()
}

fn of_the_extras(all: &mut Numbers, first: &Setting) {
    let mut penalised = first.clone();
    penalised.spec.penalty.l2 = 0.1;
    let gradient = twin(&penalised, &first.theta).gradient;
    all.insert("penalty.gradient_w2".into(), rows(&gradient[1].w));
    let doubled = twin_of(&first.spec, &first.theta, first, &|l, _, _| if l == 1 { 2.0 } else { 1.0 });
    all.insert("dropout.a1".into(), doubled.passages[0].a[1].clone());
    let z = [2.0, 1.0, 0.0];
    let e = activation::value(Activation::Exponential, &z, &[]);
    let a = activation::value(Activation::Softmax, &z, &[]);
    all.insert("softmax.sum".into(), vec![e.iter().sum()]);
    all.insert("softmax.loss".into(), vec![-activation::value(Activation::LogSoftmax, &z, &[])[0]]);
    all.insert("softmax.e".into(), e);
    all.insert("softmax.a".into(), a);
}

fn from_the_program() -> Numbers {
    let both = setting();
    let first = alone(both.clone(), 0);
    let mut all = Numbers::new();
    of_one_sample(&mut all, "first", &first);
    of_one_sample(&mut all, "second", &alone(both.clone(), 1));
    of_the_step(&mut all, &first);
    of_the_batch(&mut all, &both);
    of_the_extras(&mut all, &first);
    for rule in ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"] {
        all.insert(format!("rule.{rule}"), of_the_rule(&first, rule));
    }
    all
}

#[test]
fn the_program_computes_every_number() {
    let (script, program) = (from_the_script(), from_the_program());
    assert!(script.keys().eq(program.keys()), "{:?}\n{:?}", script.keys(), program.keys());
    for (name, want) in &script {
        let ours = &program[name];
        assert_eq!(ours.len(), want.len(), "{name}");
        for (x, y) in ours.iter().zip(want) {
            // A difference quotient loses what the two losses have in common.
            let bound = if name == "difference.quotient" { 1e-11 } else { 1e-13 };
            assert!((x - y).abs() <= bound, "{name}: {x}, not {y}");
        }
    }
}

#[test]
fn the_first_sample_of_the_batch_is_the_example_of_one() {
    let text = std::fs::read_to_string(root().join("examples/two_two_one.toml")).expect("the example");
    let one = Calculation::read(&text).and_then(|c| c.setting("one", None)).expect("a calculation");
    let first = alone(setting(), 0);
    assert_eq!((one.spec, one.theta, one.samples), (first.spec, first.theta, first.samples));
}

/// The chapters' own words: without the programs' outputs and excerpts of code.
fn words(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut kept = String::new();
    for line in text.lines() {
        match (fence, line.strip_prefix("```")) {
            (Some(_), Some(_)) => fence = None,
            (None, Some(kind)) => fence = Some(kind),
            (None | Some("text"), None) => kept += &format!("{line}\n"),
            _ => {}
        }
    }
    kept
}

/// Numbers with at least four decimals: their text, without a sign, and the decimals.
fn long_numbers(text: &str) -> Vec<(String, usize)> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let number = |part: &str| {
        let part = part.trim_end_matches('.');
        let (_, decimals) = part.split_once('.')?;
        let plain = decimals.len() >= 4 && decimals.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| (part.to_string(), decimals.len()))
    };
    parts.filter_map(number).collect()
}

#[test]
fn every_number_in_the_words_is_one_of_them_and_every_one_is_there() {
    let all = from_the_script();
    let chapters = chapters::all();
    let chapters = chapters.iter().filter(|c| !["functions.md", "errata.md"].contains(&c.name.as_str()));
    let mut printed = Vec::new();
    for chapter in chapters {
        for (text, decimals) in long_numbers(&words(&chapter.text)) {
            let is = |x: &&f64| format!("{:.decimals$}", x.abs()) == text;
            let found = all.values().flatten().any(|x| is(&x));
            assert!(found, "{}: {text} is no number of testdata/book/two_two_one.toml", chapter.name);
            printed.push((text, decimals));
        }
    }
    for (name, values) in &all {
        for x in values.iter().filter(|x| format!("{x:.3}").parse() != Ok(**x)) {
            let there = printed.iter().any(|(text, decimals)| format!("{:.decimals$}", x.abs()) == *text);
            assert!(there, "{name}: {x} stands nowhere in the book");
        }
    }
}
