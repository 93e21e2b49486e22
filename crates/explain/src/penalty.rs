//! λ₁‖W‖₁ + ½λ₂‖W‖², for the objectives that are shown and checked here.

use feedforward_network::Spec;
use feedforward_network::reference::Dense;

/// The penalties of `spec` on all weights.
pub(crate) fn value(spec: &Spec, theta: &[Dense]) -> f64 {
    let weights = || theta.iter().flat_map(|layer| layer.w.iter().flatten());
    let penalty = spec.penalty;
    let mut sum = 0.0;
    if penalty.l1 > 0.0 {
        sum += penalty.l1 * weights().map(|w| w.abs()).sum::<f64>();
    }
    if penalty.l2 > 0.0 {
        sum += 0.5 * penalty.l2 * weights().map(|w| w * w).sum::<f64>();
    }
    sum
}

/// The derivative of [`value`] by one weight.
pub(crate) fn slope(spec: &Spec, w: f64) -> f64 {
    let sign = if w == 0.0 { 0.0 } else { w.signum() };
    spec.penalty.l1 * sign + spec.penalty.l2 * w
}
