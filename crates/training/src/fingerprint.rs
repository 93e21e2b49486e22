//! Fingerprints of content: SHA-256, in hexadecimal, of what a table or a set of parameters says, not of a file.
//!
//! The same cells have the same fingerprint whether they were read from CSV, Parquet or NPY, picked from a larger
//! table or drawn, and whatever the file is called. The bytes of a table are, with every count and code
//! little-endian and every text led by its length in bytes (8 bytes):
//!
//! * `feedforward table 1`, the number of rows (8 bytes), the number of columns (8 bytes); then for each column
//! * its name, one byte for its kind, and its cells:
//!   * 0, numbers that are all whole and in 0..=255: one byte each;
//!   * 1, other numbers: the bits of the f64, 8 bytes each, an empty cell as 7ff8000000000000, −0 as 0, a fraction
//!     rounded as the reader does ([`kept`]);
//!   * 2, categories: the number of levels that occur (8 bytes), their texts in the order of their first appearance,
//!     then a code for each row (4 bytes), ffffffff for an empty cell;
//!   * 3, free text: nothing more, for its cells are not kept.

use crate::model::Theta;
use feedforward_base::Result;
use feedforward_data::prepare::{Prepared, Targets};
use feedforward_data::source::kept;
use feedforward_data::table::{Cells, Column, MISSING, Numbers, Table};
use feedforward_kernels::Element;
use sha2::{Digest, Sha256};

/// The fingerprint of a table's columns and rows, in their order; its name and its lines do not count.
///
/// # Errors
/// Cells lie in a file that cannot be read.
pub fn of_table(table: &Table) -> Result<String> {
    let mut hash = Sha256::new();
    text(&mut hash, "feedforward table 1");
    count(&mut hash, table.rows);
    count(&mut hash, table.columns.len());
    table.columns.iter().try_for_each(|c| column(&mut hash, c))?;
    Ok(hex(hash))
}

/// The names of a table's columns, each with a fingerprint of its own.
///
/// # Errors
/// Cells lie in a file that cannot be read.
pub fn of_columns(table: &Table) -> Result<Vec<(String, String)>> {
    let one = |c: &Column| {
        let mut hash = Sha256::new();
        column(&mut hash, c)?;
        Ok((c.name.clone(), hex(hash)))
    };
    table.columns.iter().map(one).collect()
}

/// The fingerprint of parameters: `feedforward theta 1 f32` (or `f64`) as text, their number (8 bytes), and their
/// little-endian bits in the layout of [`feedforward_network::Layout`].
pub fn of_theta(theta: &Theta) -> String {
    match theta {
        Theta::F32(theta) => of_parameters(theta),
        Theta::F64(theta) => of_parameters(theta),
    }
}

fn of_parameters<T: Element>(theta: &[T]) -> String {
    let mut hash = Sha256::new();
    text(&mut hash, &format!("feedforward theta 1 f{}", 8 * T::BYTES));
    numbers(&mut hash, theta);
    hex(hash)
}

/// The fingerprint of the parameters of networks that are trained side by side: of one network [`of_theta`]; of
/// several `feedforward networks 1`, their number, and the fingerprint of each, as texts.
pub fn of_networks<'a, T: Element>(mut thetas: impl ExactSizeIterator<Item = &'a [T]>) -> String {
    if thetas.len() == 1 {
        return thetas.next().map(of_parameters).unwrap_or_default();
    }
    let mut hash = Sha256::new();
    text(&mut hash, "feedforward networks 1");
    count(&mut hash, thetas.len());
    thetas.for_each(|theta| text(&mut hash, &of_parameters(theta)));
    hex(hash)
}

