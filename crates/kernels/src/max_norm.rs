//! Rows of weights shortened to a greatest norm.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::layout::{PANEL, units};
use crate::team::split::{Runs, over_runs};

/// Floating-point operations per weight, about: what the division among threads goes by.
const FLOPS: usize = 4;

impl<T: Element> Kernels<T> {
    /// Scale the incoming weights of every unit whose norm `‖w_j‖` is above `most` by `most / ‖w_j‖`.
    ///
    /// `w`: the weights of a layer of `outputs` units with `inputs` inputs, in panels. The squares of a unit are
    /// added over its inputs ascending, from 0, one fused multiply-add each. A unit whose sum overflows or is NaN
    /// is left as it is: shortening would hide that it diverges.
    ///
    /// # Panics
    /// If `w` does not hold `outputs · inputs` numbers.
    pub fn limit_norms(&self, w: &mut [T], outputs: usize, inputs: usize, most: T) {
        assert_eq!(Some(w.len()), outputs.checked_mul(inputs), "limit_norms: weights");
        let runs = Runs::Panels { outputs, inputs, step: inputs.max(1) };
        over_runs(self.team_for(FLOPS * w.len()), runs, [w], |p, [panel]| {
            self.run(Shorten { panel, units: units(outputs, p).len(), most });
        });
    }
}

/// The weights of a panel, input by input.
struct Shorten<'p, T> {
    panel: &'p mut [T],
    units: usize,
    most: T,
}

impl<T: Element> Task<T> for Shorten<'_, T> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        let Shorten { panel, units, most } = self;
        let (zero, one) = (S::splat(T::ZERO), S::splat(T::ONE));
        let mut factors = [zero; PANEL];
        for input in panel.chunks_exact(units) {
            for (sum, c) in factors.iter_mut().zip((0..units).step_by(S::LANES)) {
                let w = S::load_some(&input[c..], (units - c).min(S::LANES));
                *sum = w.mul_add(w, *sum);
            }
        }
        let (most, infinite) = (S::splat(most), S::splat(T::from_f64(f64::INFINITY)));
        let mut some = false;
        for factor in factors.iter_mut().take(units.div_ceil(S::LANES)) {
            let norm = factor.sqrt();
            let long = S::and(norm.gt(most), norm.lt(infinite));
            some |= S::any(long);
            *factor = S::select(long, most.div(norm), one);
        }
        if !some {
            return;
        }
        for input in panel.chunks_exact_mut(units) {
            for (factor, c) in factors.iter().zip((0..units).step_by(S::LANES)) {
                let lanes = (units - c).min(S::LANES);
                let w = S::load_some(&input[c..], lanes);
                w.mul(*factor).store_some(&mut input[c..], lanes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;
    use crate::layout::{from_rows, to_rows};
    use feedforward_base::{Dice, Purpose};

    /// Rows of weights whose norms are about 0.6, 1.2, … 4.2.
    fn rows(outputs: usize, inputs: usize) -> Vec<f64> {
        let stream = Dice::new(4).stream(Purpose::Experiment, &[]);
        let norm = |i: u64| 0.6 * (1.0 + (i / inputs.max(1) as u64 % 7) as f64);
        let scale = |i: u64| norm(i) / (inputs as f64).sqrt();
        (0..(outputs * inputs) as u64).map(|i| stream.normal(i) * scale(i)).collect()
    }

    fn limited<T: Element>(
        rows: &[f64],
        outputs: usize,
        inputs: usize,
        arch: Arch,
        threads: usize,
    ) -> Vec<T> {
        let rows: Vec<T> = rows.iter().map(|w| T::from_f64(*w)).collect();
        let mut w = from_rows(&rows, outputs, inputs);
        Kernels::new(arch, threads).unwrap().limit_norms(&mut w, outputs, inputs, T::from_f64(1.5));
        to_rows(&w, outputs, inputs)
    }

    fn check<T: Element>(tolerance: f64) {
        for (outputs, inputs) in [(1, 1), (3, 40), (64, 17), (65, 30), (130, 9), (200, 600), (5, 0)] {
            let rows = rows(outputs, inputs);
            let want = limited::<T>(&rows, outputs, inputs, Arch::Scalar, 1);
            let mut shortened = 0;
            for (own, was) in want.chunks(inputs.max(1)).zip(rows.chunks(inputs.max(1))) {
                let norm = was.iter().map(|w| w * w).sum::<f64>().sqrt();
                let factor = if norm > 1.5 { 1.5 / norm } else { 1.0 };
                shortened += usize::from(factor < 1.0);
                for (own, was) in own.iter().zip(was) {
                    assert!(
                        (own.to_f64() - was * factor).abs() <= tolerance,
                        "{own} from {was} of norm {norm}"
                    );
                }
            }
            assert!(
                inputs < 17 || (1..outputs).contains(&shortened),
                "{shortened} of {outputs} units are long"
            );
            for arch in Arch::available() {
                for threads in [1, 2, 3, 7] {
                    let got = limited::<T>(&rows, outputs, inputs, arch, threads);
                    assert_eq!(got, want, "{} {threads}", arch.name());
                }
            }
        }
    }

    #[test]
    fn every_unit_keeps_its_direction_and_at_most_the_norm() {
        check::<f32>(1e-6);
        check::<f64>(1e-14);
    }

    #[test]
    fn short_units_keep_their_bits_and_diverged_ones_show() {
        let kernels = Kernels::<f32>::new(Arch::best(), 1).unwrap();
        let mut w = [0.3, 1e30, f32::NAN, 4.0];
        kernels.limit_norms(&mut w, 4, 1, 1.0);
        assert_eq!((w[0], w[1], w[3]), (0.3, 1e30, 1.0));
        assert!(w[2].is_nan());
    }
}
