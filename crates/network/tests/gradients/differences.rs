//! The engine's gradients against central differences of its own objective.

use crate::common::{Engine, Samples, hidden_functions, outputs, pairings, when};
use crate::unfused;
use feedforward_kernels::Arch;
use feedforward_network::reference::Dense;
use feedforward_network::step::When;
use feedforward_network::{Activation, Loss, Optimizer, Penalty, Spec};

fn penalty(theta: &[Dense], p: Penalty) -> f64 {
    let weights = || theta.iter().flat_map(|d| d.w.iter().flatten());
    p.l1 * weights().map(|w| w.abs()).sum::<f64>() + 0.5 * p.l2 * weights().map(|w| w * w).sum::<f64>()
}

/// With η = 1 and plain SGD the change of θ is the gradient, penalty included, in the fused path.
fn gradient_by_update(spec: &Spec, samples: &Samples) -> Vec<f64> {
    let mut engine = Engine::<f64>::new(spec, samples.rows(), Arch::best(), 1);
    let before = engine.parameters.theta.clone();
    engine.train(samples, &When { eta: 1.0, ..when(1) });
    before.iter().zip(&engine.parameters.theta).map(|(b, a)| b - a).collect()
}

/// J at θ with parameter `i` moved by `h`, with the draws of the same step, penalty included.
fn objective(engine: &mut Engine<f64>, samples: &Samples, i: usize, h: f64) -> f64 {
    let at = engine.parameters.theta[i];
    engine.parameters.theta[i] = at + h;
    let loss = match engine.plan.spec().layers[0].activation {
        Activation::Rrelu(_) => engine.gradient(samples, &when(1)).0,
        _ => engine.loss(samples),
    };
    let objective = loss + penalty(&engine.theta(), engine.plan.spec().penalty);
    engine.parameters.theta[i] = at;
    objective
}

/// (∂J/∂θ_i by central differences, how much two step widths disagree).
fn central_difference(engine: &mut Engine<f64>, samples: &Samples, i: usize) -> (f64, f64) {
    let mut slope =
        |h: f64| (objective(engine, samples, i, h) - objective(engine, samples, i, -h)) / (2.0 * h);
    let (fine, coarse) = (slope(1e-5), slope(2e-5));
    ((4.0 * fine - coarse) / 3.0, (fine - coarse).abs())
}

fn has_kink(spec: &Spec) -> bool {
    let of_loss = matches!(spec.loss, Loss::L1 | Loss::Hinge | Loss::Huber(_));
    of_loss || spec.penalty.l1 > 0.0 || spec.layers.iter().any(|l| !l.activation.kinks().is_empty())
}

/// Every parameter of one network; two step widths that disagree tell a kink between the points from a wrong
/// gradient. Returns the worst relative error, and whether there was any gradient.
fn check_differences(spec: &Spec, samples: &Samples) -> (f64, bool) {
    let analytic = gradient_by_update(spec, samples);
    let largest = analytic.iter().fold(0.0f64, |m, g| m.max(g.abs()));
    let mut engine = Engine::<f64>::new(&unfused(spec.clone()), samples.rows(), Arch::best(), 1);
    let (mut kinks, mut worst) = (0, 0.0f64);
    for (i, exact) in analytic.iter().enumerate() {
        let (numeric, unsteady) = central_difference(&mut engine, samples, i);
        if unsteady > 1e-6 * largest {
            assert!(has_kink(spec), "{spec:?}: no kink, and differences disagree");
            kinks += 1;
            continue;
        }
        let error = (numeric - exact).abs() / exact.abs().max(1e-2 * largest).max(1e-12);
        assert!(error < 1e-6, "{spec:?}: parameter {i}: {exact} against {numeric}");
        worst = worst.max(error);
    }
    assert!(kinks <= 2, "{spec:?}: {kinks} of {} parameters went unchecked", analytic.len());
    (worst, largest > 0.0)
}

#[test]
fn central_differences_agree_for_every_pairing_and_penalty() {
    let (mut worst, mut checked, mut dead) = (0.0f64, 0, 0);
    for (i, mut spec) in pairings(&[3, 4, 3, 2]).into_iter().enumerate() {
        for penalty in [Penalty::default(), Penalty { l1: 0.01, l2: 0.0 }, Penalty { l1: 0.003, l2: 0.1 }] {
            spec.optimizer = Optimizer::SGD;
            spec.penalty = penalty;
            let samples = Samples::random(&spec, 5, 100 + i as u64, i % 2 == 0);
            let (error, alive) = check_differences(&spec, &samples);
            worst = worst.max(error);
            checked += 1;
            dead += usize::from(!alive);
        }
    }
    assert_eq!(checked, 3 * hidden_functions().len() * outputs().len());
    // Outputs of ReLU may all be off.
    assert!(dead * 100 < checked, "{dead} of {checked} networks have no gradient at all");
    println!("{checked} networks, worst relative error {worst:.1e}");
}
