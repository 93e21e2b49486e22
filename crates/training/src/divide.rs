//! Which rows of a table teach, and which judge.

use crate::ask::Ask;
use crate::choose::FEW_ROWS;
use feedforward_base::{Dice, Error, ErrorKind, Place, Result};
use feedforward_data::prepare;
use feedforward_data::split::{Fold, Rule};
use feedforward_data::table::Table;
use std::collections::BTreeSet;

/// Below this number of rows none is kept apart.
const TOO_FEW_ROWS: usize = 20;
/// The folds of a table of less than [`FEW_ROWS`] rows.
const FOLDS: usize = 5;

/// Rows of a table that teach a network and rows that judge it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Split {
    pub(crate) train: Vec<u32>,
    /// Of the same table.
    pub(crate) valid: Vec<u32>,
}

/// How the rows are divided until the number of epochs is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Division {
    /// One, or one for each fold.
    pub(crate) splits: Vec<Split>,
    /// Whether a last training takes all rows.
    pub(crate) refit: bool,
}

impl Division {
    /// The rows that the model's preparation is fitted on, of a table of so many rows.
    pub(crate) fn prepared_on(&self, rows: usize) -> Vec<u32> {
        match &self.splits[..] {
            [split] => split.train.clone(),
            _ => (0..rows as u32).collect(),
        }
    }
    /// The number of folds; 0 where one part is kept apart, or none.
    pub(crate) fn folds(&self) -> usize {
        if self.splits.len() > 1 { self.splits.len() } else { 0 }
    }
}

/// Divide the rows of `table`; `other` says whether another table judges. Classes are spread evenly over all parts.
///
/// # Errors
/// Less than two rows, a share that cannot be, and a last training on all rows where no row is kept apart.
pub(crate) fn divide(table: &Table, other: bool, ask: &Ask) -> Result<Division> {
    let rows = table.rows;
    let place = || Place::file(&table.name);
    let share = ask.validation.unwrap_or(match rows {
        0..TOO_FEW_ROWS => 0.0,
        TOO_FEW_ROWS..5_000 => 0.2,
        _ => 0.1,
    });
    if !(0.0..1.0).contains(&share) {
        return Err(Error::bad_value("--validation", share, "at least 0 and below 1"));
    }
    if rows < 2 {
        let e = Error::new(ErrorKind::TooFewRows { need: 2, have: rows });
        return Err(e.at(place()).hint("a network needs rows that differ to learn from"));
    }
    let apart = !other && share > 0.0;
    let refit = ask.refit.unwrap_or(apart && ask.validation.is_none());
    if refit && !apart {
        return Err(nothing_to_add(other));
    }
    if !apart {
        let all = Split { train: (0..rows as u32).collect(), valid: Vec::new() };
        return Ok(Division { splits: vec![all], refit });
    }
    let rule = prepare::rule(table, &ask.roles, true)?;
    let dice = Dice::new(ask.seed);
    if let (true, None, Rule::Random { strata }) = (refit && rows < FEW_ROWS, ask.validation, &rule) {
        let folds = rule.folds(rows, FOLDS, dice).map_err(|e| e.at(place()))?;
        let splits = folds.into_iter().map(|fold| with_all_classes(fold, strata.as_deref())).collect();
        return Ok(Division { splits, refit });
    }
    let mut parts = rule.shares(rows, &[1.0 - share, share], dice).map_err(|e| e.at(place()))?;
    let valid = parts.pop().unwrap_or_default();
    let split = Split { train: parts.pop().unwrap_or_default(), valid };
    Ok(Division { splits: vec![split], refit })
}

fn nothing_to_add(other: bool) -> Error {
    let (other, why) = match other {
        true => ("--valid", "the rows to train on are all rows of the data already"),
        false => ("a validation part of no rows", "no row is kept apart that a last training could add"),
    };
    let (one, other, why) = ("--refit".into(), other.into(), why.into());
    let e = Error::new(ErrorKind::Conflict { one, other, why });
    e.hint("leave --refit out, or let --validation keep a share of the rows apart, such as 0.1")
}

/// A fold whose training rows know every class: a row that is alone in its class teaches in all folds.
fn with_all_classes(fold: Fold, strata: Option<&[u32]>) -> Split {
    let Fold { mut train, test } = fold;
    let Some(strata) = strata else { return Split { train, valid: test } };
    let class = |r: &u32| strata[*r as usize];
    let known: BTreeSet<u32> = train.iter().map(class).collect();
    let (valid, alone): (Vec<u32>, Vec<u32>) = test.into_iter().partition(|r| known.contains(&class(r)));
    train.extend(alone);
    train.sort_unstable();
    Split { train, valid }
}
