//! f(z)_i = e^{z_i} / Σ_j e^{z_j}: the output for several classes.

use super::{Rows, Rowwise};
use crate::about::About;
use feedforward_kernels::{Element, Kernels};

/// f(z)_i = e^{z_i} / Σ_j e^{z_j}.
#[derive(Clone, Copy, Debug)]
pub struct Softmax;

impl Rowwise for Softmax {
    const ABOUT: About = About {
        name: "softmax",
        tex: r"f(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        derivative: r"\frac{\partial a_i}{\partial z_j} = a_i (\delta_{ij} - a_j)",
        source: "Wang, Softmax classifier; Olteanu, Vectorwise activations",
        stability: "the largest z is subtracted first, which changes nothing else",
    };
    fn value<T: Element>(&self, kernels: &Kernels<T>, rows: Rows<'_, T>) {
        kernels.softmax(rows.z, rows.a, rows.top, rows.log_sum);
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
        Softmax.value(&kernels, Rows { z, a: a_row, top: &mut top, log_sum: &mut log_sum });
        a
    }

    /// The logits of Wang's slide on prediction; naive f32 exponentials overflow above 88.7.
    #[test]
    fn the_logits_of_the_lecture_give_class_7() {
        let z = [-55.7, -141.4, 18.1, 188.3, -91.3, -26.8, -183.6, 411.2, -142.1, 96.2];
        let a = one::<f64>(&z);
        assert_eq!(a[7], 1.0);
        assert!((a[3] / 1.5695e-97 - 1.0).abs() < 1e-4, "{}", a[3]);
        let a32 = one(&z.map(|z| z as f32));
        assert_eq!(a32[7], 1.0);
        assert!(a32.iter().all(|a| a.is_finite()));
    }
}
