//! One vector of one precision, and the instruction sets that provide it.
//!
//! `scalar.rs` is the definition: every other implementation gives the same bits, lane by lane.
//! All code above is generic over [`Simd`], marked `#[inline(always)]`, and entered through
//! [`Arch::run`], which compiles it once per instruction set. The vector types cannot be named
//! outside this folder, so whoever holds one is inside such an entry: the instructions exist.
#![allow(unsafe_code, reason = "intrinsics, and the register tile's unchecked reads")]

#[cfg(target_arch = "aarch64")]
mod aarch64;
pub(crate) mod fused;
mod scalar;
pub(crate) mod tile;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use crate::coefficients::Coefficients;
use feedforward_base::{Error, Real, Result};
use std::cell::RefCell;
pub(crate) use tile::MAX_LANES;

mod sealed {
    pub trait Sealed {}
}

/// A vector of [`Simd::LANES`] numbers of one precision.
///
/// Arithmetic is IEEE 754, round to nearest even, lane by lane. A NaN result is a NaN, its sign and
/// payload are not defined.
pub trait Simd: sealed::Sealed + Copy {
    /// The precision.
    type Elem: Element;
    /// One truth value per lane.
    type Mask: Copy;
    /// Numbers in a vector.
    const LANES: usize;
    /// Rows of the register tile whose rows have 1, 2, … vectors; 0: there is none so wide.
    const TILE: [usize; 4];
    /// Vectors in a row of the widest register tile.
    const TILE_VECTORS: usize = {
        let mut wide = 4;
        while Self::TILE[wide - 1] == 0 {
            wide -= 1;
        }
        wide
    };

    /// `x` in every lane.
    fn splat(x: Self::Elem) -> Self;
    /// The vector at `x`.
    ///
    /// # Safety
    /// `x` points to `LANES` readable numbers.
    unsafe fn load_raw(x: *const Self::Elem) -> Self;
    /// The first `LANES` numbers of `x`.
    ///
    /// # Panics
    /// If `x` is shorter.
    #[inline(always)]
    fn load(x: &[Self::Elem]) -> Self {
        assert!(x.len() >= Self::LANES);
        // SAFETY: the slice holds LANES numbers.
        unsafe { Self::load_raw(x.as_ptr()) }
    }
    /// The first `n` numbers of `x`, then zeros.
    ///
    /// # Panics
    /// If `n > LANES` or `x` is shorter than `n`.
    fn load_partial(x: &[Self::Elem], n: usize) -> Self;
    /// All lanes into the first `LANES` places of `x`.
    ///
    /// # Panics
    /// If `x` is shorter.
    fn store(self, x: &mut [Self::Elem]);
    /// The first `n` lanes into the first `n` places of `x`.
    ///
    /// # Panics
    /// If `n > LANES` or `x` is shorter than `n`.
    fn store_partial(self, x: &mut [Self::Elem], n: usize);
    /// [`Simd::load_partial`], quicker where all lanes are asked for.
    #[inline(always)]
    fn load_some(x: &[Self::Elem], n: usize) -> Self {
        if n == Self::LANES { Self::load(x) } else { Self::load_partial(x, n) }
    }
    /// [`Simd::store_partial`], quicker where all lanes are asked for.
    #[inline(always)]
    fn store_some(self, x: &mut [Self::Elem], n: usize) {
        if n == Self::LANES { self.store(x) } else { self.store_partial(x, n) }
    }
    /// Lane 0.
    fn first(self) -> Self::Elem;

    /// self + b.
    fn add(self, b: Self) -> Self;
    /// self − b.
    fn sub(self, b: Self) -> Self;
    /// self · b.
    fn mul(self, b: Self) -> Self;
    /// self / b.
    fn div(self, b: Self) -> Self;
    /// √self.
    fn sqrt(self) -> Self;
    /// self · b + c, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// c − self · b, rounded once.
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// The sign bit flipped.
    fn neg(self) -> Self;
    /// The sign bit cleared.
    fn abs(self) -> Self;
    /// The magnitude of `self` with the sign bit of `sign`.
    fn copy_sign(self, sign: Self) -> Self;
    /// `self` if self < b, else `b`: `b` wins when either is NaN and when both are zeros.
    fn min(self, b: Self) -> Self;
    /// `self` if self > b, else `b`: `b` wins when either is NaN and when both are zeros.
    fn max(self, b: Self) -> Self;
    /// The nearest integral number, ties to even.
    fn round(self) -> Self;

