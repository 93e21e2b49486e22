//! One vector of one precision, and the instruction sets that provide it.
//!
//! [`scalar`] is the definition: every other implementation gives the same bits, lane by lane.
//! All code above is generic over [`Simd`], marked `#[inline(always)]`, and entered through
//! [`Arch::run`], which compiles it once per instruction set. The vector types cannot be named
//! outside this folder, so whoever holds one is inside such an entry: the instructions exist.
#![allow(unsafe_code, reason = "intrinsics, and the register tile's unchecked reads")]

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod scalar;
pub(crate) mod tile;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use crate::coefficients::Coefficients;
use feedforward_base::{Error, Real, Result};

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
    /// Rows of the register tile.
    const TILE_ROWS: usize;
    /// Vectors in a row of the register tile.
    const TILE_VECTORS: usize;

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
    /// The transpose of a square of `LANES` x `LANES` numbers: row i starts at `i · step`.
    ///
    /// # Panics
    /// If a slice ends before the square does.
    #[inline(always)]
    fn transpose(src: &[Self::Elem], src_step: usize, dst: &mut [Self::Elem], dst_step: usize) {
        for i in 0..Self::LANES {
            for j in 0..Self::LANES {
                dst[j * dst_step + i] = src[i * src_step + j];
            }
        }
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
    /// The code. Mark it, and what it calls, `#[inline(always)]`: code that is not inlined here is
    /// right, and slow.
    fn run<S: Simd<Elem = T>>(self) -> Self::Out;
}

/// A precision that kernels exist for: `f32` or `f64`. Sealed.
pub trait Element: Real + Coefficients {
    /// The one-lane vector: the number itself.
    type Scalar: Simd<Elem = Self>;
    /// [`Arch::run`].
    fn run<K: Task<Self>>(arch: Arch, task: K) -> K::Out;
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
        T::run(self, task)
    }
}

macro_rules! element {
    ($t:ident, $avx2:ident, $avx512:ident, $neon:ident) => {
        impl Element for $t {
            type Scalar = $t;
            #[inline]
            fn run<K: Task<$t>>(arch: Arch, task: K) -> K::Out {
                assert!(arch.is_available(), "this machine has no {}", arch.name());
                match arch {
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: checked above.
                    Arch::Avx2 => unsafe { x86_64::run_avx2::<x86_64::$avx2, K>(task) },
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: checked above.
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
        }
    };
}
element!(f32, F32x8, F32x16, F32x4);
element!(f64, F64x4, F64x8, F64x2);
