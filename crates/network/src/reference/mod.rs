//! The literal, slow twin of the step: one sample at a time, f64, full Jacobians, straight from the slides.
//!
//! It shares nothing with the engine but the [`Spec`]: its functions are the standard library's, its matrices
//! are vectors of rows. The engine is tested against it. [`modules`] is the same step in Acharya's and Sarkar's
//! form: dense and activation layers as modules, the bias inside the weights, gradients accumulated.

pub mod activation;
pub mod loss;
pub mod modules;
mod normal;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::spec::Spec;
use activation::{jacobian, own_slopes, undrawn, value};

/// W (n_l rows of n_{l-1} numbers) and b of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// `W[l]`.
    pub w: Vec<Vec<f64>>,
    /// `b[l]`.
    pub b: Vec<f64>,
    /// The number that each unit's activation has learned; empty where nothing is learned.
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

/// What happens to one sample in a step; index l = 0 ..= L, where all but `a[0]` are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Pre-activations.
    pub z: Vec<Vec<f64>>,
    /// Activations, after dropout.
    pub a: Vec<Vec<f64>>,
    /// ∂ℓ/∂z of this sample alone.
    pub delta: Vec<Vec<f64>>,
    /// ∂ℓ/∂own of this sample alone, where an activation learns.
    pub own_delta: Vec<Vec<f64>>,
    /// ℓ.
    pub loss: f64,
}

/// The whole batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// J: the weighted mean of the losses plus the penalty.
    pub objective: f64,
    /// ∂J/∂W, ∂J/∂b and ∂J/∂own of each layer, in the shape of the parameters.
    pub gradient: Vec<Dense>,
    /// One passage per sample.
    pub passages: Vec<Passage>,
}

/// The factor that dropout puts on activation (layer, row, unit): 0, or 1 / (1 − rate).
pub type Mask<'a> = &'a dyn Fn(usize, usize, usize) -> f64;

/// The slope that RReLU has drawn for (layer, row, unit).
pub type Slopes<'a> = &'a dyn Fn(usize, usize, usize) -> f64;

/// Forward and backward over a batch. `shares` are the samples' weights divided by their sum. Where a slope is
/// drawn in training, the middle of its range stands for it; see [`step_drawn`].
pub fn step(
    spec: &Spec,
    theta: &[Dense],
    x: &[Vec<f64>],
    y: &[Truth],
    shares: &[f64],
    mask: Mask<'_>,
) -> Outcome {
    let middle = |l: usize, _: usize, _: usize| undrawn(spec.layers[l - 1].activation);
    step_drawn(spec, theta, x, y, shares, mask, &middle)
}

/// As [`step`], with the slopes that RReLU has drawn.
pub fn step_drawn(
    spec: &Spec,
    theta: &[Dense],
    x: &[Vec<f64>],
    y: &[Truth],
    shares: &[f64],
    mask: Mask<'_>,
    slopes: Slopes<'_>,
) -> Outcome {
    let mut objective = penalty(spec, theta);
    let mut gradient: Vec<Dense> = theta.iter().map(|d| penalty_gradient(spec, d)).collect();
    let mut passages = Vec::new();
    for (r, (x, y)) in x.iter().zip(y).enumerate() {
        let passage = sample(spec, theta, x, y, &|l, unit| (mask(l, r, unit), slopes(l, r, unit)));
        objective += shares[r] * passage.loss;
        for (l, g) in (1..).zip(&mut gradient) {
            for j in 0..g.b.len() {
                // ANCHOR: mean
                g.b[j] += shares[r] * passage.delta[l][j]; //                     ∂ℓ/∂b[l] = ∂ℓ/∂z[l]
                for k in 0..g.w[j].len() {
                    g.w[j][k] += shares[r] * passage.delta[l][j] * passage.a[l - 1][k]; // (a[l-1] ∂ℓ/∂z[l])ᵀ
                }
                // ANCHOR_END: mean
            }
            for j in 0..g.own.len() {
                g.own[j] += shares[r] * passage.own_delta[l][j];
            }
        }
        passages.push(passage);
    }
    Outcome { objective, gradient, passages }
}

/// `draws` gives dropout's factor and RReLU's slope of (layer, unit).
fn sample(
    spec: &Spec,
    theta: &[Dense],
    x: &[f64],
    y: &Truth,
    draws: &dyn Fn(usize, usize) -> (f64, f64),
) -> Passage {
    let last = theta.len();
    let f = |l: usize| spec.layers[l - 1].activation;
    let own = |l: usize| match f(l) {
        Activation::Rrelu(_) => (0..theta[l - 1].b.len()).map(|unit| draws(l, unit).1).collect(),
        _ => theta[l - 1].own.clone(),
    };
    let (mut z, mut a) = (vec![vec![]], vec![x.to_vec()]);
    for l in 1..=last {
        // ANCHOR: forward
        let Dense { w, b, .. } = &theta[l - 1];
        z.push(w.iter().zip(b).map(|(row, b)| dot(row, &a[l - 1]) + b).collect()); // z = W a + b
        let f = value(f(l), &z[l], &own(l));
        a.push(f.iter().enumerate().map(|(unit, f)| f * draws(l, unit).0).collect()); // a = f(z), some dropped
        // ANCHOR_END: forward
    }
    let (mut delta, mut own_delta) = (vec![vec![]; last + 1], vec![vec![]; last + 1]);
    // ANCHOR: delta
    delta[last] = loss::output_delta(spec, &z[last], &a[last], y); //                 ∂ℓ/∂a[L] · ∂a[L]/∂z[L]
    for l in (1..last).rev() {
        let mut upstream = times(&delta[l + 1], &theta[l].w); //                      ∂ℓ/∂z[l+1] · W[l+1]
        for (unit, u) in upstream.iter_mut().enumerate() {
            *u *= draws(l, unit).0;
        }
        let slopes = own_slopes(f(l), &z[l], &own(l));
        own_delta[l] = slopes.iter().zip(&upstream).map(|(s, u)| s * u).collect(); // ∂ℓ/∂a · ∂a/∂own
        delta[l] = times(&upstream, &jacobian(f(l), &z[l], &own(l))); //              ∂ℓ/∂a · ∂a/∂z
    }
    // ANCHOR_END: delta
    let loss = loss::loss(spec, &z[last], &a[last], y);
    Passage { z, a, delta, own_delta, loss }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Row vector times matrix.
fn times(row: &[f64], matrix: &[Vec<f64>]) -> Vec<f64> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns).map(|k| row.iter().zip(matrix).map(|(r, m)| r * m[k]).sum()).collect()
}

/// λ₁‖W‖₁ + ½λ₂‖W‖² over all weights; biases and what activations learn are free.
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
