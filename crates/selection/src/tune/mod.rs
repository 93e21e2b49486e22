//! Tuning: many trainings with different settings, of which the best is trained again on all rows and judged once.
//!
//! A [`Space`] says what may vary, a [`Request`] how it is searched, [`tune`] does it in a folder in which it can be
//! interrupted and gone on with. Every trial is one command `ff train`, and none looks at the test rows.

pub mod halving;
pub mod journal;
mod judge;
pub mod parts;
pub mod point;
pub mod request;
pub mod run;
pub mod space;
pub mod trial;
pub mod tuning;

pub use parts::{Parts, Test};
pub use point::{Flag, Point};
pub use request::{Judge, Planned, Request, Search};
pub use run::{Found, News, Progress, tune};
pub use space::{Domain, Range, Setting, Space};
pub use trial::{By, Outcome, Scored, Trial};
pub use tuning::{End, Tuning};
