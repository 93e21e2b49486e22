//! Sums over vectors in f64, in an order that the length alone decides.

use feedforward_base::Real;

/// Running sums; element i goes to sum i mod 8.
const SUMS: usize = 8;

/// Adds what `term` makes of the elements.
macro_rules! sum {
    ($x:expr, $y:expr, $term:expr) => {{
        let mut sums = [0.0f64; SUMS];
        for (x, y) in $x.chunks(SUMS).zip($y.chunks(SUMS)) {
            for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
                *sum += $term(x.to_f64(), y.to_f64());
            }
        }
        let [a, b, c, d, e, f, g, h] = sums;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }};
}

/// Σ x y.
pub(crate) fn dot<T: Real>(x: &[T], y: &[T]) -> f64 {
    sum!(x, y, |x: f64, y: f64| x * y)
}

/// Σ |x|.
pub(crate) fn absolute<T: Real>(x: &[T]) -> f64 {
    sum!(x, x, |x: f64, _| x.abs())
}

/// Σ x (x − y).
pub(crate) fn dot_difference<T: Real>(x: &[T], y: &[T]) -> f64 {
    sum!(x, y, |x: f64, y: f64| x * (x - y))
}

/// max |x|, infinite if a number is not finite.
pub(crate) fn largest<T: Real>(x: &[T]) -> f64 {
    x.iter().fold(0.0, |m: f64, x| if x.is_finite() { m.max(x.to_f64().abs()) } else { f64::INFINITY })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_any_length() {
        for n in [0, 1, 7, 8, 9, 100] {
            let x: Vec<f32> = (0..n).map(|i| i as f32 - 3.0).collect();
            let y: Vec<f32> = (0..n).map(|i| 0.5 * i as f32).collect();
            let exact = |f: &dyn Fn(f64) -> f64| (0..n).map(|i| f(f64::from(i))).sum::<f64>();
            assert_eq!(dot(&x, &y), exact(&|i| (i - 3.0) * 0.5 * i));
            assert_eq!(absolute(&x), exact(&|i| (i - 3.0).abs()));
            assert_eq!(dot_difference(&x, &y), exact(&|i| (i - 3.0) * (0.5 * i - 3.0)));
        }
        assert_eq!(largest(&[1.0, -4.0, 2.0]), 4.0);
        assert_eq!(largest(&[1.0, f64::NAN, 2.0]), f64::INFINITY);
    }
}
