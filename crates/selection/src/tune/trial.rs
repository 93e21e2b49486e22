//! One trial: its settings, and how well they did.

use super::point::Flag;
use feedforward_base::{Error, Result};
use feedforward_training::judgement::Judgement;
use feedforward_training::metric::{Kind, Metric};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The number by which trials are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The mean loss: less is better.
    #[default]
    Loss,
    /// A metric.
    Metric(Metric),
}

impl By {
    /// The name that users type.
    pub fn name(self) -> &'static str {
        match self {
            By::Loss => "loss",
            By::Metric(m) => m.name(),
        }
    }
    /// Whether `one` is better than `other`; equal numbers are not.
    pub fn prefers(self, one: f64, other: f64) -> bool {
        match self {
            By::Loss => one < other,
            By::Metric(m) => m.prefers(one, other),
        }
    }
    /// Its value in a judgement; `None` where it is not defined.
    pub fn of(self, judgement: &Judgement) -> Option<f64> {
        match self {
            By::Loss => judgement.loss(),
            By::Metric(m) => judgement.value(m),
        }
    }
    /// Whether it can judge targets of this kind.
    ///
    /// # Errors
    /// A metric of the other kind, with those that there are.
    pub fn check(self, kind: Kind) -> Result<()> {
        match self {
            By::Metric(m) if m.kind() != kind => {
                let what = match kind {
                    Kind::Classes => "metric of classes",
                    Kind::Numbers => "metric of numbers",
                };
                Err(Error::unknown(
                    what,
                    m.name(),
                    ["loss"].into_iter().chain(Metric::of_kind(kind).map(Metric::name)),
                ))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for By {
    type Err = Error;

    /// # Errors
    /// [`feedforward_base::ErrorKind::Unknown`] with a near name.
    fn from_str(text: &str) -> Result<Self> {
        if text == By::Loss.name() {
            return Ok(By::Loss);
        }
        let names = ["loss"].into_iter().chain(Metric::ALL.iter().map(|m| m.name()));
        text.parse().map(By::Metric).map_err(|_: Error| Error::unknown("metric", text, names))
    }
}

impl Serialize for By {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for By {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A trial that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Its number, from 1. In successive halving a trial that goes on keeps it.
    pub trial: usize,
    /// The rung of successive halving, from 1; 1 for the other searches.
    pub rung: usize,
    /// The value of each setting that varies.
    pub settings: BTreeMap<String, String>,
    /// What varies, as flags of `ff train`, in the order of the space; with `epochs` in successive halving.
    pub flags: Vec<Flag>,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With a score.
    Scored(Scored),
    /// Without one: settings that cannot go together, a loss that is no longer finite. The reason.
    Failed(String),
}

/// How well a trial did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The number by which trials are compared; over folds its mean.
    pub score: f64,
    /// Over folds its standard deviation, with n − 1.
    pub deviation: Option<f64>,
    /// The mean loss, if it is finite.
    pub loss: Option<f64>,
    /// All metrics that are defined; over folds their means.
    pub scores: BTreeMap<Metric, f64>,
    /// The epoch that was judged; over folds the median.
    pub kept_epoch: u64,
    /// Units of the layers: `2-16-16-1`; over folds of the first one's network.
    pub shape: String,
}

impl Trial {
    /// Its score, if it has one.
    pub fn score(&self) -> Option<f64> {
        match &self.outcome {
            Outcome::Scored(scored) => Some(scored.score),
            Outcome::Failed(_) => None,
        }
    }
    /// Why it has none, if it failed.
    pub fn failure(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Scored(_) => None,
            Outcome::Failed(reason) => Some(reason),
        }
    }
    /// Trials from the best: later rungs before earlier ones, then by score, of equal ones the first; those that
    /// failed last.
    pub fn ranked(all: &[Trial], by: By) -> Vec<&Trial> {
        let mut ranked: Vec<&Trial> = all.iter().collect();
        ranked.sort_by(|a, b| {
            let earlier = (b.rung, a.trial).cmp(&(a.rung, b.trial));
            match (a.score(), b.score()) {
                (None, None) => earlier,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(_), None) => std::cmp::Ordering::Less,
                (Some(one), Some(other)) => {
                    b.rung.cmp(&a.rung).then_with(|| match (by.prefers(one, other), by.prefers(other, one)) {
                        (true, _) => std::cmp::Ordering::Less,
                        (_, true) => std::cmp::Ordering::Greater,
                        _ => earlier,
                    })
                }
            }
        });
        ranked
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A trial with a score, or one that failed.
    pub(in crate::tune) fn trial(trial: usize, rung: usize, score: Option<f64>) -> Trial {
        let outcome = match score {
            Some(score) => Outcome::Scored(Scored {
                score,
                deviation: None,
                loss: Some(score),
                scores: BTreeMap::from([(Metric::Accuracy, 0.5)]),
                kept_epoch: 7,
                shape: "2-9-1".into(),
            }),
            None => Outcome::Failed("it \"failed\", said\nthe plan".into()),
        };
        let value = format!("{trial}");
        let flags = vec![("batch-size".to_string(), value.clone())];
        Trial { trial, rung, settings: BTreeMap::from([("batch-size".into(), value)]), flags, outcome }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::trial;
    use super::*;

    #[test]
    fn the_first_of_equals_wins_and_the_last_rung_counts() {
        let all = [
            trial(1, 1, Some(0.1)),
            trial(2, 1, None),
            trial(3, 1, Some(0.3)),
            trial(1, 2, Some(0.4)),
            trial(3, 2, Some(0.4)),
            trial(4, 2, Some(0.2)),
        ];
        let order = |by| Trial::ranked(&all, by).iter().map(|t| (t.trial, t.rung)).collect::<Vec<_>>();
        assert_eq!(order(By::Loss), [(4, 2), (1, 2), (3, 2), (1, 1), (3, 1), (2, 1)]);
        assert_eq!(order(By::Metric(Metric::F1)), [(1, 2), (3, 2), (4, 2), (3, 1), (1, 1), (2, 1)]);
    }

    #[test]
    fn metrics_by_name_and_kind() {
        assert_eq!("loss".parse::<By>().unwrap(), By::Loss);
        assert_eq!("f1".parse::<By>().unwrap(), By::Metric(Metric::F1));
        assert!("los".parse::<By>().unwrap_err().to_string().contains("did you mean `loss`?"));
        By::Loss.check(Kind::Numbers).unwrap();
        let e = By::Metric(Metric::F1).check(Kind::Numbers).unwrap_err().to_string();
        assert!(e.contains("there is no metric of numbers `f1`") && e.contains("`rmse`"), "{e}");
    }

    #[test]
    fn trials_survive_their_text() {
        for t in [trial(1, 2, Some(1.0 / 3.0)), trial(2, 1, None)] {
            let text = serde_json::to_string(&t).unwrap();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(serde_json::from_str::<Trial>(&text).unwrap(), t);
        }
    }
}
