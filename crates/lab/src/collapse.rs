//! Wang: without the activation functions a deep network is one matrix.

use crate::experiment::Outcome;
use crate::net::Net;
use crate::points::{apart, even, stream};
use feedforward_base::Result;
use feedforward_network::reference::Dense;
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};
use serde_json::json;

/// A deep network with and without ReLU, and the one layer that the latter is.
#[derive(Clone, Debug)]
pub struct Collapsed {
    /// Its layers, `4-8-8-3`.
    pub shape: String,
    /// W = `W[L]` … `W[1]`, b as it arrives at the output.
    pub product: Dense,
    /// The largest difference between the linear network and `Wx + b` over the points.
    pub linear: f64,
    /// The same for the network with ReLU.
    pub relu: f64,
    /// Along a line through the points: (t, linear network, `Wx + b`, network with ReLU), first output.
    pub cut: Vec<[f64; 4]>,
}

/// W x + b.
fn apply(layer: &Dense, x: &[f64]) -> Vec<f64> {
    let row = |(w, b): (&Vec<f64>, &f64)| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b;
    layer.w.iter().zip(&layer.b).map(row).collect()
}

/// W₂ (W₁ x + b₁) + b₂ as one layer.
fn compose(first: &Dense, second: &Dense) -> Dense {
    let column = |k: usize| first.w.iter().map(|row| row[k]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..first.w[0].len()).map(column).collect();
    let w = second
        .w
        .iter()
        .map(|row| columns.iter().map(|c| row.iter().zip(c).map(|(a, b)| a * b).sum()).collect());
    let (w, b) = (w.collect(), apply(second, &first.b));
    Dense { w, b, own: vec![] }
}

/// Compare a network of `units` with random weights and biases, over `points` random points.
///
/// # Errors
/// What the spec cannot be.
pub fn collapse(units: &[usize], points: usize, seed: u64) -> Result<Collapsed> {
    let spec = |f| Spec::new(units, f, Loss::SquaredError);
    let mut linear = Net::initial(&spec(Activation::Linear), seed)?;
    let draws = stream(seed, 2);
    // Biases begin at 0; here they shall count.
    for (i, theta) in (0..).zip(&mut linear.theta) {
        *theta += 0.1 * draws.normal(i);
    }
    let mut relu = Net::initial(&spec(Activation::Relu), seed)?;
    relu.theta.copy_from_slice(&linear.theta);
    let mut layers = linear.dense().into_iter();
    let first = layers.next().unwrap_or(Dense { w: vec![], b: vec![], own: vec![] });
    let product = layers.fold(first, |so_far, next| compose(&so_far, &next));
    let n = units[0];
    let x: Vec<f64> = (0..(points * n) as u64).map(|i| draws.normal(1_000_000 + i)).collect();
    let one: Vec<f64> = x.chunks(n).flat_map(|x| apply(&product, x)).collect();
    let outputs = spec(Activation::Linear).outputs();
    let cut = even(81, -3.0, 3.0).into_iter().map(|t| {
        let x: Vec<f64> = x[..n].iter().map(|x| t * x).collect();
        [t, linear.outputs(&x)[0], apply(&product, &x)[0], relu.outputs(&x)[0]]
    });
    Ok(Collapsed {
        shape: spec(Activation::Linear).shape(),
        linear: apart(&linear.outputs(&x), &one),
        relu: apart(&relu.outputs(&x)[..points * outputs], &one),
        cut: cut.collect(),
        product,
    })
}

/// `ff lab collapse`.
///
/// # Errors
/// As [`collapse`].
pub fn run(units: &[usize], seed: u64) -> Result<Outcome> {
    let found = collapse(units, 200, seed)?;
    let (rows, columns) = (found.product.w.len(), found.product.w[0].len());
    let line = |i: usize| found.cut.iter().map(|p| (p[0], p[i])).collect::<Vec<_>>();
    let panel = Panel::new(
        "The first output along a line through the inputs",
        Axis::new("t, in x = t x₀"),
        Axis::new("output"),
        vec![
            Item::line(line(1), 0, "network without activation functions"),
            Item::line(line(2), 1, "the product of its matrices"),
            Item::line(line(3), 2, "the same weights with ReLU"),
        ],
    );
    let figure =
        Figure::new(&format!("Without activation functions {} is one matrix", found.shape), 1, vec![panel]);
    let lines = vec![
        format!("network              {}", found.shape),
        format!("product of the W's   {rows} x {columns}"),
        format!("linear, apart        {:.1e} over 200 random inputs", found.linear),
        format!("with ReLU, apart     {:.3}", found.relu),
    ];
    let numbers = json!({
        "shape": found.shape, "product": found.product.w, "bias": found.product.b,
        "linear_apart": found.linear, "relu_apart": found.relu,
    });
    Ok(Outcome { lines, numbers, figure })
}
