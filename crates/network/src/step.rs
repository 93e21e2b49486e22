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

use crate::activation::{Activation, Elementwise, Own, Rows, Rowwise, Visit};
use crate::dropout::{Dropout, draw_keys};
use crate::loss::{
    BinaryCrossEntropy, CrossEntropy, EachOutput, ElementLoss, Hinge, Judged, L1, Loss, Perceptron, Poisson,
    Softmaxed, SquaredError, Target,
};
use crate::optimizer::{Penalised, VisitRule};
use crate::own::OwnNumbers;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, BatchMut, Dice, Purpose};
use feedforward_kernels::{Element, Epilogue, Identity, Kernels, Rule, Simd, Store, Update};
use std::ops::Range;

pub mod full_batch;

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
        forward_layers(plan, kernels, &p.theta, tape, 0..m, Some(when), watch);
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
    forward_layers(plan, kernels, theta, tape, 0..m, Some(when), watch);
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

/// Samples that pass through all layers together when nothing is learned: their activations stay in the first
/// cache of a core, ...
const ROWS: usize = 64;
/// ... and of a team so many that its threads seldom wait for each other.
const ROWS_OF_A_TEAM: usize = 256;

/// The network's answer to the `m` samples in the tape's input, in [`Tape::output`]; nothing is dropped.
pub fn forward<T: Element>(plan: &Plan, kernels: &Kernels<T>, theta: &[T], tape: &mut Tape<T>, m: usize) {
    let block = if kernels.threads() > 1 { ROWS_OF_A_TEAM } else { ROWS };
    for first in (0..m).step_by(block) {
        forward_layers(plan, kernels, theta, tape, first..(first + block).min(m), None, &mut ());
    }
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

/// The first layer whose pre-activations in the last step are not finite, or else whose parameters are not: one
/// step with such numbers spoils the parameters of all layers.
pub fn first_not_finite<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &Tape<T>,
    m: usize,
) -> Option<usize> {
    let layout = plan.layout();
    let first = |finite: &dyn Fn(usize) -> bool| (1..=layout.last()).find(|&l| !finite(l));
    first(&|l| kernels.all_finite(tape.z(l, m).data()))
        .or_else(|| first(&|l| kernels.all_finite(&theta[layout.layer(l)])))
}

fn rows<T>(target: Target<'_, T>) -> usize {
    match target {
        Target::Classes(classes) => classes.len(),
        Target::Values(values) => values.rows(),
    }
}

/// (1) and (2) for every layer; with dropout, and with all of Z kept, if it is known when.
fn forward_layers<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    rows: Range<usize>,
    when: Option<&When>,
    watch: &mut impl Watch,
) {
    let m = rows.len();
    for l in 1..=plan.layout().last() {
        let layer = plan.spec().layers[l - 1];
        let dropout = when.filter(|_| layer.dropout > 0.0).map(|when| {
            let keys = &mut tape.row_keys[l][rows.clone()];
            draw_keys(when, Purpose::Dropout, l, keys);
            Dropout::new(layer.dropout, keys)
        });
        if let (Some(when), Own::Drawn) = (when, layer.activation.own()) {
            draw_keys(when, Purpose::Slope, l, &mut tape.slope_keys[l][rows.clone()]);
        }
        let drawn = when.map(|_| &tape.slope_keys[l][..]);
        let (before, from_l) = tape.a.split_at_mut(l);
        let (n, k) = (plan.layout().units(l), plan.layout().units(l - 1));
        layer.activation.visit(Dense {
            kernels,
            w: plan.layout().weights(theta, l),
            b: &theta[plan.layout().b(l)],
            input: Batch::new(&before[l - 1][rows.start * k..], m, k),
            z: BatchMut::new(&mut tape.z[l][rows.start * n..], m, n),
            a: BatchMut::new(&mut from_l[0][rows.start * n..], m, n),
            top: &mut tape.top[rows.clone()],
            log_sum: &mut tape.log_sum[rows.clone()],
            own: OwnNumbers::new(layer.activation, &theta[plan.layout().own(l)], drawn),
            dropout,
            keep_z: when.is_some() || l == plan.layout().last(),
        });
        watch.after(Part::Forward(l));
    }
}

