//! The learning rate over time: η(t) = η · factor(t). One file each, one list.
//!
//! To add one: write its file on the pattern of `step.rs`, add its variant to [`Schedule`]; the compiler names the
//! places that want its line.

use crate::about::About;
use feedforward_base::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

mod constant;
mod cosine;
mod exponential;
mod inverse;
mod plateau;
mod step;
pub use cosine::Cosine;
pub use exponential::Exponential;
pub use inverse::Inverse;
pub use plateau::{Plateau, Slowed};
pub use step::Step;

/// How the learning rate changes while training goes on (Sarkar, SGD-NEURAL-NET: η(t)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Schedule {
    /// factor = 1.
    #[default]
    Constant,
    /// See [`struct@Inverse`].
    Inverse(Inverse),
    /// See [`struct@Step`].
    Step(Step),
    /// See [`struct@Exponential`].
    Exponential(Exponential),
    /// See [`struct@Cosine`].
    Cosine(Cosine),
    /// See [`struct@Plateau`].
    Plateau(Plateau),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The step, from 1.
    pub t: u64,
    /// Steps of an epoch, at least 1.
    pub steps: u64,
    /// Epochs of the run at most.
    pub epochs: u64,
    /// What [`Plateau`] has made of the losses so far.
    pub slowed: Slowed,
}

impl Moment {
    /// Epochs that are done.
    fn epochs_done(&self) -> u64 {
        (self.t - 1) / self.steps
    }
}

/// A number of a schedule: what it is called, its place, what it must be.
type Number<'a> = (&'static str, &'a mut f64, fn(f64) -> bool, &'static str);

impl Schedule {
    /// Every schedule with its usual numbers.
    pub const ALL: [Schedule; 6] = [
        Schedule::Constant,
        Schedule::Inverse(Inverse::USUAL),
        Schedule::Step(Step::USUAL),
        Schedule::Exponential(Exponential::USUAL),
        Schedule::Cosine(Cosine::USUAL),
        Schedule::Plateau(Plateau::USUAL),
    ];

    /// Name, formula and source.
    pub fn about(&self) -> About {
        match self {
            Schedule::Constant => constant::ABOUT,
            Schedule::Inverse(_) => inverse::ABOUT,
            Schedule::Step(_) => step::ABOUT,
            Schedule::Exponential(_) => exponential::ABOUT,
            Schedule::Cosine(_) => cosine::ABOUT,
            Schedule::Plateau(_) => plateau::ABOUT,
        }
    }
    /// The name that users type.
    pub fn name(&self) -> &'static str {
        self.about().name
    }
    /// Its numbers in the order in which they are typed.
    fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        match self {
            Schedule::Constant => vec![],
            Schedule::Inverse(own) => own.numbers_mut(),
            Schedule::Step(own) => own.numbers_mut(),
            Schedule::Exponential(own) => own.numbers_mut(),
            Schedule::Cosine(own) => own.numbers_mut(),
            Schedule::Plateau(own) => own.numbers_mut(),
        }
    }
    /// From `cosine`, or with numbers, `step:0.5:10`; those that are left out are the usual ones.
    ///
    /// # Errors
    /// Unknown names, too many numbers, and numbers that cannot be.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let known = Self::ALL.iter().map(Self::name);
        let usual = Self::ALL.into_iter().find(|s| s.name() == name);
        let usual = usual.ok_or_else(|| Error::unknown("schedule", name, known))?;
        let mut schedule = usual;
        for (what, place, good, want) in schedule.numbers_mut() {
            let Some(part) = parts.next() else { break };
            *place = part.trim().parse().unwrap_or(f64::NAN);
            if !good(*place) {
                return Err(Error::bad_value(format!("{what} of {name}"), part, want));
            }
        }
        match (parts.next(), usual) {
            (None, _) => Ok(schedule),
            (_, Schedule::Constant) => {
                Err(Error::bad_value("schedule", text, "`constant` without an argument"))
            }
            _ => Err(Error::bad_value("schedule", text, format!("`{usual}`, or with other numbers"))),
        }
    }
    /// What is wrong with the schedule's own numbers.
    pub(crate) fn check(&self) -> Option<Error> {
        let (name, mut own) = (self.name(), *self);
        let bad = own.numbers_mut().into_iter().find(|(_, value, good, _)| !good(**value));
        bad.map(|(what, value, _, want)| Error::bad_value(format!("{what} of {name}"), *value, want))
    }
    /// The factor at a moment of the run.
    pub fn factor(&self, at: &Moment) -> f64 {
        match self {
            Schedule::Constant => 1.0,
            Schedule::Inverse(own) => own.factor(at),
            Schedule::Step(own) => own.factor(at),
            Schedule::Exponential(own) => own.factor(at),
            Schedule::Cosine(own) => own.factor(at),
            Schedule::Plateau(_) => at.slowed.factor,
        }
    }
    /// What it does, for people: `step, times 0.5 every 10 epochs`.
    pub fn said(&self) -> String {
        match self {
            Schedule::Constant => self.name().into(),
            Schedule::Inverse(own) => own.said(),
            Schedule::Step(own) => own.said(),
            Schedule::Exponential(own) => own.said(),
            Schedule::Cosine(own) => own.said(),
            Schedule::Plateau(own) => own.said(),
        }
    }
}

