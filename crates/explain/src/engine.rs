//! The engine on one small batch.

use crate::samples::Samples;
use feedforward_base::{Batch, Dice, Result};
use feedforward_kernels::{Arch, Element, Kernels};
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::step::{self, Labels, When};
use feedforward_network::{Layout, Optimizer, Parameters, Plan, Spec, Tape, Target};

/// A plan, its tape with the samples in it, and their labels.
pub struct Engine<T: Element> {
    plan: Plan,
    kernels: Kernels<T>,
    tape: Tape<T>,
    classes: Vec<u32>,
    values: Vec<T>,
    weights: Option<Vec<T>>,
}

impl<T: Element> Engine<T> {
    /// The engine for `spec` with `samples`, on one thread. With `storing` it keeps the gradient, as
    /// [`Engine::gradient`] needs.
    ///
    /// # Errors
    /// All problems of the spec.
    pub fn new(spec: &Spec, samples: &Samples, storing: bool) -> Result<Self> {
        let mut spec = spec.clone();
        if storing {
            // No gradient depends on the rule; with a norm that is never reached it is stored, and not shortened.
            (spec.optimizer, spec.clip_norm) = (Optimizer::SGD, Some(f64::MAX));
        }
        let plan = Plan::new(&spec, samples.rows(), 1)?;
        let number = |x: &f64| T::from_f64(*x);
        let mut tape = Tape::new(&plan);
        let x: Vec<T> = samples.x.iter().flatten().map(number).collect();
        tape.input(samples.rows()).data().copy_from_slice(&x);
        let (mut classes, mut values) = (Vec::new(), Vec::new());
        for y in &samples.y {
            match y {
                Truth::Class(c) => classes.push(*c as u32),
                Truth::Values(v) => values.extend(v.iter().map(number)),
            }
        }
        let weights = samples.weights.as_ref().map(|w| w.iter().map(number).collect());
        Ok(Engine { kernels: Kernels::new(Arch::best(), 1)?, plan, tape, classes, values, weights })
    }
    /// The map of θ.
    pub fn layout(&self) -> &Layout {
        self.plan.layout()
    }
    /// Forward and backward: the mean loss, and ∂(mean loss)/∂θ without penalties, in the layout of θ.
    ///
    /// # Panics
    /// If the engine was made without `storing`.
    pub fn gradient(&mut self, theta: &[T]) -> (f64, &[T]) {
        let Engine { plan, kernels, tape, classes, values, weights } = self;
        let labels = labels(plan, classes, values, weights);
        let loss = step::gradient(plan, kernels, theta, tape, labels, &first(1.0));
        (loss, tape.gradient())
    }
    /// One step of training from fresh slots with learning rate `eta`: θ afterwards.
    ///
    /// # Panics
    /// If the optimizer is a search.
    pub fn train(&mut self, theta: Vec<T>, eta: f64) -> Vec<T> {
        let Engine { plan, kernels, tape, classes, values, weights } = self;
        let labels = labels(plan, classes, values, weights);
        let slots = vec![T::ZERO; plan.spec().optimizer.slots() * theta.len()];
        let mut parameters = Parameters { theta, slots, t: 0 };
        step::train(plan, kernels, &mut parameters, tape, labels, &first(eta));
        parameters.theta
    }
    /// `Z[l]` of the last pass, sample by sample.
    pub fn z(&self, l: usize) -> &[T] {
        self.tape.z(l, self.rows()).data()
    }
    /// `A[l]` of the last pass.
    pub fn a(&self, l: usize) -> &[T] {
        self.tape.a(l, self.rows()).data()
    }
    /// `δ[l]` = ∂J/∂`Z[l]` of the last pass.
    pub fn delta(&self, l: usize) -> &[T] {
        self.tape.delta(l, self.rows()).data()
    }
    fn rows(&self) -> usize {
        self.plan.batch()
    }
}

/// Every pass is the first step of a run: the same units drop out in each.
fn first(eta: f64) -> When {
    When { dice: Dice::new(0), epoch: 1, step: 1, eta }
}

fn labels<'a, T: Element>(
    plan: &Plan,
    classes: &'a [u32],
    values: &'a [T],
    weights: &'a Option<Vec<T>>,
) -> Labels<'a, T> {
    let target = if plan.spec().loss.wants_classes() {
        Target::Classes(classes)
    } else {
        Target::Values(Batch::new(values, plan.batch(), plan.spec().outputs()))
    };
    Labels { target, weights: weights.as_deref() }
}

/// θ in the layout of the engine.
pub fn flat<T: Element>(layout: &Layout, layers: &[Dense]) -> Vec<T> {
    let number = |x: &f64| T::from_f64(*x);
    let mut theta = vec![T::ZERO; layout.parameters()];
    for (l, layer) in (1..).zip(layers) {
        let rows: Vec<T> = layer.w.iter().flatten().map(number).collect();
        layout.set_rows(&mut theta, l, &rows);
        let b: Vec<T> = layer.b.iter().map(number).collect();
        theta[layout.b(l)].copy_from_slice(&b);
        let own: Vec<T> = layer.own.iter().map(number).collect();
        theta[layout.own(l)].copy_from_slice(&own);
    }
    theta
}
