//! The literal, slow twin of the step: one sample at a time, f64, full Jacobians, straight from the slides.
//!
//! It shares nothing with the engine but the [`Spec`]: its functions are the standard library's, its matrices
//! are vectors of rows. The engine is tested against it.

use crate::activation::Activation;
use crate::loss::Loss;
use crate::spec::Spec;

/// W (n_l rows of n_{l-1} numbers) and b of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// `W[l]`.
    pub w: Vec<Vec<f64>>,
    /// `b[l]`.
    pub b: Vec<f64>,
    /// What the units learn of their activation; empty where that is nothing.
    pub own: Vec<f64>,
}

/// What the network should have said about a sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// The number of the class.
    Class(usize),
    /// One value per output.
    Values(Vec<f64>),
}

/// What happens to one sample in a step; index l = 0 ..= L, where `z[0]` and delt`a[0]` are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Pre-activations.
    pub z: Vec<Vec<f64>>,
    /// Activations, after dropout.
    pub a: Vec<Vec<f64>>,
    /// ∂ℓ/∂z of this sample alone.
    pub delta: Vec<Vec<f64>>,
    /// ℓ.
    pub loss: f64,
}

/// The whole batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// J: the weighted mean of the losses plus the penalty.
    pub objective: f64,
    /// ∂J/∂W and ∂J/∂b of each layer, in the shape of the parameters.
    pub gradient: Vec<Dense>,
    /// One passage per sample.
    pub passages: Vec<Passage>,
}

/// The factor that dropout puts on activation (layer, row, unit): 0, or 1 / (1 − rate).
pub type Mask<'a> = &'a dyn Fn(usize, usize, usize) -> f64;

/// Forward and backward over a batch. `shares` are the samples' weights divided by their sum.
pub fn step(
    spec: &Spec,
    theta: &[Dense],
    x: &[Vec<f64>],
    y: &[Truth],
    shares: &[f64],
    mask: Mask<'_>,
) -> Outcome {
    let mut objective = penalty(spec, theta);
    let mut gradient: Vec<Dense> = theta.iter().map(|d| penalty_gradient(spec, d)).collect();
    let mut passages = Vec::new();
    for (r, (x, y)) in x.iter().zip(y).enumerate() {
        let passage = sample(spec, theta, x, y, &|l, unit| mask(l, r, unit));
        objective += shares[r] * passage.loss;
        for l in 1..=theta.len() {
            let g = &mut gradient[l - 1];
            for j in 0..g.b.len() {
                g.b[j] += shares[r] * passage.delta[l][j]; //                     ∂ℓ/∂b[l] = ∂ℓ/∂z[l]
                for k in 0..g.w[j].len() {
                    g.w[j][k] += shares[r] * passage.delta[l][j] * passage.a[l - 1][k]; // (a[l-1] ∂ℓ/∂z[l])ᵀ
                }
            }
        }
        passages.push(passage);
    }
    Outcome { objective, gradient, passages }
}

fn sample(spec: &Spec, theta: &[Dense], x: &[f64], y: &Truth, mask: &dyn Fn(usize, usize) -> f64) -> Passage {
    let last = theta.len();
    let (mut z, mut a) = (vec![vec![]], vec![x.to_vec()]);
    for l in 1..=last {
        let Dense { w, b, .. } = &theta[l - 1];
        z.push(w.iter().zip(b).map(|(row, b)| dot(row, &a[l - 1]) + b).collect()); // z = W a + b
        let f = value(spec.layers[l - 1].activation, &z[l]);
        a.push(f.iter().enumerate().map(|(unit, f)| f * mask(l, unit)).collect()); // a = f(z), some dropped
    }
    let mut delta = vec![vec![]; last + 1];
    let mut upstream = loss_gradient(spec, &a[last], y); // ∂ℓ/∂a[L]
    for l in (1..=last).rev() {
        for (unit, u) in upstream.iter_mut().enumerate() {
            *u *= mask(l, unit);
        }
        delta[l] = times(&upstream, &jacobian(spec.layers[l - 1].activation, &z[l])); // ∂ℓ/∂a · ∂a/∂z
        upstream = times(&delta[l], &theta[l - 1].w); //                                  ∂ℓ/∂z · W
    }
    let loss = loss(spec, &a[last], y);
    Passage { z, a, delta, loss }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Row vector times matrix.
fn times(row: &[f64], matrix: &[Vec<f64>]) -> Vec<f64> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns).map(|k| row.iter().zip(matrix).map(|(r, m)| r * m[k]).sum()).collect()
}

