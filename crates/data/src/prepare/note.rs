//! What a preparation did that its user should know.

use crate::describe::LeakMeasure;
use crate::drift::ColumnDrift;
use crate::table::Remark;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that preparation decided or met, with its numbers. No error: the result can be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Left out: one value in every training row.
    Constant {
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// Left out: no value in any training row.
    Empty {
        /// The column.
        column: String,
    },
    /// Left out: it counts the rows of the file.
    Counter {
        /// The column.
        column: String,
    },
    /// Left out: too many categories.
    ManyLevels {
        /// The column.
        column: String,
        /// How many it has in the training rows.
        levels: usize,
        /// How many were allowed.
        max: usize,
    },
    /// Left out: free text.
    FreeText {
        /// The column.
        column: String,
        /// How many distinct texts the reader met, at least.
        distinct: usize,
    },
    /// A number column was known as such when a number with leading zeros came: they are dropped.
    ZerosDropped {
        /// The column.
        column: String,
        /// The first such cell.
        text: String,
    },
    /// Categories or classes that differ in case or blanks only.
    LookAlike {
        /// The column.
        column: String,
        /// A text.
        one: String,
        /// Another that looks like it.
        other: String,
        /// How many texts look like another one before them.
        count: usize,
    },
    /// A target of whole numbers, by which nothing but their number decides what they are.
    WholeTarget {
        /// The column.
        column: String,
        /// Different numbers in the training rows.
        distinct: usize,
        /// Whether they were taken for classes.
        classes: bool,
    },
    /// Empty number cells where the training rows had none: the median stands in and cannot be told apart.
    MissingNumbers {
        /// The column.
        column: String,
        /// Empty cells.
        count: usize,
        /// What stands in.
        median: f64,
    },
    /// Empty category cells where the training rows had none: no input is set.
    MissingCategories {
        /// The column.
        column: String,
        /// Empty cells.
        count: usize,
    },
    /// Categories that the training rows do not have: no input is set.
    UnseenCategories {
        /// The column.
        column: String,
        /// The first of them.
        category: String,
        /// The line of the first of them in its file.
        line: u64,
        /// Rows with such a category.
        rows: usize,
        /// Distinct categories of that sort.
        distinct: usize,
    },
    /// Columns that the training table did not have: not used.
    ExtraColumns {
        /// Their names.
        columns: Vec<String>,
    },
    /// The target is there and cannot be used; only [`super::Want::TargetIfThere`] lets that pass.
    TargetUnusable {
        /// The first column that cannot.
        column: String,
        /// The first reason.
        why: String,
    },
    /// The weight column is not in the table: every row counts 1.
    NoWeights {
        /// The column.
        column: String,
    },
    /// Used columns that say almost exactly what the target is.
    Leaks {
        /// The target.
        target: String,
        /// They, each with how that was seen: r, or the share of rows.
        columns: Vec<(String, LeakMeasure, f64)>,
    },
    /// Used columns that number or name the rows.
    Identifiers {
        /// Their names.
        columns: Vec<String>,
    },
    /// A class with many more training rows than another.
    Imbalance {
        /// The target.
        column: String,
        /// The class with most rows, and their share.
        most: (String, f64),
        /// The class with fewest rows, and their share.
        least: (String, f64),
    },
    /// More epochs were asked for than a record holds.
    ManyEpochs {
        /// What was asked for.
        asked: u64,
        /// After which the run ends.
        most: u64,
    },
    /// Columns that reach the network as large numbers.
    Unscaled {
        /// They, each with its usual magnitude (the root of the mean square), the largest first.
        columns: Vec<(String, f64)>,
    },
    /// Columns almost all of whose numbers lie close together once they are scaled, because a few lie far out.
    Crammed {
        /// They, each with the share of the range in which 98 % of the rows lie.
        columns: Vec<(String, f64)>,
    },
    /// Columns that are distributed otherwise than in the training rows.
    Drift {
        /// What the table is called.
        table: String,
        /// The columns that differ most, at most [`Note::NAMED`].
        columns: Vec<ColumnDrift>,
        /// How many more there are.
        more: usize,
    },
}

impl Note {
    /// Columns that a note on drift tells by themselves.
    pub const NAMED: usize = 3;

    /// The note on what has drifted in a table of this name; none if nothing has.
    pub fn drift(table: &str, mut columns: Vec<ColumnDrift>) -> Option<Note> {
        let more = columns.len().saturating_sub(Note::NAMED);
        columns.truncate(Note::NAMED);
        (!columns.is_empty()).then(|| Note::Drift { table: table.into(), columns, more })
    }
}

