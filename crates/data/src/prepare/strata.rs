//! Classes of a raw table, for splits that keep their shares.

use super::target::Target;
use super::{PrepareOptions, Roles, Targets};
use crate::table::Table;
use feedforward_base::Result;

/// The class of each row if the target is a classification by the rule of [`super::Preparation::fit`] on all
/// rows, `None` if it is numbers.
///
/// # Errors
/// As [`super::Preparation::fit`] for roles and target.
pub fn strata(table: &Table, roles: &Roles) -> Result<Option<Vec<u32>>> {
    let columns = roles.resolve(table)?.targets;
    let all: Vec<u32> = (0..table.rows as u32).collect();
    let target = Target::fit(table, &all, &columns, roles, &PrepareOptions::default())?;
    match target {
        Target::Classes { .. } => match target.apply::<f32>(table, &columns)? {
            Targets::Classes(classes) => Ok(Some(classes)),
            Targets::Numbers { .. } | Targets::None => Ok(None),
        },
        Target::Numbers { .. } => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::{categories, numbers, table};

    #[test]
    fn classes_have_strata_and_numbers_have_none() {
        let t = table("t.csv", vec![categories("c", &["b", "a", "b"]), numbers("x", &[1.5, 2.0, 3.0])]);
        let roles = |name: &str| Roles { target: vec![name.into()], ..Roles::default() };
        assert_eq!(strata(&t, &roles("c")).unwrap(), Some(vec![1, 0, 1]));
        assert_eq!(strata(&t, &roles("x")).unwrap(), None);
        assert!(strata(&t, &roles("y")).is_err());
    }
}
