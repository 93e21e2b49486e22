//! By which rule the rows of a table are divided: what the roles of its columns say.

use super::numbers::{bad_cells, free_text};
use super::{Roles, strata};
use crate::split::Rule;
use crate::table::{Cells, MISSING, Table};
use feedforward_base::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// How rows are divided: by time or in groups if `roles` names such a column, otherwise any rows. If `stratified` and
/// the target is classes, all parts get the same shares of them, as far as groups allow it; a division by time does
/// not look at classes.
///
/// # Errors
/// As [`super::Preparation::fit`] for roles and target; both a group and a time; empty cells in their columns; texts
/// that are no dates.
pub fn rule(table: &Table, roles: &Roles, stratified: bool) -> Result<Rule> {
    roles.resolve(table)?;
    let strata = if stratified && roles.time.is_none() { strata(table, roles)? } else { None };
    rule_by(table, roles.group.as_deref(), roles.time.as_deref(), strata)
}

/// As [`rule`], by columns that are given by name or number, and by the class of each row.
///
/// # Errors
/// No such column; both a group and a time; empty cells in their columns; texts that are no dates.
pub fn rule_by(
    table: &Table,
    group: Option<&str>,
    time: Option<&str>,
    strata: Option<Vec<u32>>,
) -> Result<Rule> {
    match (group, time) {
        (Some(_), Some(_)) => Err(Error::new(ErrorKind::Conflict {
            one: "--group".into(),
            other: "--time".into(),
            why: "a group may lie on both sides of a moment".into(),
        })
        .hint("choose one of them, and leave the other column out with --ignore")),
        (Some(group), None) => {
            let groups = groups(table, table.column_index(group)?)?;
            Ok(Rule::Groups { groups, strata })
        }
        (None, Some(time)) => Ok(Rule::Time { ranks: ranks(table, table.column_index(time)?)? }),
        (None, None) => Ok(Rule::Random { strata }),
    }
}

/// A number per row, the same for the rows of a group.
fn groups(table: &Table, column: usize) -> Result<Vec<u32>> {
    none_empty(table, column, "fill in the group, or leave these rows out")?;
    match &*table.columns[column].cells()? {
        Cells::Category { codes, .. } => Ok(codes.clone()),
        // + 0.0 makes one group of 0 and −0.
        Cells::Number(numbers) => Ok(dense((0..numbers.len()).map(|r| (numbers.get(r) + 0.0).to_bits()))),
        Cells::Text { distinct, .. } => Err(as_category(table, column, *distinct)),
    }
}

/// A number per row, the smaller the earlier.
fn ranks(table: &Table, column: usize) -> Result<Vec<u32>> {
    none_empty(table, column, "fill in the time, or leave these rows out")?;
    match &*table.columns[column].cells()? {
        Cells::Category { codes, levels } => {
            let dates: Vec<Option<String>> = levels.iter().map(|l| comparable(l)).collect();
            let no_date = (0..codes.len()).filter(|&r| dates[codes[r] as usize].is_none());
            let kind = |r: usize| ErrorKind::BadValue {
                name: "the time".into(),
                value: levels[codes[r] as usize].clone(),
                want: "a number, or a date such as `2024-03-31` or `2024-03-31 18:05:00`".into(),
            };
            bad_cells(table, column, no_date, kind, "write all times alike, in one time zone")?;
            Ok(dense(codes.iter().map(|&c| dates[c as usize].clone())))
        }
        Cells::Number(numbers) => {
            // The order of these bits is the order of the numbers.
            let key = |x: f64| {
                let bits = (x + 0.0).to_bits();
                if x < 0.0 { !bits } else { bits | 1 << 63 }
            };
            Ok(dense((0..numbers.len()).map(|r| key(numbers.get(r)))))
        }
        Cells::Text { distinct, .. } => Err(as_category(table, column, *distinct)),
    }
}

fn none_empty(table: &Table, column: usize, hint: &str) -> Result<()> {
    let cells = table.columns[column].cells()?;
    let is_empty = |row: &usize| match &*cells {
        Cells::Category { codes, .. } => codes[*row] == MISSING,
        Cells::Number(numbers) => numbers.get(*row).is_nan(),
        Cells::Text { .. } => false,
    };
    bad_cells(table, column, (0..table.rows).filter(is_empty), |_| ErrorKind::Missing, hint)
}