impl From<&Remark> for Note {
    fn from(remark: &Remark) -> Note {
        match remark.clone() {
            Remark::ZerosDropped { column, text } => Note::ZerosDropped { column, text },
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Constant { column, value } => {
                write!(f, "`{column}` is {value} in every training row and is left out")
            }
            Note::Empty { column } => {
                write!(f, "`{column}` has no value in any training row and is left out")
            }
            Note::Counter { column } => {
                write!(
                    f,
                    "`{column}` only counts the rows and is left out (name it in `--features` to keep it)"
                )
            }
            Note::ManyLevels { column, levels, max } => write!(
                f,
                "`{column}` has {levels} categories, more than {max}, and is left out \
                 (`--max-levels {levels}` keeps it)"
            ),
            Note::FreeText { column, distinct } => {
                write!(f, "`{column}` is free text ({distinct} distinct values were counted) and is left out")
            }
            Note::ZerosDropped { column, text } => write!(
                f,
                "`{column}` holds numbers, and the zeros before `{text}` are dropped (`--type '{column}=category'` \
                 keeps them)"
            ),
            Note::LookAlike { column, one, other, count } => {
                write!(f, "`{column}` has texts that look alike and are kept apart: `{one}` and `{other}`")?;
                match count - 1 {
                    0 => {}
                    more => write!(f, " and {more} more")?,
                }
                f.write_str("; write them alike if they mean the same")
            }
            Note::WholeTarget { column, distinct, classes: true } => write!(
                f,
                "`{column}` has {distinct} different whole numbers and is taken as classes; `--task regression` \
                 predicts the number"
            ),
            Note::WholeTarget { column, distinct, classes: false } => write!(
                f,
                "`{column}` has {distinct} different whole numbers and is taken as a number; `--task \
                 classification` takes them as classes"
            ),
            Note::MissingNumbers { column, count, median } => write!(
                f,
                "`{column}` is empty in {} and never was in training: its median {median} stands in",
                rows(*count)
            ),
            Note::MissingCategories { column, count } => write!(
                f,
                "`{column}` is empty in {} and never was in training: none of its inputs is set",
                rows(*count)
            ),
            Note::UnseenCategories { column, category, line, rows: n, distinct } => {
                write!(f, "`{column}` has categories that training never saw in {}: ", rows(*n))?;
                write!(f, "`{category}` in row {line}")?;
                match distinct - 1 {
                    0 => {}
                    more => write!(f, " and {more} other{}", if more == 1 { "" } else { "s" })?,
                }
                f.write_str("; none of its inputs is set there")
            }
            Note::ExtraColumns { columns } => {
                write!(f, "not used, because training did not have it: {}", names(columns))
            }
            Note::TargetUnusable { column, why } => {
                write!(f, "the target `{column}` is there and not used: {why}")
            }
            Note::NoWeights { column } => {
                write!(f, "there is no weight column `{column}`: every row counts 1")
            }
            Note::Leaks { target, columns } => write_leaks(f, target, columns),
            Note::Identifiers { columns } => write_identifiers(f, columns),
            Note::Imbalance { column, most, least } => write!(
                f,
                "`{column}` is `{}` in {} of the training rows and `{}` in {}: accuracy says little about the rare \
                 classes (`--class-weight balanced` makes all count alike)",
                most.0,
                percent(most.1),
                least.0,
                percent(least.1)
            ),
            Note::ManyEpochs { asked, most } => write!(
                f,
                "a record holds {most} epochs: the run ends there at the latest, and not after {asked} (with a smaller \
                 `--batch-size` an epoch has more steps)"
            ),
            Note::Unscaled { columns } => {
                let named = some(columns, |size| format!("usually {}", rounded(size)));
                write!(
                    f,
                    "large numbers reach the network unscaled: {named}; other columns drown beside them, and units \
                     saturate (`--scaling standardise`)"
                )
            }
            Note::Crammed { columns } => {
                let named =
                    some(columns, |share| format!("98 % of its rows in {} of its range", percent(share)));
                write!(
                    f,
                    "a few numbers lie far out, and the others close together: {named} (`--scaling robust`)"
                )
            }
            Note::Drift { table, columns, more } => write_drift(f, table, columns, *more),
        }
    }
}

