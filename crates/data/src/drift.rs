//! Drift: columns whose values are distributed otherwise than those of the training rows.
//!
//! A [`Profile`] keeps of every training column what is needed to see that, and travels inside the model: the rows at
//! or below each decile of a number, the rows of the most frequent levels of a category, the empty cells. New rows are
//! held against it column by column:
//!
//! * numbers by the distance of Kolmogorov and Smirnov, the largest difference between the two distribution functions,
//!   looked at in the deciles; it is no accident above √(½ ln(2/α) (1/n + 1/m)) for n and m rows;
//! * categories, and whether a cell is empty, by the total variation, the share of rows that would have to change
//!   their level, with the χ² of the two-way table; with k degrees of freedom it is no accident above
//!   k + 2√(kt) + 2t, t = ln(1/α) (Laurent and Massart, 2000). Levels with less than 5 expected rows count together.
//!
//! Levels that are kept because they are frequent in some rows are more frequent there than elsewhere, by that choice
//! alone. So where there are too many levels to keep, or rare ones, one half of the training rows, drawn by dice, says
//! which are kept, and the other half how frequent they are, the kept ones as all others.
//!
//! α is 0.001 for all columns together, divided equally among them, so that of a thousand random divisions one raises
//! an alarm; and a distance below 0.1 is not told, however certain it is.

use crate::table::{Cells, MISSING, Numbers, Table};
use feedforward_base::elementary::ln;
use feedforward_base::{Dice, Purpose, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// Columns of a profile at most; of more, images for example, so many at equal steps.
pub const COLUMNS: usize = 200;
/// Rows that a profile is made of at most, drawn by dice.
const ROWS: usize = 10_000;
/// Levels that a profile keeps by themselves; the rarer ones count together.
const LEVELS: usize = 20;
/// How often all columns together raise an alarm where there is nothing.
const ALPHA: f64 = 0.001;
/// Distances below are not told.
const LEAST: f64 = 0.1;
/// Expected rows below which χ² says nothing.
const EXPECTED: f64 = 5.0;

/// What is kept of the training rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Rows that it is made of.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<ColumnProfile>,
    /// Columns that were left out because there are more than [`COLUMNS`].
    pub left_out: usize,
}

/// What is kept of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its empty cells.
    pub missing: usize,
    /// Its other cells.
    pub values: Values,
}

/// How the values of a column are distributed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// Numbers.
    Numbers {
        /// Smallest, deciles, largest, equal ones once.
        knots: Vec<f64>,
        /// The cells at or below each.
        at_most: Vec<usize>,
    },
    /// Categories.
    Categories {
        /// The most frequent levels.
        levels: Vec<String>,
        /// The cells of each, and last those of all others; those of half of the rows where the other half chose the
        /// levels.
        counts: Vec<usize>,
    },
}

/// A column that is distributed otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDrift {
    /// Its name.
    pub column: String,
    /// Kolmogorov and Smirnov's distance, or the total variation: 0 alike, 1 nothing in common.
    pub distance: f64,
    /// What is different.
    pub change: Change,
}

/// What is different about a column, where the difference is largest. Shares are of the cells that are not empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Numbers have moved with their median.
    Median {
        /// Now.
        now: f64,
        /// In the training rows.
        then: f64,
    },
    /// Numbers have moved past one of them.
    AtMost {
        /// The number.
        value: f64,
        /// The share at or below it now.
        now: f64,
        /// In the training rows.
        then: f64,
    },
    /// A level has become more or less frequent.
    Level {
        /// The level; `None` for all that are rare or that training never saw.
        level: Option<String>,
        /// Its share now.
        now: f64,
        /// In the training rows.
        then: f64,
    },
    /// More or fewer cells are empty.
    Empty {
        /// Their share of all cells now.
        now: f64,
        /// In the training rows.
        then: f64,
    },
}

