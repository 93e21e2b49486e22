//! One step of training: the six equations of back-propagation.
//!
//! ```text
//! forward   (1) Z[l] = A[l-1] W[l]ᵀ + b[l]
//!           (2) A[l] = f[l](Z[l])
//! backward  (3) δ[L] = ∂J/∂Z[L]
//!           (4) ∂J/∂W[l] = δ[l]ᵀ A[l-1]
//!           (5) ∂J/∂b[l] = Σ rows of δ[l]
//!           (6) δ[l-1] = δ[l] W[l] ⊙ f'(Z[l-1])
//! ```
//! Where units learn a number p of their own (PReLU's slope), (5) has a second line:
//! `∂J/∂p[l] = Σ rows of δ[l+1] W[l+1] ⊙ ∂f/∂p(Z[l])`.
//! The literal twin is [`crate::reference`].

use crate::loss::Target;
use crate::optimizer::{Penalised, VisitRule};
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, Dice};
use feedforward_kernels::{Element, Kernels, Rule, Store, Update};

mod backward;
mod forward;
pub mod full_batch;
mod look;
mod loss;
mod not_finite;
pub use forward::{forward, forward_kept};
pub use look::slopes;
pub use not_finite::{NotFinite, What, first_not_finite};

use backward::pull_back;
use forward::{Pass, forward_layers};
use loss::loss_and_delta;

/// What the network should have said for a batch, and how much each sample counts.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a, T> {
    /// Classes or values.
    pub target: Target<'a, T>,
    /// One weight per sample, at least 0; `None`: all the same.
    pub weights: Option<&'a [T]>,
}

/// The counters of a step: what its random numbers are a function of, and its learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct When {
    /// The run's randomness.
    pub dice: Dice,
    /// Epoch, from 1.
    pub epoch: u64,
    /// Step of the epoch, from 1.
    pub step: u64,
    /// η of this step.
    pub eta: f64,
}

/// A part of a step, `l` being its layer, 1 ..= L.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// (1) and (2).
    Forward(usize),
    /// (3).
    Loss,
    /// (6), from layer `l` to layer `l − 1`.
    PullBack(usize),
    /// (4), in the fused path with the update of the weights.
    WeightGradient(usize),
    /// (5), in the fused path with the update of the biases.
    BiasGradient(usize),
    /// Unfused path: the norm of the gradient, and its shortening.
    Clip,
    /// Unfused path: the update of all parameters.
    Update,
}

impl Part {
    /// Its name, without the layer.
    pub fn name(self) -> &'static str {
        match self {
            Part::Forward(_) => "forward",
            Part::Loss => "loss",
            Part::PullBack(_) => "pull_back",
            Part::WeightGradient(_) => "weight_gradient",
            Part::BiasGradient(_) => "bias_gradient",
            Part::Clip => "clip",
            Part::Update => "update",
        }
    }
    /// Its layer, if it is a layer's.
    pub fn layer(self) -> Option<usize> {
        match self {
            Part::Forward(l) | Part::PullBack(l) | Part::WeightGradient(l) | Part::BiasGradient(l) => Some(l),
            Part::Loss | Part::Clip | Part::Update => None,
        }
    }
    /// Floating-point operations of its product on a full batch, as [`Plan::flops`] counts them; 0 if it has none.
    pub fn flops(self, plan: &Plan) -> u64 {
        match self {
            Part::Forward(l) | Part::PullBack(l) | Part::WeightGradient(l) => plan.product_flops(l),
            _ => 0,
        }
    }
}

/// Somebody who is told when a part of a step is done, to time it for example.
pub trait Watch {
    /// `part` has just been done; the next one begins when this returns.
    fn after(&mut self, part: Part);
}

/// Nobody: costs nothing.
impl Watch for () {
    #[inline(always)]
    fn after(&mut self, _: Part) {}
}

