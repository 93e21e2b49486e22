//! Pre-activations up to ±1e4 through every loss, output and hidden function, in both precisions: finite where
//! mathematics and the number format are, and equal to the twin.

use crate::common::{Engine, Samples, drawn, flat, hidden_functions, name, outputs, when};
use feedforward_kernels::{Arch, Element};
use feedforward_network::activation::Own;
use feedforward_network::loss::Truth as Wants;
use feedforward_network::reference::{self, Outcome, Truth};
use feedforward_network::{Activation, Loss, Spec};

const Z: [f64; 19] = [
    -1e4, -1e3, -711.0, -100.0, -89.0, -38.0, -10.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 10.0, 38.0, 89.0, 100.0,
    711.0, 1e3, 1e4,
];

/// A stored gradient is wanted.
fn spec(units: &[usize], hidden: Activation, loss: Loss, output: Activation) -> Spec {
    let mut spec = Spec::new(units, hidden, loss);
    spec.layers[units.len() - 2].activation = output;
    spec.clip_norm = Some(f64::MAX);
    spec
}

/// The engine with W = I and b = 0 in every layer: what goes in is the first pre-activation.
fn engine<T: Element>(spec: &Spec) -> Engine<T> {
    let mut engine = Engine::<T>::new(spec, 1, Arch::best(), 1);
    let layout = engine.plan.layout().clone();
    for l in 1..=layout.last() {
        let n = layout.units(l);
        let one = |i: usize| if i / n == i % n { T::ONE } else { T::ZERO };
        layout.set_rows(&mut engine.parameters.theta, l, &(0..n * n).map(one).collect::<Vec<T>>());
        engine.parameters.theta[layout.b(l)].fill(T::ZERO);
    }
    engine
}

/// Truths that a loss may be told, for three outputs.
fn truths(loss: Loss) -> Vec<Truth> {
    let values: [[f64; 3]; 2] = match loss.truth() {
        Wants::Class => return (0..3).map(Truth::Class).collect(),
        Wants::ZeroOrOne => [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]],
        Wants::MinusOrPlusOne => [[-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]],
        Wants::Count => [[0.0, 1.0, 7.0], [3.0, 0.0, 0.0]],
        // Beside the values that functions of extremes have, where the slope of L1 jumps.
        Wants::Number => [[0.3, 1.7, -2.2], [-1.3, 0.6, 3.1]],
    };
    values.iter().map(|v| Truth::Values(v.to_vec())).collect()
}

/// Whether the format has all numbers of a step, with room for what is computed between them.
fn fits<T: Element>(outcome: &Outcome) -> bool {
    let most = if T::NAME == "f32" { f64::from(f32::MAX) } else { f64::MAX };
    let below = |x: f64| x.abs() < most / 1e3; // false for NaN
    let passage = &outcome.passages[0];
    let inside = passage.z.iter().chain(&passage.a).chain(&passage.delta).flatten();
    inside.chain(&flat(&outcome.gradient)).all(|x| below(*x)) && below(outcome.objective)
}

