//! The same step as a chain of modules, the bias inside the weights, gradients accumulated.
//!
//! Acharya, Accounting for bias and Backward propagation: a dense layer and an activation layer are modules of
//! their own; the bias is the last column of `W_B` and meets the 1 that an activation layer appends. Backward, the
//! activation layer clips the row of that 1 off before it multiplies by its local gradient.
//! Sarkar, Backpropagation (layerwise): every gradient starts at 0 and is only ever added to (`+=`), so a value
//! that is used several times, as a weight is by every sample, collects what each use sends back.

use super::activation::{jacobian, own_slopes, undrawn, value};
use super::loss::{loss, loss_gradient};
use super::{Dense, Truth, dot, times};
use crate::activation::Activation;
use crate::spec::{Layer, Spec};

/// `W_B` = [W b]: n_l rows of n_{l-1} + 1 numbers.
pub fn with_bias(layer: &Dense) -> Vec<Vec<f64>> {
    layer.w.iter().zip(&layer.b).map(|(row, b)| [row.as_slice(), &[*b]].concat()).collect()
}

/// `a_B` = [a; 1].
pub fn with_one(a: &[f64]) -> Vec<f64> {
    [a, &[1.0]].concat()
}

/// A gradient without its last row, which belongs to the appended 1.
///
/// # Panics
/// If there is no row.
pub fn clipped(gradient: &[f64]) -> &[f64] {
    &gradient[..gradient.len() - 1]
}

/// z = `W_B` `a_B`.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseModule {
    /// n_l rows of n_{l-1} + 1 numbers.
    pub w_b: Vec<Vec<f64>>,
}

impl DenseModule {
    /// z, n_l numbers, of `a_b`, n_{l-1} + 1 numbers.
    pub fn forward(&self, a_b: &[f64]) -> Vec<f64> {
        self.w_b.iter().map(|row| dot(row, a_b)).collect()
    }
    /// (∂ℓ/∂`W_B`, ∂ℓ/∂`a_B`) of the gradient `dz` on the output side.
    pub fn backward(&self, a_b: &[f64], dz: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
        let outer = dz.iter().map(|d| a_b.iter().map(|a| d * a).collect()).collect(); // dz · a_Bᵀ
        (outer, times(dz, &self.w_b)) //                                                 W_Bᵀ · dz
    }
}

/// a = f(z), with the 1 appended if a dense layer follows.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationModule {
    /// f.
    pub f: Activation,
    /// The number that each unit has of its own, learned or drawn; empty where there is none.
    pub own: Vec<f64>,
    /// Whether a dense layer follows; not after the output.
    pub appends_one: bool,
}

impl ActivationModule {
    /// `a_B` of z; a of the output.
    pub fn forward(&self, z: &[f64]) -> Vec<f64> {
        let a = value(self.f, z, &self.own);
        if self.appends_one { with_one(&a) } else { a }
    }
    /// ∂ℓ/∂z of the gradient `da` on the output side, which has a row for the 1 if one was appended.
    pub fn backward(&self, z: &[f64], da: &[f64]) -> Vec<f64> {
        times(self.clip(da), &jacobian(self.f, z, &self.own))
    }
    /// ∂ℓ/∂own; empty where nothing is learned.
    pub fn own_backward(&self, z: &[f64], da: &[f64]) -> Vec<f64> {
        own_slopes(self.f, z, &self.own).iter().zip(self.clip(da)).map(|(s, d)| s * d).collect()
    }
    fn clip<'a>(&self, da: &'a [f64]) -> &'a [f64] {
        if self.appends_one { clipped(da) } else { da }
    }
}

/// A network as its modules: dense, activation, dense, activation, …; without dropout, and with the middle of
/// their range where slopes are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The dense layer and the activation layer of l = 1 ..= L.
    pub layers: Vec<(DenseModule, ActivationModule)>,
}

/// The gradient of one layer's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// ∂J/∂`W_B`.
    pub w_b: Vec<Vec<f64>>,
    /// ∂J/∂own.
    pub own: Vec<f64>,
}

impl Chain {
    /// The network of `spec` with the parameters `theta`.
    pub fn new(spec: &Spec, theta: &[Dense]) -> Self {
        let last = theta.len();
        let layer = |(l, (dense, layer)): (usize, (&Dense, &Layer))| {
            let f = layer.activation;
            let own = match f {
                Activation::Rrelu(_) => vec![undrawn(f); dense.b.len()],
                _ => dense.own.clone(),
            };
            (DenseModule { w_b: with_bias(dense) }, ActivationModule { f, own, appends_one: l < last })
        };
        Chain { layers: (1..).zip(theta.iter().zip(&spec.layers)).map(layer).collect() }
    }
    /// Gradients as they start: ∂J/∂w = 0.
    pub fn zeros(&self) -> Vec<Collected> {
        let zero = |(dense, activation): &(DenseModule, ActivationModule)| Collected {
            w_b: dense.w_b.iter().map(|row| vec![0.0; row.len()]).collect(),
            own: vec![0.0; if activation.f.is_learned() { activation.own.len() } else { 0 }],
        };
        self.layers.iter().map(zero).collect()
    }
    /// Every value on the way of one sample: `x_B`, then z and `a_B` of each layer in turn, a of the output last.
    pub fn forward(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let mut values = vec![with_one(x)];
        for (dense, activation) in &self.layers {
            let z = dense.forward(&values[values.len() - 1]);
            let a = activation.forward(&z);
            values.extend([z, a]);
        }
        values
    }
    /// Add what one sample, weighted by `share`, contributes to the gradient of all parameters; returns its share
    /// of the loss.
    pub fn accumulate(
        &self,
        spec: &Spec,
        (x, y): (&[f64], &Truth),
        share: f64,
        gradient: &mut [Collected],
    ) -> f64 {
        let values = self.forward(x);
        let mut d: Vec<Vec<f64>> = values.iter().map(|v| vec![0.0; v.len()]).collect(); // ∂J/∂x = 0
        let output = values.len() - 1;
        add(&mut d[output], &loss_gradient(spec, &values[output], y), share);
        for (l, (dense, activation)) in self.layers.iter().enumerate().rev() {
            let (a_b, z, after) = (2 * l, 2 * l + 1, 2 * l + 2);
            let dz = activation.backward(&values[z], &d[after]);
            add(&mut d[z], &dz, 1.0); //                     ∂J/∂x += ∂J/∂y ∂y/∂x
            add(&mut gradient[l].own, &activation.own_backward(&values[z], &d[after]), 1.0);
            let (dw, da) = dense.backward(&values[a_b], &d[z]);
            add(&mut d[a_b], &da, 1.0); //                   ∂J/∂x += ∂J/∂y ∂y/∂x
            for (sum, row) in gradient[l].w_b.iter_mut().zip(&dw) {
                add(sum, row, 1.0); //                       ∂J/∂w += ∂J/∂y ∂y/∂w
            }
        }
        share * loss(spec, &values[output - 1], &values[output], y)
    }
}

/// `sum` += `factor` · `part`.
fn add(sum: &mut [f64], part: &[f64], factor: f64) {
    assert_eq!(sum.len(), part.len(), "a gradient has the shape of its value");
    for (s, p) in sum.iter_mut().zip(part) {
        *s += factor * p;
    }
}
