//! Parts by time: nothing is learned from what comes after the rows that it is judged on.

use feedforward_base::Result;

use super::{Fold, apportion};

/// Divide rows 0..`ranks.len()` by time into one part per share: no row of a part is later (has a greater rank) than a
/// row of the next part. Rows of one time stay together, so that a size is its share up to half of the rows that the
/// boundary would cut through; each row is in exactly one part, and a part is ascending in row numbers.
///
/// # Errors
/// Fewer times than parts.
pub(super) fn shares(ranks: &[u32], shares: &[f64]) -> Result<Vec<Vec<u32>>> {
    let mut order: Vec<u32> = (0..ranks.len() as u32).collect();
    order.sort_by_key(|&r| ranks[r as usize]);
    let time = |position: usize| ranks[order[position] as usize];
    // Where a part can begin.
    let begins: Vec<usize> = (1..order.len()).filter(|&i| time(i) != time(i - 1)).collect();
    let times = begins.len() + usize::from(!order.is_empty());
    if times < shares.len() {
        return Err(super::too_few_kinds("different times", shares.len(), times));
    }
    let (mut wanted, mut next) = (0, 0);
    let mut ends = Vec::new();
    for (p, size) in apportion(order.len(), shares)[..shares.len() - 1].iter().enumerate() {
        wanted += size;
        // Each later part needs a beginning of its own.
        let open = next..begins.len() + p + 2 - shares.len();
        let Some(nearest) = open.min_by_key(|&b| begins[b].abs_diff(wanted)) else { break };
        ends.push(begins[nearest]);
        next = nearest + 1;
    }
    ends.push(order.len());
    let mut from = 0;
    let part = |until: usize| {
        let mut part = order[from..until].to_vec();
        from = until;
        part.sort_unstable();
        part
    };
    Ok(ends.into_iter().map(part).collect())
}

/// `k` folds that go forward in time: the rows are cut by time into k + 1 blocks, and fold i is tested on block i + 1
/// after training on all blocks before it.
///
/// # Errors
/// Fewer than `k` + 1 times.
pub(super) fn folds(ranks: &[u32], k: usize) -> Result<Vec<Fold>> {
    let blocks = shares(ranks, &vec![1.0 / (k + 1) as f64; k + 1])?;
    let fold = |i: usize| {
        let mut train = blocks[..i].concat();
        train.sort_unstable();
        Fold { train, test: blocks[i].clone() }
    };
    Ok((1..=k).map(fold).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::tests::is_partition;
    use proptest::prelude::*;

    #[test]
    fn sizes_of_the_lecture() {
        // The newest row stands first in the file.
        let ranks: Vec<u32> = (0..10_000).rev().collect();
        let sizes =
            |wanted: &[f64]| -> Vec<usize> { shares(&ranks, wanted).unwrap().iter().map(Vec::len).collect() };
        assert_eq!(sizes(&[0.6, 0.2, 0.2]), [6_000, 2_000, 2_000]);
        assert_eq!(sizes(&[0.98, 0.01, 0.01]), [9_800, 100, 100]);
        let parts = shares(&ranks, &[0.98, 0.01, 0.01]).unwrap();
        assert_eq!(parts[2], (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn rows_of_one_time_stay_together() {
        let ranks = [0, 1, 1, 1, 1, 2, 3, 3];
        assert_eq!(shares(&ranks, &[0.5, 0.5]).unwrap(), [vec![0, 1, 2, 3, 4], vec![5, 6, 7]]);
        assert_eq!(shares(&ranks, &[0.1, 0.1, 0.8]).unwrap()[..2], [vec![0], vec![1, 2, 3, 4]]);
        assert_eq!(shares(&ranks, &[0.8, 0.1, 0.1]).unwrap()[1..], [vec![5], vec![6, 7]]);
        let e = shares(&ranks, &[0.2; 5]).unwrap_err();
        assert_eq!(e.to_string().lines().next(), Some("4 different times where there should be 5"));
    }

    #[test]
    fn folds_go_forward() {
        let folds = folds(&[3, 2, 1, 0], 3).unwrap();
        assert_eq!(folds[0], Fold { train: vec![3], test: vec![2] });
        assert_eq!(folds[2], Fold { train: vec![1, 2, 3], test: vec![0] });
    }

    proptest! {
        #[test]
        fn nothing_looks_ahead(
            weights in prop::collection::vec(1u32..100, 2..6),
            ranks in prop::collection::vec(0u32..30, 20..200),
        ) {
            let total: u32 = weights.iter().sum();
            let wanted: Vec<f64> = weights.iter().map(|w| f64::from(*w) / f64::from(total)).collect();
            let latest = |rows: &[u32]| rows.iter().map(|&r| ranks[r as usize]).max().unwrap();
            let earliest = |rows: &[u32]| rows.iter().map(|&r| ranks[r as usize]).min().unwrap();
            let parts = shares(&ranks, &wanted).unwrap();
            prop_assert!(is_partition(&parts, ranks.len()));
            for pair in parts.windows(2) {
                prop_assert!(latest(&pair[0]) < earliest(&pair[1]));
            }
            let folds = folds(&ranks, weights.len()).unwrap();
            for (i, fold) in folds.iter().enumerate() {
                prop_assert!(latest(&fold.train) < earliest(&fold.test));
                prop_assert!(folds[..i].iter().all(|f| f.test.iter().all(|r| fold.train.contains(r))));
            }
        }
    }
}
