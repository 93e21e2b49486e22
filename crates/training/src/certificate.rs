//! Certificates: what a run was made of and what it has brought, short enough to be compared.
//!
//! Whoever has the data can train again and hold the outcome against the certificate, epoch by epoch. The same program
//! gives the same bits on every processor that it runs on; another version may not.

use crate::ask::Ask;
use crate::event::{Ending, EpochRecord};
use crate::fingerprint;
use crate::judgement::Scores;
use crate::model::{Model, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What a run was made of and what it has brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// `feedforward 0.1.0`.
    pub program: String,
    /// The build that trained; nothing depends on it.
    pub build: Build,
    /// What the table was called.
    pub data: String,
    /// [`fingerprint::of_table`] of it.
    pub data_fingerprint: Option<String>,
    /// The same of the other table that validated, if there was one.
    pub valid_fingerprint: Option<String>,
    /// [`fingerprint::of_prepared`] of the table as the network was given it.
    pub prepared_fingerprint: Option<String>,
    /// Everything that was asked, with what was chosen from the data filled in; the seed is part of it.
    pub ask: Ask,
    /// [`EpochRecord::theta`] of every epoch.
    pub epochs: Vec<String>,
    /// The same of the last training, on all rows, if there was one.
    pub refit: Option<Vec<String>>,
    /// The epoch that was kept, or said how long the last training was.
    pub kept_epoch: u64,
    /// Why the run ended.
    pub ending: Ending,
    /// The metrics of the record's judgement.
    pub metrics: Option<Scores>,
    /// [`fingerprint::of_theta`] of the model.
    pub theta: String,
}

/// A build of the program, and what it ran on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Build {
    /// `x86_64-linux`.
    pub target: String,
    /// `release` or `debug`.
    pub profile: String,
    /// The processor's instructions that it would choose.
    pub instructions: String,
}

impl Build {
    /// This program, here.
    pub fn this() -> Self {
        Build {
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" }.into(),
            instructions: feedforward_kernels::Arch::best().name().into(),
        }
    }
}

/// The first thing in which two runs differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Difference {
    /// Another version of the program.
    Version {
        /// What the certificate says.
        certified: String,
        /// What is found.
        found: String,
    },
    /// Other rows.
    Data {
        /// Which: the data, the validation rows, the data as prepared.
        which: String,
    },
    /// Another request.
    Option {
        /// Its path in [`Ask`], such as `learning_rate`.
        name: String,
        /// What the certificate says.
        certified: Value,
        /// What is found.
        found: Value,
    },
    /// Other parameters after an epoch.
    Epoch {
        /// From 1.
        epoch: u64,
        /// Whether it is one of the last training, on all rows.
        refit: bool,
    },
    /// Another number of epochs, another epoch kept, or another end.
    Ending {
        /// Which.
        which: String,
    },
    /// Another metric.
    Metric {
        /// Its name.
        name: String,
        /// What the certificate says.
        certified: Value,
        /// What is found.
        found: Value,
    },
    /// Other parameters in the end.
    Theta,
}

impl Certificate {
    /// The certificate of a model that this program has just trained.
    pub fn of(model: &Model) -> Self {
        let Record { program, data, ask, kept_epoch, ending, .. } = model.record.clone();
        let hashes = |epochs: &[EpochRecord]| epochs.iter().map(|e| e.theta.clone()).collect();
        Certificate {
            program,
            build: Build::this(),
            data,
            data_fingerprint: model.record.data_fingerprint.clone(),
            valid_fingerprint: model.record.valid_fingerprint.clone(),
            prepared_fingerprint: model.record.prepared_fingerprint.clone(),
            ask,
            epochs: hashes(&model.record.epochs),
            refit: model.record.refit.as_deref().map(hashes),
            kept_epoch,
            ending,
            metrics: model.record.judgement.as_ref().map(|j| j.scores().clone()),
            theta: fingerprint::of_theta(&model.theta),
        }
    }