    /// self < b; false with a NaN.
    fn lt(self, b: Self) -> Self::Mask;
    /// self ≤ b; false with a NaN.
    fn le(self, b: Self) -> Self::Mask;
    /// self > b; false with a NaN.
    #[inline(always)]
    fn gt(self, b: Self) -> Self::Mask {
        b.lt(self)
    }
    /// self ≥ b; false with a NaN.
    #[inline(always)]
    fn ge(self, b: Self) -> Self::Mask {
        b.le(self)
    }
    /// self = b; false with a NaN, and −0 = 0.
    fn eq(self, b: Self) -> Self::Mask;
    /// self is NaN.
    #[inline(always)]
    fn is_nan(self) -> Self::Mask {
        Self::not(self.eq(self))
    }
    /// Both.
    fn and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// At least one.
    fn or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// The opposite.
    fn not(a: Self::Mask) -> Self::Mask;
    /// True in some lane.
    fn any(a: Self::Mask) -> bool;
    /// `a` where `mask` is true, `b` elsewhere, bit for bit.
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self;

    /// 2^self for an integral value in the exponent range of normal numbers
    /// (−126..=127 for `f32`, −1022..=1023 for `f64`).
    fn exp2i(self) -> Self;
    /// (m, e) with self = m · 2^e and m in [√½, √2), for positive normal numbers.
    fn split(self) -> (Self, Self);
    /// Lane i gets the number that [`random`] gives to (`row_key`, `first_unit + i`).
    fn random(row_key: u32, first_unit: u32) -> Self;
    /// The transpose of the square whose rows are the first `LANES` vectors of `rows`.
    #[inline(always)]
    fn transpose(rows: &mut [Self; MAX_LANES]) {
        let mut square = [[Self::Elem::ZERO; MAX_LANES]; MAX_LANES];
        for i in 0..Self::LANES {
            rows[i].store(&mut square[i]);
        }
        for i in 0..Self::LANES {
            let mut line = [Self::Elem::ZERO; MAX_LANES];
            for j in 0..Self::LANES {
                line[j] = square[j][i];
            }
            rows[i] = Self::load(&line);
        }
    }
    /// Have the memory at `x` brought near; any address will do.
    #[inline(always)]
    fn prefetch(x: *const Self::Elem) {
        let _ = x;
    }
}

/// The bits of one random draw: lowbias32 (C. Wellons, 2018) of the unit, then of that + the key.
#[inline(always)]
fn draw(row_key: u32, unit: u32) -> u32 {
    lowbias(lowbias(unit).wrapping_add(row_key))
}

