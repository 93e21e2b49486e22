//! The engine's gradients against central differences, the literal twin and scalar autodiff.

mod common;

use common::{Engine, Samples, flat, pairings, when, worst};
use feedforward_kernels::Arch;
use feedforward_network::reference::{self, Dense};
use feedforward_network::{Activation, Loss, Penalty, Spec};

const NO_DROPOUT: reference::Mask<'static> = &|_, _, _| 1.0;

/// The stored gradient is wanted: a norm that is never reached keeps the path unfused.
fn unfused(mut spec: Spec) -> Spec {
    spec.clip_norm = Some(1e30);
    spec
}

#[test]
fn twin_and_autodiff_agree_with_the_engine_for_every_pairing() {
    for (i, spec) in pairings().into_iter().enumerate() {
        for smoothing in [0.0, 0.1] {
            let mut spec = unfused(spec.clone());
            if spec.loss != Loss::SquaredError {
                spec.label_smoothing = smoothing;
            }
            let samples = Samples::random(&spec, 7, i as u64, i % 2 == 0);
            let mut engine = Engine::<f64>::new(&spec, 7, Arch::best(), 1);
            let theta = engine.theta();
            let (loss, gradient) = engine.gradient(&samples, &when(1));
            let ours = flat(&engine.plan.layout().to_reference(&gradient));
            let shares = samples.shares();
            let twin = reference::step(&spec, &theta, &samples.x, &samples.y, &shares, NO_DROPOUT);
            let (auto_loss, auto) =
                common::autodiff::gradient(&spec, &theta, &samples.x, &samples.y, &shares);
            let name = format!("{} {} {}", spec.layers[0].activation, spec.loss, spec.layers[2].activation);
            assert!(worst(&ours, &flat(&twin.gradient)) < 1e-10, "{name}: twin");
            assert!(worst(&ours, &flat(&auto)) < 1e-10, "{name}: autodiff");
            assert!((loss - twin.objective).abs() < 1e-12 * loss.abs(), "{name}: {loss} {}", twin.objective);
            assert!((loss - auto_loss).abs() < 1e-12 * loss.abs(), "{name}: {loss} {auto_loss}");
        }
    }
}

/// J at θ with one parameter moved by `h`, from the engine's own forward pass and the penalty.
fn central_difference(engine: &mut Engine<f64>, samples: &Samples, i: usize, h: f64) -> f64 {
    let at = engine.parameters.theta[i];
    let mut value = |x: f64| {
        engine.parameters.theta[i] = x;
        engine.loss(samples) + penalty(&engine.theta(), engine.plan.spec().penalty)
    };
    let difference = (value(at + h) - value(at - h)) / (2.0 * h);
    engine.parameters.theta[i] = at;
    difference
}

fn penalty(theta: &[Dense], p: Penalty) -> f64 {
    let weights = || theta.iter().flat_map(|d| d.w.iter().flatten());
    p.l1 * weights().map(|w| w.abs()).sum::<f64>() + 0.5 * p.l2 * weights().map(|w| w * w).sum::<f64>()
}

/// With η = 1 and plain SGD the change of θ is the gradient, penalty included, in the fused path.
fn gradient_by_update(spec: &Spec, samples: &Samples) -> (Engine<f64>, Vec<f64>) {
    let mut engine = Engine::<f64>::new(spec, samples.rows(), Arch::best(), 1);
    let before = engine.parameters.theta.clone();
    let mut once = when(1);
    once.eta = 1.0;
    engine.train(samples, &once);
    let gradient = before.iter().zip(&engine.parameters.theta).map(|(b, a)| b - a).collect();
    engine.parameters.theta = before;
    (engine, gradient)
}

