//! Columns whose cells lie in a file, and the shelf that puts them there.

use crate::memory::{Limit, Scratch, in_mebibytes};
use crate::table::{Cells, Column, Form, MISSING, Numbers};
use feedforward_base::{Error, Real, Result};
use std::sync::Arc;

/// Bytes that are written or read at a time.
const BLOCK: usize = 1 << 18;
/// The share of the memory for the cells of a table is one of so many.
const PARTS: u64 = 8;

/// That for the texts of categories, which always stand in memory, is one of so many ...
const TEXT_PARTS: u64 = 4;
/// ... or this, if that is less.
const LEAST_TEXTS: usize = 8 << 20;

/// The cells of a column in a file, piece by piece.
#[derive(Clone, Debug)]
pub(crate) struct Pieces {
    scratch: Arc<Scratch>,
    all: Vec<Piece>,
    cells: usize,
}

/// Cells that follow each other in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    at: u64,
    cells: usize,
    /// Of numbers; codes have one form.
    form: Form,
}

impl PartialEq for Pieces {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.scratch, &other.scratch) && self.all == other.all
    }
}

impl Pieces {
    pub(crate) fn new(scratch: &Arc<Scratch>) -> Self {
        Pieces { scratch: scratch.clone(), all: Vec::new(), cells: 0 }
    }

    /// Put more numbers behind the others.
    pub(crate) fn add_numbers(&mut self, numbers: &Numbers) -> Result<()> {
        match numbers {
            Numbers::U8(v) => self.add(v, Form::U8, |x, bytes| bytes.push(x)),
            Numbers::F32(v) => self.add(v, Form::F32, Real::write_le),
            Numbers::F64(v) => self.add(v, Form::F64, Real::write_le),
        }
    }

    /// Put more codes behind the others.
    pub(crate) fn add_codes(&mut self, codes: &[u32]) -> Result<()> {
        self.add(codes, Form::F32, |code, bytes| bytes.extend(code.to_le_bytes()))
    }

    fn add<T: Copy>(&mut self, cells: &[T], form: Form, write: impl Fn(T, &mut Vec<u8>)) -> Result<()> {
        let mut bytes = Vec::with_capacity(BLOCK.min(size_of_val(cells)));
        for some in cells.chunks(BLOCK / size_of::<T>()) {
            bytes.clear();
            some.iter().for_each(|&cell| write(cell, &mut bytes));
            let at = self.scratch.append(&bytes)?;
            self.all.push(Piece { at, cells: some.len(), form });
            self.cells += some.len();
        }
        Ok(())
    }

    /// All numbers, in a form that holds every one.
    pub(crate) fn numbers(&self, form: Form) -> Result<Numbers> {
        let mut numbers = Numbers::with_room(form, self.cells);
        self.each(Form::bytes, |piece, bytes| numbers.extend_le(piece, bytes))?;
        Ok(numbers)
    }

    /// All codes.
    fn codes(&self) -> Result<Vec<u32>> {
        let mut codes = Vec::with_capacity(self.cells);
        self.each(
            |_| size_of::<u32>(),
            |_, bytes| {
                codes.extend(bytes.as_chunks().0.iter().map(|&code| u32::from_le_bytes(code)));
            },
        )?;
        Ok(codes)
    }

    fn each(&self, size: impl Fn(Form) -> usize, mut take: impl FnMut(Form, &[u8])) -> Result<()> {
        let mut bytes = Vec::new();
        for piece in &self.all {
            bytes.resize(piece.cells * size(piece.form), 0);
            self.scratch.read(piece.at, &mut bytes)?;
            take(piece.form, &bytes);
        }
        Ok(())
    }
}

/// The cells of a column that lie in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AtRest {
    Number {
        pieces: Pieces,
        form: Form,
    },
    /// `meant[code]` is the level of a code in the file.
    Category {
        pieces: Pieces,
        levels: Vec<String>,
        meant: Vec<u32>,
    },
}

impl AtRest {
    /// The cells as a table has them in memory.
    pub(crate) fn load(&self) -> Result<Cells> {
        match self {
            AtRest::Number { pieces, form } => Ok(Cells::Number(pieces.numbers(*form)?)),
            AtRest::Category { pieces, levels, meant } => {
                let mut codes = pieces.codes()?;
                codes.iter_mut().filter(|c| **c != MISSING).for_each(|c| *c = meant[*c as usize]);
                Ok(Cells::Category { codes, levels: levels.clone() })
            }
        }
    }
}

/// Puts the cells of a table into a file once they take more than their share of the memory.
pub(crate) struct Shelf {
    limit: Option<Limit>,
    scratch: Option<Arc<Scratch>>,
    /// Bytes of the finished columns that stand in memory.
    held: usize,
    /// Rows of growing columns that stand in memory.
    rows: usize,
}

impl Shelf {
    pub(crate) fn new(limit: Option<&Limit>) -> Self {
        Shelf { limit: limit.cloned(), scratch: None, held: 0, rows: 0 }
    }

