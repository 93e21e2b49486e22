//! Where a lecture's formula is wrong: what is right, what the print would give, and that ours is the first.
//!
//! The numbers stand in `testdata/lectures/errata.toml`.

use crate::common::{Engine, when};
use feedforward_base::Batch;
use feedforward_kernels::Arch;
use feedforward_network::reference::activation::jacobian;
use feedforward_network::reference::loss::loss_gradient;
use feedforward_network::reference::{self, Dense, Truth};
use feedforward_network::step::{self, Labels, When};
use feedforward_network::{Activation, Loss, Optimizer, Spec, Target};
use toml::{Table, Value};

struct Erratum(Table);

impl Erratum {
    fn read(id: &str) -> Self {
        let all: Table = include_str!("../../../../testdata/lectures/errata.toml").parse().unwrap();
        Erratum(all[id].as_table().unwrap().clone())
    }
    fn number(&self, key: &str) -> f64 {
        self.0[key].as_float().unwrap()
    }
    fn numbers(&self, key: &str) -> Vec<f64> {
        row(&self.0[key])
    }
    fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        self.0[key].as_array().unwrap().iter().map(row).collect()
    }
}

fn row(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_float().unwrap()).collect()
}

/// Equal to as many digits as the number has that was written down.
fn near(ours: f64, written: f64) {
    assert!((ours - written).abs() < 1e-6 * written.abs().max(1.0), "{ours} is not {written}");
}

/// A network whose parameters are given: no biases, no penalty, gradient descent.
struct Net {
    engine: Engine<f64>,
    spec: Spec,
    theta: Vec<Dense>,
}

impl Net {
    fn new(layers: &[(Activation, Vec<Vec<f64>>)], loss: Loss) -> Self {
        let mut spec = Spec::new(&[layers[0].1[0].len(), 1], Activation::Linear, loss);
        spec.layers.clear();
        for (activation, w) in layers {
            spec.layers.push(feedforward_network::Layer {
                units: w.len(),
                activation: *activation,
                dropout: 0.0,
            });
        }
        spec.optimizer = Optimizer::SGD;
        let mut engine = Engine::<f64>::new(&spec, 1, Arch::best(), 1);
        let layout = engine.plan.layout().clone();
        for (l, (_, w)) in (1..).zip(layers) {
            layout.set_rows(&mut engine.parameters.theta, l, &w.concat());
            engine.parameters.theta[layout.b(l)].fill(0.0);
        }
        let theta = engine.theta();
        Net { engine, spec, theta }
    }
    /// One step of training on one sample; afterwards the tape holds its z, a and δ.
    fn train(&mut self, x: &[f64], y: &[f64], eta: f64) {
        let e = &mut self.engine;
        e.tape.input(1).data().copy_from_slice(x);
        let labels = Labels { target: Target::Values(Batch::new(y, 1, y.len())), weights: None };
        step::train(&e.plan, &e.kernels, &mut e.parameters, &mut e.tape, labels, &When { eta, ..when(1) });
    }
    fn delta(&self, l: usize) -> Vec<f64> {
        self.engine.tape.delta(l, 1).data().to_vec()
    }
    /// The twin's δ of every layer.
    fn twin_delta(&self, x: &[f64], y: &[f64]) -> Vec<Vec<f64>> {
        let (x, y) = ([x.to_vec()], [Truth::Values(y.to_vec())]);
        reference::step(&self.spec, &self.theta, &x, &y, &[1.0], &|_, _, _| 1.0).passages.remove(0).delta
    }
}

/// (f(z), f'(z)) as the engine computes them: the activation and δ of the first of two layers, the second one being
/// the identity with a loss whose slope is 1.
fn engine_function(f: Activation, z: f64) -> (f64, f64) {
    let mut net = Net::new(&[(f, vec![vec![1.0]]), (Activation::Linear, vec![vec![1.0]])], Loss::L1);
    net.train(&[z], &[-100.0], 0.0);
    (net.engine.tape.a(1, 1).data()[0], net.delta(1)[0])
}

#[test]
fn e5_the_gradient_of_cross_entropy_keeps_its_minus() {
    let e = Erratum::read("E5");
    let (y, a) = (e.number("y"), e.number("a"));
    let spec = Spec::new(&[1, 1], Activation::Linear, Loss::BinaryCrossEntropy);
    near(loss_gradient(&spec, &[a], &Truth::Values(vec![y]))[0], e.number("right"));
    near((y * (1.0 - a) - (1.0 - y) * a) / (a * (1.0 - a)), e.number("printed"));
    // The engine never divides by a (1 − a); its δ is that gradient times the slope of the sigmoid.
    let mut net = Net::new(&[(Activation::Sigmoid, vec![vec![1.0]])], Loss::BinaryCrossEntropy);
    net.train(&[(a / (1.0 - a)).ln()], &[y], 0.0);
    near(net.delta(1)[0], e.number("right") * a * (1.0 - a));
}

