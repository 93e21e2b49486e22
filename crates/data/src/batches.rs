//! The order in which an epoch visits the training rows.

use feedforward_base::{Dice, Purpose};
use std::ops::Range;

/// The training rows in a new random order each epoch, or always in the same one.
///
/// The order of an epoch is a function of (rows, dice, epoch): a resumed run goes on with the same batches.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    base: Vec<u32>,
    order: Vec<u32>,
    dice: Option<Dice>,
}

impl Order {
    /// Shuffled anew for every epoch. `train` may stand in any order; its ascending order is what is shuffled.
    pub fn new(train: Vec<u32>, dice: Dice) -> Self {
        Order { dice: Some(dice), ..Order::in_sequence(train) }
    }
    /// Ascending in every epoch.
    pub fn in_sequence(mut train: Vec<u32>) -> Self {
        train.sort_unstable();
        Order { order: train.clone(), base: train, dice: None }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.base.len()
    }
    /// Number of steps of an epoch with batches of `m` rows.
    ///
    /// # Panics
    /// If `m` is 0.
    pub fn steps(&self, m: usize) -> usize {
        self.base.len().div_ceil(m)
    }
    /// The rows in the order of epoch `epoch`. Takes no memory.
    pub fn epoch(&mut self, epoch: u64) -> &[u32] {
        if let Some(dice) = self.dice {
            self.order.copy_from_slice(&self.base);
            dice.stream(Purpose::Shuffle, &[epoch]).shuffle(&mut self.order);
        }
        &self.order
    }
    /// Mini-batch `i`, from 0, of the epoch that was asked for last: `m` rows; the last may have fewer.
    ///
    /// # Panics
    /// If `m` is 0 or `i` is not below [`Order::steps`].
    pub fn batch(&self, i: usize, m: usize) -> &[u32] {
        &self.order[self.places(i, m)]
    }
    /// Where mini-batch `i` stands in the order of the epoch.
    pub fn places(&self, i: usize, m: usize) -> Range<usize> {
        i * m..self.order.len().min((i + 1) * m)
    }
    /// The rows in the order of the epoch that was asked for last.
    pub fn all(&self) -> &[u32] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_epoch_is_a_function_of_its_number() {
        let mut a = Order::new((0..100).collect(), Dice::new(1));
        let mut b = Order::new((0..100).rev().collect(), Dice::new(1));
        let third = a.epoch(3).to_vec();
        assert_ne!(a.epoch(4), &third[..]);
        assert_eq!(b.epoch(3), &third[..]);
        assert_eq!(a.epoch(3), &third[..]);
        assert_ne!(Order::new((0..100).collect(), Dice::new(2)).epoch(3), &third[..]);
    }

    #[test]
    fn the_first_order_never_changes() {
        // A change here changes every trained model.
        let mut order = Order::new((0..8).collect(), Dice::new(0));
        assert_eq!(order.epoch(1), [6, 5, 2, 4, 7, 1, 0, 3]);
    }

    #[test]
    fn in_sequence_stays_ascending() {
        let mut order = Order::in_sequence(vec![4, 2, 9]);
        assert_eq!(order.epoch(7), [2, 4, 9]);
    }

    proptest! {
        #[test]
        fn batches_cover_the_epoch(n in 1usize..300, m in 1usize..70, epoch in 0u64..1000) {
            let mut order = Order::new((0..n as u32).collect(), Dice::new(5));
            let all = order.epoch(epoch).to_vec();
            let batches: Vec<&[u32]> = (0..order.steps(m)).map(|i| order.batch(i, m)).collect();
            prop_assert_eq!(batches.concat(), all.clone());
            prop_assert!(batches.iter().rev().skip(1).all(|b| b.len() == m));
            let mut sorted = all;
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..n as u32).collect::<Vec<_>>());
        }
    }
}
