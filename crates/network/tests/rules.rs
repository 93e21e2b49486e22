//! What a step does beside the gradient: clipping, weight decay, dropout's draws, weights of 0, divergence.

mod common;

use common::{Engine, Samples, flat, when};
use feedforward_base::Dice;
use feedforward_kernels::Arch;
use feedforward_network::step::{self, What, When};
use feedforward_network::{Activation, Loss, Optimizer, Spec};

fn sgd(units: &[usize]) -> Spec {
    let mut spec = Spec::new(units, Activation::Tanh, Loss::SquaredError);
    spec.optimizer = Optimizer::SGD;
    spec
}

/// θ before minus θ after one step with η.
fn change(spec: &Spec, samples: &Samples, eta: f64) -> (Vec<f64>, Engine<f64>) {
    let mut engine = Engine::<f64>::new(spec, samples.rows(), Arch::best(), 1);
    let before = flat(&engine.theta());
    let when = When { eta, ..when(1) };
    engine.train(samples, &when);
    let after = flat(&engine.theta());
    (before.iter().zip(&after).map(|(b, a)| b - a).collect(), engine)
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn a_long_gradient_is_shortened_to_the_norm_and_a_short_one_stays() {
    let mut spec = sgd(&[4, 6, 2]);
    let samples = Samples::random(&spec, 9, 1, false);
    let (free, _) = change(&spec, &samples, 1.0);
    spec.clip_norm = Some(norm(&free) / 3.0);
    let (clipped, _) = change(&spec, &samples, 1.0);
    for (c, f) in clipped.iter().zip(&free) {
        assert!((c - f / 3.0).abs() < 1e-12, "{c} is not a third of {f}");
    }
    spec.clip_norm = Some(norm(&free) * 1.001);
    assert_eq!(change(&spec, &samples, 1.0).0, free);
}

#[test]
fn a_gradient_whose_square_overflows_f32_is_clipped_all_the_same() {
    let mut spec = sgd(&[1, 1]);
    spec.clip_norm = Some(0.5);
    let mut samples = Samples::random(&spec, 1, 1, false);
    samples.y = vec![feedforward_network::reference::Truth::Values(vec![1e25])];
    let mut engine = Engine::<f32>::new(&spec, 1, Arch::best(), 1);
    let before = flat(&engine.theta());
    engine.train(&samples, &When { eta: 1.0, ..when(1) });
    let moved: Vec<f64> = flat(&engine.theta()).iter().zip(&before).map(|(a, b)| a - b).collect();
    assert!((norm(&moved) - 0.5).abs() < 1e-6, "{moved:?}");
}

#[test]
fn weight_decay_shrinks_weights_by_eta_lambda_and_leaves_biases() {
    let mut spec = sgd(&[3, 5, 2]);
    let samples = Samples::random(&spec, 9, 1, false);
    let eta = 0.1;
    let (plain, engine) = change(&spec, &samples, eta);
    spec.weight_decay = 0.3;
    let (decayed, _) = change(&spec, &samples, eta);
    let start = flat(&Engine::<f64>::new(&spec, 9, Arch::best(), 1).theta());
    let mut i = 0;
    for layer in engine.theta() {
        let weights = layer.w.len() * layer.w[0].len();
        for k in 0..weights + layer.b.len() {
            let own = if k < weights { eta * 0.3 * start[i] } else { 0.0 };
            assert!((decayed[i] - plain[i] - own).abs() < 1e-14, "parameter {i}");
            i += 1;
        }
    }
}

/// The incoming weights of every unit, layer after layer.
fn units(engine: &Engine<f64>) -> Vec<Vec<f64>> {
    engine.theta().into_iter().flat_map(|layer| layer.w).collect()
}

#[test]
fn max_norm_scales_the_weights_of_long_units_after_the_update_and_leaves_biases() {
    let mut spec = sgd(&[7, 70, 3]);
    let samples = Samples::random(&spec, 9, 1, false);
    let (_, free) = change(&spec, &samples, 0.5);
    let mut norms: Vec<f64> = units(&free).iter().map(|w| norm(w)).collect();
    norms.sort_by(f64::total_cmp);
    let most = norms[norms.len() / 2];
    spec.max_norm = Some(most);
    for clip_norm in [None, Some(1e30)] {
        spec.clip_norm = clip_norm;
        let (_, limited) = change(&spec, &samples, 0.5);
        for (was, is) in units(&free).iter().zip(units(&limited)) {
            let factor = (most / norm(was)).min(1.0);
            assert!(was.iter().zip(&is).all(|(w, l)| (w * factor - l).abs() < 1e-14), "{was:?} {is:?}");
        }
        for (was, is) in free.theta().iter().zip(limited.theta()) {
            assert_eq!(was.b, is.b);
        }
    }
}

#[test]
fn dropout_draws_anew_for_each_epoch_step_and_layer() {
    let mut spec = sgd(&[2, 64, 64, 1]);
    (spec.layers[0].dropout, spec.layers[1].dropout) = (0.5, 0.5);
    let samples = Samples::random(&spec, 4, 1, false);
    let dropped = |epoch: u64, step: u64, seed: u64, l: usize| -> Vec<bool> {
        let mut engine = Engine::<f64>::new(&spec, 4, Arch::best(), 1);
        engine.train(&samples, &When { dice: Dice::new(seed), epoch, step, eta: 0.1 });
        engine.tape.a(l, 4).data().iter().map(|a| *a == 0.0).collect()
    };
    let first = dropped(1, 1, 0, 1);
    assert_eq!(first, dropped(1, 1, 0, 1));
    for other in [dropped(2, 1, 0, 1), dropped(1, 2, 0, 1), dropped(1, 1, 1, 1), dropped(1, 1, 0, 2)] {
        let same = first.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!((90..166).contains(&same), "{same} of 256 agree; chance gives 128");
    }
}

#[test]
fn a_batch_of_weight_0_teaches_nothing() {
    let spec = sgd(&[3, 4, 2]);
    let mut samples = Samples::random(&spec, 5, 1, true);
    samples.weights = Some(vec![0.0; 5]);
    let (change, _) = change(&spec, &samples, 1.0);
    assert!(change.iter().all(|c| *c == 0.0));
}

#[test]
fn the_first_layer_that_is_not_finite_is_named() {
    let spec = sgd(&[3, 4, 4, 2]);
    let samples = Samples::random(&spec, 5, 1, false);
    let mut engine = Engine::<f64>::new(&spec, 5, Arch::best(), 1);
    let name = |e: &Engine<f64>| {
        let found = step::first_not_finite(&e.plan, &e.kernels, &e.parameters.theta, &e.tape, 5);
        found.map(|f| (f.what, f.layer, f.unit, f.row))
    };
    engine.loss(&samples);
    assert_eq!(name(&engine), None);
    // Weights that are finite and whose sum is not: Z[2] shows it, while the step spoils layer 1 as well.
    let w = engine.plan.layout().w(2);
    engine.parameters.theta[w].fill(f64::MAX);
    let b = engine.plan.layout().b(1);
    engine.parameters.theta[b].fill(9.0);
    engine.train(&samples, &when(1));
    assert_eq!(name(&engine), Some((What::Parameters, 2, 0, None)));
}
