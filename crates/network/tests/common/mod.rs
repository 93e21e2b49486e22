//! Random networks and batches, and the engine in the shape of the oracles.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod autodiff;
pub mod json;

use feedforward_base::{Batch, Dice, Purpose, Stream};
use feedforward_kernels::{Arch, Element, Kernels};
use feedforward_network::loss::Truth as Wants;
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::step::{self, Labels, When};
use feedforward_network::{Activation, Loss, Parameters, Plan, Spec, Tape, Target};

/// A batch of labelled samples.
pub struct Samples {
    pub x: Vec<Vec<f64>>,
    pub y: Vec<Truth>,
    pub weights: Option<Vec<f64>>,
}

pub fn stream(seed: u64) -> Stream {
    Dice::new(seed).stream(Purpose::Experiment, &[])
}

/// Exponentials of exponentials, which leave every format, or saturate what follows, unless they start small.
fn is_tower(spec: &Spec) -> bool {
    let hidden = &spec.layers[..spec.layers.len() - 1];
    hidden.iter().any(|l| l.activation == Activation::Exponential)
}

impl Samples {
    /// `m` normal samples with targets that suit the loss.
    pub fn random(spec: &Spec, m: usize, seed: u64, weighted: bool) -> Self {
        let s = stream(seed);
        let row = |r: u64| s.fork(r);
        let value = |r: u64, i: u64| match spec.loss.truth() {
            Wants::Class => unreachable!("a class is one number"),
            Wants::ZeroOrOne => row(r).below(900 + i, 2) as f64,
            Wants::MinusOrPlusOne => 2.0 * row(r).below(900 + i, 2) as f64 - 1.0,
            Wants::Count => row(r).below(900 + i, 5) as f64,
            Wants::Number => row(r).normal(900 + i),
        };
        let y = |r: u64| match spec.loss.truth() {
            Wants::Class => Truth::Class(row(r).below(900, spec.outputs() as u64) as usize),
            _ => Truth::Values((0..spec.outputs() as u64).map(|i| value(r, i)).collect()),
        };
        let size = if is_tower(spec) { 0.3 } else { 1.0 };
        let x = |r: u64| (0..spec.inputs as u64).map(|k| size * row(r).normal(k)).collect();
        Samples {
            x: (0..m as u64).map(x).collect(),
            y: (0..m as u64).map(y).collect(),
            weights: weighted.then(|| (0..m as u64).map(|r| 0.25 + row(r).uniform(990)).collect()),
        }
    }
    pub fn rows(&self) -> usize {
        self.x.len()
    }
    /// Weights divided by their sum.
    pub fn shares(&self) -> Vec<f64> {
        match &self.weights {
            None => vec![1.0 / self.rows() as f64; self.rows()],
            Some(w) => w.iter().map(|v| v / w.iter().sum::<f64>()).collect(),
        }
    }
}

/// The engine on one batch.
pub struct Engine<T: Element> {
    pub plan: Plan,
    pub kernels: Kernels<T>,
    pub parameters: Parameters<T>,
    pub tape: Tape<T>,
}

