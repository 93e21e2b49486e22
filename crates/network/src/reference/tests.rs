//! The twin's own forms against each other and against plain difference quotients.

use super::activation::{jacobian, own_slopes, softmax, value};
use super::loss::{loss, loss_gradient, output_delta};
use super::modules::{Chain, DenseModule, clipped, with_bias, with_one};
use super::normal::{density, distribution};
use super::*;
use crate::loss::{Loss, Truth as Wants};
use feedforward_base::{Dice, Purpose};

fn normals(seed: u64, n: usize) -> Vec<f64> {
    let stream = Dice::new(seed).stream(Purpose::Experiment, &[]);
    (0..n as u64).map(|i| stream.normal(i)).collect()
}

/// A random layer of `units` units after `inputs` inputs.
fn dense(seed: u64, inputs: usize, units: usize, f: Activation) -> Dense {
    let all = normals(seed, (inputs + 2) * units);
    let (w, rest) = all.split_at(inputs * units);
    let (b, own) = rest.split_at(units);
    let own = if f.is_learned() { own.to_vec() } else { vec![] };
    let row = |row: &[f64]| row.iter().map(|w| 0.4 * w).collect();
    Dense { w: w.chunks(inputs).map(row).collect(), b: b.to_vec(), own }
}

/// A network and random parameters; 4 inputs, 3 outputs.
fn network(hidden: Activation, loss: Loss, output: Activation) -> (Spec, Vec<Dense>) {
    let units = [4, 5, 4, 3];
    let mut spec = Spec::new(&units, hidden, loss);
    spec.layers[2].activation = output;
    let theta =
        (1..4).map(|l| dense(l as u64, units[l - 1], units[l], spec.layers[l - 1].activation)).collect();
    (spec, theta)
}

fn truth(loss: Loss, r: usize) -> Truth {
    match loss.truth() {
        Wants::Class => Truth::Class(r % 3),
        Wants::ZeroOrOne => Truth::Values(vec![0.0, 1.0, (r % 2) as f64]),
        Wants::MinusOrPlusOne => Truth::Values(vec![-1.0, 1.0, 1.0]),
        Wants::Count => Truth::Values(vec![0.0, 2.0, r as f64]),
        Wants::Number => Truth::Values(normals(50 + r as u64, 3)),
    }
}

/// Losses with the outputs that they accept, without the perceptron's rule.
fn outputs() -> Vec<(Loss, Activation)> {
    let pairs = Loss::ALL.iter().flat_map(|&loss| Activation::ALL.iter().map(move |&f| (loss, f)));
    pairs.filter(|(loss, f)| *loss != Loss::Perceptron && loss.accepts(*f)).collect()
}

fn elementwise() -> Vec<Activation> {
    Activation::ALL.iter().copied().filter(|f| f.is_elementwise()).collect()
}

#[test]
fn s13_the_bias_is_a_column_that_meets_the_1_and_its_row_is_clipped() {
    let layer = dense(1, 4, 3, Activation::Linear);
    let w_b = with_bias(&layer);
    assert!(w_b.iter().zip(&layer.w).zip(&layer.b).all(|((all, w), b)| all[..4] == w[..] && all[4] == *b));
    let (x, dz) = (normals(2, 4), normals(3, 3));
    let module = DenseModule { w_b };
    let z = module.forward(&with_one(&x));
    for j in 0..3 {
        assert!((z[j] - (dot(&layer.w[j], &x) + layer.b[j])).abs() < 1e-15, "z = W a + b");
    }
    let (dw_b, da_b) = module.backward(&with_one(&x), &dz);
    // What flows back to the 1 is Σ dz_j b_j, and goes nowhere; the rest is the gradient of a.
    assert_eq!(clipped(&da_b), times(&dz, &layer.w));
    assert!((da_b[4] - dot(&dz, &layer.b)).abs() < 1e-15);
    // The last column of the weights' gradient is the biases' gradient.
    for j in 0..3 {
        assert_eq!(dw_b[j][4], dz[j]);
        assert_eq!(dw_b[j][..4], x.iter().map(|x| dz[j] * x).collect::<Vec<_>>());
    }
}

