//! Where a layer's weights lie in memory: the one place that knows.
//!
//! W is n_out x n_in. Memory holds it in panels of [`PANEL`] units: for each panel (units
//! 64p .. min(64p + 64, n_out), w of them), for each input k = 0..n_in, the w units side by side.
//! That is n_in · n_out numbers without padding; for n_out ≤ 64 it is the transposed matrix.

use std::ops::Range;

/// Units of a full panel.
pub const PANEL: usize = 64;

/// The units of panel `p` of a layer with `outputs` units.
#[inline]
pub(crate) fn units(outputs: usize, p: usize) -> Range<usize> {
    p * PANEL..((p + 1) * PANEL).min(outputs)
}

/// The number of panels of a layer with `outputs` units.
#[inline]
pub(crate) fn panels(outputs: usize) -> usize {
    outputs.div_ceil(PANEL)
}

/// The weights of one layer, in panels.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    data: &'a [T],
    outputs: usize,
    inputs: usize,
}

impl<'a, T: Copy> Weights<'a, T> {
    /// A view of the weights of a layer with `outputs` units that each read `inputs` numbers.
    ///
    /// # Panics
    /// If `data` does not hold exactly `outputs · inputs` numbers.
    pub fn new(data: &'a [T], outputs: usize, inputs: usize) -> Self {
        assert_eq!(Some(data.len()), outputs.checked_mul(inputs), "weights");
        Weights { data, outputs, inputs }
    }
    /// n_out, the number of units.
    pub fn outputs(&self) -> usize {
        self.outputs
    }
    /// n_in, the numbers that each unit reads.
    pub fn inputs(&self) -> usize {
        self.inputs
    }
    /// All weights, in panels.
    pub fn data(&self) -> &'a [T] {
        self.data
    }
    /// The place of weight (unit `j`, input `k`) in [`Weights::data`].
    pub fn index(&self, j: usize, k: usize) -> usize {
        index(self.outputs, self.inputs, j, k)
    }
    /// Weight (unit `j`, input `k`).
    pub fn get(&self, j: usize, k: usize) -> T {
        self.data[self.index(j, k)]
    }
    /// The weights of panel `p`: input k's start at k · (units of the panel).
    #[inline]
    pub(crate) fn panel(&self, p: usize) -> &'a [T] {
        let units = units(self.outputs, p);
        &self.data[units.start * self.inputs..units.end * self.inputs]
    }
}

/// The place of weight (unit `j`, input `k`) in a layer of `outputs` x `inputs`.
///
/// # Panics
/// If there is no such weight.
pub fn index(outputs: usize, inputs: usize, j: usize, k: usize) -> usize {
    assert!(j < outputs && k < inputs, "weight ({j}, {k}) of {outputs} x {inputs}");
    let units = units(outputs, j / PANEL);
    units.start * inputs + k * units.len() + (j - units.start)
}

/// The weights row by row: unit j's inputs at j · `inputs`.
///
/// # Panics
/// If `data` does not hold exactly `outputs · inputs` numbers.
pub fn to_rows<T: Copy>(data: &[T], outputs: usize, inputs: usize) -> Vec<T> {
    let w = Weights::new(data, outputs, inputs);
    (0..outputs * inputs).map(|i| w.get(i / inputs, i % inputs)).collect()
}

/// The reverse of [`to_rows`].
///
/// # Panics
/// If `rows` does not hold exactly `outputs · inputs` numbers.
pub fn from_rows<T: Copy>(rows: &[T], outputs: usize, inputs: usize) -> Vec<T> {
    assert_eq!(rows.len(), outputs * inputs, "weights");
    let mut data = rows.to_vec();
    for (i, &x) in rows.iter().enumerate() {
        data[index(outputs, inputs, i / inputs, i % inputs)] = x;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_holds_an_input_s_units_side_by_side() {
        // 66 units, 3 inputs: one full panel of 64, then one of 2 that starts at 64 · 3.
        assert_eq!(index(66, 3, 0, 0), 0);
        assert_eq!(index(66, 3, 1, 0), 1);
        assert_eq!(index(66, 3, 0, 1), 64);
        assert_eq!(index(66, 3, 63, 2), 191);
        assert_eq!(index(66, 3, 64, 0), 192);
        assert_eq!(index(66, 3, 64, 1), 194);
        assert_eq!(index(66, 3, 65, 2), 197);
    }

    #[test]
    fn rows_and_panels_are_each_other_s_reverse() {
        for (outputs, inputs) in [(1, 1), (2, 3), (64, 5), (65, 1), (130, 7), (3, 0)] {
            let rows: Vec<usize> = (0..outputs * inputs).collect();
            let panels = from_rows(&rows, outputs, inputs);
            assert_eq!(to_rows(&panels, outputs, inputs), rows);
            let w = Weights::new(&panels, outputs, inputs);
            for j in 0..outputs {
                for k in 0..inputs {
                    assert_eq!(w.get(j, k), j * inputs + k);
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "weights")]
    fn a_short_slice_is_refused() {
        Weights::new(&[0.0; 5], 2, 3);
    }
}