/// Train on the samples in the tape's input: forward, backward, update. Returns their mean loss before the
/// update, penalty excluded.
pub fn train<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    parameters: &mut Parameters<T>,
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
    when: &When,
) -> f64 {
    train_watched(plan, kernels, parameters, tape, labels, when, &mut ())
}

/// As [`train`], with the same bits, while `watch` is told of each part that is done.
pub fn train_watched<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    parameters: &mut Parameters<T>,
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
    when: &When,
    watch: &mut impl Watch,
) -> f64 {
    parameters.t += 1;
    let (optimizer, t) = (plan.spec().optimizer, parameters.t);
    optimizer.visit(t, when.eta, Training { plan, kernels, parameters, tape, labels, when, watch })
}

/// One step of training, its rule still to come.
struct Training<'a, 'l, T: Element, W> {
    plan: &'a Plan,
    kernels: &'a Kernels<T>,
    parameters: &'a mut Parameters<T>,
    tape: &'a mut Tape<T>,
    labels: Labels<'l, T>,
    when: &'a When,
    watch: &'a mut W,
}

impl<T: Element, W: Watch> VisitRule<T> for Training<'_, '_, T, W> {
    type Out = f64;
    /// Weights have their penalties, biases have none.
    fn rule<R: Rule<T>>(self, rule: R) -> f64 {
        match Penalised::new(self.plan.spec(), rule, self.when.eta) {
            Some(penalised) => self.run(penalised, rule),
            None => self.run(rule, rule),
        }
    }
}

impl<T: Element, W: Watch> Training<'_, '_, T, W> {
    fn run(self, of_weights: impl Rule<T>, of_biases: impl Rule<T>) -> f64 {
        if self.plan.fused() {
            self.fused(of_weights, of_biases)
        } else {
            self.unfused(of_weights, of_biases)
        }
    }
    /// A gradient is applied as soon as it is known.
    fn fused(self, of_weights: impl Rule<T>, of_biases: impl Rule<T>) -> f64 {
        let Training { plan, kernels, parameters: p, tape, labels, when, watch } = self;
        let m = rows(labels.target);
        forward_layers(plan, kernels, &p.theta, tape, 0..m, Pass::Learn(when), watch);
        let loss = loss_and_delta(plan, kernels, tape, labels);
        watch.after(Part::Loss);
        // ANCHOR: backward
        for l in (1..=plan.layout().last()).rev() {
            if l > 1 {
                pull_back(plan, kernels, &p.theta, tape, m, l); // (6) with weights that are still old
                watch.after(Part::PullBack(l));
            }
            let (delta, a) = (tape.delta(l, m), tape.a(l - 1, m));
            let (w, b) = (plan.layout().w(l), plan.layout().b(l));
            kernels.weight_gradient(delta, a, Update::new(&of_weights, &mut p.theta, &mut p.slots, w)); // (4)
            limit_norms(plan, kernels, &mut p.theta, l);
            watch.after(Part::WeightGradient(l));
            kernels.bias_gradient(delta, Update::new(&of_biases, &mut p.theta, &mut p.slots, b)); // (5)
            // ANCHOR_END: backward
            if let Some(own_delta) = tape.own_delta(l, m) {
                let own = plan.layout().own(l);
                kernels.bias_gradient(own_delta, Update::new(&of_biases, &mut p.theta, &mut p.slots, own));
            }
            watch.after(Part::BiasGradient(l));
        }
        loss
    }
    /// The whole gradient first, shortened if it is too long.
    fn unfused(self, of_weights: impl Rule<T>, of_biases: impl Rule<T>) -> f64 {
        let Training { plan, kernels, parameters: p, tape, labels, when, watch } = self;
        let loss = gradient_watched(plan, kernels, &p.theta, tape, labels, when, watch);
        clip(plan, kernels, &mut tape.gradient);
        watch.after(Part::Clip);
        for l in 1..=plan.layout().last() {
            let (w, b) = (plan.layout().w(l), plan.layout().b(l));
            let (of_w, of_b) = (&tape.gradient[w.clone()], &tape.gradient[b.clone()]);
            kernels.update(of_w, Update::new(&of_weights, &mut p.theta, &mut p.slots, w));
            kernels.update(of_b, Update::new(&of_biases, &mut p.theta, &mut p.slots, b));
            let own = plan.layout().own(l);
            let of_own = &tape.gradient[own.clone()];
            kernels.update(of_own, Update::new(&of_biases, &mut p.theta, &mut p.slots, own));
            limit_norms(plan, kernels, &mut p.theta, l);
        }
        watch.after(Part::Update);
        loss
    }
}

