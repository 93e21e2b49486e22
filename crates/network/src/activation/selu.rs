//! f(z) = λ z above 0, λ α (e^z − 1) below: keeps mean 0 and variance 1 from layer to layer.

use super::Elementwise;
use super::elu::{exponential_below, exponential_below_slope};
use crate::about::About;
use feedforward_kernels::{Simd, math::constant};

/// f(z) = λ z above 0, λ α (e^z − 1) elsewhere, with f'(0) = λ α.
///
/// With these λ and α a layer whose weights have variance 1 / n and mean 0 (LeCun's initialisation) maps inputs of
/// mean 0 and variance 1 to activations of mean 0 and variance 1.
#[derive(Clone, Copy, Debug)]
pub struct Selu;

/// λ.
const SCALE: f64 = 1.050_700_987_355_480_5;
/// λ α with α = 1.6732632423543772.
const SCALE_BELOW: f64 = SCALE * 1.673_263_242_354_377_2;

impl Elementwise for Selu {
    const ABOUT: About = About {
        name: "selu",
        tex: r"f(z) = \lambda \begin{cases} z, & z > 0 \\ \alpha (e^z - 1), & z \le 0 \end{cases}, \quad \lambda = 1.0507009873554805,\ \alpha = 1.6732632423543772",
        derivative: r"f'(z) = \begin{cases} \lambda, & z > 0 \\ \lambda \alpha e^z = a + \lambda \alpha, & z \le 0 \end{cases}",
        source: "Klambauer, Unterthiner, Mayr, Hochreiter 2017",
        stability: "e^z - 1 is one function, exact near 0; where it overflows it is not taken",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, -1.758_099_340_847_376_8, 0.0),
        (-4.0, -1.725_898_628_189_894_7, 0.032_200_712_657_482_145),
        (-1.0, -1.111_330_737_812_562_8, 0.646_768_603_034_814_1),
        (-0.5, -0.691_758_187_802_871_3, 1.066_341_153_044_505_5),
        (-1e-9, -1.758_099_339_968_327_4e-9, 1.758_099_339_089_277_6),
        (0.0, 0.0, 1.758_099_340_847_376_8),
        (1e-9, 1.050_700_987_355_480_6e-9, 1.050_700_987_355_480_5),
        (0.5, 0.525_350_493_677_740_2, 1.050_700_987_355_480_5),
        (1.0, 1.050_700_987_355_480_5, 1.050_700_987_355_480_5),
        (4.0, 4.202_803_949_421_922, 1.050_700_987_355_480_5),
        (1000.0, 1_050.700_987_355_480_5, 1.050_700_987_355_480_5),
    ];
    const KINKS: &'static [f64] = &[0.0];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        exponential_below(z, constant(SCALE), constant(SCALE_BELOW))
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, a: S, _: S) -> S {
        exponential_below_slope(z, a, constant(SCALE), constant(SCALE_BELOW))
    }
}
