//! Which epoch was best, and how long ago.

/// The best epoch so far.
#[derive(Clone, Debug, Default)]
pub struct Best<T> {
    epoch: u64,
    loss: Option<f64>,
    theta: Option<Vec<T>>,
}

impl<T: Copy> Best<T> {
    /// Before the first epoch.
    pub fn new() -> Self {
        Best { epoch: 0, loss: None, theta: None }
    }
    /// Tell of an epoch; whether it is the best. A loss that is equal, or not finite, is no better.
    pub fn offer(&mut self, epoch: u64, loss: f64, theta: &[T], keep: bool) -> bool {
        if !loss.is_finite() || self.loss.is_some_and(|best| loss >= best) {
            return false;
        }
        (self.epoch, self.loss) = (epoch, Some(loss));
        if keep {
            let own = self.theta.get_or_insert_default();
            own.clear();
            own.extend_from_slice(theta);
        }
        true
    }
    /// Epochs since the best one.
    pub fn waited(&self, epoch: u64) -> u64 {
        epoch - self.epoch
    }
    /// The best epoch and its parameters, if they were kept.
    pub fn take(self) -> Option<(u64, Vec<T>)> {
        self.theta.map(|theta| (self.epoch, theta))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_epochs_is_kept() {
        let mut best = Best::new();
        assert!(best.offer(1, 2.0, &[1], true));
        assert!(best.offer(2, 1.0, &[2], true));
        assert!(!best.offer(3, 1.0, &[3], true));
        assert!(!best.offer(4, f64::NAN, &[4], true) && !best.offer(5, f64::NEG_INFINITY, &[5], true));
        assert_eq!(best.waited(5), 3);
        assert_eq!(best.take(), Some((2, vec![2])));
    }
}
