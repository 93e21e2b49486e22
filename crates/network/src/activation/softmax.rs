//! f(z)_i = e^{z_i} / Σ_j e^{z_j}: the output for several classes.

use super::Rowwise;
use crate::about::About;
use feedforward_kernels::{Element, Simd, math};

/// f(z)_i = e^{z_i} / Σ_j e^{z_j}.
#[derive(Clone, Copy, Debug)]
pub struct Softmax;

/// e^{z_i − max z} into `a`; returns (max z, Σ_i e^{z_i − max z}), summed in the order of i.
#[inline(always)]
pub(crate) fn softmax_exponentials<S: Simd<Elem = T>, T: Element>(z: &[T], a: &mut [T]) -> (T, T) {
    let max = z.iter().copied().fold(z[0], |m, v| if v > m { v } else { m });
    let whole = z.len() / S::LANES * S::LANES;
    let vector_max = S::splat(max);
    for i in (0..whole).step_by(S::LANES) {
        math::exp(S::load(&z[i..]).sub(vector_max)).store(&mut a[i..]);
    }
    let rest = z.len() - whole;
    if rest > 0 {
        math::exp(S::load_partial(&z[whole..], rest).sub(vector_max)).store_partial(&mut a[whole..], rest);
    }
    let sum = a.iter().fold(T::ZERO, |s, &v| s + v);
    (max, sum)
}

impl Rowwise for Softmax {
    const ABOUT: About = About {
        name: "softmax",
        tex: r"f(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        derivative: r"\frac{\partial a_i}{\partial z_j} = a_i (\delta_{ij} - a_j)",
        source: "Wang, Softmax classifier; Olteanu, Vectorwise activations",
        stability: "the largest z is subtracted first, which changes nothing else",
    };
    #[inline(always)]
    fn value<S: Simd<Elem = T>, T: Element>(&self, z: &[T], a: &mut [T]) {
        let (_, sum) = softmax_exponentials::<S, T>(z, a);
        for v in a {
            *v = *v / sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The logits of Wang's slide on prediction; naive f32 exponentials overflow above 88.7.
    #[test]
    fn the_logits_of_the_lecture_give_class_7() {
        let z = [-55.7, -141.4, 18.1, 188.3, -91.3, -26.8, -183.6, 411.2, -142.1, 96.2];
        let mut a = [0.0; 10];
        Softmax.value::<f64, f64>(&z, &mut a);
        assert_eq!(a[7], 1.0);
        assert!((a[3] / 1.5695e-97 - 1.0).abs() < 1e-4, "{}", a[3]);
        let z32 = z.map(|z| z as f32);
        let mut a32 = [0.0f32; 10];
        Softmax.value::<f32, f32>(&z32, &mut a32);
        assert_eq!(a32[7], 1.0);
        assert!(a32.iter().all(|a| a.is_finite()));
    }
}
