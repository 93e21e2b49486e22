//! The learning rate over time: η(t) = η · factor(t).

use feedforward_base::{Error, Result, elementary};
use serde::{Deserialize, Serialize};

/// How the learning rate changes while training goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Schedule {
    /// factor = 1.
    #[default]
    Constant,
    /// Rises linearly over `warm_up` of the run's steps, rounded up, then falls as half a cosine to 0 (Loshchilov and Hutter
    /// 2017, without restarts).
    Cosine {
        /// Share of the run's steps, 0 where nothing is said.
        warm_up: f64,
    },
}

impl Schedule {
    /// Every schedule with its usual settings.
    pub const ALL: [Schedule; 2] = [Schedule::Constant, Schedule::Cosine { warm_up: 0.0 }];

    /// The name that users type.
    pub fn name(&self) -> &'static str {
        match self {
            Schedule::Constant => "constant",
            Schedule::Cosine { .. } => "cosine",
        }
    }
    /// From `cosine`, or `cosine:0.1` with a warm-up over a tenth of the run.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, argument) = text.split_once(':').map_or((text, None), |(n, a)| (n, Some(a)));
        let known = Self::ALL.iter().map(Self::name);
        let usual = Self::ALL.into_iter().find(|s| s.name() == name);
        let usual = usual.ok_or_else(|| Error::unknown("schedule", name, known))?;
        match (usual, argument) {
            (schedule, None) => Ok(schedule),
            (Schedule::Cosine { .. }, Some(share)) => {
                let schedule = Schedule::Cosine { warm_up: share.parse().unwrap_or(f64::NAN) };
                let wrong = || Error::bad_value("the warm-up of cosine", share, "at least 0 and below 1");
                schedule.check().map_or(Ok(schedule), |_| Err(wrong()))
            }
            (Schedule::Constant, Some(argument)) => Err(Error::bad_value(
                "schedule",
                format!("constant:{argument}"),
                "`constant` without an argument",
            )),
        }
    }
    /// What is wrong with the schedule's own numbers.
    pub(crate) fn check(&self) -> Option<Error> {
        match *self {
            Schedule::Cosine { warm_up } if !(0.0..1.0).contains(&warm_up) => {
                Some(Error::bad_value("the warm-up of cosine", warm_up, "at least 0 and below 1"))
            }
            Schedule::Constant | Schedule::Cosine { .. } => None,
        }
    }
    /// The factor of step `t` = 1 ..= `steps`.
    pub fn factor(&self, t: u64, steps: u64) -> f64 {
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Cosine { warm_up } => {
                let warm = (warm_up * steps as f64).ceil() as u64;
                if t <= warm {
                    return t as f64 / warm as f64;
                }
                let done = (t - 1 - warm) as f64 / (steps - warm) as f64;
                let (cos, _) = elementary::cos_sin(done * 0.5);
                0.5 * (1.0 + cos)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_rises_then_falls() {
        let s = Schedule::parse("cosine:0.1").unwrap();
        assert_eq!(Schedule::Cosine { warm_up: 0.0 }.factor(1, 100), 1.0);
        assert!((s.factor(1, 100) - 0.1).abs() < 1e-12);
        assert_eq!((s.factor(10, 100), s.factor(11, 100)), (1.0, 1.0));
        assert!((s.factor(56, 100) - 0.5).abs() < 1e-12);
        assert!((0.0..1e-3).contains(&s.factor(100, 100)));
    }

    #[test]
    fn the_factor_never_leaves_0_to_1() {
        for warm_up in [0.0, 0.1, 0.3, 0.5, 0.99] {
            for steps in [1, 2, 7, 10, 15, 101] {
                let factors: Vec<f64> =
                    (1..=steps).map(|t| Schedule::Cosine { warm_up }.factor(t, steps)).collect();
                assert!(factors.iter().all(|f| (0.0..=1.0).contains(f)), "{warm_up} {steps}: {factors:?}");
                assert!(factors.contains(&1.0), "{warm_up} {steps}: {factors:?}");
            }
        }
    }

    #[test]
    fn wrong_names_and_arguments_are_refused() {
        let hint = Schedule::parse("cosin").unwrap_err().hint_text().map(str::to_string);
        assert!(hint.is_some_and(|h| h.starts_with("did you mean `cosine`?")));
        assert!(Schedule::parse("cosine:2").is_err());
        assert!(Schedule::parse("constant:2").is_err());
    }
}
