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
    /// Rises linearly over `warm_up` of the run, then falls as half a cosine to 0 (Loshchilov and Hutter
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
            (Schedule::Cosine { .. }, Some(share)) => match share.parse() {
                Ok(warm_up) if (0.0..1.0).contains(&warm_up) => Ok(Schedule::Cosine { warm_up }),
                _ => Err(Error::bad_value("the warm-up of cosine", share, "at least 0 and below 1")),
            },
            (Schedule::Constant, Some(argument)) => Err(Error::bad_value(
                "schedule",
                format!("constant:{argument}"),
                "`constant` without an argument",
            )),
        }
    }
    /// The factor of step `t` = 1 ..= `steps`.
    pub fn factor(&self, t: u64, steps: u64) -> f64 {
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Cosine { warm_up } => {
                let done = (t - 1) as f64 / steps as f64;
                if done < warm_up {
                    return (done + 1.0 / steps as f64) / warm_up.max(1.0 / steps as f64);
                }
                let (cos, _) = elementary::cos_sin((done - warm_up) / (1.0 - warm_up) * 0.5);
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
        assert_eq!(s.factor(11, 100), 1.0);
        assert!((s.factor(56, 100) - 0.5).abs() < 1e-12);
        assert!((0.0..1e-3).contains(&s.factor(100, 100)));
    }

    #[test]
    fn wrong_names_and_arguments_are_refused() {
        assert_eq!(Schedule::parse("cosin").unwrap_err().hint_text(), Some("did you mean `cosine`?"));
        assert!(Schedule::parse("cosine:2").is_err());
        assert!(Schedule::parse("constant:2").is_err());
    }
}