fn write_leaks(
    f: &mut fmt::Formatter<'_>,
    target: &str,
    columns: &[(String, LeakMeasure, f64)],
) -> fmt::Result {
    for (i, (column, by, value)) in columns.iter().enumerate().take(Note::NAMED) {
        let comma = if i > 0 { ", " } else { "" };
        match by {
            LeakMeasure::Correlation => write!(f, "{comma}`{column}` (correlation {value:.2})")?,
            LeakMeasure::Purity => write!(f, "{comma}`{column}` (alone right in {:.0} %)", 100.0 * value)?,
        }
    }
    if let Some(more) = columns.len().checked_sub(Note::NAMED).filter(|more| *more > 0) {
        write!(f, " and {more} more")?;
    }
    let all = columns.iter().map(|c| c.0.as_str()).collect::<Vec<_>>().join(",");
    write!(f, " may give `{target}` away; leave out what is not known beforehand (`--ignore {all}`)")
}

/// The first columns, each with its number in brackets, and how many more there are.
fn some(columns: &[(String, f64)], number: impl Fn(f64) -> String) -> String {
    let named = columns.iter().take(Note::NAMED).map(|(name, x)| format!("`{name}` ({})", number(*x)));
    let named = named.collect::<Vec<_>>().join(", ");
    match columns.len().saturating_sub(Note::NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Three digits: `38.5`, `1230`, `1.23e9`.
fn rounded(x: f64) -> String {
    match x.abs() {
        0.0..100.0 => format!("{x:.1}"),
        100.0..1e6 => format!("{x:.0}"),
        _ => format!("{x:.2e}"),
    }
}

fn write_identifiers(f: &mut fmt::Formatter<'_>, columns: &[String]) -> fmt::Result {
    let (seem, they_say) = if columns.len() == 1 { ("seems", "it says") } else { ("seem", "they say") };
    let (named, all) = (names(columns), columns.join(","));
    write!(
        f,
        "{named} {seem} only to tell the rows apart: {they_say} nothing about new ones (`--ignore {all}`)"
    )
}

fn write_drift(f: &mut fmt::Formatter<'_>, table: &str, columns: &[ColumnDrift], more: usize) -> fmt::Result {
    let told = columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    write!(f, "`{table}` differs from the training rows: {told}")?;
    match more {
        0 => {}
        1 => f.write_str(" and 1 more column differs")?,
        more => write!(f, " and {more} more columns differ")?,
    }
    f.write_str("; expect more errors than in validation")
}

/// `1 %`, `0.2 %`.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 1.0 { format!("{percent:.2} %") } else { format!("{percent:.0} %") }
}

/// `a`, `b` and 7 more.
fn names(columns: &[String]) -> String {
    let named = columns.iter().take(5).map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
    match columns.len().saturating_sub(5) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn rows(n: usize) -> String {
    format!("{n} row{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_name_column_and_count() {
        let note = Note::UnseenCategories {
            column: "city".into(),
            category: "Ulm".into(),
            line: 17,
            rows: 3,
            distinct: 2,
        };
        assert_eq!(
            note.to_string(),
            "`city` has categories that training never saw in 3 rows: `Ulm` in row 17 and 1 other; none of its \
             inputs is set there"
        );
        let note = Note::ManyLevels { column: "zip".into(), levels: 4123, max: 64 };
        assert!(note.to_string().contains("`--max-levels 4123`"));
        let note =
            Note::Imbalance { column: "y".into(), most: ("no".into(), 0.986), least: ("yes".into(), 0.0035) };
        assert!(
            note.to_string().starts_with("`y` is `no` in 99 % of the training rows and `yes` in 0.35 %: ")
        );
        let leaks = ["a", "b", "c", "d"].map(|c| (c.to_string(), LeakMeasure::Correlation, -0.9876));
        let note = Note::Leaks { target: "y".into(), columns: leaks.to_vec() };
        assert_eq!(
            note.to_string(),
            "`a` (correlation -0.99), `b` (correlation -0.99), `c` (correlation -0.99) and 1 more may give `y` \
             away; leave out what is not known beforehand (`--ignore a,b,c,d`)"
        );
        let note = Note::Identifiers { columns: vec!["id".into(), "key".into()] };
        assert_eq!(
            note.to_string(),
            "`id`, `key` seem only to tell the rows apart: they say nothing about new ones (`--ignore id,key`)"
        );
        let text = Note::ManyEpochs { asked: 9_000_000, most: 150_000 }.to_string();
        assert!(text.starts_with(
            "a record holds 150000 epochs: the run ends there at the latest, and not after 9000000 ("
        ));
        let columns = vec![("income".into(), 52_345.6), ("age".into(), 38.54)];
        let text = Note::Unscaled { columns }.to_string();
        assert!(text.contains("unscaled: `income` (usually 52346), `age` (usually 38.5);"), "{text}");
        let note = Note::ExtraColumns { columns: (1..=7).map(|i| i.to_string()).collect() };
        assert!(note.to_string().ends_with("`5` and 2 more"));
    }
}
