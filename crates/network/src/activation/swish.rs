//! f(z) = z σ(β z): a smooth ReLU with a dip below 0, β set by the user.

use super::{Elementwise, Numbered};
use crate::about::About;
use feedforward_base::Real;
use feedforward_kernels::{
    Simd,
    math::{constant, exp, sigmoid},
};

/// f(z) = z σ(β z); β = 1 is also called SiLU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swish {
    /// β, 1 where nothing is said.
    pub beta: f64,
}

/// z σ(β z). Where σ is 0 the product is ±0, also for an infinite z. A NaN stays one.
#[inline(always)]
pub(super) fn gated<S: Simd>(z: S, beta: S) -> S {
    let gate = sigmoid(beta.mul(z));
    let one = S::splat(S::Elem::ONE);
    S::select(gate.eq(S::splat(S::Elem::ZERO)), one.copy_sign(z), z).mul(gate)
}

/// (x, σ(x), σ'(x) = σ(x) σ(−x)) at x = β z, bounded: beyond ±1000 nothing changes, and x σ'(x) stays a number.
#[inline(always)]
pub(super) fn gate<S: Simd>(z: S, beta: S) -> (S, S, S) {
    let one = S::splat(S::Elem::ONE);
    // A NaN is the second operand, which wins.
    let x = constant::<S>(1000.0).min(constant::<S>(-1000.0).max(beta.mul(z)));
    // With u = e^−|x| the smaller of σ(x) and σ(−x) is u / (1 + u), and 1 − σ is never formed.
    let u = exp(x.abs().neg());
    let large = one.div(one.add(u));
    let small = u.mul(large);
    (x, S::select(x.ge(S::splat(S::Elem::ZERO)), large, small), small.mul(large))
}

/// ∂/∂z of z σ(β z) = σ(x) + x σ'(x).
#[inline(always)]
pub(super) fn gated_slope<S: Simd>(z: S, beta: S) -> S {
    let (x, gate, gate_slope) = gate(z, beta);
    x.mul_add(gate_slope, gate)
}

/// What β must be.
pub(super) fn want(beta: f64) -> Option<&'static str> {
    (!(0.0..=1000.0).contains(&beta)).then_some("a beta from 0 to 1000")
}

impl Elementwise for Swish {
    const ABOUT: About = About {
        name: "swish",
        tex: r"f(z) = z\,\sigma(\beta z)",
        derivative: r"f'(z) = \beta a + \sigma(\beta z)(1 - \beta a)",
        source: "Sarkar, More activation functions (whose gradient prints f(βz) for f(z)); \
                 Ramachandran, Zoph, Le 2017",
        stability: "e^{-|βz|} only; the slope is σ(βz) + βz σ(βz) σ(-βz), where nothing cancels in the tails",
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
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        gated(z, constant(self.beta))
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        gated_slope(z, constant(self.beta))
    }
}

impl Numbered for Swish {
    const USUAL: Self = Swish { beta: 1.0 };
    fn numbers(&self) -> Vec<f64> {
        vec![self.beta]
    }
    fn of(numbers: &[f64]) -> Self {
        Swish { beta: numbers[0] }
    }
    fn want(&self) -> Option<&'static str> {
        want(self.beta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sarkar's gradient with f(βz) in place of f(z) gives 1.324318 here.
    #[test]
    fn the_lecture_s_gradient_is_corrected() {
        let f = Swish { beta: 2.0 };
        let (z, h) = (0.7, 1e-5);
        let slope = f.slope(z, f.value(z, 0.0), 0.0);
        assert!(f64::abs(slope - 1.024_343) < 5e-7, "{slope}");
        let difference = (f.value(z + h, 0.0) - f.value(z - h, 0.0)) / (2.0 * h);
        assert!(f64::abs(slope - difference) < 1e-9, "{slope} and {difference}");
    }

    #[test]
    fn a_huge_beta_z_gives_relu() {
        for beta in [1.0, 1e4, 1e30] {
            let f = Swish { beta };
            for z in [1e4_f32, 1e30, f32::MAX] {
                assert_eq!((f.value(z, 0.0), f.slope(z, z, 0.0)), (z, 1.0));
                let below = f.value(-z, 0.0);
                assert_eq!((below.to_bits(), f.slope(-z, below, 0.0)), ((-0.0_f32).to_bits(), 0.0));
            }
        }
    }
}
