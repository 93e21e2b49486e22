//! Which column is what: target, weight, features.

use crate::table::Table;
use feedforward_base::{Error, ErrorKind, Place, Result};
use serde::{Deserialize, Serialize};

/// What the user says about the columns. A column is given by its name or its number: 1 is the first, −1
/// the last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Roles {
    /// What to predict; several columns make a regression with several outputs.
    pub target: Vec<String>,
    /// How much each row counts; no feature.
    pub weight: Option<String>,
    /// Rows with the same value here stay in one part when rows are divided; no feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// When a row was: later rows are kept apart to judge on when rows are divided; no feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Columns that are no features.
    pub ignore: Vec<String>,
    /// If not empty: the only features (`--features`). These are kept even if they count the rows.
    pub only: Vec<String>,
    /// Classes or numbers, where the rule of [`super::Preparation::fit`] would decide otherwise.
    pub task: Option<Task>,
}

/// What the network has to say about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// One of several classes.
    Classification,
    /// One number or several.
    Regression,
}

/// The roles as positions in one table, features in the table's order.
pub(super) struct Parts {
    pub(super) targets: Vec<usize>,
    pub(super) weight: Option<usize>,
    pub(super) features: Vec<usize>,
}

impl Roles {
    pub(super) fn resolve(&self, table: &Table) -> Result<Parts> {
        let mut errors = Vec::new();
        if self.target.is_empty() {
            let names: Vec<_> = table.columns.iter().take(20).map(|c| format!("`{}`", c.name)).collect();
            let e = Error::bad_value("--target", "", "the name or the number of a column");
            errors.push(e.hint(format!("name the column to predict; there are {}", names.join(", "))));
        }
        let mut find = |names: &[String]| -> Vec<usize> {
            let found = names.iter().map(|n| table.column_index(n));
            found.filter_map(|f| f.map_err(|e| errors.push(e)).ok()).collect()
        };
        let targets = find(&self.target);
        let mut one = |name: &Option<String>| find(name.as_slice()).first().copied();
        let (weight, group, time) = (one(&self.weight), one(&self.group), one(&self.time));
        let (ignore, only) = (find(&self.ignore), find(&self.only));
        let special: Vec<_> = targets.iter().map(|&t| (t, "--target")).collect();
        let special = special.into_iter().chain(weight.map(|w| (w, "--weight-column")));
        let special = special.chain(group.map(|g| (g, "--group"))).chain(time.map(|t| (t, "--time")));
        let special: Vec<_> = special.chain(only.iter().map(|&o| (o, "--features"))).collect();
        let name = |c: usize| format!("`{}`", table.columns[c].name);
        for (i, &(c, one)) in special.iter().enumerate() {
            let twice = special[..i].iter().find(|(other, _)| *other == c).map(|(_, other)| *other);
            let ignored = ignore.contains(&c).then_some("--ignore");
            if let Some(other) = twice.or(ignored) {
                let kind = ErrorKind::Conflict {
                    one: format!("{one} {}", name(c)),
                    other: format!("{other} {}", name(c)),
                    why: "a column has one role".into(),
                };
                errors.push(Error::new(kind));
            }
        }
        Error::many(errors).map_err(|e| e.at(Place::file(&table.name)))?;
        let features = (0..table.columns.len())
            .filter(|c| !targets.contains(c) && ![weight, group, time].contains(&Some(*c)))
            .filter(|c| !ignore.contains(c))
            .filter(|c| only.is_empty() || only.contains(c))
            .collect();
        Ok(Parts { targets, weight, features })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{numbers, table};

    fn four() -> Table {
        let column = |name| numbers(name, &[1.0, 2.0]);
        table("t.csv", vec![column("a"), column("b"), column("c"), column("d")])
    }

    #[test]
    fn names_numbers_and_the_rest() {
        let roles = Roles { target: vec!["-1".into()], weight: Some("2".into()), ..Roles::default() };
        let parts = roles.resolve(&four()).unwrap();
        assert_eq!((parts.targets, parts.weight, parts.features), (vec![3], Some(1), vec![0, 2]));
        let roles = Roles { target: vec!["a".into()], only: vec!["c".into()], ..Roles::default() };
        assert_eq!(roles.resolve(&four()).unwrap().features, [2]);
    }

    #[test]
    fn group_and_time_are_no_features() {
        let roles = Roles { group: Some("b".into()), time: Some("c".into()), ..Roles::default() };
        let parts = Roles { target: vec!["d".into()], ..roles.clone() }.resolve(&four()).unwrap();
        assert_eq!(parts.features, [0]);
        let Err(e) = Roles { target: vec!["b".into()], ..roles }.resolve(&four()) else {
            panic!("two roles")
        };
        assert_eq!(
            e.to_string().lines().next(),
            Some("--group `b` does not go with --target `b`: a column has one role")
        );
    }

    #[test]
    fn all_problems_at_once() {
        let roles = Roles {
            target: vec!["a".into(), "e".into()],
            weight: Some("a".into()),
            ignore: vec!["9".into()],
            ..Roles::default()
        };
        let Err(e) = roles.resolve(&four()) else { panic!("three problems") };
        let text = e.to_string();
        assert!(text.starts_with("3 problems"), "{text}");
        assert!(text.contains("there is no column `e`") && text.contains("there is no column `9`"), "{text}");
        assert!(
            text.contains("--weight-column `a` does not go with --target `a`: a column has one role"),
            "{text}"
        );
    }

    #[test]
    fn no_target_lists_the_columns() {
        let Err(e) = Roles::default().resolve(&four()) else { panic!("no target") };
        assert_eq!(e.hint_text(), Some("name the column to predict; there are `a`, `b`, `c`, `d`"));
    }
}
