//! AVX2 with FMA: 8 `f32` or 4 `f64`. A mask is a vector of all-ones and all-zeros lanes.

use super::super::{MAX_LANES, RANDOM_STEP, Simd, sealed::Sealed};
use super::{common, op};
use std::arch::x86_64::*;

/// 8 `f32`.
#[derive(Clone, Copy)]
pub(crate) struct F32x8(__m256);

/// 4 `f64`.
#[derive(Clone, Copy)]
pub(crate) struct F64x4(__m256d);

/// Eight ones and eight zeros: read from place 8 − n, a mask of n lanes.
static ONES_32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
/// The same for 4 lanes of 64 bits.
static ONES_64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

macro_rules! masks {
    ($name:ident, $cmp:ident, $and:ident, $or:ident, $xor:ident, $blend:ident, $bits:ident, $ones:expr) => {
        #[inline(always)]
        fn lt(self, b: Self) -> Self::Mask {
            op!($cmp::<_CMP_LT_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn le(self, b: Self) -> Self::Mask {
            op!($cmp::<_CMP_LE_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn eq(self, b: Self) -> Self::Mask {
            op!($cmp::<_CMP_EQ_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
            op!($and(a, b))
        }
        #[inline(always)]
        fn or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
            op!($or(a, b))
        }
        #[inline(always)]
        fn not(a: Self::Mask) -> Self::Mask {
            op!($xor(a, $ones))
        }
        #[inline(always)]
        fn any(a: Self::Mask) -> bool {
            op!($bits(a) != 0)
        }
        #[inline(always)]
        fn select(mask: Self::Mask, a: Self, b: Self) -> Self {
            op!($name($blend(b.0, a.0, mask)))
        }
    };
}

impl Sealed for F32x8 {}
impl Simd for F32x8 {
    type Elem = f32;
    type Mask = __m256;
    const LANES: usize = 8;
    const TILE: [usize; 4] = [6, 6, 0, 0];

    common!(
        F32x8,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_set1_ps,
        _mm256_cvtss_f32,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_div_ps,
        _mm256_sqrt_ps,
        _mm256_fmadd_ps,
        _mm256_fnmadd_ps,
        _mm256_min_ps,
        _mm256_max_ps,
        _mm256_and_ps,
        _mm256_andnot_ps,
        _mm256_or_ps,
        _mm256_xor_ps
    );
    masks!(
        F32x8,
        _mm256_cmp_ps,
        _mm256_and_ps,
        _mm256_or_ps,
        _mm256_xor_ps,
        _mm256_blendv_ps,
        _mm256_movemask_ps,
        _mm256_castsi256_ps(_mm256_set1_epi32(-1))
    );

    #[inline(always)]
    fn load_partial(x: &[f32], n: usize) -> Self {
        assert!(n <= 8 && n <= x.len());
        op!({
            let mask = _mm256_loadu_si256(ONES_32.as_ptr().add(8 - n).cast());
            F32x8(_mm256_maskload_ps(x.as_ptr(), mask))
        })
    }
    #[inline(always)]
    fn store_partial(self, x: &mut [f32], n: usize) {
        assert!(n <= 8 && n <= x.len());
        op!({
            let mask = _mm256_loadu_si256(ONES_32.as_ptr().add(8 - n).cast());
            _mm256_maskstore_ps(x.as_mut_ptr(), mask, self.0)
        })
    }
    #[inline(always)]
    fn round(self) -> Self {
        op!(F32x8(_mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)))
    }
    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = _mm256_add_ps(self.0, _mm256_set1_ps(8_388_608.0 + 127.0));
            F32x8(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_castps_si256(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f32::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = _mm256_set1_epi32((1.0f32.to_bits() - sqrt_half) as i32);
            let x = _mm256_add_epi32(_mm256_castps_si256(self.0), moved);
            let fraction = _mm256_and_si256(x, _mm256_set1_epi32(0x007f_ffff));
            let m = _mm256_add_epi32(fraction, _mm256_set1_epi32(sqrt_half as i32));
            let base = _mm256_set1_epi32(8_388_608.0f32.to_bits() as i32);
            let e = _mm256_castsi256_ps(_mm256_or_si256(_mm256_srli_epi32::<23>(x), base));
            let e = _mm256_sub_ps(e, _mm256_set1_ps(8_388_608.0 + 127.0));
            (F32x8(_mm256_castsi256_ps(m)), F32x8(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        op!({
            let unit = _mm256_add_epi32(
                _mm256_set1_epi32(first_unit as i32),
                _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
            );
            let x = lowbias_256(_mm256_add_epi32(lowbias_256(unit), _mm256_set1_epi32(row_key as i32)));
            let x = _mm256_cvtepi32_ps(_mm256_srli_epi32::<8>(x));
            F32x8(_mm256_mul_ps(x, _mm256_set1_ps(RANDOM_STEP as f32)))
        })
    }
    #[inline(always)]
    fn transpose(rows: &mut [Self; MAX_LANES]) {
        op!({
            let mut r = [_mm256_setzero_ps(); 8];
            for i in 0..8 {
                r[i] = rows[i].0;
            }
            // Pairs of rows, then of pairs, then the halves of the registers.
            let mut t = r;
            for i in 0..4 {
                t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
            }
            for i in 0..2 {
                r[4 * i] = _mm256_shuffle_ps::<0x44>(t[4 * i], t[4 * i + 2]);
                r[4 * i + 1] = _mm256_shuffle_ps::<0xee>(t[4 * i], t[4 * i + 2]);
                r[4 * i + 2] = _mm256_shuffle_ps::<0x44>(t[4 * i + 1], t[4 * i + 3]);
                r[4 * i + 3] = _mm256_shuffle_ps::<0xee>(t[4 * i + 1], t[4 * i + 3]);
            }
            for i in 0..4 {
                t[i] = _mm256_permute2f128_ps::<0x20>(r[i], r[i + 4]);
                t[i + 4] = _mm256_permute2f128_ps::<0x31>(r[i], r[i + 4]);
            }
            for i in 0..8 {
                rows[i] = F32x8(t[i]);
            }
        })
    }
}

impl Sealed for F64x4 {}
impl Simd for F64x4 {
    type Elem = f64;
    type Mask = __m256d;
    const LANES: usize = 4;
    const TILE: [usize; 4] = [6, 6, 0, 0];

    common!(
        F64x4,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_set1_pd,
        _mm256_cvtsd_f64,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_div_pd,
        _mm256_sqrt_pd,
        _mm256_fmadd_pd,
        _mm256_fnmadd_pd,
        _mm256_min_pd,
        _mm256_max_pd,
        _mm256_and_pd,
        _mm256_andnot_pd,
        _mm256_or_pd,
        _mm256_xor_pd
    );
    masks!(
        F64x4,
        _mm256_cmp_pd,
        _mm256_and_pd,
        _mm256_or_pd,
        _mm256_xor_pd,
        _mm256_blendv_pd,
        _mm256_movemask_pd,
        _mm256_castsi256_pd(_mm256_set1_epi32(-1))
    );

    #[inline(always)]
    fn load_partial(x: &[f64], n: usize) -> Self {
        assert!(n <= 4 && n <= x.len());
        op!({
            let mask = _mm256_loadu_si256(ONES_64.as_ptr().add(4 - n).cast());
            F64x4(_mm256_maskload_pd(x.as_ptr(), mask))
        })
    }
    #[inline(always)]
    fn store_partial(self, x: &mut [f64], n: usize) {
        assert!(n <= 4 && n <= x.len());
        op!({
            let mask = _mm256_loadu_si256(ONES_64.as_ptr().add(4 - n).cast());
            _mm256_maskstore_pd(x.as_mut_ptr(), mask, self.0)
        })
    }
    #[inline(always)]
    fn round(self) -> Self {
        op!(F64x4(_mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)))
    }
    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = _mm256_add_pd(self.0, _mm256_set1_pd(4_503_599_627_370_496.0 + 1023.0));
            F64x4(_mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_castpd_si256(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = _mm256_set1_epi64x((1.0f64.to_bits() - sqrt_half) as i64);
            let x = _mm256_add_epi64(_mm256_castpd_si256(self.0), moved);
            let fraction = _mm256_and_si256(x, _mm256_set1_epi64x(0x000f_ffff_ffff_ffff));
            let m = _mm256_add_epi64(fraction, _mm256_set1_epi64x(sqrt_half as i64));
            let base = _mm256_set1_epi64x(4_503_599_627_370_496.0f64.to_bits() as i64);
            let e = _mm256_castsi256_pd(_mm256_or_si256(_mm256_srli_epi64::<52>(x), base));
            let e = _mm256_sub_pd(e, _mm256_set1_pd(4_503_599_627_370_496.0 + 1023.0));
            (F64x4(_mm256_castsi256_pd(m)), F64x4(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        op!({
            let unit = _mm_add_epi32(_mm_set1_epi32(first_unit as i32), _mm_setr_epi32(0, 1, 2, 3));
            let x = lowbias_128(_mm_add_epi32(lowbias_128(unit), _mm_set1_epi32(row_key as i32)));
            let x = _mm256_cvtepi32_pd(_mm_srli_epi32::<8>(x));
            F64x4(_mm256_mul_pd(x, _mm256_set1_pd(RANDOM_STEP)))
        })
    }
    #[inline(always)]
    fn transpose(rows: &mut [Self; MAX_LANES]) {
        op!({
            let mut r = [_mm256_setzero_pd(); 4];
            for i in 0..4 {
                r[i] = rows[i].0;
            }
            let mut t = r;
            for i in 0..2 {
                t[2 * i] = _mm256_unpacklo_pd(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm256_unpackhi_pd(r[2 * i], r[2 * i + 1]);
            }
            for i in 0..2 {
                r[i] = _mm256_permute2f128_pd::<0x20>(t[i], t[i + 2]);
                r[i + 2] = _mm256_permute2f128_pd::<0x31>(t[i], t[i + 2]);
            }
            for i in 0..4 {
                rows[i] = F64x4(r[i]);
            }
        })
    }
}

/// `lowbias` of eight.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn lowbias_256(x: __m256i) -> __m256i {
    let x = _mm256_xor_si256(x, _mm256_srli_epi32::<16>(x));
    let x = _mm256_mullo_epi32(x, _mm256_set1_epi32(0x7feb_352d));
    let x = _mm256_xor_si256(x, _mm256_srli_epi32::<15>(x));
    let x = _mm256_mullo_epi32(x, _mm256_set1_epi32(0x846c_a68b_u32 as i32));
    _mm256_xor_si256(x, _mm256_srli_epi32::<16>(x))
}

/// `lowbias` of four.
#[inline]
#[target_feature(enable = "avx2")]
fn lowbias_128(x: __m128i) -> __m128i {
    let x = _mm_xor_si128(x, _mm_srli_epi32::<16>(x));
    let x = _mm_mullo_epi32(x, _mm_set1_epi32(0x7feb_352d));
    let x = _mm_xor_si128(x, _mm_srli_epi32::<15>(x));
    let x = _mm_mullo_epi32(x, _mm_set1_epi32(0x846c_a68b_u32 as i32));
    _mm_xor_si128(x, _mm_srli_epi32::<16>(x))
}
