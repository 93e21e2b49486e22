//! Choosing the columns and fitting their encodings on the training rows.

use super::levels::{distinct, text};
use super::missing::median;
use super::numbers::{bad_cells, numbers, too_large};
use super::roles::Parts;
use super::{
    Encoding, Feature, MinMax, Missing, Note, OneHot, Preparation, PrepareOptions, Robust, Roles, Scale,
    Scaling, Standardise, Target,
};
use crate::table::{Cells, Numbers, Table};
use feedforward_base::{Error, ErrorKind, Place, Result};

/// A preparation and what it left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The preparation.
    pub preparation: Preparation,
    /// What the user should know about it.
    pub notes: Vec<Note>,
}

/// Tables of bytes with fewer feature columns are no images.
const IMAGE_COLUMNS: usize = 16;
/// Shorter tables may number their rows by accident.
const COUNTER_ROWS: usize = 10;

impl Preparation {
    /// Fit to the rows `train` (counted from 0) of a table.
    ///
    /// Features are all columns without another role, in the table's order:
    /// * numbers are scaled ([`Scaling`]); where training rows have empty cells these become the median, and
    ///   a further input says so;
    /// * categories become inputs of 0 and 1 ([`OneHot`]);
    /// * left out with a note: columns of one value or none in the training rows (in grey images constant
    ///   columns stay, so that every picture keeps its size), whole numbers that go up by exactly 1 from row
    ///   to row through a table of 10 or more rows, free text, and more than
    ///   [`PrepareOptions::max_levels`] categories.
    ///
    /// The target is a classification if it is one category column, or one number column whose training rows
    /// hold whole numbers only, at most 20 distinct ones, either just two of them or 5 rows for each on
    /// average; [`Roles::task`] overrides that for numbers. Everything else is a regression.
    ///
    /// # Errors
    /// Roles that name no column or one column twice; a target with empty cells anywhere in the table, with
    /// one value only, or against [`Roles::task`]; weights below 0 or all 0; values that f64 cannot scale; no
    /// feature left. What does not depend on another problem is reported together.
    ///
    /// # Panics
    /// If a training row is not in the table.
    pub fn fit(table: &Table, train: &[u32], roles: &Roles, options: &PrepareOptions) -> Result<Fitted> {
        if train.is_empty() {
            let e = Error::new(ErrorKind::TooFewRows { need: 1, have: 0 });
            return Err(e.at(Place::file(&table.name)).hint("give the training part a larger share"));
        }
        let parts = roles.resolve(table)?;
        let mut errors = Vec::new();
        let target =
            Target::fit(table, train, &parts.targets, roles, options).map_err(|e| errors.push(e)).ok();
        if let Some(weight) = parts.weight {
            errors.extend(check_weights(table, train, weight).err());
        }
        let features = fit_features(table, train, &parts, roles, options).map_err(|e| errors.push(e)).ok();
        Error::many(errors)?;
        // Both are there, for otherwise there was an error.
        let (Some(target), Some((features, notes))) = (target, features) else { unreachable!() };
        let preparation = Preparation {
            features,
            target,
            weight: parts.weight.map(|w| table.columns[w].name.clone()),
            columns: table.columns.iter().map(|c| c.name.clone()).collect(),
        };
        Ok(Fitted { preparation, notes })
    }
}

/// Weights are numbers, none missing, none negative.
pub(super) fn weights_of(table: &Table, column: usize) -> Result<std::borrow::Cow<'_, Numbers>> {
    let weights = numbers(table, column)?;
    let bad = (0..weights.len()).filter(|&r| !(weights.get(r) >= 0.0));
    let kind = |r| match weights.get(r) {
        w if w.is_nan() => ErrorKind::Missing,
        _ => ErrorKind::BadWeight { value: text(&weights, r) },
    };
    bad_cells(table, column, bad, kind, "give every row a weight of 0 or more")?;
    Ok(weights)
}

fn check_weights(table: &Table, train: &[u32], column: usize) -> Result<()> {
    let weights = weights_of(table, column)?;
    if train.iter().all(|&r| weights.get(r as usize) == 0.0) {
        let place = Place::file(&table.name).column(&table.columns[column].name);
        return Err(Error::new(ErrorKind::BadWeight { value: "0 in every training row".into() })
            .at(place)
            .hint("give some training rows a weight above 0"));
    }
    Ok(())
}

