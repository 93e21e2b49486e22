"""Writes functions.txt: the vector functions in 60 digits, for the tests of their f64 versions.

A line: name, bits of x, bits of the nearest f64 y, (exact - y) in units in the last place of y.
Run: python3 functions.py
"""
import os
import random
import struct
from mpmath import mp, mpf, exp, expm1, log, log1p, ncdf, npdf, tanh

mp.dps = 60
FUNCTIONS = {
    "exp": exp,
    "exp_m1": expm1,
    "ln": log,
    "tanh": tanh,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "softplus": lambda x: log1p(exp(x)),
    "normal_below": ncdf,
    "normal_density": npdf,
}
# Ranges that bring out each part: denormal, tiny, where the reduction switches, and saturated.
RANGES = [(1e-300, 1e-290), (1e-20, 1e-9), (1e-9, 1e-3), (1e-3, 0.3), (0.3, 0.4), (0.4, 1), (0.6, 1.5),
          (1, 10), (10, 40), (30, 300), (300, 700), (700, 709.7)]


def bits(y):
    return struct.unpack("<Q", struct.pack("<d", y))[0]


def nearest(exact):
    """The nearest f64 and the rest in its units: mpmath's own rounding knows no denormals."""
    m, e = mp.frexp(exact)
    e = max(int(e) - 53, -1074)
    scaled = exact * mpf(2) ** (-e)
    n = mp.nint(scaled)
    return float(int(n)) * 2.0**e if e > -1000 else float(mp.ldexp(n, e)), scaled - n


def points(name, dice):
    for low, high in RANGES:
        for _ in range(24):
            x = dice.uniform(low, high)
            yield x
            if name != "ln" and name != "exp":
                yield -x
    if name == "ln":
        yield from (2.0**e * dice.uniform(1, 2) for e in range(-1070, 1023, 23))
        yield from (1 + d * 2.0**-e for e in range(2, 50, 3) for d in (1, -1))
    elif name.startswith("normal"):
        yield from (dice.uniform(-38, 9) for _ in range(200))
        yield from (dice.uniform(-38.7, -37.4) for _ in range(48))
    else:
        yield from (-dice.uniform(0, 37) for _ in range(48))
        yield from (-dice.uniform(37, 746) for _ in range(48))
        yield from (-dice.uniform(707, 745.2) for _ in range(24))


if __name__ == "__main__":
    dice = random.Random(1)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "functions.txt"), "w") as out:
        for name, f in FUNCTIONS.items():
            for x in points(name, dice):
                exact = f(mpf(x))
                y, rest = nearest(exact)
                out.write(f"{name} {bits(x):016x} {bits(y):016x} {float(rest):.4f}\n")
