//! The second number that some activations look at: learned by a unit, or drawn for a unit and sample.

use crate::activation::{Activation, Elementwise, Own};
use feedforward_kernels::math::constant;
use feedforward_kernels::{Element, Simd};

/// Where the second numbers of a layer come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OwnNumbers<'a, T> {
    /// There are none.
    Nothing,
    /// One per unit.
    Learned(&'a [T]),
    /// Drawn from the function's range, with a key per row; RReLU's way.
    Drawn(&'a [u32]),
    /// What stands for a drawn number when nothing is learned.
    Usual,
}

impl<'a, T: Element> OwnNumbers<'a, T> {
    /// For a layer whose learned numbers are `learned` and whose keys of this step are `drawn`.
    pub(crate) fn new(f: Activation, learned: &'a [T], drawn: Option<&'a [u32]>) -> Self {
        match (f.own(), drawn) {
            (Own::Nothing, _) => OwnNumbers::Nothing,
            (Own::Learned(_), _) => OwnNumbers::Learned(learned),
            (Own::Drawn, Some(keys)) => OwnNumbers::Drawn(keys),
            (Own::Drawn, None) => OwnNumbers::Usual,
        }
    }
    /// The second numbers of the `lanes` units from `unit` on in a row.
    #[inline(always)]
    pub(crate) fn at<S: Simd<Elem = T>, F: Elementwise>(
        &self,
        f: &F,
        row: usize,
        unit: usize,
        lanes: usize,
    ) -> S {
        match self {
            OwnNumbers::Nothing => constant(0.0),
            OwnNumbers::Learned(own) => S::load_some(&own[unit..], lanes),
            OwnNumbers::Drawn(keys) => {
                let (low, high) = f.own_range();
                S::random(keys[row], unit as u32).mul_add(constant(high - low), constant(low))
            }
            OwnNumbers::Usual => constant(f.usual_own()),
        }
    }
}
