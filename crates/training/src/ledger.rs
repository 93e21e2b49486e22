//! The ledger of a model's record: which rows have judged models of its name, and how often.
//!
//! The test part is used once (D3, Fischer and Zahn: training, validation and test part): a score by which a model was
//! chosen is too good. A person forgets how often he has looked, so the record beside a model (`MODEL.json`) counts:
//! every judgement is entered with the fingerprint of the rows, and a new training run that replaces the record keeps
//! the entries of the old one. Runs that judge at the same moment may lose an entry, never the record.

use crate::fingerprint;
use crate::judgement::Judgement;
use crate::metric::{Kind, Metric};
use crate::model::Theta;
use crate::new_file::NewFile;
use feedforward_base::{Error, ErrorKind, Place, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The ledger's key in a record.
pub const KEY: &str = "judged_on";
/// The keys of every record that `ff train` writes.
pub const RECORD_KEYS: [&str; 4] = ["model", "record", "shape", "parameters"];

/// What has judged models of one name, the first first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger {
    /// One for each pair of rows and parameters.
    pub entries: Vec<Entry>,
}

/// Rows that have judged a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The fingerprint of the table.
    pub data: String,
    /// What it was called.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// The fingerprint of the parameters.
    pub theta: String,
    /// What the score is: accuracy or R².
    pub metric: Metric,
    /// The score; `None` where it is not defined.
    pub score: Option<f64>,
    /// How often these rows have judged these parameters.
    pub times: usize,
}

impl Entry {
    /// A judgement by a table with this fingerprint and name.
    pub fn new(data: String, name: &str, theta: &Theta, judgement: &Judgement) -> Self {
        let metric = match judgement.kind() {
            Kind::Classes => Metric::Accuracy,
            Kind::Numbers => Metric::R2,
        };
        Entry {
            data,
            name: name.into(),
            rows: judgement.rows(),
            theta: fingerprint::of_theta(theta),
            metric,
            score: judgement.value(metric),
            times: 1,
        }
    }
}

/// The record of a model file: beside it, as `.json`.
pub fn record_of(model: &Path) -> PathBuf {
    model.with_extension("json")
}

impl Ledger {
    /// The ledger of a record; empty if nothing was entered yet, `None` if there is no record.
    ///
    /// # Errors
    /// The file cannot be read, is no record, or its ledger was changed by hand into something else.
    pub fn read(record: &Path) -> Result<Option<Self>> {
        let Some(mut value) = read(record)? else { return Ok(None) };
        match value.get_mut(KEY).map(Value::take) {
            None => Ok(Some(Ledger::default())),
            Some(entries) => serde_json::from_value(entries).map(Some).map_err(|e| no_record(record, &e)),
        }
    }
    /// How often these rows have judged a model of this name.
    pub fn times(&self, data: &str) -> usize {
        self.entries.iter().filter(|e| e.data == data).map(|e| e.times).sum()
    }
    /// Enter a judgement; how often these rows had judged a model of this name before.
    pub fn enter(&mut self, entry: Entry) -> usize {
        let before = self.times(&entry.data);
        match self.entries.iter_mut().find(|e| e.data == entry.data && e.theta == entry.theta) {
            Some(known) => known.times += 1,
            None => self.entries.push(entry),
        }
        before
    }
    /// Put the ledger into a record, whose other lines stay.
    ///
    /// # Errors
    /// There is no record, or it cannot be read or replaced.
    pub fn write(&self, record: &Path) -> Result<()> {
        let Some(mut value) = read(record)? else {
            let e = Error::io("enter the judgement", &std::io::ErrorKind::NotFound.into());
            return Err(e.at(place(record)));
        };
        value[KEY] = serde_json::to_value(self).map_err(|e| no_record(record, &e))?;
        NewFile::write(record, format!("{value:#}\n").as_bytes())
    }
}

/// What to say of rows that have judged `times` times before; nothing of new ones.
pub fn warning(times: usize) -> Option<String> {
    let often = match times {
        0 => return None,
        1 => "once".to_string(),
        n => format!("{n} times"),
    };
    Some(format!(
        "these rows have judged a model of this name {often} before: a choice made by their scores makes the scores \
         too good; keep a part that you have not looked at"
    ))
}

fn read(record: &Path) -> Result<Option<Value>> {
    // A pipe or device keeps nothing.
    if !record.metadata().is_ok_and(|about| about.is_file() && about.len() > 0) {
        return Ok(None);
    }
    let text =
        std::fs::read(record).map_err(|e| Error::io("read the model's record", &e).at(place(record)))?;
    let value: Value = serde_json::from_slice(&text).map_err(|e| no_record(record, &e))?;
    if RECORD_KEYS.iter().any(|key| value.get(key).is_none()) {
        return Err(no_record(record, &"it has other keys"));
    }
    Ok(Some(value))
}

fn no_record(record: &Path, why: &dyn std::fmt::Display) -> Error {
    let kind = ErrorKind::Io { action: "use this file as a model's record".into(), why: why.to_string() };
    Error::new(kind).at(place(record))
}

fn place(record: &Path) -> Place {
    Place::file(record.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str =
        r#"{"model": "a.ff", "notes": [], "parameters": 3, "record": {"x": 0.1}, "shape": "2-1"}"#;

    fn entry(data: &str, theta: f32) -> Entry {
        let judgement = Judgement::numbers(&["y".into()], &[1.0, 2.0], &[1.0, 2.5], None, 0.1);
        Entry::new(data.into(), "test.csv", &Theta::F32(vec![theta]), &judgement)
    }

    #[test]
    fn rows_are_counted_over_all_models_of_a_name() {
        let mut ledger = Ledger::default();
        let seen: Vec<usize> = [("one", 1.0), ("one", 1.0), ("two", 1.0), ("one", 2.0), ("one", 1.0)]
            .map(|(data, theta)| ledger.enter(entry(data, theta)))
            .to_vec();
        assert_eq!(seen, [0, 1, 0, 2, 3]);
        assert_eq!(ledger.entries.iter().map(|e| e.times).collect::<Vec<_>>(), [3, 1, 1]);
        assert_eq!((ledger.entries[0].metric, ledger.entries[0].score), (Metric::R2, Some(0.5)));
    }

    #[test]
    fn a_record_keeps_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = record_of(&folder.path().join("a.ff"));
        assert_eq!(Ledger::read(&path).unwrap(), None);
        assert!(Ledger::default().write(&path).is_err());
        std::fs::write(&path, RECORD).unwrap();
        let mut ledger = Ledger::read(&path).unwrap().unwrap();
        assert_eq!(ledger, Ledger::default());
        ledger.enter(entry("one", 1.0));
        ledger.write(&path).unwrap();
        assert_eq!(Ledger::read(&path).unwrap().unwrap(), ledger);
        let mut value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        value.as_object_mut().unwrap().remove(KEY).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(RECORD).unwrap());
    }

    #[test]
    fn foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for text in ["{}", "no JSON", "[1]", &RECORD.replace("\"notes\": []", "\"judged_on\": 3")] {
            std::fs::write(&path, text).unwrap();
            let e = Ledger::read(&path).unwrap_err();
            assert!(e.to_string().contains("as a model's record"), "{e}");
        }
        std::fs::write(&path, "{}").unwrap();
        assert!(Ledger::default().write(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"{}");
    }

    #[test]
    fn the_warning_counts() {
        assert_eq!(warning(0), None);
        assert!(warning(1).unwrap().starts_with("these rows have judged a model of this name once before: "));
        assert!(warning(2).unwrap().contains(" 2 times before"));
    }
}
