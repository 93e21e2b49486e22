//! Which rows have judged a model: the ledger of its record, as verbs use it.

use feedforward::training::Record;
use feedforward::training::ledger::{self, Entry, Ledger};
use std::path::Path;

/// Enter a judgement of the model in `file`. How often the same rows had judged a model of that name, `None` where
/// nobody counts, and what the user should know. Rows that the model has learned from are no test of it, and not counted.
pub(crate) fn enter(file: &Path, trained: &Record, entry: Entry) -> (Option<usize>, Vec<String>) {
    if let Some(note) = learned_from(trained, &entry) {
        return (None, vec![note]);
    }
    let record = ledger::record_of(file);
    let unknown = |why: String| {
        let note = format!("{why}; nobody counts how often these rows judge the model");
        (None, vec![note])
    };
    match Ledger::read(&record) {
        Ok(Some(mut ledger)) => {
            let before = ledger.enter(entry);
            let mut notes: Vec<String> = ledger::warning(before).into_iter().collect();
            notes.extend(ledger.write(&record).err().map(|e| not_counted(&record, e.kind())));
            (Some(before), notes)
        }
        Ok(None) => unknown(format!("the model's record `{}` is not there", record.display())),
        Err(e) => unknown(format!("`{}`: {}", record.display(), e.kind())),
    }
}

/// What the user should know of rows that the model has learned from.
pub(crate) fn learned_from(trained: &Record, entry: &Entry) -> Option<String> {
    let same = trained.data_fingerprint.as_ref() == Some(&entry.data);
    same.then(|| "the model was trained on these rows: its scores on them are too good".into())
}

/// The ledger that a new record takes over from the one in its place, and a note if it cannot.
pub(crate) fn kept(record: &Path) -> (Ledger, Option<String>) {
    match Ledger::read(record) {
        Ok(ledger) => (ledger.unwrap_or_default(), None),
        Err(e) => (Ledger::default(), Some(not_counted(record, e.kind()))),
    }
}

fn not_counted(record: &Path, why: &dyn std::fmt::Display) -> String {
    format!("`{}` does not count which rows have judged the model: {why}", record.display())
}