impl Profile {
    /// The profile of `rows` of `table` in these columns; names that the table does not have are left out, and so are
    /// columns of free text.
    ///
    /// # Errors
    /// Cells that lie in a file cannot be read.
    pub fn of(table: &Table, columns: &[&str], rows: &[u32], dice: Dice) -> Result<Self> {
        let mut rows = rows.to_vec();
        if rows.len() > ROWS {
            dice.stream(Purpose::Experiment, &[2]).shuffle(&mut rows);
            rows.truncate(ROWS);
        }
        let most = columns.len().min(COLUMNS);
        let places: HashMap<&str, usize> = table.columns.iter().map(|c| c.name.as_str()).zip(0..).collect();
        let mut drawn = rows.clone();
        dice.stream(Purpose::Experiment, &[3]).shuffle(&mut drawn);
        let profile = |i: usize| {
            let name = columns[i * columns.len() / most];
            let Some(&place) = places.get(name) else { return Ok(None) };
            let values = Values::of(&*table.columns[place].cells()?, &drawn);
            Ok(values.map(|(missing, values)| ColumnProfile { name: name.into(), missing, values }))
        };
        Ok(Profile {
            rows: rows.len(),
            columns: (0..most).filter_map(|i| profile(i).transpose()).collect::<Result<_>>()?,
            left_out: columns.len() - most,
        })
    }

    /// The columns of `table` that are distributed otherwise, those that differ most first. Columns that are not there
    /// or hold another kind of cells are passed over.
    ///
    /// # Errors
    /// Cells that lie in a file cannot be read.
    pub fn drift(&self, table: &Table) -> Result<Vec<ColumnDrift>> {
        let places: HashMap<&str, usize> = table.columns.iter().map(|c| c.name.as_str()).zip(0..).collect();
        let place = |c: &ColumnProfile| places.get(c.name.as_str()).copied();
        let both: Vec<_> = self.columns.iter().filter_map(|c| Some((c, place(c)?))).collect();
        // Values and empty cells are looked at.
        let alpha = ALPHA / (2 * both.len().max(1)) as f64;
        let mut drift = Vec::new();
        for (c, place) in both {
            let cells = table.columns[place].cells()?;
            drift.extend(c.empty_drift(self.rows, cells.missing(), table.rows, alpha));
            drift.extend(c.value_drift(self.rows, &cells, alpha));
        }
        drift.sort_by(|a, b| b.distance.total_cmp(&a.distance));
        Ok(drift)
    }
}

impl Values {
    /// The empty cells and the others of rows in a random order; `None` for free text.
    fn of(cells: &Cells, rows: &[u32]) -> Option<(usize, Values)> {
        match cells {
            Cells::Number(numbers) => {
                let mut sorted: Vec<f64> =
                    rows.iter().map(|&r| numbers.get(r as usize)).filter(|x| !x.is_nan()).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                let missing = rows.len() - sorted.len();
                let last = sorted.len().checked_sub(1);
                let mut knots: Vec<f64> =
                    last.map(|last| (0..=10).map(|k| sorted[k * last / 10]).collect()).unwrap_or_default();
                knots.dedup();
                let at_most = knots.iter().map(|k| sorted.partition_point(|x| x <= k)).collect();
                Some((missing, Values::Numbers { knots, at_most }))
            }
            Cells::Category { codes, levels } => {
                let present: Vec<u32> =
                    rows.iter().map(|&r| codes[r as usize]).filter(|&c| c != MISSING).collect();
                Some((rows.len() - present.len(), Values::categories(&present, levels)))
            }
            Cells::Text { .. } => None,
        }
    }

    /// The most frequent levels of these cells, which are in a random order, and how often they occur.
    fn categories(cells: &[u32], levels: &[String]) -> Self {
        let count = |cells: &[u32]| {
            let mut of_level = vec![0_usize; levels.len()];
            cells.iter().for_each(|&c| of_level[c as usize] += 1);
            of_level
        };
        let all = count(cells);
        let there = all.iter().filter(|&&n| n > 0);
        let chosen = there.clone().count() > LEVELS || there.clone().any(|&n| (n as f64) < EXPECTED);
        let (choosing, counted) = if chosen { cells.split_at(cells.len() / 2) } else { (cells, cells) };
        let frequency = count(choosing);
        let mut places: Vec<usize> = (0..levels.len()).filter(|&l| frequency[l] > 0).collect();
        // The sort is stable: of equally frequent levels the first are kept.
        places.sort_by_key(|&l| std::cmp::Reverse(frequency[l]));
        places.truncate(LEVELS);
        let of_level = count(counted);
        let mut counts: Vec<usize> = places.iter().map(|&l| of_level[l]).collect();
        counts.push(counted.len() - counts.iter().sum::<usize>());
        Values::Categories { levels: places.iter().map(|&l| levels[l].clone()).collect(), counts }
    }
}

