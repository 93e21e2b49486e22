//! What the first records of a file say about its names and kinds.

use std::collections::HashSet;

use csv::ByteRecord;

use super::super::Kind;
use super::super::cell::{Cell, CellReader, is_inexact, is_padded};
use super::super::column::kept;
use crate::table::Form;

/// What a column holds in the first records.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    numbers: usize,
    texts: usize,
    empty: usize,
    fraction: bool,
    /// Whole numbers that are no quantities: with leading zeros, or too long for f64.
    identifiers: bool,
    /// The smallest form that holds its numbers and empty cells.
    pub(super) form: Form,
}

impl Tally {
    /// Looks at field `column` of every record.
    pub(super) fn of(records: &[(u64, ByteRecord)], column: usize, cells: &CellReader) -> Tally {
        let mut tally =
            Tally { numbers: 0, texts: 0, empty: 0, fraction: false, identifiers: false, form: Form::U8 };
        for field in records.iter().filter_map(|(_, r)| r.get(column)) {
            match cells.any(field) {
                Cell::Missing => {
                    tally.empty += 1;
                    tally.form = tally.form.max(Form::F32);
                }
                Cell::Number(v) => {
                    tally.numbers += 1;
                    tally.fraction |= v.fract() != 0.0;
                    tally.identifiers |= is_padded(field) || is_inexact(field, v);
                    tally.form = tally.form.max(Form::of(&[kept(v)]));
                }
                Cell::OtherMark(_) => {
                    tally.numbers += 1;
                    tally.fraction = true;
                }
                Cell::Infinite(_) => tally.numbers += 1,
                Cell::Text(_) | Cell::NotUtf8 => tally.texts += 1,
            }
        }
        tally
    }

    /// The kind of the column; `None` while it is empty.
    pub(super) fn kind(&self) -> Option<Kind> {
        match () {
            () if self.numbers + self.texts == 0 => None,
            () if self.has_numbers() && !self.has_identifiers() => Some(Kind::Number),
            () => Some(Kind::Category),
        }
    }

    /// Whether the column is written in numbers, be they quantities or identifiers.
    fn has_numbers(&self) -> bool {
        let values = self.numbers + self.texts;
        values > 0 && (self.numbers * 10 >= values * 9 || self.fraction && self.numbers * 2 >= values)
    }

    /// Whether it holds whole numbers some of which only identify something.
    fn has_identifiers(&self) -> bool {
        self.identifiers && !self.fraction
    }
}

/// Whether the first record holds the names of the columns; the rule stands at [`super::super::read`].
/// `below`: the tallies of the records after it.
pub(super) fn has_names(records: &[(u64, ByteRecord)], below: &[Tally], cells: &CellReader) -> bool {
    let Some(((_, first), rest)) = records.split_first() else { return false };
    let numbers_below = below.iter().any(Tally::has_numbers);
    let mut numbers: Vec<(usize, f64)> = Vec::new();
    for (column, field) in first.iter().enumerate() {
        let empty = field.trim_ascii().is_empty();
        match cells.any(field) {
            Cell::Missing if empty && (numbers_below || column == 0) => {}
            Cell::Text(_) | Cell::NotUtf8 => {}
            Cell::Number(n) if !is_padded(field) => numbers.push((column, n)),
            _ => return false,
        }
    }
    let differ = || {
        let mut seen = HashSet::new();
        first.iter().all(|name| seen.insert(name.trim_ascii()))
    };
    let recurs = |column: usize| {
        let name = first[column].trim_ascii();
        rest.iter().any(|(_, r)| r.get(column).is_some_and(|f| f.trim_ascii() == name))
    };
    if numbers.is_empty() {
        return numbers_below || differ() && !(0..first.len()).any(recurs);
    }
    // The columns of `numbers` go up.
    let is_text = |column: usize| numbers.binary_search_by_key(&column, |(c, _)| *c).is_err();
    let titled =
        (0..first.len()).any(is_text) && differ() && !(0..first.len()).filter(|c| is_text(*c)).any(recurs);
    titled
        && (are_years(&numbers, rest, cells)
            || numbers.len() > 1 && count_up(&numbers) && is_index(first, below))
}

/// Numbers that go up or down as years of a table do, while fewer than a tenth of the numbers below are years.
fn are_years(names: &[(usize, f64)], rest: &[(u64, ByteRecord)], cells: &CellReader) -> bool {
    let is_year = |n: f64| n.fract() == 0.0 && (1800.0..=2100.0).contains(&n);
    let below = || {
        let fields = rest.iter().flat_map(|(_, r)| names.iter().filter_map(|(c, _)| r.get(*c)));
        fields.filter_map(|f| if let Cell::Number(n) = cells.any(f) { Some(n) } else { None })
    };
    let up = names.windows(2).all(|w| w[0].1 < w[1].1);
    let down = names.windows(2).all(|w| w[0].1 > w[1].1);
    names.len() > 1
        && (up || down)
        && names.iter().all(|(_, n)| is_year(*n))
        && below().next().is_some()
        && below().filter(|n| is_year(*n)).count() * 10 < below().count()
}

/// 0, 1, 2, …: the names that pandas gives to columns without any.
fn count_up(names: &[(usize, f64)]) -> bool {
    names.iter().zip(0..).all(|((_, n), i)| *n == f64::from(i))
}

/// The index that pandas writes: nothing above it, and a value in every row.
fn is_index(first: &ByteRecord, below: &[Tally]) -> bool {
    first.get(0).is_some_and(|f| f.trim_ascii().is_empty())
        && below.first().is_some_and(|t| t.numbers + t.texts > 0 && t.empty == 0)
}

