//! The constants of the vector functions. Written by `testdata/coefficients.py`; do not edit.

use feedforward_base::Real;

/// What the vector functions need to know of a precision.
pub trait Coefficients: Real {
    /// Q of e^r = 1 + r + r² Q(r), highest power first, |r| ≤ ln 2 / 2.
    const EXP: &'static [Self];
    /// L of 2 artanh(s) = 2 s + s³ L(s²), highest power first, |s| ≤ 0.1716.
    const LN: &'static [Self];
    /// log₂ e.
    const LOG2_E: Self;
    /// The leading bits of ln 2, few enough that a multiple by an exponent is exact.
    const LN_2_HI: Self;
    /// ln 2 − `LN_2_HI`.
    const LN_2_LO: Self;
    /// Below the first e^x rounds to 0, above the second to infinity.
    const EXP_RANGE: (Self, Self);
    /// Below this e^x − 1 rounds to −1.
    const EXP_M1_LOW: Self;
    /// The smallest normal number.
    const TINY: Self;
    /// A power of two that makes every denormal number normal.
    const LIFT: Self;
    /// Its logarithm.
    const LIFT_LOG2: Self;
}

impl Coefficients for f32 {
    // Largest error of the fit: 6.5e-08.
    const EXP: &'static [Self] = &[0.0013926249, 0.008363231, 0.041666552, 0.16666576, 0.5];
    // Largest error of the fit: 1.2e-09.
    const LN: &'static [Self] = &[0.23331587, 0.2855078, 0.40000123, 0.6666667];
    const LOG2_E: Self = std::f32::consts::LOG2_E;
    const LN_2_HI: Self = 0.69314575;
    const LN_2_LO: Self = 1.4286068e-6;
    const EXP_RANGE: (Self, Self) = (-104.0, 89.0);
    const EXP_M1_LOW: Self = -20.0;
    const TINY: Self = f32::MIN_POSITIVE;
    const LIFT: Self = 16_777_216.0;
    const LIFT_LOG2: Self = 24.0;
}

impl Coefficients for f64 {
    // Largest error of the fit: 1.1e-16.
    const EXP: &'static [Self] = &[
        2.5100470238808523e-8,
        2.762019864323475e-7,
        2.7557268281679976e-6,
        2.480152106407653e-5,
        0.00019841269863168478,
        0.0013888888917363079,
        0.008333333333330039,
        0.04166666666662383,
        0.16666666666666669,
        0.5000000000000001,
    ];
    // Largest error of the fit: 3.1e-16.
    const LN: &'static [Self] = &[
        0.14617775335974037,
        0.15331614298732416,
        0.18182892354942654,
        0.2222221109044554,
        0.285714286262473,
        0.39999999999898905,
        0.666666666666667,
    ];
    const LOG2_E: Self = std::f64::consts::LOG2_E;
    const LN_2_HI: Self = 0.693147180559663;
    const LN_2_LO: Self = 2.8235290563031577e-13;
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
    const EXP_M1_LOW: Self = -40.0;
    const TINY: Self = f64::MIN_POSITIVE;
    const LIFT: Self = 18_014_398_509_481_984.0;
    const LIFT_LOG2: Self = 54.0;
}
