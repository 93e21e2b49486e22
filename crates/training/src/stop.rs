//! Which epoch was best, and how long ago.

/// The best epoch so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Best<T> {
    pub(crate) epoch: u64,
    pub(crate) loss: Option<f64>,
    pub(crate) thetas: Option<Vec<Vec<T>>>,
}

impl<T: Copy> Best<T> {
    /// Before the first epoch.
    pub fn new() -> Self {
        Best { epoch: 0, loss: None, thetas: None }
    }
    /// Tell of an epoch and the networks' parameters after it; whether it is the best. A loss that is equal, or not finite, is no better.
    pub fn offer<'a>(
        &mut self,
        epoch: u64,
        loss: f64,
        thetas: impl ExactSizeIterator<Item = &'a [T]>,
        keep: bool,
    ) -> bool
    where
        T: 'a,
    {
        if !loss.is_finite() || self.loss.is_some_and(|best| loss >= best) {
            return false;
        }
        (self.epoch, self.loss) = (epoch, Some(loss));
        if keep {
            let own = self.thetas.get_or_insert_default();
            own.resize_with(thetas.len(), Vec::new);
            for (own, theta) in own.iter_mut().zip(thetas) {
                own.clear();
                own.extend_from_slice(theta);
            }
        }
        true
    }
    /// Epochs since the best one.
    pub fn waited(&self, epoch: u64) -> u64 {
        epoch - self.epoch
    }
    /// The best epoch and the parameters of each network, if they were kept.
    pub fn take(self) -> Option<(u64, Vec<Vec<T>>)> {
        self.thetas.map(|thetas| (self.epoch, thetas))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_epochs_is_kept() {
        let mut best = Best::new();
        let mut offer = |epoch, loss| {
            let theta = [epoch];
            best.offer(epoch, loss, [&theta[..], &[7, 7]].into_iter(), true)
        };
        assert!(offer(1, 2.0));
        assert!(offer(2, 1.0));
        assert!(!offer(3, 1.0));
        assert!(!offer(4, f64::NAN) && !offer(5, f64::NEG_INFINITY));
        assert_eq!(best.waited(5), 3);
        assert_eq!(best.take(), Some((2, vec![vec![2], vec![7, 7]])));
    }
}