/// A dense layer: (1) with (2) as its epilogue.
struct Dense<'a, T: Element> {
    kernels: &'a Kernels<T>,
    w: feedforward_kernels::Weights<'a, T>,
    b: &'a [T],
    input: Batch<'a, T>,
    z: BatchMut<'a, T>,
    a: BatchMut<'a, T>,
    top: &'a mut [T],
    log_sum: &'a mut [T],
    own: OwnNumbers<'a, T>,
    dropout: Option<Dropout<'a>>,
    /// Whether somebody will ask for Z.
    keep_z: bool,
}

impl<T: Element> Visit for Dense<'_, T> {
    type Out = ();
    fn elementwise<F: Elementwise>(self, f: F) {
        let Dense { kernels, w, b, input, z, a, own, dropout, keep_z, .. } = self;
        let activate = Activate { f, own, dropout };
        if keep_z {
            kernels.affine_pair(input, w, b, z, a, &activate);
        } else {
            kernels.affine(input, w, b, a, &activate);
        }
    }
    fn rowwise<F: Rowwise>(self, f: F) {
        let Dense { kernels, w, b, input, mut z, a, top, log_sum, .. } = self;
        let (m, n) = (z.rows(), z.cols());
        kernels.affine(input, w, b, BatchMut::new(z.data(), m, n), &Identity);
        f.value(kernels, Rows { z: z.view(), a, top, log_sum });
    }
}

/// z → dropout(f(z)).
#[derive(Clone, Copy)]
struct Activate<'a, T, F> {
    f: F,
    own: OwnNumbers<'a, T>,
    dropout: Option<Dropout<'a>>,
}

impl<T: Element, F: Elementwise> Epilogue<T> for Activate<'_, T, F> {
    fn runs_on(&self) -> bool {
        self.dropout.is_none() && F::OWN == Own::Nothing
    }
    #[inline(always)]
    fn apply<S: Simd<Elem = T>>(&self, z: S, row: usize, unit: usize, lanes: usize) -> S {
        let a = self.f.value(z, self.own.at(&self.f, row, unit, lanes));
        match self.dropout {
            None => a,
            Some(d) => d.drop(a, row, unit),
        }
    }
}

/// (6) from layer `l` to layer `l − 1`.
fn pull_back<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    m: usize,
    l: usize,
) {
    let (n, k) = (plan.layout().units(l), plan.layout().units(l - 1));
    let layer = plan.spec().layers[l - 2];
    let (before, from_l) = tape.delta.split_at_mut(l);
    let drawn = Some(&tape.slope_keys[l - 1][..]);
    layer.activation.visit(PullBack {
        kernels,
        w: plan.layout().weights(theta, l),
        delta: Batch::new(&from_l[0], m, n),
        out: BatchMut::new(&mut before[l - 1], m, k),
        z: Batch::new(&tape.z[l - 1], m, k),
        a: Batch::new(&tape.a[l - 1], m, k),
        own: OwnNumbers::new(layer.activation, &theta[plan.layout().own(l - 1)], drawn),
        own_delta: &mut tape.own_delta[l - 1],
        dropout: (layer.dropout > 0.0).then(|| Dropout::new(layer.dropout, &tape.row_keys[l - 1][..m])),
        scratch: &mut tape.scratch,
    });
}

struct PullBack<'a, T: Element> {
    kernels: &'a Kernels<T>,
    w: feedforward_kernels::Weights<'a, T>,
    delta: Batch<'a, T>,
    out: BatchMut<'a, T>,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    own: OwnNumbers<'a, T>,
    /// Where an activation that learns gets its own gradients, sample by sample.
    own_delta: &'a mut [T],
    dropout: Option<Dropout<'a>>,
    scratch: &'a mut feedforward_kernels::Scratch<T>,
}