/// The parameter counts of Acharya's 5-4-4-3 example.
#[test]
fn s13_shapes_of_the_example() {
    let units = [5, 4, 4, 3];
    let spec = Spec::new(&units, Activation::Tanh, Loss::CrossEntropy);
    let theta: Vec<Dense> = (1..4).map(|l| dense(1, units[l - 1], units[l], Activation::Tanh)).collect();
    let chain = Chain::new(&spec, &theta);
    let shapes: Vec<_> = chain.layers.iter().map(|(d, _)| (d.w_b.len(), d.w_b[0].len())).collect();
    assert_eq!(shapes, [(4, 6), (4, 5), (3, 5)]);
    assert_eq!(shapes.iter().map(|(n, k)| n * k).sum::<usize>(), spec.parameters());
    let values = chain.forward(&normals(1, 5));
    assert_eq!(values.iter().map(Vec::len).collect::<Vec<_>>(), [6, 4, 5, 4, 5, 3, 3]);
}

/// |a − b| relative to the largest |b|.
fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().chain(b).all(|x| x.is_finite()), "{a:?} {b:?}");
    let largest = b.iter().fold(1e-300f64, |m, v| m.max(v.abs()));
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}

fn flat(w_b: &[Vec<f64>], own: &[f64]) -> Vec<f64> {
    w_b.iter().flatten().chain(own).copied().collect()
}

#[test]
fn s14_the_chain_of_modules_gives_the_gradient_of_the_plain_form() {
    let mut checked = 0;
    for hidden in elementwise() {
        for (loss, output) in outputs() {
            let (spec, theta) = network(hidden, loss, output);
            let x: Vec<Vec<f64>> =
                (0..5).map(|r| normals(20 + r, 4).iter().map(|x| 0.3 * x).collect()).collect();
            let y: Vec<Truth> = (0..5).map(|r| truth(loss, r)).collect();
            let shares = [0.1, 0.2, 0.3, 0.15, 0.25];
            let plain = step(&spec, &theta, &x, &y, &shares, &|_, _, _| 1.0);
            let chain = Chain::new(&spec, &theta);
            let mut gradient = chain.zeros();
            let samples = x.iter().zip(&y).zip(shares);
            let objective: f64 =
                samples.map(|((x, y), s)| chain.accumulate(&spec, (x, y), s, &mut gradient)).sum();
            let name = format!("{hidden} {loss} {output}");
            assert!(apart(&[objective], &[plain.objective]) < 1e-14, "{name}");
            for (ours, theirs) in gradient.iter().zip(&plain.gradient) {
                let (ours, theirs) = (flat(&ours.w_b, &ours.own), flat(&with_bias(theirs), &theirs.own));
                let error = apart(&ours, &theirs);
                assert!(error < 1e-11, "{name}: {error}");
            }
            checked += 1;
        }
    }
    assert!(checked > 500, "{checked} networks");
}

/// Gradients collect: two halves of a batch added into one place are the gradient of the batch, and a second pass
/// without zeroing doubles it.
#[test]
fn s35_gradients_start_at_0_and_are_only_added_to() {
    let (spec, theta) = network(Activation::Tanh, Loss::CrossEntropy, Activation::Softmax);
    let x: Vec<Vec<f64>> = (0..6).map(|r| normals(20 + r, 4)).collect();
    let y: Vec<Truth> = (0..6).map(|r| truth(spec.loss, r)).collect();
    let whole = step(&spec, &theta, &x, &y, &[1.0 / 6.0; 6], &|_, _, _| 1.0);
    let chain = Chain::new(&spec, &theta);
    let mut gradient = chain.zeros();
    assert!(gradient.iter().all(|g| g.w_b.iter().flatten().all(|g| *g == 0.0)));
    let mut pass = |rows: std::ops::Range<usize>| {
        for r in rows {
            chain.accumulate(&spec, (&x[r], &y[r]), 1.0 / 6.0, &mut gradient);
        }
        gradient.clone()
    };
    let first = pass(0..3);
    let both = pass(3..6);
    let twice = pass(0..6);
    for l in 0..3 {
        let batch = flat(&with_bias(&whole.gradient[l]), &[]);
        assert!(apart(&flat(&both[l].w_b, &[]), &batch) < 1e-14, "layer {l}");
        assert!(apart(&flat(&first[l].w_b, &[]), &batch) > 1e-2, "half a batch is not the batch");
        let doubled: Vec<f64> = batch.iter().map(|g| 2.0 * g).collect();
        assert!(apart(&flat(&twice[l].w_b, &[]), &doubled) < 1e-14, "layer {l}");
    }
}

