//! Conjugate gradient and L-BFGS on networks: the optimum that SciPy found, the sum over portions, one result on every
//! machine. See `testdata/conformance/searches/make.py`.

mod common;

use common::json::{layers, numbers, rows};
use common::{Engine, Samples, flat, when, worst};
use feedforward_kernels::{Arch, Element};
use feedforward_network::optimizer::search::{Objective, Outcome, State};
use feedforward_network::reference::{self, Truth};
use feedforward_network::step::full_batch;
use feedforward_network::{Activation, Loss, Optimizer, Penalty, Spec};
use serde_json::Value;

const SOFTMAX: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/conformance/searches/softmax.json"));
const SEARCHES: [Optimizer; 2] = [Optimizer::CONJUGATE_GRADIENT, Optimizer::LBFGS];

/// J over all samples of a network, in portions.
struct Whole<'a, T: Element> {
    engine: &'a mut Engine<T>,
    portions: &'a [Samples],
}

/// What the samples of a portion count together.
fn count(samples: &Samples) -> f64 {
    samples.weights.as_ref().map_or(samples.rows() as f64, |w| w.iter().sum())
}

impl<T: Element> Objective<T> for Whole<'_, T> {
    fn at(&mut self, theta: &[T], gradient: &mut [T]) -> f64 {
        gradient.fill(T::ZERO);
        let whole: f64 = self.portions.iter().map(count).sum();
        let mut sum = 0.0;
        for portion in self.portions {
            let share = count(portion) / whole;
            sum += self.engine.labelled(portion, |e, labels| {
                let Engine { plan, kernels, tape, .. } = e;
                full_batch::add(plan, kernels, theta, tape, labels, &when(1), share, gradient)
            });
        }
        sum + full_batch::add_penalty(&self.engine.plan, &self.engine.kernels, theta, gradient)
    }
}

/// At most so many iterations from the engine's parameters on.
fn minimise<T: Element>(engine: &mut Engine<T>, portions: &[Samples], most: usize) -> (State, Outcome) {
    let (mut theta, mut memory) = (engine.parameters.theta.clone(), engine.parameters.slots.clone());
    let (optimizer, mut state) = (engine.plan.spec().optimizer, State::default());
    let mut outcome = Outcome::Better;
    for _ in 0..most {
        outcome = optimizer.iterate(&mut state, &mut theta, &mut memory, &mut Whole { engine, portions });
        if outcome != Outcome::Better {
            break;
        }
    }
    engine.parameters.theta = theta;
    (state, outcome)
}

/// Samples cut into portions of `most` rows.
fn cut(samples: &Samples, most: usize) -> Vec<Samples> {
    let starts = (0..samples.rows()).step_by(most);
    let part = |a: usize| {
        let own = a..(a + most).min(samples.rows());
        Samples {
            x: samples.x[own.clone()].to_vec(),
            y: samples.y[own.clone()].to_vec(),
            weights: samples.weights.as_ref().map(|w| w[own].to_vec()),
        }
    };
    starts.map(part).collect()
}

#[test]
fn both_reach_the_optimum_of_a_convex_problem_that_scipy_found() {
    let json: Value = serde_json::from_str(SOFTMAX).unwrap();
    let y = numbers(&json["y"]).iter().map(|y| Truth::Class(*y as usize)).collect();
    let samples = Samples { x: rows(&json["x"]), y, weights: Some(numbers(&json["weight"])) };
    let portions = cut(&samples, full_batch::PORTION);
    assert_eq!(portions.len(), 3);
    let (best, optimum) = (json["objective"].as_f64().unwrap(), layers(&json["theta"]));
    for optimizer in SEARCHES {
        let mut spec = Spec::new(&[6, 4], Activation::Linear, Loss::CrossEntropy);
        (spec.optimizer, spec.penalty.l2) = (optimizer, json["l2"].as_f64().unwrap());
        for (_, tolerance) in spec.optimizer.numbers_mut() {
            *tolerance = 1e-11;
        }
        let mut engine = Engine::<f64>::new(&spec, full_batch::PORTION, Arch::best(), 1);
        engine.parameters.theta.fill(0.0);
        let (state, outcome) = minimise(&mut engine, &portions, 200);
        let name = optimizer.name();
        assert_eq!(outcome, Outcome::Converged, "{name}: {state:?}");
        assert!((state.objective - best).abs() < 1e-12, "{name}: J {} against {best}", state.objective);
        let off =
            flat(&engine.theta()).iter().zip(flat(&optimum)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-8, "{name}: a parameter is off by {off}");
        assert!(state.iterations < 100, "{name}: {} iterations", state.iterations);
    }
}

#[test]
fn portions_add_up_to_the_gradient_of_the_literal_twin() {
    let mut spec = Spec::new(&[5, 8, 3], Activation::Tanh, Loss::CrossEntropy);
    (spec.optimizer, spec.penalty) = (Optimizer::LBFGS, Penalty { l1: 0.02, l2: 0.3 });
    let samples = Samples::random(&spec, 100, 1, true);
    let mut engine = Engine::<f64>::new(&spec, 100, Arch::best(), 1);
    let theta = engine.theta();
    let twin = reference::step(&spec, &theta, &samples.x, &samples.y, &samples.shares(), &|_, _, _| 1.0);
    let flat_theta = engine.parameters.theta.clone();
    for most in [100, 32, 7, 1] {
        let mut gradient = vec![f64::NAN; flat_theta.len()];
        let portions = cut(&samples, most);
        let j = Whole { engine: &mut engine, portions: &portions }.at(&flat_theta, &mut gradient);
        assert!((j - twin.objective).abs() < 1e-12 * j, "{j} {}", twin.objective);
        let ours = flat(&engine.plan.layout().to_reference(&gradient));
        assert!(worst(&ours, &flat(&twin.gradient)) < 1e-10, "portions of {most}");
    }
}

fn the_same_bits<T: Element>(optimizer: Optimizer) {
    let mut spec = Spec::new(&[70, 129, 33, 10], Activation::Tanh, Loss::CrossEntropy);
    (spec.optimizer, spec.penalty) = (optimizer, Penalty { l1: 1e-5, l2: 1e-4 });
    let portions = cut(&Samples::random(&spec, 300, 1, true), 128);
    let run = |arch: Arch, threads: usize| {
        let mut engine = Engine::<T>::new(&spec, 128, arch, threads);
        let (state, outcome) = minimise(&mut engine, &portions, 8);
        assert_eq!(outcome, Outcome::Better);
        let bits: Vec<u64> = engine.parameters.theta.iter().map(|w| w.to_f64().to_bits()).collect();
        (bits, state.objective.to_bits())
    };
    let expected = run(Arch::Scalar, 1);
    for arch in Arch::available() {
        for threads in [1, 2, 3, 7] {
            assert!(run(arch, threads) == expected, "{} {} {threads}", T::NAME, arch.name());
        }
    }
}

#[test]
fn a_search_gives_the_same_bits_everywhere() {
    for optimizer in SEARCHES {
        the_same_bits::<f32>(optimizer);
        the_same_bits::<f64>(optimizer);
    }
}
