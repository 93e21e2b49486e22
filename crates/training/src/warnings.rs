//! What is suspicious about a table that is about to be trained on. Every warning says what to do, and costs little
//! beside the training.

use crate::ask::{Ask, ClassWeight};
use feedforward_base::{Dice, Purpose};
use feedforward_data::describe;
use feedforward_data::prepare::{Note, Preparation, Target, Targets};
use feedforward_data::table::Table;

/// Rows in which leaks are looked for, drawn by dice: enough for correlations above 0.95.
const ROWS: usize = 2_000;
/// The largest class has so many times the rows of the smallest before that is told.
const IMBALANCE: f64 = 10.0;

/// Columns of the preparation that give the target away or only name the rows.
pub(crate) fn of_columns(table: &Table, train: &[u32], preparation: &Preparation, seed: u64) -> Vec<Note> {
    let place = |name: &str| table.columns.iter().position(|c| c.name == name);
    let used: Vec<usize> = preparation.features.iter().filter_map(|f| place(&f.column)).collect();
    let name = |c: usize| table.columns[c].name.clone();
    let mut rows = train.to_vec();
    if rows.len() > ROWS {
        Dice::new(seed).stream(Purpose::Experiment, &[3]).shuffle(&mut rows);
        rows.truncate(ROWS);
    }
    let some = table.pick(&rows);
    let mut notes = Vec::new();
    for target in preparation.target.names() {
        let leaks = place(target).map(|t| describe::leaks(&some, &used, t)).unwrap_or_default();
        let columns: Vec<_> = leaks.into_iter().map(|(c, by, value)| (name(c), by, value)).collect();
        notes.extend((!columns.is_empty()).then(|| Note::Leaks { target: target.to_string(), columns }));
    }
    let identifiers = used.into_iter().filter(|&c| describe::is_identifier(&table.columns[c].cells));
    let columns: Vec<String> = identifiers.map(name).collect();
    notes.extend((!columns.is_empty()).then_some(Note::Identifiers { columns }));
    notes
}

/// Classes of very different size, unless they are balanced already.
pub(crate) fn of_classes<T>(
    targets: &Targets<T>,
    train: &[u32],
    preparation: &Preparation,
    ask: &Ask,
) -> Option<Note> {
    let (Targets::Classes(classes), Target::Classes { column, classes: names }) =
        (targets, &preparation.target)
    else {
        return None;
    };
    let mut counts = vec![0usize; names.len()];
    train.iter().for_each(|&r| counts[classes[r as usize] as usize] += 1);
    let most = (0..counts.len()).rev().max_by_key(|&c| counts[c])?;
    let least = (0..counts.len()).min_by_key(|&c| counts[c])?;
    let share = |c: usize| (names[c].clone(), counts[c] as f64 / train.len() as f64);
    let strong = counts[most] as f64 >= IMBALANCE * counts[least] as f64;
    (strong && ask.class_weight == ClassWeight::Equal).then(|| Note::Imbalance {
        column: column.clone(),
        most: share(most),
        least: share(least),
    })
}
