//! What the tests of the vector functions share.

use crate::arch::{Arch, Element, Simd, Task};
use feedforward_base::{Dice, Purpose};

/// A function of one number.
pub(super) trait Map<T: Element> {
    fn map<S: Simd<Elem = T>>(&self, x: S) -> S;
}

/// A vector function as a [`Map`].
macro_rules! function {
    ($name:ident, $f:path) => {
        struct $name;
        impl<T: crate::arch::Element> crate::math::check::Map<T> for $name {
            #[inline(always)]
            fn map<S: crate::arch::Simd<Elem = T>>(&self, x: S) -> S {
                $f(x)
            }
        }
    };
}
pub(super) use function;

/// Values of `f` on one path.
pub(super) fn values<T: Element>(arch: Arch, x: &[T], f: &impl Map<T>) -> Vec<T> {
    struct Each<'a, T, F>(&'a [T], &'a mut [T], &'a F);
    impl<T: Element, F: Map<T>> Task<T> for Each<'_, T, F> {
        type Out = ();
        #[inline(always)]
        fn run<S: Simd<Elem = T>>(self) {
            for (x, y) in self.0.chunks(S::LANES).zip(self.1.chunks_mut(S::LANES)) {
                self.2.map(S::load_partial(x, x.len())).store_partial(y, y.len());
            }
        }
    }
    let mut y = vec![T::ZERO; x.len()];
    arch.run(Each(x, &mut y, f));
    y
}

/// The error of y in units in the last place of the `f32` nearest to `exact`.
fn ulps(y: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if nearest.is_nan() || nearest.is_infinite() {
        let same = nearest.to_bits() == y.to_bits() || nearest.is_nan() && y.is_nan();
        return if same { 0.0 } else { f64::INFINITY };
    }
    let unit = f64::from(nearest.abs().next_up().min(f32::MAX)) - f64::from(nearest.abs());
    let unit = if unit > 0.0 { unit } else { 2.0_f64.powi(104) };
    (f64::from(y) - exact).abs() / unit
}

/// No `f32` among those of these bits is off by more than `bound`.
fn f32_within(bits: impl Iterator<Item = u32>, f: &impl Map<f32>, exact: fn(f64) -> f64, bound: f64) {
    let (mut bits, mut worst) = (bits.peekable(), (0.0, 0.0));
    while bits.peek().is_some() {
        let x: Vec<f32> = bits.by_ref().take(1 << 16).map(f32::from_bits).collect();
        for (&x, y) in x.iter().zip(values(Arch::best(), &x, f)) {
            let error = ulps(y, exact(f64::from(x)));
            worst = if error > worst.0 { (error, x) } else { worst };
        }
    }
    println!("largest error: {:.3} ulp at {:e}", worst.0, worst.1);
    assert!(worst.0 <= bound, "{} ulp at {:e}", worst.0, worst.1);
}

/// Every 997th `f32`.
pub(super) fn some_f32(f: &impl Map<f32>, exact: fn(f64) -> f64, bound: f64) {
    f32_within((0..=u32::MAX).step_by(997), f, exact, bound);
}

/// Every `f32`.
pub(super) fn every_f32(f: &impl Map<f32>, exact: fn(f64) -> f64, bound: f64) {
    f32_within(0..=u32::MAX, f, exact, bound);
}

/// The lines of `testdata/functions.txt` for this function.
pub(super) fn f64_table(name: &str, f: &impl Map<f64>, bound: f64) {
    let (mut worst, mut lines) = ((0.0, 0.0), 0);
    for line in include_str!("../../testdata/functions.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if words[0] != name {
            continue;
        }
        let number = |i: usize| f64::from_bits(u64::from_str_radix(words[i], 16).unwrap());
        let (x, near, rest) = (number(1), number(2), words[3].parse::<f64>().unwrap());
        let y = values(Arch::best(), &[x], f)[0];
        let unit = near.abs().next_up() - near.abs();
        let error = ((y - near) / unit - rest).abs();
        worst = if error <= worst.0 { worst } else { (error, x) };
        lines += 1;
    }
    println!("largest error: {:.3} ulp at {:e}", worst.0, worst.1);
    assert!(lines > 200 && worst.0 <= bound, "{} ulp at {:e}", worst.0, worst.1);
}

/// All paths give the bits of the scalar one; any NaN equals any NaN.
pub(super) fn same_bits<F: Map<f32> + Map<f64>>(f: &F) {
    fn on_all_paths<T: Element>(x: &[T], f: &impl Map<T>) {
        let want = values(Arch::Scalar, x, f);
        for arch in Arch::available() {
            for ((x, y), want) in x.iter().zip(values(arch, x, f)).zip(&want) {
                let (y, want) = (y.to_f64(), want.to_f64());
                assert!(y.to_bits() == want.to_bits() || y.is_nan() && want.is_nan(), "{arch:?} at {x}");
            }
        }
    }
    let stream = Dice::new(1).stream(Purpose::Experiment, &[]);
    // Random bits cover all exponents; the second half covers the numbers that networks see.
    let wild = |i| stream.bits(i);
    let tame = |i| 100.0 * (stream.uniform(i) - 0.5);
    let x: Vec<f32> = (0..50_000).map(|i| f32::from_bits(wild(i) as u32)).collect();
    on_all_paths(&x, f);
    on_all_paths(&(0..50_001).map(|i| tame(i) as f32).collect::<Vec<_>>(), f);
    on_all_paths(&(0..50_000).map(|i| f64::from_bits(wild(i))).collect::<Vec<_>>(), f);
    on_all_paths(&(0..50_001).map(tame).collect::<Vec<f64>>(), f);
}

/// f(x) for pairs (x, y), exactly (−0 is not 0), in both precisions.
pub(super) fn exactly<F: Map<f32> + Map<f64>>(f: &F, pairs: &[(f64, f64)]) {
    for &(x, want) in pairs {
        let narrow = f64::from(values(Arch::best(), &[x as f32], f)[0]);
        let wide = values(Arch::best(), &[x], f)[0];
        for y in [narrow, wide] {
            assert!(y.to_bits() == want.to_bits() || y.is_nan() && want.is_nan(), "f({x}) = {y}");
        }
    }
}
