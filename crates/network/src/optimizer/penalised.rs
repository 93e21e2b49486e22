//! Penalties and decoupled weight decay around any rule; for weights, never for biases.

use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};

/// A rule that sees G + λ₁ sign(W) + λ₂ W, and shrinks W by `decay` = ηλ beforehand (AdamW: Loshchilov
/// and Hutter 2019).
#[derive(Clone, Copy, Debug)]
pub struct Penalised<R> {
    /// The rule itself.
    pub rule: R,
    /// λ₁ of λ₁‖W‖₁.
    pub l1: f64,
    /// λ₂ of ½λ₂‖W‖².
    pub l2: f64,
    /// Learning rate times weight decay.
    pub decay: f64,
}

impl<T: Element, R: Rule<T>> Rule<T> for Penalised<R> {
    const SLOTS: usize = R::SLOTS;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        let number = |x: f64| S::splat(T::from_f64(x));
        let zero = S::splat(T::ZERO);
        let mut g = g;
        if self.l2 > 0.0 {
            g = number(self.l2).mul_add(w, g);
        }
        if self.l1 > 0.0 {
            let l1 = number(self.l1);
            g = g.add(S::select(w.gt(zero), l1, S::select(w.lt(zero), l1.neg(), zero)));
        }
        let w = if self.decay > 0.0 { number(self.decay).neg_mul_add(w, w) } else { w };
        self.rule.update(g, w, slots)
    }
}