impl<T: Element> Visit for PullBack<'_, T> {
    type Out = ();
    fn elementwise<F: Elementwise>(self, f: F) {
        let PullBack { kernels, w, delta, mut out, z, a, own, own_delta, dropout, scratch } = self;
        let slope = Slope { f, z, a, own, dropout };
        if !matches!(F::OWN, Own::Learned(_)) {
            return kernels.pull_back(delta, w, out, &slope, scratch);
        }
        // What is pulled back is needed twice: for δ, and for the gradient of what the units learn.
        let (m, n) = (out.rows(), out.cols());
        let mut pulled = BatchMut::new(own_delta, m, n);
        kernels.pull_back(delta, w, pulled.borrow(), &Identity, scratch);
        kernels.map(pulled.borrow(), out.borrow(), &slope);
        kernels.map_in_place(pulled, &OwnSlope(slope));
    }
    fn rowwise<F: Rowwise>(self, _: F) {
        unreachable!("a plan has elementwise activations in its hidden layers")
    }
}

/// ∂J/∂a → ∂J/∂a ⊙ f'(z), through the dropout of the same step.
#[derive(Clone, Copy)]
struct Slope<'a, T, F> {
    f: F,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    own: OwnNumbers<'a, T>,
    dropout: Option<Dropout<'a>>,
}

impl<T: Element, F: Elementwise> Slope<'_, T, F> {
    /// (z, a before dropout, own) of some numbers.
    #[inline(always)]
    fn at<S: Simd<Elem = T>>(&self, row: usize, unit: usize, lanes: usize) -> (S, S, S) {
        let first = row * self.z.cols() + unit;
        let z = S::load_some(&self.z.data()[first..], lanes);
        let own = self.own.at(&self.f, row, unit, lanes);
        match self.dropout {
            None => (z, S::load_some(&self.a.data()[first..], lanes), own),
            // A holds the activations after dropout.
            Some(_) => (z, self.f.value(z, own), own),
        }
    }
    #[inline(always)]
    fn through_dropout<S: Simd<Elem = T>>(&self, upstream: S, row: usize, unit: usize) -> S {
        match self.dropout {
            None => upstream,
            Some(d) => d.drop(upstream, row, unit),
        }
    }
}

impl<T: Element, F: Elementwise> Epilogue<T> for Slope<'_, T, F> {
    fn runs_on(&self) -> bool {
        self.dropout.is_none() && F::OWN == Own::Nothing
    }
    #[inline(always)]
    fn apply<S: Simd<Elem = T>>(&self, upstream: S, row: usize, unit: usize, lanes: usize) -> S {
        let (z, a, own) = self.at(row, unit, lanes);
        self.through_dropout(upstream, row, unit).mul(self.f.slope(z, a, own))
    }
}

/// ∂J/∂a → ∂J/∂a ⊙ ∂f/∂own, through the dropout of the same step.
#[derive(Clone, Copy)]
struct OwnSlope<'a, T, F>(Slope<'a, T, F>);

impl<T: Element, F: Elementwise> Epilogue<T> for OwnSlope<'_, T, F> {
    #[inline(always)]
    fn apply<S: Simd<Elem = T>>(&self, upstream: S, row: usize, unit: usize, lanes: usize) -> S {
        let (z, a, own) = self.0.at(row, unit, lanes);
        self.0.through_dropout(upstream, row, unit).mul(self.0.f.own_slope(z, a, own))
    }
}

