//! f(z) = max(0, z) + s min(0, z) with an s that is drawn for every number in training.

use super::leaky_relu::{leaky, leaky_slope, want};
use super::{Elementwise, Numbered, Own};
use crate::about::About;
use feedforward_kernels::Simd;

/// f(z) = max(0, z) + s min(0, z); in training s is uniform in [low, high), otherwise their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rrelu {
    /// The smallest s, 1/8 where nothing is said.
    pub low: f64,
    /// The bound above s, 1/3 where nothing is said.
    pub high: f64,
}

impl Elementwise for Rrelu {
    const ABOUT: About = About {
        name: "rrelu",
        tex: r"f(z) = \max(0, z) + s \min(0, z), \quad s \sim U(l, h) \text{ in training}, (l + h)/2 \text{ after it}",
        derivative: r"f'(z) = [z > 0] + s [z \le 0]",
        source: "Sarkar, Generalised rectified linear units; Xu, Wang, Chen, Li 2015",
        stability: "one rounding below 0, exact above",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -229.166_666_666_666_66, 0.229_166_666_666_666_66),
        (-4.0, -0.916_666_666_666_666_6, 0.229_166_666_666_666_66),
        (-0.5, -0.114_583_333_333_333_33, 0.229_166_666_666_666_66),
        (-1e-9, -2.291_666_666_666_666_7e-10, 0.229_166_666_666_666_66),
        (0.0, 0.0, 0.229_166_666_666_666_66),
        (1e-9, 1e-9, 1.0),
        (0.5, 0.5, 1.0),
        (4.0, 4.0, 1.0),
        (1000.0, 1000.0, 1.0),
    ];
    const KINKS: &'static [f64] = &[0.0];
    const OWN: Own = Own::Drawn;
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, own: S) -> S {
        leaky(z, own)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, own: S) -> S {
        leaky_slope(z, own)
    }
    fn usual_own(&self) -> f64 {
        (self.low + self.high) / 2.0
    }
    fn own_range(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

impl Numbered for Rrelu {
    const USUAL: Self = Rrelu { low: 0.125, high: 1.0 / 3.0 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.low, self.high]
    }
    fn of(numbers: &[f64]) -> Self {
        Rrelu { low: numbers[0], high: numbers[1] }
    }
    fn want(&self) -> Option<&'static str> {
        let ordered = if self.low <= self.high { None } else { Some("two slopes, the smaller one first") };
        want(self.low).or(want(self.high)).or(ordered)
    }
}