/// The fingerprint of a prepared table: `feedforward prepared 1 f32` (or `f64`) as text, then inputs, targets and, if
/// there are any, weights, each led by the number of its numbers.
///
/// # Errors
/// Rows lie in a file that cannot be read.
pub fn of_prepared<T: Element>(table: &Prepared<T>) -> Result<String> {
    let mut hash = Sha256::new();
    text(&mut hash, &format!("feedforward prepared 1 f{}", 8 * T::BYTES));
    count(&mut hash, table.rows * table.inputs);
    table.each(|some| plain(&mut hash, some))?;
    match &table.targets {
        Targets::None => count(&mut hash, 0),
        Targets::Classes(classes) => {
            count(&mut hash, classes.len());
            each(&mut hash, classes.iter().map(|class| class.to_le_bytes()));
        }
        Targets::Numbers { data, .. } => numbers(&mut hash, data),
    }
    if let Some(weights) = &table.weights {
        numbers(&mut hash, weights);
    }
    Ok(hex(hash))
}

fn numbers<T: Element>(hash: &mut Sha256, all: &[T]) {
    count(hash, all.len());
    plain(hash, all);
}

fn plain<T: Element>(hash: &mut Sha256, all: &[T]) {
    let mut bytes = Vec::with_capacity(1 << 13);
    for some in all.chunks((1 << 13) / T::BYTES) {
        bytes.clear();
        some.iter().for_each(|x| x.write_le(&mut bytes));
        hash.update(&bytes);
    }
}

/// The hexadecimal text of a finished hash.
pub(crate) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn column(hash: &mut Sha256, column: &Column) -> Result<()> {
    text(hash, &column.name);
    match &*column.cells()? {
        Cells::Number(Numbers::U8(bytes)) => {
            hash.update([0]);
            hash.update(bytes);
        }
        Cells::Number(numbers) => {
            let values = || (0..numbers.len()).map(|r| canonical(numbers.get(r)));
            if values().all(|x| (0.0..=255.0).contains(&x) && x.fract() == 0.0) {
                hash.update([0]);
                each(hash, values().map(|x| [x as u8]));
            } else {
                hash.update([1]);
                each(hash, values().map(|x| x.to_bits().to_le_bytes()));
            }
        }
        Cells::Category { codes, levels } => {
            hash.update([2]);
            let (codes, present) = by_appearance(codes, levels.len());
            count(hash, present.len());
            present.iter().for_each(|&level| text(hash, &levels[level as usize]));
            each(hash, codes.iter().map(|code| code.to_le_bytes()));
        }
        Cells::Text { .. } => hash.update([3]),
    }
    Ok(())
}

/// One number for all that mean the same.
fn canonical(x: f64) -> f64 {
    // Adding 0 makes one zero of both.
    if x.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { kept(x) + 0.0 }
}

/// The codes by first appearance, and the old code of each new one.
fn by_appearance(codes: &[u32], levels: usize) -> (Vec<u32>, Vec<u32>) {
    let mut new = vec![MISSING; levels];
    let mut present = Vec::new();
    let codes = codes.iter().map(|&code| {
        if code == MISSING {
            return MISSING;
        }
        let known = &mut new[code as usize];
        if *known == MISSING {
            *known = present.len() as u32;
            present.push(code);
        }
        *known
    });
    (codes.collect(), present)
}

fn text(hash: &mut Sha256, text: &str) {
    count(hash, text.len());
    hash.update(text);
}

fn count(hash: &mut Sha256, n: usize) {
    hash.update((n as u64).to_le_bytes());
}

