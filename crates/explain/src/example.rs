//! The three calculations of the lectures that `ff trace --example` shows.

use crate::calculation::Calculation;
use crate::trace::{Setting, Trace};
use feedforward_base::{Error, Result};

pub use crate::calculation::Misprint;

/// A calculation of the lectures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// S05: one dense layer meets one sample.
    Dense,
    /// S06: one dense layer meets a batch of two.
    Batch,
    /// S36: three weights, one after the other, forward and backward.
    Wang,
}

impl Example {
    /// All of them.
    pub const ALL: [Example; 3] = [Example::Dense, Example::Batch, Example::Wang];

    /// The name that users type.
    pub fn name(self) -> &'static str {
        match self {
            Example::Dense => "dense",
            Example::Batch => "batch",
            Example::Wang => "wang",
        }
    }
    /// Its number among the things that the lectures teach.
    pub fn id(self) -> &'static str {
        match self {
            Example::Dense => "S05",
            Example::Batch => "S06",
            Example::Wang => "S36",
        }
    }
    /// The example of that name or number.
    ///
    /// # Errors
    /// An unknown name.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|e| e.name() == name || e.id().eq_ignore_ascii_case(name));
        found.ok_or_else(|| Error::unknown("example", name, Self::ALL.iter().map(|e| e.name())))
    }
    /// The network and the samples, with `learning_rate` instead of the lecture's.
    pub fn setting(self, learning_rate: Option<f64>) -> Setting {
        // A test reads all three.
        let sound = self.page().setting(self.id(), learning_rate);
        sound.unwrap_or_else(|e| unreachable!("{}: {e}", self.id()))
    }
    /// What the slides print otherwise than `trace`, the example's own, has it.
    pub fn misprints(self, trace: &Trace) -> Vec<Misprint> {
        self.page().misprints(trace)
    }
    fn page(self) -> Calculation {
        let text = match self {
            Example::Dense => include_str!("../../../testdata/lectures/S05.toml"),
            Example::Batch => include_str!("../../../testdata/lectures/S06.toml"),
            Example::Wang => include_str!("../../../testdata/lectures/S36.toml"),
        };
        // The text is part of the program.
        Calculation::read(text).unwrap_or_else(|e| unreachable!("{}: {e}", self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_sound() {
        for example in Example::ALL {
            let trace = Trace::of(example.setting(None)).unwrap();
            assert!(trace.engine_difference < 1e-15, "{}: {}", example.id(), trace.engine_difference);
            assert_eq!(Example::parse(example.id()).unwrap(), example);
        }
    }

    /// E23: the only number of the three that the slides have wrong.
    #[test]
    fn one_misprint_is_found() {
        let found = |e: Example| e.misprints(&Trace::of(e.setting(None)).unwrap());
        assert_eq!(found(Example::Dense), []);
        let batch = found(Example::Batch);
        assert_eq!(batch.len(), 1, "{batch:?}");
        assert_eq!((batch[0].what.as_str(), batch[0].sample, batch[0].unit), ("a", 2, 3));
    }
}
