//! One result, whatever the instruction set, the threads, the path and the rows beside a row.

mod common;

use common::{Engine, Samples, when};
use feedforward_kernels::{Arch, Element};
use feedforward_network::{Activation, Loss, Optimizer, Penalty, Spec, step};

/// All θ bits after some steps.
fn bits<T: Element>(spec: &Spec, arch: Arch, threads: usize) -> Vec<u64> {
    let mut engine = Engine::<T>::new(spec, 37, arch, threads);
    for step in 1..=4 {
        // The last batch of an epoch is smaller.
        let samples = Samples::random(spec, if step == 4 { 11 } else { 37 }, step, step % 2 == 0);
        engine.train(&samples, &when(step));
    }
    engine.parameters.theta.iter().map(|w| w.to_f64().to_bits()).collect()
}

fn specs() -> Vec<Spec> {
    let mut specs = Vec::new();
    let rules: Vec<Optimizer> = Optimizer::ALL.into_iter().filter(|o| !o.is_search()).collect();
    let outputs = [(Loss::CrossEntropy, 10), (Loss::BinaryCrossEntropy, 1), (Loss::SquaredError, 3)];
    for (loss, outputs) in outputs {
        for hidden in [Activation::Relu, Activation::Tanh, Activation::Sigmoid, Activation::Softplus] {
            let mut spec = Spec::new(&[70, 129, 33, outputs], hidden, loss);
            spec.layers[0].dropout = 0.3;
            spec.layers[1].dropout = 0.1;
            spec.optimizer = rules[specs.len() % rules.len()];
            spec.penalty = Penalty { l1: 1e-4, l2: 1e-3 };
            spec.weight_decay = if spec.decay() > 0.0 { 0.0 } else { 0.01 };
            // Some units of every layer are shortened.
            spec.max_norm = (specs.len() % 2 == 1).then_some(1.2);
            specs.push(spec);
        }
    }
    specs
}

fn check<T: Element>() {
    for mut spec in specs() {
        let expected = bits::<T>(&spec, Arch::Scalar, 1);
        for arch in Arch::available() {
            for threads in [1, 2, 3, 7] {
                let name = format!("{} {} {} threads {threads}", T::NAME, spec.loss, arch.name());
                assert_eq!(bits::<T>(&spec, arch, threads), expected, "{name}");
            }
        }
        spec.clip_norm = Some(1e30);
        assert_eq!(bits::<T>(&spec, Arch::best(), 2), expected, "the unfused path");
        spec.clip_norm = Some(1e-3);
        assert_ne!(bits::<T>(&spec, Arch::best(), 2), expected, "clipping does something");
    }
}

#[test]
fn single_precision() {
    check::<f32>();
}

#[test]
fn double_precision() {
    check::<f64>();
}

#[test]
fn a_row_alone_gets_the_bits_that_it_gets_in_a_batch() {
    for spec in specs() {
        let samples = Samples::random(&spec, 37, 1, false);
        let mut engine = Engine::<f32>::new(&spec, 37, Arch::best(), 2);
        engine.loss(&samples);
        let all = engine.tape.output(37).data().to_vec();
        for r in 0..37 {
            let x: Vec<f32> = samples.x[r].iter().map(|x| *x as f32).collect();
            engine.tape.input(1).data().copy_from_slice(&x);
            step::forward(&engine.plan, &engine.kernels, &engine.parameters.theta, &mut engine.tape, 1);
            let n = spec.outputs();
            assert_eq!(engine.tape.output(1).data(), &all[r * n..(r + 1) * n], "row {r}");
        }
    }
}
