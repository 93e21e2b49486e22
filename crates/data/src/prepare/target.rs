//! What the network is to say: classes or numbers.

use super::levels::{Stranger, distinct, find, text};
use super::numbers::{FIT_HINT, TRAINED_HINT, bad_cells, free_text, numbers, too_large};
use super::{PrepareOptions, Roles, Standardise, Task};
use crate::table::{Cells, MISSING, Numbers, Table};
use feedforward_base::{Error, ErrorKind, Place, Real, Result};
use serde::{Deserialize, Serialize};

/// What is predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One of several classes.
    Classes {
        /// The target column.
        column: String,
        /// The classes of the training rows in natural order; a row's class is an index into them.
        classes: Vec<String>,
    },
    /// One number or several.
    Numbers {
        /// The target columns in the user's order.
        columns: Vec<NumberTarget>,
    },
}

/// A number to predict. The network sees (y − mean) / scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberTarget {
    /// Its column.
    pub name: String,
    /// Mean of the training rows, 0 if targets are not scaled.
    pub mean: f64,
    /// Standard deviation of the training rows, 1 if targets are not scaled.
    pub scale: f64,
    /// What its cells must be.
    #[serde(default)]
    pub range: Range,
}

/// What the numbers to predict must be, because the loss asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Any number.
    #[default]
    Any,
    /// At least 0.
    NotNegative,
    /// From 0 to 1.
    ZeroToOne,
}

impl Range {
    fn holds(self, y: f64) -> bool {
        match self {
            Range::Any => true,
            Range::NotNegative => y >= 0.0,
            Range::ZeroToOne => (0.0..=1.0).contains(&y),
        }
    }
    fn text(self) -> &'static str {
        match self {
            Range::Any => "any number",
            Range::NotNegative => "at least 0 for this loss",
            Range::ZeroToOne => "from 0 to 1 for this loss",
        }
    }
}

impl NumberTarget {
    /// From the network's unit to the table's.
    pub fn back(&self, value: f64) -> f64 {
        value * self.scale + self.mean
    }
}

/// The targets of prepared rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets<T> {
    /// None were asked for, or none are there.
    None,
    /// One class index a row.
    Classes(Vec<u32>),
    /// Numbers.
    Numbers {
        /// Scaled, rows x columns.
        data: Vec<T>,
        /// As they stand in the table, rows x columns: scaled and back they would be rounded.
        raw: Vec<f64>,
        /// Numbers a row.
        columns: usize,
    },
}

const MISSING_HINT: &str = "fill in the target or drop these rows";

impl Target {
    /// The columns that hold it.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Target::Classes { column, .. } => vec![column],
            Target::Numbers { columns } => columns.iter().map(|c| c.name.as_str()).collect(),
        }
    }

    pub(super) fn fit(
        table: &Table,
        train: &[u32],
        columns: &[usize],
        roles: &Roles,
        options: &PrepareOptions,
    ) -> Result<Target> {
        let mut errors = Vec::new();
        for &c in columns {
            errors.extend(all_there(table, c).err());
        }
        Error::many(errors)?;
        if let &[column] = columns
            && is_classification(table, train, column, roles.task)?
        {
            return fit_classes(table, train, column);
        }
        if roles.task == Some(Task::Classification) {
            return Err(conflict("--task classification", "several targets", "a class is one column"));
        }
        let mut fitted = Vec::new();
        let mut errors = Vec::new();
        for &c in columns {
            match fit_number(table, train, c, options) {
                Ok(target) => fitted.push(target),
                Err(e) => errors.push(e),
            }
        }
        Error::many(errors)?;
        Ok(Target::Numbers { columns: fitted })
    }

    /// The targets of all rows; `columns` in the order of [`Target::names`].
    pub(super) fn apply<T: Real>(&self, table: &Table, columns: &[usize]) -> Result<Targets<T>> {
        match self {
            Target::Classes { classes, .. } => classes_of(table, columns[0], classes).map(Targets::Classes),
            Target::Numbers { columns: targets } => {
                let mut data = vec![T::ZERO; table.rows * targets.len()];
                let mut raw = vec![0.0; table.rows * targets.len()];
                let mut errors = Vec::new();
                for (at, (target, &c)) in targets.iter().zip(columns).enumerate() {
                    let out = (&mut data[at..], &mut raw[at..]);
                    errors.extend(target.write(table, c, out, targets.len()).err());
                }
                Error::many(errors)?;
                Ok(Targets::Numbers { data, raw, columns: targets.len() })
            }
        }
    }
}

