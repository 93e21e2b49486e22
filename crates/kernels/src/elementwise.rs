//! Functions of one and of two numbers, over slices.

use crate::arch::{Element, Simd, Task};
use crate::kernels::Kernels;
use crate::team::split::{Runs, over_runs};

/// Numbers of a piece of work.
const RUN: usize = 2048;

/// Floating-point operations per number, about: what the division among threads goes by.
const FLOPS: usize = 16;

/// A function of one number.
pub trait Map<T: Element>: Sync {
    /// f(x), lane by lane. Mark it `#[inline(always)]`.
    fn map<S: Simd<Elem = T>>(&self, x: S) -> S;
}

/// A function of two numbers.
pub trait ZipMap<T: Element>: Sync {
    /// f(x, y), lane by lane. Mark it `#[inline(always)]`.
    fn map<S: Simd<Elem = T>>(&self, x: S, y: S) -> S;
}

impl<T: Element> Kernels<T> {
    /// `y[i] = f(x[i])`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn map(&self, x: &[T], y: &mut [T], f: &impl Map<T>) {
        self.zip_map(x, y, &First(f));
    }
    /// `y[i] = f(x[i], y[i])`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn zip_map(&self, x: &[T], y: &mut [T], f: &impl ZipMap<T>) {
        assert_eq!(x.len(), y.len(), "zip_map: lengths");
        let runs = Runs::Even { len: y.len(), step: RUN };
        over_runs(self.team_for(FLOPS * x.len()), runs, [y], |i, [y]| {
            self.arch().run(Zip { x: &x[i * RUN..][..y.len()], y, f });
        });
    }
}

/// A function of one number as one of two; the second is read and not used.
struct First<'f, F>(&'f F);

impl<T: Element, F: Map<T>> ZipMap<T> for First<'_, F> {
    #[inline(always)]
    fn map<S: Simd<Elem = T>>(&self, x: S, _: S) -> S {
        self.0.map(x)
    }
}

struct Zip<'p, T, F> {
    x: &'p [T],
    y: &'p mut [T],
    f: &'p F,
}

impl<T: Element, F: ZipMap<T>> Task<T> for Zip<'_, T, F> {
    type Out = ();
    #[inline(always)]
    fn run<S: Simd<Elem = T>>(self) {
        for i in (0..self.y.len()).step_by(S::LANES) {
            let lanes = (self.y.len() - i).min(S::LANES);
            let (x, y) = (S::load_partial(&self.x[i..], lanes), S::load_partial(&self.y[i..], lanes));
            self.f.map(x, y).store_partial(&mut self.y[i..], lanes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;

    /// x², and x − 2 y.
    struct Formulas;
    impl<T: Element> Map<T> for Formulas {
        #[inline(always)]
        fn map<S: Simd<Elem = T>>(&self, x: S) -> S {
            x.mul(x)
        }
    }
    impl<T: Element> ZipMap<T> for Formulas {
        #[inline(always)]
        fn map<S: Simd<Elem = T>>(&self, x: S, y: S) -> S {
            y.neg_mul_add(S::splat(T::from_f64(2.0)), x)
        }
    }

    #[test]
    fn every_number_is_mapped_once() {
        for arch in Arch::available() {
            for threads in [1, 3] {
                let kernels = Kernels::<f64>::new(arch, threads).unwrap();
                for n in [0, 1, 7, 65, 20_001] {
                    let x: Vec<f64> = (0..n).map(f64::from).collect();
                    let mut y = vec![-1.0; x.len()];
                    kernels.map(&x, &mut y, &Formulas);
                    assert!(x.iter().zip(&y).all(|(x, y)| *y == x * x));
                    kernels.zip_map(&x, &mut y, &Formulas);
                    assert!(x.iter().zip(&y).all(|(x, y)| *y == x - 2.0 * x * x));
                }
            }
        }
    }
}