/// (3): the mean loss, and `δ[L]` in the tape.
fn loss_and_delta<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    tape: &mut Tape<T>,
    labels: Labels<'_, T>,
) -> f64 {
    let spec = plan.spec();
    let (last, units, m) = (plan.layout().last(), spec.outputs(), rows(labels.target));
    let per_row = if spec.loss.wants_classes() { 1 } else { units };
    let shares = Shares::new(labels.weights, m);
    for (r, scale) in tape.scale[..m * per_row].chunks_mut(per_row).enumerate() {
        scale.fill(T::from_f64(shares.of(r)));
    }
    let judged = Judged {
        loss: &mut tape.loss[..m * per_row],
        delta: &mut tape.delta[last][..m * units],
        scale: &tape.scale[..m * per_row],
    };
    let (z, a) = (&tape.z[last][..m * units], &tape.a[last][..m * units]);
    let (smoothing, output) = (spec.label_smoothing, spec.layers[last - 1].activation);
    match labels.target {
        Target::Classes(classes) => {
            assert!(spec.loss.wants_classes(), "{} is judged against values", spec.loss);
            let (top, log_sum) = (&mut tape.top[..m], &mut tape.log_sum[..m]);
            if output == Activation::Softmax {
                judged.delta.copy_from_slice(a);
            } else {
                let p = BatchMut::new(judged.delta, m, units);
                kernels.softmax(Batch::new(z, m, units), p, top, log_sum);
            }
            CrossEntropy { smoothing }.judge(Softmaxed { z, top, log_sum }, units, classes, judged);
        }
        Target::Values(y) => {
            let outputs = Outputs { kernels, z, a, y: y.data(), judged };
            match spec.loss {
                Loss::CrossEntropy => panic!("cross_entropy is judged against classes"),
                Loss::BinaryCrossEntropy => outputs.judge(BinaryCrossEntropy { smoothing }),
                Loss::SquaredError => outputs.judge(SquaredError),
                Loss::L1 => outputs.judge(L1),
                Loss::Huber(huber) => outputs.judge(huber),
                Loss::Poisson => outputs.judge(Poisson),
                Loss::Hinge => outputs.judge(Hinge),
                Loss::Perceptron => outputs.judge(Perceptron),
            }
            if !spec.loss.is_canonical(output) {
                let delta = BatchMut::new(&mut tape.delta[last], m, units);
                output.visit(OutputSlope {
                    kernels,
                    z: Batch::new(z, m, units),
                    a: Batch::new(a, m, units),
                    delta,
                });
            }
        }
    }
    let losses = tape.loss[..m * per_row].chunks(per_row).enumerate();
    losses.map(|(r, l)| shares.of(r) * l.iter().map(|l| l.to_f64()).sum::<f64>()).sum()
}

/// The share of each sample in the mean: the one place of 1/m.
struct Shares<'a, T> {
    weights: Option<&'a [T]>,
    one: f64,
}

impl<'a, T: Element> Shares<'a, T> {
    fn new(weights: Option<&'a [T]>, m: usize) -> Self {
        assert!(weights.is_none_or(|w| w.len() == m), "one weight per sample");
        // ANCHOR: shares
        let sum = weights.map_or(m as f64, |w| w.iter().map(|w| w.to_f64()).sum());
        // A batch whose samples all count 0 teaches nothing.
        Shares { weights, one: if sum > 0.0 { 1.0 / sum } else { 0.0 } }
        // ANCHOR_END: shares
    }
    fn of(&self, r: usize) -> f64 {
        self.one * self.weights.map_or(1.0, |w| w[r].to_f64())
    }
}

/// The outputs of a batch, each judged by itself.
struct Outputs<'a, T: Element> {
    kernels: &'a Kernels<T>,
    z: &'a [T],
    a: &'a [T],
    y: &'a [T],
    judged: Judged<'a, T>,
}

impl<T: Element> Outputs<'_, T> {
    fn judge(self, loss: impl ElementLoss) {
        let Outputs { kernels, z, a, y, judged } = self;
        kernels.arch().run(EachOutput { loss, z, a, y, judged });
    }
}

/// ∂J/∂a → δ = ∂J/∂a ⊙ f'(z) of the output layer.
struct OutputSlope<'a, T: Element> {
    kernels: &'a Kernels<T>,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    delta: BatchMut<'a, T>,
}

impl<T: Element> Visit for OutputSlope<'_, T> {
    type Out = ();
    fn elementwise<F: Elementwise>(self, f: F) {
        let OutputSlope { kernels, z, a, delta } = self;
        kernels.map_in_place(delta, &Slope { f, z, a, own: OwnNumbers::Nothing, dropout: None });
    }
    fn rowwise<F: Rowwise>(self, _: F) {
        unreachable!("a plan pairs softmax with cross-entropy only")
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
