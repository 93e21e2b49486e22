//! x86-64: AVX2 with FMA, and AVX-512.

mod avx2;
mod avx512;

pub(super) use avx2::{F32x8, F64x4};
pub(super) use avx512::{F32x16, F64x8};

use super::{Simd, Task};

#[inline(always)]
pub(super) fn has_fma() -> bool {
    is_x86_feature_detected!("fma")
}

#[inline(always)]
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && has_fma()
}

#[inline(always)]
pub(super) fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
}

#[target_feature(enable = "fma")]
pub(super) fn run_scalar<S: Simd, K: Task<S::Elem>>(task: K) -> K::Out {
    task.run::<S>()
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn run_avx2<S: Simd, K: Task<S::Elem>>(task: K) -> K::Out {
    task.run::<S>()
}

#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")]
pub(super) fn run_avx512<S: Simd, K: Task<S::Elem>>(task: K) -> K::Out {
    task.run::<S>()
}

/// Wraps one expression of intrinsics.
macro_rules! op {
    ($e:expr) => {{
        // SAFETY: vectors of this type exist only inside an entry of this folder, which
        // `Element::run` reaches after it has checked that the machine has these instructions.
        unsafe { $e }
    }};
}
use op;

/// The methods of `Simd` that are one intrinsic (or two) under the same names in both precisions.
macro_rules! common {
    ($name:ident, $load:ident, $store:ident, $splat:ident, $first:ident, $add:ident, $sub:ident, $mul:ident, $div:ident,
     $sqrt:ident, $fma:ident, $fnma:ident, $min:ident, $max:ident, $and:ident, $andnot:ident, $or:ident, $xor:ident) => {
        #[inline(always)]
        fn splat(x: Self::Elem) -> Self {
            op!($name($splat(x)))
        }
        #[inline(always)]
        unsafe fn load_raw(x: *const Self::Elem) -> Self {
            op!($name($load(x)))
        }
        #[inline(always)]
        fn store(self, x: &mut [Self::Elem]) {
            assert!(x.len() >= Self::LANES);
            op!($store(x.as_mut_ptr(), self.0))
        }
        #[inline(always)]
        fn prefetch(x: *const Self::Elem) {
            op!(_mm_prefetch::<_MM_HINT_T1>(x.cast()))
        }
        #[inline(always)]
        fn first(self) -> Self::Elem {
            op!($first(self.0))
        }
        #[inline(always)]
        fn add(self, b: Self) -> Self {
            op!($name($add(self.0, b.0)))
        }
        #[inline(always)]
        fn sub(self, b: Self) -> Self {
            op!($name($sub(self.0, b.0)))
        }
        #[inline(always)]
        fn mul(self, b: Self) -> Self {
            op!($name($mul(self.0, b.0)))
        }
        #[inline(always)]
        fn div(self, b: Self) -> Self {
            op!($name($div(self.0, b.0)))
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            op!($name($sqrt(self.0)))
        }
        #[inline(always)]
        fn mul_add(self, b: Self, c: Self) -> Self {
            op!($name($fma(self.0, b.0, c.0)))
        }
        #[inline(always)]
        fn neg_mul_add(self, b: Self, c: Self) -> Self {
            op!($name($fnma(self.0, b.0, c.0)))
        }
        #[inline(always)]
        fn neg(self) -> Self {
            op!($name($xor(self.0, $splat(-0.0))))
        }
        #[inline(always)]
        fn abs(self) -> Self {
            op!($name($andnot($splat(-0.0), self.0)))
        }
        #[inline(always)]
        fn copy_sign(self, sign: Self) -> Self {
            op!({
                let bit = $splat(-0.0);
                $name($or($andnot(bit, self.0), $and(bit, sign.0)))
            })
        }
        #[inline(always)]
        fn min(self, b: Self) -> Self {
            op!($name($min(self.0, b.0)))
        }
        #[inline(always)]
        fn max(self, b: Self) -> Self {
            op!($name($max(self.0, b.0)))
        }
    };
}
use common;
