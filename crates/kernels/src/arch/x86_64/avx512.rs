//! AVX-512 (F, DQ, BW, VL): 16 `f32` or 8 `f64`. A mask is one bit per lane.

use super::super::{MAX_LANES, RANDOM_STEP, Simd, sealed::Sealed};
use super::avx2::lowbias_256;
use super::{common, op};
use std::arch::x86_64::*;

/// 16 `f32`.
#[derive(Clone, Copy)]
pub(crate) struct F32x16(__m512);

/// 8 `f64`.
#[derive(Clone, Copy)]
pub(crate) struct F64x8(__m512d);

macro_rules! masks {
    ($name:ident, $t:ident, $mask:ident, $cmp:ident, $blend:ident, $load:ident, $store:ident, $round:ident) => {
        #[inline(always)]
        fn lt(self, b: Self) -> $mask {
            op!($cmp::<_CMP_LT_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn le(self, b: Self) -> $mask {
            op!($cmp::<_CMP_LE_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn eq(self, b: Self) -> $mask {
            op!($cmp::<_CMP_EQ_OQ>(self.0, b.0))
        }
        #[inline(always)]
        fn and(a: $mask, b: $mask) -> $mask {
            a & b
        }
        #[inline(always)]
        fn or(a: $mask, b: $mask) -> $mask {
            a | b
        }
        #[inline(always)]
        fn not(a: $mask) -> $mask {
            !a
        }
        #[inline(always)]
        fn any(a: $mask) -> bool {
            a != 0
        }
        #[inline(always)]
        fn select(mask: $mask, a: Self, b: Self) -> Self {
            op!($name($blend(mask, b.0, a.0)))
        }
        #[inline(always)]
        fn load_partial(x: &[$t], n: usize) -> Self {
            assert!(n <= Self::LANES && n <= x.len());
            op!($name($load(((1u32 << n) - 1) as $mask, x.as_ptr())))
        }
        #[inline(always)]
        fn store_partial(self, x: &mut [$t], n: usize) {
            assert!(n <= Self::LANES && n <= x.len());
            op!($store(x.as_mut_ptr(), ((1u32 << n) - 1) as $mask, self.0))
        }
        #[inline(always)]
        fn round(self) -> Self {
            op!($name($round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)))
        }
    };
}

impl Sealed for F32x16 {}
impl Simd for F32x16 {
    type Elem = f32;
    type Mask = __mmask16;
    const LANES: usize = 16;
    const TILE: [usize; 4] = [12, 8, 6, 6];

    common!(
        F32x16,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_set1_ps,
        _mm512_cvtss_f32,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_div_ps,
        _mm512_sqrt_ps,
        _mm512_fmadd_ps,
        _mm512_fnmadd_ps,
        _mm512_min_ps,
        _mm512_max_ps,
        _mm512_and_ps,
        _mm512_andnot_ps,
        _mm512_or_ps,
        _mm512_xor_ps
    );
    masks!(
        F32x16,
        f32,
        __mmask16,
        _mm512_cmp_ps_mask,
        _mm512_mask_blend_ps,
        _mm512_maskz_loadu_ps,
        _mm512_mask_storeu_ps,
        _mm512_roundscale_ps
    );

    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = _mm512_add_ps(self.0, _mm512_set1_ps(8_388_608.0 + 127.0));
            F32x16(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f32::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = _mm512_set1_epi32((1.0f32.to_bits() - sqrt_half) as i32);
            let x = _mm512_add_epi32(_mm512_castps_si512(self.0), moved);
            let fraction = _mm512_and_si512(x, _mm512_set1_epi32(0x007f_ffff));
            let m = _mm512_add_epi32(fraction, _mm512_set1_epi32(sqrt_half as i32));
            let base = _mm512_set1_epi32(8_388_608.0f32.to_bits() as i32);
            let e = _mm512_castsi512_ps(_mm512_or_si512(_mm512_srli_epi32::<23>(x), base));
            let e = _mm512_sub_ps(e, _mm512_set1_ps(8_388_608.0 + 127.0));
            (F32x16(_mm512_castsi512_ps(m)), F32x16(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        op!({
            let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            let unit = _mm512_add_epi32(_mm512_set1_epi32(first_unit as i32), lanes);
            let x = lowbias_512(_mm512_add_epi32(lowbias_512(unit), _mm512_set1_epi32(row_key as i32)));
            let x = _mm512_cvtepi32_ps(_mm512_srli_epi32::<8>(x));
            F32x16(_mm512_mul_ps(x, _mm512_set1_ps(RANDOM_STEP as f32)))
        })
    }
    #[inline(always)]
    fn transpose(rows: &mut [Self; MAX_LANES]) {
        op!({
            let mut r = [_mm512_setzero_ps(); 16];
            for i in 0..16 {
                r[i] = rows[i].0;
            }
            // Pairs of rows, then of pairs, then the quarters of the registers in two rounds.
            let mut t = r;
            for i in 0..8 {
                t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
            }
            for i in 0..4 {
                r[4 * i] = _mm512_shuffle_ps::<0x44>(t[4 * i], t[4 * i + 2]);
                r[4 * i + 1] = _mm512_shuffle_ps::<0xee>(t[4 * i], t[4 * i + 2]);
                r[4 * i + 2] = _mm512_shuffle_ps::<0x44>(t[4 * i + 1], t[4 * i + 3]);
                r[4 * i + 3] = _mm512_shuffle_ps::<0xee>(t[4 * i + 1], t[4 * i + 3]);
            }
            for i in 0..4 {
                t[i] = _mm512_shuffle_f32x4::<0x88>(r[i], r[i + 4]);
                t[i + 4] = _mm512_shuffle_f32x4::<0xdd>(r[i], r[i + 4]);
                t[i + 8] = _mm512_shuffle_f32x4::<0x88>(r[i + 8], r[i + 12]);
                t[i + 12] = _mm512_shuffle_f32x4::<0xdd>(r[i + 8], r[i + 12]);
            }
            for i in 0..8 {
                r[i] = _mm512_shuffle_f32x4::<0x88>(t[i], t[i + 8]);
                r[i + 8] = _mm512_shuffle_f32x4::<0xdd>(t[i], t[i + 8]);
            }
            for i in 0..16 {
                rows[i] = F32x16(r[i]);
            }
        })
    }
}

impl Sealed for F64x8 {}
impl Simd for F64x8 {
    type Elem = f64;
    type Mask = __mmask8;
    const LANES: usize = 8;
    const TILE: [usize; 4] = [12, 8, 6, 6];

    common!(
        F64x8,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_set1_pd,
        _mm512_cvtsd_f64,
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_div_pd,
        _mm512_sqrt_pd,
        _mm512_fmadd_pd,
        _mm512_fnmadd_pd,
        _mm512_min_pd,
        _mm512_max_pd,
        _mm512_and_pd,
        _mm512_andnot_pd,
        _mm512_or_pd,
        _mm512_xor_pd
    );
    masks!(
        F64x8,
        f64,
        __mmask8,
        _mm512_cmp_pd_mask,
        _mm512_mask_blend_pd,
        _mm512_maskz_loadu_pd,
        _mm512_mask_storeu_pd,
        _mm512_roundscale_pd
    );

    #[inline(always)]
    fn exp2i(self) -> Self {
        op!({
            let shifted = _mm512_add_pd(self.0, _mm512_set1_pd(4_503_599_627_370_496.0 + 1023.0));
            F64x8(_mm512_castsi512_pd(_mm512_slli_epi64::<52>(_mm512_castpd_si512(shifted))))
        })
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let sqrt_half = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        op!({
            let moved = _mm512_set1_epi64((1.0f64.to_bits() - sqrt_half) as i64);
            let x = _mm512_add_epi64(_mm512_castpd_si512(self.0), moved);
            let fraction = _mm512_and_si512(x, _mm512_set1_epi64(0x000f_ffff_ffff_ffff));
            let m = _mm512_add_epi64(fraction, _mm512_set1_epi64(sqrt_half as i64));
            let base = _mm512_set1_epi64(4_503_599_627_370_496.0f64.to_bits() as i64);
            let e = _mm512_castsi512_pd(_mm512_or_si512(_mm512_srli_epi64::<52>(x), base));
            let e = _mm512_sub_pd(e, _mm512_set1_pd(4_503_599_627_370_496.0 + 1023.0));
            (F64x8(_mm512_castsi512_pd(m)), F64x8(e))
        })
    }
    #[inline(always)]
    fn random(row_key: u32, first_unit: u32) -> Self {
        op!({
            let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            let unit = _mm256_add_epi32(_mm256_set1_epi32(first_unit as i32), lanes);
            let x = lowbias_256(_mm256_add_epi32(lowbias_256(unit), _mm256_set1_epi32(row_key as i32)));
            let x = _mm512_cvtepi32_pd(_mm256_srli_epi32::<8>(x));
            F64x8(_mm512_mul_pd(x, _mm512_set1_pd(RANDOM_STEP)))
        })
    }
    #[inline(always)]
    fn transpose(rows: &mut [Self; MAX_LANES]) {
        op!({
            let mut r = [_mm512_setzero_pd(); 8];
            for i in 0..8 {
                r[i] = rows[i].0;
            }
            let mut t = r;
            for i in 0..4 {
                t[2 * i] = _mm512_unpacklo_pd(r[2 * i], r[2 * i + 1]);
                t[2 * i + 1] = _mm512_unpackhi_pd(r[2 * i], r[2 * i + 1]);
            }
            // Now lane pair q of t[2i] and t[2i + 1] belongs to rows 2q and 2q + 1, columns 2i and 2i + 1.
            for i in 0..2 {
                r[i] = _mm512_shuffle_f64x2::<0x88>(t[i], t[i + 2]);
                r[i + 2] = _mm512_shuffle_f64x2::<0xdd>(t[i], t[i + 2]);
                r[i + 4] = _mm512_shuffle_f64x2::<0x88>(t[i + 4], t[i + 6]);
                r[i + 6] = _mm512_shuffle_f64x2::<0xdd>(t[i + 4], t[i + 6]);
            }
            for i in 0..4 {
                t[i] = _mm512_shuffle_f64x2::<0x88>(r[i], r[i + 4]);
                t[i + 4] = _mm512_shuffle_f64x2::<0xdd>(r[i], r[i + 4]);
            }
            for i in 0..8 {
                rows[i] = F64x8(t[i]);
            }
        })
    }
}

/// `lowbias` of sixteen.
#[inline]
#[target_feature(enable = "avx512f")]
fn lowbias_512(x: __m512i) -> __m512i {
    let x = _mm512_xor_si512(x, _mm512_srli_epi32::<16>(x));
    let x = _mm512_mullo_epi32(x, _mm512_set1_epi32(0x7feb_352d));
    let x = _mm512_xor_si512(x, _mm512_srli_epi32::<15>(x));
    let x = _mm512_mullo_epi32(x, _mm512_set1_epi32(0x846c_a68b_u32 as i32));
    _mm512_xor_si512(x, _mm512_srli_epi32::<16>(x))
}
