//! Matrices whose rows are samples, stored row by row without gaps.

/// A view of `rows` samples with `cols` numbers each.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
}

impl<'a, T> Batch<'a, T> {
    /// A view of the first `rows · cols` numbers of `data`.
    ///
    /// # Panics
    /// If `data` is shorter than that.
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Self {
        Batch { data: &data[..size(rows, cols)], rows, cols }
    }
    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Numbers per sample.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// All numbers, row by row.
    pub fn data(&self) -> &'a [T] {
        self.data
    }
    /// Sample `r`.
    pub fn row(&self, r: usize) -> &'a [T] {
        &self.data[r * self.cols..(r + 1) * self.cols]
    }
}

/// A writable view of `rows` samples with `cols` numbers each.
#[derive(Debug)]
pub struct BatchMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    cols: usize,
}

impl<'a, T> BatchMut<'a, T> {
    /// A view of the first `rows · cols` numbers of `data`.
    ///
    /// # Panics
    /// If `data` is shorter than that.
    pub fn new(data: &'a mut [T], rows: usize, cols: usize) -> Self {
        BatchMut { data: &mut data[..size(rows, cols)], rows, cols }
    }
    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Numbers per sample.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// All numbers, row by row.
    pub fn data(&mut self) -> &mut [T] {
        self.data
    }
    /// The same rows, lent on.
    pub fn borrow(&mut self) -> BatchMut<'_, T> {
        BatchMut { data: self.data, rows: self.rows, cols: self.cols }
    }
    /// Sample `r`.
    pub fn row(&mut self, r: usize) -> &mut [T] {
        &mut self.data[r * self.cols..(r + 1) * self.cols]
    }
    /// The same numbers, read only.
    pub fn view(&self) -> Batch<'_, T> {
        Batch::new(self.data, self.rows, self.cols)
    }
}

/// rows · cols, which must not wrap: the kernels trust it.
fn size(rows: usize, cols: usize) -> usize {
    rows.checked_mul(cols).expect("a batch has at most usize::MAX numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_wraps_is_refused() {
        let huge = std::panic::catch_unwind(|| Batch::<f32>::new(&[], 1 << 63, 2).rows());
        assert!(huge.is_err());
        assert_eq!(Batch::new(&[1, 2, 3, 4, 5], 2, 2).row(1), [3, 4]);
    }
}
