//! The engine's gradients against every oracle there is: central differences, the literal twin, scalar autodiff,
//! the lectures' errata; at extremes; and what is refused because it has no gradient.

#[path = "../common/mod.rs"]
mod common;

mod differences;
mod draws;
mod errata;
mod extremes;
mod oracles;
mod refused;

use feedforward_network::{Spec, reference};

const NO_DROPOUT: reference::Mask<'static> = &|_, _, _| 1.0;

/// The stored gradient is wanted: a norm that is never reached keeps the path unfused.
fn unfused(mut spec: Spec) -> Spec {
    spec.clip_norm = Some(1e30);
    spec
}
