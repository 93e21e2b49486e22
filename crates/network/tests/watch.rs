//! Whoever watches a step is told of its parts in their order, and changes no bit.

mod common;

use common::{Engine, Samples, when};
use feedforward_kernels::Arch;
use feedforward_network::step::{self, Part, Watch};
use feedforward_network::{Activation, Loss, Spec};

/// Remembers the parts.
#[derive(Default)]
struct Seen(Vec<Part>);

impl Watch for Seen {
    fn after(&mut self, part: Part) {
        self.0.push(part);
    }
}

/// The parts of one step, after a check that it leaves the bits of an unwatched one.
fn parts(spec: &Spec) -> Vec<Part> {
    let samples = Samples::random(spec, 7, 1, false);
    let [mut watched, mut alone] = [(); 2].map(|()| Engine::<f32>::new(spec, 7, Arch::best(), 1));
    let mut seen = Seen::default();
    let loss = watched.labelled(&samples, |e, labels| {
        let (p, tape) = (&mut e.parameters, &mut e.tape);
        step::train_watched(&e.plan, &e.kernels, p, tape, labels, &when(1), &mut seen)
    });
    assert_eq!(loss.to_bits(), alone.train(&samples, &when(1)).to_bits());
    assert_eq!(watched.parameters, alone.parameters);
    let flops: u64 = seen.0.iter().map(|part| part.flops(&watched.plan)).sum();
    assert_eq!(flops, watched.plan.flops().total());
    seen.0
}

#[test]
fn parts_come_in_the_order_of_the_equations() {
    use Part::{BiasGradient, Clip, Forward, Loss, PullBack, Update, WeightGradient};
    let mut spec = Spec::new(&[5, 6, 4, 3], Activation::Tanh, feedforward_network::Loss::CrossEntropy);
    let mut want = vec![Forward(1), Forward(2), Forward(3), Loss];
    for l in [3, 2] {
        want.extend([PullBack(l), WeightGradient(l), BiasGradient(l)]);
    }
    want.extend([WeightGradient(1), BiasGradient(1)]);
    assert_eq!(parts(&spec), want);
    spec.clip_norm = Some(1e-3);
    want.extend([Clip, Update]);
    assert_eq!(parts(&spec), want, "the unfused path");
}

#[test]
fn a_network_without_a_hidden_layer_pulls_nothing_back() {
    let seen = parts(&Spec::new(&[5, 1], Activation::Tanh, Loss::SquaredError));
    assert_eq!(seen, [Part::Forward(1), Part::Loss, Part::WeightGradient(1), Part::BiasGradient(1)]);
}