impl<T: Element> Engine<T> {
    pub fn new(spec: &Spec, batch: usize, arch: Arch, threads: usize) -> Self {
        let plan = Plan::new(spec, batch, threads).expect("the test's spec is sound");
        let mut parameters = Parameters::initial(&plan, Dice::new(5));
        // Biases start at 0 and own numbers are equal; other values find more mistakes.
        for l in 1..=plan.layout().last() {
            if is_tower(spec) {
                parameters.theta[plan.layout().w(l)].iter_mut().for_each(|w| *w = *w * T::from_f64(0.5));
            }
            let noise = stream(77).fork(l as u64);
            for (i, b) in parameters.theta[plan.layout().b(l)].iter_mut().enumerate() {
                *b = T::from_f64(noise.normal(i as u64) * 0.1);
            }
            for (i, own) in parameters.theta[plan.layout().own(l)].iter_mut().enumerate() {
                *own = T::from_f64(own.to_f64() + noise.fork(1).normal(i as u64) * 0.1);
            }
        }
        let tape = Tape::new(&plan);
        Engine {
            kernels: Kernels::new(arch, threads).expect("the test's machine has it"),
            parameters,
            tape,
            plan,
        }
    }
    /// Begin with these parameters.
    pub fn start_from(&mut self, theta: &[Dense]) {
        let narrow = |x: &[f64]| x.iter().map(|x| T::from_f64(*x)).collect::<Vec<T>>();
        let layout = self.plan.layout().clone();
        for (l, dense) in (1..).zip(theta) {
            layout.set_rows(&mut self.parameters.theta, l, &narrow(&dense.w.concat()));
            self.parameters.theta[layout.b(l)].copy_from_slice(&narrow(&dense.b));
            self.parameters.theta[layout.own(l)].copy_from_slice(&narrow(&dense.own));
        }
    }
    /// Put the samples into the tape and act on them.
    pub fn labelled<R>(&mut self, samples: &Samples, act: impl FnOnce(&mut Self, Labels<'_, T>) -> R) -> R {
        let number = |v: &f64| T::from_f64(*v);
        let flat: Vec<T> = samples.x.iter().flatten().map(number).collect();
        self.tape.input(samples.rows()).data().copy_from_slice(&flat);
        let (mut classes, mut values) = (Vec::new(), Vec::<T>::new());
        for y in &samples.y {
            match y {
                Truth::Class(c) => classes.push(*c as u32),
                Truth::Values(v) => values.extend(v.iter().map(number)),
            }
        }
        let target = if values.is_empty() {
            Target::Classes(&classes)
        } else {
            Target::Values(Batch::new(&values, samples.rows(), values.len() / samples.rows()))
        };
        let weights: Option<Vec<T>> = samples.weights.as_ref().map(|w| w.iter().map(number).collect());
        act(self, Labels { target, weights: weights.as_deref() })
    }
    /// (mean loss, gradient without penalty); no update.
    pub fn gradient(&mut self, samples: &Samples, when: &When) -> (f64, Vec<T>) {
        self.labelled(samples, |e, labels| {
            let loss = step::gradient(&e.plan, &e.kernels, &e.parameters.theta, &mut e.tape, labels, when);
            (loss, e.tape.gradient().to_vec())
        })
    }
    /// The mean loss without dropout.
    pub fn loss(&mut self, samples: &Samples) -> f64 {
        self.labelled(samples, |e, labels| {
            step::forward(&e.plan, &e.kernels, &e.parameters.theta, &mut e.tape, samples.rows());
            step::judge(&e.plan, &e.kernels, &mut e.tape, labels)
        })
    }
    pub fn train(&mut self, samples: &Samples, when: &When) -> f64 {
        self.labelled(samples, |e, labels| {
            step::train(&e.plan, &e.kernels, &mut e.parameters, &mut e.tape, labels, when)
        })
    }
    pub fn theta(&self) -> Vec<Dense> {
        self.plan.layout().to_reference(&self.parameters.theta)
    }
}

pub fn when(step: u64) -> When {
    When { dice: Dice::new(3), epoch: 1, step, eta: 0.05 }
}

/// All numbers of a gradient in one row.
pub fn flat(layers: &[Dense]) -> Vec<f64> {
    layers
        .iter()
        .flat_map(|d| d.w.iter().flatten().chain(&d.b).chain(&d.own).copied().collect::<Vec<_>>())
        .collect()
}

/// max |a − b| / max(1e-3·max|b|, |b|): relative, but not on numbers that are almost 0. A NaN or an infinity is
/// never near.
pub fn worst(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    if !a.iter().chain(b).all(|x| x.is_finite()) {
        return f64::NAN;
    }
    let floor = b.iter().fold(0.0f64, |m, v| m.max(v.abs())) * 1e-3 + 1e-30;
    a.iter().zip(b).map(|(a, b)| (a - b).abs() / b.abs().max(floor)).fold(0.0, f64::max)
}

/// The slope that RReLU has drawn for (layer, row, unit), read off a = s z without dropout; where z ≥ 0 it does not
/// matter.
pub fn drawn<T: Element>(engine: &Engine<T>, rows: usize) -> impl Fn(usize, usize, usize) -> f64 + use<T> {
    let slope = |z: &T, a: &T| if *z < T::ZERO { a.to_f64() / z.to_f64() } else { 0.25 };
    let of_layer = |l: usize| -> Vec<f64> {
        let (z, a) = (engine.tape.z(l, rows), engine.tape.a(l, rows));
        z.data().iter().zip(a.data()).map(|(z, a)| slope(z, a)).collect()
    };
    let table: Vec<Vec<f64>> = (1..=engine.plan.layout().last()).map(of_layer).collect();
    let units: Vec<usize> = engine.plan.spec().layers.iter().map(|l| l.units).collect();
    move |l, row, unit| table[l - 1][row * units[l - 1] + unit]
}

/// The functions of hidden layers that learn; those with numbers also with other ones.
pub fn hidden_functions() -> Vec<Activation> {
    let all = Activation::ALL.iter().copied();
    let usual = all.filter(|f| f.is_elementwise() && *f != Activation::Step);
    usual.chain(["swish:1.7", "elu:0.6"].map(|f| f.parse().expect("the test's function is sound"))).collect()
}

/// Every pairing of a loss and an output activation that is allowed in a network with hidden layers.
pub fn outputs() -> Vec<(Loss, Activation)> {
    let losses = Loss::ALL.iter().filter(|&&loss| loss != Loss::Perceptron);
    let unusual = |loss: Loss| match loss {
        // With a threshold of 1 a forgotten factor would not show.
        Loss::Huber(_) => "huber:0.6".parse().expect("the test's loss is sound"),
        other => other,
    };
    let pairs = losses.flat_map(|&loss| Activation::ALL.iter().map(move |&f| (unusual(loss), f)));
    pairs.filter(|(loss, f)| loss.accepts(*f)).collect()
}

/// Every pairing of a hidden activation, a loss and an output activation that is allowed.
pub fn pairings(units: &[usize]) -> Vec<Spec> {
    let mut specs = Vec::new();
    for hidden in hidden_functions() {
        for (loss, output) in outputs() {
            let mut spec = Spec::new(units, hidden, loss);
            spec.layers[units.len() - 2].activation = output;
            specs.push(spec);
        }
    }
    specs
}

/// `hidden loss output`, for messages.
pub fn name(spec: &Spec) -> String {
    let last = spec.layers.len() - 1;
    format!("{} {} {}", spec.layers[0].activation, spec.loss, spec.layers[last].activation)
}
