//! The engine in double precision for experiments: numbers in, numbers out.
//!
//! It stands here because a generic function is compiled anew in every crate that calls it, the engine in some minutes.

use crate::event::{Control, EpochRecord, Event};
use crate::part::Part;
use crate::regime::Regime;
use crate::state::{NoKeeper, State};
use crate::trainer::{self, Lesson};
use feedforward_base::{Batch, Dice, Result};
use feedforward_data::prepare::{Inputs, Prepared, Targets};
use feedforward_kernels::{Arch, Kernels};
use feedforward_network::reference::Dense;
use feedforward_network::step::{self, Labels, Part as StepPart, Watch, When};
use feedforward_network::{Activation, Loss, Optimizer, Parameters, Plan, Spec, Tape, Target};

/// Longer than any gradient: asks for the path that stores the gradient, and shortens nothing.
const NO_LIMIT: f64 = 1e300;

/// Rows to learn or to judge by.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// rows x inputs.
    pub x: Vec<f64>,
    /// Numbers per row.
    pub inputs: usize,
    /// What each row should give.
    pub y: Truth,
}

/// What rows should give.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// A class per row.
    Classes(Vec<u32>),
    /// rows x outputs.
    Values(Vec<f64>),
}

impl Rows {
    /// Points of the plane with a 0 or 1 each.
    pub fn plane(points: &[(f64, f64)], y: Vec<f64>) -> Self {
        Rows { x: flat(points), inputs: 2, y: Truth::Values(y) }
    }
    /// Points of a function of one number.
    pub fn curve(points: &[(f64, f64)]) -> Self {
        let (x, y) = points.iter().copied().unzip();
        Rows { x, inputs: 1, y: Truth::Values(y) }
    }
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.x.len() / self.inputs
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }
    fn target<'a>(&'a self, outputs: usize) -> Target<'a, f64> {
        match &self.y {
            Truth::Classes(classes) => Target::Classes(classes),
            Truth::Values(values) => Target::Values(Batch::new(values, self.len(), outputs)),
        }
    }
    fn prepared(&self, outputs: usize) -> Prepared<f64> {
        let targets = match &self.y {
            Truth::Classes(classes) => Targets::Classes(classes.clone()),
            Truth::Values(values) => {
                Targets::Numbers { data: values.clone(), raw: values.clone(), columns: outputs }
            }
        };
        Prepared {
            x: Inputs::Here(self.x.clone()),
            rows: self.len(),
            inputs: self.inputs,
            targets,
            weights: None,
        }
    }
}

/// (x₁, x₂) pairs as one row after the other.
pub fn flat(points: &[(f64, f64)]) -> Vec<f64> {
    points.iter().flat_map(|p| [p.0, p.1]).collect()
}

/// How long, in what portions and from which seed a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct How {
    /// Passes over the rows.
    pub epochs: u64,
    /// Rows of a mini-batch.
    pub batch: usize,
    /// Of initial weights and of the order of rows.
    pub seed: u64,
}

/// A network with its parameters.
#[derive(Clone, Debug)]
pub struct Net {
    /// What it is.
    pub spec: Spec,
    plan: Plan,
    kernels: Kernels<f64>,
    /// The flat parameters.
    pub theta: Vec<f64>,
}

/// What happens to a batch on its way forward and back; index l = 0 ..= L, `z[0]` and `delta[0]` are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Pre-activations, rows x n_l.
    pub z: Vec<Vec<f64>>,
    /// Activations.
    pub a: Vec<Vec<f64>>,
    /// ∂J/∂Z, the share 1/m of each row in it.
    pub delta: Vec<Vec<f64>>,
    /// The mean loss.
    pub loss: f64,
    /// ∂J/∂W and ∂J/∂b of each layer.
    pub gradient: Vec<Dense>,
}

