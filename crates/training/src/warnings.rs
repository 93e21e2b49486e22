//! What is suspicious about a table that is about to be trained on. Every warning says what to do, and costs little
//! beside the training.

use crate::ask::{Ask, ClassWeight};
use feedforward_base::{Dice, Purpose, Result};
use feedforward_data::describe;
use feedforward_data::prepare::{Encoding, Note, Preparation, Scale, Target, Targets};
use feedforward_data::table::{Cells, Table};
use std::collections::HashMap;

/// Rows in which leaks are looked for, drawn by dice: enough for correlations above 0.95.
const ROWS: usize = 2_000;
/// The largest class has so many times the rows of the smallest before that is told.
const IMBALANCE: f64 = 10.0;

/// A column of numbers whose root of the mean square is at least this is large ...
const LARGE: f64 = 100.0;
/// ... or so many times that of the smallest one.
const UNLIKE: f64 = 1_000.0;
/// 98 % of the rows in such a share of the range are crammed, ...
const CRAMMED: f64 = 0.01;
/// ... if they are not just a few values.
const VALUES: usize = 10;

/// Columns whose numbers reach the network far larger than others, or all in one place.
pub(crate) fn of_scales(
    table: &Table,
    train: &[u32],
    preparation: &Preparation,
    seed: u64,
) -> Result<Vec<Note>> {
    let places = places(table);
    let rows = some_rows(train, seed);
    let (mut sizes, mut crammed) = (Vec::new(), Vec::new());
    for feature in &preparation.features {
        let Encoding::Number { scale, .. } = &feature.encoding else { continue };
        let Some(&place) = places.get(feature.column.as_str()) else { continue };
        let cells = table.columns[place].cells()?;
        let Cells::Number(numbers) = &*cells else { continue };
        let (shift, divisor) = scale.affine();
        let x = rows.iter().map(|&r| (numbers.get(r as usize) - shift) / divisor).filter(|x| !x.is_nan());
        let x: Vec<f64> = x.collect();
        let size = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
        sizes.push((feature.column.clone(), size));
        // Of grey values the range is not that of the column.
        if matches!(scale, Scale::MinMax(s) if (s.low, s.high) != (0.0, 255.0)) {
            crammed.extend(share_of_most(x).map(|share| (feature.column.clone(), share)));
        }
    }
    let sound = |size: &f64| size.is_finite() && *size > 0.0;
    let least = sizes.iter().map(|s| s.1).filter(sound).fold(f64::INFINITY, f64::min);
    sizes.retain(|(_, size)| *size >= LARGE || (*size > 1.0 && *size >= UNLIKE * least));
    sizes.sort_by(|one, other| other.1.total_cmp(&one.1));
    let unscaled = (!sizes.is_empty()).then_some(Note::Unscaled { columns: sizes });
    let crammed = (!crammed.is_empty()).then_some(Note::Crammed { columns: crammed });
    Ok(unscaled.into_iter().chain(crammed).collect())
}

/// The share of the range 0..1 in which 98 % of the numbers lie, if that is little.
fn share_of_most(mut x: Vec<f64>) -> Option<f64> {
    x.sort_by(f64::total_cmp);
    let outside = x.len() / 100;
    let mut most = x.split_off(outside);
    most.truncate(most.len().saturating_sub(outside));
    let share = most.last()? - most.first()?;
    most.dedup();
    (share < CRAMMED && most.len() >= VALUES).then_some(share)
}

/// Some training rows, always the same.
fn some_rows(train: &[u32], seed: u64) -> Vec<u32> {
    let mut rows = train.to_vec();
    if rows.len() > ROWS {
        Dice::new(seed).stream(Purpose::Experiment, &[3]).shuffle(&mut rows);
        rows.truncate(ROWS);
    }
    rows
}

/// Where each column stands: a table may have a hundred thousand of them, and all may be features.
fn places(table: &Table) -> HashMap<&str, usize> {
    table.columns.iter().map(|c| c.name.as_str()).zip(0..).collect()
}

