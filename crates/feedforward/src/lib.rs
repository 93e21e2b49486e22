//! **feedforward**: the complete multilayer perceptron. Right, exact, fast, clear.
//!
//! The front door: every floor of the house under one name. The main job, from a table to a judged model:
//!
//! ```
//! use feedforward::data::generated;
//! use feedforward::training::{Ask, Control, Machine, Metric, fit};
//!
//! let (set, recipe) = generated::parse("moons:rows=600,noise=0.1,seed=1").expect("a generated set")?;
//! let table = set.generate(&recipe)?;
//! let mut ask = Ask { layers: Some(vec![16, 16]), epochs: Some(60), ..Ask::default() };
//! ask.roles.target = vec!["class".into()];
//! let fitted = fit(table, None, &ask, Machine::new(2), &mut |_| Control::Continue)?;
//! let judgement = fitted.model.record.judgement.expect("rows were kept apart for validation");
//! assert!(judgement.value(Metric::Accuracy).unwrap() > 0.95);
//! # Ok::<(), feedforward::Error>(())
//! ```
//!
//! One step of training, by hand, is in [`network::step`]; what it computes is spelled out in
//! [`network::reference`].
#![forbid(unsafe_code)]

pub use feedforward_base::{
    Batch, BatchMut, Dice, Error, ErrorKind, Place, Purpose, Real, Result, Stream, plain, words,
};

/// Tables from files and generated sets, their preparation and parts.
pub use feedforward_data as data;
/// Traces beside their equations, gradients against differences.
pub use feedforward_explain as explain;
/// The loops: instruction sets, threads, products, vector functions.
pub use feedforward_kernels as kernels;
/// Experiments, the lectures' numbers.
pub use feedforward_lab as lab;
/// The mathematics: spec, plan, step, activations, losses, optimizers.
pub use feedforward_network as network;
/// Pictures in one style.
pub use feedforward_plot as plot;
/// Reports as one HTML page.
pub use feedforward_report as report;
/// Choosing among models: folds, tuning.
pub use feedforward_selection as selection;
/// Training, judging, storing.
pub use feedforward_training as training;

/// What most programs need.
pub mod prelude {
    pub use crate::data::source::{ReadOptions, read};
    pub use crate::data::table::Table;
    pub use crate::network::{Activation, Loss, Optimizer, Plan, Spec};
    pub use crate::training::{Ask, Control, Event, Judgement, Machine, Metric, Model, fit};
    pub use crate::{Error, Result};
}

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