#[inline(always)]
fn lowbias(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    let x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// A number uniform in [0, 1), made of 24 random bits: the same in both precisions and on every
/// path. For dropout: one `row_key` per (step, layer, sample), one number per unit.
#[inline(always)]
pub fn random<T: Real>(row_key: u32, unit: u32) -> T {
    T::from_f64(f64::from(draw(row_key, unit) >> 8) * RANDOM_STEP)
}

/// 2⁻²⁴.
const RANDOM_STEP: f64 = 1.0 / 16_777_216.0;

/// Code that runs on vectors, compiled once per instruction set.
pub trait Task<T: Element> {
    /// What it returns.
    type Out;
    /// The code. Mark it, and what it calls, `#[inline(always)]`, and keep closures out of it: code
    /// that is not inlined here is compiled without these instructions; it is right, and slow.
    fn run<S: Simd<Elem = T>>(self) -> Self::Out;
}

/// A precision that kernels exist for: `f32` or `f64`. Sealed.
pub trait Element: Real + Coefficients {
    /// The one-lane vector: the number itself.
    type Scalar: Simd<Elem = Self>;
    /// [`Arch::run`].
    ///
    /// # Safety
    /// This machine has `arch`.
    unsafe fn run<K: Task<Self>>(arch: Arch, task: K) -> K::Out;
    /// Call `work` with `len` numbers of any value that belong to this thread: memory for results
    /// on their way, kept from call to call. Not to be nested.
    fn with_desk<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R;
}

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arch {
    /// One number at a time: the definition.
    Scalar,
    /// x86-64 with AVX2 and FMA: 8 `f32` or 4 `f64`.
    Avx2,
    /// x86-64 with AVX-512 F, DQ, BW and VL: 16 `f32` or 8 `f64`.
    Avx512,
    /// 64-bit Arm: 4 `f32` or 2 `f64`.
    Neon,
}

impl Arch {
    const ALL: [Arch; 4] = [Arch::Scalar, Arch::Avx2, Arch::Avx512, Arch::Neon];

    /// The widest that this machine has.
    pub fn best() -> Arch {
        Self::ALL.into_iter().rev().find(|a| a.is_available()).unwrap_or(Arch::Scalar)
    }
    /// All that this machine has, narrowest first.
    pub fn available() -> Vec<Arch> {
        Self::ALL.into_iter().filter(|a| a.is_available()).collect()
    }
    /// Whether this machine has it.
    #[inline]
    pub fn is_available(self) -> bool {
        match self {
            Arch::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Arch::Avx2 => x86_64::has_avx2(),
            #[cfg(target_arch = "x86_64")]
            Arch::Avx512 => x86_64::has_avx512(),
            #[cfg(target_arch = "aarch64")]
            Arch::Neon => true,
            #[allow(unreachable_patterns, reason = "which arms stand above depends on the target")]
            _ => false,
        }
    }
    /// The name users write.
    pub fn name(self) -> &'static str {
        match self {
            Arch::Scalar => "scalar",
            Arch::Avx2 => "avx2",
            Arch::Avx512 => "avx512",
            Arch::Neon => "neon",
        }
    }
    /// The instruction set of this name.
    ///
    /// # Errors
    /// `Unknown` for a name that is none, or that this machine does not have.
    pub fn parse(name: &str) -> Result<Arch> {
        let known = Self::available();
        known.iter().copied().find(|a| a.name() == name).ok_or_else(|| {
            let error = Error::unknown("instruction set", name, known.iter().map(|a| a.name()));
            match Self::ALL.iter().any(|a| a.name() == name) {
                true => error.hint(format!("this machine does not have it; use `{}`", Self::best().name())),
                false => error,
            }
        })
    }
    /// Run `task` with the vectors of this instruction set.
    ///
    /// # Panics
    /// If this machine does not have it.
    #[inline]
    pub fn run<T: Element, K: Task<T>>(self, task: K) -> K::Out {
        assert!(self.is_available(), "this machine has no {}", self.name());
        // SAFETY: checked above.
        unsafe { T::run(self, task) }
    }
}

/// Bytes of a cache line: where a desk starts.
const LINE: usize = 64;

