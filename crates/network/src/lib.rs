//! Floor 2 of feedforward: the mathematics of the multilayer perceptron; no files, no clock, no printing.
//!
//! A [`Spec`] says what is wanted, [`Plan::new`] checks it and sizes everything, a [`Tape`] holds what one
//! [`step`] writes, [`Parameters`] what training changes. [`mod@reference`] is the step's slow, literal twin.
#![forbid(unsafe_code)]

pub mod about;
pub mod activation;
#[cfg(debug_assertions)]
mod compiled;
mod dropout;
pub mod init;
pub mod layout;
pub mod loss;
pub mod optimizer;
mod own;
pub mod parameters;
pub mod plan;
pub mod reference;
pub mod schedule;
pub mod spec;
pub mod step;
pub mod tape;

pub use activation::Activation;
pub use init::Init;
pub use layout::Layout;
pub use loss::{Loss, Target};
pub use optimizer::Optimizer;
pub use parameters::Parameters;
pub use plan::Plan;
pub use schedule::Schedule;
pub use spec::{Layer, Penalty, Spec};
pub use tape::Tape;
