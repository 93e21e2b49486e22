//! f(z) = z Φ(z): z, weighed by the chance that a normal draw lies below it.

use super::Elementwise;
use crate::about::About;
use feedforward_kernels::{
    Simd,
    math::{constant, normal},
};

/// f(z) = z Φ(z), Φ being the distribution function of the normal distribution: the exact form, not the one with tanh.
#[derive(Clone, Copy, Debug)]
pub struct Gelu;

/// Beyond ±40, Φ and φ are 0 or 1 in both precisions, and a bounded z keeps 0 · ∞ away.
const FAR: f64 = 40.0;

impl Elementwise for Gelu {
    const ABOUT: About = About {
        name: "gelu",
        tex: r"f(z) = z\,\Phi(z), \quad \Phi(z) = \tfrac12 \operatorname{erfc}(-z / \sqrt 2)",
        derivative: r"f'(z) = \Phi(z) + z\,\varphi(z), \quad \varphi(z) = e^{-z^2/2} / \sqrt{2\pi}",
        source: "Hendrycks and Gimpel 2016",
        stability: "Φ keeps its relative accuracy in both tails; far below 0 the value is -0 and the slope 0",
    };
    const VECTORS: &'static [(f64, f64, f64)] = &[
        (-1000.0, 0.0, 0.0),
        (-4.0, -0.000_126_684_967_332_479_7, -0.000_503_649_661_226_421_5),
        (-1.0, -0.158_655_253_931_457_05, -0.083_315_470_587_686_3),
        (-0.5, -0.154_268_769_362_993_44, 0.132_504_875_343_837_15),
        (-1e-9, -4.999_999_996_010_577e-10, 0.499_999_999_202_115_46),
        (0.0, 0.0, 0.5),
        (1e-9, 5.000_000_003_989_423e-10, 0.500_000_000_797_884_5),
        (0.5, 0.345_731_230_637_006_56, 0.867_495_124_656_162_9),
        (1.0, 0.841_344_746_068_542_9, 1.083_315_470_587_686_4),
        (4.0, 3.999_873_315_032_667_5, 1.000_503_649_661_226_5),
        (1000.0, 1000.0, 1.0),
    ];
    #[inline(always)]
    fn value<S: Simd>(&self, z: S, _: S) -> S {
        // A NaN is the second operand, which wins.
        constant::<S>(-FAR).max(z).mul(normal(z).0)
    }
    #[inline(always)]
    fn slope<S: Simd>(&self, z: S, _a: S, _: S) -> S {
        let (below, density) = normal(z);
        constant::<S>(FAR).min(constant::<S>(-FAR).max(z)).mul_add(density, below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_out_the_value_is_z_or_minus_0_and_the_slope_1_or_0() {
        for z in [50.0, 1e4, 1e30, f64::INFINITY] {
            assert_eq!((Gelu.value(z, 0.0), Gelu.slope(z, z, 0.0)), (z, 1.0));
            assert_eq!((Gelu.value(-z, 0.0).to_bits(), Gelu.slope(-z, -0.0, 0.0)), ((-0.0_f64).to_bits(), 0.0));
            let z = z as f32;
            assert_eq!((Gelu.value(z, 0.0), Gelu.slope(z, z, 0.0)), (z, 1.0));
            assert_eq!((Gelu.value(-z, 0.0).to_bits(), Gelu.slope(-z, -0.0, 0.0)), ((-0.0_f32).to_bits(), 0.0));
        }
    }
}
