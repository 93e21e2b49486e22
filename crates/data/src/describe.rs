//! What a table looks like before anything is prepared: every column in numbers, and what is suspicious about it.

mod leak;

use serde::{Deserialize, Serialize};

use crate::source::decimal;
use crate::table::{Cells, Column, MISSING, Numbers, Table};
use feedforward_base::Result;

/// Levels that a description lists; the most frequent first.
pub const TOP: usize = 10;
/// A number with at most so many values is also described as classes, if it is the target.
const FEW_VALUES: usize = 100;
/// A category with more levels makes a wide input.
const MANY_LEVELS: usize = 100;
/// Columns with fewer values are not called suspicious.
const ENOUGH: usize = 10;
/// Rows from which a numbering may have gaps.
const ENOUGH_FOR_GAPS: usize = 50;
/// The distance of the farthest value from the median, in interquartile ranges, that makes a heavy tail.
const TAIL: f64 = 20.0;

/// A described table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// The table's name.
    pub name: String,
    /// Number of rows.
    pub rows: usize,
    /// One description per column.
    pub columns: Vec<ColumnDescription>,
    /// The target, if one was named.
    pub target: Option<TargetDescription>,
}

/// A described column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Empty cells.
    pub missing: usize,
    /// Different values; for text the count ends at 65,536.
    pub distinct: usize,
    /// The distribution of a number; `None` for other kinds and where every cell is empty.
    pub number: Option<NumberSummary>,
    /// The most frequent levels of a category, at most [`TOP`]; equals in the order of their first appearance.
    pub top: Vec<Count>,
    /// What is suspicious.
    pub flags: Vec<Flag>,
}

/// The kinds of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Categories.
    Category,
    /// Free text or identifiers, of no use to a network.
    Text,
}

/// The distribution of a number's values, empty cells left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NumberSummary {
    /// The smallest.
    pub min: f64,
    /// A quarter of the values are at most this (linear interpolation).
    pub lower_quartile: f64,
    /// The middle value, or the mean of the two in the middle.
    pub median: f64,
    /// Three quarters of the values are at most this.
    pub upper_quartile: f64,
    /// The largest.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation: the root of the mean squared distance from the mean.
    pub std: f64,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The level, or the number as text.
    pub value: String,
    /// Its rows.
    pub count: usize,
}

/// Something suspicious about a column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "flag", rename_all = "snake_case")]
pub enum Flag {
    /// One value only.
    Constant,
    /// No value at all.
    AllMissing,
    /// Whole numbers without gap or repetition, or texts that all differ: it names rows.
    Identifier,
    /// A category of more than 100 levels, or text.
    TooManyLevels,
    /// It says almost exactly what the target is.
    Leak {
        /// How that was seen.
        by: LeakMeasure,
        /// The measure's value: r, or the share of rows.
        value: f64,
    },
    /// Its farthest value is more than 20 interquartile ranges from the median: scale it robustly.
    HeavyTail {
        /// The distance, in interquartile ranges.
        ranges: f64,
    },
}

/// How a leak was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeakMeasure {
    /// Pearson's r with a number target, above 0.95 in size.
    Correlation,
    /// The share of rows whose class is the most frequent one of their value in this column, above 0.99.
    Purity,
}

/// The described target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetDescription {
    /// The column.
    pub column: usize,
    /// Classes with their rows, in the order of first appearance (numbers: ascending). Empty for text, and for a
    /// number of more than 100 values.
    pub classes: Vec<Count>,
    /// Rows of the largest class over rows of the smallest; `None` without classes.
    pub imbalance: Option<f64>,
}

/// Describes every column of `table`; `target` is the index of its target column.
///
/// # Errors
/// Cells that lie in a file cannot be read.
///
/// # Panics
/// If `target` is no column of the table.
pub fn describe(table: &Table, target: Option<usize>) -> Result<Description> {
    let truth = target.map(|t| table.columns[t].cells()).transpose()?;
    let judge = truth.as_deref().map(leak::Judge::new);
    let describe = |(index, column): (usize, &Column)| {
        let cells = column.cells()?;
        let mut d = describe_column(&column.name, &cells, table.rows);
        if let Some(judge) = judge.as_ref().filter(|_| target != Some(index)) {
            d.flags.extend(judge.leaks(&cells, d.distinct));
        }
        Ok(d)
    };
    let columns = table.columns.iter().enumerate().map(describe).collect::<Result<_>>()?;
    let target = target.zip(truth.as_deref()).map(|(t, cells)| describe_target(t, cells));
    Ok(Description { name: table.name.clone(), rows: table.rows, columns, target })
}

