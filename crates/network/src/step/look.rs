//! f'(Z) of a layer, for somebody who asks whether its units can still learn.

use super::backward::Slope;
use crate::activation::{Elementwise, Rowwise, Visit};
use crate::own::OwnNumbers;
use crate::plan::Plan;
use crate::tape::Tape;
use feedforward_base::{Batch, BatchMut};
use feedforward_kernels::{Element, Kernels};

/// f'(`Z[l]`) of the hidden layer `l` in the last [`super::forward_kept`] pass over `m` rows, into `out`, m x n_l.
///
/// # Panics
/// If `out` has another size.
pub fn slopes<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &Tape<T>,
    (l, m): (usize, usize),
    out: &mut [T],
) {
    let activation = plan.spec().layers[l - 1].activation;
    out.fill(T::ONE);
    activation.visit(Slopes {
        kernels,
        z: tape.z(l, m),
        a: tape.a(l, m),
        own: OwnNumbers::new(activation, &theta[plan.layout().own(l)], None),
        out: BatchMut::new(out, m, plan.layout().units(l)),
    });
}

struct Slopes<'a, T: Element> {
    kernels: &'a Kernels<T>,
    z: Batch<'a, T>,
    a: Batch<'a, T>,
    own: OwnNumbers<'a, T>,
    out: BatchMut<'a, T>,
}

impl<T: Element> Visit for Slopes<'_, T> {
    type Out = ();
    fn elementwise<F: Elementwise>(self, f: F) {
        let Slopes { kernels, z, a, own, out } = self;
        kernels.map_in_place(out, &Slope::undropped(f, z, a, own));
    }
    fn rowwise<F: Rowwise>(self, _: F) {
        unreachable!("a plan has elementwise activations in its hidden layers")
    }
}
