//! NEON: 4 `f32` or 2 `f64`. A mask is a vector of all-ones and all-zeros lanes.

use super::super::{RANDOM_STEP, Simd, draw, sealed::Sealed};
use std::arch::aarch64::*;

/// 4 `f32`.
#[derive(Clone, Copy)]
pub(crate) struct F32x4(float32x4_t);

/// 2 `f64`.
#[derive(Clone, Copy)]
pub(crate) struct F64x2(float64x2_t);

/// Wraps one expression of intrinsics.
macro_rules! op {
    ($e:expr) => {{
        // SAFETY: NEON belongs to the base of the architecture.
        #[allow(unused_unsafe, reason = "which intrinsics are safe to call depends on the target's base")]
        unsafe {
            $e
        }
    }};
}

/// The methods that are the same in both precisions but for the intrinsics' names.
macro_rules! common {
    ($name:ident, $t:ident, $mask:ident, $load:ident, $store:ident, $splat:ident, $first:ident, $add:ident,
     $sub:ident, $mul:ident, $div:ident, $sqrt:ident, $fma:ident, $fms:ident, $neg:ident, $abs:ident,
     $round:ident, $lt:ident, $le:ident, $eq:ident, $select:ident, $sign:ident, $sign_bit:expr) => {
        type Elem = $t;
        type Mask = $mask;
        const LANES: usize = 16 / size_of::<$t>();
        const TILE: [usize; 4] = [12, 8, 6, 6];

        #[inline(always)]
        fn splat(x: $t) -> Self {
            op!($name($splat(x)))
        }
        #[inline(always)]
        unsafe fn load_raw(x: *const $t) -> Self {
            op!($name($load(x)))
        }
        #[inline(always)]
        fn load_partial(x: &[$t], n: usize) -> Self {
            assert!(n <= Self::LANES);
            if n == Self::LANES {
                return Self::load(x);
            }
            let mut lanes = [0.0; 16 / size_of::<$t>()];
            lanes[..n].copy_from_slice(&x[..n]);
            Self::load(&lanes)
        }
        #[inline(always)]
        fn store(self, x: &mut [$t]) {
            assert!(x.len() >= Self::LANES);
            op!($store(x.as_mut_ptr(), self.0))
        }
        #[inline(always)]
        fn store_partial(self, x: &mut [$t], n: usize) {
            assert!(n <= Self::LANES);
            if n == Self::LANES {
                return self.store(x);
            }
            let mut lanes = [0.0; 16 / size_of::<$t>()];
            self.store(&mut lanes);
            x[..n].copy_from_slice(&lanes[..n]);
        }
        #[inline(always)]
        fn first(self) -> $t {
            op!($first::<0>(self.0))
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
            op!($name($fma(c.0, self.0, b.0)))
        }
        #[inline(always)]
        fn neg_mul_add(self, b: Self, c: Self) -> Self {
            op!($name($fms(c.0, self.0, b.0)))
        }
        #[inline(always)]
        fn neg(self) -> Self {
            op!($name($neg(self.0)))
        }
        #[inline(always)]
        fn abs(self) -> Self {
            op!($name($abs(self.0)))
        }
        #[inline(always)]
        fn copy_sign(self, sign: Self) -> Self {
            op!($name($select($sign($sign_bit), sign.0, self.0)))
        }
        // The instructions for min and max prefer numbers to NaN or NaN to numbers; ours prefer b.
        #[inline(always)]
        fn min(self, b: Self) -> Self {
            Self::select(self.lt(b), self, b)
        }
        #[inline(always)]
        fn max(self, b: Self) -> Self {
            Self::select(b.lt(self), self, b)
        }
        #[inline(always)]
        fn round(self) -> Self {
            op!($name($round(self.0)))
        }
        #[inline(always)]
        fn lt(self, b: Self) -> Self::Mask {
            op!($lt(self.0, b.0))
        }
        #[inline(always)]
        fn le(self, b: Self) -> Self::Mask {
            op!($le(self.0, b.0))
        }
        #[inline(always)]
        fn eq(self, b: Self) -> Self::Mask {
            op!($eq(self.0, b.0))
        }
        #[inline(always)]
        fn select(mask: Self::Mask, a: Self, b: Self) -> Self {
            op!($name($select(mask, a.0, b.0)))
        }
    };
}

impl Sealed for F32x4 {}
impl Simd for F32x4 {
    common!(
        F32x4,
        f32,
        uint32x4_t,
        vld1q_f32,
        vst1q_f32,
        vdupq_n_f32,
        vgetq_lane_f32,
        vaddq_f32,
        vsubq_f32,
        vmulq_f32,
        vdivq_f32,
        vsqrtq_f32,
        vfmaq_f32,
        vfmsq_f32,
        vnegq_f32,
        vabsq_f32,
        vrndnq_f32,
        vcltq_f32,
        vcleq_f32,
        vceqq_f32,
        vbslq_f32,
        vdupq_n_u32,
        0x8000_0000
    );

