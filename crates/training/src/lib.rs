//! Floor 3 of feedforward: training, judging and storing networks; from a table to a judged model.
//!
//! [`fit`] is the main job: it splits, prepares, chooses, trains and judges. A [`Model`] predicts, is judged on
//! new rows and goes to a file and back.
#![forbid(unsafe_code)]

mod all_rows;
pub mod answer;
pub mod ask;
pub mod certificate;
pub mod checkpoint;
pub mod checkpoints;
pub mod choose;
pub mod compare;
mod container;
pub mod diagnosis;
mod divide;
pub mod event;
pub mod evidence;
mod feed;
pub mod fingerprint;
pub mod folder_lock;
pub mod job;
pub mod judgement;
pub mod labels;
pub mod ledger;
pub mod machine;
pub mod metric;
pub mod model;
pub mod model_file;
pub mod need;
pub mod new_file;
pub mod part;
pub mod probe;
mod pupil;
pub mod regime;
mod salvage;
pub mod state;
pub mod stop;
pub mod trainer;
mod warnings;

pub mod net;

pub use ask::{Ask, ClassWeight, Precision};
pub use certificate::Certificate;
pub use checkpoints::Checkpoints;
pub use choose::Chosen;
pub use diagnosis::Warning;
pub use event::{Control, Ending, EpochRecord, Event};
pub use evidence::{ClassEvidence, Evidence, NumberEvidence};
pub use job::{Fitted, fit, fit_kept, fit_or_salvage, preview};
pub use judgement::Judgement;
pub use ledger::Ledger;
pub use machine::Machine;
pub use metric::Metric;
pub use model::{Answers, Judged, Model, Predicted, Record, Theta};
pub use new_file::NewFile;
pub use probe::Probe;

/// Name and version of the program, as records name it.
pub const PROGRAM: &str = concat!("feedforward ", env!("CARGO_PKG_VERSION"));
