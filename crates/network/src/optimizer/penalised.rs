//! Penalties and decoupled weight decay around any rule; for weights, never for biases.

use crate::spec::Spec;
use feedforward_kernels::{Element, MAX_SLOTS, Rule, Simd};

/// A rule that sees G + λ₁ sign(W) + λ₂ W, and shrinks W by `decay` = ηλ beforehand (AdamW: Loshchilov
/// and Hutter 2019).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Penalised<T, R> {
    /// The rule itself.
    pub(crate) rule: R,
    /// λ₁ of λ₁‖W‖₁.
    pub(crate) l1: T,
    /// λ₂ of ½λ₂‖W‖².
    pub(crate) l2: T,
    /// Learning rate times weight decay.
    pub(crate) decay: T,
}

impl<T: Element, R> Penalised<T, R> {
    /// `rule` with what `spec` asks for at the learning rate `eta`; `None` if that is nothing.
    pub(crate) fn new(spec: &Spec, rule: R, eta: f64) -> Option<Self> {
        let all = [spec.penalty.l1, spec.penalty.l2, spec.decay()];
        let [l1, l2, decay] = [all[0], all[1], eta * all[2]].map(T::from_f64);
        all.iter().any(|x| *x > 0.0).then_some(Penalised { rule, l1, l2, decay })
    }
}

impl<T: Element, R: Rule<T>> Rule<T> for Penalised<T, R> {
    const SLOTS: usize = R::SLOTS;
    const SLOW: bool = R::SLOW;
    #[inline(always)]
    fn update<S: Simd<Elem = T>>(&self, g: S, w: S, slots: &mut [S; MAX_SLOTS]) -> S {
        let zero = S::splat(T::ZERO);
        let mut g = g;
        // ANCHOR: penalty
        if self.l2 > T::ZERO {
            g = S::splat(self.l2).mul_add(w, g);
        }
        if self.l1 > T::ZERO {
            let l1 = S::splat(self.l1);
            g = g.add(S::select(w.gt(zero), l1, S::select(w.lt(zero), l1.neg(), zero)));
        }
        // ANCHOR_END: penalty
        let w = if self.decay > T::ZERO { S::splat(self.decay).neg_mul_add(w, w) } else { w };
        self.rule.update(g, w, slots)
    }
}
