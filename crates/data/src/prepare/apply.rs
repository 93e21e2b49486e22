//! Turning a table into a matrix.

use super::fit::weights_of;
use super::levels::{Coded, Stranger, find};
use super::numbers::{numbers, too_large};
use super::{Encoding, Feature, Missing, Note, OneHot, Preparation, Targets};
use crate::table::{Cells, Numbers, Table};
use feedforward_base::{Error, ErrorKind, Place, Real, Result};
use std::borrow::Cow;
use std::ops::Range;

/// Whether a table must have the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// It must: training and evaluation. The weight column is read too, if there is one.
    Target,
    /// It is not read, and neither is the weight column.
    NoTarget,
    /// It is used if it is there and complete; else a note says why not.
    TargetIfThere,
}

/// What a category that training never saw is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// An error at its first row.
    Error,
    /// No level at all (see [`OneHot`]), with a note.
    Other,
}

/// What the network reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared<T> {
    /// Inputs, rows x inputs.
    pub x: Vec<T>,
    /// Number of rows, as in the table.
    pub rows: usize,
    /// Numbers per row.
    pub inputs: usize,
    /// What each row should give.
    pub targets: Targets<T>,
    /// How much each row counts; `None`: all the same.
    pub weights: Option<Vec<T>>,
}

/// A prepared table and what was met on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied<T> {
    /// The numbers.
    pub prepared: Prepared<T>,
    /// What the user should know about them.
    pub notes: Vec<Note>,
}

/// Columns that are written together, so that a row of the matrix is visited an eighth as often.
const TOGETHER: usize = 8;
/// Rows of a column that are written at a time: what they touch of the matrix stays in the cache.
const TILE: usize = 64;

/// Where the columns of a preparation stand in a table.
struct Places {
    features: Vec<usize>,
    targets: Option<Vec<usize>>,
    weight: Option<usize>,
}

impl Preparation {
    /// Prepare all rows of a table. Columns are found by name in any order; of a table without a header, whose
    /// columns are called by their numbers, only the last may be missing and only if it is the target.
    ///
    /// The table is used up column by column: with the result there are never more than the two of them.
    ///
    /// # Errors
    /// A column that is not there; text in a column of numbers; values that T cannot hold when they are
    /// scaled; a category that training never saw ([`Unseen::Error`]); with [`Want::Target`] also an empty or
    /// unknown target cell, and a weight that is empty or negative. All such columns are reported together.
    pub fn apply<T: Real>(&self, mut table: Table, want: Want, unseen: Unseen) -> Result<Applied<T>> {
        let mut notes = Vec::new();
        let places = self.locate(&table, want, &mut notes)?;
        let mut errors = Vec::new();
        let targets = match &places.targets {
            None => Targets::None,
            Some(columns) => match self.target.apply(&table, columns) {
                Ok(targets) => targets,
                Err(e) if want == Want::TargetIfThere => {
                    notes.push(unusable(e, &table.columns[columns[0]].name));
                    Targets::None
                }
                Err(e) => {
                    errors.push(e);
                    Targets::None
                }
            },
        };
        let weights = match places.weight.map(|c| weights::<T>(&table, c)).transpose() {
            Ok(weights) => weights,
            Err(e) => {
                errors.push(e);
                None
            }
        };
        let (rows, inputs) = (table.rows, self.inputs());
        let mut x = vec![T::ZERO; rows * inputs];
        let mut at = 0;
        for (features, columns) in self.features.chunks(TOGETHER).zip(places.features.chunks(TOGETHER)) {
            let (width, found) = write(&table, features, columns, unseen, &mut x[at..], inputs, &mut notes);
            errors.extend(found);
            at += width;
            for &c in columns {
                table.columns[c].cells = Cells::Number(Numbers::U8(Vec::new()));
            }
        }
        Error::many(errors)?;
        Ok(Applied { prepared: Prepared { x, rows, inputs, targets, weights }, notes })
    }