#[test]
fn central_differences_agree_for_every_pairing_and_penalty() {
    for (i, mut spec) in pairings().into_iter().enumerate() {
        for penalty in [Penalty::default(), Penalty { l1: 0.01, l2: 0.0 }, Penalty { l1: 0.003, l2: 0.1 }] {
            spec.optimizer = feedforward_network::Optimizer::SGD;
            spec.penalty = penalty;
            let samples = Samples::random(&spec, 5, 100 + i as u64, false);
            let (mut engine, analytic) = gradient_by_update(&spec, &samples);
            let largest = analytic.iter().fold(0.0f64, |m, g| m.max(g.abs()));
            let mut kinks = 0;
            for (p, exact) in analytic.iter().enumerate() {
                let fine = central_difference(&mut engine, &samples, p, 1e-5);
                let coarse = central_difference(&mut engine, &samples, p, 2e-5);
                // Two step widths that disagree tell a kink between the points from a wrong gradient.
                if (fine - coarse).abs() > 1e-6 * largest {
                    assert!(has_kink(&spec), "{spec:?}: no kink, and differences disagree");
                    kinks += 1;
                    continue;
                }
                let bound = 1e-6 * exact.abs().max(1e-2 * largest);
                assert!((fine - exact).abs() <= bound, "{spec:?}: parameter {p}: {exact} against {fine}");
            }
            assert!(kinks <= 2, "{spec:?}: {kinks} of {} parameters went unchecked", analytic.len());
        }
    }
}

fn has_kink(spec: &Spec) -> bool {
    spec.penalty.l1 > 0.0 || spec.layers.iter().any(|l| !l.activation.kinks().is_empty())
}

#[test]
fn single_precision_follows_the_twin() {
    for depth in 1..=6 {
        let units: Vec<usize> = (0..=depth).map(|l| 9 + 2 * l).collect();
        for hidden in [Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
            let spec = unfused(Spec::new(&units, hidden, Loss::CrossEntropy));
            let samples = Samples::random(&spec, 16, depth as u64, false);
            let mut engine = Engine::<f32>::new(&spec, 16, Arch::best(), 1);
            let theta = engine.theta();
            let (_, gradient) = engine.gradient(&samples, &when(1));
            let ours = flat(&engine.plan.layout().to_reference(&gradient));
            let twin = reference::step(&spec, &theta, &samples.x, &samples.y, &samples.shares(), NO_DROPOUT);
            let twin = flat(&twin.gradient);
            let largest = twin.iter().fold(0.0f64, |m, g| m.max(g.abs()));
            let error = ours.iter().zip(&twin).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error < 1e-4 * largest, "depth {depth} {hidden}: {error} of {largest}");
        }
    }
}

#[test]
fn dropout_follows_the_twin_with_the_same_mask() {
    let mut spec = unfused(Spec::new(&[5, 40, 30, 4], Activation::Tanh, Loss::CrossEntropy));
    (spec.layers[0].dropout, spec.layers[1].dropout) = (0.5, 0.2);
    let samples = Samples::random(&spec, 12, 4, true);
    let mut engine = Engine::<f64>::new(&spec, 12, Arch::best(), 1);
    let theta = engine.theta();
    let (loss, gradient) = engine.gradient(&samples, &when(9));
    // tanh is 0 only at 0, so a dropped activation shows as a zero.
    let tape = &engine.tape;
    let mask = |l: usize, row: usize, unit: usize| match l {
        3 => 1.0,
        _ if tape.a(l, 12).row(row)[unit] == 0.0 => 0.0,
        l => 1.0 / (1.0 - spec.layers[l - 1].dropout),
    };
    let dropped = |l: usize| tape.a(l, 12).data().iter().filter(|a| **a == 0.0).count() as f64;
    assert!((dropped(1) / 480.0 - 0.5).abs() < 0.1 && (dropped(2) / 360.0 - 0.2).abs() < 0.08);
    let twin = reference::step(&spec, &theta, &samples.x, &samples.y, &samples.shares(), &mask);
    assert!((loss - twin.objective).abs() < 1e-12);
    assert!(worst(&flat(&engine.plan.layout().to_reference(&gradient)), &flat(&twin.gradient)) < 1e-10);
}
