//! Parts of a table: shares such as 60/20/20, and folds. A [`Rule`] says which rows stay together.

mod groups;
mod time;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use feedforward_base::{Dice, Error, ErrorKind, Purpose, Result};

/// Which rows go together when a table is divided.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Any rows; with `strata` (a class per row) every part gets its share of every class.
    Random {
        /// A class per row.
        strata: Option<Vec<u32>>,
    },
    /// Rows of one group stay together.
    Groups {
        /// A group per row.
        groups: Vec<u32>,
        /// A class per row, whose shares are kept as far as the groups allow it.
        strata: Option<Vec<u32>>,
    },
    /// Earlier rows go before later ones.
    Time {
        /// A place in time per row; rows of one time have the same.
        ranks: Vec<u32>,
    },
}

/// One round of cross-validation: what is learned from, and what is held back.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// The rows to train on, ascending.
    pub train: Vec<u32>,
    /// The rows to judge on, ascending.
    pub test: Vec<u32>,
}

impl Rule {
    /// Divide rows 0..`rows` into one part per share; each row is in exactly one part, and a part is ascending. See
    /// [`shares`] for what is drawn at random. Groups stay whole: a part has its share up to the size of a group. By
    /// time the first part is the earliest, and `dice` decides nothing.
    ///
    /// # Errors
    /// Shares that cannot be; too few rows, groups or times.
    ///
    /// # Panics
    /// If the rule is not about `rows` rows.
    pub fn shares(&self, rows: usize, wanted: &[f64], dice: Dice) -> Result<Vec<Vec<u32>>> {
        match self {
            Rule::Random { strata } => shares(rows, wanted, strata.as_deref(), dice),
            Rule::Groups { groups, strata } => {
                assert_eq!(groups.len(), rows, "one group per row");
                groups::shares(groups, &checked(wanted)?, strata.as_deref(), dice)
            }
            Rule::Time { ranks } => {
                assert_eq!(ranks.len(), rows, "one time per row");
                time::shares(ranks, &checked(wanted)?)
            }
        }
    }

    /// `k` folds of rows 0..`rows`. Each row is in the test part of exactly one of them and in the training part of
    /// the others. By time it is otherwise, so that nothing is learned from the future: the rows are cut into k + 1
    /// blocks, and fold i is trained on the first i of them and tested on the next.
    ///
    /// # Errors
    /// `k` below 2; too few rows, groups or times.
    ///
    /// # Panics
    /// If the rule is not about `rows` rows.
    pub fn folds(&self, rows: usize, k: usize, dice: Dice) -> Result<Vec<Fold>> {
        if k < 2 {
            return Err(Error::bad_value("--folds", k, "2 or more"));
        }
        let parts = match self {
            Rule::Random { strata } => kfold(rows, k, strata.as_deref(), dice)?,
            Rule::Groups { .. } => self.shares(rows, &vec![1.0 / k as f64; k], dice)?,
            Rule::Time { ranks } => {
                assert_eq!(ranks.len(), rows, "one time per row");
                return time::folds(ranks, k);
            }
        };
        let mut fold_of = vec![0; rows];
        for (i, part) in parts.iter().enumerate() {
            part.iter().for_each(|&r| fold_of[r as usize] = i);
        }
        let train = |i: usize| (0..rows as u32).filter(|&r| fold_of[r as usize] != i).collect();
        Ok(parts.into_iter().enumerate().map(|(i, test)| Fold { train: train(i), test }).collect())
    }
}

