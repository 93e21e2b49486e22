//! Calibration: of the rows that are given a probability of 0.8, are 80 % of the class?

use super::{OneClass, Row, rows};
use feedforward_base::Batch;
use serde::Serialize;

/// How probabilities are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bins {
    /// So many parts of 0..1, each with its upper edge, the first with 0 too.
    EqualWidth(usize),
    /// So many parts with about equally many rows each, whatever the rows weigh; equal probabilities stay together.
    EqualCount(usize),
}

impl Default for Bins {
    fn default() -> Self {
        Bins::EqualWidth(10)
    }
}

/// What probabilities say beside what is seen: one entry per bin that has rows, the lowest probabilities first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// The expected calibration error (Guo et al., "On Calibration of Modern Neural Networks", 2017): the mean over
    /// the bins, by their weight, of |share − mean probability|.
    pub error: f64,
    /// The mean probability of a bin's rows.
    pub mean_probability: Vec<f64>,
    /// The share of a bin's weight that is of the class.
    pub share: Vec<f64>,
    /// The weight of a bin.
    pub weight: Vec<f64>,
    /// The number of rows of a bin.
    pub rows: Vec<usize>,
}

impl Calibration {
    /// Of the probabilities of one class; `None` unless a row counts.
    pub fn of(class: &OneClass<'_>, bins: Bins) -> Option<Self> {
        Self::of_rows(&class.rows().collect::<Vec<_>>(), bins)
    }

    /// Of two classes of the second's probability; of more of the most probable class's (the first of equals): its
    /// confidence, as Guo et al. have it. `probabilities` is rows x classes; `None` unless a row counts.
    pub fn overall(
        truth: &[u32],
        probabilities: Batch<'_, f64>,
        weights: Option<&[f64]>,
        bins: Bins,
    ) -> Option<Self> {
        if probabilities.cols() == 2 {
            return Self::of(&OneClass::new(1, truth, probabilities, weights), bins);
        }
        let surest = |r: usize| {
            let p = probabilities.row(r);
            let class = super::highest(p.iter().copied());
            (p[class], truth[r] as usize == class)
        };
        Self::of_rows(&rows(weights, truth.len(), surest).collect::<Vec<_>>(), bins)
    }

    fn of_rows(rows: &[Row], bins: Bins) -> Option<Self> {
        let edges = edges(rows, bins);
        let mut sums = vec![Bin::default(); edges.len() + 1];
        for row in rows {
            sums[edges.partition_point(|edge| *edge < row.probability)].add(row);
        }
        sums.retain(|b| b.rows > 0);
        let whole: f64 = sums.iter().map(|b| b.weight).sum();
        let off = |b: &Bin| b.weight * (b.hit / b.weight - b.probability / b.weight).abs();
        (!sums.is_empty()).then(|| Calibration {
            error: sums.iter().map(off).sum::<f64>() / whole,
            mean_probability: sums.iter().map(|b| b.probability / b.weight).collect(),
            share: sums.iter().map(|b| b.hit / b.weight).collect(),
            weight: sums.iter().map(|b| b.weight).collect(),
            rows: sums.iter().map(|b| b.rows).collect(),
        })
    }
}

/// The upper edges of all bins but the last.
fn edges(rows: &[Row], bins: Bins) -> Vec<f64> {
    match bins {
        Bins::EqualWidth(n) => (1..n).map(|i| i as f64 / n as f64).collect(),
        Bins::EqualCount(n) => {
            let mut sorted: Vec<f64> = rows.iter().map(|r| r.probability).collect();
            sorted.sort_by(f64::total_cmp);
            (1..n).filter_map(|i| sorted.get(i * sorted.len().saturating_sub(1) / n).copied()).collect()
        }
    }
}

/// Sums over a bin.
#[derive(Clone, Copy, Default)]
struct Bin {
    rows: usize,
    weight: f64,
    probability: f64,
    hit: f64,
}

impl Bin {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.weight += row.weight;
        self.probability += row.weight * row.probability;
        self.hit += if row.hit { row.weight } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Two;
    use super::*;
    use crate::metric::testing;

    #[test]
    fn curves_as_scikit_learn_has_them() {
        for case in testing::curve_cases() {
            for (bins, theirs) in
                [(Bins::EqualWidth(10), &case.equal_width), (Bins::EqualCount(10), &case.equal_count)]
            {
                let ours = Calibration::of(&case.class(), bins).unwrap();
                let what = format!("{} {bins:?}", case.name);
                testing::near(ours.error, theirs.error, &what);
                testing::all_near(&ours.mean_probability, &theirs.mean_probability, &what);
                testing::all_near(&ours.share, &theirs.share, &what);
                testing::all_near(&ours.weight, &theirs.weight, &what);
            }
        }
    }

    #[test]
    fn an_upper_edge_is_of_its_bin_and_empty_bins_are_left_out() {
        let two = Two::new(&[(0, 0.0), (1, 0.1), (0, 0.3), (1, 1.0), (1, 0.95)]);
        let found = Calibration::of(&two.second(), Bins::default()).unwrap();
        assert_eq!(found.rows, [2, 1, 2]);
        assert_eq!(found.share, [0.5, 0.0, 1.0]);
        assert_eq!(found.mean_probability, [0.05, 0.3, 0.975]);
        assert!((found.error - (2.0 * 0.45 + 0.3 + 2.0 * 0.025) / 5.0).abs() < 1e-15);
        assert_eq!(Calibration::of(&Two::new(&[]).second(), Bins::EqualCount(10)), None);
    }

    #[test]
    fn bins_of_equal_count_keep_equals_together() {
        // 0.1 to 0.4, then ten of 0.5, then 0.6 to 0.9 and 0.91, 0.92: the edges are the 4th, 8th, … of the 20.
        let tail = [0.6, 0.7, 0.8, 0.9, 0.91, 0.92];
        let p = [0.1, 0.2, 0.3, 0.4].into_iter().chain([0.5; 10]).chain(tail);
        let two = Two::new(&p.map(|p| (1, p)).collect::<Vec<_>>());
        let found = Calibration::of(&two.second(), Bins::EqualCount(5)).unwrap();
        assert_eq!(found.rows, [4, 10, 2, 4]);
    }
}
