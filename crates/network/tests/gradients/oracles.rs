//! The engine in f64 and f32 against the literal twin and scalar autodiff.

use crate::common::{
    Engine, Samples, autodiff, drawn, flat, hidden_functions, name, outputs, pairings, when, worst,
};
use crate::{NO_DROPOUT, unfused};
use feedforward_kernels::Arch;
use feedforward_network::reference::{self, Outcome};
use feedforward_network::{Activation, Loss, Spec};

/// The engine's answer to one batch, and what the two oracles say of it.
struct Answers {
    engine: (f64, Vec<f64>),
    twin: Outcome,
    autodiff: (f64, Vec<f64>),
}

fn answers(spec: &Spec, samples: &Samples) -> Answers {
    let mut engine = Engine::<f64>::new(spec, samples.rows(), Arch::best(), 1);
    let theta = engine.theta();
    let (loss, gradient) = engine.gradient(samples, &when(1));
    let (x, y, shares) = (&samples.x, &samples.y, &samples.shares());
    let slopes = drawn(&engine, samples.rows());
    let twin = reference::step_drawn(spec, &theta, x, y, shares, NO_DROPOUT, &slopes);
    let (auto_loss, auto) = autodiff::gradient(spec, &theta, x, y, shares, &slopes);
    let ours = flat(&engine.plan.layout().to_reference(&gradient));
    Answers { engine: (loss, ours), twin, autodiff: (auto_loss, flat(&auto)) }
}

#[test]
fn twin_and_autodiff_agree_with_the_engine_for_every_pairing() {
    let perceptron = Spec::new(&[4, 3], Activation::Tanh, Loss::Perceptron);
    for (i, spec) in pairings(&[4, 5, 5, 3]).into_iter().chain([perceptron]).enumerate() {
        let smoothings: &[f64] = if spec.loss.smooths() { &[0.0, 0.1] } else { &[0.0] };
        for &smoothing in smoothings {
            let mut spec = unfused(spec.clone());
            spec.label_smoothing = smoothing;
            let samples = Samples::random(&spec, 7, i as u64, i % 2 == 0);
            let Answers { engine: (loss, ours), twin, autodiff: (auto_loss, auto) } =
                answers(&spec, &samples);
            let (name, twin_gradient) = (name(&spec), flat(&twin.gradient));
            let (to_twin, to_auto) = (worst(&ours, &twin_gradient), worst(&ours, &auto));
            assert!(to_twin < 1e-10, "{name}: {to_twin} from the twin");
            assert!(to_auto < 1e-12, "{name}: {to_auto} from autodiff");
            let apart = worst(&twin_gradient, &auto);
            assert!(apart < 1e-12, "{name}: the oracles are {apart} apart");
            for theirs in [twin.objective, auto_loss] {
                assert!((loss - theirs).abs() < 1e-12 * loss.abs().max(1e-3), "{name}: {loss} {theirs}");
            }
        }
    }
}

/// Networks of 1 to 6 layers whose hidden layers use all functions, each network at most one exponential, whose
/// towers leave the range of f32.
fn deep_networks() -> Vec<Spec> {
    let (hidden, outputs) = (hidden_functions(), outputs());
    let mut specs = Vec::new();
    for depth in 1..=6 {
        let units: Vec<usize> = (0..=depth).map(|l| 9 + 2 * l).collect();
        for trial in 0..outputs.len() {
            let (loss, output) = outputs[trial];
            let mut spec = Spec::new(&units, Activation::Linear, loss);
            for (l, layer) in spec.layers.iter_mut().enumerate() {
                layer.activation = hidden[(trial + 4 * l) % hidden.len()];
            }
            spec.layers[depth - 1].activation = output;
            specs.push(unfused(spec));
        }
    }
    specs
}

#[test]
fn single_precision_follows_the_twin() {
    for (i, spec) in deep_networks().into_iter().enumerate() {
        let samples = Samples::random(&spec, 16, i as u64, false);
        let mut engine = Engine::<f32>::new(&spec, 16, Arch::best(), 1);
        let theta = engine.theta();
        let (loss, gradient) = engine.gradient(&samples, &when(1));
        let ours = flat(&engine.plan.layout().to_reference(&gradient));
        let slopes = drawn(&engine, 16);
        let (x, y) = (&samples.x, &samples.y);
        let twin = reference::step_drawn(&spec, &theta, x, y, &samples.shares(), NO_DROPOUT, &slopes);
        let gradient = flat(&twin.gradient);
        let largest = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
        assert!(ours.iter().chain(&gradient).all(|g| g.is_finite()), "{spec:?}");
        let error = ours.iter().zip(&gradient).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error < 1e-4 * largest, "{spec:?}: {error} of {largest}");
        assert!((loss - twin.objective).abs() < 1e-4 * twin.objective.abs().max(1e-3), "{spec:?}: {loss}");
    }
}