#[test]
fn e6_the_slope_of_tanh_has_one_square() {
    let e = Erratum::read("E6");
    let (z, a) = (e.number("z"), e.number("a"));
    let (value, slope) = engine_function(Activation::Tanh, z);
    near(value, a);
    near(slope, e.number("right"));
    near(jacobian(Activation::Tanh, &[z], &[])[0][0], e.number("right"));
    near((1.0 - a * a).powi(2), e.number("printed"));
}

#[test]
fn e7_delta_meets_the_weights_untransposed() {
    let e = Erratum::read("E7");
    let (w, delta) = (e.rows("w"), e.numbers("delta"));
    let identity = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
    // With the identity below, z[2] = W x; targets beside it make the δ[2] that is wanted.
    let x = [1.0, 1.0];
    let y: Vec<f64> = w.iter().zip(&delta).map(|(row, d)| row[0] * x[0] + row[1] * x[1] - d).collect();
    let mut net =
        Net::new(&[(Activation::Linear, identity), (Activation::Linear, w.clone())], Loss::SquaredError);
    let twin = net.twin_delta(&x, &y);
    net.train(&x, &y, 0.0);
    assert_eq!([net.delta(2), twin[2].clone()], [delta.clone(), delta.clone()]);
    assert_eq!([net.delta(1), twin[1].clone()], [e.numbers("right"), e.numbers("right")]);
    let transposed: Vec<f64> = w.iter().map(|row| row[0] * delta[0] + row[1] * delta[1]).collect();
    assert_eq!(transposed, e.numbers("printed"));
}

#[test]
fn e13_absolute_value_rectification_is_a_equal_to_minus_1() {
    let e = Erratum::read("E13");
    let z = e.number("z");
    assert_eq!(engine_function(Activation::Abs, z), (e.number("right"), e.number("right_slope")));
    let identity: Activation = "leaky_relu:1".parse().unwrap();
    assert_eq!(engine_function(identity, z), (e.number("printed"), e.number("printed_slope")));
    let abs: Activation = "leaky_relu:-1".parse().unwrap();
    assert_eq!(engine_function(abs, z), (e.number("right"), e.number("right_slope")));
    assert_eq!(jacobian(Activation::Abs, &[z], &[])[0][0], e.number("right_slope"));
}

#[test]
fn e14_the_slope_of_swish_has_g_of_z() {
    let e = Erratum::read("E14");
    let (beta, z) = (e.number("beta"), e.number("z"));
    let swish: Activation = format!("swish:{beta}").parse().unwrap();
    let sigma = 1.0 / (1.0 + (-beta * z).exp());
    let g = |z: f64| z / (1.0 + (-beta * z).exp());
    near(engine_function(swish, z).1, e.number("right"));
    near(jacobian(swish, &[z], &[])[0][0], e.number("right"));
    near(beta * g(z) + sigma * (1.0 - beta * g(z)), e.number("right"));
    near(beta * g(beta * z) + sigma * (1.0 - beta * g(beta * z)), e.number("printed"));
    // Neither the formula nor the engine decides, but the difference quotient.
    let h = 1e-6;
    near((g(z + h) - g(z - h)) / (2.0 * h), e.number("right"));
}

#[test]
fn e15_the_slope_of_relu_at_0_is_0() {
    let e = Erratum::read("E15");
    assert_eq!(engine_function(Activation::Relu, e.number("z")), (0.0, e.number("right")));
    assert_eq!(jacobian(Activation::Relu, &[e.number("z")], &[])[0][0], e.number("right"));
    assert_ne!(e.number("printed"), e.number("right"));
}

#[test]
fn e20_backward_uses_the_weights_that_are_still_old() {
    let e = Erratum::read("E20");
    let (w, x, y, eta) = (e.numbers("w"), e.number("x"), e.number("y"), e.number("eta"));
    let f = [Activation::Relu, Activation::Relu, Activation::Linear];
    let layers: Vec<_> = f.iter().zip(&w).map(|(f, w)| (*f, vec![vec![*w]])).collect();
    for clip_norm in [None, Some(1e30)] {
        let mut net = Net::new(&layers, Loss::SquaredError);
        net.spec.clip_norm = clip_norm;
        let twin = net.twin_delta(&[x], &[y]);
        net.train(&[x], &[y], eta);
        near(net.delta(2)[0], e.number("right"));
        for (l, want) in (1..).zip(e.numbers("delta")) {
            near(net.delta(l)[0], want);
            near(twin[l][0], want);
        }
        let after: Vec<f64> = net.engine.theta().iter().map(|d| d.w[0][0]).collect();
        after.iter().zip(e.numbers("after")).for_each(|(ours, want)| near(*ours, want));
        // In the order of the pseudo-code δ[2] would see the new weight of layer 3.
        near(after[2] * net.delta(3)[0], e.number("printed"));
    }
}
