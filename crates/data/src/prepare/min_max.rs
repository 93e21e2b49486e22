//! Smallest and largest value.

use serde::{Deserialize, Serialize};

/// (x − low) / (high − low): 0..1 over the training rows, beyond it where a later row is (nothing is cut).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinMax {
    /// What becomes 0.
    pub low: f64,
    /// What becomes 1.
    pub high: f64,
}

impl MinMax {
    /// The range of a grey value, whatever the training rows hold: x / 255.
    pub const GREY: MinMax = MinMax { low: 0.0, high: 255.0 };

    /// Fitted to `values`; one distinct value gives a range of length 1.
    ///
    /// # Panics
    /// If there is no value.
    pub fn fit(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "a range needs a value");
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        MinMax { low, high: if low == high { low + 1.0 } else { high } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_values() {
        assert_eq!(MinMax::fit(&[3.0, -1.0, 2.0]), MinMax { low: -1.0, high: 3.0 });
        assert_eq!(MinMax::fit(&[5.0]), MinMax { low: 5.0, high: 6.0 });
    }
}