/// Read shares such as `60/20/20`, `98/1/1` or `0.8/0.2`.
///
/// They are given in percent or as fractions and returned as fractions that sum to 1.
///
/// # Errors
/// Less than two shares, a share that is no number above 0, or a sum that is neither 100 nor 1.
pub fn parse(text: &str) -> Result<Vec<f64>> {
    let wrong =
        || Error::bad_value("--ratio", text, "shares above 0 that sum to 100 or to 1, such as `60/20/20`");
    let shares: Vec<f64> =
        text.split('/').map(|s| s.trim().parse::<f64>().map_err(|_| wrong())).collect::<Result<_>>()?;
    let sum: f64 = shares.iter().sum();
    let whole = if (sum - 100.0).abs() < 1e-6 { 100.0 } else { 1.0 };
    let sound = shares.iter().all(|s| *s > 0.0) && (sum / whole - 1.0).abs() < 1e-6;
    if shares.len() < 2 || !sound {
        return Err(wrong().hint(match sum.is_finite() && shares.len() > 1 {
            true => format!("these sum to {sum}"),
            false => "separate the shares by `/`".into(),
        }));
    }
    Ok(shares.iter().map(|s| s / whole).collect())
}

/// Divide rows 0..`rows` at random into one part per share; each row is in exactly one part, and a part is
/// ascending.
///
/// A part's size is its share of the rows, rounded by the largest remainder. With `strata` (a class per row)
/// each part also gets its share of every class, up to one row (up to two in rare divisions into five or more
/// parts). Where the first part, from which training learns, is the largest, it has at least one row of every class,
/// as far as its size allows: the classes that have most rows there make room.
///
/// # Errors
/// Too few rows for a part to have one; shares that are not above 0 or do not sum to 1.
///
/// # Panics
/// If there is not one stratum per row.
pub fn shares(rows: usize, shares: &[f64], strata: Option<&[u32]>, dice: Dice) -> Result<Vec<Vec<u32>>> {
    let shares = checked(shares)?;
    let sizes = apportion(rows, &shares);
    if sizes.contains(&0) {
        let need = shares.iter().map(|s| (1.0 / s).ceil() as usize).max().unwrap_or(1);
        return Err(too_few(need, rows));
    }
    let classes = shuffled_classes(rows, strata, dice)?;
    let mut parts: Vec<Vec<u32>> = sizes.iter().map(|&n| Vec::with_capacity(n)).collect();
    for (class, counts) in classes.iter().zip(quotas(&classes, &sizes, &shares)) {
        let mut rest = &class[..];
        for (part, count) in parts.iter_mut().zip(counts) {
            let (own, others) = rest.split_at(count);
            part.extend_from_slice(own);
            rest = others;
        }
    }
    parts.iter_mut().for_each(|p| p.sort_unstable());
    Ok(parts)
}

/// Divide rows 0..`rows` at random into `k` folds whose sizes, in all and in every class of `strata`, differ by
/// one row at most; each row is in exactly one fold, and a fold is ascending.
///
/// # Errors
/// `k` below 2, or more folds than rows.
///
/// # Panics
/// If there is not one stratum per row.
pub fn kfold(rows: usize, k: usize, strata: Option<&[u32]>, dice: Dice) -> Result<Vec<Vec<u32>>> {
    if k < 2 {
        return Err(Error::bad_value("--folds", k, "2 or more"));
    }
    if rows < k {
        return Err(too_few(k, rows));
    }
    let mut folds: Vec<Vec<u32>> = (0..k).map(|_| Vec::with_capacity(rows.div_ceil(k))).collect();
    // Dealt like cards, class after class.
    for (i, row) in shuffled_classes(rows, strata, dice)?.into_iter().flatten().enumerate() {
        folds[i % k].push(row);
    }
    folds.iter_mut().for_each(|f| f.sort_unstable());
    Ok(folds)
}

/// Shares that sum to 1 exactly, from such that nearly do.
fn checked(shares: &[f64]) -> Result<Vec<f64>> {
    let sum: f64 = shares.iter().sum();
    let sound = shares.iter().all(|s| *s > 0.0) && (sum - 1.0).abs() < 1e-6;
    if !sound {
        return Err(Error::bad_value("the shares", format!("{shares:?}"), "above 0 with the sum 1"));
    }
    Ok(shares.iter().map(|s| s / sum).collect())
}