impl ColumnProfile {
    fn empty_drift(&self, rows: usize, missing: usize, all: usize, alpha: f64) -> Option<ColumnDrift> {
        let (then, now) = ([self.missing, rows - self.missing], [missing, all - missing]);
        let distance = certain(&then, &now, alpha)?;
        let share = |counts: [usize; 2]| counts[0] as f64 / (counts[0] + counts[1]) as f64;
        let change = Change::Empty { now: share(now), then: share(then) };
        Some(ColumnDrift { column: self.name.clone(), distance, change })
    }

    fn value_drift(&self, rows: usize, cells: &Cells, alpha: f64) -> Option<ColumnDrift> {
        let (distance, change) = match (&self.values, cells) {
            (Values::Numbers { knots, at_most }, Cells::Number(numbers)) => {
                number_drift(knots, at_most, rows - self.missing, numbers, alpha)?
            }
            (Values::Categories { levels, counts }, Cells::Category { codes, levels: names }) => {
                category_drift(levels, counts, codes, names, alpha)?
            }
            _ => return None,
        };
        Some(ColumnDrift { column: self.name.clone(), distance, change })
    }
}

fn number_drift(
    knots: &[f64],
    at_most: &[usize],
    rows: usize,
    numbers: &Numbers,
    alpha: f64,
) -> Option<(f64, Change)> {
    let mut up_to = vec![0; knots.len() + 1];
    let values = || (0..numbers.len()).map(|r| numbers.get(r)).filter(|x| !x.is_nan());
    values().for_each(|x| up_to[knots.partition_point(|k| *k < x)] += 1);
    let mut sum = 0;
    up_to.iter_mut().for_each(|count| {
        sum += *count;
        *count = sum;
    });
    let (n, m) = (rows as f64, sum as f64);
    let gap = |k: usize| up_to[k] as f64 / m - at_most[k] as f64 / n;
    let k = (0..knots.len()).max_by(|&a, &b| gap(a).abs().total_cmp(&gap(b).abs()))?;
    let critical = (ln(2.0 / alpha) / 2.0 * (1.0 / n + 1.0 / m)).sqrt();
    let distance = gap(k).abs();
    // Without rows there is no distance, which is no drift either.
    if distance.is_nan() || distance <= critical.max(LEAST) {
        return None;
    }
    let then = knots[at_most.iter().position(|&count| 2 * count >= rows)?];
    let mut values: Vec<f64> = values().collect();
    let middle = (values.len() - 1) / 2;
    let now = *values.select_nth_unstable_by(middle, f64::total_cmp).1;
    let change = match now.total_cmp(&then) {
        std::cmp::Ordering::Greater if gap(k) < 0.0 => Change::Median { now, then },
        std::cmp::Ordering::Less if gap(k) > 0.0 => Change::Median { now, then },
        _ => Change::AtMost { value: knots[k], now: up_to[k] as f64 / m, then: at_most[k] as f64 / n },
    };
    Some((distance, change))
}

fn category_drift(
    levels: &[String],
    then: &[usize],
    codes: &[u32],
    names: &[String],
    alpha: f64,
) -> Option<(f64, Change)> {
    let places: HashMap<&str, usize> = levels.iter().map(String::as_str).zip(0..).collect();
    let place_of: Vec<usize> =
        names.iter().map(|n| places.get(n.as_str()).copied().unwrap_or(levels.len())).collect();
    let mut now = vec![0; levels.len() + 1];
    codes.iter().filter(|&&c| c != MISSING).for_each(|&c| now[place_of[c as usize]] += 1);
    let distance = certain(then, &now, alpha)?;
    let share = |counts: &[usize], l: usize| counts[l] as f64 / counts.iter().sum::<usize>() as f64;
    let gap = |l: &usize| (share(&now, *l) - share(then, *l)).abs();
    let most = (0..now.len()).max_by(|a, b| gap(a).total_cmp(&gap(b)))?;
    let level = levels.get(most).cloned();
    Some((distance, Change::Level { level, now: share(&now, most), then: share(then, most) }))
}

