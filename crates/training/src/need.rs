//! What training and judging take at least under a limit on memory, before they begin.

use feedforward_base::{Error, Result};
use feedforward_data::memory::{Limit, in_mebibytes};

/// What the program takes by itself.
const PROGRAM: u64 = 20 << 20;
/// A column: its names, and what is kept of it.
const OF_A_COLUMN: u64 = 2 << 10;
/// A row: its place in the order, its target, its line.
const OF_A_ROW: u64 = 32;
/// A row that is judged: its truth and its rank, ...
const OF_A_JUDGED_ROW: u64 = 48;
/// ... and what each output says of it.
const OF_AN_OUTPUT: u64 = 16;

/// What cannot lie in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Need {
    /// Bytes of all networks with their optimizers.
    pub networks: u64,
    /// Columns of the table.
    pub columns: usize,
    /// Rows of the table.
    pub rows: usize,
    /// Rows that are judged.
    pub judged: usize,
    /// What is said of each.
    pub outputs: usize,
}

impl Need {
    /// The bytes that it takes together with rows on their way, which take a quarter.
    fn least(&self) -> u64 {
        let judged = self.judged as u64 * (OF_A_JUDGED_ROW + self.outputs as u64 * OF_AN_OUTPUT);
        let columns = self.columns as u64 * OF_A_COLUMN;
        (PROGRAM + self.networks + columns + self.rows as u64 * OF_A_ROW + judged) * 4 / 3
    }

    /// Refuse what the limit does not hold.
    ///
    /// # Errors
    /// It takes more; the hint says how much.
    pub fn check(&self, limit: Option<&Limit>) -> Result<()> {
        let least = self.least();
        let Some(limit) = limit.filter(|limit| least > limit.bytes) else { return Ok(()) };
        let most = format!("at most the {} that are left of --memory", in_mebibytes(limit.bytes));
        let e = Error::bad_value("the memory that this takes", in_mebibytes(least), most);
        let times = limit.shared.max(1) as u64;
        Err(e.hint(format!(
            "pass --memory {}M{}, or take fewer rows or units",
            (least * times).div_ceil(1 << 20),
            if times > 1 { ", or fewer --threads" } else { "" }
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_says_what_is_enough() {
        let need = Need { columns: 10, rows: 1_000_000, judged: 100_000, outputs: 1, ..Need::default() };
        let limit = |bytes, shared| Limit { bytes, folder: ".".into(), shared };
        let said = |limit: Limit| need.check(Some(&limit)).unwrap_err().to_string();
        let text = said(limit(40 << 20, 1));
        assert!(text.starts_with("the memory that this takes is `76 MiB`"), "{text}");
        assert!(text.ends_with("hint: pass --memory 76M, or take fewer rows or units"), "{text}");
        assert!(said(limit(40 << 20, 2)).contains("--memory 152M, or fewer --threads, or"));
        assert!(need.check(Some(&limit(76 << 20, 1))).is_ok() && need.check(None).is_ok());
    }
}
