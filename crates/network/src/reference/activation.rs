//! Activations with their full Jacobians, from the standard library's functions.
//!
//! `own` holds the number that each unit has of its own: learned by PReLU and the learned swish, drawn by RReLU;
//! empty for all others.

use super::normal::{density, distribution};
use crate::activation::Activation;

/// λ of SELU (Klambauer et al. 2017).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// α of SELU.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// a = f(z) of one sample.
pub fn value(f: Activation, z: &[f64], own: &[f64]) -> Vec<f64> {
    match f {
        Activation::Softmax => softmax(z),
        Activation::LogSoftmax => z.iter().map(|z_i| z_i - log_sum_exp(z)).collect(), // z_i − log Σ_j exp z_j
        f => (0..z.len()).map(|i| one_value(f, z[i], own_of(own, i))).collect(),
    }
}

/// ∂a/∂z in full, row i being ∂`a_i`: diagonal for elementwise functions.
pub fn jacobian(f: Activation, z: &[f64], own: &[f64]) -> Vec<Vec<f64>> {
    let kronecker = |i, j| if i == j { 1.0 } else { 0.0 };
    let a = if f.is_elementwise() { vec![] } else { softmax(z) };
    let entry = |i: usize, j: usize| match f {
        Activation::Softmax => a[i] * (kronecker(i, j) - a[j]),
        Activation::LogSoftmax => kronecker(i, j) - a[j],
        _ if i != j => 0.0,
        f => one_slope(f, z[i], own_of(own, i)),
    };
    (0..z.len()).map(|i| (0..z.len()).map(|j| entry(i, j)).collect()).collect()
}

/// ∂`a_i`/∂`own_i` of every unit; empty for functions that learn nothing of their own.
pub fn own_slopes(f: Activation, z: &[f64], own: &[f64]) -> Vec<f64> {
    let one = |(z, own): (&f64, &f64)| match f {
        Activation::Prelu(_) => z.min(0.0),
        _ => z * z * sigmoid(own * z) * sigmoid(-own * z), // of z σ(βz)
    };
    match f {
        Activation::Prelu(_) | Activation::LearnedSwish(_) => z.iter().zip(own).map(one).collect(),
        _ => vec![],
    }
}

/// The number that nobody has drawn: the middle of RReLU's range, which it predicts with.
pub fn undrawn(f: Activation) -> f64 {
    match f {
        Activation::Rrelu(r) => 0.5 * (r.low + r.high),
        _ => 0.0,
    }
}

fn own_of(own: &[f64], i: usize) -> f64 {
    own.get(i).copied().unwrap_or(0.0)
}

fn one_value(f: Activation, z: f64, own: f64) -> f64 {
    match f {
        Activation::Linear => z,
        Activation::Sigmoid => sigmoid(z),
        Activation::Tanh => z.tanh(),
        Activation::Relu => rectified(z, 0.0),
        Activation::Softplus => softplus(z),
        Activation::Abs => rectified(z, -1.0), // a = −1; a = 1, as Sarkar's slide prints, is the identity
        Activation::Gelu => z * distribution(z),
        Activation::Selu => SELU_SCALE * exponential_linear(z, SELU_ALPHA),
        Activation::Step => f64::from(z > 0.0),
        Activation::Exponential => z.exp(),
        Activation::LeakyRelu(f) => rectified(z, f.slope),
        Activation::Prelu(_) | Activation::Rrelu(_) => rectified(z, own),
        Activation::Elu(f) => exponential_linear(z, f.alpha),
        Activation::Swish(f) => z * sigmoid(f.beta * z),
        Activation::LearnedSwish(_) => z * sigmoid(own * z),
        Activation::Softmax | Activation::LogSoftmax => unreachable!("{f} looks at a whole sample"),
    }
}

fn one_slope(f: Activation, z: f64, own: f64) -> f64 {
    match f {
        Activation::Linear => 1.0,
        Activation::Sigmoid => sigmoid(z) * sigmoid(-z), // 1 − σ(z) = σ(−z), which keeps its digits
        Activation::Tanh => 1.0 / z.cosh() / z.cosh(),   // 1 − tanh² z, likewise
        Activation::Relu => rectified_slope(z, 0.0),
        Activation::Softplus => sigmoid(z),
        Activation::Abs if z == 0.0 => 0.0,
        Activation::Abs => rectified_slope(z, -1.0),
        Activation::Gelu => distribution(z) + z * density(z),
        Activation::Selu => SELU_SCALE * exponential_linear_slope(z, SELU_ALPHA),
        Activation::Step => 0.0,
        Activation::Exponential => z.exp(),
        Activation::LeakyRelu(f) => rectified_slope(z, f.slope),
        Activation::Prelu(_) | Activation::Rrelu(_) => rectified_slope(z, own),
        Activation::Elu(f) => exponential_linear_slope(z, f.alpha),
        Activation::Swish(f) => swish_slope(z, f.beta),
        Activation::LearnedSwish(_) => swish_slope(z, own),
        Activation::Softmax | Activation::LogSoftmax => unreachable!("{f} looks at a whole sample"),
    }
}

/// Sarkar, Generalized rectified linear units: g(z, a) = max{0, z} + a min{0, z}.
fn rectified(z: f64, a: f64) -> f64 {
    z.max(0.0) + a * z.min(0.0)
}

fn rectified_slope(z: f64, a: f64) -> f64 {
    if z > 0.0 { 1.0 } else { a }
}

/// Sarkar, Exponential linear units.
fn exponential_linear(z: f64, alpha: f64) -> f64 {
    if z > 0.0 { z } else { alpha * z.exp_m1() }
}

fn exponential_linear_slope(z: f64, alpha: f64) -> f64 {
    if z > 0.0 { 1.0 } else { alpha * z.exp() }
}

/// βg(z) + σ(βz)(1 − βg(z)) with g(z) = z σ(βz), as σ + βz σ(1 − σ); Sarkar's slide prints g(βz) for g(z).
fn swish_slope(z: f64, beta: f64) -> f64 {
    sigmoid(beta * z) + beta * z * sigmoid(beta * z) * sigmoid(-beta * z)
}

pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// ln(1 + e^z).
pub(super) fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// ln Σ e^{z_j}, with the largest z taken out first.
pub(super) fn log_sum_exp(z: &[f64]) -> f64 {
    let top = z.iter().copied().fold(f64::MIN, f64::max);
    top + z.iter().map(|z| (z - top).exp()).sum::<f64>().ln()
}

pub(super) fn softmax(z: &[f64]) -> Vec<f64> {
    let top = z.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = z.iter().map(|z| (z - top).exp()).sum();
    z.iter().map(|z| (z - top).exp() / sum).collect()
}