/// The total variation between two rows of counts, if it is large and no accident.
fn certain(then: &[usize], now: &[usize], alpha: f64) -> Option<f64> {
    let (n, m) = (then.iter().sum::<usize>() as f64, now.iter().sum::<usize>() as f64);
    let expected = |(a, b): (usize, usize)| (a + b) as f64 / (n + m) * n.min(m);
    let (frequent, rare): (Vec<_>, Vec<_>) =
        then.iter().copied().zip(now.iter().copied()).partition(|&pair| expected(pair) >= EXPECTED);
    let together = rare.into_iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let pairs = frequent.into_iter().chain((expected(together) >= EXPECTED).then_some(together));
    let (mut variation, mut chi_square, mut kinds) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (p, q) = (a as f64 / n, b as f64 / m);
        let both = (a + b) as f64 / (n + m);
        variation += (p - q).abs() / 2.0;
        chi_square += n * m / (n + m) * (p - q) * (p - q) / both;
        kinds += 1.0;
    }
    let (degrees, t) = (kinds - 1.0, ln(1.0 / alpha));
    let critical = degrees + 2.0 * (degrees * t).sqrt() + 2.0 * t;
    (kinds > 1.0 && variation > LEAST && chi_square > critical).then_some(variation)
}

impl fmt::Display for ColumnDrift {
    /// In words: `age` is higher: median 41 against 37.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: &f64| format!("{:.0} %", 100.0 * share);
        write!(f, "`{}` is ", self.column)?;
        match &self.change {
            Change::Median { now, then } => {
                let way = if now > then { "higher" } else { "lower" };
                write!(f, "{way} (median {} against {})", short(*now), short(*then))
            }
            Change::AtMost { value, now, then } => {
                write!(
                    f,
                    "at most {} in {} of the rows against {}",
                    short(*value),
                    percent(now),
                    percent(then)
                )
            }
            Change::Level { level: Some(level), now, then } => {
                write!(f, "`{level}` in {} of the rows against {}", percent(now), percent(then))
            }
            Change::Level { level: None, now, then } => {
                write!(f, "rare or new in {} of the rows against {}", percent(now), percent(then))
            }
            Change::Empty { now, then } => {
                write!(f, "empty in {} of the rows against {}", percent(now), percent(then))
            }
        }
    }
}

