//! What goes wrong in a training, and what to do about it.
//!
//! Numbers that leave the finite range end a run: `diverged` finds the first of them by looking again, after the step
//! has failed. What only looks wrong is a [`Warning`], told once a run: a `watcher` passes some training rows, always the
//! same, through the network before the first step, after epochs 1, 4, 16, … and at the end. It changes no bit of the
//! training, and what it says depends on data, request and parameters alone.

mod cause;
pub(crate) mod diverged;
mod guess;
mod look;
mod names;
mod warning;
pub(crate) mod watcher;
mod words;

pub use cause::{Cause, Rate};
pub(crate) use look::Eyes;
pub use names::Names;
pub use warning::{Largest, Stuck, Warning};
