//! Successive halving: many trials with few epochs, few trials with many.
//!
//! Jamieson and Talwalkar, Non-stochastic best arm identification and hyperparameter optimization, 2016, with epochs as
//! the resource and a factor of 3. A rung ends before the next one begins, so that which trials go on does not depend
//! on which was faster; and every rung trains anew, so that a schedule runs from its start to its end.

use serde::Serialize;

/// From rung to rung a third of the trials goes on, with three times the epochs.
pub const FACTOR: usize = 3;

/// One round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// Trials of this rung.
    pub trials: usize,
    /// Epochs of each of them at most.
    pub epochs: u64,
}

/// The rungs for `trials` trials, of which the last rung's train for `epochs` epochs: as many rungs as leave one trial
/// at least, and one epoch at least in the first. Trial 1, the settings that the program chooses, goes on to the last
/// rung beside those that did best, so that the winner is held against it.
pub fn rungs(trials: usize, epochs: u64) -> Vec<Rung> {
    let mut last = 0;
    while trials / FACTOR.pow(last + 1) >= 1 && epochs / (FACTOR as u64).pow(last + 1) >= 1 {
        last += 1;
    }
    let rung =
        |i: u32| Rung { trials: trials / FACTOR.pow(i), epochs: epochs / (FACTOR as u64).pow(last - i) };
    let beside = |rung: Rung| Rung { trials: rung.trials + 1, ..rung };
    (0..=last).map(|i| if i == 0 { rung(i) } else { beside(rung(i)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_goes_on_with_three_times_the_epochs() {
        let of =
            |trials, epochs| rungs(trials, epochs).iter().map(|r| (r.trials, r.epochs)).collect::<Vec<_>>();
        assert_eq!(of(27, 81), [(27, 3), (10, 9), (4, 27), (2, 81)]);
        assert_eq!(of(50, 300), [(50, 11), (17, 33), (6, 100), (2, 300)]);
        assert_eq!(of(50, 10), [(50, 1), (17, 3), (6, 10)]);
        assert_eq!(of(2, 300), [(2, 300)]);
        assert_eq!(of(9, 1), [(9, 1)]);
        assert_eq!(of(1, 5), [(1, 5)]);
    }
}
