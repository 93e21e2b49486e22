//! Where each layer's parameters stand in the flat θ: `W[1]`, `b[1]`, `W[2]`, `b[2]`, …, behind b the numbers that
//! the units' activations learn, if they learn any.

use crate::reference::Dense;
use crate::spec::Spec;
use feedforward_base::{Dice, Purpose};
use feedforward_kernels::{Element, Weights, layout};
use std::ops::Range;

/// The map of the flat θ. Gradients and optimizer slots use the same map.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    layers: Vec<Extent>,
    len: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Extent {
    inputs: usize,
    units: usize,
    start: usize,
    /// Learned numbers of the activation: `units` of them or none.
    own: usize,
}

impl Layout {
    /// The map for a spec's layers.
    pub fn new(spec: &Spec) -> Self {
        let mut layers = Vec::new();
        let (mut start, mut inputs) = (0, spec.inputs);
        for layer in &spec.layers {
            let own = if layer.activation.is_learned() { layer.units } else { 0 };
            layers.push(Extent { inputs, units: layer.units, start, own });
            start += (inputs + 1) * layer.units + own;
            inputs = layer.units;
        }
        Layout { layers, len: start }
    }
    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.len
    }
    /// L.
    pub fn last(&self) -> usize {
        self.layers.len()
    }
    /// n_l for l = 0 ..= L.
    pub fn units(&self, l: usize) -> usize {
        if l == 0 { self.layers[0].inputs } else { self.layers[l - 1].units }
    }
    /// The weights of layer `l` = 1 ..= L in θ, in the kernels' layout.
    pub fn w(&self, l: usize) -> Range<usize> {
        let p = &self.layers[l - 1];
        p.start..p.start + p.inputs * p.units
    }
    /// The biases of layer `l` = 1 ..= L in θ.
    pub fn b(&self, l: usize) -> Range<usize> {
        let p = &self.layers[l - 1];
        p.start + p.inputs * p.units..p.start + (p.inputs + 1) * p.units
    }
    /// What the units of layer `l` = 1 ..= L learn of their activation, in θ; empty where nothing is learned.
    pub fn own(&self, l: usize) -> Range<usize> {
        let end = self.b(l).end;
        end..end + self.layers[l - 1].own
    }
    /// All parameters of layer `l` = 1 ..= L in θ.
    pub fn layer(&self, l: usize) -> Range<usize> {
        self.w(l).start..self.own(l).end
    }
    /// `W[l]` as the kernels read it.
    pub fn weights<'a, T: Copy>(&self, theta: &'a [T], l: usize) -> Weights<'a, T> {
        Weights::new(&theta[self.w(l)], self.units(l), self.units(l - 1))
    }
    /// `W[l]` as n_l rows of n_{l-1} numbers.
    pub fn rows<T: Element>(&self, theta: &[T], l: usize) -> Vec<T> {
        layout::to_rows(&theta[self.w(l)], self.units(l), self.units(l - 1))
    }
    /// Put `W[l]`, given as n_l rows of n_{l-1} numbers, into θ.
    ///
    /// # Panics
    /// If `rows` is not n_l · n_{l-1} long.
    pub fn set_rows<T: Element>(&self, theta: &mut [T], l: usize, rows: &[T]) {
        theta[self.w(l)].copy_from_slice(&layout::from_rows(rows, self.units(l), self.units(l - 1)));
    }
    /// Initial parameters. The same dice give the same values in f32 and f64, rounded once.
    pub fn initial<T: Element>(&self, spec: &Spec, dice: Dice) -> Vec<T> {
        let mut theta = vec![T::ZERO; self.len];
        for l in 1..=self.last() {
            let stream = dice.stream(Purpose::Init, &[l as u64]);
            let (inputs, units) = (self.units(l - 1), self.units(l));
            let f = spec.layers[l - 1].activation;
            let weight = |i| T::from_f64(spec.init.weight(stream, i, inputs, units, f));
            let rows: Vec<T> = (0..(inputs * units) as u64).map(weight).collect();
            self.set_rows(&mut theta, l, &rows);
            theta[self.own(l)].fill(T::from_f64(f.usual_own()));
            let constant = if l == self.last() { 0.0 } else { spec.bias };
            for (j, b) in theta[self.b(l)].iter_mut().enumerate() {
                *b = T::from_f64(spec.init.bias(stream, j as u64, inputs, units, constant));
            }
        }
        theta
    }
    /// θ, or a gradient, in the form of the literal twin.
    pub fn to_reference<T: Element>(&self, theta: &[T]) -> Vec<Dense> {
        let wide = |x: &[T]| x.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
        let layer = |l| {
            let rows = wide(&self.rows(theta, l));
            Dense {
                w: rows.chunks(self.units(l - 1)).map(<[f64]>::to_vec).collect(),
                b: wide(&theta[self.b(l)]),
                own: wide(&theta[self.own(l)]),
            }
        };
        (1..=self.last()).map(layer).collect()
    }
}
