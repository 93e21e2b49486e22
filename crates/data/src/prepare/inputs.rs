//! The matrix that a network reads: in memory, or row by row in a file.

use crate::memory::{Limit, Scratch};
use feedforward_base::{Real, Result};
use std::ops::Range;
use std::sync::Arc;

/// rows x inputs numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs<T> {
    /// In memory.
    Here(Vec<T>),
    /// In a file, for they take more than a quarter of the memory that there may be.
    AtRest(RowsAtRest),
}

impl<T> Inputs<T> {
    /// The numbers, row by row, of a table without a limit on memory.
    ///
    /// # Panics
    /// If they lie in a file.
    pub fn here(&self) -> &[T] {
        match self {
            Inputs::Here(x) => x,
            Inputs::AtRest(_) => panic!("the rows lie in a file"),
        }
    }
    /// The same, to be changed.
    ///
    /// # Panics
    /// If they lie in a file.
    pub fn here_mut(&mut self) -> &mut [T] {
        match self {
            Inputs::Here(x) => x,
            Inputs::AtRest(_) => panic!("the rows lie in a file"),
        }
    }
}

/// Rows of equal length in a file.
#[derive(Clone, Debug)]
pub struct RowsAtRest {
    scratch: Arc<Scratch>,
    limit: Limit,
}

impl PartialEq for RowsAtRest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.scratch, &other.scratch)
    }
}

impl RowsAtRest {
    /// The limit on memory that put the rows there.
    pub fn limit(&self) -> &Limit {
        &self.limit
    }

    /// Show all numbers, row after row, in pieces of any length.
    pub(crate) fn each<T: Real>(&self, rows: usize, inputs: usize, mut show: impl FnMut(&[T])) -> Result<()> {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        let block = (BLOCK / (inputs.max(1) * T::BYTES)).max(1);
        for first in (0..rows).step_by(block) {
            numbers.clear();
            self.read(first..rows.min(first + block), inputs, &mut bytes, &mut numbers)?;
            show(&numbers);
        }
        Ok(())
    }

    /// Append the rows `rows`, of `inputs` numbers each, to `into`; `bytes` is room for them.
    pub(crate) fn read<T: Real>(
        &self,
        rows: Range<usize>,
        inputs: usize,
        bytes: &mut Vec<u8>,
        into: &mut Vec<T>,
    ) -> Result<()> {
        bytes.resize(rows.len() * inputs * T::BYTES, 0);
        self.scratch.read((rows.start * inputs * T::BYTES) as u64, bytes)?;
        into.extend(bytes.chunks_exact(T::BYTES).map(T::read_le));
        Ok(())
    }
}

/// Bytes that are read at a time where all are read.
const BLOCK: usize = 1 << 20;
/// The share of the memory for the matrix is one of so many ...
const PARTS: u64 = 4;
/// ... and that for what is written into a file at a time.
const PARTS_WRITTEN: u64 = 16;

/// The matrix while it is written, some columns after the others.
pub(super) enum Sheet<T> {
    /// `at` is the next input of a row.
    Here {
        x: Vec<T>,
        rows: usize,
        inputs: usize,
        at: usize,
    },
    AtRest(Panels<T>),
}

impl<T: Real> Sheet<T> {
    /// For so many rows and inputs: in memory, unless that takes more than its share.
    pub(super) fn new(limit: Option<&Limit>, rows: usize, inputs: usize) -> Result<Self> {
        let bytes = rows.saturating_mul(inputs).saturating_mul(T::BYTES);
        match limit.filter(|limit| bytes > limit.part(PARTS)) {
            None => Ok(Sheet::Here { x: vec![T::ZERO; rows * inputs], rows, inputs, at: 0 }),
            Some(limit) => Ok(Sheet::AtRest(Panels::new(limit, rows)?)),
        }
    }

    /// `width` more numbers per row: `write` is given rows, zeros for them of which the first are its own, and the
    /// distance from row to row.
    pub(super) fn add(
        &mut self,
        width: usize,
        mut write: impl FnMut(Range<usize>, &mut [T], usize),
    ) -> Result<()> {
        match self {
            Sheet::Here { x, rows, inputs, at } => {
                write(0..*rows, &mut x[*at..], *inputs);
                *at += width;
                Ok(())
            }
            Sheet::AtRest(panels) => panels.add(width, |rows, x| write(rows, x, width)),
        }
    }

