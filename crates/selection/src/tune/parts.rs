//! The rows of a search: those that it may look at, and those that judge its winner once.

use feedforward_base::{Dice, Error, Place, Result};
use feedforward_data::prepare::{self, Roles};
use feedforward_data::table::Table;

/// Which rows judge the winner.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// None: the winner is not judged.
    None,
    /// A share of the table, above 0 and below 1.
    Share(f64),
    /// Rows of their own.
    Table(Table),
}

/// The rows of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// Rows to train on and to choose by.
    pub rest: Table,
    /// Rows that nothing but the winner's judgement looks at.
    pub test: Option<Table>,
}

impl Parts {
    /// Set the test rows aside before anything else, with every class's share, as `ff split --stratify` does with the
    /// same seed; where a column says so, whole groups or the latest rows, as `--group` and `--time` do.
    ///
    /// # Errors
    /// A share that is not above 0 and below 1; a table that is too small for it; a target that is not there.
    pub fn new(table: Table, test: Test, roles: &Roles, seed: u64) -> Result<Parts> {
        let share = match test {
            Test::None => return Ok(Parts { rest: table, test: None }),
            Test::Table(test) => return Ok(Parts { rest: table, test: Some(test) }),
            Test::Share(share) => share,
        };
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::bad_value("--test-share", share, "above 0 and below 1"));
        }
        let rule = prepare::rule(&table, roles, true)?;
        let parts = rule.shares(table.rows, &[1.0 - share, share], Dice::new(seed));
        let parts = parts.map_err(|e| e.at(Place::file(&table.name)))?;
        Ok(Parts { rest: table.pick(&parts[0])?, test: Some(table.pick(&parts[1])?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_data::generated;

    #[test]
    fn test_rows_are_set_aside_class_by_class() {
        let (set, recipe) = generated::parse("moons:rows=200").unwrap().unwrap();
        let table = set.generate(&recipe).unwrap();
        let roles = Roles { target: vec!["class".into()], ..Roles::default() };
        let parts = Parts::new(table.clone(), Test::Share(0.25), &roles, 1).unwrap();
        assert_eq!((parts.rest.rows, parts.test.as_ref().map(|t| t.rows)), (150, Some(50)));
        assert_ne!(Parts::new(table.clone(), Test::Share(0.25), &roles, 2).unwrap(), parts);
        let lines = |t: &Table| (0..t.rows).map(|r| t.line(r)).collect::<Vec<_>>();
        let mut all = [lines(&parts.rest), lines(&parts.test.unwrap())].concat();
        all.sort_unstable();
        assert_eq!(all, lines(&table));
        for bad in [0.0, 1.0, f64::NAN] {
            assert!(Parts::new(table.clone(), Test::Share(bad), &roles, 1).is_err(), "{bad}");
        }
    }
}