fn conflict(one: &str, other: &str, why: &str) -> Error {
    Error::new(ErrorKind::Conflict { one: one.into(), other: other.into(), why: why.into() })
}

fn all_there(table: &Table, column: usize) -> Result<()> {
    let none = |_| ErrorKind::Missing;
    match &*table.columns[column].cells()? {
        Cells::Number(n) => {
            bad_cells(table, column, (0..n.len()).filter(|&r| n.get(r).is_nan()), none, MISSING_HINT)
        }
        Cells::Category { codes, .. } => {
            let empty = (0..codes.len()).filter(|&r| codes[r] == MISSING);
            bad_cells(table, column, empty, none, MISSING_HINT)
        }
        Cells::Text { distinct, .. } => Err(free_text(table, column, *distinct)
            .hint("choose another target, or give the column fewer different texts")),
    }
}

/// The rule for a single target; see [`super::Preparation::fit`].
fn is_classification(table: &Table, train: &[u32], column: usize, task: Option<Task>) -> Result<bool> {
    let place = Place::file(&table.name).column(&table.columns[column].name);
    match (&*table.columns[column].cells()?, task) {
        (Cells::Category { levels, .. }, Some(Task::Regression)) => {
            let why = format!("it holds categories such as `{}`", levels.first().map_or("", String::as_str));
            Err(conflict("--task regression", "this target", &why).at(place))
        }
        (Cells::Number(n), Some(Task::Classification)) => {
            match train.iter().find(|&&r| n.get(r as usize).fract() != 0.0) {
                None => Ok(true),
                Some(&r) => {
                    let why = format!("`{}` is no whole number", text(n, r as usize));
                    let e = conflict("--task classification", "this target", &why);
                    Err(e
                        .at(table.place(r as usize, column))
                        .hint("leave out `--task` to predict the number, or turn it into classes first"))
                }
            }
        }
        (Cells::Number(n), None) => Ok(looks_like_classes(n, train)),
        (Cells::Number(_), Some(Task::Regression)) => Ok(false),
        (Cells::Category { .. } | Cells::Text { .. }, _) => Ok(true),
    }
}

/// How many different whole numbers the training rows hold; `None` where they hold others, more than 100, or nothing
/// but 0 and 1, which are classes to everybody.
pub(super) fn whole_numbers(numbers: &Numbers, train: &[u32]) -> Option<usize> {
    let mut seen: Vec<f64> = Vec::new();
    for &r in train {
        let x = numbers.get(r as usize);
        if x.fract() != 0.0 || seen.len() > 100 {
            return None;
        }
        if !seen.contains(&x) {
            seen.push(x);
        }
    }
    (seen.len() <= 100 && seen.iter().any(|x| *x != 0.0 && *x != 1.0)).then_some(seen.len())
}

/// Whole numbers, at most 20 distinct ones, each in 5 rows on average unless there are only two.
fn looks_like_classes(numbers: &Numbers, train: &[u32]) -> bool {
    let mut seen: Vec<f64> = Vec::new();
    for &r in train {
        let x = numbers.get(r as usize);
        if x.fract() != 0.0 {
            return false;
        }
        if !seen.contains(&x) {
            seen.push(x);
        }
        if seen.len() > 20 {
            return false;
        }
    }
    seen.len() <= 2 || train.len() >= 5 * seen.len()
}

