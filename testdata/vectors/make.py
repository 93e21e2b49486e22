"""Writes activations.txt: every elementwise activation, its slope and its slope in its own number, in 50 digits.

    pip install mpmath==1.3.0 && python make.py              writes the file
    python make.py elu                                       prints the VECTORS of elu.rs

A line: the activation as users write it, z, its own number (0 where there is none), f, ∂f/∂z, ∂f/∂own, as the
shortest decimals of the nearest f64. Derivatives are written out here by hand, from the formulas and not from the
program; `check` compares each with mpmath's numerical derivative.
"""

import pathlib
import sys

from mpmath import diff, e, erfc, exp, log1p, mp, mpf, ncdf, npdf, pi, sqrt, tanh

mp.dps = 50
# Klambauer et al. give SELU's numbers in closed form; the f64 next to them are 1.0507009873554805, 1.6732632423543772.
Q, Q2 = erfc(1 / sqrt(mpf(2))), erfc(sqrt(mpf(2)))
ALPHA = -sqrt(2 / pi) / (Q * sqrt(e) - 1)
SCALE = (1 - Q * sqrt(e)) * sqrt(2 * pi) / sqrt(
    2 * Q2 * e**2 + pi * Q**2 * e - 2 * (2 + pi) * Q * sqrt(e) + pi + 2)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def leaky(z, s):
    return (z, mpf(1), mpf(0)) if z > 0 else (s * z, s, z)


def elu(z, alpha, scale=mpf(1)):
    return (scale * z, scale) if z > 0 else (scale * alpha * mp.expm1(z), scale * alpha * exp(z))


def swish(z, beta):
    s = sigmoid(beta * z)
    return z * s, s + beta * z * s * sigmoid(-beta * z), z * z * s * sigmoid(-beta * z)


def sign(z):
    return mpf((z > 0) - (z < 0))


THIRD = mpf(float(1) / 3)
# Text -> (where f' jumps, its own numbers, (f, f', ∂f/∂own) of z and own).
FUNCTIONS = {
    "linear": ([], [0], lambda z, own: (z, mpf(1))),
    "sigmoid": ([], [0], lambda z, own: (sigmoid(z), sigmoid(z) * sigmoid(-z))),
    "tanh": ([], [0], lambda z, own: (tanh(z), 1 / mp.cosh(z) ** 2)),
    "relu": ([0], [0], lambda z, own: (max(z, mpf(0)), mpf(z > 0))),
    "softplus": ([], [0], lambda z, own: (log1p(exp(z)) if z < 0 else z + log1p(exp(-z)), sigmoid(z))),
    "abs": ([0], [0], lambda z, own: (abs(z), sign(z))),
    "gelu": ([], [0], lambda z, own: (z * ncdf(z), ncdf(z) + z * npdf(z))),
    "selu": ([0], [0], lambda z, own: elu(z, ALPHA, SCALE)),
    "step": ([0], [0], lambda z, own: (mpf(z > 0), mpf(0))),
    "exponential": ([], [0], lambda z, own: (exp(z), exp(z))),
    "leaky_relu": ([0], [0], lambda z, own: leaky(z, mpf("0.01"))[:2]),
    "leaky_relu:0.25": ([0], [0], lambda z, own: leaky(z, mpf("0.25"))[:2]),
    "elu": ([0], [0], lambda z, own: elu(z, mpf(1))),
    "elu:0.375": ([0], [0], lambda z, own: elu(z, mpf("0.375"))),
    "swish": ([], [0], lambda z, own: swish(z, mpf(1))[:2]),
    "swish:2.5": ([], [0], lambda z, own: swish(z, mpf("2.5"))[:2]),
    "swish:1000": ([], [0], lambda z, own: swish(z, mpf(1000))[:2]),
    "prelu": ([0], [0.25, 0, -0.75, 1.5], leaky),
    "learned_swish": ([], [1, 0, -0.75, 2.5, 1000], swish),
    "rrelu": ([0], [float((mpf("0.125") + THIRD) / 2), 0.125, 0.25], lambda z, own: leaky(z, own)[:2]),
}
Z = [0, 1e-9, 1e-3, 0.25, 0.5, 0.75, 1, 2, 4, 7.5, 20, 36, 1000, 1e4]
SHORT = [-1000, -4, -1, -0.5, -1e-9, 0, 1e-9, 0.5, 1, 4, 1000]


def number(x):
    """The shortest decimal of the nearest f64."""
    if abs(x) > sys.float_info.max:
        return "inf" if x > 0 else "-inf"
    return repr(float(x) + 0.0).replace("e-0", "e-").replace("e+", "e")


def rust(text):
    """The same as Rust writes it: groups of three digits."""
    if "inf" in text:
        return text.replace("inf", "f64::INFINITY")
    digits, _, power = text.partition("e")
    whole, _, part = digits.partition(".")
    whole = f"{int(whole):_}" if part != "0" and whole != "-0" else whole
    groups = "_".join(part[i:i + 3] for i in range(0, len(part), 3)) or "0"
    return f"{whole}e{power}" if groups == "0" and power else f"{whole}.{groups}" + (f"e{power}" if power else "")


def check(f, kinks, z, own):
    """The derivatives written above are those of the function written above."""
    if abs(z) > 100 or any(abs(z - k) < 1e-3 for k in kinks):
        return
    got = f(mpf(z), mpf(own))
    pairs = [(got[1], diff(lambda t: f(t, mpf(own))[0], mpf(z), h=mpf(10) ** -20))]
    if len(got) > 2:
        pairs.append((got[2], diff(lambda t: f(mpf(z), t)[0], mpf(own), h=mpf(10) ** -20)))
    for ours, numerical in pairs:
        assert abs(ours - numerical) < mpf(10) ** -15 * max(1, abs(ours)), (z, own, ours, numerical)


def lines():
    for name, (kinks, owns, f) in FUNCTIONS.items():
        for own in owns:
            for z in [-z for z in reversed(Z[1:])] + Z:
                check(f, kinks, z, own)
                value, slope, *own_slope = f(mpf(z), mpf(own))
                words = [z, own, value, slope, own_slope[0] if own_slope else 0]
                yield " ".join([name, *map(number, words)])


if __name__ == "__main__":
    assert (float(SCALE), float(ALPHA)) == (1.0507009873554805, 1.6732632423543772)
    if len(sys.argv) > 1:
        _, owns, f = FUNCTIONS[sys.argv[1]]
        for z in SHORT:
            value, slope = f(mpf(z), mpf(owns[0]))[:2]
            print(f"        ({', '.join(rust(number(x)) for x in (z, value, slope))}),")
    else:
        here = pathlib.Path(__file__).parent
        (here / "activations.txt").write_text("\n".join(lines()) + "\n", encoding="utf-8")
