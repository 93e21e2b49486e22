//! Equations (1) and (2): from the samples to the network's answer.

use super::{Part, Watch, When};
use crate::activation::{Elementwise, Own, Rows, Rowwise, Visit};
use crate::dropout::{Dropout, draw_keys};
use crate::own::OwnNumbers;
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, BatchMut, Purpose};
use feedforward_kernels::{Element, Epilogue, Identity, Kernels, Simd};
use std::ops::Range;

/// Samples that pass through all layers together when nothing is learned: their activations stay in the first
/// cache of a core, ...
const ROWS: usize = 64;
/// ... and of a team so many that its threads seldom wait for each other.
const ROWS_OF_A_TEAM: usize = 256;

/// The network's answer to the `m` samples in the tape's input, in [`Tape::output`]; nothing is dropped.
pub fn forward<T: Element>(plan: &Plan, kernels: &Kernels<T>, theta: &[T], tape: &mut Tape<T>, m: usize) {
    let block = if kernels.threads() > 1 { ROWS_OF_A_TEAM } else { ROWS };
    for first in (0..m).step_by(block) {
        forward_layers(plan, kernels, theta, tape, first..(first + block).min(m), Pass::Answer, &mut ());
    }
}

/// As [`forward`], with the same bits, and Z of all layers stays in the tape for somebody who looks at them.
pub fn forward_kept<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    m: usize,
) {
    forward_layers(plan, kernels, theta, tape, 0..m, Pass::Look, &mut ());
}

/// What samples pass through the layers for.
#[derive(Clone, Copy)]
pub(super) enum Pass<'a> {
    /// To learn: with dropout, and all of Z is kept.
    Learn(&'a When),
    /// To be looked at: all of Z is kept.
    Look,
    /// For the network's answer.
    Answer,
}

/// (1) and (2) for every layer.
pub(super) fn forward_layers<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    rows: Range<usize>,
    pass: Pass<'_>,
    watch: &mut impl Watch,
) {
    let m = rows.len();
    let when = if let Pass::Learn(when) = pass { Some(when) } else { None };
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
            keep_z: !matches!(pass, Pass::Answer) || l == plan.layout().last(),
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
