//! ℓ = −Σ_i q_i ln a_i of a softmax output.

use super::Judged;
use crate::about::About;
use crate::activation::softmax_exponentials;
use feedforward_kernels::{Element, Simd, math};

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
    /// Losses and deltas of a batch; `z` and `a` are rows x units, `classes` below `units`.
    #[inline(always)]
    pub(crate) fn judge<S, T>(
        &self,
        z: &[T],
        a: &mut [T],
        units: usize,
        classes: &[u32],
        judged: Judged<'_, T>,
    ) where
        S: Simd<Elem = T>,
        T: Element,
    {
        let s = T::from_f64(self.smoothing);
        let even = T::from_f64(self.smoothing / units as f64);
        for (r, &class) in classes.iter().enumerate() {
            let row = r * units..(r + 1) * units;
            let (z, a, delta) = (&z[row.clone()], &mut a[row.clone()], &mut judged.delta[row]);
            let (max, sum) = softmax_exponentials::<S, T>(z, a);
            let log_sum = math::ln(T::Scalar::splat(sum)).first();
            // ℓ = ln Σ e^{z_j − max} − Σ_i q_i (z_i − max)
            let mut expected = (T::ONE - s) * (z[class as usize] - max);
            if self.smoothing > 0.0 {
                expected = z.iter().fold(expected, |e, &z| even.mul_add(z - max, e));
            }
            judged.loss[r] = log_sum - expected;
            for (i, (a, d)) in a.iter_mut().zip(delta).enumerate() {
                *a = *a / sum;
                let q = if i == class as usize { T::ONE - s + even } else { even };
                *d = (*a - q) * judged.scale[r];
            }
        }
    }
}
