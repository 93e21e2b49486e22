//! f(z)_i = z_i − ln Σ_j e^{z_j}: the logarithm of softmax, for those who want log-probabilities.

use super::{Rows, Rowwise};
use crate::about::About;
use feedforward_kernels::{Element, Kernels};

/// f(z)_i = z_i − ln Σ_j e^{z_j}.
#[derive(Clone, Copy, Debug)]
pub struct LogSoftmax;

impl Rowwise for LogSoftmax {
    const ABOUT: About = About {
        name: "log_softmax",
        tex: r"f(z)_i = z_i - \ln \sum_j e^{z_j}",
        derivative: r"\frac{\partial a_i}{\partial z_j} = \delta_{ij} - e^{a_j}",
        source: "Sarkar, Output softmax units (whose sum runs over the wrong index)",
        stability: "(z_i - top) - ln Σ e^{z_j - top}: finite also where softmax rounds to 0",
    };
    fn value<T: Element>(&self, kernels: &Kernels<T>, rows: Rows<'_, T>) {
        kernels.log_softmax(rows.z, rows.a, rows.top, rows.log_sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_base::{Batch, BatchMut};
    use feedforward_kernels::Arch;

    fn one<T: Element>(z: &[T]) -> Vec<T> {
        let mut a = vec![T::ZERO; z.len()];
        let (mut top, mut log_sum) = ([T::ZERO], [T::ZERO]);
        let kernels = Kernels::new(Arch::best(), 1).unwrap();
        let (z, a_row) = (Batch::new(z, 1, z.len()), BatchMut::new(&mut a, 1, z.len()));
        LogSoftmax.value(&kernels, Rows { z, a: a_row, top: &mut top, log_sum: &mut log_sum });
        a
    }

    /// The logits of Wang's slide on prediction: p₇ rounds to 1, and the others' logarithms are differences.
    #[test]
    fn the_logits_of_the_lecture_stay_finite() {
        let z = [-55.7, -141.4, 18.1, 188.3, -91.3, -26.8, -183.6, 411.2, -142.1, 96.2];
        let a = one::<f64>(&z);
        assert!(a.iter().zip(&z).all(|(a, z)| (a - (z - 411.2)).abs() < 1e-12), "{a:?}");
        assert!((a[3].exp() / 1.5695e-97 - 1.0).abs() < 1e-4, "{}", a[3]);
        assert!(one(&z.map(|z| 20.0 * z as f32)).iter().all(|a| a.is_finite()));
    }

    #[test]
    fn equal_logits_share_evenly() {
        assert!(one(&[1e4; 4]).iter().all(|a: &f64| (a + 4.0_f64.ln()).abs() < 1e-15));
    }
}