macro_rules! element {
    ($t:ident, $avx2:ident, $avx512:ident, $neon:ident) => {
        impl Element for $t {
            type Scalar = $t;
            #[inline]
            unsafe fn run<K: Task<$t>>(arch: Arch, task: K) -> K::Out {
                match arch {
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: the caller's promise.
                    Arch::Avx2 => unsafe { x86_64::run_avx2::<x86_64::$avx2, K>(task) },
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: the caller's promise.
                    Arch::Avx512 => unsafe { x86_64::run_avx512::<x86_64::$avx512, K>(task) },
                    #[cfg(target_arch = "aarch64")]
                    Arch::Neon => task.run::<aarch64::$neon>(),
                    // `mul_add` without the instruction is a slow library call with the same bits.
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: checked in the guard.
                    _ if x86_64::has_fma() => unsafe { x86_64::run_scalar::<$t, K>(task) },
                    _ => task.run::<$t>(),
                }
            }
            fn with_desk<R>(len: usize, work: impl FnOnce(&mut [$t]) -> R) -> R {
                thread_local! {
                    static DESK: RefCell<Vec<$t>> = const { RefCell::new(Vec::new()) };
                }
                DESK.with_borrow_mut(|desk| {
                    let room = len + LINE / size_of::<$t>();
                    if desk.len() < room {
                        desk.resize(room, 0.0);
                    }
                    let start = desk.as_ptr().align_offset(LINE);
                    work(&mut desk[start..start + len])
                })
            }
        }
    };
}
element!(f32, F32x8, F32x16, F32x4);
element!(f64, F64x4, F64x8, F64x2);

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits; any NaN equals any NaN.
    fn bits<T: Real>(x: T) -> u64 {
        if x.to_f64().is_nan() { u64::MAX } else { x.to_f64().to_bits() }
    }

    fn hard<T: Real>() -> Vec<T> {
        let mut x: Vec<T> =
            [0.0, 1.0, 0.5, 1.5, 2.5, 1e-40, 1e-310, 1e30, 3.3, 7.0e9, f64::INFINITY, f64::NAN]
                .into_iter()
                .map(T::from_f64)
                .collect();
        x.extend(x.clone().into_iter().map(|x| -x));
        x
    }

    /// Every operation on `lanes` lanes of three vectors.
    struct Operations<'x, T> {
        x: [&'x [T]; 3],
    }

    impl<T: Element> Task<T> for Operations<'_, T> {
        type Out = Vec<Vec<T>>;
        #[inline(always)]
        fn run<S: Simd<Elem = T>>(self) -> Vec<Vec<T>> {
            let mut results = vec![Vec::new(); self.x[0].len()];
            for i in (0..self.x[0].len()).step_by(S::LANES) {
                let lanes = (self.x[0].len() - i).min(S::LANES);
                let [a, b, c] = self.x.map(|x| S::load_partial(&x[i..], lanes));
                let ones = |mask| S::select(mask, S::splat(T::ONE), S::splat(T::ZERO));
                let masks = [a.lt(b), a.le(b), a.gt(b), a.ge(b), a.eq(b), a.is_nan()];
                let (lt, nan) = (masks[0], masks[5]);
                let of_masks = [S::and(lt, nan), S::or(lt, nan), S::not(lt)];
                let mut all = vec![a.add(b), a.sub(b), a.mul(b), a.div(b), a.sqrt(), a.mul_add(b, c)];
                all.extend([a.neg_mul_add(b, c), a.neg(), a.abs(), a.copy_sign(b), a.min(b), a.max(b)]);
                all.extend([a.round(), S::select(lt, a, c)]);
                all.extend(masks.into_iter().chain(of_masks).map(ones));
                for y in all {
                    let mut lane = vec![T::ZERO; lanes];
                    y.store_partial(&mut lane, lanes);
                    (0..lanes).for_each(|j| results[i + j].push(lane[j]));
                }
            }
            results
        }
    }

    fn operations_agree<T: Element>() {
        let x = hard::<T>();
        let n = x.len();
        let cube = |f: &dyn Fn(usize) -> usize| (0..n * n * n).map(|i| x[f(i)]).collect::<Vec<T>>();
        let (a, b, c) = (cube(&|i| i % n), cube(&|i| i / n % n), cube(&|i| i / n / n));
        let run = |arch: Arch| arch.run(Operations { x: [&a, &b, &c] });
        let want = run(Arch::Scalar);
        for arch in Arch::available() {
            for (i, (y, want)) in run(arch).iter().zip(&want).enumerate() {
                let same = y.iter().zip(want).all(|(y, w)| bits(*y) == bits(*w));
                assert!(same, "{arch:?} {} {} {}: {y:?}, scalar {want:?}", a[i], b[i], c[i]);
            }
        }
    }

    #[test]
    fn every_operation_agrees_with_the_scalar_one() {
        operations_agree::<f32>();
        operations_agree::<f64>();
    }

    #[test]
    fn the_second_operand_wins_a_tie_of_min_and_max() {
        assert!(Simd::min(0.0_f32, -0.0).is_sign_negative() && Simd::min(-0.0_f32, 0.0).is_sign_positive());
        assert!(Simd::max(f32::NAN, 1.0) == 1.0 && Simd::max(1.0, f32::NAN).is_nan());
    }

    /// Powers, splits and random numbers of as many lanes as there are.
    struct Parts;

    impl<T: Element> Task<T> for Parts {
        type Out = ();
        #[inline(always)]
        fn run<S: Simd<Elem = T>>(self) {
            let lanes = |x: S| {
                let mut out = vec![T::ZERO; S::LANES];
                x.store(&mut out);
                out
            };
            let range = if T::BYTES == 4 { -126..=127 } else { -1022..=1023 };
            for n in range {
                let n = T::from_f64(f64::from(n));
                let (m, e) = S::splat(n).exp2i().mul(S::splat(T::from_f64(1.25))).split();
                assert_eq!((m.first(), e.first()), (T::from_f64(1.25), n));
                assert!(lanes(m).iter().all(|&x| x == m.first()) && lanes(e).iter().all(|&x| x == n));
            }
            let half = T::from_f64(0.5);
            let root = T::from_f64(std::f64::consts::FRAC_1_SQRT_2);
            for (x, e) in [(0.7, -1), (0.71, 0), (1.41, 0), (1.42, 1)] {
                let (m, power) = S::splat(T::from_f64(x)).split();
                assert!(m.first() >= root && m.first() < root / half, "{x}");
                assert_eq!(power.first().to_f64(), f64::from(e));
            }
            for (key, unit) in [(0, 0), (1, 5), (u32::MAX, 1 << 20), (77, u32::MAX - 3)] {
                for (i, &x) in lanes(S::random(key, unit)).iter().enumerate() {
                    assert_eq!(x, random(key, unit.wrapping_add(i as u32)));
                }
            }
        }
    }

    #[test]
    fn powers_splits_and_draws_agree_with_their_definitions() {
        for arch in Arch::available() {
            arch.run::<f32, _>(Parts);
            arch.run::<f64, _>(Parts);
        }
    }

    #[test]
    fn draws_are_uniform_and_rows_are_unrelated() {
        let n = 100_000;
        let x = |key| (0..n).map(move |i| random::<f64>(key, i));
        let mean = |x: &mut dyn Iterator<Item = f64>| x.sum::<f64>() / f64::from(n);
        for key in [0, 1, 2, 1000, 0x8000_0000] {
            assert!((mean(&mut x(key)) - 0.5).abs() < 0.004);
            assert!((mean(&mut x(key).map(|x| x * x)) - 1.0 / 3.0).abs() < 0.004);
            // Neighbouring units, and neighbouring rows.
            let centred = |x: f64, y: f64| (x - 0.5) * (y - 0.5) * 12.0;
            assert!(mean(&mut x(key).zip(x(key).skip(1)).map(|(x, y)| centred(x, y))).abs() < 0.015);
            assert!(mean(&mut x(key).zip(x(key + 1)).map(|(x, y)| centred(x, y))).abs() < 0.015);
        }
    }

    /// A rectangle turned, in squares and edges.
    fn turns<T: Element>() {
        for arch in Arch::available() {
            for (rows, cols) in [(1, 1), (16, 16), (33, 18), (7, 40), (64, 64)] {
                let src: Vec<T> = (0..rows * cols).map(|i| T::from_f64(i as f64)).collect();
                let mut out = vec![T::ZERO; cols * (rows + 3)];
                let window = crate::team::split::Window::new(&mut out, cols, rows, rows + 3);
                arch.run(tile::Transpose { src: &src, src_step: cols, out: window });
                for (i, &y) in out.iter().enumerate() {
                    let (c, r) = (i / (rows + 3), i % (rows + 3));
                    assert_eq!(y, if r < rows { src[r * cols + c] } else { T::ZERO }, "{arch:?}");
                }
            }
        }
    }

    #[test]
    fn a_transpose_turns_every_number_and_touches_no_other() {
        turns::<f32>();
        turns::<f64>();
    }
}
