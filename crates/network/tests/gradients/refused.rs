//! What a plan refuses: pairings without a meaning, each with a hint.

use feedforward_network::{Activation, Loss, Optimizer, Plan, Spec};

/// The outputs that each loss accepts, written down a second time.
const ACCEPTED: [(&str, &[&str]); 8] = [
    ("cross_entropy", &["softmax", "log_softmax"]),
    ("binary_cross_entropy", &["sigmoid"]),
    ("squared_error", SMOOTH_OR_KINKED),
    ("l1", SMOOTH_OR_KINKED),
    ("huber", SMOOTH_OR_KINKED),
    ("poisson", &["exponential"]),
    ("hinge", &["linear", "tanh"]),
    ("perceptron", &["step"]),
];

/// Elementwise, without numbers of their own, with a slope.
const SMOOTH_OR_KINKED: &[&str] = &[
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    "softplus",
    "abs",
    "gelu",
    "selu",
    "exponential",
    "leaky_relu",
    "elu",
    "swish",
];

/// The error of a plan for `spec`; it must have one, with a hint.
fn refusal(spec: &Spec) -> String {
    let text = Plan::new(spec, 4, 1).expect_err("must be refused").to_string();
    assert!(text.contains("hint: "), "no hint in {text}");
    text
}

fn single_layer(loss: Loss, output: Activation) -> Spec {
    let mut spec = Spec::new(&[4, 3], Activation::Tanh, loss);
    spec.layers[0].activation = output;
    spec.optimizer = Optimizer::SGD;
    spec
}

#[test]
fn every_pairing_of_loss_and_output_is_planned_or_refused_with_a_hint() {
    assert_eq!(
        ACCEPTED.map(|(loss, _)| loss).as_slice(),
        Loss::ALL.iter().map(|l| l.name()).collect::<Vec<_>>()
    );
    let mut refused = 0;
    for (loss, (_, accepted)) in Loss::ALL.iter().zip(ACCEPTED) {
        for &output in Activation::ALL {
            let spec = single_layer(*loss, output);
            if accepted.contains(&output.name()) {
                Plan::new(&spec, 4, 1).unwrap();
                continue;
            }
            let text = refusal(&spec);
            assert!(text.contains(loss.name()) && text.contains(output.name()), "{text}");
            assert!(text.contains(loss.usual_output().name()), "no way out in {text}");
            refused += 1;
        }
    }
    let accepted: usize = ACCEPTED.iter().map(|(_, outputs)| outputs.len()).sum();
    assert_eq!(refused, Loss::ALL.len() * Activation::ALL.len() - accepted);
}

#[test]
fn row_wise_functions_are_for_the_output() {
    for hidden in [Activation::Softmax, Activation::LogSoftmax] {
        let text = refusal(&Spec::new(&[4, 5, 3], hidden, Loss::CrossEntropy));
        assert!(text.contains("hidden") && text.contains(hidden.name()), "{text}");
    }
}

#[test]
fn labels_that_are_no_classes_are_not_smoothed() {
    for &loss in Loss::ALL {
        let mut spec = single_layer(loss, loss.usual_output());
        spec.label_smoothing = 0.1;
        if loss.smooths() {
            Plan::new(&spec, 4, 1).unwrap();
        } else {
            let text = refusal(&spec);
            assert!(text.contains("label smoothing") && text.contains(loss.name()), "{text}");
        }
    }
}

/// The error of learning with `spec`, which can predict; it must have one, with a hint.
fn refusal_to_learn(spec: &Spec) -> String {
    Plan::new(spec, 4, 1).unwrap();
    let text = spec.check_learning().expect_err("must be refused").to_string();
    assert!(text.contains("hint: "), "no hint in {text}");
    text
}

#[test]
fn a_hidden_step_predicts_and_does_not_learn() {
    let mut spec = Spec::new(&[4, 5, 6, 3], Activation::Tanh, Loss::CrossEntropy);
    spec.check_learning().unwrap();
    spec.layers[1].activation = Activation::Step;
    let text = refusal_to_learn(&spec);
    assert!(text.contains("step") && text.contains("layer 2"), "{text}");
}

/// Rosenblatt's rule knows one layer and plain gradient descent.
#[test]
fn the_perceptron_rule_is_for_one_layer_and_sgd() {
    single_layer(Loss::Perceptron, Activation::Step).check_learning().unwrap();
    let mut spec = Spec::new(&[4, 5, 3], Activation::Tanh, Loss::Perceptron);
    spec.optimizer = Optimizer::SGD;
    let text = refusal_to_learn(&spec);
    assert!(text.contains("perceptron") && text.contains("hidden"), "{text}");
    let mut spec = single_layer(Loss::Perceptron, Activation::Step);
    for optimizer in Optimizer::ALL.into_iter().filter(|o| *o != Optimizer::SGD) {
        spec.optimizer = optimizer;
        let text = refusal_to_learn(&spec);
        assert!(text.contains("perceptron") && text.contains(optimizer.name()), "{text}");
    }
}
