//! Which rows are held back in which round of a cross-validation.

use feedforward_base::{Dice, Error, ErrorKind, Place, Result};
use feedforward_data::prepare::{self, Roles};
use feedforward_data::split::{self, Rule};
use feedforward_data::table::Table;
use serde::{Deserialize, Serialize};

/// How a table is divided for cross-validation. That rows of one group stay together, or that time goes forward, say
/// the [`Roles`] of the columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct How {
    /// k. Default 5.
    pub folds: usize,
    /// Divisions into k folds, each another one. Default 1.
    pub repeats: usize,
    /// The seed of the first division; the others take the seeds after it.
    pub seed: u64,
    /// Whether all folds get the same shares of the classes. Default true.
    pub stratified: bool,
}

impl Default for How {
    fn default() -> Self {
        How { folds: 5, repeats: 1, seed: 0, stratified: true }
    }
}

/// One round: some rows are held back and judged on, a model is trained on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The division, from 1.
    pub repeat: usize,
    /// The fold of the division, from 1.
    pub fold: usize,
    /// The rows.
    pub rows: split::Fold,
}

impl How {
    /// All rounds, repeat after repeat.
    ///
    /// # Errors
    /// Fewer than 2 folds or 1 repeat; several repeats of a division by time, which is always the same; columns that
    /// [`prepare::rule`] refuses; too few rows, groups or times.
    pub fn rounds(&self, table: &Table, roles: &Roles) -> Result<Vec<Round>> {
        let rule = prepare::rule(table, roles, self.stratified)?;
        if self.repeats == 0 {
            return Err(Error::bad_value("--repeats", 0, "at least 1"));
        }
        if self.repeats > 1 && matches!(rule, Rule::Time { .. }) {
            return Err(Error::new(ErrorKind::Conflict {
                one: format!("--repeats {}", self.repeats),
                other: "--time".into(),
                why: "there is one division by time only".into(),
            }));
        }
        let mut rounds = Vec::new();
        for repeat in 1..=self.repeats {
            let dice = Dice::new(self.seed.wrapping_add(repeat as u64 - 1));
            let folds = rule.folds(table.rows, self.folds, dice);
            let folds = folds.map_err(|e| e.at(Place::file(&table.name)))?;
            rounds.extend(folds.into_iter().zip(1..).map(|(rows, fold)| Round { repeat, fold, rows }));
        }
        Ok(rounds)
    }

    /// What a round is called: `fold 2`, or `fold 2 of repeat 3` where there are several repeats.
    pub fn name(&self, repeat: usize, fold: usize) -> String {
        match self.repeats {
            1 => format!("fold {fold}"),
            _ => format!("fold {fold} of repeat {repeat}"),
        }
    }
}
