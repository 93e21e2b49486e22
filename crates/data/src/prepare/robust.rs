//! Median and interquartile range.

use super::missing::quantile;
use serde::{Deserialize, Serialize};

/// (x − median) / (upper quartile − lower quartile): a few huge values do not squeeze the others together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Robust {
    /// Median of the training rows.
    pub median: f64,
    /// Distance of their quartiles.
    pub range: f64,
}

impl Robust {
    /// Fitted to values in ascending order; `None` where the quartiles are equal, so that there is no range.
    ///
    /// # Panics
    /// If there is no value.
    pub fn fit(ascending: &[f64]) -> Option<Self> {
        let range = quantile(ascending, 0.75) - quantile(ascending, 0.25);
        (range > 0.0).then(|| Robust { median: quantile(ascending, 0.5), range })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_changes_nothing() {
        let calm = Robust::fit(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(calm, Some(Robust { median: 3.0, range: 2.0 }));
        assert_eq!(Robust::fit(&[1.0, 2.0, 3.0, 4.0, 1e9]), calm);
        assert_eq!(Robust::fit(&[0.0, 0.0, 0.0, 0.0, 9.0]), None);
    }
}
