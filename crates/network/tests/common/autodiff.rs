//! A second oracle: reverse-mode differentiation of scalars, knowing nothing of layers.

use feedforward_network::reference::{Dense, Truth};
use feedforward_network::{Activation, Loss, Spec};

/// One scalar: its value and what it depends on, as (index of the operand, ∂self/∂operand).
struct Entry {
    value: f64,
    from: Vec<(usize, f64)>,
}

/// All scalars in the order in which they were computed.
#[derive(Default)]
pub struct Trace(Vec<Entry>);

impl Trace {
    fn push(&mut self, value: f64, from: Vec<(usize, f64)>) -> usize {
        self.0.push(Entry { value, from });
        self.0.len() - 1
    }
    fn value(&self, i: usize) -> f64 {
        self.0[i].value
    }
    fn constant(&mut self, value: f64) -> usize {
        self.push(value, vec![])
    }
    fn add(&mut self, a: usize, b: usize) -> usize {
        self.push(self.value(a) + self.value(b), vec![(a, 1.0), (b, 1.0)])
    }
    fn mul(&mut self, a: usize, b: usize) -> usize {
        self.push(self.value(a) * self.value(b), vec![(a, self.value(b)), (b, self.value(a))])
    }
    fn scale(&mut self, a: usize, c: f64) -> usize {
        self.push(self.value(a) * c, vec![(a, c)])
    }
    fn shift(&mut self, a: usize, c: f64) -> usize {
        self.push(self.value(a) + c, vec![(a, 1.0)])
    }
    fn exp(&mut self, a: usize) -> usize {
        let e = self.value(a).exp();
        self.push(e, vec![(a, e)])
    }
    fn ln(&mut self, a: usize) -> usize {
        self.push(self.value(a).ln(), vec![(a, 1.0 / self.value(a))])
    }
    fn inverse(&mut self, a: usize) -> usize {
        let v = 1.0 / self.value(a);
        self.push(v, vec![(a, -v * v)])
    }
    fn positive(&mut self, a: usize) -> usize {
        let on = if self.value(a) > 0.0 { 1.0 } else { 0.0 };
        self.push(self.value(a) * on, vec![(a, on)])
    }
    fn sum(&mut self, parts: &[usize]) -> usize {
        let zero = self.constant(0.0);
        parts.iter().fold(zero, |s, &p| self.add(s, p))
    }
    /// ∂(scalar `of`)/∂(every scalar).
    fn backward(&self, of: usize) -> Vec<f64> {
        let mut gradient = vec![0.0; self.0.len()];
        gradient[of] = 1.0;
        for i in (0..=of).rev() {
            for &(operand, slope) in &self.0[i].from {
                gradient[operand] += gradient[i] * slope;
            }
        }
        gradient
    }

    fn activate(&mut self, f: Activation, z: &[usize]) -> Vec<usize> {
        if f == Activation::Softmax {
            let e: Vec<usize> = z.iter().map(|&z| self.exp(z)).collect();
            let sum = self.sum(&e);
            let inverse = self.inverse(sum);
            return e.into_iter().map(|e| self.mul(e, inverse)).collect();
        }
        z.iter().map(|&z| self.activate_one(f, z)).collect()
    }
    fn activate_one(&mut self, f: Activation, z: usize) -> usize {
        match f {
            Activation::Linear => z,
            Activation::Relu => self.positive(z),
            Activation::Sigmoid | Activation::Tanh => {
                // tanh z = 2 σ(2z) − 1
                let k = if f == Activation::Tanh { 2.0 } else { 1.0 };
                let minus = self.scale(z, -k);
                let e = self.exp(minus);
                let below = self.shift(e, 1.0);
                let s = self.inverse(below);
                if f == Activation::Sigmoid {
                    return s;
                }
                let twice = self.scale(s, 2.0);
                self.shift(twice, -1.0)
            }
            Activation::Softplus => {
                let e = self.exp(z);
                let sum = self.shift(e, 1.0);
                self.ln(sum)
            }
            Activation::Softmax => unreachable!("a softmax is not elementwise"),
        }
    }
    fn loss(&mut self, spec: &Spec, a: &[usize], y: &Truth) -> usize {
        let mut parts = Vec::new();
        for (i, &a) in a.iter().enumerate() {
            match (spec.loss, y) {
                (Loss::CrossEntropy, Truth::Class(c)) => {
                    let smooth = spec.label_smoothing / spec.outputs() as f64;
                    let q = smooth + if i == *c { 1.0 - spec.label_smoothing } else { 0.0 };
                    let log = self.ln(a);
                    parts.push(self.scale(log, -q));
                }
                (Loss::BinaryCrossEntropy, Truth::Values(y)) => {
                    let y = (1.0 - spec.label_smoothing) * y[i] + spec.label_smoothing / 2.0;
                    let log = self.ln(a);
                    parts.push(self.scale(log, -y));
                    let minus = self.scale(a, -1.0);
                    let other = self.shift(minus, 1.0);
                    let log = self.ln(other);
                    parts.push(self.scale(log, y - 1.0));
                }
                (Loss::SquaredError, Truth::Values(y)) => {
                    let e = self.shift(a, -y[i]);
                    let square = self.mul(e, e);
                    parts.push(self.scale(square, 0.5));
                }
                (loss, truth) => panic!("{loss} against {truth:?}"),
            }
        }
        self.sum(&parts)
    }
}

/// (mean loss, its gradient in the shape of the parameters), without penalty.
pub fn gradient(
    spec: &Spec,
    theta: &[Dense],
    x: &[Vec<f64>],
    y: &[Truth],
    shares: &[f64],
) -> (f64, Vec<Dense>) {
    let mut t = Trace::default();
    let leaves: Vec<(Vec<Vec<usize>>, Vec<usize>)> = theta
        .iter()
        .map(|d| {
            let w = d.w.iter().map(|row| row.iter().map(|&w| t.constant(w)).collect()).collect();
            (w, d.b.iter().map(|&b| t.constant(b)).collect())
        })
        .collect();
    let mut losses = Vec::new();
    for ((x, y), share) in x.iter().zip(y).zip(shares) {
        let mut a: Vec<usize> = x.iter().map(|&x| t.constant(x)).collect();
        for ((w, b), layer) in leaves.iter().zip(&spec.layers) {
            let mut z = Vec::new();
            for (row, &b) in w.iter().zip(b) {
                let products: Vec<usize> = row.iter().zip(&a).map(|(&w, &a)| t.mul(w, a)).collect();
                let sum = t.sum(&products);
                z.push(t.add(sum, b));
            }
            a = t.activate(layer.activation, &z);
        }
        let loss = t.loss(spec, &a, y);
        losses.push(t.scale(loss, *share));
    }
    let objective = t.sum(&losses);
    let g = t.backward(objective);
    let pick = |(w, b): &(Vec<Vec<usize>>, Vec<usize>)| Dense {
        w: w.iter().map(|row| row.iter().map(|&i| g[i]).collect()).collect(),
        b: b.iter().map(|&i| g[i]).collect(),
    };
    (t.value(objective), leaves.iter().map(pick).collect())
}
