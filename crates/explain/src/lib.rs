//! Floor 4 of feedforward: what a network computes, shown and checked.
//!
//! A [`Trace`] is one step of training in full: every z, a, δ, gradient and update, from the literal twin of the
//! engine. A [`Notation`] lays it out beside the equations, in ours or in that of a lecture, and [`page`] writes it as
//! text or as one HTML page. [`gradcheck`] holds a gradient against differences of the objective. [`mod@importance`] says
//! which columns a model relies on, [`mod@hidden`] how its hidden layers see the rows.
#![forbid(unsafe_code)]

pub mod calculation;
mod components;
pub mod engine;
pub mod example;
pub mod gradcheck;
pub mod hidden;
pub mod importance;
pub mod markup;
pub mod notation;
pub mod number;
pub mod page;
mod penalty;
pub mod samples;
pub mod tex;
pub mod trace;

pub use calculation::Calculation;
pub use example::Example;
pub use hidden::{Hidden, hidden};
pub use importance::{Importance, importance};
pub use notation::Notation;
pub use samples::Samples;
pub use trace::{Setting, Trace};
