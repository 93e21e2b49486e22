//! Parts that keep the rows of a group together: all of a patient's visits, all frames of a film.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use feedforward_base::{Dice, Purpose, Result};

/// Rows that stay together, and how many of each class they are.
struct Group {
    rows: Vec<u32>,
    counts: Vec<f64>,
}

/// Divide rows 0..`groups.len()` into one part per share so that all rows of a group (equal numbers in `groups`) are
/// in one part; each row is in exactly one part, and a part is ascending.
///
/// The groups come in random order, larger ones first as far as their sizes differ twofold, and each goes to the part
/// that then is nearest to what it should hold. Without `strata` that is its share of the rows: no part exceeds it by
/// the size of the largest group or more, unless it would have stayed empty. With `strata` (a class per row) it is its
/// share of every class, by Σ (held − wanted)² / rows of the class.
///
/// # Errors
/// Fewer groups than parts.
pub(super) fn shares(
    groups: &[u32],
    shares: &[f64],
    strata: Option<&[u32]>,
    dice: Dice,
) -> Result<Vec<Vec<u32>>> {
    let mut all = collect(groups, strata);
    if all.len() < shares.len() {
        return Err(super::too_few_kinds("different groups", shares.len(), all.len()));
    }
    dice.stream(Purpose::Split, &[]).shuffle(&mut all);
    all.sort_by_key(|g| Reverse(g.rows.len().ilog2()));
    let classes = all[0].counts.len();
    let totals: Vec<f64> = (0..classes).map(|c| all.iter().map(|g| g.counts[c]).sum()).collect();
    let mut parts: Vec<Vec<u32>> = vec![Vec::new(); shares.len()];
    let mut held = vec![vec![0.0; classes]; shares.len()];
    let mut left = all.len();
    for group in all {
        let empty = parts.iter().filter(|p| p.is_empty()).count();
        // How much farther from its shares the part is with the group than without.
        let cost = |p: usize| -> f64 {
            let of = |c: usize| {
                group.counts[c] * (2.0 * (held[p][c] - shares[p] * totals[c]) + group.counts[c]) / totals[c]
            };
            (0..classes).map(of).sum()
        };
        let open = (0..shares.len()).filter(|&p| left > empty || parts[p].is_empty());
        let Some(p) = open.min_by(|&a, &b| cost(a).total_cmp(&cost(b))) else { break };
        held[p].iter_mut().zip(&group.counts).for_each(|(h, n)| *h += n);
        parts[p].extend(group.rows);
        left -= 1;
    }
    parts.iter_mut().for_each(|p| p.sort_unstable());
    Ok(parts)
}

/// The groups by their numbers; without strata all rows are one class.
fn collect(groups: &[u32], strata: Option<&[u32]>) -> Vec<Group> {
    let class = |row: usize| strata.map_or(0, |s| s[row]) as usize;
    let classes = (0..groups.len()).map(class).max().map_or(0, |c| c + 1);
    let mut all = BTreeMap::<u32, Group>::new();
    for (row, &group) in groups.iter().enumerate() {
        let group =
            all.entry(group).or_insert_with(|| Group { rows: Vec::new(), counts: vec![0.0; classes] });
        group.rows.push(row as u32);
        group.counts[class(row)] += 1.0;
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::tests::is_partition;
    use proptest::prelude::*;

    fn straddles(parts: &[Vec<u32>], groups: &[u32]) -> bool {
        let part_of =
            |group: u32| parts.iter().filter(move |p| p.iter().any(|&r| groups[r as usize] == group));
        groups.iter().any(|&g| part_of(g).count() != 1)
    }

    #[test]
    fn groups_of_one_size_are_dealt_evenly_and_at_random() {
        let groups: Vec<u32> = (0..1000).map(|r| r % 100).collect();
        let of = |seed| shares(&groups, &[0.6, 0.2, 0.2], None, Dice::new(seed)).unwrap();
        let parts = of(1);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [600, 200, 200]);
        assert!(is_partition(&parts, 1000) && !straddles(&parts, &groups));
        assert_eq!(parts, of(1));
        assert_ne!(parts, of(2));
        let large: Vec<u32> = (0..10_000).map(|r| r / 10).collect();
        let parts = shares(&large, &[0.98, 0.01, 0.01], None, Dice::new(3)).unwrap();
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [9_800, 100, 100]);
    }

    #[test]
    fn no_part_stays_empty() {
        let groups = [7, 7, 7, 7, 7, 7, 8, 9];
        let parts = shares(&groups, &[0.98, 0.01, 0.01], None, Dice::new(0)).unwrap();
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [6, 1, 1]);
        let e = shares(&groups, &[0.25; 4], None, Dice::new(0)).unwrap_err();
        assert_eq!(e.to_string().lines().next(), Some("3 different groups where there should be 4"));
    }

    #[test]
    fn classes_are_spread_where_groups_allow_it() {
        // 20 groups of class 0, 20 of class 1, of 5 rows each.
        let groups: Vec<u32> = (0..200).map(|r| r / 5).collect();
        let classes: Vec<u32> = groups.iter().map(|g| u32::from(*g >= 20)).collect();
        for seed in 0..20 {
            let parts = shares(&groups, &[0.2; 5], Some(&classes), Dice::new(seed)).unwrap();
            for part in &parts {
                let ones = part.iter().filter(|&&r| classes[r as usize] == 1).count();
                assert_eq!((part.len(), ones), (40, 20), "{seed}");
            }
        }
    }

    proptest! {
        #[test]
        fn groups_never_straddle(
            weights in prop::collection::vec(1u32..100, 2..6),
            groups in prop::collection::vec(0u32..40, 50..300),
            stratified: bool,
            seed: u64,
        ) {
            let total: u32 = weights.iter().sum();
            let wanted: Vec<f64> = weights.iter().map(|w| f64::from(*w) / f64::from(total)).collect();
            let strata: Vec<u32> = groups.iter().enumerate().map(|(r, g)| (g + r as u32 / 7) % 3).collect();
            let strata = stratified.then_some(&strata[..]);
            let Ok(parts) = shares(&groups, &wanted, strata, Dice::new(seed)) else {
                let different = groups.iter().collect::<std::collections::BTreeSet<_>>().len();
                prop_assert!(different < wanted.len());
                return Ok(());
            };
            prop_assert!(is_partition(&parts, groups.len()) && !straddles(&parts, &groups));
            prop_assert!(parts.iter().all(|p| !p.is_empty()));
            let size = |g: u32| groups.iter().filter(|x| **x == g).count();
            let largest = (0..40).map(size).max().unwrap() as f64;
            for (part, share) in parts.iter().zip(&wanted) {
                let one_group = part.iter().all(|&r| groups[r as usize] == groups[part[0] as usize]);
                let over = part.len() as f64 - share * groups.len() as f64;
                prop_assert!(stratified || one_group || over < largest, "{} {}", over, largest);
            }
        }
    }
}
