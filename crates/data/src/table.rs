//! A table as it was read: named columns of numbers or categories, nothing prepared yet.

use feedforward_base::{Error, ErrorKind, Place, Result};

/// The code of an empty cell in a category column.
pub const MISSING: u32 = u32::MAX;

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What messages call it: the file's name, `standard input`, `digits`.
    pub name: String,
    /// The columns, all of [`Table::rows`] cells.
    pub columns: Vec<Column>,
    /// Number of rows, header excluded.
    pub rows: usize,
    /// Where the rows stand in their file.
    pub lines: Lines,
    /// Whether the first record was taken for the names of the columns; `None` where the format has no such record.
    pub header: Option<bool>,
    /// What the reader decided by itself.
    pub remarks: Vec<Remark>,
}

/// Something that the reader decided and that changes what the cells mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// A number column was known as such when a number with leading zeros came: they are dropped.
    ZerosDropped {
        /// The column.
        column: String,
        /// The first such cell.
        text: String,
    },
}

/// Where the rows of a table stand in their file, as an editor counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Lines {
    /// Row `r` is line `first + r`.
    From(u64),
    /// One number per row: the file has quoted line breaks or blank lines.
    Each(Vec<u64>),
}

impl Lines {
    /// The line of row `row`, counted from 0.
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Lines::From(first) => first + row as u64,
            Lines::Each(lines) => lines[row],
        }
    }
}

impl Default for Lines {
    fn default() -> Self {
        Lines::From(1)
    }
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name; where the file has no header, its number counted from 1.
    pub name: String,
    /// Its cells.
    pub cells: Cells,
}

/// The cells of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; an empty cell is NaN. No other cell is NaN or infinite.
    Number(Numbers),
    /// Categories: `levels[codes[row]]`, or [`MISSING`]. Levels stand in the order of their first appearance.
    Category {
        /// One code a row.
        codes: Vec<u32>,
        /// The distinct texts.
        levels: Vec<String>,
    },
    /// Free text or identifiers: too many distinct texts to be a category. The cells are not kept.
    Text {
        /// The distinct texts that were counted; the count ends at 65,536.
        distinct: usize,
        /// The empty cells.
        missing: usize,
    },
}

/// Numbers in the smallest form that holds them.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Grey values and other small counts, none missing.
    U8(Vec<u8>),
    /// The usual form. An integer, or a number of 65,536 or more, that f32 cannot hold exactly makes its
    /// column [`Numbers::F64`].
    F32(Vec<f32>),
    /// Where f32 would lose something, or f64 was asked for.
    F64(Vec<f64>),
}

impl Numbers {
    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Numbers::U8(v) => v.len(),
            Numbers::F32(v) => v.len(),
            Numbers::F64(v) => v.len(),
        }
    }
    /// No cell at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn pick(&self, rows: &[u32]) -> Numbers {
        match self {
            Numbers::U8(v) => Numbers::U8(pick(v, rows)),
            Numbers::F32(v) => Numbers::F32(pick(v, rows)),
            Numbers::F64(v) => Numbers::F64(pick(v, rows)),
        }
    }
    /// Cell `row`; NaN where it is empty.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Numbers::U8(v) => f64::from(v[row]),
            Numbers::F32(v) => f64::from(v[row]),
            Numbers::F64(v) => v[row],
        }
    }
}

impl Table {
    /// The line of row `row` (counted from 0) in its file.
    pub fn line(&self, row: usize) -> u64 {
        self.lines.of(row)
    }
    /// The place of a cell, for messages.
    pub fn place(&self, row: usize, column: usize) -> Place {
        self.row_place(row).column(&self.columns[column].name)
    }
    /// The place of a row, for messages.
    pub fn row_place(&self, row: usize) -> Place {
        Place::file(&self.name).row(self.line(row))
    }
    /// The index of a column by its exact name, else by its number: `1` is the first, `-1` the last.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchColumn`], with the nearest name as hint.
    pub fn column_index(&self, name_or_number: &str) -> Result<usize> {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        find_column(&names, name_or_number).map_err(|e| e.at(Place::file(&self.name)))
    }
    /// The table of some of its rows, in the order given; a row may come several times.
    ///
    /// # Panics
    /// If a row number is not below [`Table::rows`].
    pub fn pick(&self, rows: &[u32]) -> Table {
        let column = |c: &Column| Column { name: c.name.clone(), cells: c.cells.pick(rows) };
        Table {
            name: self.name.clone(),
            columns: self.columns.iter().map(column).collect(),
            rows: rows.len(),
            lines: Lines::Each(rows.iter().map(|&r| self.line(r as usize)).collect()),
            header: self.header,
            remarks: self.remarks.clone(),
        }
    }
    /// The number of empty cells of column `column`.
    pub fn missing(&self, column: usize) -> usize {
        match &self.columns[column].cells {
            Cells::Number(Numbers::U8(_)) => 0,
            Cells::Number(Numbers::F32(v)) => v.iter().filter(|x| x.is_nan()).count(),
            Cells::Number(Numbers::F64(v)) => v.iter().filter(|x| x.is_nan()).count(),
            Cells::Category { codes, .. } => codes.iter().filter(|&&c| c == MISSING).count(),
            Cells::Text { missing, .. } => *missing,
        }
    }
}

