//! Floor 0 of feedforward: what every other crate speaks.
//!
//! * [`plain`](mod@plain): texts of files as a terminal may show them.
//! * [`error`]: one [`Error`] that says what, where and what to do.
//! * [`real`]: the two precisions, `f32` and `f64`.
//! * [`batch`]: matrices whose rows are samples.
//! * [`elementary`]: `ln`, sine and cosine with the same bits on every platform.
//! * [`dice`]: one seed, counter-based random numbers for every use.
//! * [`crew`]: jobs side by side on several threads.
//! * [`words`]: small pieces of text.
#![forbid(unsafe_code)]

pub mod plain;

pub mod batch;
pub mod dice;
pub mod elementary;
pub mod error;
pub mod real;

pub mod crew;
pub mod words;

pub use batch::{Batch, BatchMut};
pub use dice::{Dice, Purpose, Stream};
pub use error::{Error, ErrorKind, Place, Result, nearest};
pub use real::Real;
