//! f(z) = z σ(β z) with a β that every unit learns.

use super::swish::{gate, gated, gated_slope, want};
use super::{Elementwise, Numbered, Own};
use crate::about::About;
use feedforward_kernels::Simd;

/// f(z) = z σ(β z); β is learned, one per unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedSwish {
    /// Where β starts, 1 where nothing is said.
    pub start: f64,
}

impl Elementwise for LearnedSwish {
    const ABOUT: About = About {
        name: "learned_swish",
        tex: r"f(z) = z\,\sigma(\beta_j z), \quad \beta_j \text{ learned}",
        derivative: r"f'(z) = \beta_j a + \sigma(\beta_j z)(1 - \beta_j a), \quad \frac{\partial f}{\partial \beta_j} = a (z - a)",
        source: "Sarkar, More activation functions; Ramachandran, Zoph, Le 2017",
        stability: "as swish; ∂f/∂β = z (z σ(βz) σ(-βz)), where nothing cancels and z² is never formed",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-4.0, -0.071_944_839_848_366_23, -0.052_664_614_891_072_91),
        (-1.0, -0.268_941_421_369_995_1, 0.072_329_488_128_513_27),
        (-0.5, -0.188_770_334_399_072_73, 0.260_038_812_697_348_2),
        (-1e-9, -4.999_999_997_5e-10, 0.499_999_999_5),
        (0.0, 0.0, 0.5),
        (1e-9, 5.000_000_002_500_001e-10, 0.500_000_000_5),
        (0.5, 0.311_229_665_600_927_3, 0.739_961_187_302_651_8),
        (1.0, 0.731_058_578_630_004_9, 0.927_670_511_871_486_7),
        (4.0, 3.928_055_160_151_634, 1.052_664_614_891_073),
        (1000.0, 1000.0, 1.0),
    ];
    const OWN: Own = Own::Learned("beta");
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, own: S) -> S {
        gated(z, own)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, own: S) -> S {
        gated_slope(z, own)
    }
    #[inline(always)]
    fn own_slope<S: Simd>(&self, z: S, _a: S, own: S) -> S {
        let (_, _, gate_slope) = gate(z, own);
        z.mul(z.mul(gate_slope))
    }
    fn usual_own(&self) -> f64 {
        self.start
    }
}

impl Numbered for LearnedSwish {
    const USUAL: Self = LearnedSwish { start: 1.0 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.start]
    }
    fn of(numbers: &[f64]) -> Self {
        LearnedSwish { start: numbers[0] }
    }
    fn want(&self) -> Option<&'static str> {
        want(self.start)
    }
}