fn value(f: Activation, z: &[f64]) -> Vec<f64> {
    let each = |f: fn(f64) -> f64| z.iter().map(|&z| f(z)).collect();
    match f {
        Activation::Linear => each(|z| z),
        Activation::Sigmoid => each(|z| 1.0 / (1.0 + (-z).exp())),
        Activation::Tanh => each(f64::tanh),
        Activation::Relu => each(|z| z.max(0.0)),
        Activation::Softplus => each(|z| z.max(0.0) + (-z.abs()).exp().ln_1p()),
        Activation::Step => each(|z| if z > 0.0 { 1.0 } else { 0.0 }),
        Activation::Exponential => each(f64::exp),
        Activation::LeakyRelu(_) | Activation::Prelu(_) | Activation::Rrelu(_) => {
            z.iter().map(|z| z.max(0.0) + leak(f) * z.min(0.0)).collect()
        }
        Activation::Abs => each(f64::abs),
        Activation::Gelu => each(|z| z * normal(z).0),
        Activation::Selu => z.iter().map(|&z| SELU.0 * elu(z, SELU.1)).collect(),
        Activation::Elu(f) => z.iter().map(|&z| elu(z, f.alpha)).collect(),
        Activation::Swish(_) | Activation::LearnedSwish(_) => {
            z.iter().map(|z| z / (1.0 + (-beta(f) * z).exp())).collect()
        }
        Activation::LogSoftmax => value(Activation::Softmax, z).iter().map(|a| a.ln()).collect(),
        Activation::Softmax => {
            let max = z.iter().copied().fold(f64::MIN, f64::max);
            let sum: f64 = z.iter().map(|z| (z - max).exp()).sum();
            z.iter().map(|z| (z - max).exp() / sum).collect()
        }
    }
}

/// The slope below 0 of the leaky family, as it starts.
fn leak(f: Activation) -> f64 {
    match f {
        Activation::LeakyRelu(l) => l.slope,
        other => other.usual_own(),
    }
}

/// λ and α of SELU.
const SELU: (f64, f64) = (1.0507009873554805, 1.6732632423543772);

fn elu(z: f64, alpha: f64) -> f64 {
    if z > 0.0 { z } else { alpha * z.exp_m1() }
}

fn elu_slope(z: f64, alpha: f64) -> f64 {
    if z > 0.0 { 1.0 } else { alpha * z.exp() }
}

/// β of swish, as it starts.
fn beta(f: Activation) -> f64 {
    match f {
        Activation::Swish(s) => s.beta,
        other => other.usual_own(),
    }
}

/// Φ(z) and φ(z): near 0 the series ½ + φ(z) Σ z^(2n+1) / (1 · 3 · … · (2n+1)), in the tails the continued fraction.
fn normal(z: f64) -> (f64, f64) {
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    if z.abs() > 2.5 {
        let x = z.abs();
        let tail = density / (1..=80).rev().fold(x, |rest, n| x + f64::from(n) / rest);
        return (if z > 0.0 { 1.0 - tail } else { tail }, density);
    }
    let (mut term, mut sum) = (z, 0.0);
    for n in 1..40 {
        sum += term;
        term *= z * z / f64::from(2 * n + 1);
    }
    (0.5 + density * sum, density)
}

