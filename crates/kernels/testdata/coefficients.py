"""Writes ../src/coefficients.rs: the polynomials of the vector functions.

Near-minimax fits (Chebyshev interpolation in 60 digits with mpmath) of
  exp   Q(r) = (e^r - 1 - r) / r^2                 for |r| <= ln 2 / 2
  ln    L(z) = (2 artanh(s) / s - 2) / z, z = s^2  for s = f / (2 + f), 1 + f in [sqrt(1/2), sqrt(2)]
  normal  P(t) = (x + 4) e^(x^2/2) erfc(x / sqrt 2) / 2, t = (x - 2.5) / (x + 4)
                                                   for 0 <= x <= the limit beyond which all is 0 or 1
Run: python3 coefficients.py, then cargo fmt.
"""
from mpmath import mp, mpf, chebyfit, erfc, exp, log, sqrt

mp.dps = 60


def q(r):
    # The closed form cancels near 0; the series does not.
    return sum(r**i / mp.factorial(i + 2) for i in range(40))


def l(z):
    return sum(2 * z**i / (2 * i + 3) for i in range(60))


def p(t):
    x = (4 * t + 2.5) / (1 - t)
    return (x + 4) * exp(x * x / 2) * erfc(x / sqrt(mpf(2))) / 2


R = log(2) / 2 * (1 + mpf(2) ** -10)
Z = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * (1 + mpf(2) ** -10)


def number(x, bits):
    """The shortest decimal of the nearest number of this precision."""
    mp.prec, old = bits, mp.prec
    y = +x
    exact = next(d for d in range(1, 20) if mpf(mp.nstr(y, d)) == y)
    mp.prec = old
    return mp.nstr(y, exact)


def fit(f, interval, n, bits):
    poly, error = chebyfit(f, interval, n, error=True)
    return [number(c, bits) for c in poly], float(error)


def rounded(x, bits):
    mp.prec, old = bits, mp.prec
    y = +x
    mp.prec = old
    return y


def with_value(c, x, y, bits):
    """The coefficients, the last one moved by as few units as make the program's sum at x exactly y."""
    c = [rounded(mpf(c), bits) for c in c]
    unit = mpf(2) ** (mp.floor(mp.log(abs(c[-1]), 2)) - bits + 1)
    for move in (0, 1, -1, 2, -2, 3, -3, 4, -4):
        last, total = c[-1] + move * unit, c[0]
        for term in [*c[1:-1], last]:
            total = rounded(total * x + term, bits)
        if total == y:
            return [number(c, bits) for c in [*c[:-1], last]]
    raise ValueError("more than 4 units off")


def split(x, bits, keep):
    """x = hi + lo with `keep` significant bits in hi, so that n * hi is exact for the exponents n."""
    scale = mpf(2) ** (keep - mp.floor(mp.log(x, 2)) - 1)
    hi = mp.floor(x * scale) / scale
    return number(hi, bits), number(x - hi, bits)


def precision(name, bits, exp_terms, ln_terms, normal_terms, limit):
    e, e_error = fit(q, [-R, R], exp_terms, bits)
    n, n_error = fit(l, [0, Z], ln_terms, bits)
    m, m_error = fit(p, [-0.625, (limit - 2.5) / mpf(limit + 4)], normal_terms, bits)
    m = with_value(m, -0.625, 2, bits)
    hi, lo = split(log(2), bits, bits - (9 if bits == 24 else 12))
    return f"""impl Coefficients for {name} {{
    // Largest error of the fit: {e_error:.1e}.
    const EXP: &'static [Self] = &[{', '.join(e)}];
    // Largest error of the fit: {n_error:.1e}.
    const LN: &'static [Self] = &[{', '.join(n)}];
    // Largest error of the fit: {m_error:.1e}.
    const NORMAL: &'static [Self] = &[{', '.join(m)}];
    const NORMAL_LIMIT: Self = {limit}.0;
    const LOG2_E: Self = std::{name}::consts::LOG2_E;
    const LN_2_HI: Self = {hi};
    const LN_2_LO: Self = {lo};
    const EXP_RANGE: (Self, Self) = {'(-104.0, 89.0)' if bits == 24 else '(-746.0, 710.0)'};
    const EXP_M1_LOW: Self = {'-20.0' if bits == 24 else '-40.0'};
    const TINY: Self = {name}::MIN_POSITIVE;
    const LIFT: Self = {'16_777_216.0' if bits == 24 else '18_014_398_509_481_984.0'};
    const LIFT_LOG2: Self = {'24.0' if bits == 24 else '54.0'};
}}
"""


HEAD = """//! The constants of the vector functions. Written by `testdata/coefficients.py`; do not edit.

use feedforward_base::Real;

/// What the vector functions need to know of a precision.
pub trait Coefficients: Real {
    /// Q of e^r = 1 + r + r\\u{b2} Q(r), highest power first, |r| \\u{2264} ln 2 / 2.
    const EXP: &'static [Self];
    /// L of 2 artanh(s) = 2 s + s\\u{b3} L(s\\u{b2}), highest power first, |s| \\u{2264} 0.1716.
    const LN: &'static [Self];
    /// P of \\u{3a6}(-x) = e^(-x\\u{b2}/2) P(t) / (x + 4), t = (x - 2.5) / (x + 4), highest power first.
    const NORMAL: &'static [Self];
    /// Beyond this the chance of a normal draw rounds to 0 or 1.
    const NORMAL_LIMIT: Self;
    /// log\\u{2082} e.
    const LOG2_E: Self;
    /// The leading bits of ln 2, few enough that a multiple by an exponent is exact.
    const LN_2_HI: Self;
    /// ln 2 \\u{2212} `LN_2_HI`.
    const LN_2_LO: Self;
    /// Below the first e^x rounds to 0, above the second to infinity.
    const EXP_RANGE: (Self, Self);
    /// Below this e^x \\u{2212} 1 rounds to \\u{2212}1.
    const EXP_M1_LOW: Self;
    /// The smallest normal number.
    const TINY: Self;
    /// A power of two that makes every denormal number normal.
    const LIFT: Self;
    /// Its logarithm.
    const LIFT_LOG2: Self;
}

"""
if __name__ == "__main__":
    import os
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../src/coefficients.rs"), "w", encoding="utf-8") as out:
        out.write(HEAD.replace("\\u{b2}", "²").replace("\\u{b3}", "³").replace("\\u{2264}", "≤")
                  .replace("\\u{2082}", "₂").replace("\\u{2212}", "−").replace("\\u{3a6}", "Φ"))
        out.write(precision("f32", 24, 5, 4, 10, 15) + "\n" + precision("f64", 53, 10, 7, 23, 40))
