//! The constants of the vector functions. Written by `testdata/coefficients.py`; do not edit.

use feedforward_base::Real;

/// What the vector functions need to know of a precision.
pub trait Coefficients: Real {
    /// Q of e^r = 1 + r + r² Q(r), highest power first, |r| ≤ ln 2 / 2.
    const EXP: &'static [Self];
    /// L of 2 artanh(s) = 2 s + s³ L(s²), highest power first, |s| ≤ 0.1716.
    const LN: &'static [Self];
    /// P of Φ(-x) = e^(-x²/2) P(t) / (x + 4), t = (x - 2.5) / (x + 4), highest power first.
    const NORMAL: &'static [Self];
    /// Beyond this the chance of a normal draw rounds to 0 or 1.
    const NORMAL_LIMIT: Self;
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
    // Largest error of the fit: 1.1e-08.
    const NORMAL: &'static [Self] = &[
        -0.00081364583,
        0.0023681277,
        0.0041806316,
        -0.019606018,
        -0.003029813,
        0.1506418,
        -0.4572867,
        0.8124199,
        -1.0085359,
        0.91865367,
    ];
    const NORMAL_LIMIT: Self = 15.0;
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
    // Largest error of the fit: 2.0e-17.
    const NORMAL: &'static [Self] = &[
        -9.626723300189253e-8,
        3.963074557266463e-7,
        1.103963359732326e-7,
        -1.5954920284028833e-6,
        -8.636407887771637e-7,
        4.057213823768806e-6,
        6.992313410154703e-6,
        -6.307739166021677e-6,
        -3.433099180188464e-5,
        -8.938976394151267e-6,
        0.00013893047177230503,
        0.00014105324620514753,
        -0.0005677629048192004,
        -0.0008827893044232703,
        0.00285890685460087,
        0.004173231755366566,
        -0.01977067490838173,
        -0.003021802271975019,
        0.15066502687438751,
        -0.4572878121434158,
        0.8124187115604472,
        -1.0085358159135234,
        0.9186536539737395,
    ];
    const NORMAL_LIMIT: Self = 40.0;
    const LOG2_E: Self = std::f64::consts::LOG2_E;
    const LN_2_HI: Self = 0.693147180559663;
    const LN_2_LO: Self = 2.8235290563031577e-13;
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
    const EXP_M1_LOW: Self = -40.0;
    const TINY: Self = f64::MIN_POSITIVE;
    const LIFT: Self = 18_014_398_509_481_984.0;
    const LIFT_LOG2: Self = 54.0;
}
