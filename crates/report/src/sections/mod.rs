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

/// The rows that judge a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// They had no say in the weights, but chose the epoch.
    Validation,
    /// They had no say in anything.
    Test,
    /// There are none; pictures show rows that the model has learned from.
    Train,
}

impl Part {
    /// `test rows`.
    pub fn words(self) -> &'static str {
        match self {
            Part::Validation => "validation rows",
            Part::Test => "test rows",
            Part::Train => "training rows",
        }
    }
}

/// What the verb noted.
pub(crate) fn warnings(page: &mut Page, notes: &[String]) {
    if !notes.is_empty() {
        page.section("warnings", "Worth knowing", vec![Block::Warnings(notes.to_vec())]);
    }
}