    /// Rows of so many columns that may stand in memory.
    pub(crate) fn room(&self, columns: usize) -> usize {
        let cell = size_of::<f64>();
        self.limit.as_ref().map_or(usize::MAX, |limit| limit.part(PARTS) / cell / columns.max(1)).max(1)
    }

    /// So many rows were added to columns that grow: where to put them away, if it is time.
    pub(crate) fn grown(&mut self, rows: usize, columns: usize) -> Result<Option<Arc<Scratch>>> {
        self.rows += rows;
        if self.rows < self.room(columns) {
            return Ok(None);
        }
        self.rows = 0;
        self.scratch()
    }

    /// Refuse texts of categories that take more than their share.
    ///
    /// # Errors
    /// They do.
    pub(crate) fn check_texts(&self, bytes: impl FnOnce() -> usize) -> Result<()> {
        let Some(limit) = &self.limit else { return Ok(()) };
        let (bytes, most) = (bytes(), limit.part(TEXT_PARTS).max(LEAST_TEXTS));
        if bytes <= most {
            return Ok(());
        }
        let most = format!("at most {}, a quarter of --memory", in_mebibytes(most as u64));
        let e = Error::bad_value("the memory of the categories' texts", in_mebibytes(bytes as u64), most);
        Err(e.hint("give more memory, or take columns with many different texts out of the file"))
    }

    /// A finished column, with its cells put away if those of the others take the room.
    pub(crate) fn column(&mut self, column: Column) -> Result<Column> {
        let Some(limit) = &self.limit else { return Ok(column) };
        let bytes = column.bytes();
        if self.held + bytes <= limit.part(PARTS) {
            self.held += bytes;
            return Ok(column);
        }
        match self.scratch()? {
            Some(scratch) => column.put_away(&scratch),
            None => Ok(column),
        }
    }

    /// The file; `None` without a limit.
    fn scratch(&mut self) -> Result<Option<Arc<Scratch>>> {
        if let (None, Some(limit)) = (&self.scratch, &self.limit) {
            self.scratch = Some(Scratch::new(limit)?);
        }
        Ok(self.scratch.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::tests::limit;

    #[test]
    fn cells_come_back_in_the_form_that_holds_all_pieces() {
        let scratch = Scratch::new(&limit(0)).unwrap();
        let mut pieces = Pieces::new(&scratch);
        pieces.add_numbers(&Numbers::U8(vec![7, 255])).unwrap();
        pieces.add_numbers(&Numbers::F32(vec![0.25, f32::NAN])).unwrap();
        pieces.add_numbers(&Numbers::F64(vec![1e300])).unwrap();
        let Numbers::F64(v) = pieces.numbers(Form::F64).unwrap() else { panic!("f64") };
        assert_eq!((v[0], v[1], v[2], v[3].is_nan(), v[4]), (7.0, 255.0, 0.25, true, 1e300));
        let long: Vec<u8> = (0..700_000u32).map(|i| (i % 251) as u8).collect();
        let mut pieces = Pieces::new(&scratch);
        pieces.add_numbers(&Numbers::U8(long.clone())).unwrap();
        assert_eq!(pieces.all.len(), 3, "more than a block");
        assert_eq!(pieces.numbers(Form::U8).unwrap(), Numbers::U8(long));
    }

    #[test]
    fn a_shelf_without_a_limit_keeps_everything_at_hand() {
        let mut shelf = Shelf::new(None);
        assert!(shelf.grown(usize::MAX / 2, 1 << 20).unwrap().is_none());
        let column = Column::new("x", Cells::Number(Numbers::F64(vec![0.5; 1000])));
        assert_eq!(shelf.column(column.clone()).unwrap(), column);
    }

    #[test]
    fn columns_beyond_the_share_are_put_away_and_are_the_same() {
        // A share of 1,000 bytes.
        let limit = limit(8_000);
        let mut shelf = Shelf::new(Some(&limit));
        let numbers = Column::new("numbers", Cells::Number(Numbers::F32(vec![1.5; 200])));
        let cells = Cells::Category { codes: vec![1, MISSING, 0], levels: vec!["a".into(), "b".into()] };
        let category = Column::new("category", cells);
        assert_eq!(shelf.column(numbers.clone()).unwrap(), numbers);
        assert_eq!(shelf.column(category.clone()).unwrap(), category, "there is room for it");
        let mut full = Shelf { held: 1_000, ..Shelf::new(Some(&limit)) };
        for column in [numbers, category] {
            let away = full.column(column.clone()).unwrap();
            assert_ne!(away, column, "it lies in the file");
            assert_eq!((away.bytes(), away.kind()), (0, column.kind()));
            assert_eq!(away.cells().unwrap(), column.cells().unwrap());
        }
        let text = Column::new("text", Cells::Text { distinct: 3, missing: 0 });
        assert_eq!(full.column(text.clone()).unwrap(), text);
    }
}