/// Groups or times that are too few for the parts.
fn too_few_kinds(what: &str, need: usize, have: usize) -> Error {
    Error::new(ErrorKind::SizeMismatch { what: what.into(), expected: need, found: have })
        .hint("ask for fewer parts or folds, or name another column")
}

fn too_few(need: usize, have: usize) -> Error {
    Error::new(ErrorKind::TooFewRows { need, have }).hint("ask for fewer or larger parts, or give more rows")
}

/// `n` things by shares, rounded so that the sum stays `n`: the largest remainders are rounded up, of equal
/// ones the first.
fn apportion(n: usize, shares: &[f64]) -> Vec<usize> {
    let exact = |s: &f64| n as f64 * s;
    let mut sizes: Vec<usize> = shares.iter().map(|s| exact(s) as usize).collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by(|&a, &b| exact(&shares[b]).fract().total_cmp(&exact(&shares[a]).fract()));
    let left = n.saturating_sub(sizes.iter().sum());
    for &p in by_remainder.iter().cycle().take(left) {
        sizes[p] += 1;
    }
    sizes
}

/// The rows of each class in random order; without strata all rows are one class.
fn shuffled_classes(rows: usize, strata: Option<&[u32]>, dice: Dice) -> Result<Vec<Vec<u32>>> {
    let Ok(rows) = u32::try_from(rows) else {
        let what = "a table of more than 4,294,967,295 rows".into();
        return Err(Error::new(ErrorKind::Unsupported { what }));
    };
    let mut all: Vec<u32> = (0..rows).collect();
    dice.stream(Purpose::Split, &[]).shuffle(&mut all);
    let Some(strata) = strata else { return Ok(vec![all]) };
    assert_eq!(strata.len(), all.len(), "one stratum per row");
    let mut classes = BTreeMap::<u32, Vec<u32>>::new();
    for row in all {
        classes.entry(strata[row as usize]).or_default().push(row);
    }
    Ok(classes.into_values().collect())
}

/// How many rows of each class each part gets: the class's share rounded down, and what is then left over to
/// the parts that lack most rows, one for each class if that is possible.
fn quotas(classes: &[Vec<u32>], sizes: &[usize], shares: &[f64]) -> Vec<Vec<usize>> {
    let floor = |class: &Vec<u32>| shares.iter().map(|s| (class.len() as f64 * s) as usize).collect();
    let mut quotas: Vec<Vec<usize>> = classes.iter().map(floor).collect();
    let given = |p: usize| quotas.iter().map(|q| q[p]).sum::<usize>();
    let mut lacking: Vec<usize> = (0..sizes.len()).map(|p| sizes[p].saturating_sub(given(p))).collect();
    for (class, quota) in classes.iter().zip(&mut quotas) {
        let mut served = vec![false; sizes.len()];
        for _ in quota.iter().sum()..class.len() {
            // Not yet served and lacking most; of equal ones the first.
            let key = |&p: &usize| (lacking[p] > 0, !served[p], lacking[p], Reverse(p));
            let Some(p) = (0..sizes.len()).max_by_key(key) else { break };
            served[p] = true;
            lacking[p] -= 1;
            quota[p] += 1;
        }
    }
    if shares.iter().all(|s| *s <= shares[0]) {
        keep_rare_classes(&mut quotas);
    }
    quotas
}

