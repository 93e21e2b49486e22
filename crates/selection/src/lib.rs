//! Floor 4 of feedforward: choosing among models, by cross-validation and by tuning.
#![forbid(unsafe_code)]

pub mod cross_validate;
pub mod folds;
pub mod spread;
mod student;
pub mod tune;

pub use cross_validate::{Baseline, CrossValidation, Fold, News, OutOfFold, cross_validate};
pub use folds::{How, Round};
pub use spread::Spread;