/// A number as it stood in the file, or nearly.
fn short(x: f64) -> String {
    let size = x.abs();
    if x == 0.0 || (1e-4..1e7).contains(&size) { (x as f32).to_string() } else { format!("{x:.3e}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    fn column(name: &str, cells: Cells) -> Column {
        Column::new(name, cells)
    }

    fn change(column: &mut Column, change: impl Fn(&mut Cells)) {
        let mut cells = column.cells().unwrap().into_owned();
        change(&mut cells);
        *column = Column::new(&column.name, cells);
    }

    /// `rows` rows of a normal number moved by `shift`, of a number that is mostly 0, and of a category.
    fn table(rows: usize, seed: u64, shift: f64, often: f64, first: f64) -> Table {
        let draws = Dice::new(seed).stream(Purpose::Experiment, &[]);
        let row = |r: usize| draws.fork(r as u64);
        let normal = (0..rows).map(|r| (row(r).normal(0) + shift) as f32).collect();
        let zeros = (0..rows)
            .map(|r| if row(r).uniform(1) < often { 0.0 } else { row(r).uniform(2) as f32 })
            .collect();
        let other = |r: usize| 1 + row(r).below(4, 9) as u32;
        let codes = (0..rows).map(|r| if row(r).uniform(3) < first { 0 } else { other(r) }).collect();
        let levels = (0..10).map(|l| format!("level {l}")).collect();
        let columns = vec![
            column("normal", Cells::Number(Numbers::F32(normal))),
            column("zeros", Cells::Number(Numbers::F32(zeros))),
            column("category", Cells::Category { codes, levels }),
            column("text", Cells::Text { distinct: rows, missing: 0 }),
        ];
        Table { name: "t".into(), columns, rows, ..Table::default() }
    }

    const NAMES: [&str; 5] = ["normal", "zeros", "category", "text", "absent"];

    fn profile(table: &Table) -> Profile {
        let rows: Vec<u32> = (0..table.rows as u32).collect();
        Profile::of(table, &NAMES, &rows, Dice::new(0)).unwrap()
    }

    #[test]
    fn rows_of_one_source_raise_no_alarm() {
        for (rows, new) in [(20_000, 5_000), (400, 100), (100, 30), (30, 1), (3, 2)] {
            let profile = profile(&table(rows, 1, 0.0, 0.8, 0.5));
            assert_eq!(profile.columns.len(), 3);
            for seed in 2..60 {
                let drift = profile.drift(&table(new, seed, 0.0, 0.8, 0.5)).unwrap();
                assert!(drift.is_empty(), "{rows} {new} {seed}: {drift:?}");
            }
        }
    }

    /// Rows of a category of so many levels; of `falling` ones each is rarer than the one before, as cabins are.
    fn levels(rows: usize, seed: u64, count: usize, falling: bool, moved: f64) -> Table {
        let draws = Dice::new(seed).stream(Purpose::Experiment, &[]);
        let code = |r: usize| {
            let row = draws.fork(r as u64);
            let u = row.uniform(0);
            let level = if falling { u * u } else { u };
            if row.uniform(1) < moved { 0 } else { (level * count as f64) as u32 }
        };
        let cells = Cells::Category {
            codes: (0..rows).map(code).collect(),
            levels: (0..count).map(|l| l.to_string()).collect(),
        };
        let columns = vec![column("category", cells)];
        Table { name: "t".into(), columns, rows, ..Table::default() }
    }

    #[test]
    fn random_halves_of_many_levels_raise_no_alarm() {
        let mut told = Vec::new();
        for (rows, count, falling) in [
            (200, 150, false),
            (200, 150, true),
            (204, 60, false),
            (900, 60, true),
            (900, 90, false),
            (2_000, 120, false),
            (60, 25, true),
        ] {
            let all = levels(rows, 1, count, falling, 0.0);
            for half in 0..100 {
                let mut order: Vec<u32> = (0..rows as u32).collect();
                Dice::new(half).stream(Purpose::Experiment, &[9]).shuffle(&mut order);
                let (old, new) = order.split_at(rows / 2);
                let known = Profile::of(&all, &["category"], old, Dice::new(half)).unwrap();
                let places: Vec<usize> = new.iter().map(|&r| r as usize).collect();
                let all = all.columns[0].cells().unwrap();
                let Cells::Category { codes, levels } = &*all else { panic!("categories") };
                let cells = Cells::Category {
                    codes: places.iter().map(|&r| codes[r]).collect(),
                    levels: levels.clone(),
                };
                let columns = vec![column("category", cells)];
                let new = Table { name: "t".into(), columns, rows: new.len(), ..Table::default() };
                told.extend(
                    known
                        .drift(&new)
                        .unwrap()
                        .first()
                        .map(|d| format!("{rows} {count} {falling} {half}: {d}")),
                );
            }
        }
        assert!(told.is_empty(), "{}: {told:#?}", told.len());
    }

    #[test]
    fn a_shift_among_many_levels_is_found() {
        for (rows, count, falling) in
            [(1_000, 60, true), (1_000, 60, false), (1_000, 120, true), (1_000, 120, false)]
        {
            let all: Vec<u32> = (0..rows as u32).collect();
            let known = Profile::of(&levels(rows, 1, count, falling, 0.0), &["category"], &all, Dice::new(0))
                .unwrap();
            for seed in 2..20 {
                if falling {
                    let drift = known.drift(&levels(rows, seed, count, falling, 0.3)).unwrap();
                    assert_eq!(drift.len(), 1, "{rows} {count} {seed}: one level is more frequent");
                }
                let mut new = levels(rows, seed, count, falling, 0.0);
                change(&mut new.columns[0], |cells| {
                    let Cells::Category { levels, .. } = cells else { panic!("categories") };
                    levels.iter_mut().for_each(|l| l.push('x'));
                });
                let drift = known.drift(&new).unwrap();
                assert_eq!(drift.len(), 1, "{rows} {count} {falling} {seed}: levels that nobody saw");
            }
        }
    }

    #[test]
    fn what_has_changed_is_named() {
        let profile = profile(&table(2_000, 1, 0.0, 0.8, 0.5));
        let drift = profile.drift(&table(500, 2, 1.0, 0.6, 0.2)).unwrap();
        let names: Vec<&str> = drift.iter().map(|d| d.column.as_str()).collect();
        assert_eq!(names, ["normal", "category", "zeros"]);
        // Φ(½) − Φ(−½) = 0.383 between the deciles around the middle.
        assert!((drift[0].distance - 0.38).abs() < 0.06, "{drift:?}");
        let Change::Median { now, then } = drift[0].change else { panic!("{drift:?}") };
        assert!((now - 1.0).abs() < 0.15 && then.abs() < 0.15);
        let Change::Level { level, now, then } = &drift[1].change else { panic!("{drift:?}") };
        assert_eq!(level.as_deref(), Some("level 0"));
        assert!((now - 0.2).abs() < 0.06 && (then - 0.5).abs() < 0.06);
        let Change::AtMost { value, now, then } = drift[2].change else { panic!("{drift:?}") };
        assert!(value == 0.0 && (now - 0.6).abs() < 0.08 && (then - 0.8).abs() < 0.06);
    }

    #[test]
    fn empty_cells_and_unknown_levels_count() {
        let known = table(1_000, 1, 0.0, 0.8, 0.5);
        let mut new = table(300, 2, 0.0, 0.8, 0.5);
        change(&mut new.columns[0], |cells| {
            let Cells::Number(Numbers::F32(x)) = cells else { panic!("numbers") };
            x[..90].fill(f32::NAN);
        });
        change(&mut new.columns[2], |cells| {
            let Cells::Category { levels, .. } = cells else { panic!("categories") };
            levels[0] = "new".into();
        });
        let drift = profile(&known).drift(&new).unwrap();
        assert_eq!(drift.len(), 2, "{drift:?}");
        let Change::Level { level, now, then } = &drift[0].change else { panic!("{drift:?}") };
        assert!(level.as_deref() == Some("level 0") && *now == 0.0 && (then - 0.5).abs() < 0.1, "{drift:?}");
        assert_eq!(drift[1].change, Change::Empty { now: 0.3, then: 0.0 });
    }

    #[test]
    fn other_kinds_and_empty_tables_are_passed_over() {
        let known = profile(&table(500, 1, 0.0, 0.8, 0.5));
        let mut other = table(500, 2, 5.0, 0.8, 0.5);
        other.columns[0] = column("normal", other.columns[2].here().clone());
        assert!(known.drift(&other).unwrap().is_empty());
        assert!(known.drift(&table(0, 1, 0.0, 0.5, 0.5)).unwrap().is_empty());
        let mut empty = table(100, 1, 0.0, 0.8, 0.5);
        empty.columns[0] = column("normal", Cells::Number(Numbers::F32(vec![f32::NAN; 100])));
        let empty = profile(&empty);
        assert_eq!(empty.columns[0].values, Values::Numbers { knots: vec![], at_most: vec![] });
        let drift = empty.drift(&table(100, 2, 0.0, 0.8, 0.5)).unwrap();
        assert_eq!(drift[0].change, Change::Empty { now: 0.0, then: 1.0 });
    }

    #[test]
    fn drift_in_words() {
        let said = |change| ColumnDrift { column: "age".into(), distance: 0.5, change }.to_string();
        assert_eq!(
            said(Change::Median { now: 41.0, then: 0.1_f32.into() }),
            "`age` is higher (median 41 against 0.1)"
        );
        let change = Change::AtMost { value: -1e9, now: 0.991, then: 0.5 };
        assert_eq!(said(change), "`age` is at most -1.000e9 in 99 % of the rows against 50 %");
        let change = Change::Level { level: Some("old".into()), now: 0.0, then: 0.25 };
        assert_eq!(said(change), "`age` is `old` in 0 % of the rows against 25 %");
        assert_eq!(
            said(Change::Empty { now: 0.3, then: 0.0 }),
            "`age` is empty in 30 % of the rows against 0 %"
        );
    }

    #[test]
    fn many_columns_are_thinned() {
        let columns: Vec<Column> =
            (0..784).map(|c| column(&c.to_string(), Cells::Number(Numbers::U8(vec![0, c as u8])))).collect();
        let table = Table { name: "t".into(), columns, rows: 2, ..Table::default() };
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        let profile = Profile::of(&table, &names, &[0, 1], Dice::new(0)).unwrap();
        assert_eq!((profile.columns.len(), profile.left_out), (COLUMNS, 584));
        assert_eq!((&*profile.columns[0].name, &*profile.columns[199].name), ("0", "780"));
    }
}
