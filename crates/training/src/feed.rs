//! Rows of a prepared table on their way into a network.

use feedforward_base::{BatchMut, Result};
use feedforward_data::prepare::{Inputs, Prepared};
use feedforward_data::window::Window;
use feedforward_kernels::{Element, Kernels};
use std::ops::Range;

/// The share of the memory for the rows that were fetched from a file is one of so many.
const PARTS: u64 = 8;

/// Brings rows of a prepared table into batches, also where they lie in a file.
#[derive(Clone, Debug)]
pub struct Feed<T> {
    window: Window<T>,
}

impl<T: Element> Feed<T> {
    /// For rows of `table`; so many feeds share the memory.
    pub fn new(table: &Prepared<T>, feeds: usize) -> Self {
        let bytes = match &table.x {
            Inputs::Here(_) => 0,
            Inputs::AtRest(all) => all.limit().part(PARTS) / feeds.max(1),
        };
        Feed { window: Window::new(bytes, table.inputs) }
    }

    /// The order of the rows is another one from now on.
    pub fn reorder(&mut self) {
        self.window.forget();
    }

    /// Copy the rows that stand at `places` of `order` into a batch.
    ///
    /// # Errors
    /// The rows lie in a file that cannot be read.
    pub fn gather(
        &mut self,
        kernels: &Kernels<T>,
        table: &Prepared<T>,
        order: &[u32],
        places: Range<usize>,
        mut into: BatchMut<'_, T>,
    ) -> Result<()> {
        match &table.x {
            Inputs::Here(_) => kernels.gather(table.view(), &order[places], into),
            Inputs::AtRest(all) => into.data().copy_from_slice(self.window.rows(all, order, places)?),
        }
        Ok(())
    }
}