fn near<T: Element>(what: &str, ours: f64, theirs: f64) {
    let bound = if T::NAME == "f32" { 2e-5 } else { 1e-12 };
    assert!((ours - theirs).abs() <= bound * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

/// One sample through the engine and the twin. Returns whether the format holds the twin's numbers.
fn check<T: Element>(spec: &Spec, x: &[f64], y: &Truth) -> bool {
    let mut engine = engine::<T>(spec);
    let x: Vec<f64> = x.iter().map(|x| T::from_f64(*x).to_f64()).collect();
    let samples = Samples { x: vec![x], y: vec![y.clone()], weights: None };
    let (loss, gradient) = engine.gradient(&samples, &when(1));
    let slopes = drawn(&engine, 1);
    let (x, y) = (&samples.x, &samples.y);
    let twin = reference::step_drawn(spec, &engine.theta(), x, y, &[1.0], &|_, _, _| 1.0, &slopes);
    if !fits::<T>(&twin) {
        return false;
    }
    let what = format!("{} {}: {x:?} against {y:?}", T::NAME, name(spec));
    near::<T>(&format!("{what}: loss"), loss, twin.objective);
    let last = spec.layers.len();
    for (ours, theirs) in engine.tape.delta(last, 1).data().iter().zip(&twin.passages[0].delta[last]) {
        near::<T>(&format!("{what}: delta"), ours.to_f64(), *theirs);
    }
    let ours = flat(&engine.plan.layout().to_reference(&gradient));
    for (ours, theirs) in ours.iter().zip(flat(&twin.gradient)) {
        near::<T>(&format!("{what}: gradient"), *ours, theirs);
    }
    true
}

fn check_outputs<T: Element>() {
    for (loss, output) in outputs().into_iter().chain([(Loss::Perceptron, Activation::Step)]) {
        let spec = spec(&[3, 3], Activation::Linear, loss, output);
        for z in Z {
            for x in [[z, 0.5, -z], [-0.5, z, z], [z, z, z]] {
                for y in truths(loss) {
                    let large = x.iter().any(|z| *z > 30.0);
                    let fits = check::<T>(&spec, &x, &y);
                    // Only e^z leaves a format.
                    assert!(fits || output == Activation::Exponential && large, "{} {x:?}", name(&spec));
                }
            }
        }
    }
}

#[test]
fn every_loss_and_output_is_finite_in_double_precision() {
    check_outputs::<f64>();
}

#[test]
fn every_loss_and_output_is_finite_in_single_precision() {
    check_outputs::<f32>();
}

fn check_hidden<T: Element>() {
    for hidden in hidden_functions() {
        for (loss, output) in [(Loss::L1, Activation::Linear), (Loss::CrossEntropy, Activation::Softmax)] {
            let spec = spec(&[3, 3, 3], hidden, loss, output);
            // At 0 the slope that RReLU has drawn cannot be read off a = s z.
            for z in Z.into_iter().filter(|z| *z != 0.0 || hidden.own() != Own::Drawn) {
                for y in truths(loss) {
                    let fits = check::<T>(&spec, &[z, 0.5, -z], &y);
                    assert!(fits || hidden == Activation::Exponential, "{} {z}", name(&spec));
                }
            }
        }
    }
}

#[test]
fn every_hidden_function_is_finite() {
    check_hidden::<f64>();
    check_hidden::<f32>();
}

/// Label smoothing asks for every logarithm, also of what has rounded to 0.
#[test]
fn smoothed_labels_stay_finite() {
    for (loss, output) in [
        (Loss::CrossEntropy, Activation::Softmax),
        (Loss::CrossEntropy, Activation::LogSoftmax),
        (Loss::BinaryCrossEntropy, Activation::Sigmoid),
    ] {
        let mut spec = spec(&[3, 3], Activation::Linear, loss, output);
        spec.label_smoothing = 0.1;
        for z in Z {
            for y in truths(loss) {
                assert!(check::<f64>(&spec, &[z, 0.5, -z], &y) && check::<f32>(&spec, &[z, 0.5, -z], &y));
            }
        }
    }
}

/// Wang's logits of ±411: naive exponentials overflow f32.
#[test]
fn s28_the_logits_of_the_lecture_have_losses_and_deltas() {
    let lecture: toml::Table = include_str!("../../../../testdata/lectures/S28.toml").parse().unwrap();
    let z: Vec<f64> = lecture["z"].as_array().unwrap().iter().map(|z| z.as_float().unwrap()).collect();
    let class = lecture["class"].as_integer().unwrap() as usize;
    for output in [Activation::Softmax, Activation::LogSoftmax] {
        let spec = spec(&[10, 10], Activation::Linear, Loss::CrossEntropy, output);
        for y in 0..10 {
            assert!(check::<f64>(&spec, &z, &Truth::Class(y)) && check::<f32>(&spec, &z, &Truth::Class(y)));
            let mut engine = engine::<f32>(&spec);
            let samples = Samples { x: vec![z.clone()], y: vec![Truth::Class(y)], weights: None };
            let loss = engine.loss(&samples);
            assert!((loss - (z[class] - z[y])).abs() < 1e-4, "class {y}: {loss}");
            let answer = engine.tape.output(1).data();
            let top = (0..10).max_by(|&i, &j| answer[i].total_cmp(&answer[j])).unwrap();
            assert_eq!(top, class);
        }
    }
    let mut engine =
        engine::<f64>(&spec(&[10, 10], Activation::Linear, Loss::CrossEntropy, Activation::Softmax));
    engine.loss(&Samples { x: vec![z], y: vec![Truth::Class(class)], weights: None });
    let p = engine.tape.output(1).data();
    assert_eq!(p[class], 1.0);
    let second = lecture["second_p"].as_float().unwrap();
    assert!((p[lecture["second"].as_integer().unwrap() as usize] / second - 1.0).abs() < 1e-4);
}

/// A number that is no number is never hidden: it must arrive where training looks for it.
#[test]
fn a_nan_stays_a_nan() {
    for hidden in hidden_functions() {
        let spec = spec(&[1, 1, 1], hidden, Loss::SquaredError, Activation::Linear);
        let mut engine = engine::<f32>(&spec);
        let samples = Samples { x: vec![vec![f64::NAN]], y: vec![Truth::Values(vec![0.0])], weights: None };
        assert!(engine.loss(&samples).is_nan(), "{hidden}");
    }
    for (loss, output) in outputs() {
        let spec = spec(&[3, 3], Activation::Linear, loss, output);
        let mut engine = engine::<f32>(&spec);
        for y in truths(loss) {
            let samples = Samples { x: vec![vec![f64::NAN, 0.0, 1.0]], y: vec![y], weights: None };
            assert!(engine.loss(&samples).is_nan(), "{}", name(&spec));
        }
    }
}
