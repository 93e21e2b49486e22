//! Losses: ℓ, its gradient at the activations, and its gradient at the output's pre-activations.

use super::activation::{jacobian, log_sum_exp, sigmoid, softmax, softplus};
use super::{Truth, times};
use crate::activation::Activation;
use crate::loss::Loss;
use crate::spec::Spec;

/// ℓ of one sample with output pre-activations `z` and activations `a`. What has a logarithm in it is computed
/// from z, so that it stays finite where a has rounded to 0 or 1.
///
/// # Panics
/// If the loss cannot judge against such a truth.
pub fn loss(spec: &Spec, z: &[f64], a: &[f64], y: &Truth) -> f64 {
    match (spec.loss, y) {
        (Loss::CrossEntropy, Truth::Class(c)) => {
            // −Σ q_i ln a_i with ln a_i = z_i − ln Σ e^{z_j} and Σ q_i = 1
            let top = log_sum_exp(z);
            one_hot(spec, *c).iter().zip(z).map(|(q, z)| q * (top - z)).sum()
        }
        (_, Truth::Values(y)) => (0..y.len()).map(|i| loss_of_output(spec, z[i], a[i], y[i])).sum(),
        (loss, truth) => panic!("{loss} cannot judge against {truth:?}"),
    }
}

fn loss_of_output(spec: &Spec, z: f64, a: f64, y: f64) -> f64 {
    let e = a - y;
    match spec.loss {
        // −(y ln a + (1 − y) ln(1 − a)) with ln a = −softplus(−z), ln(1 − a) = −softplus(z)
        Loss::BinaryCrossEntropy => {
            let y = smoothed(spec, y);
            y * softplus(-z) + (1.0 - y) * softplus(z)
        }
        Loss::SquaredError => 0.5 * e * e,
        Loss::L1 => e.abs(),
        Loss::Huber(h) if e.abs() <= h.threshold => 0.5 * e * e,
        Loss::Huber(h) => h.threshold * (e.abs() - 0.5 * h.threshold),
        // a − y + y ln(y/a) with ln a = z
        Loss::Poisson if y == 0.0 => a,
        Loss::Poisson => a - y + y * (y.ln() - z),
        Loss::Hinge => (1.0 - y * a).max(0.0),
        Loss::Perceptron => e * z,
        Loss::CrossEntropy => panic!("cross_entropy cannot judge against values"),
    }
}

/// ∂ℓ/∂`a[L]`, straight from the formula of ℓ.
///
/// # Panics
/// If the loss cannot judge against such a truth, and for the perceptron, whose rule is no derivative.
pub fn loss_gradient(spec: &Spec, a: &[f64], y: &Truth) -> Vec<f64> {
    match (spec.loss, y) {
        (Loss::CrossEntropy, Truth::Class(c)) => {
            let logarithms = spec.layers[spec.layers.len() - 1].activation == Activation::LogSoftmax;
            let one = |(q, a): (&f64, &f64)| if logarithms { -q } else { -q / a };
            one_hot(spec, *c).iter().zip(a).map(one).collect()
        }
        (_, Truth::Values(y)) => a.iter().zip(y).map(|(a, y)| gradient_of_output(spec, *a, *y)).collect(),
        (loss, truth) => panic!("{loss} cannot judge against {truth:?}"),
    }
}

fn gradient_of_output(spec: &Spec, a: f64, y: f64) -> f64 {
    let e = a - y;
    match spec.loss {
        Loss::BinaryCrossEntropy => (a - smoothed(spec, y)) / (a * (1.0 - a)),
        Loss::SquaredError => e,
        Loss::L1 => sign(e),
        Loss::Huber(h) => {
            if e.abs() <= h.threshold {
                e
            } else {
                h.threshold * sign(e)
            }
        }
        Loss::Poisson => 1.0 - y / a,
        Loss::Hinge => {
            if y * a < 1.0 {
                -y
            } else {
                0.0
            }
        }
        Loss::CrossEntropy | Loss::Perceptron => panic!("{} has no gradient at an output", spec.loss),
    }
}

/// `δ[L]` = ∂ℓ/∂`z[L]`. Where ∂ℓ/∂a and ∂a/∂z cancel, the lectures' short form; else their product.
///
/// # Panics
/// If the loss cannot judge against such a truth.
pub fn output_delta(spec: &Spec, z: &[f64], a: &[f64], y: &Truth) -> Vec<f64> {
    let output = spec.layers[spec.layers.len() - 1].activation;
    let minus = |a: &[f64], y: &[f64]| a.iter().zip(y).map(|(a, y)| a - y).collect();
    match (spec.loss, output, y) {
        // Olteanu, Fischer and Zahn, Wang: ŷ − y; log-softmax has the same loss as a function of z.
        (Loss::CrossEntropy, _, Truth::Class(c)) => minus(&softmax(z), &one_hot(spec, *c)),
        (Loss::BinaryCrossEntropy, Activation::Sigmoid, Truth::Values(y)) => {
            // σ(z) − y, for y = 1 as −σ(−z), which keeps its digits
            let one = |(z, y): (&f64, &f64)| {
                let y = smoothed(spec, *y);
                if y == 1.0 { -sigmoid(-z) } else { sigmoid(*z) - y }
            };
            z.iter().zip(y).map(one).collect()
        }
        (Loss::Poisson, Activation::Exponential, Truth::Values(y)) => minus(a, y),
        (Loss::Perceptron, _, Truth::Values(y)) => minus(a, y), // Rosenblatt's rule
        _ => times(&loss_gradient(spec, a, y), &jacobian(output, z, &[])),
    }
}

/// q of cross-entropy: one-hot, smoothed.
fn one_hot(spec: &Spec, class: usize) -> Vec<f64> {
    let (n, s) = (spec.outputs(), spec.label_smoothing);
    (0..n).map(|i| s / n as f64 + if i == class { 1.0 - s } else { 0.0 }).collect()
}

/// y of binary cross-entropy, drawn towards ½.
fn smoothed(spec: &Spec, y: f64) -> f64 {
    (1.0 - spec.label_smoothing) * y + spec.label_smoothing / 2.0
}

/// −1, 0 or 1.
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}
