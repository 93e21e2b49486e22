//! The definition: a number is a vector of one lane.

use super::{RANDOM_STEP, Simd, draw, sealed::Sealed};

macro_rules! scalar {
    ($t:ident, $bits:ident, $mantissa:literal, $bias:literal) => {
        impl Sealed for $t {}
        impl Simd for $t {
            type Elem = $t;
            type Mask = bool;
            const LANES: usize = 1;
            const TILE: [usize; 4] = [4, 4, 0, 0];

            #[inline(always)]
            fn splat(x: $t) -> $t {
                x
            }
            #[inline(always)]
            unsafe fn load_raw(x: *const $t) -> $t {
                // SAFETY: the caller's promise.
                unsafe { *x }
            }
            #[inline(always)]
            fn load_partial(x: &[$t], n: usize) -> $t {
                assert!(n <= 1);
                if n == 1 { x[0] } else { 0.0 }
            }
            #[inline(always)]
            fn store(self, x: &mut [$t]) {
                x[0] = self;
            }
            #[inline(always)]
            fn store_partial(self, x: &mut [$t], n: usize) {
                assert!(n <= 1);
                if n == 1 {
                    x[0] = self;
                }
            }
            #[inline(always)]
            fn first(self) -> $t {
                self
            }
            #[inline(always)]
            fn add(self, b: $t) -> $t {
                self + b
            }
            #[inline(always)]
            fn sub(self, b: $t) -> $t {
                self - b
            }
            #[inline(always)]
            fn mul(self, b: $t) -> $t {
                self * b
            }
            #[inline(always)]
            fn div(self, b: $t) -> $t {
                self / b
            }
            #[inline(always)]
            fn sqrt(self) -> $t {
                $t::sqrt(self)
            }
            #[inline(always)]
            fn mul_add(self, b: $t, c: $t) -> $t {
                $t::mul_add(self, b, c)
            }
            #[inline(always)]
            fn neg_mul_add(self, b: $t, c: $t) -> $t {
                $t::mul_add(-self, b, c)
            }
            #[inline(always)]
            fn neg(self) -> $t {
                -self
            }
            #[inline(always)]
            fn abs(self) -> $t {
                $t::abs(self)
            }
            #[inline(always)]
            fn copy_sign(self, sign: $t) -> $t {
                self.copysign(sign)
            }
            #[inline(always)]
            fn min(self, b: $t) -> $t {
                if self < b { self } else { b }
            }
            #[inline(always)]
            fn max(self, b: $t) -> $t {
                if self > b { self } else { b }
            }
            #[inline(always)]
            fn round(self) -> $t {
                self.round_ties_even()
            }
            #[inline(always)]
            fn lt(self, b: $t) -> bool {
                self < b
            }
            #[inline(always)]
            fn le(self, b: $t) -> bool {
                self <= b
            }
            #[inline(always)]
            fn eq(self, b: $t) -> bool {
                self == b
            }
            #[inline(always)]
            fn and(a: bool, b: bool) -> bool {
                a && b
            }
            #[inline(always)]
            fn or(a: bool, b: bool) -> bool {
                a || b
            }
            #[inline(always)]
            fn not(a: bool) -> bool {
                !a
            }
            #[inline(always)]
            fn any(a: bool) -> bool {
                a
            }
            #[inline(always)]
            fn select(mask: bool, a: $t, b: $t) -> $t {
                if mask { a } else { b }
            }
            #[inline(always)]
            fn exp2i(self) -> $t {
                // Added to 2^mantissa = 1 / EPSILON, the biased exponent stands in the low bits as an integer; the
                // shift moves it into place and drops all other bits.
                let shifted = self + ($bias as $t + 1.0 / $t::EPSILON);
                $t::from_bits(shifted.to_bits() << $mantissa)
            }
            #[inline(always)]
            fn split(self) -> ($t, $t) {
                // Moved by the distance from √½ to 1, the exponent's carry tells on which side m lies.
                let sqrt_half = std::$t::consts::FRAC_1_SQRT_2.to_bits();
                let x = self.to_bits().wrapping_add((1.0 as $t).to_bits() - sqrt_half);
                let m = (x & ((1 << $mantissa) - 1)).wrapping_add(sqrt_half);
                let e = (x >> $mantissa) | (1.0 / $t::EPSILON).to_bits();
                ($t::from_bits(m), $t::from_bits(e) - (1.0 / $t::EPSILON + $bias as $t))
            }
            #[inline(always)]
            fn random(row_key: u32, first_unit: u32) -> $t {
                (draw(row_key, first_unit) >> 8) as $t * RANDOM_STEP as $t
            }
        }
    };
}
scalar!(f32, u32, 23, 127);
scalar!(f64, u64, 52, 1023);