impl Net {
    /// A network as training would start it.
    ///
    /// # Errors
    /// What the spec cannot be.
    pub fn initial(spec: &Spec, seed: u64) -> Result<Self> {
        // What a search brought is looked at as any network.
        let optimizer = if spec.optimizer.is_search() { Optimizer::SGD } else { spec.optimizer };
        let spec = Spec { clip_norm: spec.clip_norm.or(Some(NO_LIMIT)), optimizer, ..spec.clone() };
        let plan = Plan::new(&spec, 1, 1)?;
        let theta = Parameters::initial(&plan, Dice::new(seed)).theta;
        Ok(Net { spec, plan, kernels: Kernels::new(Arch::best(), 1)?, theta })
    }
    /// A network with these weights (n_l rows of n_{l-1} numbers) and biases.
    ///
    /// # Errors
    /// What the spec cannot be.
    ///
    /// # Panics
    /// If a layer has other sizes than the spec says.
    pub fn with(spec: &Spec, layers: &[(Vec<f64>, Vec<f64>)]) -> Result<Self> {
        let mut net = Net::initial(spec, 0)?;
        for (l, (w, b)) in (1..).zip(layers) {
            net.plan.layout().set_rows(&mut net.theta, l, w);
            net.theta[net.plan.layout().b(l)].copy_from_slice(b);
        }
        Ok(net)
    }
    /// Train a network of `spec` on `rows`; what each epoch brought stands beside it.
    ///
    /// # Errors
    /// What the spec cannot be; numbers that are no longer finite.
    pub fn train(spec: &Spec, rows: &Rows, how: How) -> Result<(Self, Vec<EpochRecord>)> {
        let mut net = Net::initial(spec, how.seed)?;
        let plan = Plan::new(spec, how.batch.min(rows.len()), 1)?;
        let regime = Regime {
            batch_size: plan.batch(),
            epochs: how.epochs,
            patience: None,
            restore_best: false,
            dice: Dice::new(how.seed),
        };
        let table = rows.prepared(spec.outputs());
        let all: Vec<u32> = (0..rows.len() as u32).collect();
        let part = Part { table: &table, rows: &all };
        let lesson = Lesson { plan: &plan, train: part, valid: None, names: None };
        let start = State::new([&plan].into_iter(), regime.dice);
        let (kernels, observe) = (&net.kernels, &mut |_: Event<'_>| Control::Continue);
        let mut trained = trainer::train(kernels, &regime, &[lesson], None, start, &mut NoKeeper, observe)?;
        net.theta = trained.thetas.swap_remove(0);
        Ok((net, trained.epochs))
    }
    /// `A[0]` ..= `A[L]` of rows of inputs, each rows x n_l; nothing is dropped.
    ///
    /// # Panics
    /// If `x` is not a whole number of rows.
    pub fn layers(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let m = x.len() / self.spec.inputs;
        assert_eq!(m * self.spec.inputs, x.len(), "whole rows");
        let mut tape = Tape::new(&self.plan_for(m));
        tape.input(m).data().copy_from_slice(x);
        step::forward(&self.plan, &self.kernels, &self.theta, &mut tape, m);
        (0..=self.spec.layers.len()).map(|l| tape.a(l, m).data().to_vec()).collect()
    }
    /// `A[L]` of rows of inputs.
    pub fn outputs(&self, x: &[f64]) -> Vec<f64> {
        self.layers(x).pop().unwrap_or_default()
    }
    /// Forward and backward over `rows`, nothing changed.
    pub fn passage(&self, rows: &Rows) -> Passage {
        let m = rows.len();
        let plan = self.plan_for(m);
        let mut tape = Tape::new(&plan);
        tape.input(m).data().copy_from_slice(&rows.x);
        let labels = Labels { target: rows.target(self.spec.outputs()), weights: None };
        let when = When { dice: Dice::new(0), epoch: 1, step: 1, eta: self.spec.learning_rate };
        let loss = step::gradient(&plan, &self.kernels, &self.theta, &mut tape, labels, &when);
        let last = self.spec.layers.len();
        let from_1 = |of: &dyn Fn(usize) -> Vec<f64>| {
            (0..=last).map(|l| if l == 0 { vec![] } else { of(l) }).collect::<Vec<_>>()
        };
        Passage {
            z: from_1(&|l| tape.z(l, m).data().to_vec()),
            a: (0..=last).map(|l| tape.a(l, m).data().to_vec()).collect(),
            delta: from_1(&|l| tape.delta(l, m).data().to_vec()),
            loss,
            gradient: plan.layout().to_reference(tape.gradient()),
        }
    }
    /// `count` steps of the spec's rule on the same rows, from an optimizer that remembers nothing.
    pub fn steps(&mut self, rows: &Rows, count: usize) {
        let plan = self.plan_for(rows.len());
        let mut parameters = Parameters::initial(&plan, Dice::new(0));
        parameters.theta.copy_from_slice(&self.theta);
        let mut tape = Tape::new(&plan);
        tape.input(rows.len()).data().copy_from_slice(&rows.x);
        let labels = Labels { target: rows.target(self.spec.outputs()), weights: None };
        for step in 1..=count as u64 {
            let when = When { dice: Dice::new(0), epoch: 1, step, eta: self.spec.learning_rate };
            step::train(&plan, &self.kernels, &mut parameters, &mut tape, labels, &when);
        }
        self.theta = parameters.theta;
    }
    /// The weights and biases.
    pub fn dense(&self) -> Vec<Dense> {
        self.plan.layout().to_reference(&self.theta)
    }
    /// The share of `rows` whose output is on the right side of ½ (one output), or largest at their class.
    pub fn accuracy(&self, rows: &Rows) -> f64 {
        let a = self.outputs(&rows.x);
        let right = match &rows.y {
            Truth::Values(y) => a.iter().zip(y).filter(|(a, y)| (**a >= 0.5) == (**y >= 0.5)).count(),
            Truth::Classes(y) => {
                let n = self.spec.outputs();
                y.iter().zip(a.chunks(n)).filter(|(y, a)| largest(a) == **y as usize).count()
            }
        };
        right as f64 / rows.len() as f64
    }
    /// The same network for batches of `m` rows; the gradient is stored.
    fn plan_for(&self, m: usize) -> Plan {
        // What could be planned for one row can be planned for `m`.
        Plan::new(&self.spec, m.max(1), 1).unwrap_or_else(|_| self.plan.clone())
    }
}

/// The parts of one step of a network, in the order in which they are done.
///
/// # Errors
/// What the spec cannot be.
pub fn parts(spec: &Spec) -> Result<Vec<StepPart>> {
    /// Remembers them.
    struct Seen(Vec<StepPart>);
    impl Watch for Seen {
        fn after(&mut self, part: StepPart) {
            self.0.push(part);
        }
    }
    let plan = Plan::new(spec, 1, 1)?;
    let kernels = Kernels::new(Arch::best(), 1)?;
    let mut parameters = Parameters::<f64>::initial(&plan, Dice::new(0));
    let mut tape = Tape::new(&plan);
    let values = vec![0.0; spec.outputs()];
    let target = match spec.loss.wants_classes() {
        true => Target::Classes(&[0]),
        false => Target::Values(Batch::new(&values, 1, spec.outputs())),
    };
    let labels = Labels { target, weights: None };
    let when = When { dice: Dice::new(0), epoch: 1, step: 1, eta: spec.learning_rate };
    let mut seen = Seen(Vec::new());
    step::train_watched(&plan, &kernels, &mut parameters, &mut tape, labels, &when, &mut seen);
    Ok(seen.0)
}

/// The place of the largest number; of equal ones the first.
pub fn largest(a: &[f64]) -> usize {
    (1..a.len()).fold(0, |best, i| if a[i] > a[best] { i } else { best })
}

/// f(z) and f'(z) as the engine has them: one hidden unit, an output that hands its activation on.
///
/// # Errors
/// A function that no hidden layer can have.
pub fn activation_at(f: Activation, z: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
    let spec = Spec::new(&[1, 1, 1], f, Loss::SquaredError);
    let net = Net::with(&spec, &[(vec![1.0], vec![0.0]), (vec![1.0], vec![0.0])])?;
    let (mut values, mut slopes) = (Vec::new(), Vec::new());
    for &z in z {
        let a = net.layers(&[z])[1][0];
        // δ of the output is a − y; it is 1 where y = a − 1, and δ of the hidden unit then f'(z).
        let rows = Rows { x: vec![z], inputs: 1, y: Truth::Values(vec![a - 1.0]) };
        let passage = net.passage(&rows);
        values.push(a);
        slopes.push(passage.delta[1][0] / passage.delta[2][0]);
    }
    Ok((values, slopes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_come_out_of_the_engine() {
        let (values, slopes) = activation_at(Activation::Tanh, &[0.0, 0.5]).unwrap();
        assert!((values[1] - 0.5f64.tanh()).abs() < 1e-15 && values[0] == 0.0);
        assert!((slopes[1] - (1.0 - 0.5f64.tanh().powi(2))).abs() < 1e-15 && slopes[0] == 1.0);
    }

    #[test]
    fn training_learns_and_repeats_itself() {
        let points: Vec<(f64, f64)> =
            (0..40).map(|i| (f64::from(i) / 20.0 - 1.0, f64::from(i) / 40.0)).collect();
        let mut spec = Spec::new(&[1, 4, 1], Activation::Tanh, Loss::SquaredError);
        spec.learning_rate = 0.01;
        let how = How { epochs: 60, batch: 8, seed: 3 };
        let (net, epochs) = Net::train(&spec, &Rows::curve(&points), how).unwrap();
        assert!(epochs[59].train_loss < 0.05 * epochs[0].train_loss);
        assert_eq!(net.theta, Net::train(&spec, &Rows::curve(&points), how).unwrap().0.theta);
    }
}