fn as_category(table: &Table, column: usize, distinct: usize) -> Error {
    let name = &table.columns[column].name;
    free_text(table, column, distinct).hint(format!("read it with `--type {name}=category`"))
}

/// 0, 1, 2, … in the order of the keys.
fn dense<K: Ord + Clone>(keys: impl Iterator<Item = K>) -> Vec<u32> {
    let keys: Vec<K> = keys.collect();
    let mut places: BTreeMap<K, u32> = keys.iter().map(|k| (k.clone(), 0)).collect();
    places.values_mut().zip(0..).for_each(|(place, i)| *place = i);
    keys.iter().map(|k| places[k]).collect()
}

/// A date, or date and time, of ISO 8601 in a form whose order as text is the order in time: `2024`, `2024-03`,
/// `2024-03-31`, `2024-03-31T18:05`, with seconds and their fraction if need be. `None` for other texts, other time
/// zones than the one that is not named, or `Z`, among them.
fn comparable(text: &str) -> Option<String> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    let (date, time) = shape.split_once([' ', 'T']).unwrap_or((&shape, ""));
    let clock = time.trim_end_matches('d').strip_suffix('.').unwrap_or(time);
    let fits = match date {
        "dddd" | "dddd-dd" => time.is_empty(),
        "dddd-dd-dd" => ["", "dd:dd", "dd:dd:dd"].contains(&clock) && (clock == time || clock == "dd:dd:dd"),
        _ => false,
    };
    let within = |from: usize, most: u32| {
        text.get(from..from + 2).is_none_or(|t| t.parse::<u32>().is_ok_and(|n| n <= most))
    };
    (fits && within(5, 12) && within(8, 31)).then(|| text.replacen('T', " ", 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{categories, numbers, table};

    fn of(roles: Roles) -> Result<Rule> {
        let columns = vec![
            categories("y", &["b", "a", "b", "a"]),
            numbers("n", &[1.5, -2.0, 1.5, -0.0]),
            categories("d", &["2024-03-01", "2023-12-31T10:00", "2024-03-01", "2024-02"]),
            categories("g", &["u", "", "v", ""]),
            categories("t", &["2024-03-01", "soon", "2024-03-01", "then"]),
        ];
        rule(&table("t.csv", columns), &Roles { target: vec!["y".into()], ..roles }, true)
    }

    fn group(column: &str) -> Roles {
        Roles { group: Some(column.into()), ..Roles::default() }
    }

    fn time(column: &str) -> Roles {
        Roles { time: Some(column.into()), ..Roles::default() }
    }

    #[test]
    fn columns_with_a_role_decide() {
        let strata = Some(vec![1, 0, 1, 0]);
        assert_eq!(of(Roles::default()).unwrap(), Rule::Random { strata: strata.clone() });
        let Rule::Groups { groups, strata: kept } = of(group("n")).unwrap() else { panic!("groups") };
        assert!(kept == strata && groups[0] == groups[2] && groups[0] != groups[1] && groups[1] != groups[3]);
        assert_eq!(of(time("n")).unwrap(), Rule::Time { ranks: vec![2, 0, 2, 1] });
        assert_eq!(of(time("d")).unwrap(), Rule::Time { ranks: vec![2, 0, 2, 1] });
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let e = of(group("g")).unwrap_err().to_string();
        assert!(e.starts_with("2 problems") && e.contains("the cell is empty"), "{e}");
        let e = of(time("t")).unwrap_err();
        assert!(e.to_string().contains("the time is `soon`; it must be a number, or a date"), "{e}");
        let both = Roles { time: Some("d".into()), ..group("n") };
        assert_eq!(of(both).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn dates_are_comparable() {
        for good in ["2024", "2024-02", "2024-02-03", "2024-02-03 10:00", "2024-02-03T10:00:59.25Z"] {
            assert_eq!(comparable(good), Some(good.replace('T', " ").replace('Z', "")), "{good}");
        }
        for bad in [
            "",
            "24-02-03",
            "03.02.2024",
            "2024-31-01",
            "2024-02-03T10:00+02:00",
            "2024-02-03 1",
            "2024-02.5",
            "ja",
        ] {
            assert_eq!(comparable(bad), None, "{bad}");
        }
        assert!(comparable("2024-02-03 10:00:00.25") < comparable("2024-02-03 10:00:00.5"));
    }
}
