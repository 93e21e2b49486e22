//! The texts of categories: their order, and finding them again in another table.

use super::numbers::free_text;
use crate::source::is_truth;
use crate::table::{Cells, MISSING, Numbers, Table};
use feedforward_base::Result;
use std::collections::HashMap;

/// The code of a text that the training rows do not have.
pub(super) const UNSEEN: u32 = MISSING - 1;

/// By number where all are numbers, else by text.
pub(super) fn natural_order(levels: &mut [String]) {
    let number = |s: &String| s.parse::<f64>().unwrap_or(f64::NAN);
    if levels.iter().any(|l| number(l).is_nan()) {
        levels.sort();
    } else {
        levels.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    }
}

/// The shortest text of a number cell in its own precision: 3 is `3`, 0.1 in f32 is `0.1`.
pub(super) fn text(numbers: &Numbers, row: usize) -> String {
    match numbers {
        Numbers::U8(v) => v[row].to_string(),
        Numbers::F32(v) => v[row].to_string(),
        Numbers::F64(v) => v[row].to_string(),
    }
}

/// The distinct texts of some rows in natural order, and how many of the rows are empty.
pub(super) fn distinct(cells: &Cells, rows: &[u32]) -> (Vec<String>, usize) {
    let mut missing = 0;
    let mut found = Vec::new();
    match cells {
        Cells::Category { codes, levels } => {
            let mut seen = vec![false; levels.len()];
            for &r in rows {
                match codes[r as usize] {
                    MISSING => missing += 1,
                    code => seen[code as usize] = true,
                }
            }
            found.extend(levels.iter().zip(seen).filter(|(_, seen)| *seen).map(|(l, _)| l.clone()));
        }
        Cells::Number(numbers) => {
            let mut seen = HashMap::new();
            for &r in rows {
                let x = numbers.get(r as usize);
                if x.is_nan() {
                    missing += 1;
                } else if seen.insert(key(x), ()).is_none() {
                    found.push(text(numbers, r as usize));
                }
            }
        }
        Cells::Text { .. } => {}
    }
    natural_order(&mut found);
    (found, missing)
}

/// Equal numbers have equal keys: −0 is 0.
fn key(x: f64) -> u64 {
    (x + 0.0).to_bits()
}

/// A text that is not among the known ones.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stranger {
    pub(super) text: String,
    /// The first row that has it, counted from 0.
    pub(super) row: usize,
    pub(super) count: usize,
}

/// The cells of a column as indices into known levels.
pub(super) struct Coded {
    /// An index, [`MISSING`] or [`UNSEEN`].
    pub(super) codes: Vec<u32>,
    pub(super) missing: usize,
    /// In the order of their first rows.
    pub(super) strangers: Vec<Stranger>,
}

/// Find the cells of a column among `known`; a number cell is found by the text or the value that it has.
/// Free text, whose cells were not kept, is an error.
pub(super) fn find(table: &Table, column: usize, known: &[String]) -> Result<Coded> {
    let mut coded = Coded { codes: Vec::new(), missing: 0, strangers: Vec::new() };
    match &*table.columns[column].cells()? {
        Cells::Category { codes, levels } => {
            let index: HashMap<&str, u32> = known.iter().map(String::as_str).zip(0..).collect();
            let find = |l: &String| index.get(l.as_str()).copied().or_else(|| find_truth(l, known));
            let known: Vec<u32> = levels.iter().map(|l| find(l).unwrap_or(UNSEEN)).collect();
            let mut stranger = HashMap::new();
            coded.codes =
                codes.iter().map(|&c| if c == MISSING { MISSING } else { known[c as usize] }).collect();
            for row in 0..codes.len() {
                match coded.codes[row] {
                    MISSING => coded.missing += 1,
                    UNSEEN => {
                        let c = codes[row];
                        coded.strange(&mut stranger, u64::from(c), row, || levels[c as usize].clone());
                    }
                    _ => {}
                }
            }
        }
        Cells::Number(numbers) => {
            let index = by_value(numbers, known);
            let mut stranger = HashMap::new();
            coded.codes.reserve_exact(numbers.len());
            for row in 0..numbers.len() {
                let x = numbers.get(row);
                let code = if x.is_nan() { MISSING } else { index.get(&key(x)).copied().unwrap_or(UNSEEN) };
                coded.codes.push(code);
                match code {
                    MISSING => coded.missing += 1,
                    UNSEEN => coded.strange(&mut stranger, key(x), row, || text(numbers, row)),
                    _ => {}
                }
            }
        }
        Cells::Text { distinct, .. } => {
            let e = free_text(table, column, *distinct);
            return Err(e.hint("this column held categories in training; correct the file"));
        }
    }
    Ok(coded)
}

