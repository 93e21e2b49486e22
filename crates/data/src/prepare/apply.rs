//! Turning a table into a matrix.

use std::collections::{HashMap, HashSet};

use super::fit::weights_of;
use super::inputs::{Inputs, Sheet};
use super::levels::{Coded, Stranger, find};
use super::numbers::{TRAINED_HINT, numbers, too_large};
use super::{Encoding, Feature, Missing, Note, OneHot, Preparation, Targets};
use crate::memory::Limit;
use crate::table::{Numbers, Table};
use crate::window::Window;
use feedforward_base::{Batch, Error, ErrorKind, Place, Real, Result};
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
    pub x: Inputs<T>,
    /// Number of rows, as in the table.
    pub rows: usize,
    /// Numbers per row.
    pub inputs: usize,
    /// What each row should give.
    pub targets: Targets<T>,
    /// How much each row counts; `None`: all the same.
    pub weights: Option<Vec<T>>,
}

impl<T: Real> Prepared<T> {
    /// The inputs as a batch, of a table without a limit on memory.
    ///
    /// # Panics
    /// If they lie in a file.
    pub fn view(&self) -> Batch<'_, T> {
        Batch::new(self.x.here(), self.rows, self.inputs)
    }
    /// Show all inputs, row after row, in pieces of any length.
    ///
    /// # Errors
    /// They lie in a file that cannot be read.
    pub fn each(&self, mut show: impl FnMut(&[T])) -> Result<()> {
        match &self.x {
            Inputs::Here(x) => {
                show(x);
                Ok(())
            }
            Inputs::AtRest(all) => all.each(self.rows, self.inputs, show),
        }
    }
    /// Some rows in the order given, in memory.
    ///
    /// # Errors
    /// They lie in a file that cannot be read.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn some(&self, rows: &[u32]) -> Result<Prepared<T>> {
        let each = || rows.iter().map(|&r| r as usize);
        let targets = match &self.targets {
            Targets::None => Targets::None,
            Targets::Classes(all) => Targets::Classes(each().map(|r| all[r]).collect()),
            Targets::Numbers { data, raw, columns } => Targets::Numbers {
                data: each().flat_map(|r| &data[r * columns..(r + 1) * columns]).copied().collect(),
                raw: each().flat_map(|r| &raw[r * columns..(r + 1) * columns]).copied().collect(),
                columns: *columns,
            },
        };
        Ok(Prepared {
            x: Inputs::Here(self.pick(rows)?),
            rows: rows.len(),
            inputs: self.inputs,
            targets,
            weights: self.weights.as_ref().map(|all| each().map(|r| all[r]).collect()),
        })
    }
    /// The inputs of some rows, in the order given.
    ///
    /// # Errors
    /// They lie in a file that cannot be read.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn pick(&self, rows: &[u32]) -> Result<Vec<T>> {
        match &self.x {
            Inputs::Here(_) => Ok(rows.iter().flat_map(|&r| self.view().row(r as usize)).copied().collect()),
            Inputs::AtRest(all) => Ok(Window::new(0, self.inputs).rows(all, rows, 0..rows.len())?.to_vec()),
        }
    }
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
/// The share of the memory for the columns on their way into the matrix is one of so many.
const PARTS: u64 = 4;
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
    /// The table is used up column by column: with the result there are never more than the two of them. Of a table with
    /// a limit on memory the matrix is put into a file if it would take more than a quarter of it.
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
        let mut sheet = Sheet::<T>::new(table.limit.as_ref(), rows, inputs)?;
        let together = table.limit.as_ref().map_or(TOGETHER, |limit| columns_together(limit, rows));
        for (features, columns) in self.features.chunks(together).zip(places.features.chunks(together)) {
            errors.extend(write(&mut sheet, &table, features, columns, unseen, &mut notes)?);
            columns.iter().for_each(|&c| table.columns[c].clear());
        }
        Error::many(errors)?;
        let x = sheet.finish()?;
        Ok(Applied { prepared: Prepared { x, rows, inputs, targets, weights }, notes })
    }

    fn locate(&self, table: &Table, want: Want, notes: &mut Vec<Note>) -> Result<Places> {
        self.check_positions(table, want)?;
        let mut errors = Vec::new();
        let places: HashMap<&str, usize> = table.columns.iter().map(|c| c.name.as_str()).zip(0..).collect();
        let find = |name: &str| places.get(name).copied();
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
        let known: HashSet<&String> = self.columns.iter().collect();
        let extra = table.columns.iter().filter(|c| !known.contains(&c.name));
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

/// Columns of so many rows that stand in memory together on their way into the matrix.
fn columns_together(limit: &Limit, rows: usize) -> usize {
    // A column may be there as codes and as what it was read as.
    let column = rows.max(1) * (size_of::<f64>() + size_of::<u32>());
    (limit.part(PARTS) / column).clamp(1, TOGETHER)
}

/// Write some features side by side. Returns their problems.
fn write<T: Real>(
    sheet: &mut Sheet<T>,
    table: &Table,
    features: &[Feature],
    columns: &[usize],
    unseen: Unseen,
    notes: &mut Vec<Note>,
) -> Result<Vec<Error>> {
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
    sheet.add(width, |rows, x, inputs| {
        for first in rows.clone().step_by(TILE) {
            let some = first..rows.end.min(first + TILE);
            let x = &mut x[(first - rows.start) * inputs..];
            sources.retain(|(at, c, source)| match source.write(some.clone(), &mut x[*at..], inputs) {
                Ok(()) => true,
                Err((row, value)) => {
                    errors.push(too_large(table, row, *c, value));
                    false
                }
            });
        }
    })?;
    Ok(errors)
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
                let cells = numbers(table, c, TRAINED_HINT)?;
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

    /// Write these rows, the first of them at the beginning of `x`; the row and value of the first that T cannot hold is
    /// the error.
    fn write<T: Real>(
        &self,
        rows: Range<usize>,
        x: &mut [T],
        inputs: usize,
    ) -> std::result::Result<(), (usize, f64)> {
        match self {
            Source::Number { cells, shift, divisor, missing } => {
                for (i, r) in rows.enumerate() {
                    let cell = cells.get(r);
                    let value = if cell.is_nan() { missing.median } else { cell };
                    let input = T::from_f64((value - shift) / divisor);
                    if !input.is_finite() {
                        return Err((r, value));
                    }
                    x[i * inputs] = input;
                    if missing.indicator && cell.is_nan() {
                        x[i * inputs + 1] = T::ONE;
                    }
                }
            }
            Source::OneHot { codes, hot } => {
                for (i, r) in rows.enumerate() {
                    hot.write(codes[r], &mut x[i * inputs..i * inputs + hot.width()]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{all, bytes, categories, numbers as floats, table};
    use crate::prepare::{PrepareOptions, Roles, Scaling};
    use crate::table::Cells;
    use crate::table::Column;
    use proptest::prelude::*;

    fn people() -> Table {
        let columns = vec![
            floats("age", &[20.0, f32::NAN, 40.0, 30.0]),
            categories("sex", &["m", "f", "f", "m"]),
            categories("city", &["Ulm", "Bonn", "", "Ulm"]),
            floats("w", &[1.0, 2.0, 0.5, 1.0]),
            categories("y", &["yes", "no", "no", "yes"]),
        ];
        table("people.csv", columns)
    }
    fn fitted() -> Preparation {
        let roles = Roles { target: vec!["y".into()], weight: Some("w".into()), ..Roles::default() };
        let t = people();
        Preparation::fit(&t, &all(&t), &roles, &PrepareOptions::default()).unwrap().preparation
    }
    fn raw(columns: &[Column], target: &str) -> Preparation {
        let t = table("t.csv", columns.to_vec());
        let roles = Roles { target: vec![target.into()], ..Roles::default() };
        let options =
            PrepareOptions { scaling: Scaling::None, scale_target: false, ..PrepareOptions::default() };
        Preparation::fit(&t, &all(&t), &roles, &options).unwrap().preparation
    }
    fn new_rows(columns: Vec<Column>) -> Table {
        table("new.csv", columns)
    }

    #[test]
    fn a_matrix_by_hand() {
        let p = fitted();
        let names = ["age", "age is missing", "sex=m", "city=Bonn", "city=Ulm", "city is missing"];
        assert_eq!((p.inputs(), p.input_names()), (6, names.map(String::from).to_vec()));
        let Applied { prepared, notes } = p.apply::<f64>(people(), Want::Target, Unseen::Error).unwrap();
        // Mean 30, deviation √(200/3), median 30.
        let s = 10.0 / (200.0_f64 / 3.0).sqrt();
        #[rustfmt::skip]
        let x = [
            -s,  0.0, 1.0, 0.0, 1.0, 0.0,
            0.0, 1.0, 0.0, 1.0, 0.0, 0.0,
            s,   0.0, 0.0, 0.0, 0.0, 1.0,
            0.0, 0.0, 1.0, 0.0, 1.0, 0.0,
        ];
        assert!(prepared.x.here().iter().zip(x).all(|(a, b)| (a - b).abs() < 1e-15), "{:?}", prepared.x);
        assert_eq!(prepared.targets, Targets::Classes(vec![1, 0, 0, 1]));
        assert_eq!(prepared.weights, Some(vec![1.0, 2.0, 0.5, 1.0]));
        assert!(notes.is_empty());
    }

    #[test]
    fn columns_are_found_by_name_and_others_ignored() {
        let p = fitted();
        let mut t = people();
        t.columns.reverse();
        t.columns.push(floats("shoe", &[1.0; 4]));
        let moved = p.apply::<f32>(t, Want::TargetIfThere, Unseen::Error).unwrap();
        let same = p.apply::<f32>(people(), Want::Target, Unseen::Error).unwrap();
        assert_eq!(moved.prepared, same.prepared);
        assert_eq!(moved.notes, [Note::ExtraColumns { columns: vec!["shoe".into()] }]);
    }

    #[test]
    fn what_training_never_saw() {
        let p = fitted();
        let columns = vec![
            floats("age", &[30.0; 3]),
            categories("sex", &["x", "m", ""]),
            categories("city", &["Ulm", "Kiel", "Kiel"]),
        ];
        let applied = p.apply::<f32>(new_rows(columns.clone()), Want::NoTarget, Unseen::Other).unwrap();
        assert_eq!(applied.prepared.x.here()[2..6], [0.5, 0.0, 1.0, 0.0]);
        assert_eq!(applied.prepared.x.here()[8..12], [1.0, 0.0, 0.0, 0.0]);
        let [missing, sex, city] = &applied.notes[..] else { panic!("{:?}", applied.notes) };
        assert_eq!(missing, &Note::MissingCategories { column: "sex".into(), count: 1 });
        assert!(sex.to_string().contains("1 row: `x` in row 2;"), "{sex}");
        assert!(city.to_string().contains("2 rows: `Kiel` in row 3;"), "{city}");

        let e = p.apply::<f32>(new_rows(columns), Want::NoTarget, Unseen::Error).unwrap_err();
        let ErrorKind::Many { errors, total: 2 } = e.kind() else { panic!("{e}") };
        assert_eq!(errors[1].place().to_string(), "new.csv, row 3, column `city`");
        assert!(errors[1].hint_text().unwrap().contains("`--unseen other`"));
    }

    #[test]
    fn missing_numbers_only_after_training() {
        let p = raw(&[floats("x", &[1.0, 2.0, 9.0]), floats("y", &[1.5, 2.5, 3.5])], "y");
        let t = new_rows(vec![floats("x", &[f32::NAN, 4.0])]);
        let applied = p.apply::<f32>(t, Want::NoTarget, Unseen::Error).unwrap();
        assert_eq!(applied.prepared.x.here(), [2.0, 4.0]);
        assert_eq!(applied.notes, [Note::MissingNumbers { column: "x".into(), count: 1, median: 2.0 }]);
    }

    #[test]
    fn columns_of_another_kind() {
        let p = raw(
            &[
                floats("x", &[1.0, 2.0, 9.0]),
                categories("c", &["1", "2", "3"]),
                floats("y", &[1.5, 2.5, 3.5]),
            ],
            "y",
        );
        let t = new_rows(vec![categories("x", &["4", "5"]), floats("c", &[3.0, 1.0])]);
        let applied = p.apply::<f32>(t, Want::NoTarget, Unseen::Error).unwrap();
        assert_eq!(applied.prepared.x.here(), [4.0, 0.0, 0.0, 1.0, 5.0, 1.0, 0.0, 0.0]);
        let t = new_rows(vec![categories("x", &["4", "many"]), bytes("c", &[3, 7])]);
        let e = p.apply::<f32>(t, Want::NoTarget, Unseen::Error).unwrap_err();
        let ErrorKind::Many { errors, .. } = e.kind() else { panic!("{e}") };
        assert_eq!(errors[0].kind(), &ErrorKind::NotANumber { text: "many".into() });
        assert_eq!(errors[0].place().to_string(), "new.csv, row 3, column `x`");
        assert_eq!(errors[1].kind(), &ErrorKind::UnseenCategory { category: "7".into() });
    }

    #[test]
    fn columns_that_are_not_there_are_all_named() {
        let t = new_rows(vec![floats("aeg", &[1.0]), categories("sex", &["m"])]);
        let e = fitted().apply::<f32>(t, Want::Target, Unseen::Error).unwrap_err();
        let text = e.to_string();
        assert!(text.starts_with("3 problems\n  - there is no column `age`\n      at: new.csv\n"), "{text}");
        assert!(text.contains("did you mean `aeg`?") && text.contains("`y`"), "{text}");
        let t = new_rows(vec![floats("1", &[1.0])]);
        let e = fitted().apply::<f32>(t, Want::NoTarget, Unseen::Error).unwrap_err();
        assert!(e.to_string().contains("the training file had a header and this one has none"), "{e}");
    }

    #[test]
    fn without_a_header_positions_must_hold() {
        let columns =
            [floats("1", &[1.0, 2.0, 9.0]), floats("2", &[1.0, 5.0, 9.0]), floats("3", &[1.5, 2.5, 3.5])];
        let file = |n: usize| new_rows(columns[..n].to_vec());
        let last = raw(&columns, "3");
        assert!(last.apply::<f32>(file(3), Want::Target, Unseen::Error).is_ok());
        assert!(last.apply::<f32>(file(2), Want::TargetIfThere, Unseen::Error).is_ok());
        assert!(last.apply::<f32>(file(2), Want::Target, Unseen::Error).is_err());
        let first = raw(&columns, "1");
        assert!(first.apply::<f32>(file(3), Want::NoTarget, Unseen::Error).is_ok());
        let e = first.apply::<f32>(file(2), Want::NoTarget, Unseen::Error).unwrap_err();
        assert_eq!(e.kind(), &ErrorKind::SizeMismatch { what: "columns".into(), expected: 3, found: 2 });
    }

    #[test]
    fn targets_of_new_tables() {
        let p = raw(&[floats("x", &[1.0, 2.0, 9.0, 3.0]), categories("y", &["yes", "no", "no", "yes"])], "y");
        let with = |y: &[&str]| new_rows(vec![floats("x", &vec![1.0; y.len()]), categories("y", y)]);
        let e = p.apply::<f32>(with(&["yes", "maybe", "maybe"]), Want::Target, Unseen::Other).unwrap_err();
        assert_eq!(e.place().to_string(), "new.csv, row 3, column `y`");
        assert_eq!(
            e.hint_text(),
            Some("stratify the split, merge this class with another, or drop the 2 rows of it")
        );
        let e = p.apply::<f32>(with(&["yes."]), Want::Target, Unseen::Other).unwrap_err();
        assert_eq!(e.hint_text(), Some("did you mean `yes`? There are `no`, `yes`"));
        let counts = raw(&[floats("x", &[1.0, 2.0, 9.0, 3.0]), floats("y", &[0.0, 2.0, 0.0, 2.0])], "y");
        let seven = new_rows(vec![floats("x", &[1.0]), floats("y", &[7.0])]);
        let e = counts.apply::<f32>(seven, Want::Target, Unseen::Error).unwrap_err();
        assert!(e.hint_text().unwrap().contains("`--task regression`"), "{e}");
        let lenient = p.apply::<f32>(with(&["yes", ""]), Want::TargetIfThere, Unseen::Other).unwrap();
        assert_eq!(lenient.prepared.targets, Targets::None);
        assert_eq!(
            lenient.notes[0].to_string(),
            "the target `y` is there and not used: the cell is empty (new.csv, row 3, column `y`)"
        );
    }

    #[test]
    fn number_targets_are_scaled_side_by_side() {
        let columns =
            vec![floats("x", &[1.0, 2.0, 9.0]), floats("a", &[1.0, 2.0, 3.0]), floats("b", &[0.5, 9.0, 1.0])];
        let t = table("t.csv", columns);
        let roles = Roles { target: vec!["b".into(), "a".into()], ..Roles::default() };
        let p = Preparation::fit(&t, &all(&t), &roles, &PrepareOptions::default()).unwrap().preparation;
        let prepared = p.apply::<f64>(t, Want::Target, Unseen::Error).unwrap().prepared;
        let Targets::Numbers { data, raw, columns: 2 } = prepared.targets else { panic!("two numbers") };
        let back: Vec<f64> = data.iter().enumerate().map(|(i, y)| p.target_back(i % 2, *y)).collect();
        let want = [0.5, 1.0, 9.0, 2.0, 1.0, 3.0];
        assert_eq!(raw, want);
        assert!(back.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-15), "{back:?}");
    }

    #[test]
    fn weights_may_be_absent_later() {
        let mut t = people();
        t.columns.remove(3);
        let applied = fitted().apply::<f32>(t, Want::Target, Unseen::Error).unwrap();
        assert_eq!(applied.prepared.weights, None);
        assert_eq!(applied.notes, [Note::NoWeights { column: "w".into() }]);
    }

    #[test]
    fn what_f32_cannot_hold_is_named() {
        let wide = Column::new("x", Cells::Number(Numbers::F64(vec![1.0, 1e300, 2.0])));
        let columns = [wide, floats("y", &[1.5, 2.5, 3.5])];
        let p = raw(&columns, "y");
        let e = p.apply::<f32>(new_rows(columns.to_vec()), Want::Target, Unseen::Error).unwrap_err();
        assert_eq!(e.place().to_string(), "new.csv, row 3, column `x`");
        assert!(matches!(e.kind(), ErrorKind::NotFinite { .. }), "{e}");
        assert!(p.apply::<f64>(new_rows(columns.to_vec()), Want::Target, Unseen::Error).is_ok());
    }

    #[test]
    fn a_saved_preparation_is_the_same() {
        let p = fitted();
        let text = serde_json::to_string(&p).unwrap();
        assert_eq!(serde_json::from_str::<Preparation>(&text).unwrap(), p);
    }

    proptest! {
        #[test]
        fn a_row_alone_gets_the_bits_that_it_gets_among_others(
            values in prop::collection::vec(prop::option::of(-1e6f32..1e6), 20..150),
            pick in 0usize..20,
        ) {
            let x: Vec<f32> = values.iter().map(|v| v.unwrap_or(f32::NAN)).collect();
            let y: Vec<f32> = (0..x.len()).map(|i| (i % 17) as f32 + 0.5).collect();
            let c: Vec<&str> = (0..x.len()).map(|i| ["a", "b", "", "c"][i % 4]).collect();
            let make = |r: Range<usize>| {
                table("t", vec![floats("x", &x[r.clone()]), categories("c", &c[r.clone()]), floats("y", &y[r])])
            };
            let t = make(0..x.len());
            let roles = Roles { target: vec!["y".into()], ..Roles::default() };
            let Ok(fitted) = Preparation::fit(&t, &all(&t), &roles, &PrepareOptions::default()) else {
                return Ok(());
            };
            let p = fitted.preparation;
            let among = p.apply::<f32>(t, Want::Target, Unseen::Error).unwrap().prepared;
            let alone = p.apply::<f32>(make(pick..pick + 1), Want::Target, Unseen::Error).unwrap().prepared;
            let n = p.inputs();
            prop_assert_eq!(&among.x.here()[pick * n..(pick + 1) * n], alone.x.here());
            let json: Preparation = serde_json::from_str(&serde_json::to_string(&p).unwrap()).unwrap();
            prop_assert_eq!(json, p);
            prop_assert!(among.x.here().iter().all(|v| v.is_finite()));
        }
    }
}
