//! ℓ = −Σ_i q_i ln a_i of a softmax or log-softmax output.

use super::Judged;
use crate::about::About;
use feedforward_kernels::Element;

pub(super) const ABOUT: About = About {
    name: "cross_entropy",
    tex: r"\ell = -\sum_i q_i \ln a_i, \quad q_i = (1 - s)[i = y] + s / n_L",
    derivative: r"\frac{\partial \ell}{\partial z_i} = a_i - q_i",
    source: "Wang, Softmax classifier; Sarkar's product over classes is a misprint for the sum; \
             label smoothing s: Szegedy et al. 2016",
    stability: "log-sum-exp of z with the largest z subtracted; a is never passed to ln",
};

/// ℓ = −Σ_i q_i ln a_i of a softmax output, with label smoothing s (0: q is one-hot).
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy {
    /// s, the share of q that is spread evenly over the classes.
    pub smoothing: f64,
}

impl CrossEntropy {
    /// Losses and deltas of a batch of `units` outputs a sample; `judged.delta` comes with the probabilities.
    pub(crate) fn judge<T: Element>(
        &self,
        softmax: Softmaxed<'_, T>,
        units: usize,
        classes: &[u32],
        judged: Judged<'_, T>,
    ) {
        let s = T::from_f64(self.smoothing);
        let even = T::from_f64(self.smoothing / units as f64);
        for (r, &class) in classes.iter().enumerate() {
            let row = r * units..(r + 1) * units;
            let (z, delta) = (&softmax.z[row.clone()], &mut judged.delta[row]);
            let top = softmax.top[r];
            // ℓ = ln Σ e^{z_j − top} − Σ_i q_i (z_i − top)
            let mut expected = (T::ONE - s) * (z[class as usize] - top);
            if self.smoothing > 0.0 {
                expected = z.iter().fold(expected, |e, &z| even.mul_add(z - top, e));
            }
            judged.loss[r] = softmax.log_sum[r] - expected;
            for (i, d) in delta.iter_mut().enumerate() {
                let q = if i == class as usize { T::ONE - s + even } else { even };
                *d = (*d - q) * judged.scale[r];
            }
        }
    }
}

/// What softmax left of a batch; see [`crate::activation::Rows`].
#[derive(Clone, Copy)]
pub(crate) struct Softmaxed<'a, T> {
    pub(crate) z: &'a [T],
    pub(crate) top: &'a [T],
    pub(crate) log_sum: &'a [T],
}
