//! Equation (6): from a layer's δ to that of the layer below.

use crate::activation::{Elementwise, Own, Rowwise, Visit};
use crate::dropout::Dropout;
use crate::own::OwnNumbers;
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, BatchMut};
use feedforward_kernels::{Element, Epilogue, Identity, Kernels, Simd};

/// (6) from layer `l` to layer `l − 1`.
pub(super) fn pull_back<T: Element>(
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
pub(super) struct Slope<'a, T, F> {
    f: F,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    own: OwnNumbers<'a, T>,
    dropout: Option<Dropout<'a>>,
}

impl<'a, T: Element, F: Elementwise> Slope<'a, T, F> {
    /// Of the output layer, which has no numbers of its own and no dropout.
    pub(super) fn of_output(f: F, z: Batch<'a, T>, a: Batch<'a, T>) -> Self {
        Slope::undropped(f, z, a, OwnNumbers::Nothing)
    }
    /// Of a layer from which nothing was dropped.
    pub(super) fn undropped(f: F, z: Batch<'a, T>, a: Batch<'a, T>, own: OwnNumbers<'a, T>) -> Self {
        Slope { f, z, a, own, dropout: None }
    }
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