/// ∂a/∂z in full: diagonal for elementwise functions.
fn jacobian(f: Activation, z: &[f64]) -> Vec<Vec<f64>> {
    let a = value(f, z);
    let kronecker = |i, j| if i == j { 1.0 } else { 0.0 };
    let entry = |i: usize, j: usize| match f {
        Activation::Linear => kronecker(i, j),
        Activation::Sigmoid => kronecker(i, j) * a[i] * (1.0 - a[i]),
        Activation::Tanh => kronecker(i, j) * (1.0 - a[i] * a[i]),
        Activation::Relu => kronecker(i, j) * if z[i] > 0.0 { 1.0 } else { 0.0 },
        Activation::Softplus => kronecker(i, j) / (1.0 + (-z[i]).exp()),
        Activation::Step => 0.0,
        Activation::Exponential => kronecker(i, j) * a[i],
        Activation::LeakyRelu(_) | Activation::Prelu(_) | Activation::Rrelu(_) => {
            kronecker(i, j) * if z[i] > 0.0 { 1.0 } else { leak(f) }
        }
        Activation::Abs => kronecker(i, j) * if z[i] == 0.0 { 0.0 } else { z[i].signum() },
        Activation::Gelu => kronecker(i, j) * (normal(z[i]).0 + z[i] * normal(z[i]).1),
        Activation::Selu => kronecker(i, j) * SELU.0 * elu_slope(z[i], SELU.1),
        Activation::Elu(f) => kronecker(i, j) * elu_slope(z[i], f.alpha),
        Activation::Swish(_) | Activation::LearnedSwish(_) => {
            let s = 1.0 / (1.0 + (-beta(f) * z[i]).exp());
            kronecker(i, j) * (beta(f) * a[i] + s * (1.0 - beta(f) * a[i]))
        }
        Activation::LogSoftmax => kronecker(i, j) - a[j].exp(),
        Activation::Softmax => a[i] * (kronecker(i, j) - a[j]),
    };
    (0..z.len()).map(|i| (0..z.len()).map(|j| entry(i, j)).collect()).collect()
}

/// q of cross-entropy: one-hot, smoothed.
fn one_hot(spec: &Spec, class: usize) -> Vec<f64> {
    let (n, s) = (spec.outputs(), spec.label_smoothing);
    (0..n).map(|i| s / n as f64 + if i == class { 1.0 - s } else { 0.0 }).collect()
}

fn binary(spec: &Spec, y: f64) -> f64 {
    (1.0 - spec.label_smoothing) * y + spec.label_smoothing / 2.0
}

fn loss(spec: &Spec, a: &[f64], y: &Truth) -> f64 {
    match (spec.loss, y) {
        (Loss::CrossEntropy, Truth::Class(c)) => {
            let q = one_hot(spec, *c);
            -q.iter().zip(a).filter(|(q, _)| **q > 0.0).map(|(q, a)| q * a.ln()).sum::<f64>()
        }
        (Loss::BinaryCrossEntropy, Truth::Values(y)) => {
            let one = |y: f64, a: f64| -(y * a.ln() + (1.0 - y) * (1.0 - a).ln());
            y.iter().zip(a).map(|(&y, &a)| one(binary(spec, y), a)).sum()
        }
        (Loss::SquaredError, Truth::Values(y)) => y.iter().zip(a).map(|(y, a)| 0.5 * (a - y) * (a - y)).sum(),
        (loss, truth) => panic!("{loss} cannot judge against {truth:?}"),
    }
}

/// ∂ℓ/∂`a[L]`.
fn loss_gradient(spec: &Spec, a: &[f64], y: &Truth) -> Vec<f64> {
    match (spec.loss, y) {
        (Loss::CrossEntropy, Truth::Class(c)) => {
            one_hot(spec, *c).iter().zip(a).map(|(q, a)| -q / a).collect()
        }
        (Loss::BinaryCrossEntropy, Truth::Values(y)) => {
            let one = |y: f64, a: f64| (a - y) / (a * (1.0 - a));
            y.iter().zip(a).map(|(&y, &a)| one(binary(spec, y), a)).collect()
        }
        (Loss::SquaredError, Truth::Values(y)) => y.iter().zip(a).map(|(y, a)| a - y).collect(),
        (loss, truth) => panic!("{loss} cannot judge against {truth:?}"),
    }
}

fn penalty(spec: &Spec, theta: &[Dense]) -> f64 {
    let weights = || theta.iter().flat_map(|d| d.w.iter().flatten());
    spec.penalty.l1 * weights().map(|w| w.abs()).sum::<f64>()
        + 0.5 * spec.penalty.l2 * weights().map(|w| w * w).sum::<f64>()
}

fn penalty_gradient(spec: &Spec, layer: &Dense) -> Dense {
    let one = |w: f64| {
        let sign = if w == 0.0 { 0.0 } else { w.signum() };
        spec.penalty.l1 * sign + spec.penalty.l2 * w
    };
    let w = layer.w.iter().map(|row| row.iter().map(|&w| one(w)).collect()).collect();
    Dense { w, b: vec![0.0; layer.b.len()], own: vec![0.0; layer.own.len()] }
}