fn describe_column(name: &str, cells: &Cells, rows: usize) -> ColumnDescription {
    let missing = cells.missing();
    let mut d = ColumnDescription {
        name: name.into(),
        kind: ColumnKind::Number,
        missing,
        distinct: 0,
        number: None,
        top: Vec::new(),
        flags: Vec::new(),
    };
    let values = match cells {
        Cells::Number(numbers) => {
            let sorted = sorted(numbers);
            d.distinct = count_distinct(&sorted);
            d.number = summary(numbers, &sorted);
            d.flags.extend(number_flags(&sorted, d.number, missing));
            sorted.len()
        }
        Cells::Category { codes, levels } => {
            d.kind = ColumnKind::Category;
            let counts = count_levels(codes, levels);
            d.distinct = counts.len();
            let values = codes.len() - missing;
            if values >= ENOUGH && d.distinct == values {
                d.flags.push(Flag::Identifier);
            }
            if d.distinct > MANY_LEVELS {
                d.flags.push(Flag::TooManyLevels);
            }
            d.top = counts;
            d.top.sort_by_key(|c| std::cmp::Reverse(c.count));
            d.top.truncate(TOP);
            values
        }
        Cells::Text { distinct, .. } => {
            d.kind = ColumnKind::Text;
            d.distinct = *distinct;
            if *distinct == rows - missing {
                d.flags.push(Flag::Identifier);
            }
            d.flags.push(Flag::TooManyLevels);
            *distinct
        }
    };
    match (values, d.distinct) {
        (0, _) => d.flags = vec![Flag::AllMissing],
        (_, 1) => d.flags = vec![Flag::Constant],
        _ => {}
    }
    d
}

/// The columns among `columns` that may give the target away, with how that was seen. With `classes` a target of
/// numbers names classes.
///
/// # Errors
/// Cells that lie in a file cannot be read.
///
/// # Panics
/// If a number is no column of the table.
pub fn leaks(
    table: &Table,
    columns: &[usize],
    target: usize,
    classes: bool,
) -> Result<Vec<(usize, LeakMeasure, f64)>> {
    let truth = table.columns[target].cells()?;
    let judge = leak::Judge::new(&truth);
    let judge = if classes { judge.of_classes() } else { judge };
    let mut found = Vec::new();
    for &c in columns {
        let cells = table.columns[c].cells()?;
        let distinct = match &*cells {
            Cells::Number(numbers) => count_distinct(&sorted(numbers)),
            Cells::Category { codes, levels } => count_levels(codes, levels).len(),
            Cells::Text { distinct, .. } => *distinct,
        };
        found.extend(judge.leaks(&cells, distinct).into_iter().filter_map(|flag| match flag {
            Flag::Leak { by, value } => Some((c, by, value)),
            _ => None,
        }));
    }
    Ok(found)
}

/// Whether a column numbers the rows in any order: a text for each, or whole numbers without repetition and without
/// gap, or, in 50 rows or more, with less gaps than numbers: rows of a larger table.
pub fn is_identifier(cells: &Cells) -> bool {
    match cells {
        Cells::Number(numbers) => is_numbering(numbers),
        Cells::Category { codes, levels } => {
            let counts = count_levels(codes, levels);
            codes.len() >= ENOUGH && counts.len() == codes.len()
        }
        Cells::Text { .. } => false,
    }
}

fn is_numbering(numbers: &Numbers) -> bool {
    let rows = numbers.len();
    let values = || (0..rows).map(|r| numbers.get(r));
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values().fold(ends, |(low, high), x| (low.min(x), high.max(x)));
    // Most columns are told from it by their ends, before the numbers are looked at one by one.
    let most = if rows < ENOUGH_FOR_GAPS { rows } else { 2 * rows } as f64;
    if rows < ENOUGH || !(rows as f64..=most).contains(&(high - low + 1.0)) {
        return false;
    }
    let mut met = vec![false; (high - low) as usize + 1];
    // An empty cell, NaN, has a fraction that is not 0.
    values().all(|x| x.fract() == 0.0 && !std::mem::replace(&mut met[(x - low) as usize], true))
}

fn describe_target(column: usize, target: &Cells) -> TargetDescription {
    let classes = match target {
        Cells::Category { codes, levels } => count_levels(codes, levels),
        Cells::Number(numbers) => count_values(numbers).unwrap_or_default(),
        Cells::Text { .. } => Vec::new(),
    };
    let most = classes.iter().map(|c| c.count).max();
    let least = classes.iter().map(|c| c.count).min();
    let imbalance = most.zip(least).map(|(most, least)| most as f64 / least as f64);
    TargetDescription { column, classes, imbalance }
}

