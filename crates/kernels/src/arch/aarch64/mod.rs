//! 64-bit Arm: NEON, which every such machine has.

mod neon;

pub(super) use neon::{F32x4, F64x2};
