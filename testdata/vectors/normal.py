"""The normal distribution function and its density from 50-digit arithmetic.

    python -m venv v && v/bin/pip install mpmath && v/bin/python normal.py > normal.txt
"""

import mpmath

mpmath.mp.dps = 50
print("# z, Φ(z), φ(z); written by normal.py")
points = [k / 4 for k in range(-150, 41)] + [-1e-9, 1e-9, 2**0.5, -(2**0.5), 1.41, -1.42, -0.001, 3.7]
for z in sorted(points):
    x = mpmath.mpf(z)
    print(repr(float(z)), *(mpmath.nstr(f, 20, min_fixed=1, max_fixed=0) for f in (mpmath.ncdf(x), mpmath.npdf(x))))