fn fit_features(
    table: &Table,
    train: &[u32],
    parts: &Parts,
    roles: &Roles,
    options: &PrepareOptions,
) -> Result<(Vec<Feature>, Vec<Note>)> {
    let grey = options.scaling == Scaling::Auto && are_images(table, train, &parts.features);
    let (mut features, mut notes, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for &c in &parts.features {
        let column = &table.columns[c].name;
        let fitted = match &table.columns[c].cells {
            Cells::Number(n) if roles.only.is_empty() && !grey && counts_rows(n) => {
                Ok(Err(Note::Counter { column: column.clone() }))
            }
            Cells::Number(n) if grey => Ok(Ok(fit_grey(n, train))),
            Cells::Number(n) => fit_number(table, c, n, train, options.scaling),
            cells @ Cells::Category { .. } => Ok(fit_category(column, cells, train, options.max_levels)),
            Cells::Text { distinct, .. } => {
                Ok(Err(Note::FreeText { column: column.clone(), distinct: *distinct }))
            }
        };
        match fitted {
            Ok(Ok(encoding)) => features.push(Feature { column: column.clone(), encoding }),
            Ok(Err(note)) => notes.push(note),
            Err(e) => errors.push(e),
        }
    }
    Error::many(errors)?;
    if features.is_empty() {
        let e = Error::new(ErrorKind::NoFeatures).at(Place::file(&table.name));
        let reasons: Vec<_> = notes.iter().take(3).map(Note::to_string).collect();
        return Err(match reasons.is_empty() {
            true => e.hint("the table needs a column besides the target"),
            false => e.hint(format!("see why: {}", reasons.join("; "))),
        });
    }
    Ok((features, notes))
}

fn are_images(table: &Table, train: &[u32], features: &[usize]) -> bool {
    let mut bytes = features.iter().map(|&c| match &table.columns[c].cells {
        Cells::Number(Numbers::U8(v)) => Some(v),
        _ => None,
    });
    features.len() >= IMAGE_COLUMNS
        && bytes.clone().all(|v| v.is_some())
        && bytes.any(|v| v.is_some_and(|v| train.iter().any(|&r| v[r as usize] > 127)))
}

fn counts_rows(numbers: &Numbers) -> bool {
    let first = if numbers.is_empty() { return false } else { numbers.get(0) };
    numbers.len() >= COUNTER_ROWS
        && first.fract() == 0.0
        && (0..numbers.len()).all(|r| numbers.get(r) == first + r as f64)
}

fn fit_grey(numbers: &Numbers, train: &[u32]) -> Encoding {
    let mut values: Vec<f64> = train.iter().map(|&r| numbers.get(r as usize)).collect();
    Encoding::Number {
        scale: Scale::MinMax(MinMax::GREY),
        missing: Missing { median: median(&mut values), indicator: false },
    }
}

/// The encoding, or the note that says why there is none.
type Outcome = std::result::Result<Encoding, Note>;

fn fit_number(table: &Table, c: usize, n: &Numbers, train: &[u32], scaling: Scaling) -> Result<Outcome> {
    let column = table.columns[c].name.clone();
    let mut values: Vec<f64> = train.iter().map(|&r| n.get(r as usize)).collect();
    values.retain(|x| !x.is_nan());
    let Some(&first) = values.first() else { return Ok(Err(Note::Empty { column })) };
    let indicator = values.len() < train.len();
    let constant = values.iter().all(|x| *x == first);
    if constant && !indicator {
        let value = text(n, train[0] as usize);
        return Ok(Err(Note::Constant { column, value }));
    }
    let scale = match scaling {
        Scaling::None => Scale::Identity,
        Scaling::Auto | Scaling::Standardise => Scale::Standardise(Standardise::fit(&values)),
        Scaling::MinMax => Scale::MinMax(MinMax::fit(&values)),
        Scaling::Robust => {
            let rough = Standardise::fit(&values);
            values.sort_unstable_by(f64::total_cmp);
            Robust::fit(&values).map_or(Scale::Standardise(rough), Scale::Robust)
        }
    };
    let median = median(&mut values);
    let (shift, divisor) = scale.affine();
    if !(shift.is_finite() && divisor.is_finite() && divisor > 0.0) {
        let size = |r: &usize| n.get(*r).abs();
        let there = train.iter().map(|&r| r as usize).filter(|&r| !n.get(r).is_nan());
        let row = there.max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(0);
        return Err(too_large(table, row, c, n.get(row)));
    }
    Ok(Ok(Encoding::Number { scale, missing: Missing { median, indicator } }))
}

fn fit_category(column: &str, cells: &Cells, train: &[u32], max_levels: usize) -> Outcome {
    let (levels, missing) = distinct(cells, train);
    let column = column.to_string();
    match &levels[..] {
        [] => Err(Note::Empty { column }),
        [value] if missing == 0 => Err(Note::Constant { column, value: format!("`{value}`") }),
        _ if levels.len() > max_levels => {
            Err(Note::ManyLevels { column, levels: levels.len(), max: max_levels })
        }
        _ => Ok(Encoding::OneHot(OneHot { levels, missing: missing > 0 })),
    }
}
