//! How a trace is written down: ours and the lectures' ways of numbering layers, shaping W, standing samples side by
//! side and laying out gradients. A notation is data, one file each.

mod acharya;
mod fischer_zahn;
mod olteanu;
mod ours;
mod sarkar;
mod sheet;
mod style;
mod wang;
mod writer;

pub use sheet::{Block, Matrix, Note, Part, Sheet, Symbols};

use feedforward_base::{Error, Result};
use style::Style;

/// A way to write a trace down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// That of this project.
    #[default]
    Ours,
    /// Olteanu, Foundations of Data Science 13.
    Olteanu,
    /// Acharya, Deep Learning Principles & Applications, chapter 4.
    Acharya,
    /// Sarkar, CS60010 Deep Learning, module 2 part 4.
    Sarkar,
    /// Fischer and Zahn, TSM_DeLearn week 4.
    FischerZahn,
    /// Wang, Neural Networks: Basics.
    Wang,
}

impl Notation {
    /// All of them.
    pub const ALL: [Notation; 6] = [
        Notation::Ours,
        Notation::Olteanu,
        Notation::Acharya,
        Notation::Sarkar,
        Notation::FischerZahn,
        Notation::Wang,
    ];

    /// The name that users type.
    pub fn name(self) -> &'static str {
        match self {
            Notation::Ours => "ours",
            Notation::Olteanu => "olteanu",
            Notation::Acharya => "acharya",
            Notation::Sarkar => "sarkar",
            Notation::FischerZahn => "fischer-zahn",
            Notation::Wang => "wang",
        }
    }
    /// The other name that users may type: the lecture's number.
    pub fn short_name(self) -> Option<&'static str> {
        match self {
            Notation::Ours => None,
            Notation::Olteanu => Some("D0"),
            Notation::Acharya => Some("D1"),
            Notation::Sarkar => Some("D2"),
            Notation::FischerZahn => Some("D3"),
            Notation::Wang => Some("D4"),
        }
    }
    /// The notation of that name or number.
    ///
    /// # Errors
    /// An unknown name.
    pub fn parse(name: &str) -> Result<Self> {
        let is =
            |n: &Notation| n.name() == name || n.short_name().is_some_and(|s| s.eq_ignore_ascii_case(name));
        let found = Self::ALL.into_iter().find(is);
        found.ok_or_else(|| Error::unknown("notation", name, Self::ALL.iter().map(|n| n.name())))
    }
    fn style(self) -> &'static Style {
        match self {
            Notation::Ours => &ours::STYLE,
            Notation::Olteanu => &olteanu::STYLE,
            Notation::Acharya => &acharya::STYLE,
            Notation::Sarkar => &sarkar::STYLE,
            Notation::FischerZahn => &fischer_zahn::STYLE,
            Notation::Wang => &wang::STYLE,
        }
    }
}
