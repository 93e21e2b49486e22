//! Rows that lie in a file on their way into batches: many are fetched at a time, in the order in which they lie there.

use crate::prepare::RowsAtRest;
use feedforward_base::{Real, Result};
use std::ops::Range;

/// Rows that lie closer to each other in the file are fetched together with those between them.
const GAP: usize = 16 << 10;
/// Bytes that are fetched at a time, unless a row has more.
const FETCH: usize = 1 << 20;

/// The rows that an order of them asks for next.
#[derive(Clone, Debug)]
pub struct Window<T> {
    inputs: usize,
    /// Rows that there is room for.
    room: usize,
    /// The places in the order whose rows are here.
    places: Range<usize>,
    rows: Vec<T>,
    /// The rows to fetch, ascending, and the place in the window of each.
    wanted: Vec<(u32, u32)>,
    fetched: Vec<T>,
    bytes: Vec<u8>,
}

impl<T: Real> Window<T> {
    /// A window on rows of `inputs` numbers that takes about `bytes`.
    pub fn new(bytes: usize, inputs: usize) -> Self {
        let row = inputs.max(1) * T::BYTES + size_of::<(u32, u32)>();
        Window {
            inputs,
            room: (bytes.saturating_sub(2 * FETCH) / row).max(1),
            places: 0..0,
            rows: Vec::new(),
            wanted: Vec::new(),
            fetched: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// The order is another one from now on.
    pub fn forget(&mut self) {
        self.places = 0..0;
    }

    /// The rows that stand at `places` of `order`, one after the other. The order is the same from call to call, unless
    /// [`Window::forget`] comes between them.
    ///
    /// # Errors
    /// The file cannot be read.
    ///
    /// # Panics
    /// If there are no such places, or no such rows.
    pub fn rows(&mut self, all: &RowsAtRest, order: &[u32], places: Range<usize>) -> Result<&[T]> {
        if places.start < self.places.start || places.end > self.places.end {
            let end = order.len().min(places.start + self.room).max(places.end);
            self.fetch(all, order, places.start..end)?;
        }
        let from = places.start - self.places.start;
        Ok(&self.rows[from * self.inputs..(from + places.len()) * self.inputs])
    }

    fn fetch(&mut self, all: &RowsAtRest, order: &[u32], places: Range<usize>) -> Result<()> {
        self.places = 0..0;
        self.wanted.clear();
        self.wanted.extend(order[places.clone()].iter().copied().zip(0..));
        self.wanted.sort_unstable();
        self.rows.resize(places.len() * self.inputs, T::ZERO);
        let row = self.inputs.max(1) * T::BYTES;
        let near = |a: u32, b: u32| (b - a) as usize * row <= GAP.max(row);
        let mut rest = &self.wanted[..];
        while let Some(&(first, _)) = rest.first() {
            let fits = |r: u32| ((r - first) as usize + 1) * row <= FETCH.max(row);
            let together = |i: usize| near(rest[i - 1].0, rest[i].0) && fits(rest[i].0);
            let n = (1..rest.len()).find(|&i| !together(i)).unwrap_or(rest.len());
            let (some, others) = rest.split_at(n);
            rest = others;
            self.fetched.clear();
            let lie = first as usize..some[n - 1].0 as usize + 1;
            all.read(lie, self.inputs, &mut self.bytes, &mut self.fetched)?;
            for &(r, place) in some {
                let (from, to) = ((r - first) as usize * self.inputs, place as usize * self.inputs);
                self.rows[to..to + self.inputs].copy_from_slice(&self.fetched[from..from + self.inputs]);
            }
        }
        self.places = places;
        Ok(())
    }
}
