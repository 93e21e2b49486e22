//! Update rules and searches: one file each, one list.
//!
//! A rule turns a gradient into a change of a parameter, number by number. To add one: write its file on
//! the pattern of `adam.rs`, add a variant to [`Optimizer`]; the compiler names the places
//! that want its line.

use crate::about::About;
use feedforward_base::Real;
use feedforward_base::{Error, Result};
use feedforward_kernels::coefficients::Coefficients;
use feedforward_kernels::{Element, Rule, Simd};
use serde::{Deserialize, Serialize};

mod adagrad;
mod adam;
mod adamw;
mod momentum;
mod nesterov;
mod penalised;
mod rmsprop;
pub mod search;
mod sgd;
pub use adagrad::Adagrad;
pub use adam::{Adam, AdamStep};
pub use adamw::Adamw;
pub use momentum::{Momentum, MomentumStep};
pub use nesterov::Nesterov;
pub(crate) use penalised::Penalised;
pub use rmsprop::{Rmsprop, SquaresStep};
pub use search::{ConjugateGradient, Lbfgs};
pub use sgd::{Sgd, SgdStep};

/// An optimizer of the closed set with its hyper-parameters; the learning rate is the spec's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Optimizer {
    /// See [`struct@Sgd`].
    Sgd(Sgd),
    /// See [`struct@Momentum`].
    Momentum(Momentum),
    /// See [`struct@Nesterov`].
    Nesterov(Nesterov),
    /// See [`struct@Adagrad`].
    Adagrad(Adagrad),
    /// See [`struct@Rmsprop`].
    Rmsprop(Rmsprop),
    /// See [`struct@Adam`].
    Adam(Adam),
    /// See [`struct@Adamw`].
    Adamw(Adamw),
    /// See [`struct@ConjugateGradient`].
    ConjugateGradient(ConjugateGradient),
    /// See [`struct@Lbfgs`].
    Lbfgs(Lbfgs),
}

/// What is done with the rule of a step once its kind is known; see [`Optimizer::visit`].
pub trait VisitRule<T: Element> {
    /// The answer.
    type Out;
    /// With the rule of this step.
    fn rule<R: Rule<T>>(self, rule: R) -> Self::Out;
}

/// `x`, or 0 where it is smaller than the normal numbers. What an optimizer remembers of a unit that no
/// longer learns would otherwise decay into denormal numbers, which slow many processors down a hundredfold.
#[inline(always)]
pub(crate) fn normal<S: Simd>(x: S) -> S {
    let zero = S::splat(S::Elem::ZERO);
    S::select(x.abs().lt(S::splat(S::Elem::TINY)), zero, x)
}

impl Optimizer {
    /// Gradient descent.
    pub const SGD: Optimizer = Optimizer::Sgd(Sgd);
    /// Momentum with its usual hyper-parameters.
    pub const MOMENTUM: Optimizer = Optimizer::Momentum(Momentum::USUAL);
    /// Adam with its usual hyper-parameters.
    pub const ADAM: Optimizer = Optimizer::Adam(Adam::USUAL);
    /// AdamW with its usual hyper-parameters.
    pub const ADAMW: Optimizer = Optimizer::Adamw(Adamw::USUAL);
    /// Conjugate gradient with its usual tolerance.
    pub const CONJUGATE_GRADIENT: Optimizer = Optimizer::ConjugateGradient(ConjugateGradient::USUAL);
    /// L-BFGS with its usual tolerance.
    pub const LBFGS: Optimizer = Optimizer::Lbfgs(Lbfgs::USUAL);
    /// Every optimizer with its usual hyper-parameters.
    pub const ALL: [Optimizer; 9] = [
        Self::SGD,
        Self::MOMENTUM,
        Optimizer::Nesterov(Nesterov::USUAL),
        Optimizer::Adagrad(Adagrad::USUAL),
        Optimizer::Rmsprop(Rmsprop::USUAL),
        Self::ADAM,
        Self::ADAMW,
        Self::CONJUGATE_GRADIENT,
        Self::LBFGS,
    ];

