//! Sums over whole slices, and the test for finite numbers.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;

/// Running sums: a multiple of every number of lanes.
const SUMS: usize = 32;

impl<T: Element> Kernels<T> {
    /// Σ x², in an order that the length alone decides: element i goes to running sum i mod 32,
    /// which are then added in pairs, the halves of the rest onto each other.
    pub fn sum_of_squares(&self, x: &[T]) -> T {
        self.run(Squares(x))
    }
    /// No number is infinite or NaN.
    pub fn all_finite(&self, x: &[T]) -> bool {
        self.run(Finite(x))
    }
}

struct Squares<'p, T>(&'p [T]);

impl<T: Element> Task<T> for Squares<'_, T> {
    type Out = T;
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> T {
        let vectors = SUMS / S::LANES;
        let mut sums = [S::splat(T::ZERO); SUMS];
        for (v, i) in (0..self.0.len()).step_by(S::LANES).enumerate() {
            let x = S::load_partial(&self.0[i..], (self.0.len() - i).min(S::LANES));
            let sum = &mut sums[v % vectors];
            *sum = x.mul_add(x, *sum);
        }
        let mut flat = [T::ZERO; SUMS];
        for v in 0..vectors {
            sums[v].store(&mut flat[v * S::LANES..]);
        }
        let mut half = SUMS / 2;
        while half > 0 {
            for i in 0..half {
                flat[i] += flat[i + half];
            }
            half /= 2;
        }
        flat[0]
    }
}

struct Finite<'p, T>(&'p [T]);

impl<T: Element> Task<T> for Finite<'_, T> {
    type Out = bool;
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) -> bool {
        // x − x is 0 for finite x and NaN for all others; a NaN stays in the sum.
        let mut sum = S::splat(T::ZERO);
        for i in (0..self.0.len()).step_by(S::LANES) {
            let x = S::load_partial(&self.0[i..], (self.0.len() - i).min(S::LANES));
            sum = sum.add(x.sub(x));
        }
        !S::any(sum.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;

    #[test]
    fn squares_have_the_same_bits_on_every_path() {
        for len in [0, 1, 7, 31, 32, 33, 100, 1000] {
            let x: Vec<f32> = (0..len).map(|i| (i as f32 - 40.3) * 0.37).collect();
            let exact: f64 = x.iter().map(|&x| f64::from(x).powi(2)).sum();
            let sums: Vec<f32> = Arch::available()
                .into_iter()
                .map(|arch| Kernels::new(arch, 1).unwrap().sum_of_squares(&x))
                .collect();
            assert!(sums.iter().all(|s| s.to_bits() == sums[0].to_bits()), "{sums:?}");
            assert!((f64::from(sums[0]) - exact).abs() <= 1e-6 * exact);
        }
    }

    #[test]
    fn one_number_that_is_not_finite_is_found_anywhere() {
        for arch in Arch::available() {
            let kernels = Kernels::<f64>::new(arch, 1).unwrap();
            let mut x = vec![f64::MAX; 37];
            assert!(kernels.all_finite(&x));
            for i in 0..x.len() {
                for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    x[i] = bad;
                    assert!(!kernels.all_finite(&x));
                }
                x[i] = -0.0;
            }
            assert!(kernels.all_finite(&[]));
        }
    }
}