    pub(super) fn finish(self) -> Result<Inputs<T>> {
        match self {
            Sheet::Here { x, .. } => Ok(Inputs::Here(x)),
            Sheet::AtRest(panels) => Ok(Inputs::AtRest(panels.finish()?)),
        }
    }
}

/// A matrix on its way into a file: some columns after the others, all rows of them; then row by row.
pub(super) struct Panels<T> {
    limit: Limit,
    scratch: Arc<Scratch>,
    rows: usize,
    /// Of each panel, where it begins and its numbers per row.
    panels: Vec<(u64, usize)>,
    /// Numbers on their way, and as bytes.
    numbers: Vec<T>,
    bytes: Vec<u8>,
}

impl<T: Real> Panels<T> {
    fn new(limit: &Limit, rows: usize) -> Result<Self> {
        let (limit, scratch) = (limit.clone(), Scratch::new(limit)?);
        Ok(Panels { limit, scratch, rows, panels: Vec::new(), numbers: Vec::new(), bytes: Vec::new() })
    }

    /// Rows of so many numbers that are handled at a time.
    fn block(&self, width: usize) -> usize {
        // A number stands in memory as such and as bytes.
        (self.limit.part(PARTS_WRITTEN) / (2 * T::BYTES * width.max(1))).max(1)
    }

    /// One more panel of `width` numbers per row: `fill` writes rows into zeros.
    fn add(&mut self, width: usize, mut fill: impl FnMut(Range<usize>, &mut [T])) -> Result<()> {
        let mut begin = None;
        for first in (0..self.rows).step_by(self.block(width)) {
            let rows = first..self.rows.min(first + self.block(width));
            self.numbers.clear();
            self.numbers.resize(rows.len() * width, T::ZERO);
            fill(rows, &mut self.numbers);
            let at = self.write(&self.scratch.clone())?;
            begin.get_or_insert(at);
        }
        self.panels.push((begin.unwrap_or(0), width));
        Ok(())
    }

    /// Put the numbers on their way into a file; where they begin there.
    fn write(&mut self, scratch: &Scratch) -> Result<u64> {
        self.bytes.clear();
        self.numbers.iter().for_each(|x| x.write_le(&mut self.bytes));
        scratch.append(&self.bytes)
    }

    /// The rows, side by side what the panels have of each.
    fn finish(mut self) -> Result<RowsAtRest> {
        let inputs: usize = self.panels.iter().map(|(_, width)| width).sum();
        let by_rows = Scratch::new(&self.limit)?;
        for first in (0..self.rows).step_by(self.block(inputs)) {
            let rows = first..self.rows.min(first + self.block(inputs));
            self.numbers.resize(rows.len() * inputs, T::ZERO);
            let mut column = 0;
            for &(begin, width) in &self.panels {
                self.bytes.resize(rows.len() * width * T::BYTES, 0);
                self.scratch.read(begin + (first * width * T::BYTES) as u64, &mut self.bytes)?;
                let mut from = self.bytes.chunks_exact(T::BYTES).map(T::read_le);
                for row in self.numbers.chunks_exact_mut(inputs) {
                    row[column..column + width].iter_mut().zip(&mut from).for_each(|(to, x)| *to = x);
                }
                column += width;
            }
            self.write(&by_rows)?;
        }
        Ok(RowsAtRest { scratch: by_rows, limit: self.limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::tests::limit;

    #[test]
    fn panels_become_rows() {
        // Blocks of two rows of three numbers, of three rows of two, and of seven of one.
        let mut panels = Panels::<f32>::new(&limit(16 * 2 * 4 * 7), 7).unwrap();
        for (width, first) in [(3, 100.0), (1, 200.0), (2, 300.0)] {
            let fill = |rows: Range<usize>, x: &mut [f32]| {
                for (r, row) in rows.zip(x.chunks_mut(width)) {
                    row.iter_mut().enumerate().for_each(|(c, x)| *x += first + (10 * c + r) as f32);
                }
            };
            panels.add(width, fill).unwrap();
        }
        let rows = panels.finish().unwrap();
        let mut all = Vec::new();
        rows.read::<f32>(0..7, 6, &mut Vec::new(), &mut all).unwrap();
        for (r, row) in all.chunks(6).enumerate() {
            let want = [100.0, 110.0, 120.0, 200.0, 300.0, 310.0].map(|x| x + r as f32);
            assert_eq!(row, want);
        }
        assert_eq!(all.len(), 42);
    }
}