/// Give every class a row of the first part. The row comes from the part that has most of the class, and the class
/// with most rows in the first part gives that part one in exchange, so that all sizes stay.
fn keep_rare_classes(quotas: &mut [Vec<usize>]) {
    let mut givers: BinaryHeap<(usize, Reverse<usize>)> =
        quotas.iter().enumerate().map(|(class, q)| (q[0], Reverse(class))).collect();
    for class in 0..quotas.len() {
        if quotas[class][0] > 0 {
            continue;
        }
        let Some((rows, Reverse(giver))) = givers.pop().filter(|(rows, _)| *rows > 1) else { return };
        let Some(part) = (1..quotas[class].len()).max_by_key(|&p| (quotas[class][p], Reverse(p))) else {
            return;
        };
        quotas[class][part] -= 1;
        quotas[class][0] += 1;
        quotas[giver][0] -= 1;
        quotas[giver][part] += 1;
        givers.push((rows - 1, Reverse(giver)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ratios_are_percent_or_fractions() {
        assert_eq!(parse("60/20/20").unwrap(), [0.6, 0.2, 0.2]);
        assert_eq!(parse("98/1/1").unwrap(), [0.98, 0.01, 0.01]);
        assert_eq!(parse("0.75 / 0.25").unwrap(), [0.75, 0.25]);
        assert_eq!(parse("33.3/33.3/33.4").unwrap().len(), 3);
        for bad in ["", "100", "60,40", "60/50", "120/-20", "50/50/0", "nan/1", "inf/1", "a/b"] {
            assert!(matches!(parse(bad).unwrap_err().kind(), ErrorKind::BadValue { .. }), "{bad}");
        }
        assert_eq!(parse("60/50").unwrap_err().hint_text(), Some("these sum to 110"));
    }

    #[test]
    fn sizes_of_the_lecture() {
        let sizes = |rows, text| -> Vec<usize> {
            let parts = shares(rows, &parse(text).unwrap(), None, Dice::new(1)).unwrap();
            parts.iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(1000, "60/20/20"), [600, 200, 200]);
        assert_eq!(sizes(1_000_000, "98/1/1"), [980_000, 10_000, 10_000]);
        assert_eq!(sizes(7, "60/20/20"), [4, 2, 1]);
    }

    #[test]
    fn seeds_differ_and_repeat() {
        let part = |seed| shares(100, &[0.5, 0.5], None, Dice::new(seed)).unwrap();
        assert_eq!(part(1), part(1));
        assert_ne!(part(1), part(2));
        assert_ne!(part(1)[0], (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn too_small_tables_are_refused() {
        let e = shares(3, &[0.98, 0.01, 0.01], None, Dice::new(1)).unwrap_err();
        assert_eq!(e.kind(), &ErrorKind::TooFewRows { need: 100, have: 3 });
        let e = kfold(4, 5, None, Dice::new(1)).unwrap_err();
        assert_eq!(e.kind(), &ErrorKind::TooFewRows { need: 5, have: 4 });
        assert!(kfold(4, 1, None, Dice::new(1)).is_err());
        assert!(shares(10, &[0.5, 0.6], None, Dice::new(1)).is_err());
        assert!(shares(10, &[1.5, -0.5], None, Dice::new(1)).is_err());
    }

    #[test]
    fn a_class_of_one_row_stays_in_the_first_part() {
        let one = |class: u32, rows: usize| (0..rows).map(move |r| if r == 7 { class } else { 0 });
        for seed in 0..50 {
            let strata: Vec<u32> = one(1, 400).collect();
            let parts = shares(400, &[0.8, 0.2], Some(&strata), Dice::new(seed)).unwrap();
            assert_eq!((parts[0].len(), parts[1].len()), (320, 80));
            assert!(parts[0].contains(&7), "{seed}");
            let many: Vec<u32> = (0..200).map(|r| if r < 60 { r } else { 1_000 }).collect();
            let parts = shares(200, &[0.6, 0.2, 0.2], Some(&many), Dice::new(seed)).unwrap();
            assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [120, 40, 40]);
            assert!((0..60).all(|r| parts[0].contains(&r)), "{seed}");
            assert!(is_partition(&parts, 200));
        }
        let none_alike: Vec<u32> = (0..10).collect();
        let parts = shares(10, &[0.8, 0.2], Some(&none_alike), Dice::new(1)).unwrap();
        assert_eq!((parts[0].len(), parts[1].len()), (8, 2));
    }

    pub(super) fn is_partition(parts: &[Vec<u32>], rows: usize) -> bool {
        let mut all: Vec<u32> = parts.concat();
        all.sort_unstable();
        all == (0..rows as u32).collect::<Vec<_>>() && parts.iter().all(|p| p.is_sorted())
    }

    fn count(part: &[u32], strata: &[u32], class: u32) -> usize {
        part.iter().filter(|&&r| strata[r as usize] == class).count()
    }

    #[test]
    fn folds_hold_every_row_back_once() {
        let rules = [
            Rule::Random { strata: None },
            Rule::Groups { groups: (0..30).map(|r| r / 3).collect(), strata: None },
        ];
        for rule in rules {
            let folds = rule.folds(30, 5, Dice::new(1)).unwrap();
            assert!(is_partition(&folds.iter().map(|f| f.test.clone()).collect::<Vec<_>>(), 30));
            assert!(folds.iter().all(|f| is_partition(&[f.train.clone(), f.test.clone()], 30)));
            assert!(rule.folds(30, 1, Dice::new(1)).is_err());
        }
    }

    proptest! {
        #[test]
        fn shares_are_a_stratified_partition(
            weights in prop::collection::vec(1u32..100, 2..5),
            strata in prop::collection::vec(0u32..6, 100..400),
            seed: u64,
        ) {
            let total: u32 = weights.iter().sum();
            let wanted: Vec<f64> = weights.iter().map(|w| f64::from(*w) / f64::from(total)).collect();
            let n = strata.len();
            let Ok(parts) = shares(n, &wanted, Some(&strata), Dice::new(seed)) else {
                prop_assert!(wanted.iter().any(|s| s * (n as f64) < 1.0));
                return Ok(());
            };
            prop_assert!(is_partition(&parts, n));
            for (part, share) in parts.iter().zip(&wanted) {
                prop_assert!((part.len() as f64 - n as f64 * share).abs() < 1.0);
                for class in 0..6 {
                    if wanted.iter().all(|s| *s <= wanted[0]) && strata.contains(&class) && parts[0].len() >= 6 {
                        prop_assert!(count(&parts[0], &strata, class) > 0);
                    }
                    let exact = strata.iter().filter(|c| **c == class).count() as f64 * share;
                    prop_assert!((count(part, &strata, class) as f64 - exact).abs() <= 1.0);
                }
            }
        }

        #[test]
        fn many_uneven_parts_keep_their_sizes(
            weights in prop::collection::vec(1u32..100, 5..12),
            strata in prop::collection::vec(0u32..3, 1000..1100),
        ) {
            let total: u32 = weights.iter().sum();
            let wanted: Vec<f64> = weights.iter().map(|w| f64::from(*w) / f64::from(total)).collect();
            let n = strata.len();
            let Ok(parts) = shares(n, &wanted, Some(&strata), Dice::new(1)) else { return Ok(()) };
            prop_assert!(is_partition(&parts, n));
            for (part, share) in parts.iter().zip(&wanted) {
                prop_assert!((part.len() as f64 - n as f64 * share).abs() < 1.0);
                for class in 0..3 {
                    let exact = strata.iter().filter(|c| **c == class).count() as f64 * share;
                    prop_assert!((count(part, &strata, class) as f64 - exact).abs() <= 2.0);
                }
            }
        }

        #[test]
        fn folds_are_a_stratified_partition(
            k in 2usize..11,
            strata in prop::collection::vec(0u32..5, 11..300),
            seed: u64,
        ) {
            let folds = kfold(strata.len(), k, Some(&strata), Dice::new(seed)).unwrap();
            prop_assert!(is_partition(&folds, strata.len()));
            let spread = |sizes: Vec<usize>| sizes.iter().max().unwrap() - sizes.iter().min().unwrap();
            prop_assert!(spread(folds.iter().map(Vec::len).collect()) <= 1);
            for class in 0..5 {
                prop_assert!(spread(folds.iter().map(|f| count(f, &strata, class)).collect()) <= 1);
            }
        }
    }
}