/// As [`Schedule::parse`] reads it: `step:0.5:10`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut own = *self;
        f.write_str(self.name())?;
        own.numbers_mut().iter().try_for_each(|(_, value, ..)| write!(f, ":{value}"))
    }
}

fn is_factor(x: f64) -> bool {
    x > 0.0 && x <= 1.0
}
const FACTOR: &str = "a number above 0 and at most 1";

fn is_count(x: f64) -> bool {
    (1.0..=1e9).contains(&x) && x.fract() == 0.0
}
const COUNT: &str = "a whole number of at least 1";

fn epochs(n: f64) -> String {
    if n == 1.0 { "epoch".into() } else { format!("{n} epochs") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The factors of a run of 4 epochs with 5 steps each.
    fn factors(text: &str) -> Vec<f64> {
        let schedule = Schedule::parse(text).unwrap();
        (1..=20)
            .map(|t| schedule.factor(&Moment { t, steps: 5, epochs: 4, slowed: Slowed::default() }))
            .collect()
    }

    #[test]
    fn factors_of_the_sources() {
        assert_eq!(factors("constant"), [1.0; 20]);
        assert_eq!(factors("plateau"), [1.0; 20]);
        for (t, factor) in factors("inverse:0.5").into_iter().enumerate() {
            assert_eq!(factor, 1.0 / (1.0 + 0.5 * t as f64));
        }
        let each = |values: [f64; 4]| values.iter().flat_map(|v| [*v; 5]).collect::<Vec<_>>();
        assert_eq!(factors("step:0.5:2"), each([1.0, 1.0, 0.5, 0.5]));
        assert_eq!(factors("step:0.25:1"), each([1.0, 0.25, 0.0625, 0.015625]));
        assert_eq!(factors("exponential:0.5"), each([1.0, 0.5, 0.25, 0.125]));
    }

    #[test]
    fn what_is_printed_is_read_again() {
        let texts =
            ["constant", "inverse:0.25", "step:0.1:30", "exponential:0.9", "cosine:0.1", "plateau:0.3:7"];
        for text in texts {
            assert_eq!(Schedule::parse(text).unwrap().to_string(), text);
        }
        for schedule in Schedule::ALL {
            assert_eq!(Schedule::parse(schedule.name()).unwrap(), schedule);
            assert_eq!(Schedule::parse(&schedule.to_string()).unwrap(), schedule);
            let json = serde_json::to_string(&schedule).unwrap();
            assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule, "{json}");
        }
        assert_eq!(Schedule::parse("step:0.1").unwrap().to_string(), "step:0.1:10");
        let said = |text: &str| Schedule::parse(text).unwrap().said();
        assert_eq!(said("step:0.1:3"), "step, times 0.1 every 3 epochs");
        assert_eq!(said("plateau:0.5:1"), "plateau, times 0.5 after an epoch without a better loss");
    }

    #[test]
    fn wrong_names_and_arguments_are_refused() {
        let hint = Schedule::parse("cosin").unwrap_err().hint_text().map(str::to_string);
        assert!(hint.is_some_and(|h| h.starts_with("did you mean `cosine`?")));
        for bad in [
            "cosine:2",
            "constant:2",
            "cosine:0.1:3",
            "step:0.5:0",
            "step:0.5:1.5",
            "step:0:3",
            "exponential:1.5",
            "inverse:-1",
            "inverse:x",
            "plateau:0.5:",
            "plateau:0.5:3:1",
        ] {
            assert!(Schedule::parse(bad).is_err(), "{bad}");
        }
        let e = Schedule::parse("step:0.5:1.5").unwrap_err().to_string();
        assert!(
            e.contains("the number of epochs of step is `1.5`; it must be a whole number of at least 1"),
            "{e}"
        );
        assert!(Schedule::Exponential(Exponential { factor: f64::NAN }).check().is_some());
    }
}
