//! Empty cells of number columns, and the order statistics that stand in for them.

use serde::{Deserialize, Serialize};

/// What an empty cell of a number column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// The median of the training rows, before scaling.
    pub median: f64,
    /// The training rows had empty cells, so the network has an input of its own that is 1 where a cell is
    /// empty and 0 elsewhere. Otherwise an empty cell cannot be told from the median.
    pub indicator: bool,
}

/// Quantile `q` of values in ascending order, interpolated linearly between its neighbours (type 7 of
/// Hyndman and Fan, NumPy's default).
///
/// # Panics
/// If there is no value or `q` is outside 0..1.
pub fn quantile(ascending: &[f64], q: f64) -> f64 {
    assert!(!ascending.is_empty() && (0.0..=1.0).contains(&q), "a quantile needs a value and a share");
    let at = (ascending.len() - 1) as f64 * q;
    let below = at.floor() as usize;
    let above = (below + 1).min(ascending.len() - 1);
    let share = at - at.floor();
    // Weighted, not a + (b − a)·share: b − a may overflow.
    if share == 0.0 { ascending[below] } else { ascending[below] * (1.0 - share) + ascending[above] * share }
}

/// The median: the mean of the two middle values where their number is even. Changes their order.
///
/// # Panics
/// If there is no value.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    let (below, &mut middle, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    match below.iter().copied().max_by(f64::total_cmp) {
        Some(other) if n.is_multiple_of(2) => other * 0.5 + middle * 0.5,
        _ => middle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        assert_eq!(median(&mut [5.0]), 5.0);
        assert_eq!(median(&mut [5.0, 1.0, 9.0]), 5.0);
        assert_eq!(median(&mut [8.0, 1.0, 3.0, 4.0]), 3.5);
        let mut v: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101)).collect();
        assert_eq!(median(&mut v), 50.0);
    }

    #[test]
    fn quantiles_as_numpy_gives_them() {
        let v = [1.0, 2.0, 3.0, 10.0];
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|q| quantile(&v, q)), [1.0, 1.75, 2.5, 4.75, 10.0]);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
        assert_eq!(quantile(&[1.7e308, 1.7e308], 0.5), 1.7e308);
    }
}
