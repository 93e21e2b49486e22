//! Choosing the columns and fitting their encodings on the training rows.

use super::levels::{distinct, text};
use super::missing::median;
use super::numbers::{FIT_HINT, bad_cells, numbers, too_large};
use super::roles::Parts;
use super::target::whole_numbers;
use super::{
    Encoding, Feature, MinMax, Missing, Note, OneHot, Preparation, PrepareOptions, Robust, Roles, Scale,
    Scaling, Standardise, Target,
};
use crate::table::{Cells, Column, Numbers, Table};
use feedforward_base::{Error, ErrorKind, Place, Result};
use std::collections::HashMap;

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
    /// average; [`Roles::task`] overrides that for numbers. Everything else is a regression. A note says how a
    /// target of up to 100 different whole numbers was understood, unless these are just 0 and 1 or belong to images.
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
        let (Some(target), Some((features, left_out))) = (target, features) else { unreachable!() };
        let mut notes: Vec<Note> = table.remarks.iter().map(Note::from).collect();
        let images = are_images(table, train, &parts.features)?;
        notes.extend(target_notes(table, train, &target, roles.task.is_none() && !images)?);
        notes.extend(left_out);
        notes.extend(features.iter().filter_map(|f| match &f.encoding {
            Encoding::OneHot(hot) => look_alike(&f.column, &hot.levels),
            Encoding::Number { .. } => None,
        }));
        let preparation = Preparation {
            features,
            target,
            weight: parts.weight.map(|w| table.columns[w].name.clone()),
            columns: table.columns.iter().map(|c| c.name.clone()).collect(),
        };
        Ok(Fitted { preparation, notes })
    }
}

/// How a target was understood where that was guessed, and what looks wrong with its classes.
fn target_notes(table: &Table, train: &[u32], target: &Target, guessed: bool) -> Result<Vec<Note>> {
    let (column, alike) = match target {
        Target::Classes { column, classes } => (column, look_alike(column, classes)),
        Target::Numbers { columns } => match &columns[..] {
            [one] => (&one.name, None),
            _ => return Ok(Vec::new()),
        },
    };
    let cells = table.columns.iter().find(|c| c.name == *column).map(Column::cells).transpose()?;
    let whole = match cells.as_deref() {
        Some(Cells::Number(numbers)) if guessed => whole_numbers(numbers, train),
        _ => None,
    };
    let classes = matches!(target, Target::Classes { .. });
    let whole = whole.map(|distinct| Note::WholeTarget { column: column.clone(), distinct, classes });
    Ok(whole.into_iter().chain(alike).collect())
}

/// Two texts that differ in case or blanks only.
fn look_alike(column: &str, texts: &[String]) -> Option<Note> {
    let key = |t: &String| t.split_whitespace().collect::<String>().to_lowercase();
    let mut first: HashMap<String, &String> = HashMap::new();
    let mut pairs = texts.iter().filter_map(|t| first.insert(key(t), t).map(|other| (other, t)));
    let (one, other) = pairs.next()?;
    let count = 1 + pairs.count();
    Some(Note::LookAlike { column: column.into(), one: one.clone(), other: other.clone(), count })
}

/// Weights are numbers, none missing, none negative.
pub(super) fn weights_of(table: &Table, column: usize) -> Result<std::borrow::Cow<'_, Numbers>> {
    let weights = numbers(table, column, FIT_HINT)?;
    let bad = (0..weights.len()).filter(|&r| weights.get(r).is_nan() || weights.get(r) < 0.0);
    let kind = |r| match weights.get(r) {
        w if w.is_nan() => ErrorKind::Missing,
        _ => ErrorKind::BadWeight { value: text(&weights, r) },
    };
    bad_cells(table, column, bad, kind, "give every row a weight of 0 or more")?;
    Ok(weights)
}

