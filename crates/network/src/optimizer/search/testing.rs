//! Functions with known minima.

use super::Objective;
use feedforward_base::Real;

/// A function that gives its value and gradient in f64.
pub(super) struct Function<F>(pub(super) F);

impl<T: Real, F: FnMut(&[f64]) -> (f64, Vec<f64>)> Objective<T> for Function<F> {
    fn at(&mut self, theta: &[T], gradient: &mut [T]) -> f64 {
        let theta: Vec<f64> = theta.iter().map(|x| x.to_f64()).collect();
        let (value, g) = (self.0)(&theta);
        gradient.iter_mut().zip(g).for_each(|(own, g)| *own = T::from_f64(g));
        value
    }
}

/// Σ over pairs: 100 (y − x²)² + (1 − x)²; the minimum 0 at (1, 1, …).
pub(super) fn rosenbrock(x: &[f64]) -> (f64, Vec<f64>) {
    let (mut value, mut g) = (0.0, Vec::new());
    for pair in x.chunks(2) {
        let (x, y) = (pair[0], pair[1]);
        value += 100.0 * (y - x * x).powi(2) + (1.0 - x).powi(2);
        g.extend([-400.0 * x * (y - x * x) - 2.0 * (1.0 - x), 200.0 * (y - x * x)]);
    }
    (value, g)
}

/// (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²; the minimum 0 at (3, 0.5).
pub(super) fn beale(x: &[f64]) -> (f64, Vec<f64>) {
    let (x, y) = (x[0], x[1]);
    let (mut value, mut g) = (0.0, vec![0.0, 0.0]);
    for (i, c) in [(1, 1.5), (2, 2.25), (3, 2.625)] {
        let r = c - x + x * y.powi(i);
        value += r * r;
        g[0] += 2.0 * r * (y.powi(i) - 1.0);
        g[1] += 2.0 * r * x * f64::from(i) * y.powi(i - 1);
    }
    (value, g)
}
