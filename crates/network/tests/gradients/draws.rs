//! What is drawn in training: dropout's masks and RReLU's slopes, in the twin as in the engine.

use crate::common::{Engine, Samples, flat, when, worst};
use crate::{NO_DROPOUT, unfused};
use feedforward_kernels::Arch;
use feedforward_network::{Activation, Loss, Spec, reference};

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

/// Dropout around functions with numbers of their own: the mask stands between f and the next layer.
#[test]
fn dropout_of_learned_and_drawn_functions_follows_the_twin() {
    for hidden in ["prelu", "learned_swish", "rrelu"] {
        let mut spec = unfused(Spec::new(&[5, 40, 30, 4], hidden.parse().unwrap(), Loss::CrossEntropy));
        (spec.layers[0].dropout, spec.layers[1].dropout) = (0.5, 0.2);
        let samples = Samples::random(&spec, 12, 4, true);
        let mut engine = Engine::<f64>::new(&spec, 12, Arch::best(), 1);
        let theta = engine.theta();
        let (loss, gradient) = engine.gradient(&samples, &when(9));
        let kept = |l: usize| if l == 3 { 1.0 } else { 1.0 / (1.0 - spec.layers[l - 1].dropout) };
        let mask = |l: usize, row: usize, unit: usize| match engine.tape.a(l, 12).row(row)[unit] {
            0.0 if l < 3 => 0.0,
            _ => kept(l),
        };
        let slopes = |l: usize, row: usize, unit: usize| {
            let (z, a) = (engine.tape.z(l, 12).row(row)[unit], engine.tape.a(l, 12).row(row)[unit]);
            if z < 0.0 { a / kept(l) / z } else { 0.25 }
        };
        let (x, y) = (&samples.x, &samples.y);
        let twin = reference::step_drawn(&spec, &theta, x, y, &samples.shares(), &mask, &slopes);
        assert!((loss - twin.objective).abs() < 1e-12, "{hidden}: {loss} {}", twin.objective);
        let ours = flat(&engine.plan.layout().to_reference(&gradient));
        let error = worst(&ours, &flat(&twin.gradient));
        assert!(error < 1e-10, "{hidden}: {error}");
    }
}

/// Sarkar: RReLU samples its slopes from a fixed range during training and fixes them during testing.
#[test]
fn s18_random_slopes_are_drawn_in_training_and_their_mean_predicts() {
    let spec = unfused(Spec::new(&[5, 200, 1], "rrelu:0.1:0.5".parse().unwrap(), Loss::SquaredError));
    let samples = Samples::random(&spec, 50, 1, false);
    let mut engine = Engine::<f64>::new(&spec, 50, Arch::best(), 1);
    let slopes = |e: &Engine<f64>| -> Vec<f64> {
        let (z, a) = (e.tape.z(1, 50), e.tape.a(1, 50));
        z.data().iter().zip(a.data()).filter(|(z, _)| **z < 0.0).map(|(z, a)| a / z).collect()
    };
    engine.gradient(&samples, &when(1));
    let first = slopes(&engine);
    let n = first.len() as f64;
    let mean = first.iter().sum::<f64>() / n;
    let variance = first.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / n;
    assert!(n > 3000.0 && first.iter().all(|s| (0.1 - 1e-15..0.5 + 1e-15).contains(s)));
    assert!(
        (mean - 0.3).abs() < 0.01 && (variance - 0.4f64.powi(2) / 12.0).abs() < 0.001,
        "{mean} {variance}"
    );
    engine.gradient(&samples, &when(1));
    assert_eq!(slopes(&engine), first, "the same step draws the same");
    engine.gradient(&samples, &when(2));
    let same = slopes(&engine).iter().zip(&first).filter(|(a, b)| (*a - *b).abs() < 1e-9).count();
    assert!(same < 5, "{same} of {n} slopes of another step are the same");
    let theta = engine.theta();
    engine.loss(&samples);
    let twin = reference::step(&spec, &theta, &samples.x, &samples.y, &samples.shares(), NO_DROPOUT);
    for (r, passage) in twin.passages.iter().enumerate() {
        assert!((engine.tape.output(50).row(r)[0] - passage.a[2][0]).abs() < 1e-13, "row {r}");
    }
}

/// If slopes and dropout were one draw, the units that are kept would have the larger slopes.
#[test]
fn slopes_and_dropout_are_drawn_apart() {
    let mut spec = unfused(Spec::new(&[5, 200, 1], "rrelu:0.1:0.5".parse().unwrap(), Loss::SquaredError));
    spec.layers[0].dropout = 0.5;
    let samples = Samples::random(&spec, 50, 1, false);
    let mut engine = Engine::<f64>::new(&spec, 50, Arch::best(), 1);
    engine.gradient(&samples, &when(1));
    let (z, a) = (engine.tape.z(1, 50), engine.tape.a(1, 50));
    let kept: Vec<f64> = z
        .data()
        .iter()
        .zip(a.data())
        .filter(|(z, a)| **z < 0.0 && **a != 0.0)
        .map(|(z, a)| 0.5 * a / z)
        .collect();
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    assert!(kept.len() > 1500 && (mean - 0.3).abs() < 0.015, "{} slopes, mean {mean}", kept.len());
}
