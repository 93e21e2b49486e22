//! Columns that say what the target is: often made from it, or known only after it.

use std::collections::HashMap;

use super::{ENOUGH, Flag, LeakMeasure};
use crate::table::{Cells, MISSING, Numbers};

const CORRELATION: f64 = 0.95;
const PURITY: f64 = 0.99;
/// A column with more values determines the class by accident.
const FEW_LEVELS: usize = 100;
/// A number target with at most so many values may be classes.
const FEW_CLASSES: usize = 20;

/// Knows the target and judges the other columns by it.
pub(super) struct Judge<'t> {
    number: Option<&'t Numbers>,
    /// The class of every row, [`MISSING`] where it is not known; `None` if the target is no classes.
    classes: Option<Vec<u32>>,
}

impl<'t> Judge<'t> {
    pub(super) fn new(target: &'t Cells) -> Self {
        match target {
            Cells::Number(numbers) => Judge { number: Some(numbers), classes: codes(target, FEW_CLASSES) },
            cells => Judge { number: None, classes: codes(cells, usize::MAX) },
        }
    }

    /// The same, for a target that names classes: that numbers grow with theirs says nothing.
    pub(super) fn of_classes(self) -> Self {
        Judge { number: None, ..self }
    }

    /// The leaks through a column, which has `distinct` values.
    pub(super) fn leaks(&self, column: &Cells, distinct: usize) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let (Some(y), Cells::Number(x)) = (self.number, column) {
            let r = correlation(x, y).filter(|r| r.abs() > CORRELATION);
            flags.extend(r.map(|value| Flag::Leak { by: LeakMeasure::Correlation, value }));
        }
        if let (true, Some(classes)) = (flags.is_empty() && distinct <= FEW_LEVELS, &self.classes) {
            let pure = codes(column, FEW_LEVELS).and_then(|codes| purity(&codes, classes, distinct));
            flags.extend(pure.map(|value| Flag::Leak { by: LeakMeasure::Purity, value }));
        }
        flags
    }
}

/// A code for every row, [`MISSING`] for an empty cell; `None` for text and for numbers of more than `most` values.
fn codes(cells: &Cells, most: usize) -> Option<Vec<u32>> {
    let numbers = match cells {
        Cells::Category { codes, .. } => return Some(codes.clone()),
        Cells::Text { .. } => return None,
        Cells::Number(numbers) => numbers,
    };
    let mut code_of: HashMap<u64, u32> = HashMap::new();
    let mut codes = Vec::with_capacity(numbers.len());
    for row in 0..numbers.len() {
        // Adding 0 makes one zero of both.
        let value = numbers.get(row) + 0.0;
        if value.is_nan() {
            codes.push(MISSING);
            continue;
        }
        let next = code_of.len() as u32;
        codes.push(*code_of.entry(value.to_bits()).or_insert(next));
        if code_of.len() > most {
            return None;
        }
    }
    Some(codes)
}

/// Pearson's r over the rows where both are known; `None` for few rows or a constant.
fn correlation(x: &Numbers, y: &Numbers) -> Option<f64> {
    let pairs = || (0..x.len()).map(|r| (x.get(r), y.get(r))).filter(|(x, y)| !x.is_nan() && !y.is_nan());
    let n = pairs().count();
    if n < ENOUGH {
        return None;
    }
    let n = n as f64;
    let (mean_x, mean_y) = pairs().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    Some(xy / (xx.sqrt() * yy.sqrt())).filter(|r| r.is_finite())
}

/// The share of rows whose class is the most frequent one of their value, if that is more than luck.
fn purity(codes: &[u32], classes: &[u32], distinct: usize) -> Option<f64> {
    let mut counts: HashMap<(u32, u32), usize> = HashMap::new();
    let mut of_class: HashMap<u32, usize> = HashMap::new();
    let mut rows = 0;
    for (&code, &class) in codes.iter().zip(classes) {
        if code != MISSING && class != MISSING {
            *counts.entry((code, class)).or_default() += 1;
            *of_class.entry(class).or_default() += 1;
            rows += 1;
        }
    }
    if rows < ENOUGH || distinct * 5 > rows || of_class.len() < 2 {
        return None;
    }
    let mut best: HashMap<u32, usize> = HashMap::new();
    for ((code, _), count) in counts {
        let most = best.entry(code).or_default();
        *most = count.max(*most);
    }
    let share = |n: usize| n as f64 / rows as f64;
    let pure = share(best.values().sum());
    let guess = share(of_class.values().copied().max().unwrap_or(0));
    // A rare class makes every column pure; half of what a guess gets wrong must be explained.
    (pure > PURITY && 1.0 - pure < 0.5 * (1.0 - guess)).then_some(pure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(f: impl Fn(usize) -> f64) -> Cells {
        Cells::Number(Numbers::F64((0..100).map(f).collect()))
    }

    fn category(f: impl Fn(usize) -> u32) -> Cells {
        let levels = (0..50).map(|l| l.to_string()).collect();
        Cells::Category { codes: (0..100).map(f).collect(), levels }
    }

    #[test]
    fn a_number_made_from_the_target_is_seen() {
        let y = number(|i| i as f64);
        let judge = Judge::new(&y);
        let leaks = judge.leaks(&number(|i| if i == 3 { f64::NAN } else { 5.0 - 2.0 * i as f64 }), 99);
        assert!(
            matches!(leaks[..], [Flag::Leak { by: LeakMeasure::Correlation, value }] if (value + 1.0).abs() < 1e-12)
        );
        assert!(judge.leaks(&number(|i| (i * 37 % 100) as f64), 100).is_empty());
        assert!(judge.leaks(&number(|_| 1.0), 1).is_empty());
    }

    #[test]
    fn a_category_that_determines_the_class_is_seen() {
        let classes = category(|i| (i % 2) as u32);
        let judge = Judge::new(&classes);
        let leak = [Flag::Leak { by: LeakMeasure::Purity, value: 1.0 }];
        assert_eq!(judge.leaks(&category(|i| (i % 4) as u32), 4), leak);
        assert_eq!(judge.leaks(&number(|i| (i % 4) as f64 - 1.0), 4), leak);
        assert!(judge.leaks(&category(|i| (i % 3) as u32), 3).is_empty());
        assert!(
            judge.leaks(&category(|i| (i % 50) as u32), 50).is_empty(),
            "too many levels for so few rows"
        );
        let target = number(|i| (i % 2) as f64);
        assert_eq!(Judge::new(&target).leaks(&category(|i| (i % 4) as u32), 4), leak);
    }

    #[test]
    fn a_rare_class_is_no_leak() {
        let classes = category(|i| u32::from(i == 7));
        assert!(Judge::new(&classes).leaks(&category(|i| (i % 3) as u32), 3).is_empty());
    }
}
