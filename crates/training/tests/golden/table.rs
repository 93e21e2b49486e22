//! The table that golden runs learn from, made by integer arithmetic that a reader can redo.

use feedforward_data::table::{Cells, Column, MISSING, Numbers, Table};

/// Rows; a quarter of them judge where a share is kept apart, and 120 teach.
const ROWS: u32 = 160;

/// What can be learned.
pub(crate) const TARGETS: [&str; 7] = ["two", "three", "y", "y2", "count", "left", "right"];
/// Columns with a role of their own.
pub(crate) const ROLES: [&str; 3] = ["weight", "group", "time"];

/// A number from −1 to 1 for row `r` = 1, 2, … of column `k`.
fn number(r: u32, k: u32) -> f64 {
    f64::from((r * r * (2 * k + 3) + r * (11 * k + 5) + 7 * k) % 1009) / 504.5 - 1.0
}

/// Numbers with and without empty cells, bytes, categories of two and of four levels with empty cells; targets of every
/// kind; a weight, a group and a time.
pub(crate) fn made() -> Table {
    table(1..=ROWS)
}

/// Other rows of the same kind, for validation.
pub(crate) fn others() -> Table {
    table(ROWS + 1..=ROWS + 50)
}

/// [`made`] without categories and empty cells.
pub(crate) fn numbers_only() -> Table {
    let mut table = made();
    table.columns.retain(|c| !["b", "colour", "side"].contains(&c.name.as_str()));
    table
}

fn table(rows: std::ops::RangeInclusive<u32>) -> Table {
    let each = |f: &dyn Fn(u32) -> f64| Cells::Number(Numbers::F64(rows.clone().map(f).collect()));
    let words = |f: &dyn Fn(u32) -> Option<&'static str>| category(rows.clone().map(f));
    let y = |r: u32| number(r, 0) + 0.5 * number(r, 2) * number(r, 3) - 0.25;
    let bits = |r: u32, k: u32| f64::from(u8::from(y(r) > 0.2 * f64::from(k)));
    let columns = [
        ("a", each(&|r| number(r, 0))),
        ("b", each(&|r| if r % 13 == 5 { f64::NAN } else { number(r, 1) })),
        ("c", Cells::Number(Numbers::F32(rows.clone().map(|r| 1e3 * number(r, 2) as f32).collect()))),
        ("d", each(&|r| number(r, 3).powi(3))),
        ("e", Cells::Number(Numbers::U8(rows.clone().map(|r| (r * 77 % 251) as u8).collect()))),
        (
            "colour",
            words(&|r| (r % 29 != 3).then(|| ["red", "green", "blue", "grey"][(r * r % 11 % 4) as usize])),
        ),
        ("side", words(&|r| Some(["in", "out"][(r * 5 % 7 % 2) as usize]))),
        ("weight", each(&|r| 0.5 + 0.5 * f64::from(r % 4))),
        ("group", each(&|r| f64::from(r / 4))),
        ("time", each(&|r| f64::from(3 * (ROWS * 2 - r)))),
        ("two", words(&|r| Some(if y(r) > 0.0 { "yes" } else { "no" }))),
        (
            "three",
            words(&|r| {
                Some(if y(r) < -0.4 {
                    "low"
                } else if y(r) < 0.1 {
                    "middle"
                } else {
                    "high"
                })
            }),
        ),
        ("y", each(&y)),
        ("y2", each(&|r| 40.0 * y(r) * number(r, 1) + 7.0)),
        ("count", each(&|r| (3.0 + 3.0 * number(r, 0)).floor())),
        ("left", each(&|r| bits(r, 0))),
        ("right", each(&|r| bits(r, 1))),
    ];
    let columns = columns.into_iter().map(|(name, cells)| Column::new(name, cells)).collect();
    Table { name: "made".into(), columns, rows: rows.count(), ..Table::default() }
}

fn category(cells: impl Iterator<Item = Option<&'static str>>) -> Cells {
    let (mut codes, mut levels) = (Vec::new(), Vec::<String>::new());
    for cell in cells {
        let code = |name: &str| {
            levels.iter().position(|l| l == name).unwrap_or_else(|| {
                levels.push(name.into());
                levels.len() - 1
            })
        };
        codes.push(cell.map(code).map_or(MISSING, |code| code as u32));
    }
    Cells::Category { codes, levels }
}