    fn locate(&self, table: &Table, want: Want, notes: &mut Vec<Note>) -> Result<Places> {
        self.check_positions(table, want)?;
        let mut errors = Vec::new();
        let find = |name: &str| table.columns.iter().position(|c| c.name == *name);
        let mut need = |name: &str| {
            find(name).unwrap_or_else(|| {
                errors.push(self.no_such_column(table, name));
                0
            })
        };
        let features = self.features.iter().map(|f| need(&f.column)).collect();
        let names = self.target.names();
        let targets = match want {
            Want::Target => Some(names.iter().map(|n| need(n)).collect()),
            Want::TargetIfThere => names.iter().map(|n| find(n)).collect(),
            Want::NoTarget => None,
        };
        Error::many(errors)?;
        let weight = match &self.weight {
            Some(name) if want != Want::NoTarget && targets.is_some() => {
                let found = find(name);
                notes.extend(found.is_none().then(|| Note::NoWeights { column: name.clone() }));
                found
            }
            _ => None,
        };
        let extra = table.columns.iter().filter(|c| !self.columns.contains(&c.name));
        let extra: Vec<_> = extra.map(|c| c.name.clone()).collect();
        notes.extend((!extra.is_empty()).then_some(Note::ExtraColumns { columns: extra }));
        Ok(Places { features, targets, weight })
    }

    /// Columns that are called by their numbers move when one of them is missing.
    fn check_positions(&self, table: &Table, want: Want) -> Result<()> {
        let (expected, found) = (self.columns.len(), table.columns.len());
        if !are_positions(self.columns.iter().map(String::as_str))
            || !are_positions(table.columns.iter().map(|c| c.name.as_str()))
            || expected == found
        {
            return Ok(());
        }
        let target_last = self.target.names() == [expected.to_string()];
        if found + 1 == expected && target_last && want != Want::Target {
            return Ok(());
        }
        let e = Error::new(ErrorKind::SizeMismatch { what: "columns".into(), expected, found });
        Err(e.at(Place::file(&table.name)).hint(
            "without a header columns are known by their position: give this file the columns of the training \
             file (the target may be left out only where it is the last), or give both a header",
        ))
    }

    fn no_such_column(&self, table: &Table, name: &str) -> Error {
        let known = table.columns.iter().map(|c| c.name.clone()).collect();
        let e = Error::new(ErrorKind::NoSuchColumn { name: name.into(), known }).at(Place::file(&table.name));
        let ours = are_positions(self.columns.iter().map(String::as_str));
        let theirs = are_positions(table.columns.iter().map(|c| c.name.as_str()));
        match (ours, theirs) {
            (true, false) => {
                e.hint("the training file had no header and this one has; remove it or train again")
            }
            (false, true) => e.hint("the training file had a header and this one has none; add it"),
            _ => e,
        }
    }
}

/// `1`, `2`, …: the names that the reader gives where there is no header.
fn are_positions<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    names.zip(1..).all(|(name, i): (_, usize)| name == i.to_string())
}

fn unusable(e: Error, column: &str) -> Note {
    let first = match e.kind() {
        ErrorKind::Many { errors, .. } => errors.first().unwrap_or(&e),
        _ => &e,
    };
    Note::TargetUnusable { column: column.into(), why: format!("{} ({})", first.kind(), first.place()) }
}

fn weights<T: Real>(table: &Table, column: usize) -> Result<Vec<T>> {
    let weights = weights_of(table, column)?;
    (0..weights.len())
        .map(|r| {
            let w = T::from_f64(weights.get(r));
            if w.is_finite() { Ok(w) } else { Err(too_large(table, r, column, weights.get(r))) }
        })
        .collect()
}