/// Every unit of layer `l` gets incoming weights of at most the norm that the spec allows.
fn limit_norms<T: Element>(plan: &Plan, kernels: &Kernels<T>, theta: &mut [T], l: usize) {
    if let Some(most) = plan.spec().max_norm {
        let (n, k) = (plan.layout().units(l), plan.layout().units(l - 1));
        kernels.limit_norms(&mut theta[plan.layout().w(l)], n, k, T::from_f64(most));
    }
}

/// Forward and backward without an update: the mean loss, and ∂(mean loss)/∂θ in the tape's gradient.
///
/// # Panics
/// If the plan is fused: then the tape has no room for a gradient.
pub fn gradient<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
    when: &When,
) -> f64 {
    gradient_watched(plan, kernels, theta, tape, labels, when, &mut ())
}

fn gradient_watched<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
    when: &When,
    watch: &mut impl Watch,
) -> f64 {
    let m = rows(labels.target);
    forward_layers(plan, kernels, theta, tape, 0..m, Pass::Learn(when), watch);
    let loss = loss_and_delta(plan, kernels, tape, labels);
    watch.after(Part::Loss);
    for l in (1..=plan.layout().last()).rev() {
        if l > 1 {
            pull_back(plan, kernels, theta, tape, m, l); // (6)
            watch.after(Part::PullBack(l));
        }
        let (w, b) = (plan.layout().w(l), plan.layout().b(l));
        let (n, k) = (plan.layout().units(l), plan.layout().units(l - 1));
        let (delta, a) = (Batch::new(&tape.delta[l], m, n), Batch::new(&tape.a[l - 1], m, k));
        kernels.weight_gradient(delta, a, Store(&mut tape.gradient[w])); // (4)
        watch.after(Part::WeightGradient(l));
        kernels.bias_gradient(delta, Store(&mut tape.gradient[b])); // (5)
        if plan.spec().layers[l - 1].activation.is_learned() {
            let own_delta = Batch::new(&tape.own_delta[l], m, n);
            kernels.bias_gradient(own_delta, Store(&mut tape.gradient[plan.layout().own(l)]));
        }
        watch.after(Part::BiasGradient(l));
    }
    loss
}

/// The mean loss of the last [`forward`] pass.
pub fn judge<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
) -> f64 {
    loss_and_delta(plan, kernels, tape, labels)
}

fn rows<T>(target: Target<'_, T>) -> usize {
    match target {
        Target::Classes(classes) => classes.len(),
        Target::Values(values) => values.rows(),
    }
}

/// Shorten the gradient to the norm that the spec allows.
fn clip<T: Element>(plan: &Plan, kernels: &Kernels<T>, gradient: &mut [T]) {
    let mut squares = kernels.sum_of_squares(gradient).to_f64();
    if !squares.is_finite() {
        // The squares of large f32 numbers overflow f32, not f64.
        squares = gradient.iter().map(|g| g.to_f64() * g.to_f64()).sum();
    }
    let norm = squares.sqrt();
    if let Some(most) = plan.spec().clip_norm
        && norm > most
    {
        let factor = T::from_f64(most / norm);
        for g in gradient.iter_mut() {
            *g = *g * factor;
        }
    }
}
