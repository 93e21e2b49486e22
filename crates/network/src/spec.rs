//! What the user asks for: plain data, comparable, printable, stored in the model file.

use crate::activation::{Activation, Own};
use crate::init::Init;
use crate::loss::Loss;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use feedforward_base::{Error, ErrorKind, Place, Result};
use serde::{Deserialize, Serialize};

/// Larger networks are refused: 2⁴⁰ numbers are 4 TiB in f32.
const MOST_PARAMETERS: u128 = 1 << 40;

/// Smaller factors and divisors are refused: in f32 they would be 0.
pub(crate) const SMALLEST: f64 = 1e-30;

/// A network and how it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// n_0: numbers per sample.
    pub inputs: usize,
    /// The layers l = 1 ..= L; the last is the output layer.
    pub layers: Vec<Layer>,
    /// What is minimised.
    pub loss: Loss,
    /// The share of the target that is spread over all classes, in [0, 1); 0 for none.
    pub label_smoothing: f64,
    /// How weights, and with it biases, start.
    pub init: Init,
    /// Where the biases of hidden layers start, unless `init` draws them; those of the output start at 0. A
    /// positive one has ReLU units start active (Sarkar, ReLU: 0.1).
    #[serde(default)]
    pub bias: f64,
    /// Penalties on the weights.
    pub penalty: Penalty,
    /// Decoupled weight decay λ of a rule that has none of its own: W shrinks by ηλW in each step.
    pub weight_decay: f64,
    /// The update rule.
    pub optimizer: Optimizer,
    /// η.
    pub learning_rate: f64,
    /// η(t)/η.
    pub schedule: Schedule,
    /// The largest norm of the whole gradient, longer ones are shortened to it.
    pub clip_norm: Option<f64>,
    /// The largest norm of a unit's incoming weights, its bias not counted; longer ones are scaled to it after each
    /// update (Srebro and Shraibman 2005; Hinton et al. 2012).
    #[serde(default)]
    pub max_norm: Option<f64>,
}

/// One dense layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// n_l.
    pub units: usize,
    /// f of a = f(z).
    pub activation: Activation,
    /// The share of activations set to 0 in training, in [0, 1); the others are divided by 1 − dropout.
    pub dropout: f64,
}

/// λ₁‖W‖₁ + ½λ₂‖W‖² over all weights; biases are not penalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Penalty {
    /// λ₁.
    pub l1: f64,
    /// λ₂.
    pub l2: f64,
}