    /// Name, formula and source.
    pub fn about(&self) -> About {
        match self {
            Optimizer::Sgd(_) => sgd::ABOUT,
            Optimizer::Momentum(_) => momentum::ABOUT,
            Optimizer::Nesterov(_) => nesterov::ABOUT,
            Optimizer::Adagrad(_) => adagrad::ABOUT,
            Optimizer::Rmsprop(_) => rmsprop::ABOUT,
            Optimizer::Adam(_) => adam::ABOUT,
            Optimizer::Adamw(_) => adamw::ABOUT,
            Optimizer::ConjugateGradient(_) => search::CONJUGATE_GRADIENT,
            Optimizer::Lbfgs(_) => search::LBFGS,
        }
    }
    /// The name that users type.
    pub fn name(&self) -> &'static str {
        self.about().name
    }
    /// The optimizer of that name with its usual hyper-parameters.
    pub fn parse(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().map(Self::name);
        let found = Self::ALL.into_iter().find(|o| o.name() == name);
        found.ok_or_else(|| Error::unknown("optimizer", name, known))
    }
    /// The learning rate that suits most networks; a search finds its own, and 1 is written for it.
    pub fn usual_learning_rate(&self) -> f64 {
        match self {
            Optimizer::Sgd(_) => 0.1,
            Optimizer::Momentum(_) | Optimizer::Nesterov(_) => 0.02,
            Optimizer::Adagrad(_) => 0.01,
            Optimizer::Rmsprop(_) | Optimizer::Adam(_) | Optimizer::Adamw(_) => 0.001,
            Optimizer::ConjugateGradient(_) | Optimizer::Lbfgs(_) => 1.0,
        }
    }
    /// Whether it is a search, which asks for the objective itself, and not a rule.
    pub fn is_search(&self) -> bool {
        matches!(self, Optimizer::ConjugateGradient(_) | Optimizer::Lbfgs(_))
    }
    /// One iteration of a search; see [`search`]. `memory` is [`Optimizer::slots`] times as long as `theta`.
    ///
    /// # Panics
    /// If the optimizer is a rule, or `memory` has another length.
    pub fn iterate<T: Real>(
        &self,
        state: &mut search::State,
        theta: &mut [T],
        memory: &mut [T],
        objective: &mut impl search::Objective<T>,
    ) -> search::Outcome {
        match self {
            Optimizer::ConjugateGradient(o) => {
                search::iterate(o, o.tolerance, state, theta, memory, objective)
            }
            Optimizer::Lbfgs(o) => search::iterate(o, o.tolerance, state, theta, memory, objective),
            rule => panic!("{} is a rule, and searches nothing", rule.name()),
        }
    }
    /// Numbers that the optimizer remembers for each parameter.
    pub fn slots(&self) -> usize {
        struct Slots;
        impl VisitRule<f32> for Slots {
            type Out = usize;
            fn rule<R: Rule<f32>>(self, _: R) -> usize {
                R::SLOTS
            }
        }
        match self {
            Optimizer::ConjugateGradient(o) => search::vectors(o),
            Optimizer::Lbfgs(o) => search::vectors(o),
            _ => self.visit(1, 1.0, Slots),
        }
    }
    /// The hyper-parameters by the names that users type, to be set.
    pub fn numbers_mut(&mut self) -> Vec<(&'static str, &mut f64)> {
        match self {
            Optimizer::Sgd(Sgd) => vec![],
            Optimizer::Momentum(Momentum { momentum }) | Optimizer::Nesterov(Nesterov { momentum }) => {
                vec![("momentum", momentum)]
            }
            Optimizer::ConjugateGradient(ConjugateGradient { tolerance })
            | Optimizer::Lbfgs(Lbfgs { tolerance }) => {
                vec![("tolerance", tolerance)]
            }
            Optimizer::Adagrad(Adagrad { epsilon }) => vec![("epsilon", epsilon)],
            Optimizer::Rmsprop(Rmsprop { decay, epsilon }) => vec![("decay", decay), ("epsilon", epsilon)],
            Optimizer::Adam(Adam { beta1, beta2, epsilon }) => {
                vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)]
            }
            Optimizer::Adamw(Adamw { beta1, beta2, epsilon, weight_decay }) => {
                vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("weight_decay", weight_decay)]
            }
        }
    }
    /// The hyper-parameters by the names that users type.
    pub fn numbers(&self) -> Vec<(&'static str, f64)> {
        let mut own = *self;
        own.numbers_mut().into_iter().map(|(name, value)| (name, *value)).collect()
    }
    /// The hyper-parameters that are not the usual ones.
    pub fn unusual_numbers(&self) -> Vec<(&'static str, f64)> {
        let usual = Self::ALL.into_iter().find(|o| o.name() == self.name()).map(|o| o.numbers());
        let usual = usual.unwrap_or_default();
        self.numbers().into_iter().filter(|number| !usual.contains(number)).collect()
    }
    /// Problems of the hyper-parameters.
    pub(crate) fn check(&self, problems: &mut Vec<Error>) {
        for (name, value) in self.numbers() {
            let (good, want) = match name {
                "epsilon" => (value >= crate::spec::SMALLEST, "a number of at least 1e-30"),
                "weight_decay" | "tolerance" => (value >= 0.0, "a number of at least 0"),
                _ => ((0.0..1.0).contains(&value), "at least 0 and below 1"),
            };
            if !(good && value.is_finite()) {
                problems.push(Error::bad_value(name.replace('_', " "), value, want));
            }
        }
    }
    /// The one place where the kind of an optimizer is looked at: the rule of step `t` = 1, 2, …
    /// with learning rate `eta`.
    ///
    /// # Panics
    /// If the optimizer is a search.
    pub fn visit<T: Element, V: VisitRule<T>>(&self, t: u64, eta: f64, v: V) -> V::Out {
        match self {
            Optimizer::Sgd(o) => v.rule(o.step(eta)),
            Optimizer::Momentum(o) => v.rule(o.step(eta)),
            Optimizer::Nesterov(o) => v.rule(o.step(eta)),
            Optimizer::Adagrad(o) => v.rule(o.step(eta)),
            Optimizer::Rmsprop(o) => v.rule(o.step(eta)),
            Optimizer::Adam(o) => v.rule(o.step(t, eta)),
            Optimizer::Adamw(o) => v.rule(o.adam().step(t, eta)),
            search => panic!("{} is a search, and has no rule", search.name()),
        }
    }
}