/// Columns of the preparation that give the target away or only name the rows.
pub(crate) fn of_columns(
    table: &Table,
    train: &[u32],
    preparation: &Preparation,
    seed: u64,
) -> Result<Vec<Note>> {
    let places = places(table);
    let place = |name: &str| places.get(name).copied();
    let used: Vec<usize> = preparation.features.iter().filter_map(|f| place(&f.column)).collect();
    let name = |c: usize| table.columns[c].name.clone();
    let some = table.pick(&some_rows(train, seed))?;
    let classes = matches!(preparation.target, Target::Classes { .. });
    let mut notes = Vec::new();
    for target in preparation.target.names() {
        let Some(place) = place(target) else { continue };
        let leaks = describe::leaks(&some, &used, place, classes)?;
        let columns: Vec<_> = leaks.into_iter().map(|(c, by, value)| (name(c), by, value)).collect();
        notes.extend((!columns.is_empty()).then(|| Note::Leaks { target: target.to_string(), columns }));
    }
    let mut columns = Vec::new();
    for c in used {
        columns.extend(describe::is_identifier(&*table.columns[c].cells()?).then(|| name(c)));
    }
    notes.extend((!columns.is_empty()).then_some(Note::Identifiers { columns }));
    Ok(notes)
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

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_data::prepare::{PrepareOptions, Roles, Unseen, Want};
    use feedforward_data::table::{Cells, Column, Numbers};

    /// y, a column that says it, another that does not, and a numbering out of order.
    fn table(rows: u32, y: impl Fn(u32) -> f32) -> Table {
        let number = |name: &str, f: &dyn Fn(u32) -> f32| {
            Column::new(name, Cells::Number(Numbers::F32((0..rows).map(f).collect())))
        };
        let columns = vec![
            number("y", &|r| y(r)),
            number("twice", &|r| 2.0 * y(r) + 1.0),
            number("other", &|r| (r * r % 7) as f32 / 2.0),
            number("id", &|r| (r * 11 % rows + 5) as f32),
        ];
        Table { name: "t".into(), columns, rows: rows as usize, ..Table::default() }
    }

    fn fitted(table: &Table) -> Preparation {
        let rows: Vec<u32> = (0..table.rows as u32).collect();
        let roles = Roles { target: vec!["y".into()], ..Roles::default() };
        Preparation::fit(table, &rows, &roles, &PrepareOptions::default()).unwrap().preparation
    }

    #[test]
    fn leaks_and_identifiers_are_named() {
        let t = table(2_500, |r| (r % 97) as f32 / 3.0);
        let rows: Vec<u32> = (0..2_500).collect();
        let notes = of_columns(&t, &rows, &fitted(&t), 0).unwrap();
        let [Note::Leaks { target, columns }, Note::Identifiers { columns: ids }] = &notes[..] else {
            panic!("{notes:?}")
        };
        assert_eq!((target.as_str(), columns.len(), columns[0].0.as_str()), ("y", 1, "twice"));
        assert!(columns[0].2 > 0.999_999);
        assert_eq!(ids[..], ["id"]);
        let ignored = Preparation { features: fitted(&t).features[1..2].to_vec(), ..fitted(&t) };
        assert!(
            of_columns(&t, &rows, &ignored, 0).unwrap().is_empty(),
            "columns that are not used are no matter"
        );
    }

    #[test]
    fn numbers_that_name_classes_do_not_correlate() {
        // Classes 0, 1, 2; `twice` is right in six of seven rows and grows with them.
        let mut t = table(210, |r| (r % 3) as f32);
        let mut cells = t.columns[1].here().clone();
        let Cells::Number(Numbers::F32(twice)) = &mut cells else { panic!("numbers") };
        (0..210).step_by(7).for_each(|r| twice[r] = 2.0);
        t.columns[1] = Column::new("twice", cells);
        let notes = of_columns(&t, &(0..210).collect::<Vec<_>>(), &fitted(&t), 0).unwrap();
        assert!(matches!(&notes[..], [Note::Identifiers { .. }]), "{notes:?}");
    }

    #[test]
    fn strong_imbalance_is_told_unless_it_is_balanced() {
        let of = |every: u32, class_weight| {
            let t = table(210, |r| f32::from(u8::from(r % every == 0)));
            let preparation = fitted(&t);
            let targets = preparation.apply::<f32>(t, Want::Target, Unseen::Error).unwrap().prepared.targets;
            let ask = Ask { class_weight, ..Ask::default() };
            of_classes(&targets, &(0..210).collect::<Vec<_>>(), &preparation, &ask)
        };
        assert_eq!(of(10, ClassWeight::Equal), None, "nine to one");
        let told = of(14, ClassWeight::Equal).expect("thirteen to one");
        let Note::Imbalance { most, least, .. } = &told else { panic!("{told:?}") };
        assert_eq!((most.0.as_str(), least.0.as_str(), least.1), ("0", "1", 15.0 / 210.0));
        assert_eq!(of(14, ClassWeight::Balanced), None);
    }
}
