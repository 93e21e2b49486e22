//! One seed, counter-based random numbers for every use.
//!
//! A number is a function of (seed, purpose, counters) and of nothing else: there is no generator
//! state to save, no order in which draws must happen, and threads need not agree on anything.
//! The mixer is SplitMix64's finaliser (Steele, Lea, Flood: Fast splittable pseudorandom number
//! generators, 2014).

use crate::elementary::ln;

/// What a random number is for; different purposes never share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Initial weights and biases. Counters: layer.
    Init = 1,
    /// The order of samples. Counters: epoch.
    Shuffle = 2,
    /// Which units drop out. Counters: epoch, step, layer.
    Dropout = 3,
    /// Which part a sample belongs to. Counters: the split's own.
    Split = 4,
    /// Generated data sets. Counters: set, row.
    Generate = 5,
    /// Random slopes of activations. Counters: epoch, step, layer.
    Slope = 6,
    /// Choices of a search over hyper-parameters. Counters: trial, draw, the setting's name.
    Search = 7,
    /// Tests and experiments. Counters: free.
    Experiment = 8,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves every output bit.
#[inline(always)]
pub fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The source of all randomness of a run: one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    /// Dice with this seed.
    pub fn new(seed: u64) -> Self {
        Dice { seed }
    }
    /// The numbers for one purpose and one setting of its counters.
    pub fn stream(self, purpose: Purpose, counters: &[u64]) -> Stream {
        let mut key = mix(self.seed.wrapping_add(GOLDEN)) ^ mix(purpose as u64);
        for &c in counters {
            key = mix(key.wrapping_mul(GOLDEN) ^ mix(c.wrapping_add(GOLDEN)));
        }
        Stream { key }
    }
}

/// A random-access sequence: number `i` is there without the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: u64,
}

impl Stream {
    /// Number `i`: 64 random bits.
    #[inline(always)]
    pub fn bits(self, i: u64) -> u64 {
        mix(self.key.wrapping_add((i.wrapping_add(1)).wrapping_mul(GOLDEN)))
    }
    /// A sub-sequence of its own, for example one row of a matrix.
    pub fn fork(self, i: u64) -> Stream {
        Stream { key: mix(self.bits(i) ^ GOLDEN) }
    }
    /// Number `i`, uniform in [0, 1), 53 bits.
    #[inline(always)]
    pub fn uniform(self, i: u64) -> f64 {
        (self.bits(i) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
    /// Number `i`, uniform in 0..n. The bias is below n/2⁶⁴.
    #[inline(always)]
    pub fn below(self, i: u64, n: u64) -> u64 {
        ((u128::from(self.bits(i)) * u128::from(n)) >> 64) as u64
    }
    /// Number `i`, normal with mean 0 and variance 1, by the inverse of the distribution function
    /// (Wichura: Algorithm AS 241, PPND16, 1988).
    pub fn normal(self, i: u64) -> f64 {
        // The centre of one of 2⁵³ equal cells, never 0 or 1.
        let p = ((self.bits(i) >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0);
        normal_quantile(p)
    }
    /// Put `order` into a random order (Fisher and Yates).
    pub fn shuffle<T>(self, order: &mut [T]) {
        for i in (1..order.len()).rev() {
            order.swap(i, self.below(i as u64, i as u64 + 1) as usize);
        }
    }
}

fn ratio(x: f64, above: &[f64], below: &[f64]) -> f64 {
    let poly = |c: &[f64]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    poly(above) / poly(below)
}

/// Φ⁻¹(p) for 0 < p < 1, relative error about 1e-16.
fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE.0, &CENTRE.1);
    }
    let r = (-ln(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let x = if r <= 5.0 { ratio(r - 1.6, &MIDDLE.0, &MIDDLE.1) } else { ratio(r - 5.0, &TAIL.0, &TAIL.1) };
    if q < 0.0 { -x } else { x }
}

type Pair = ([f64; 8], [f64; 8]);
const CENTRE: Pair = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ],
);
const MIDDLE: Pair = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const TAIL: Pair = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_887_9,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_never_change() {
        // A change here changes every trained model: it needs a new major version.
        let s = Dice::new(0).stream(Purpose::Experiment, &[1, 2]);
        assert_eq!([s.bits(0), s.bits(1)], [1_462_008_983_331_746_706, 14_400_178_573_612_847_894]);
    }

    #[test]
    fn purposes_and_counters_are_apart() {
        let dice = Dice::new(7);
        let streams = [
            dice.stream(Purpose::Init, &[0]),
            dice.stream(Purpose::Shuffle, &[0]),
            dice.stream(Purpose::Init, &[1]),
            dice.stream(Purpose::Init, &[0, 0]),
            dice.stream(Purpose::Init, &[]),
            Dice::new(8).stream(Purpose::Init, &[0]),
        ];
        for (i, a) in streams.iter().enumerate() {
            for b in &streams[..i] {
                assert_ne!(a.bits(0), b.bits(0));
            }
        }
    }

    #[test]
    fn uniform_and_normal_have_their_moments() {
        let s = Dice::new(3).stream(Purpose::Experiment, &[]);
        let n = 200_000;
        let moment = |f: &dyn Fn(u64) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        assert!((moment(&|i| s.uniform(i)) - 0.5).abs() < 0.003);
        assert!(moment(&|i| s.normal(i)).abs() < 0.01);
        assert!((moment(&|i| s.normal(i).powi(2)) - 1.0).abs() < 0.02);
        assert!((moment(&|i| s.normal(i).powi(4)) - 3.0).abs() < 0.15);
    }

    #[test]
    fn quantiles_of_the_normal_distribution() {
        // Φ⁻¹ from the tables printed with AS 241.
        for (p, x) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_408),
        ] {
            assert!((normal_quantile(p) - x).abs() < 1e-13 * x.abs(), "{p}: {}", normal_quantile(p));
        }
        assert_eq!(normal_quantile(0.5), 0.0);
    }

    #[test]
    fn a_shuffle_keeps_every_element_once() {
        let mut order: Vec<u32> = (0..1000).collect();
        Dice::new(1).stream(Purpose::Shuffle, &[0]).shuffle(&mut order);
        assert_ne!(order[..10], (0..10).collect::<Vec<_>>()[..]);
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }
}
