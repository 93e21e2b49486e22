//! A second oracle: reverse-mode differentiation of scalars, knowing nothing of layers.

use feedforward_network::reference::{Dense, Slopes, Truth};
use feedforward_network::{Activation, Loss, Spec};
use std::f64::consts::{PI, SQRT_2};

/// One scalar: its value and what it depends on, as (index of the operand, ∂self/∂operand).
struct Entry {
    value: f64,
    from: Vec<(usize, f64)>,
}

/// All scalars in the order in which they were computed.
#[derive(Default)]
pub struct Trace(Vec<Entry>);

/// What can be done with scalars.
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
    /// max(0, a).
    fn positive(&mut self, a: usize) -> usize {
        let on = if self.value(a) > 0.0 { 1.0 } else { 0.0 };
        self.push(self.value(a) * on, vec![(a, on)])
    }
    /// min(0, a).
    fn negative(&mut self, a: usize) -> usize {
        let minus = self.scale(a, -1.0);
        let part = self.positive(minus);
        self.scale(part, -1.0)
    }
    /// |a|.
    fn abs(&mut self, a: usize) -> usize {
        let (above, below) = (self.positive(a), self.negative(a));
        let below = self.scale(below, -1.0);
        self.add(above, below)
    }
    /// The normal distribution function.
    fn normal(&mut self, a: usize) -> usize {
        let z = self.value(a);
        self.push(0.5 * libm::erfc(-z / SQRT_2), vec![(a, (-0.5 * z * z).exp() / (2.0 * PI).sqrt())])
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
}

/// Activations.
impl Trace {
    /// `own` is the second scalar of each unit where its function has one.
    fn activate(&mut self, f: Activation, z: &[usize], own: &[usize]) -> Vec<usize> {
        if !matches!(f, Activation::Softmax | Activation::LogSoftmax) {
            let one = |(i, &z): (usize, &usize)| self.activate_one(f, z, own.get(i).copied());
            return z.iter().enumerate().map(one).collect();
        }
        let top = z.iter().map(|&z| self.value(z)).fold(f64::MIN, f64::max);
        let z: Vec<usize> = z.iter().map(|&z| self.shift(z, -top)).collect();
        let e: Vec<usize> = z.iter().map(|&z| self.exp(z)).collect();
        let sum = self.sum(&e);
        if f == Activation::Softmax {
            let inverse = self.inverse(sum);
            return e.into_iter().map(|e| self.mul(e, inverse)).collect();
        }
        let log = self.ln(sum);
        let minus = self.scale(log, -1.0);
        z.iter().map(|&z| self.add(z, minus)).collect()
    }
    fn activate_one(&mut self, f: Activation, z: usize, own: Option<usize>) -> usize {
        let one = self.constant(1.0);
        match f {
            Activation::Linear => z,
            Activation::Relu => self.positive(z),
            Activation::Abs => self.abs(z),
            Activation::Step => self.constant(if self.value(z) > 0.0 { 1.0 } else { 0.0 }),
            Activation::Exponential => self.exp(z),
            Activation::Sigmoid => self.sigmoid(z),
            Activation::Tanh => {
                // tanh z = 2 σ(2z) − 1
                let double = self.scale(z, 2.0);
                let s = self.sigmoid(double);
                let twice = self.scale(s, 2.0);
                self.shift(twice, -1.0)
            }
            Activation::Softplus => {
                let e = self.exp(z);
                let sum = self.shift(e, 1.0);
                self.ln(sum)
            }
            Activation::Gelu => {
                let phi = self.normal(z);
                self.mul(z, phi)
            }
            Activation::Selu => self.elu(z, 1.673_263_242_354_377_2, 1.050_700_987_355_480_5),
            Activation::Elu(f) => self.elu(z, f.alpha, 1.0),
            Activation::LeakyRelu(f) => self.leaky(z, one, f.slope),
            Activation::Prelu(_) | Activation::Rrelu(_) => self.leaky(z, own.unwrap(), 1.0),
            Activation::Swish(f) => self.swish(z, one, f.beta),
            Activation::LearnedSwish(_) => self.swish(z, own.unwrap(), 1.0),
            Activation::Softmax | Activation::LogSoftmax => unreachable!("not elementwise"),
        }
    }
    fn sigmoid(&mut self, z: usize) -> usize {
        let minus = self.scale(z, -1.0);
        let e = self.exp(minus);
        let below = self.shift(e, 1.0);
        self.inverse(below)
    }
    /// max(0, z) + c s min(0, z).
    fn leaky(&mut self, z: usize, s: usize, c: f64) -> usize {
        let (above, below) = (self.positive(z), self.negative(z));
        let slope = self.scale(s, c);
        let below = self.mul(slope, below);
        self.add(above, below)
    }
    /// c (max(0, z) + α (e^{min(0, z)} − 1)).
    fn elu(&mut self, z: usize, alpha: f64, c: f64) -> usize {
        let (above, below) = (self.positive(z), self.negative(z));
        let e = self.exp(below);
        let minus_one = self.shift(e, -1.0);
        let below = self.scale(minus_one, alpha);
        let sum = self.add(above, below);
        self.scale(sum, c)
    }
    /// z σ(c β z).
    fn swish(&mut self, z: usize, beta: usize, c: f64) -> usize {
        let product = self.mul(z, beta);
        let scaled = self.scale(product, c);
        let s = self.sigmoid(scaled);
        self.mul(z, s)
    }
}

