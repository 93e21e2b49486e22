//! Dropout: activations set to 0 at random in training, the others scaled up so that the mean stays.
//!
//! Hinton et al. 2012, in the "inverted" form; Fischer and Zahn, Keras model with Dropout(0.2). The draws are
//! functions of (seed, epoch, step, layer, row, unit), so backward draws the same ones again.

use crate::step::When;
use feedforward_base::Purpose;
use feedforward_kernels::Simd;
use feedforward_kernels::math::constant;

/// The draws of one layer in one step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropout<'a> {
    rate: f64,
    row_keys: &'a [u32],
}

impl<'a> Dropout<'a> {
    /// Drop each number with probability `rate` in [0, 1).
    pub(crate) fn new(rate: f64, row_keys: &'a [u32]) -> Self {
        Dropout { rate, row_keys }
    }
    /// `x` / (1 − rate) where a number is kept, 0 where it is dropped.
    #[inline(always)]
    pub(crate) fn drop<S: Simd>(&self, x: S, row: usize, unit: usize) -> S {
        // ANCHOR: drop
        let kept = S::random(self.row_keys[row], unit as u32).ge(constant(self.rate));
        S::select(kept, x.mul(constant(1.0 / (1.0 - self.rate))), constant(0.0))
        // ANCHOR_END: drop
    }
}

/// The keys of the rows of layer `l` in one step, for one purpose.
pub(crate) fn draw_keys(when: &When, purpose: Purpose, l: usize, keys: &mut [u32]) {
    let stream = when.dice.stream(purpose, &[when.epoch, when.step, l as u64]);
    for (r, key) in keys.iter_mut().enumerate() {
        *key = (stream.bits(r as u64) >> 32) as u32;
    }
}
