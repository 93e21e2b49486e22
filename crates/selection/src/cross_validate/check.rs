//! What is decided and refused before the first fold is trained.

use crate::folds::{How, Round};
use feedforward_base::{Error, ErrorKind, Result};
use feedforward_data::prepare::{self, Note, Preparation, PrepareOptions, Roles, Target, Task};
use feedforward_data::table::Table;

/// What holds for all folds.
pub(super) struct Checked {
    /// The roles, with what only the whole table can tell: what the target is, and columns that count its rows.
    pub(super) roles: Roles,
    /// How much each row counts.
    pub(super) weights: Option<Vec<f64>>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// Look at the whole table.
pub(super) fn check(table: &Table, roles: &Roles, how: &How, rounds: &[Round]) -> Result<Checked> {
    let all: Vec<u32> = (0..table.rows as u32).collect();
    let fitted = Preparation::fit(table, &all, roles, &PrepareOptions::default())?;
    let mut roles = roles.clone();
    let mut notes = Vec::new();
    for note in &fitted.notes {
        if let Note::Counter { column } = note {
            // Between the held-back rows the numbers have gaps, by which no fold would know the column.
            roles.ignore.push(column.clone());
        }
        if matches!(note, Note::Counter { .. } | Note::WholeTarget { .. }) {
            notes.push(note.to_string());
        }
    }
    match fitted.preparation.target {
        Target::Classes { column, classes } => {
            roles.task = Some(Task::Classification);
            check_classes(table, &roles, &column, &classes, how, rounds, &mut notes)?;
        }
        Target::Numbers { .. } => roles.task = Some(Task::Regression),
    }
    let weights = prepare::weights(table, &roles)?;
    Ok(Checked { roles, weights, notes })
}

/// Every fold must be able to learn each class that it is judged on.
fn check_classes(
    table: &Table,
    roles: &Roles,
    column: &str,
    classes: &[String],
    how: &How,
    rounds: &[Round],
    notes: &mut Vec<String>,
) -> Result<()> {
    let Some(class_of) = prepare::strata(table, roles)? else { return Ok(()) };
    let count = |rows: &[u32]| {
        let mut counts = vec![0usize; classes.len()];
        rows.iter().for_each(|&r| counts[class_of[r as usize] as usize] += 1);
        counts
    };
    for round in rounds {
        let known = count(&round.rows.train);
        let stranger = round.rows.test.iter().find(|&&r| known[class_of[r as usize] as usize] == 0);
        if let Some(&row) = stranger {
            let class = classes[class_of[row as usize] as usize].clone();
            let of_fold = Table {
                name: format!("{}, {}", table.name, how.name(round.repeat, round.fold)),
                ..table.pick(&[row])?
            };
            let place = of_fold.row_place(0).column(column);
            return Err(Error::new(ErrorKind::UnseenClass { class, known: Vec::new() }).at(place).hint(
                "every fold must learn each class that it is judged on: leave out rows of so rare a class, or join \
                 it with another",
            ));
        }
    }
    let all: Vec<u32> = (0..table.rows as u32).collect();
    for (class, rows) in classes.iter().zip(count(&all)).filter(|(_, rows)| *rows < how.folds) {
        notes.push(format!(
            "class `{class}` has {rows} rows, fewer than the {} folds: some folds hold back none of them",
            how.folds
        ));
    }
    Ok(())
}