/// Losses.
impl Trace {
    fn loss(&mut self, spec: &Spec, z: &[usize], a: &[usize], y: &Truth) -> usize {
        let mut parts = Vec::new();
        for (i, &a) in a.iter().enumerate() {
            parts.push(match y {
                Truth::Class(c) => self.cross_entropy(spec, i == *c, a),
                Truth::Values(y) => self.loss_of_output(spec, z[i], a, y[i]),
            });
        }
        self.sum(&parts)
    }
    /// −q ln a of one output.
    fn cross_entropy(&mut self, spec: &Spec, is_class: bool, a: usize) -> usize {
        let smooth = spec.label_smoothing / spec.outputs() as f64;
        let q = smooth + if is_class { 1.0 - spec.label_smoothing } else { 0.0 };
        let logarithms = spec.layers[spec.layers.len() - 1].activation == Activation::LogSoftmax;
        let log = if logarithms { a } else { self.ln(a) };
        self.scale(log, -q)
    }
    fn loss_of_output(&mut self, spec: &Spec, z: usize, a: usize, y: f64) -> usize {
        let e = self.shift(a, -y);
        match spec.loss {
            Loss::BinaryCrossEntropy => {
                // ln(1 − a) as ln σ(−z), which keeps its digits
                let y = (1.0 - spec.label_smoothing) * y + spec.label_smoothing / 2.0;
                let log = self.ln(a);
                let first = self.scale(log, -y);
                let minus = self.scale(z, -1.0);
                let other = self.sigmoid(minus);
                let log = self.ln(other);
                let second = self.scale(log, y - 1.0);
                self.add(first, second)
            }
            Loss::SquaredError => self.half_square(e),
            Loss::L1 => self.abs(e),
            Loss::Huber(h) if self.value(e).abs() <= h.threshold => self.half_square(e),
            Loss::Huber(h) => {
                let distance = self.abs(e);
                let beyond = self.shift(distance, -0.5 * h.threshold);
                self.scale(beyond, h.threshold)
            }
            Loss::Poisson => {
                let log = self.ln(a);
                let part = self.scale(log, -y);
                let sum = self.add(e, part);
                self.shift(sum, if y > 0.0 { y * y.ln() } else { 0.0 })
            }
            Loss::Hinge => {
                let minus = self.scale(a, -y);
                let short = self.shift(minus, 1.0);
                self.positive(short)
            }
            Loss::Perceptron => self.mul(e, z),
            Loss::CrossEntropy => panic!("cross_entropy against values"),
        }
    }
    fn half_square(&mut self, e: usize) -> usize {
        let square = self.mul(e, e);
        self.scale(square, 0.5)
    }
}

/// The leaves of one layer.
struct Leaves {
    w: Vec<Vec<usize>>,
    b: Vec<usize>,
    own: Vec<usize>,
}

/// (mean loss, its gradient in the shape of the parameters), without penalty and dropout; `slopes` are RReLU's.
pub fn gradient(
    spec: &Spec,
    theta: &[Dense],
    x: &[Vec<f64>],
    y: &[Truth],
    shares: &[f64],
    slopes: Slopes<'_>,
) -> (f64, Vec<Dense>) {
    let mut t = Trace::default();
    let mut row = |row: &[f64]| row.iter().map(|&w| t.constant(w)).collect::<Vec<usize>>();
    let mut leaves_of =
        |d: &Dense| Leaves { w: d.w.iter().map(|r| row(r)).collect(), b: row(&d.b), own: row(&d.own) };
    let leaves: Vec<Leaves> = theta.iter().map(&mut leaves_of).collect();
    let mut losses = Vec::new();
    for (r, ((x, y), share)) in x.iter().zip(y).zip(shares).enumerate() {
        let mut a: Vec<usize> = x.iter().map(|&x| t.constant(x)).collect();
        let mut z = Vec::new();
        for (l, (leaves, layer)) in (1..).zip(leaves.iter().zip(&spec.layers)) {
            z.clear();
            for (row, &b) in leaves.w.iter().zip(&leaves.b) {
                let products: Vec<usize> = row.iter().zip(&a).map(|(&w, &a)| t.mul(w, a)).collect();
                let sum = t.sum(&products);
                z.push(t.add(sum, b));
            }
            let own = match layer.activation {
                Activation::Rrelu(_) => (0..z.len()).map(|unit| t.constant(slopes(l, r, unit))).collect(),
                _ => leaves.own.clone(),
            };
            a = t.activate(layer.activation, &z, &own);
        }
        let loss = t.loss(spec, &z, &a, y);
        losses.push(t.scale(loss, *share));
    }
    let objective = t.sum(&losses);
    let g = t.backward(objective);
    let of = |row: &[usize]| row.iter().map(|&i| g[i]).collect::<Vec<f64>>();
    let dense = |l: &Leaves| Dense { w: l.w.iter().map(|r| of(r)).collect(), b: of(&l.b), own: of(&l.own) };
    (t.value(objective), leaves.iter().map(dense).collect())
}