/// Many small pieces, gathered so that the hash is called rarely.
fn each<const N: usize>(hash: &mut Sha256, pieces: impl Iterator<Item = [u8; N]>) {
    let mut gathered = Vec::with_capacity(1 << 13);
    for piece in pieces {
        gathered.extend_from_slice(&piece);
        if gathered.len() + N > gathered.capacity() {
            hash.update(&gathered);
            gathered.clear();
        }
    }
    hash.update(&gathered);
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_data::table::Lines;

    fn numbers(name: &str, cells: Numbers) -> Column {
        Column::new(name, Cells::Number(cells))
    }

    fn category(name: &str, codes: &[u32], levels: &[&str]) -> Column {
        let levels = levels.iter().map(|l| l.to_string()).collect();
        Column::new(name, Cells::Category { codes: codes.to_vec(), levels })
    }

    fn of(columns: Vec<Column>) -> String {
        let rows = match columns[0].here() {
            Cells::Number(n) => n.len(),
            Cells::Category { codes, .. } => codes.len(),
            Cells::Text { .. } => 1,
        };
        of_table(&Table { name: "t.csv".into(), columns, rows, lines: Lines::From(2), ..Table::default() })
            .unwrap()
    }

    #[test]
    fn the_form_of_numbers_does_not_count() {
        let bytes = of(vec![numbers("a", Numbers::U8(vec![0, 7, 255]))]);
        assert_eq!(bytes, of(vec![numbers("a", Numbers::F32(vec![0.0, 7.0, 255.0]))]));
        assert_eq!(bytes, of(vec![numbers("a", Numbers::F64(vec![-0.0, 7.0, 255.0]))]));
        let single = of(vec![numbers("a", Numbers::F32(vec![0.1, f32::NAN]))]);
        assert_eq!(single, of(vec![numbers("a", Numbers::F64(vec![0.1, -f64::NAN]))]));
        assert_ne!(single, of(vec![numbers("a", Numbers::F64(vec![0.2, f64::NAN]))]));
    }

    #[test]
    fn the_order_of_levels_does_not_count_and_their_texts_do() {
        let one = of(vec![category("c", &[1, 0, MISSING], &["x", "y", "unused"])]);
        assert_eq!(one, of(vec![category("c", &[0, 1, MISSING], &["y", "x"])]));
        assert_ne!(one, of(vec![category("c", &[0, 1, MISSING], &["x", "y"])]));
        assert_ne!(one, of(vec![category("c", &[0, 1, 0], &["y", "x"])]));
    }

    #[test]
    fn picked_rows_are_a_table_like_any_other() {
        let columns = vec![
            numbers("a", Numbers::F64(vec![0.5, 1.0, f64::NAN, 4e9])),
            category("c", &[0, 1, 2, 1], &["x", "y", "z"]),
        ];
        let all = Table { name: "all".into(), columns, rows: 4, ..Table::default() };
        let picked = of_table(&all.pick(&[3, 1]).unwrap()).unwrap();
        let read = vec![numbers("a", Numbers::F64(vec![4e9, 1.0])), category("c", &[0, 0], &["y"])];
        assert_eq!(picked, of(read));
        assert_ne!(picked, of_table(&all.pick(&[1, 3]).unwrap()).unwrap(), "the order of rows counts");
    }

    #[test]
    fn names_kinds_and_bounds_between_columns_count() {
        let base = of(vec![numbers("ab", Numbers::U8(vec![1])), numbers("c", Numbers::U8(vec![2]))]);
        for other in [
            vec![numbers("a", Numbers::U8(vec![1])), numbers("bc", Numbers::U8(vec![2]))],
            vec![numbers("c", Numbers::U8(vec![2])), numbers("ab", Numbers::U8(vec![1]))],
            vec![category("ab", &[0], &["1"]), numbers("c", Numbers::U8(vec![2]))],
            vec![numbers("ab", Numbers::U8(vec![1]))],
        ] {
            assert_ne!(base, of(other));
        }
    }

    #[test]
    fn long_columns_are_hashed_whole() {
        let cells = |last: f64| {
            let mut x: Vec<f64> = (0..5000).map(|i| f64::from(i) * 0.5).collect();
            x[4999] = last;
            of(vec![numbers("a", Numbers::F64(x))])
        };
        assert_ne!(cells(1.0), cells(2.0));
    }

    #[test]
    fn the_bytes_are_those_that_the_description_says() {
        // printf of the bytes by hand | sha256sum: see testdata/fingerprint/make.py.
        let table = of(vec![
            numbers("n", Numbers::F64(vec![0.5, f64::NAN])),
            category("c", &[1, MISSING], &["no", "ja"]),
            numbers("b", Numbers::U8(vec![0, 255])),
            Column::new("t", Cells::Text { distinct: 2, missing: 0 }),
        ]);
        let said = include_str!("../../../testdata/fingerprint/expected.txt");
        assert_eq!(said.lines().collect::<Vec<_>>(), [table, of_theta(&Theta::F32(vec![1.0, -0.5]))]);
    }
}
