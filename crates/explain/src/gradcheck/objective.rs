//! J and the sides of its kinks, for one parameter moved at a time.

use super::Problem;
use super::report::Kind;
use crate::engine::{Engine, flat};
use crate::penalty;
use feedforward_base::Result;
use feedforward_kernels::{Element, layout};
use feedforward_network::reference::Truth;
use feedforward_network::{Layout, Loss, Spec};

/// A parameter: layer from 1, unit and input from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) layer: usize,
    pub(super) kind: Kind,
    pub(super) unit: usize,
    pub(super) input: usize,
}

impl At {
    /// Its place in the engine's θ.
    pub(super) fn index(self, map: &Layout) -> usize {
        let At { layer: l, unit, input, .. } = self;
        match self.kind {
            Kind::Weight => map.w(l).start + layout::index(map.units(l), map.units(l - 1), unit, input),
            Kind::Bias => map.b(l).start + unit,
            Kind::Own => map.own(l).start + unit,
        }
    }
}

/// The engine as a function of θ.
pub(super) struct Objective<'a, T: Element> {
    problem: &'a Problem,
    engine: Engine<T>,
    theta: Vec<T>,
    penalty: f64,
}

impl<'a, T: Element> Objective<'a, T> {
    pub(super) fn new(problem: &'a Problem) -> Result<Self> {
        let engine = Engine::new(&problem.spec, &problem.samples, true)?;
        let theta = flat(engine.layout(), &problem.theta);
        Ok(Objective { penalty: penalty::value(&problem.spec, &problem.theta), problem, engine, theta })
    }
    pub(super) fn layout(&self) -> &Layout {
        self.engine.layout()
    }
    /// J at θ.
    pub(super) fn value(&mut self) -> f64 {
        self.engine.gradient(&self.theta).0 + self.penalty
    }
    /// The gradient of the mean loss at θ, without penalties.
    pub(super) fn gradient(&mut self) -> Vec<T> {
        self.engine.gradient(&self.theta).1.to_vec()
    }
    /// J with one parameter moved by `h`, and the sides of all kinks there.
    pub(super) fn moved(&mut self, at: At, h: f64, sides: &mut Vec<i8>) -> f64 {
        let i = at.index(self.engine.layout());
        let old = self.theta[i];
        let new = T::from_f64(old.to_f64() + h);
        self.theta[i] = new;
        let loss = self.engine.gradient(&self.theta).0;
        self.theta[i] = old;
        self.sides(sides);
        let mut penalty = self.penalty;
        if at.kind == Kind::Weight {
            penalty += change(&self.problem.spec, old.to_f64(), new.to_f64());
            if self.problem.spec.penalty.l1 > 0.0 {
                sides.push(side(new.to_f64(), 0.0));
            }
        }
        loss + penalty
    }
    /// On which side of each kink each unit of each sample was in the last pass, and each loss.
    pub(super) fn sides(&self, sides: &mut Vec<i8>) {
        sides.clear();
        let spec = &self.problem.spec;
        for (l, layer) in (1..).zip(&spec.layers) {
            for kink in layer.activation.kinks() {
                sides.extend(self.engine.z(l).iter().map(|z| side(z.to_f64(), *kink)));
            }
        }
        let outputs = self.engine.a(spec.layers.len()).chunks(spec.outputs());
        for (a, y) in outputs.zip(&self.problem.samples.y) {
            if let Truth::Values(y) = y {
                for (a, y) in a.iter().zip(y) {
                    kinks_of_loss(spec.loss, a.to_f64(), *y, sides);
                }
            }
        }
    }
    /// The largest number that the parameter is multiplied with on its way into a z, in the last pass.
    pub(super) fn reach(&self, at: At) -> f64 {
        let (numbers, column) = match at.kind {
            Kind::Weight => (self.engine.a(at.layer - 1), at.input),
            Kind::Bias => return 1.0,
            Kind::Own => (self.engine.z(at.layer), at.unit),
        };
        let width = self.engine.layout().units(if at.kind == Kind::Own { at.layer } else { at.layer - 1 });
        numbers.iter().skip(column).step_by(width).fold(0.0, |m, x| x.to_f64().abs().max(m))
    }
    /// The largest z of the output in the last pass: what the loss is rounded by.
    pub(super) fn largest_output(&self) -> f64 {
        self.engine.z(self.problem.spec.layers.len()).iter().fold(0.0, |m, z| z.to_f64().abs().max(m))
    }
}

fn side(x: f64, kink: f64) -> i8 {
    i8::from(x > kink) - i8::from(x < kink)
}

/// What the penalties change when a weight goes from `old` to `new`.
fn change(spec: &Spec, old: f64, new: f64) -> f64 {
    let p = spec.penalty;
    p.l1 * (new.abs() - old.abs()) + 0.5 * p.l2 * (new - old) * (new + old)
}

/// The sides of the kinks that the loss of one output has by itself.
fn kinks_of_loss(loss: Loss, a: f64, y: f64, sides: &mut Vec<i8>) {
    match loss {
        Loss::L1 => sides.push(side(a, y)),
        Loss::Huber(h) => sides.extend([side(a - y, -h.threshold), side(a - y, h.threshold)]),
        Loss::Hinge => sides.push(side(y * a, 1.0)),
        // The step's own kink is the perceptron's.
        Loss::CrossEntropy
        | Loss::BinaryCrossEntropy
        | Loss::SquaredError
        | Loss::Poisson
        | Loss::Perceptron => {}
    }
}