    /// The first difference that shows before anything is trained: version, data, and, if `ask` is known, option.
    pub fn differs_before(
        &self,
        program: &str,
        (data, valid): (&str, Option<&str>),
        ask: Option<&Ask>,
    ) -> Option<Difference> {
        if self.program != program {
            return Some(Difference::Version { certified: self.program.clone(), found: program.into() });
        }
        let other = |which: &str| Some(Difference::Data { which: which.into() });
        if self.data_fingerprint.as_deref() != Some(data) {
            return other("the data");
        }
        if self.valid_fingerprint.as_deref() != valid {
            return other("the validation rows");
        }
        let (certified, found) = (serde_json::to_value(&self.ask).ok()?, serde_json::to_value(ask?).ok()?);
        let first = differences(&certified, &found).into_iter().next()?;
        Some(Difference::Option { name: first.path, certified: first.one, found: first.other })
    }

    /// The certified hash of an epoch, from 1, if there is one.
    pub fn epoch(&self, epoch: u64, refit: bool) -> Option<&str> {
        let epochs = if refit { self.refit.as_deref().unwrap_or_default() } else { &self.epochs };
        epochs.get((epoch as usize).wrapping_sub(1)).map(String::as_str)
    }

    /// The first difference from the outcome of another training: data as prepared, epoch, end, metric, parameters.
    pub fn differs_after(&self, again: &Certificate) -> Option<Difference> {
        if self.prepared_fingerprint != again.prepared_fingerprint {
            return Some(Difference::Data { which: "the data as prepared".into() });
        }
        let parted = |refit: bool, one: &[String], other: &[String]| {
            let at = one.iter().zip(other).position(|(one, other)| one != other)?;
            Some(Difference::Epoch { epoch: at as u64 + 1, refit })
        };
        let ends = |c: &Certificate| {
            let refit = c.refit.as_ref().map(Vec::len);
            [
                ("the number of epochs", format!("{}, {refit:?}", c.epochs.len())),
                ("the epoch that is kept", c.kept_epoch.to_string()),
                ("why the run ended", format!("{:?}", c.ending)),
            ]
        };
        let (one, other) = (self.refit.as_deref(), again.refit.as_deref());
        parted(false, &self.epochs, &again.epochs)
            .or_else(|| parted(true, one.unwrap_or_default(), other.unwrap_or_default()))
            .or_else(|| {
                let which = ends(self).into_iter().zip(ends(again)).find(|(one, other)| one != other)?.0.0;
                Some(Difference::Ending { which: which.into() })
            })
            .or_else(|| {
                let value = |c: &Certificate| serde_json::to_value(&c.metrics).ok();
                let first = differences(&value(self)?, &value(again)?).into_iter().next()?;
                Some(Difference::Metric { name: first.path, certified: first.one, found: first.other })
            })
            .or_else(|| (self.theta != again.theta).then_some(Difference::Theta))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Version { certified, found } => {
                write!(f, "the version: {certified} is certified, and this is {found}")
            }
            Difference::Data { which } => write!(f, "{which}: these are other rows than the certified ones"),
            Difference::Option { name, certified, found } => {
                write!(f, "the option {name}: {certified} is certified, and {found} is asked")
            }
            Difference::Epoch { epoch, refit } => {
                let on = if *refit { " of the training on all rows" } else { "" };
                write!(f, "epoch {epoch}{on}: other parameters than the certified ones")
            }
            Difference::Ending { which } => write!(f, "{which} is another than the certificate says"),
            Difference::Metric { name, certified, found } => {
                write!(f, "the metric {name}: {certified} is certified, and {found} is found")
            }
            Difference::Theta => f.write_str("the parameters in the end: others than the certified ones"),
        }
    }
}

/// A place in which two JSON values differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// `layers.2.units`; items from 1.
    pub path: String,
    /// What the one has; null where it has nothing.
    pub one: Value,
    /// What the other has.
    pub other: Value,
}

/// All places in which two JSON values differ.
pub fn differences(one: &Value, other: &Value) -> Vec<Place> {
    let mut all = Vec::new();
    walk("", one, other, &mut all);
    all
}

fn walk(path: &str, one: &Value, other: &Value, all: &mut Vec<Place>) {
    let below = |key: &str| if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                walk(&below(key), value, b.get(key).unwrap_or(&Value::Null), all);
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                walk(&below(key), &Value::Null, value, all);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for ((i, a), b) in (1..).zip(a).zip(b) {
                walk(&below(&i.to_string()), a, b, all);
            }
        }
        (one, other) if one != other => {
            all.push(Place { path: path.into(), one: one.clone(), other: other.clone() });
        }
        _ => {}
    }
}
