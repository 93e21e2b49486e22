//! Update rules: one file each, one list.
//!
//! A rule turns a gradient into a change of a parameter, number by number. To add one: write its file on
//! the pattern of `adam.rs`, add a variant to [`Optimizer`] and its line to `visit`.

use crate::about::About;
use feedforward_base::Real;
use feedforward_base::{Error, Result};
use feedforward_kernels::coefficients::Coefficients;
use feedforward_kernels::{Element, Rule, Simd};
use serde::{Deserialize, Serialize};

mod adam;
mod momentum;
mod penalised;
mod sgd;
pub use adam::{Adam, AdamStep};
pub use momentum::{Momentum, MomentumStep};
pub(crate) use penalised::Penalised;
pub use sgd::{Sgd, SgdStep};

/// An optimizer of the closed set with its hyper-parameters; the learning rate is the spec's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Optimizer {
    /// See [`struct@Sgd`].
    Sgd(Sgd),
    /// See [`struct@Momentum`].
    Momentum(Momentum),
    /// See [`struct@Adam`].
    Adam(Adam),
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
    /// Every optimizer with its usual hyper-parameters.
    pub const ALL: [Optimizer; 3] = [Self::SGD, Self::MOMENTUM, Self::ADAM];

    /// Name, formula and source.
    pub fn about(&self) -> About {
        match self {
            Optimizer::Sgd(_) => sgd::ABOUT,
            Optimizer::Momentum(_) => momentum::ABOUT,
            Optimizer::Adam(_) => adam::ABOUT,
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
    /// The learning rate that suits most networks.
    pub fn usual_learning_rate(&self) -> f64 {
        match self {
            Optimizer::Sgd(_) => 0.1,
            Optimizer::Momentum(_) => 0.02,
            Optimizer::Adam(_) => 0.001,
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
        self.visit(1, 1.0, Slots)
    }
    /// Problems of the hyper-parameters.
    pub(crate) fn check(&self, problems: &mut Vec<Error>) {
        let mut below_one = |name: &str, value: f64| {
            if !(0.0..1.0).contains(&value) {
                problems.push(Error::bad_value(name, value, "at least 0 and below 1"));
            }
        };
        match self {
            Optimizer::Sgd(_) => {}
            Optimizer::Momentum(m) => below_one("momentum", m.momentum),
            Optimizer::Adam(a) => {
                below_one("beta1", a.beta1);
                below_one("beta2", a.beta2);
                if !(a.epsilon >= crate::spec::SMALLEST && a.epsilon.is_finite()) {
                    problems.push(Error::bad_value("epsilon", a.epsilon, "a number of at least 1e-30"));
                }
            }
        }
    }
    /// The one place where the kind of an optimizer is looked at: the rule of step `t` = 1, 2, …
    /// with learning rate `eta`.
    pub fn visit<T: Element, V: VisitRule<T>>(&self, t: u64, eta: f64, v: V) -> V::Out {
        match self {
            Optimizer::Sgd(o) => v.rule(o.step(eta)),
            Optimizer::Momentum(o) => v.rule(o.step(eta)),
            Optimizer::Adam(o) => v.rule(o.step(t, eta)),
        }
    }
}
