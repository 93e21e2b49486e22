//! The sections that several reports have.

pub(crate) mod classes;
pub(crate) mod curves;
pub(crate) mod data;
pub(crate) mod epochs;
pub(crate) mod hidden;
pub(crate) mod importance;
pub(crate) mod residuals;
pub(crate) mod score;
pub(crate) mod settings;

use crate::page::{Block, Page};
use crate::words::counted;

/// The rows that judge a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// They had no say in the weights, but chose the epoch.
    Validation,
    /// They chose the epoch and judged the network or networks that had not seen them; the model itself has learned from
    /// them in the end.
    Relearned,
    /// They had no say in anything.
    Test,
    /// The model has learned from them; where no others judge it, pictures show these.
    Train,
}

impl Part {
    /// `test rows`.
    pub fn words(self) -> &'static str {
        match self {
            Part::Validation => "validation rows",
            Part::Relearned => "rows held back",
            Part::Test => "test rows",
            Part::Train => "training rows",
        }
    }
    /// Some of them, as the model itself has met them: `20 rows of the test rows`.
    pub(crate) fn some(self, rows: usize) -> String {
        match self {
            Part::Validation | Part::Test => format!("{} of the {}", counted(rows, "row"), self.words()),
            Part::Relearned | Part::Train => format!("{} that it has learned from", counted(rows, "row")),
        }
    }
}

/// What the verb noted.
pub(crate) fn warnings(page: &mut Page, notes: &[String]) {
    if !notes.is_empty() {
        page.section("warnings", "Worth knowing", vec![Block::Warnings(notes.to_vec())]);
    }
}