/// The values in ascending order, empty cells left out.
fn sorted(numbers: &Numbers) -> Vec<f64> {
    if let Numbers::U8(bytes) = numbers {
        let mut counts = [0usize; 256];
        bytes.iter().for_each(|&b| counts[usize::from(b)] += 1);
        let run = |(value, count): (u8, usize)| std::iter::repeat_n(f64::from(value), count);
        return (0..=255u8).zip(counts).flat_map(run).collect();
    }
    let mut values: Vec<f64> = (0..numbers.len()).map(|r| numbers.get(r)).filter(|v| !v.is_nan()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

fn count_distinct(sorted: &[f64]) -> usize {
    sorted.chunk_by(|a, b| a == b).count()
}

/// Every value with its rows, or `None` if there are too many values.
fn count_values(numbers: &Numbers) -> Option<Vec<Count>> {
    let sorted = sorted(numbers);
    let runs: Vec<_> = sorted.chunk_by(|a, b| a == b).take(FEW_VALUES + 1).collect();
    let count = |run: &&[f64]| Count { value: as_read(run[0], numbers).to_string(), count: run.len() };
    (runs.len() <= FEW_VALUES).then(|| runs.iter().map(count).collect())
}

/// Every level that occurs, with its rows.
fn count_levels(codes: &[u32], levels: &[String]) -> Vec<Count> {
    let mut counts = vec![0; levels.len()];
    codes.iter().filter(|&&c| c != MISSING).for_each(|&c| counts[c as usize] += 1);
    let counted = levels.iter().zip(counts).filter(|(_, count)| *count > 0);
    counted.map(|(level, count)| Count { value: level.clone(), count }).collect()
}

fn summary(numbers: &Numbers, sorted: &[f64]) -> Option<NumberSummary> {
    let (&min, &max) = sorted.first().zip(sorted.last())?;
    let n = sorted.len() as f64;
    let values = || (0..numbers.len()).map(|r| numbers.get(r)).filter(|v| !v.is_nan());
    let mean = values().sum::<f64>() / n;
    let std = (values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let at = |share| as_read(quantile(sorted, share), numbers);
    let (min, max) = (as_read(min, numbers), as_read(max, numbers));
    let (lower_quartile, median, upper_quartile) = (at(0.25), at(0.5), at(0.75));
    Some(NumberSummary { min, lower_quartile, median, upper_quartile, max, mean, std })
}

/// A value as it stood in the file: what f32 made of 0.1 is shown as 0.1.
fn as_read(value: f64, numbers: &Numbers) -> f64 {
    let single = value as f32;
    if matches!(numbers, Numbers::F32(_)) && f64::from(single) == value { decimal(single) } else { value }
}

/// The quantile at `share` of a sorted, non-empty slice, between two values on the straight line.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

fn number_flags(sorted: &[f64], summary: Option<NumberSummary>, missing: usize) -> Vec<Flag> {
    let mut flags = Vec::new();
    let Some(s) = summary.filter(|_| sorted.len() >= ENOUGH) else { return flags };
    if missing == 0 && sorted[0].fract() == 0.0 && sorted.windows(2).all(|w| w[1] == w[0] + 1.0) {
        flags.push(Flag::Identifier);
    }
    let ranges = (s.max - s.median).max(s.median - s.min) / (s.upper_quartile - s.lower_quartile);
    if ranges.is_finite() && ranges > TAIL {
        flags.push(Flag::HeavyTail { ranges });
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Lines;

    fn number(name: &str, values: Vec<f64>) -> Column {
        Column::new(name, Cells::Number(Numbers::F64(values)))
    }

    fn category(name: &str, texts: &[&str]) -> Column {
        let mut levels: Vec<String> = Vec::new();
        let code = |t: &&str| match levels.iter().position(|l| l == t) {
            _ if t.is_empty() => MISSING,
            Some(code) => code as u32,
            None => {
                levels.push(t.to_string());
                levels.len() as u32 - 1
            }
        };
        let codes = texts.iter().map(code).collect();
        Column::new(name, Cells::Category { codes, levels })
    }

    fn described(columns: Vec<Column>, rows: usize, target: Option<usize>) -> Description {
        describe(
            &Table { name: "t".into(), columns, rows, lines: Lines::From(1), ..Table::default() },
            target,
        )
        .unwrap()
    }

    #[test]
    fn identifiers_in_any_order_and_of_a_part_of_the_rows() {
        let is = |values: Vec<f64>| is_identifier(&Cells::Number(Numbers::F64(values)));
        let order = |n: u32| (0..n).map(|i| f64::from(i * 7 % n) + 100.0).collect::<Vec<f64>>();
        assert!(is(order(10)) && !is(order(9)), "ten rows are enough");
        let gaps = |n: u32| (0..n).map(|i| f64::from(i) + f64::from(i / 2)).collect::<Vec<f64>>();
        assert!(is(gaps(50)) && !is(gaps(49)), "fewer rows could be ages");
        let but =
            |x: f64| order(60).into_iter().map(|v| if v == 110.0 { x } else { v }).collect::<Vec<f64>>();
        assert!(is(but(110.0)));
        for other in [111.0, f64::NAN, 110.5, 1e9] {
            assert!(!is(but(other)), "{other}");
        }
        let text =
            |codes: Vec<u32>| Cells::Category { codes, levels: (0..12).map(|l| l.to_string()).collect() };
        assert!(is_identifier(&text((0..12).collect())));
        assert!(!is_identifier(&text((0..12).map(|i| i % 11).collect())));
    }

    #[test]
    fn a_number_is_summed_up() {
        let d = described(vec![number("x", vec![4.0, f64::NAN, 1.0, 2.0, 3.0])], 5, None);
        let c = &d.columns[0];
        assert_eq!((c.kind, c.missing, c.distinct), (ColumnKind::Number, 1, 4));
        let s = c.number.unwrap();
        assert_eq!((s.min, s.lower_quartile, s.median, s.upper_quartile, s.max), (1.0, 1.75, 2.5, 3.25, 4.0));
        assert_eq!((s.mean, s.std), (2.5, 1.25f64.sqrt()));
        let bytes = Column::new("b", Cells::Number(Numbers::U8(vec![9, 1, 5])));
        let s = described(vec![bytes], 3, None).columns[0].number.unwrap();
        assert_eq!((s.min, s.median, s.max, s.mean), (1.0, 5.0, 9.0, 5.0));
    }

    #[test]
    fn a_category_shows_its_most_frequent_levels() {
        let d = described(vec![category("c", &["a", "b", "", "b"])], 4, Some(0));
        let count = |value: &str, count| Count { value: value.into(), count };
        assert_eq!(d.columns[0].top, [count("b", 2), count("a", 1)]);
        let target = d.target.unwrap();
        assert_eq!((target.classes, target.imbalance), (vec![count("a", 1), count("b", 2)], Some(2.0)));
    }

    #[test]
    fn suspicious_columns_are_flagged() {
        let rows = 200;
        let column = |f: fn(usize) -> f64| (0..rows).map(f).collect::<Vec<_>>();
        let names: Vec<String> = (0..rows).map(|i| format!("n{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = Column::new("t", Cells::Text { distinct: 150, missing: 50 });
        let columns = vec![
            number("id", column(|i| (i + 7) as f64)),
            number("constant", column(|_| 3.0)),
            number("empty", column(|_| f64::NAN)),
            number("tail", column(|i| if i == 9 { 1e6 } else { (i % 11) as f64 })),
            number("fine", column(|i| (i % 11) as f64)),
            category("names", &names),
            text,
        ];
        let d = described(columns, rows, None);
        let flags: Vec<_> = d.columns.iter().map(|c| c.flags.clone()).collect();
        assert_eq!(flags[0], [Flag::Identifier]);
        assert_eq!(flags[1], [Flag::Constant]);
        assert_eq!(flags[2], [Flag::AllMissing]);
        assert!(matches!(flags[3][..], [Flag::HeavyTail { ranges }] if ranges > 1e5));
        assert!(flags[4].is_empty());
        assert_eq!(flags[5], [Flag::Identifier, Flag::TooManyLevels]);
        assert_eq!(flags[6], [Flag::Identifier, Flag::TooManyLevels]);
        assert_eq!(d.columns[2].number, None);
    }

    #[test]
    fn a_description_is_plain_data() {
        let d = described(vec![category("c", &["a"; 12]), number("y", vec![1.0; 12])], 12, Some(1));
        let json = serde_json::to_value(&d).unwrap();
        assert_eq!(json["columns"][0]["kind"], "category");
        assert_eq!(json["columns"][0]["flags"][0]["flag"], "constant");
        assert_eq!(json["target"]["classes"][0]["count"], 12);
    }
}
