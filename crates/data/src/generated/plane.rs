//! Tables of two numbers and a class.

use crate::table::{Cells, Column, Numbers};

/// The columns `x1`, `x2` and `class` from (x1, x2, class) per row; classes are numbered and called by
/// `names`.
pub(super) fn columns(rows: impl Iterator<Item = (f64, f64, usize)>, names: &[&str]) -> Vec<Column> {
    let (mut x1, mut x2, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    for (a, b, class) in rows {
        x1.push(a as f32);
        x2.push(b as f32);
        classes.push(class);
    }
    vec![number("x1", x1), number("x2", x2), category("class", &classes, names)]
}

/// A column of numbers.
pub(super) fn number(name: &str, values: Vec<f32>) -> Column {
    Column::new(name, Cells::Number(Numbers::F32(values)))
}

/// A column of classes, its levels in the order of their first rows as in every table.
fn category(name: &str, classes: &[usize], names: &[&str]) -> Column {
    let mut levels: Vec<usize> = Vec::new();
    let mut code = |&class: &usize| {
        let known = levels.iter().position(|l| *l == class);
        known.unwrap_or_else(|| {
            levels.push(class);
            levels.len() - 1
        }) as u32
    };
    let codes = classes.iter().map(&mut code).collect();
    let levels = levels.iter().map(|&l| names[l].to_string()).collect();
    Column::new(name, Cells::Category { codes, levels })
}
