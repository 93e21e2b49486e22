//! Training and validation rows of each repeat.

use super::Study;
use crate::noisy::Noisy;
use crate::points::stream;
use feedforward_base::{Dice, Error, ErrorKind, Place, Purpose, Result};
use feedforward_data::prepare;
use feedforward_data::split::Rule;
use feedforward_data::table::{Cells, Column, Numbers, Table};
use std::borrow::Cow;

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum Source<'a> {
    /// Every repeat draws fresh rows.
    Drawn {
        /// Of what.
        noisy: Noisy,
        /// Training rows at most.
        rows: usize,
    },
    /// Every repeat divides a table anew at random: classes evenly, groups whole.
    Table {
        /// The user's rows.
        table: &'a Table,
        /// The share that is kept for validation.
        share: f64,
    },
}

/// The rows of one repeat.
pub(crate) struct Parts<'a> {
    table: Cow<'a, Table>,
    train: Vec<u32>,
    /// Rows that no training of this repeat is given.
    pub(crate) valid: Table,
}

/// Drawn validation rows.
const VALID: usize = 500;

impl Parts<'_> {
    /// Number of training rows.
    pub(crate) fn rows(&self) -> usize {
        self.train.len()
    }
    /// The first `n` training rows, with the shares of the classes as even as may be; more rows, the same and others.
    ///
    /// # Errors
    /// Cells lie in a file that cannot be read.
    pub(crate) fn first(&self, n: usize) -> Result<Table> {
        self.table.pick(&self.train[..n.min(self.train.len())])
    }
}

impl Study<'_> {
    /// The parts of every repeat.
    ///
    /// # Errors
    /// A share that leaves no rows, a target that cannot be.
    pub(crate) fn parts(&self) -> Result<Vec<Parts<'_>>> {
        match &self.source {
            Source::Drawn { noisy, rows } => {
                Ok((0..self.repeats).map(|r| drawn(noisy, *rows, self.seed(r))).collect())
            }
            Source::Table { table, share } => self.divided(table, *share),
        }
    }

    fn divided<'t>(&self, table: &'t Table, share: f64) -> Result<Vec<Parts<'t>>> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::bad_value("--validation", share, "above 0 and below 1"));
        }
        let strata = prepare::strata(table, &self.ask.roles)?;
        let rule = prepare::rule(table, &self.ask.roles, true)?;
        if matches!(rule, Rule::Time { .. }) {
            let why = "it divides at random again and again, and there is one division by time only".into();
            let other = "an error that is measured repeatedly".into();
            return Err(Error::new(ErrorKind::Conflict { one: "--time".into(), other, why })
                .hint("use `ff cross-validate` for rows in time"));
        }
        let one = |r: usize| {
            let dice = Dice::new(self.seed(r));
            let mut parts = rule
                .shares(table.rows, &[1.0 - share, share], dice)
                .map_err(|e| e.at(Place::file(&table.name)))?;
            let valid = table.pick(&parts.pop().unwrap_or_default())?;
            let train = spread_out(parts.pop().unwrap_or_default(), strata.as_deref(), dice);
            Ok(Parts { table: Cow::Borrowed(table), train, valid })
        };
        (0..self.repeats).map(one).collect()
    }
}

fn drawn(noisy: &Noisy, rows: usize, seed: u64) -> Parts<'static> {
    let table = |n: usize, counter: u64| {
        let (x, y): (Vec<f64>, Vec<f64>) = noisy.points(n, stream(seed, counter)).into_iter().unzip();
        let column = |name: &str, cells| Column::new(name, Cells::Number(Numbers::F64(cells)));
        let columns = vec![column("x", x), column("y", y)];
        Table { name: noisy.function.name.into(), columns, rows: n, ..Table::default() }
    };
    Parts { table: Cow::Owned(table(rows, 8)), train: (0..rows as u32).collect(), valid: table(VALID, 9) }
}

/// Rows in random order so that the first n hold each class in its share, and of every class one before any has two.
fn spread_out(mut rows: Vec<u32>, strata: Option<&[u32]>, dice: Dice) -> Vec<u32> {
    dice.stream(Purpose::Experiment, &[10]).shuffle(&mut rows);
    let Some(strata) = strata else { return rows };
    let classes = strata.iter().max().map_or(0, |c| *c as usize + 1);
    let mut sizes = vec![0usize; classes];
    rows.iter().for_each(|r| sizes[strata[*r as usize] as usize] += 1);
    let mut met = vec![0usize; classes];
    let mut placed: Vec<(bool, f64, u32)> = rows
        .iter()
        .map(|r| {
            let class = strata[*r as usize] as usize;
            met[class] += 1;
            (met[class] > 1, (met[class] as f64 - 0.5) / sizes[class] as f64, *r)
        })
        .collect();
    // A stable sort: rows of equal place stay in their random order.
    placed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    placed.into_iter().map(|p| p.2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_hold_every_class_in_its_share() {
        // 60 rows of class 0, 30 of class 1, 2 of class 2.
        let strata: Vec<u32> = (0..92)
            .map(|i| {
                if i < 60 {
                    0
                } else if i < 90 {
                    1
                } else {
                    2
                }
            })
            .collect();
        let order = spread_out((0..92).collect(), Some(&strata), Dice::new(3));
        let count =
            |n: usize, class: u32| order[..n].iter().filter(|r| strata[**r as usize] == class).count();
        assert_eq!([count(3, 0), count(3, 1), count(3, 2)], [1, 1, 1]);
        for n in [12, 30, 60, 92] {
            let (a, b) = (count(n, 0) as f64, count(n, 1) as f64);
            assert!(
                (a - n as f64 * 60.0 / 92.0).abs() <= 2.0 && (b - n as f64 * 30.0 / 92.0).abs() <= 2.0,
                "{n}"
            );
        }
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..92).collect::<Vec<u32>>());
        assert_ne!(order, spread_out((0..92).collect(), Some(&strata), Dice::new(4)));
    }
}