/// How much each row counts, in the order of the table; `None` if `roles` names no weight column.
///
/// # Errors
/// Roles that cannot be; weights that are missing, negative or no numbers.
pub fn weights(table: &Table, roles: &Roles) -> Result<Option<Vec<f64>>> {
    let Some(column) = roles.resolve(table)?.weight else { return Ok(None) };
    let weights = weights_of(table, column)?;
    Ok(Some((0..table.rows).map(|r| weights.get(r)).collect()))
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

/// Columns that only number the rows of `table`, in its order: parts of its rows have gaps, by which they are not known.
///
/// # Errors
/// What [`Preparation::fit`] refuses.
pub fn counters(table: &Table, roles: &Roles) -> Result<Vec<String>> {
    let all: Vec<u32> = (0..table.rows as u32).collect();
    let fitted = Preparation::fit(table, &all, roles, &PrepareOptions::default())?;
    let counter = |note| match note {
        Note::Counter { column } => Some(column),
        _ => None,
    };
    Ok(fitted.notes.into_iter().filter_map(counter).collect())
}

fn fit_features(
    table: &Table,
    train: &[u32],
    parts: &Parts,
    roles: &Roles,
    options: &PrepareOptions,
) -> Result<(Vec<Feature>, Vec<Note>)> {
    let grey = options.scaling == Scaling::Auto && are_images(table, train, &parts.features)?;
    let (mut features, mut notes, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for &c in &parts.features {
        let column = &table.columns[c].name;
        let fitted = match &*table.columns[c].cells()? {
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

fn are_images(table: &Table, train: &[u32], features: &[usize]) -> Result<bool> {
    if features.len() < IMAGE_COLUMNS {
        return Ok(false);
    }
    let mut bright = false;
    for &c in features {
        if !table.columns[c].is_bytes() {
            return Ok(false);
        }
        if !bright && let Cells::Number(Numbers::U8(v)) = &*table.columns[c].cells()? {
            bright = train.iter().any(|&r| v[r as usize] > 127);
        }
    }
    Ok(bright)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{all, bytes, categories, numbers as floats, table};
    use crate::prepare::{Target, Task};

    fn roles(target: &str) -> Roles {
        Roles { target: vec![target.into()], ..Roles::default() }
    }
    fn fit(t: &Table, roles: &Roles) -> Result<Fitted> {
        Preparation::fit(t, &all(t), roles, &PrepareOptions::default())
    }
    fn target() -> Column {
        categories("y", &["n", "j", "n", "j"])
    }
    fn task_of(y: Column) -> Target {
        let t = table("t.csv", vec![floats("x", &(0..200).map(|i| (i * i) as f32).collect::<Vec<_>>()), y]);
        fit(&t, &roles("y")).unwrap().preparation.target
    }
    fn ramp(n: usize, modulo: usize) -> Vec<f32> {
        (0..n).map(|i| (i * 7 % modulo) as f32).collect()
    }

    #[test]
    fn statistics_come_from_the_training_rows_alone() {
        let t = table(
            "t.csv",
            vec![floats("x", &[1.0, 3.0, 1e6, f32::NAN]), categories("c", &["p", "q", "r", ""]), target()],
        );
        let fitted = Preparation::fit(&t, &[0, 1], &roles("y"), &PrepareOptions::default()).unwrap();
        let number = Encoding::Number {
            scale: Scale::Standardise(Standardise { mean: 2.0, deviation: 1.0 }),
            missing: Missing { median: 2.0, indicator: false },
        };
        assert_eq!(fitted.preparation.features[0].encoding, number);
        let hot = OneHot { levels: vec!["p".into(), "q".into()], missing: false };
        assert_eq!(fitted.preparation.features[1].encoding, Encoding::OneHot(hot));
        assert_eq!(fitted.preparation.input_names(), ["x", "c=q"]);
    }

    #[test]
    fn columns_without_content_are_left_out_with_a_note() {
        let columns = vec![
            floats("same", &[7.0; 4]),
            floats("none", &[f32::NAN; 4]),
            categories("one", &["k"; 4]),
            floats("x", &[1.0, f32::NAN, 2.0, 9.0]),
            categories("blank", &[""; 4]),
            floats("seven or nothing", &[7.0, f32::NAN, 7.0, 7.0]),
            Column::new("name", Cells::Text { distinct: 4, missing: 0 }),
            target(),
        ];
        let fitted = fit(&table("t.csv", columns), &roles("y")).unwrap();
        let names = ["x", "x is missing", "seven or nothing", "seven or nothing is missing"];
        assert_eq!(fitted.preparation.input_names(), names);
        let column = |c: &str| c.to_string();
        assert_eq!(
            fitted.notes,
            [
                Note::Constant { column: column("same"), value: "7".into() },
                Note::Empty { column: column("none") },
                Note::Constant { column: column("one"), value: "`k`".into() },
                Note::Empty { column: column("blank") },
                Note::FreeText { column: column("name"), distinct: 4 },
            ]
        );
    }

    #[test]
    fn row_numbers_are_left_out_unless_asked_for() {
        let y: Vec<f32> = ramp(30, 11);
        let t = table(
            "t.csv",
            vec![
                floats("id", &ramp(30, 1000).iter().map(|x| x / 7.0 + 5.0).collect::<Vec<_>>()),
                floats("x", &y),
                floats("y", &y),
            ],
        );
        let regression = Roles { task: Some(Task::Regression), ..roles("y") };
        let fitted = fit(&t, &regression).unwrap();
        assert_eq!(fitted.notes, [Note::Counter { column: "id".into() }]);
        let only = Roles { only: vec!["id".into()], ..roles("y") };
        assert_eq!(fit(&t, &only).unwrap().preparation.input_names(), ["id"]);
    }

    #[test]
    fn too_many_categories() {
        let t = table(
            "t.csv",
            vec![categories("zip", &["a", "b", "c", "d"]), floats("x", &[1.0, 2.0, 4.0, 8.0]), target()],
        );
        let options = PrepareOptions { max_levels: 3, ..PrepareOptions::default() };
        let fitted = Preparation::fit(&t, &all(&t), &roles("y"), &options).unwrap();
        assert_eq!(fitted.notes, [Note::ManyLevels { column: "zip".into(), levels: 4, max: 3 }]);
    }

    #[test]
    fn pictures_keep_their_size_and_small_counts_are_standardised() {
        let picture = |top: u8| {
            let mut columns: Vec<_> = (1..=16).map(|i| bytes(&i.to_string(), &[0, 0, 0, 0])).collect();
            columns[3] = bytes("4", &[0, top, 3, 9]);
            columns.push(bytes("label", &[0, 1, 0, 1]));
            fit(&table("t", columns), &roles("-1")).unwrap().preparation
        };
        let image = picture(255);
        assert_eq!(image.inputs(), 16);
        let Encoding::Number { scale, .. } = &image.features[0].encoding else { panic!("number") };
        assert_eq!(scale, &Scale::MinMax(MinMax::GREY));
        assert_eq!(picture(100).input_names(), ["4"]);
    }

    #[test]
    fn scalings() {
        let values = [0.0, 1.0, 2.0, 3.0, 1000.0];
        let t = table("t.csv", vec![floats("x", &values), floats("y", &[1.5, 2.0, 3.0, 4.0, 5.0])]);
        let scale = |scaling| {
            let options = PrepareOptions { scaling, ..PrepareOptions::default() };
            let fitted = Preparation::fit(&t, &all(&t), &roles("y"), &options).unwrap();
            let Encoding::Number { scale, .. } = fitted.preparation.features[0].encoding else {
                panic!("number")
            };
            scale
        };
        assert_eq!(scale(Scaling::None), Scale::Identity);
        assert_eq!(scale(Scaling::MinMax).affine(), (0.0, 1000.0));
        assert_eq!(scale(Scaling::Robust).affine(), (2.0, 2.0));
        assert_eq!(scale(Scaling::Auto), scale(Scaling::Standardise));
    }

    #[test]
    fn a_guess_about_the_target_is_told() {
        let notes = |y: &[f32], task| {
            let x: Vec<f32> = (0..y.len()).map(|i| (i * i) as f32).collect();
            fit(&table("t.csv", vec![floats("x", &x), floats("y", y)]), &Roles { task, ..roles("y") })
                .unwrap()
                .notes
        };
        let whole = |distinct, classes| [Note::WholeTarget { column: "y".into(), distinct, classes }];
        assert_eq!(notes(&ramp(200, 5), None), whole(5, true));
        assert_eq!(notes(&[3.0, 5.0, 5.0], None), whole(2, true));
        assert_eq!(notes(&ramp(200, 30), None), whole(30, false));
        assert_eq!(notes(&[1.0, 2.0, 3.0], None), whole(3, false));
        for (y, task) in [
            (ramp(200, 2), None),
            (ramp(200, 101), None),
            (ramp(200, 5), Some(Task::Classification)),
            (ramp(200, 5), Some(Task::Regression)),
            (vec![0.5, 1.0, 2.0], None),
        ] {
            assert_eq!(notes(&y, task), [], "{task:?}");
        }
        let told = whole(5, true)[0].to_string();
        let want = "`y` has 5 different whole numbers and is taken as classes; `--task regression` predicts the number";
        assert_eq!(told, want);
    }

    #[test]
    fn texts_that_look_alike_are_told() {
        let c = categories("c", &["New York", "NewYork", "new york", "Ulm", "Ulm", "Ulm"]);
        let y = categories("y", &["Yes", "no", "yes", "no", "Yes", "no"]);
        let notes = fit(&table("t.csv", vec![c, y]), &roles("y")).unwrap().notes;
        let said: Vec<String> = notes.iter().map(Note::to_string).collect();
        let end = "; write them alike if they mean the same";
        assert_eq!(
            said,
            [
                format!("`y` has texts that look alike and are kept apart: `Yes` and `yes`{end}"),
                format!(
                    "`c` has texts that look alike and are kept apart: `New York` and `NewYork` and 1 more{end}"
                ),
            ]
        );
    }

    #[test]
    fn which_numbers_are_classes() {
        let is_classes = |t: Target| matches!(t, Target::Classes { .. });
        assert!(is_classes(task_of(floats("y", &ramp(200, 2)))));
        assert!(is_classes(task_of(floats("y", &ramp(200, 20)))));
        assert!(!is_classes(task_of(floats("y", &ramp(200, 23)))));
        assert!(!is_classes(task_of(floats(
            "y",
            &ramp(200, 10).iter().map(|x| x + 0.5).collect::<Vec<_>>()
        ))));
        let few = table("t", vec![floats("x", &[1.0, 5.0, 2.0]), floats("y", &[1.0, 2.0, 3.0])]);
        assert!(!is_classes(fit(&few, &roles("y")).unwrap().preparation.target));
        // D-lectures: the exclusive or has four rows.
        let xor = table("t", vec![floats("x", &[0.0, 0.0, 1.0, 1.0]), floats("y", &[0.0, 1.0, 1.0, 0.0])]);
        let Target::Classes { classes, .. } = fit(&xor, &roles("y")).unwrap().preparation.target else {
            panic!()
        };
        assert_eq!(classes, ["0", "1"]);
        let forced = Roles { task: Some(Task::Regression), ..roles("y") };
        let Target::Numbers { columns } = fit(&xor, &forced).unwrap().preparation.target else { panic!() };
        assert_eq!((columns[0].mean, columns[0].scale), (0.5, 0.5));
    }

    #[test]
    fn several_targets_are_numbers_and_scaled_back() {
        let t = table(
            "t",
            vec![
                floats("x", &[1.0, 2.0, 4.0]),
                floats("a", &[1.0, 2.0, 3.0]),
                floats("b", &[0.0, 10.0, 20.0]),
            ],
        );
        let two = Roles { target: vec!["b".into(), "a".into()], ..Roles::default() };
        let p = fit(&t, &two).unwrap().preparation;
        assert_eq!((p.outputs(), p.target.names()), (2, vec!["b", "a"]));
        assert_eq!((p.target_back(0, 0.0), p.target_back(1, 0.0)), (10.0, 2.0));
        let options = PrepareOptions { scale_target: false, ..PrepareOptions::default() };
        let raw = Preparation::fit(&t, &all(&t), &two, &options).unwrap().preparation;
        assert_eq!(raw.target_back(0, 3.0), 3.0);
    }

    fn refused(columns: Vec<Column>, roles: &Roles) -> Error {
        fit(&table("t.csv", columns), roles).unwrap_err()
    }

    #[test]
    fn targets_that_cannot_be() {
        let x = || floats("x", &[1.0, 2.0, 4.0, 8.0]);
        let e = refused(vec![x(), categories("y", &["a", "", "b", ""])], &roles("y"));
        assert!(
            e.to_string()
                .starts_with("2 problems\n  - the cell is empty\n      at: t.csv, row 3, column `y`"),
            "{e}"
        );
        assert_eq!(e.hint_text(), Some("fill in the target or drop these rows"));
        for constant in [floats("y", &[3.0; 4]), categories("y", &["3"; 4])] {
            let e = refused(vec![x(), constant], &roles("y"));
            assert_eq!(e.kind(), &ErrorKind::ConstantTarget { value: "3".into() });
        }
        let class = Roles { task: Some(Task::Classification), ..roles("y") };
        let e = refused(vec![x(), floats("y", &[1.0, 2.5, 1.0, 2.0])], &class);
        assert_eq!(e.place().to_string(), "t.csv, row 3, column `y`");
        assert!(e.to_string().contains("`2.5` is no whole number"), "{e}");
        let number = Roles { task: Some(Task::Regression), ..roles("y") };
        assert!(matches!(refused(vec![x(), target()], &number).kind(), ErrorKind::Conflict { .. }));
        let text = Column::new("y", Cells::Text { distinct: 9, missing: 0 });
        assert_eq!(refused(vec![x(), text], &roles("y")).kind(), &ErrorKind::FreeText { distinct: 9 });
    }

    #[test]
    fn weights_that_cannot_be() {
        let refuse = |w: &[f32]| {
            let columns = vec![floats("x", &[1.0, 2.0, 4.0, 8.0]), floats("w", w), target()];
            refused(columns, &Roles { weight: Some("w".into()), ..roles("y") })
        };
        let e = refuse(&[1.0, -1.0, 1.0, 1.0]);
        assert_eq!(e.kind(), &ErrorKind::BadWeight { value: "-1".into() });
        assert_eq!(e.place().to_string(), "t.csv, row 3, column `w`");
        assert_eq!(refuse(&[1.0, f32::NAN, 1.0, 1.0]).kind(), &ErrorKind::Missing);
        assert!(matches!(refuse(&[0.0; 4]).kind(), ErrorKind::BadWeight { .. }));
    }

    #[test]
    fn no_feature_left_says_why() {
        let e = refused(vec![floats("x", &[1.0; 4]), target()], &roles("y"));
        assert_eq!(e.kind(), &ErrorKind::NoFeatures);
        assert_eq!(e.hint_text(), Some("see why: `x` is 1 in every training row and is left out"));
        assert!(matches!(refused(vec![target()], &roles("y")).kind(), ErrorKind::NoFeatures));
    }

    #[test]
    fn what_f64_cannot_scale_is_named() {
        let huge = Column::new("x", Cells::Number(Numbers::F64(vec![1.0, -1.7e308, 1.7e308, 1.7e308])));
        let e = refused(vec![huge, target()], &roles("y"));
        assert!(matches!(e.kind(), ErrorKind::NotFinite { .. }), "{e}");
        assert_eq!(e.place().to_string(), "t.csv, row 5, column `x`");
    }

    #[test]
    fn problems_of_target_and_weights_come_together() {
        let columns =
            vec![floats("x", &[1.0, 2.0, 4.0, 8.0]), floats("w", &[-1.0; 4]), floats("y", &[3.0; 4])];
        let e = refused(columns, &Roles { weight: Some("w".into()), ..roles("y") });
        assert!(matches!(e.kind(), ErrorKind::Many { total: 5, .. }), "{e}");
    }
}