fn fit_classes(table: &Table, train: &[u32], column: usize) -> Result<Target> {
    let name = &table.columns[column].name;
    let (classes, _) = distinct(&*table.columns[column].cells()?, train);
    if let [value] = &classes[..] {
        return Err(constant(table, name, value.clone()));
    }
    Ok(Target::Classes { column: name.clone(), classes })
}

fn constant(table: &Table, name: &str, value: String) -> Error {
    Error::new(ErrorKind::ConstantTarget { value })
        .at(Place::file(&table.name).column(name))
        .hint("choose another target, or add rows that differ in it")
}

fn fit_number(table: &Table, train: &[u32], column: usize, options: &PrepareOptions) -> Result<NumberTarget> {
    let (scale, range) = (options.scale_target, options.target_range);
    let name = table.columns[column].name.clone();
    let numbers = numbers(table, column, FIT_HINT)?;
    let values: Vec<f64> = train.iter().map(|&r| numbers.get(r as usize)).collect();
    if values.iter().all(|v| *v == values[0]) {
        return Err(constant(table, &name, text(&numbers, train[0] as usize)));
    }
    let fitted = if scale { Standardise::fit(&values) } else { Standardise { mean: 0.0, deviation: 1.0 } };
    if !(fitted.mean.is_finite() && fitted.deviation.is_finite()) {
        let row = (0..values.len()).max_by(|&a, &b| values[a].abs().total_cmp(&values[b].abs()));
        let row = row.map_or(0, |r| train[r] as usize);
        return Err(too_large(table, row, column, numbers.get(row)));
    }
    Ok(NumberTarget { name, mean: fitted.mean, scale: fitted.deviation, range })
}

impl NumberTarget {
    /// Write each row's number, scaled and as it stands, every `stride` places.
    fn write<T: Real>(
        &self,
        table: &Table,
        column: usize,
        (scaled, raw): (&mut [T], &mut [f64]),
        stride: usize,
    ) -> Result<()> {
        let numbers = numbers(table, column, TRAINED_HINT)?;
        let empty = (0..numbers.len()).filter(|&r| numbers.get(r).is_nan());
        bad_cells(table, column, empty, |_| ErrorKind::Missing, MISSING_HINT)?;
        let outside = (0..numbers.len()).filter(|&r| !self.range.holds(numbers.get(r)));
        let kind = |r: usize| ErrorKind::BadValue {
            name: "the target".into(),
            value: numbers.get(r).to_string(),
            want: self.range.text().into(),
        };
        bad_cells(table, column, outside, kind, "correct the cells, or choose `--loss squared_error`")?;
        for r in 0..numbers.len() {
            let y = T::from_f64((numbers.get(r) - self.mean) / self.scale);
            if !y.is_finite() {
                return Err(too_large(table, r, column, numbers.get(r)));
            }
            (scaled[r * stride], raw[r * stride]) = (y, numbers.get(r));
        }
        Ok(())
    }
}

fn classes_of(table: &Table, column: usize, classes: &[String]) -> Result<Vec<u32>> {
    all_there(table, column)?;
    let coded = find(table, column, classes)?;
    let unseen = |s: &Stranger| {
        let kind = ErrorKind::UnseenClass { class: s.text.clone(), known: classes.to_vec() };
        let e = Error::new(kind).at(table.place(s.row, column));
        if std::iter::once(&s.text).chain(classes).all(|c| c.parse::<i64>().is_ok()) {
            return e.hint(format!(
                "if `{}` is a number to predict, pass `--task regression`; if it is a class, train with rows of it",
                table.columns[column].name
            ));
        }
        if e.hint_text().is_some_and(|h| h.starts_with("did you mean")) {
            return e;
        }
        let rows = if s.count == 1 { "the one row".into() } else { format!("the {} rows", s.count) };
        e.hint(format!("stratify the split, merge this class with another, or drop {rows} of it"))
    };
    Error::many(coded.strangers.iter().map(unseen).collect())?;
    Ok(coded.codes)
}