/// A column on its way into the matrix.
enum Source<'a> {
    Number { cells: Cow<'a, Numbers>, shift: f64, divisor: f64, missing: Missing },
    OneHot { codes: Vec<u32>, hot: &'a OneHot },
}

/// Write some features side by side into `x`, whose first number is their first input in row 0. Returns how
/// many inputs they have, and their problems.
fn write<T: Real>(
    table: &Table,
    features: &[Feature],
    columns: &[usize],
    unseen: Unseen,
    x: &mut [T],
    inputs: usize,
    notes: &mut Vec<Note>,
) -> (usize, Vec<Error>) {
    let mut errors = Vec::new();
    let mut sources = Vec::new();
    let mut width = 0;
    for (feature, &c) in features.iter().zip(columns) {
        match Source::new(table, feature, c, unseen, notes) {
            Ok(source) => sources.push((width, c, source)),
            Err(e) => errors.push(e),
        }
        width += feature.width();
    }
    for first in (0..table.rows).step_by(TILE) {
        let rows = first..table.rows.min(first + TILE);
        sources.retain(|(at, c, source)| match source.write(rows.clone(), &mut x[*at..], inputs) {
            Ok(()) => true,
            Err((row, value)) => {
                errors.push(too_large(table, row, *c, value));
                false
            }
        });
    }
    (width, errors)
}

impl<'a> Source<'a> {
    fn new(
        table: &'a Table,
        feature: &'a Feature,
        c: usize,
        unseen: Unseen,
        notes: &mut Vec<Note>,
    ) -> Result<Source<'a>> {
        let column = || feature.column.clone();
        match &feature.encoding {
            Encoding::Number { scale, missing } => {
                let cells = numbers(table, c)?;
                if !missing.indicator {
                    let count = (0..cells.len()).filter(|&r| cells.get(r).is_nan()).count();
                    let note = Note::MissingNumbers { column: column(), count, median: missing.median };
                    notes.extend((count > 0).then_some(note));
                }
                let (shift, divisor) = scale.affine();
                Ok(Source::Number { cells, shift, divisor, missing: *missing })
            }
            Encoding::OneHot(hot) => {
                let Coded { codes, missing, strangers } = find(table, c, &hot.levels)?;
                if missing > 0 && !hot.missing {
                    notes.push(Note::MissingCategories { column: column(), count: missing });
                }
                if unseen == Unseen::Error {
                    Error::many(strangers.iter().map(|s| unseen_category(table, c, s)).collect())?;
                } else if let [first, ..] = &strangers[..] {
                    notes.push(Note::UnseenCategories {
                        column: column(),
                        category: first.text.clone(),
                        line: table.line(first.row),
                        rows: strangers.iter().map(|s| s.count).sum(),
                        distinct: strangers.len(),
                    });
                }
                Ok(Source::OneHot { codes, hot })
            }
        }
    }

    /// Write these rows; the row and value of the first that T cannot hold is the error.
    fn write<T: Real>(
        &self,
        rows: Range<usize>,
        x: &mut [T],
        inputs: usize,
    ) -> std::result::Result<(), (usize, f64)> {
        match self {
            Source::Number { cells, shift, divisor, missing } => {
                for r in rows {
                    let cell = cells.get(r);
                    let value = if cell.is_nan() { missing.median } else { cell };
                    let input = T::from_f64((value - shift) / divisor);
                    if !input.is_finite() {
                        return Err((r, value));
                    }
                    x[r * inputs] = input;
                    if missing.indicator && cell.is_nan() {
                        x[r * inputs + 1] = T::ONE;
                    }
                }
            }
            Source::OneHot { codes, hot } => {
                for r in rows {
                    hot.write(codes[r], &mut x[r * inputs..r * inputs + hot.width()]);
                }
            }
        }
        Ok(())
    }
}

fn unseen_category(table: &Table, column: usize, s: &Stranger) -> Error {
    Error::new(ErrorKind::UnseenCategory { category: s.text.clone() })
        .at(table.place(s.row, column))
        .hint("pass `--unseen other` to let it be none of the known ones, or train with rows that have it")
}