impl Cells {
    fn pick(&self, rows: &[u32]) -> Cells {
        match self {
            Cells::Number(numbers) => Cells::Number(numbers.pick(rows)),
            Cells::Category { codes, levels } => {
                Cells::Category { codes: pick(codes, rows), levels: levels.clone() }
            }
            // What the cells were is not known; the counts stay those of the whole table.
            Cells::Text { .. } => self.clone(),
        }
    }
}

fn pick<T: Copy>(all: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&r| all[r as usize]).collect()
}

/// The index of a column among `names`: the exact name first, then without blanks around it, then a number from 1 or,
/// negative, from the end.
pub(crate) fn find_column(names: &[&str], name_or_number: &str) -> Result<usize> {
    let trimmed = name_or_number.trim();
    let named = |name: &str| names.iter().position(|n| *n == name);
    if let Some(index) = named(name_or_number).or_else(|| named(trimmed)) {
        return Ok(index);
    }
    let index = match trimmed.parse::<i64>() {
        Ok(n) if n > 0 => usize::try_from(n - 1).ok(),
        Ok(n) if n < 0 => {
            usize::try_from(n.unsigned_abs()).ok().and_then(|back| names.len().checked_sub(back))
        }
        _ => None,
    };
    index.filter(|&i| i < names.len()).ok_or_else(|| {
        let known = names.iter().map(|n| n.to_string()).collect();
        Error::new(ErrorKind::NoSuchColumn { name: name_or_number.into(), known })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[&str]) -> Table {
        let cells = Cells::Number(Numbers::F32(vec![1.0, f32::NAN]));
        let column = |n: &&str| Column { name: n.to_string(), cells: cells.clone() };
        let columns = names.iter().map(column).collect();
        Table { name: "t.csv".into(), columns, rows: 2, lines: Lines::From(2), ..Table::default() }
    }

    #[test]
    fn a_column_is_found_by_name_then_by_number_from_either_end() {
        let t = table(&["age", "2", "sex"]);
        assert_eq!(t.column_index("age").unwrap(), 0);
        assert_eq!(t.column_index("3").unwrap(), 2);
        assert_eq!(t.column_index("2").unwrap(), 1);
        assert_eq!(t.column_index(" sex ").unwrap(), 2);
        assert_eq!(t.column_index("-1").unwrap(), 2);
        assert_eq!(t.column_index("-3").unwrap(), 0);
        for bad in ["0", "4", "-4", "", "-9223372036854775808"] {
            assert!(
                matches!(t.column_index(bad).unwrap_err().kind(), ErrorKind::NoSuchColumn { .. }),
                "{bad}"
            );
        }
        let e = t.column_index("aeg").unwrap_err();
        let want =
            "there is no column `aeg`\n  at: t.csv\nhint: did you mean `age`? There are `age`, `2`, `sex`";
        assert_eq!(e.to_string(), want);
    }

    #[test]
    fn picked_rows_keep_their_cells_and_their_lines() {
        let mut t = table(&["a", "b"]);
        t.columns[1].cells =
            Cells::Category { codes: vec![1, MISSING], levels: vec!["x".into(), "y".into()] };
        let picked = t.pick(&[1, 0, 1]);
        assert_eq!((picked.rows, picked.line(0), picked.line(1)), (3, 3, 2));
        let Cells::Number(numbers) = &picked.columns[0].cells else { panic!("numbers") };
        assert!(numbers.get(0).is_nan() && numbers.get(1) == 1.0 && numbers.len() == 3);
        let Cells::Category { codes, .. } = &picked.columns[1].cells else { panic!("categories") };
        assert_eq!(codes[..], [MISSING, 1, MISSING]);
    }

    #[test]
    fn missing_cells_are_counted_in_every_form() {
        let mut t = table(&["a"]);
        assert_eq!(t.missing(0), 1);
        t.columns[0].cells = Cells::Category { codes: vec![0, MISSING], levels: vec!["x".into()] };
        assert_eq!(t.missing(0), 1);
        t.columns[0].cells = Cells::Number(Numbers::U8(vec![0, 1]));
        assert_eq!(t.missing(0), 0);
        assert_eq!(t.place(1, 0).to_string(), "t.csv, row 3, column `a`");
    }
}
