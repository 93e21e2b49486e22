//! A step takes no memory once its plan stands.

mod common;

use common::{Engine, Samples, when};
use feedforward_kernels::Arch;
use feedforward_network::{Activation, Loss, Spec, step};

/// Allocations of the tenth step, after nine that may have grown something. Counted on this thread.
fn allocations(spec: &Spec) -> u64 {
    let samples = Samples::random(spec, 20, 1, true);
    let mut engine = Engine::<f32>::new(spec, 20, Arch::best(), 1);
    engine.labelled(&samples, |e, labels| {
        let mut train =
            |n: u64| step::train(&e.plan, &e.kernels, &mut e.parameters, &mut e.tape, labels, &when(n));
        for n in 1..10 {
            train(n);
        }
        allocation_counter::measure(|| assert!(train(10).is_finite())).count_total
    })
}

#[test]
fn a_step_takes_no_memory() {
    for (loss, outputs) in [(Loss::CrossEntropy, 10), (Loss::BinaryCrossEntropy, 1), (Loss::SquaredError, 3)]
    {
        let mut spec = Spec::new(&[30, 70, 20, outputs], Activation::Tanh, loss);
        spec.layers[0].dropout = 0.2;
        assert_eq!(allocations(&spec), 0, "{loss}, fused");
        spec.clip_norm = Some(0.1);
        assert_eq!(allocations(&spec), 0, "{loss}, unfused");
    }
}

#[test]
fn the_counter_counts() {
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![0u8; 100])));
    assert_eq!(counted.count_total, 1);
}