    #[inline(always)]
    fn and(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        op!(vandq_u32(a, b))
    }
    #[inline(always)]
    fn or(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        op!(vorrq_u32(a, b))
    }
    #[inline(always)]
    fn not(a: uint32x4_t) -> uint32x4_t {
        op!(vmvnq_u32(a))
    }
    #[inline(always)]
    fn any(a: uint32x4_t) -> bool {
        op!(vmaxvq_u32(a) != 0)
    }
    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = vaddq_f32(self.0, vdupq_n_f32(8_388_608.0 + 127.0));
            F32x4(vreinterpretq_f32_u32(vshlq_n_u32::<23>(vreinterpretq_u32_f32(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f32::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = vdupq_n_u32(1.0f32.to_bits() - sqrt_half);
            let x = vaddq_u32(vreinterpretq_u32_f32(self.0), moved);
            let m = vaddq_u32(vandq_u32(x, vdupq_n_u32(0x007f_ffff)), vdupq_n_u32(sqrt_half));
            let e = vorrq_u32(vshrq_n_u32::<23>(x), vdupq_n_u32(8_388_608.0f32.to_bits()));
            let e = vsubq_f32(vreinterpretq_f32_u32(e), vdupq_n_f32(8_388_608.0 + 127.0));
            (F32x4(vreinterpretq_f32_u32(m)), F32x4(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        op!({
            let lanes = vld1q_u32([0, 1, 2, 3].as_ptr());
            let unit = vaddq_u32(vdupq_n_u32(first_unit), lanes);
            let x = lowbias_4(vaddq_u32(lowbias_4(unit), vdupq_n_u32(row_key)));
            let x = vcvtq_f32_u32(vshrq_n_u32::<8>(x));
            F32x4(vmulq_f32(x, vdupq_n_f32(RANDOM_STEP as f32)))
        })
    }
}

impl Sealed for F64x2 {}
impl Simd for F64x2 {
    common!(
        F64x2,
        f64,
        uint64x2_t,
        vld1q_f64,
        vst1q_f64,
        vdupq_n_f64,
        vgetq_lane_f64,
        vaddq_f64,
        vsubq_f64,
        vmulq_f64,
        vdivq_f64,
        vsqrtq_f64,
        vfmaq_f64,
        vfmsq_f64,
        vnegq_f64,
        vabsq_f64,
        vrndnq_f64,
        vcltq_f64,
        vcleq_f64,
        vceqq_f64,
        vbslq_f64,
        vdupq_n_u64,
        0x8000_0000_0000_0000
    );

    #[inline(always)]
    fn and(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
        op!(vandq_u64(a, b))
    }
    #[inline(always)]
    fn or(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
        op!(vorrq_u64(a, b))
    }
    #[inline(always)]
    fn not(a: uint64x2_t) -> uint64x2_t {
        op!(veorq_u64(a, vdupq_n_u64(u64::MAX)))
    }
    #[inline(always)]
    fn any(a: uint64x2_t) -> bool {
        op!(vmaxvq_u32(vreinterpretq_u32_u64(a)) != 0)
    }
    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = vaddq_f64(self.0, vdupq_n_f64(4_503_599_627_370_496.0 + 1023.0));
            F64x2(vreinterpretq_f64_u64(vshlq_n_u64::<52>(vreinterpretq_u64_f64(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = vdupq_n_u64(1.0f64.to_bits() - sqrt_half);
            let x = vaddq_u64(vreinterpretq_u64_f64(self.0), moved);
            let fraction = vandq_u64(x, vdupq_n_u64(0x000f_ffff_ffff_ffff));
            let m = vaddq_u64(fraction, vdupq_n_u64(sqrt_half));
            let base = vdupq_n_u64(4_503_599_627_370_496.0f64.to_bits());
            let e = vreinterpretq_f64_u64(vorrq_u64(vshrq_n_u64::<52>(x), base));
            let e = vsubq_f64(e, vdupq_n_f64(4_503_599_627_370_496.0 + 1023.0));
            (F64x2(vreinterpretq_f64_u64(m)), F64x2(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        let lanes = [0, 1].map(|i| f64::from(draw(row_key, first_unit.wrapping_add(i)) >> 8) * RANDOM_STEP);
        Self::load(&lanes)
    }
}

/// `lowbias` of four.
#[inline(always)]
fn lowbias_4(x: uint32x4_t) -> uint32x4_t {
    op!({
        let x = veorq_u32(x, vshrq_n_u32::<16>(x));
        let x = vmulq_u32(x, vdupq_n_u32(0x7feb_352d));
        let x = veorq_u32(x, vshrq_n_u32::<15>(x));
        let x = vmulq_u32(x, vdupq_n_u32(0x846c_a68b));
        veorq_u32(x, vshrq_n_u32::<16>(x))
    })
}