/// The first line of the files that scikit-learn brings along.
#[derive(Debug, PartialEq)]
pub(super) struct Bundled {
    /// Rows that must follow.
    pub(super) rows: usize,
    /// The names of the classes 0, 1, ….
    pub(super) classes: Vec<String>,
}

/// `n,p,class,class,…` and then nothing but rows of p + 1 numbers, the last of them a class.
pub(super) fn bundled(records: &[(u64, ByteRecord)], cells: &CellReader) -> Option<Bundled> {
    let ((_, first), rest) = records.split_first()?;
    if first.len() < 4 || rest.is_empty() {
        return None;
    }
    let count = |column: usize| std::str::from_utf8(&first[column]).ok()?.trim().parse::<usize>().ok();
    let (rows, features) = (count(0)?, count(1)?);
    let class = |field| match cells.any(field) {
        Cell::Text(name) => Some(name.to_string()),
        _ => None,
    };
    let classes: Vec<String> = first.iter().skip(2).map(class).collect::<Option<_>>()?;
    let is_number = |field: &[u8]| matches!(cells.any(field), Cell::Number(_));
    let is_class = |field: &[u8]| matches!(cells.any(field), Cell::Number(c) if c >= 0.0 && c.fract() == 0.0);
    let fits = |r: &ByteRecord| {
        r.len() == features.saturating_add(1) && r.iter().all(is_number) && is_class(&r[features])
    };
    rest.iter().all(|(_, r)| fits(r)).then_some(Bundled { rows, classes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ReadOptions;

    fn records(text: &str) -> Vec<(u64, ByteRecord)> {
        let line = |(i, l): (usize, &str)| (i as u64 + 1, ByteRecord::from(l.split(',').collect::<Vec<_>>()));
        text.lines().enumerate().map(line).collect()
    }

    fn names(text: &str) -> bool {
        let (records, cells) = (records(text), CellReader::new(&ReadOptions::default()));
        let width = records[0].1.len();
        let below: Vec<_> = (0..width).map(|c| Tally::of(&records[1..], c, &cells)).collect();
        has_names(&records, &below, &cells)
    }

    #[test]
    fn a_first_record_of_names_is_known() {
        assert!(names("a,b\n1,2"));
        assert!(names(",b\n1,2"));
        assert!(names("a,,c\n1,2,x"));
        assert!(names("a,a\n1,2"), "two names alike are an error, not a row");
        assert!(!names("1,2\n3,4"));
        assert!(!names("5.1,setosa\n4.9,setosa"));
        assert!(!names("?,b\n1,2"));
        assert!(names("colour,shape\nred,round\nred,flat"));
        assert!(!names("red,round\nred,flat"), "`red` occurs again below");
        assert!(!names("x,s,x\ny,t,z"), "names differ");
        assert!(names("a,b"));
        assert!(names("name,2019,2020\na,1,2\nb,3,4"), "years");
        assert!(names("name,2020,2019,total\na,1,2,3"));
        assert!(!names("Ford,1999,2003\nFiat,2003,2004"), "years below");
        assert!(!names("Bob,2000\nAl,3500"), "one number is no sequence");
        assert!(!names("a,1990,1990\nb,3,4"), "no year twice");
        assert!(!names("a,2019,2020\na,1,2"), "`a` occurs again below");
        assert!(names(",0,1\n0,5.5,2.5\n1,3.5,1.5"), "what pandas writes");
        assert!(!names("a,0,1\nb,1,0"), "a row");
        assert!(!names(",0,1\n,5.5,2.5"), "an empty column is no index");
        assert!(!names("0,1,2\n5.5,2.5,1"), "numbers alone");
    }

    #[test]
    fn kinds_follow_the_shares_of_numbers() {
        let kind = |cells: &str| {
            let rows: Vec<_> = cells.split(' ').map(|c| (1, ByteRecord::from(vec![c]))).collect();
            Tally::of(&rows, 0, &CellReader::new(&ReadOptions::default())).kind()
        };
        assert_eq!(kind("1 2 ? 3"), Some(Kind::Number));
        assert_eq!(kind("? ?"), None);
        assert_eq!(kind("1 2 3 K"), Some(Kind::Category));
        assert_eq!(kind("1 2 3 4 5 6 7 8 9 K"), Some(Kind::Number));
        assert_eq!(kind("1.5 K"), Some(Kind::Number));
        assert_eq!(kind("1.5 K L"), Some(Kind::Category));
        assert_eq!(kind("7,2 1,5"), Some(Kind::Number));
        assert_eq!(kind("01123 99999"), Some(Kind::Category));
        assert_eq!(kind("9007199254740993 7"), Some(Kind::Category));
        assert_eq!(kind("01 0.5"), Some(Kind::Number));
    }

    #[test]
    fn the_first_line_of_bundled_files_is_known() {
        let cells = CellReader::new(&ReadOptions::default());
        let found = bundled(&records("2,1,no,yes\n0.5,0\n0.7,1"), &cells).unwrap();
        assert_eq!(found, Bundled { rows: 2, classes: vec!["no".into(), "yes".into()] });
        assert_eq!(bundled(&records("2,1,no,yes\n0.5,0.5"), &cells), None);
        assert_eq!(bundled(&records("2,2,no,yes\n0.5,0"), &cells), None);
        assert_eq!(bundled(&records("2,1,3,yes\n0.5,0"), &cells), None);
    }
}