impl Spec {
    /// A network of these units (input first), with one activation for all hidden layers and the output that
    /// belongs to the loss; the rest as usual: Adam, η = 0.001, no dropout, no penalty.
    pub fn new(units: &[usize], hidden: Activation, loss: Loss) -> Self {
        let last = units.len().saturating_sub(1);
        let layer = |(l, &units): (usize, &usize)| Layer {
            units,
            activation: if l == last { loss.usual_output() } else { hidden },
            dropout: 0.0,
        };
        let optimizer = Optimizer::ADAM;
        Spec {
            inputs: units.first().copied().unwrap_or(0),
            layers: units.iter().enumerate().skip(1).map(layer).collect(),
            loss,
            label_smoothing: 0.0,
            init: Init::Auto,
            bias: 0.0,
            penalty: Penalty::default(),
            weight_decay: 0.0,
            optimizer,
            learning_rate: optimizer.usual_learning_rate(),
            schedule: Schedule::Constant,
            clip_norm: None,
            max_norm: None,
        }
    }
    /// Decoupled weight decay λ: AdamW's own number, or [`Spec::weight_decay`] of another rule.
    pub fn decay(&self) -> f64 {
        match self.optimizer {
            Optimizer::Adamw(own) => own.weight_decay,
            _ => self.weight_decay,
        }
    }
    /// n_L: numbers that the network says about a sample.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |l| l.units)
    }
    /// Parameters of all layers: weights, biases, and what activations learn.
    pub fn parameters(&self) -> usize {
        let inputs = std::iter::once(self.inputs).chain(self.layers.iter().map(|l| l.units));
        let own = |l: &Layer| if l.activation.is_learned() { 1 } else { 0 };
        inputs.zip(&self.layers).map(|(k, l)| (k + 1 + own(l)) * l.units).sum()
    }
    /// `784-512-10`.
    pub fn shape(&self) -> String {
        let units = std::iter::once(self.inputs).chain(self.layers.iter().map(|l| l.units));
        units.map(|n| n.to_string()).collect::<Vec<_>>().join("-")
    }
    /// Everything that cannot be, reported together.
    pub fn check(&self) -> Result<()> {
        let mut problems = Vec::new();
        self.check_layers(&mut problems);
        self.check_size(&mut problems);
        problems.extend(self.schedule.check());
        self.check_numbers(&mut problems);
        self.check_optimizer(&mut problems);
        Error::many(problems)
    }

    /// What a network that is right for prediction cannot learn: a hidden step, whose slope is 0; a hidden layer
    /// under the perceptron rule; the perceptron rule in any form but its own.
    ///
    /// # Errors
    /// All of that together.
    pub fn check_learning(&self) -> Result<()> {
        let mut problems = Vec::new();
        let hidden = self.layers.len().saturating_sub(1);
        for (l, _) in (1..=hidden).zip(&self.layers).filter(|(_, l)| l.activation == Activation::Step) {
            let e = Error::bad_value("the activation of a layer that learns", "step", "one that has a slope");
            problems.push(e.at(Place::in_layer(l)).hint("use sigmoid or tanh, which are soft steps"));
        }
        if self.loss == Loss::Perceptron && hidden > 0 {
            problems.push(
                Error::new(ErrorKind::Conflict {
                    one: "loss `perceptron`".into(),
                    other: format!("{hidden} hidden layers"),
                    why: "nothing can be pulled back through a step".into(),
                })
                .hint("use --layers '' for the perceptron, or loss `binary_cross_entropy` for hidden layers"),
            );
        }
        if self.loss == Loss::Perceptron && !matches!(self.optimizer, Optimizer::Sgd(_)) {
            problems.push(
                Error::new(ErrorKind::Conflict {
                    one: "loss `perceptron`".into(),
                    other: format!("optimizer `{}`", self.optimizer.name()),
                    why: "the perceptron rule is W ← W + η (y − a) x".into(),
                })
                .hint("use --optimizer sgd"),
            );
        }
        Error::many(problems)
    }

    fn check_size(&self, problems: &mut Vec<Error>) {
        let inputs = std::iter::once(self.inputs).chain(self.layers.iter().map(|l| l.units));
        let sizes = inputs.zip(&self.layers).map(|(k, l)| (k as u128 + 1) * l.units as u128);
        let parameters = sizes.fold(0u128, u128::saturating_add);
        if parameters > MOST_PARAMETERS {
            let e = Error::bad_value(
                "the number of parameters",
                parameters,
                format!("at most {MOST_PARAMETERS}"),
            );
            problems.push(e.hint("take fewer units or layers"));
        }
    }

    fn check_layers(&self, problems: &mut Vec<Error>) {
        if self.inputs == 0 {
            problems.push(Error::bad_value("the number of inputs", 0, "at least 1"));
        }
        if self.layers.is_empty() {
            problems.push(Error::bad_value("the number of layers", 0, "at least 1"));
        }
        for (l, layer) in self.layers.iter().enumerate() {
            let place = Place::in_layer(l + 1);
            if layer.units == 0 {
                problems.push(Error::bad_value("the number of units", 0, "at least 1").at(place.clone()));
            }
            if !(0.0..1.0).contains(&layer.dropout) {
                let e = Error::bad_value("dropout", layer.dropout, "at least 0 and below 1");
                problems.push(e.at(place.clone()).hint("0.2 drops one activation in five"));
            }
            if l + 1 < self.layers.len() && !layer.activation.is_elementwise() {
                let e = Error::bad_value("a hidden activation", layer.activation, "a function of one number");
                problems.push(
                    e.at(place.clone()).hint(format!("{} is for the output layer", layer.activation.name())),
                );
            }
            problems.extend(layer.activation.check().map(|e| e.at(place.clone())));
            if l + 1 == self.layers.len() && layer.dropout > 0.0 {
                let e = Error::bad_value("dropout", layer.dropout, "0 after the output layer");
                problems.push(e.at(place));
            }
        }
        if let Some(last) = self.layers.last()
            && !self.loss.accepts(last.activation)
        {
            problems.push(
                Error::new(ErrorKind::Conflict {
                    one: format!("loss `{}`", self.loss),
                    other: format!("output `{}`", last.activation),
                    why: "the loss cannot judge such outputs".into(),
                })
                .hint(format!("use output `{}`, which belongs to this loss", self.loss.usual_output())),
            );
        }
        problems.extend(self.loss.check());
        if self.loss.wants_classes() && self.outputs() < 2 {
            let e = Error::bad_value("the number of outputs", self.outputs(), "at least 2 for cross_entropy");
            problems.push(e.hint("use loss `binary_cross_entropy` for two classes and one output"));
        }
    }

    fn check_optimizer(&self, problems: &mut Vec<Error>) {
        self.optimizer.check(problems);
        if self.weight_decay > 0.0 && matches!(self.optimizer, Optimizer::Adamw(_)) {
            problems.push(
                Error::new(ErrorKind::Conflict {
                    one: format!("weight decay {}", self.weight_decay),
                    other: "optimizer `adamw`".into(),
                    why: "adamw has a weight decay of its own".into(),
                })
                .hint("set that of adamw, or take adam"),
            );
        }
        if self.optimizer.is_search() {
            self.check_search(problems);
        }
    }

    /// A search minimises one function of θ: nothing may be drawn anew, and nothing change θ beside it.
    fn check_search(&self, problems: &mut Vec<Error>) {
        let drawn = "its draws would change the objective from one look to the next";
        let own = "a search finds its own step length";
        let beside = "it would move the parameters beside the search";
        let settings = [
            (self.layers.iter().any(|l| l.dropout > 0.0), "dropout", drawn, "leave --dropout out"),
            (
                self.layers.iter().any(|l| l.activation.own() == Own::Drawn),
                "a drawn slope",
                drawn,
                "use --activation prelu or leaky_relu",
            ),
            (self.schedule != Schedule::Constant, "a schedule", own, "leave --schedule out"),
            (self.clip_norm.is_some(), "a clip norm", own, "leave --clip-norm out"),
            (self.max_norm.is_some(), "a max norm", beside, "use --penalty l2=1e-4 instead"),
            (self.weight_decay != 0.0, "weight decay", beside, "use --penalty l2=1e-4 instead"),
        ];
        for (_, what, why, hint) in settings.into_iter().filter(|(set, ..)| *set) {
            let (one, other) = (what.into(), format!("optimizer `{}`", self.optimizer.name()));
            let e = Error::new(ErrorKind::Conflict { one, other, why: why.into() });
            problems.push(e.hint(format!("{hint}, or take a rule such as `adam`")));
        }
    }

    fn check_numbers(&self, problems: &mut Vec<Error>) {
        let mut number = |name: &str, value: f64, good: bool, want: &str| {
            if !(good && value.is_finite()) {
                problems.push(Error::bad_value(name, value, want));
            }
        };
        let rate = self.learning_rate;
        number("the learning rate", rate, rate >= SMALLEST, "a number of at least 1e-30");
        number("the initial bias", self.bias, true, "a finite number");
        number("penalty l1", self.penalty.l1, self.penalty.l1 >= 0.0, "a number of at least 0");
        number("penalty l2", self.penalty.l2, self.penalty.l2 >= 0.0, "a number of at least 0");
        number("weight decay", self.weight_decay, self.weight_decay >= 0.0, "a number of at least 0");
        let smoothing = self.label_smoothing;
        number("label smoothing", smoothing, (0.0..1.0).contains(&smoothing), "at least 0 and below 1");
        if smoothing > 0.0 && !self.loss.smooths() {
            let conflict = ErrorKind::Conflict {
                one: "label smoothing".into(),
                other: format!("loss `{}`", self.loss),
                why: "there are no classes to spread the target over".into(),
            };
            problems.push(Error::new(conflict).hint("leave label smoothing at 0"));
        }
        if self.init == Init::Gaussian && self.bias != 0.0 {
            problems.push(
                Error::new(ErrorKind::Conflict {
                    one: format!("initial bias {}", self.bias),
                    other: "initialisation `gaussian`".into(),
                    why: "gaussian draws the biases".into(),
                })
                .hint("take `lecun`, which has the same weights, or leave the bias out"),
            );
        }
        for (name, norm) in [("the clip norm", self.clip_norm), ("the max norm", self.max_norm)] {
            if let Some(norm) = norm
                && !(norm > 0.0 && norm.is_finite())
            {
                problems.push(Error::bad_value(name, norm, "a number above 0"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_reported_together() {
        let mut spec = Spec::new(&[4, 0, 3], Activation::Relu, Loss::CrossEntropy);
        spec.learning_rate = -1.0;
        spec.layers[1].activation = Activation::Linear;
        spec.layers[0].dropout = 1.5;
        let text = spec.check().unwrap_err().to_string();
        for part in [
            "4 problems",
            "number of units is `0`",
            "learning rate is `-1`",
            "dropout is `1.5`",
            "output `linear`",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_search_refuses_what_it_cannot_have() {
        let mut spec = Spec::new(&[4, 8, 3], Activation::Tanh, Loss::CrossEntropy);
        spec.optimizer = Optimizer::LBFGS;
        spec.penalty = Penalty { l1: 0.1, l2: 0.1 };
        spec.check().unwrap();
        (spec.layers[0].dropout, spec.weight_decay, spec.clip_norm) = (0.1, 0.1, Some(1.0));
        (spec.max_norm, spec.schedule) = (Some(1.0), Schedule::parse("cosine").unwrap());
        let text = spec.check().unwrap_err().to_string();
        for part in ["5 problems", "dropout", "a schedule", "a clip norm", "a max norm", "weight decay"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn sizes_that_no_machine_has_are_refused() {
        for units in [&[usize::MAX, usize::MAX, 2][..], &[10_000_000_000, 10_000_000_000], &[4, 1 << 40, 2]] {
            let e = Spec::new(units, Activation::Relu, Loss::CrossEntropy).check().unwrap_err();
            assert!(e.to_string().starts_with("the number of parameters is"), "{e}");
        }
    }

    #[test]
    fn a_spec_survives_json() {
        for optimizer in Optimizer::ALL {
            for schedule in Schedule::ALL {
                let mut spec = Spec::new(&[4, 8, 3], Activation::Tanh, Loss::CrossEntropy);
                (spec.optimizer, spec.schedule) = (optimizer, schedule);
                let json = serde_json::to_string(&spec).unwrap();
                assert_eq!(serde_json::from_str::<Spec>(&json).unwrap(), spec, "{json}");
            }
        }
    }

    /// Fischer and Zahn's Keras model and Wang's count for d1 = d2 = 256.
    #[test]
    fn parameters_of_the_lectures() {
        let count = |units: &[usize]| Spec::new(units, Activation::Relu, Loss::CrossEntropy).parameters();
        assert_eq!(count(&[784, 512, 10]), 407_050);
        assert_eq!(count(&[784, 256, 256, 10]), 785 * 256 + 257 * 256 + 257 * 10);
    }
}
