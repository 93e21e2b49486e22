//! A linear rise, then half a cosine down to 0.

use super::{Moment, Number};
use crate::about::About;
use feedforward_base::elementary;
use serde::{Deserialize, Serialize};

pub(super) const ABOUT: About = About {
    name: "cosine",
    tex: r"\eta(t) = \frac{\eta}{2} \left(1 + \cos \pi \frac{t - 1 - w}{T - w}\right),\; \eta \frac{t}{w} \text{ up to step } w",
    derivative: "",
    source: "Loshchilov and Hutter 2017, without restarts; the warm-up of Goyal et al. 2017",
    stability: "our own cosine: the same bits on every platform",
};

/// The learning rate rises linearly over the warm-up, rounded up to steps, then falls as half a cosine to 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cosine {
    /// Share of the run's steps, 0 where nothing is said.
    pub warm_up: f64,
}

impl Cosine {
    pub(super) const USUAL: Cosine = Cosine { warm_up: 0.0 };
    pub(super) fn numbers_mut(&mut self) -> Vec<Number<'_>> {
        let good = |share: f64| (0.0..1.0).contains(&share);
        vec![("the warm-up", &mut self.warm_up, good, "at least 0 and below 1")]
    }
    pub(super) fn factor(&self, at: &Moment) -> f64 {
        let all = at.steps.saturating_mul(at.epochs);
        let warm = (self.warm_up * all as f64).ceil() as u64;
        if at.t <= warm {
            return at.t as f64 / warm as f64;
        }
        let done = (at.t - 1 - warm) as f64 / (all - warm) as f64;
        let (cos, _) = elementary::cos_sin(done * 0.5);
        0.5 * (1.0 + cos)
    }
    pub(super) fn said(&self) -> String {
        if self.warm_up > 0.0 {
            format!("cosine, warm-up over {} of the run", self.warm_up)
        } else {
            "cosine".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Slowed;
    use super::*;

    fn factor(warm_up: f64, t: u64, steps: u64) -> f64 {
        Cosine { warm_up }.factor(&Moment { t, steps, epochs: 1, slowed: Slowed::default() })
    }

    #[test]
    fn cosine_rises_then_falls() {
        assert_eq!(factor(0.0, 1, 100), 1.0);
        assert!((factor(0.1, 1, 100) - 0.1).abs() < 1e-12);
        assert_eq!((factor(0.1, 10, 100), factor(0.1, 11, 100)), (1.0, 1.0));
        assert!((factor(0.1, 56, 100) - 0.5).abs() < 1e-12);
        assert!((0.0..1e-3).contains(&factor(0.1, 100, 100)));
    }

    #[test]
    fn the_factor_never_leaves_0_to_1() {
        for warm_up in [0.0, 0.1, 0.3, 0.5, 0.99] {
            for steps in [1, 2, 7, 10, 15, 101] {
                let factors: Vec<f64> = (1..=steps).map(|t| factor(warm_up, t, steps)).collect();
                assert!(factors.iter().all(|f| (0.0..=1.0).contains(f)), "{warm_up} {steps}: {factors:?}");
                assert!(factors.contains(&1.0), "{warm_up} {steps}: {factors:?}");
            }
        }
    }
}
