//! What a preparation did that its user should know.

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
                let named = columns.iter().take(5).map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
                match columns.len().saturating_sub(5) {
                    0 => write!(f, "not used, because training did not have it: {named}"),
                    more => write!(f, "not used, because training did not have it: {named} and {more} more"),
                }
            }
            Note::TargetUnusable { column, why } => {
                write!(f, "the target `{column}` is there and not used: {why}")
            }
            Note::NoWeights { column } => {
                write!(f, "there is no weight column `{column}`: every row counts 1")
            }
        }
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
        let note = Note::ExtraColumns { columns: (1..=7).map(|i| i.to_string()).collect() };
        assert!(note.to_string().ends_with("`5` and 2 more"));
    }
}