/// `True` is `true` where only one of them is known: readers differ in how they write truth values.
fn find_truth(text: &str, known: &[String]) -> Option<u32> {
    if !is_truth(text) {
        return None;
    }
    let mut alike = known.iter().zip(0..).filter(|(k, _)| k.eq_ignore_ascii_case(text)).map(|(_, code)| code);
    alike.next().filter(|_| alike.next().is_none())
}

/// The known texts by the number that they are in the precision of `numbers`. Of two texts of one number,
/// such as `1` and `1.0`, the shortest form counts.
fn by_value(numbers: &Numbers, known: &[String]) -> HashMap<u64, u32> {
    let mut index = HashMap::new();
    for (level, code) in known.iter().zip(0..) {
        let (value, shortest) = match numbers {
            Numbers::F32(_) => match level.parse::<f32>() {
                Ok(x) => (f64::from(x), x.to_string()),
                Err(_) => continue,
            },
            Numbers::U8(_) | Numbers::F64(_) => match level.parse::<f64>() {
                Ok(x) => (x, x.to_string()),
                Err(_) => continue,
            },
        };
        if shortest == *level {
            index.insert(key(value), code);
        } else {
            index.entry(key(value)).or_insert(code);
        }
    }
    index
}

impl Coded {
    fn strange(&mut self, at: &mut HashMap<u64, usize>, key: u64, row: usize, text: impl FnOnce() -> String) {
        let next = self.strangers.len();
        let i = *at.entry(key).or_insert(next);
        if i == next {
            self.strangers.push(Stranger { text: text(), row, count: 0 });
        }
        self.strangers[i].count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::testing::table;
    use crate::table::Column;

    fn find_in(cells: Cells, known: &[String]) -> Result<Coded> {
        find(&table("t", vec![Column::new("x", cells)]), 0, known)
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| t.to_string()).collect()
    }

    #[test]
    fn numbers_sort_as_numbers_and_mixtures_as_text() {
        let mut v = strings(&["10", "9", "-1", "2"]);
        natural_order(&mut v);
        assert_eq!(v, ["-1", "2", "9", "10"]);
        let mut v = strings(&["10", "9", "b"]);
        natural_order(&mut v);
        assert_eq!(v, ["10", "9", "b"]);
    }

    #[test]
    fn a_number_finds_the_category_that_it_was() {
        let known = strings(&["0.1", "1", "1.0", "2.0", "x"]);
        let f32s = Cells::Number(Numbers::F32(vec![0.1, 1.0, 2.0, f32::NAN, 7.0, 7.0]));
        let coded = find_in(f32s, &known).unwrap();
        assert_eq!(coded.codes, [0, 1, 3, MISSING, UNSEEN, UNSEEN]);
        assert_eq!(coded.missing, 1);
        assert_eq!(coded.strangers, [Stranger { text: "7".into(), row: 4, count: 2 }]);
        let f64s = Cells::Number(Numbers::F64(vec![0.1, -0.0]));
        assert_eq!(find_in(f64s, &strings(&["0", "0.1"])).unwrap().codes, [1, 0]);
    }

    #[test]
    fn categories_are_found_by_text() {
        let cells = Cells::Category { codes: vec![1, 0, 2, MISSING, 2], levels: strings(&["b", "a", "z"]) };
        let coded = find_in(cells.clone(), &strings(&["a", "b"])).unwrap();
        assert_eq!(coded.codes, [0, 1, UNSEEN, MISSING, UNSEEN]);
        assert_eq!(coded.strangers, [Stranger { text: "z".into(), row: 2, count: 2 }]);
        assert_eq!(distinct(&cells, &[0, 1, 3]), (strings(&["a", "b"]), 1));
        let truth = Cells::Category { codes: vec![0, 1, 2], levels: strings(&["True", "false", "yes"]) };
        assert_eq!(
            find_in(truth.clone(), &strings(&["YES", "false", "true"])).unwrap().codes,
            [2, 1, UNSEEN]
        );
        assert_eq!(find_in(truth, &strings(&["TRUE", "false", "true"])).unwrap().codes[0], UNSEEN);
        assert!(find_in(Cells::Text { distinct: 9, missing: 0 }, &[]).is_err());
    }
}