/// The lectures' short δ[L], ŷ − y among them, is the loss's gradient times the full Jacobian.
#[test]
fn s24_the_short_output_deltas_are_the_chain_rule() {
    for (loss_kind, output) in outputs() {
        let (mut spec, _) = network(Activation::Tanh, loss_kind, output);
        for smoothing in [0.0, 0.2] {
            spec.label_smoothing = if loss_kind.smooths() { smoothing } else { 0.0 };
            for r in 0..4 {
                let (z, y) = (normals(60 + r as u64, 3), truth(loss_kind, r));
                let a = value(output, &z, &[]);
                let long = times(&loss_gradient(&spec, &a, &y), &jacobian(output, &z, &[]));
                let short = output_delta(&spec, &z, &a, &y);
                assert!(apart(&short, &long) < 1e-13, "{loss_kind} {output}: {short:?} {long:?}");
                let h = 1e-6;
                for i in 0..3 {
                    let at = |h: f64| {
                        let mut z = z.clone();
                        z[i] += h;
                        loss(&spec, &z, &value(output, &z, &[]), &y)
                    };
                    let numeric = (at(h) - at(-h)) / (2.0 * h);
                    assert!(
                        (short[i] - numeric).abs() < 1e-7,
                        "{loss_kind} {output}: {} {numeric}",
                        short[i]
                    );
                }
            }
        }
    }
}

/// S20, S21: rows of ∂a/∂z against difference quotients, the diagonal kind and the full kind.
#[test]
fn s20_jacobians_are_the_derivatives_of_the_values() {
    for &f in Activation::ALL {
        for seed in 0..20 {
            let (z, own) = (normals(seed, 4), normals(seed + 100, 4));
            let (full, slopes) = (jacobian(f, &z, &own), own_slopes(f, &z, &own));
            let h = 1e-6;
            for j in 0..4 {
                let moved = |by: f64, x: &[f64]| {
                    let mut x = x.to_vec();
                    x[j] += by;
                    x
                };
                let (up, down) = (value(f, &moved(h, &z), &own), value(f, &moved(-h, &z), &own));
                for i in 0..4 {
                    let numeric = (up[i] - down[i]) / (2.0 * h);
                    assert!(
                        (full[i][j] - numeric).abs() < 1e-8,
                        "{f} {z:?} {i} {j}: {} {numeric}",
                        full[i][j]
                    );
                    assert!(!f.is_elementwise() || i == j || full[i][j] == 0.0, "{f} is diagonal");
                }
                if f.is_learned() {
                    let (up, down) = (value(f, &z, &moved(h, &own)), value(f, &z, &moved(-h, &own)));
                    let numeric = (up[j] - down[j]) / (2.0 * h);
                    assert!((slopes[j] - numeric).abs() < 1e-8, "{f}: own {} {numeric}", slopes[j]);
                }
            }
            assert_eq!(slopes.is_empty(), !f.is_learned(), "{f}");
        }
    }
}

#[test]
fn s21_log_softmax_is_the_logarithm_of_softmax() {
    let z = normals(4, 6);
    for (log, p) in value(Activation::LogSoftmax, &z, &[]).iter().zip(softmax(&z)) {
        assert!((log - p.ln()).abs() < 1e-14);
    }
    let shifted: Vec<f64> = z.iter().map(|z| z + 1000.0).collect();
    assert!(apart(&softmax(&shifted), &softmax(&z)) < 1e-12, "a shift of all z changes nothing");
}
/// Φ against tables of 50-digit arithmetic, both sides of the place where the series gives way to the fraction.
#[test]
fn the_normal_distribution_keeps_its_digits_in_the_tail() {
    let table: Vec<Vec<f64>> = include_str!("../../../../testdata/vectors/normal.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_whitespace().map(|x| x.parse().unwrap()).collect())
        .collect();
    assert!(table.len() > 40);
    for row in table {
        let [z, exact_distribution, exact_density] = row[..] else { panic!("three numbers a line") };
        // e^{−z²/2} loses what the rounding of z² does to it.
        let near = |ours: f64, exact: f64| (ours - exact).abs() <= 1e-15 * (10.0 + z * z) * exact + 1e-307;
        let ours = distribution(z);
        assert!(near(ours, exact_distribution), "Φ({z}) = {ours}, exact {exact_distribution}");
        assert!(near(density(z), exact_density), "φ({z}) = {}, exact {exact_density}", density(z));
    }
}
