"""The numbers of these files that no slide prints, by plain Python: `python3 make.py` prints them."""

from math import e, exp, log, pi, sqrt, tanh


def sigma(z):
    return 1 / (1 + exp(-z))


def dense(w, b, a):
    return [sum(p * q for p, q in zip(row, a)) + c for row, c in zip(w, b)]


def softmax(z):
    parts = [exp(v - max(z)) for v in z]
    return [p / sum(parts) for p in parts]


print("S01 sigmoid", sigma(-0.25))
print("S04 a", [tanh(z) for z in (4, -0.75, 3.5)])

w2, b2, w3, b3, x, y = [[1, -2], [0.5, 1.5]], [0.1, -0.3], [[2, -1]], [0.5], [0.8, -0.4], 1
a2 = [tanh(z) for z in dense(w2, b2, x)]
a3 = sigma(dense(w3, b3, a2)[0])
dz3 = a3 - y
dz2 = [dz3 * w * (1 - a * a) for w, a in zip(w3[0], a2)]
print("S07 a2", a2, "a3", a3)
print("S29 loss", -log(a3), "dl/da", (a3 - y) / (a3 * (1 - a3)), "sign lost", -(a3 - y) / (a3 * (1 - a3)))
print("S29 dl/dz3", dz3, "dl/dz2", dz2)
print("S29 with (1 - a^2)^2", [dz3 * w * (1 - a * a) ** 2 for w, a in zip(w3[0], a2)])
print("S31 without the slope", [dz3 * w for w in w3[0]])
dw = [[d * v for v in x] for d in dz2]
print("S31 dw", dw, "indices exchanged", [list(c) for c in zip(*dw)])

w1, b1 = [[0.5, -1], [1.5, 0.25], [-0.75, 1]], [0.1, -0.2, 0.3]
w2, b2, x, y = [[1, -0.5, 2], [-1, 0.75, 0.5]], [0.2, -0.1], [0.6, -1.2], [1, -1]
a = [tanh(z) for z in dense(w1, b1, x)]
z2 = dense(w2, b2, a)
dz2 = [p - q for p, q in zip(z2, y)]
dz1 = [sum(dz2[j] * w2[j][k] for j in range(2)) * (1 - a[k] ** 2) for k in range(3)]
print("S13 z2", z2, "dz1", dz1)
print("S14 dW_B", [[d * v for v in x + [1]] for d in dz1])

zs = [-3, -0.5, 0.5, 2]
for name, f, slope in [
    ("sigmoid", sigma, lambda z: sigma(z) * (1 - sigma(z))),
    ("tanh", tanh, lambda z: 1 - tanh(z) ** 2),
    ("softplus", lambda z: log(1 + exp(z)), sigma),
    ("ELU 1.5", lambda z: z if z > 0 else 1.5 * (exp(z) - 1), lambda z: 1 if z > 0 else 1.5 * exp(z)),
    ("swish 2", lambda z: z * sigma(2 * z), lambda z: sigma(2 * z) + 2 * z * sigma(2 * z) * (1 - sigma(2 * z))),
]:
    print("S15, S17", name, [f(z) for z in zs], [slope(z) for z in zs])

z = 0.7
g = lambda z: z * sigma(2 * z)
print("S17 slope of swish", 2 * g(z) + sigma(2 * z) * (1 - 2 * g(z)), "Sarkar", 2 * g(2 * z) + sigma(2 * z) * (1 - 2 * g(2 * z)))
print("S20", [1 - tanh(z) ** 2 for z in (0.5, -1, 2)])
print("S21", softmax([1, 2, 4]), [log(p) for p in softmax([1, 2, 4])], -log(3))
print("S23", [log(1 + exp(-(2 * y - 1) * z)) for y, z in ((1, 2), (0, 2), (1, -3))])
p = softmax([0.5, -1, 2])
print("S24", [v - (i == 1) for i, v in enumerate(p)], -log(p[1]), "over all classes", -sum(log(v) for v in p))
print("S33", [x / sqrt(1 + x * x) for x in (1, 2)])
