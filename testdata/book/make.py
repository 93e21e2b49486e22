"""Prints testdata/book/two_two_one.toml: the numbers that the book derives by hand, from plain Python."""

from math import exp, log, sqrt, tanh

W1, B1 = [[0.5, -0.25], [-1.0, 0.75]], [0.5, -0.25]
W2, B2 = [2.0, -1.0], 0.25
FIRST, SECOND = ((1.0, 2.0), 0.0), ((-1.0, 0.5), 1.0)
ETA = 0.5
START = (W1, B1, W2, B2)


def forward(theta, x):
    w1, b1, w2, b2 = theta
    z1 = [w[0] * x[0] + w[1] * x[1] + b for w, b in zip(w1, b1)]
    a1 = [tanh(z) for z in z1]
    z2 = w2[0] * a1[0] + w2[1] * a1[1] + b2
    return z1, a1, z2, 1 / (1 + exp(-z2))


def loss(theta, sample):
    a = forward(theta, sample[0])[3]
    return -log(a) if sample[1] == 1 else -log(1 - a)


def backward(theta, sample, w2_back=None, slope=lambda a: 1 - a * a):
    """delta of both layers and the gradient; `w2_back` stands for W[2] on the way back."""
    x, y = sample
    _, a1, _, a2 = forward(theta, x)
    d2 = a2 - y
    up = [d2 * w for w in (w2_back or theta[2])]
    d1 = [u * slope(a) for u, a in zip(up, a1)]
    gradient = ([[d * k for k in x] for d in d1], d1, [d2 * a for a in a1], d2)
    return up, d1, d2, gradient


def moved(theta, gradient, eta):
    w1, b1, w2, b2 = theta
    g1, h1, g2, h2 = gradient
    return (
        [[w - eta * g for w, g in zip(row, gs)] for row, gs in zip(w1, g1)],
        [b - eta * h for b, h in zip(b1, h1)],
        [w - eta * g for w, g in zip(w2, g2)],
        b2 - eta * h2,
    )


def flat(theta):
    w1, b1, w2, b2 = theta
    return [*w1[0], *w1[1], *b1, *w2, b2]


def folded(t):
    return ([t[0:2], t[2:4]], t[4:6], t[6:8], t[8])


RULES = {
    "sgd": lambda m, v, g, t: (m, v, g),
    "momentum": lambda m, v, g, t: (0.9 * m + g, v, 0.9 * m + g),
    "nesterov": lambda m, v, g, t: (0.9 * m + g, v, g + 0.9 * (0.9 * m + g)),
    "adagrad": lambda m, v, g, t: (m, v + g * g, g / (sqrt(v + g * g) + 1e-10)),
    "rmsprop": lambda m, v, g, t: (m, 0.9 * v + 0.1 * g * g, g / (sqrt(0.9 * v + 0.1 * g * g) + 1e-8)),
    "adam": lambda m, v, g, t: (
        0.9 * m + 0.1 * g,
        0.999 * v + 0.001 * g * g,
        (0.9 * m + 0.1 * g) / (1 - 0.9**t) / (sqrt((0.999 * v + 0.001 * g * g) / (1 - 0.999**t)) + 1e-8),
    ),
}


def path(rule, eta, steps):
    """The first weight of layer 2 after each step on the first sample."""
    t, m, v, seen = flat(START), [0.0] * 9, [0.0] * 9, []
    for step in range(1, steps + 1):
        g = flat(backward(folded(t), FIRST)[3])
        for i in range(9):
            m[i], v[i], change = RULES[rule](m[i], v[i], g[i], step)
            t[i] -= eta * change
        seen.append(t[6])
    return seen


def one_sample(name, sample):
    z1, a1, z2, a2 = forward(START, sample[0])
    up, d1, d2, (g1, h1, g2, h2) = backward(START, sample)
    return {
        f"{name}.z1": z1, f"{name}.a1": a1, f"{name}.z2": [z2], f"{name}.a2": [a2], f"{name}.loss": [loss(START, sample)],
        f"{name}.delta2": [d2], f"{name}.upstream": up, f"{name}.slope1": [1 - a * a for a in a1], f"{name}.delta1": d1,
        f"{name}.gradient_w2": g2, f"{name}.gradient_b2": [h2], f"{name}.gradient_w1": g1[0] + g1[1],
        f"{name}.gradient_b1": h1,
    }


def main():
    numbers = one_sample("first", FIRST) | one_sample("second", SECOND)
    y, a2 = FIRST[1], forward(START, FIRST[0])[3]
    numbers["chain.dl_da"] = [(a2 - y) / (a2 * (1 - a2))]
    numbers["chain.da_dz"] = [a2 * (1 - a2)]
    h = 0.001
    above, below = ([[0.5 + s, -0.25], W1[1]] for s in (h, -h))
    losses = [loss((w, B1, W2, B2), FIRST) for w in (above, below)]
    numbers["difference.losses"] = losses
    numbers["difference.quotient"] = [(losses[0] - losses[1]) / (2 * h)]

    gradient = backward(START, FIRST)[3]
    after = moved(START, gradient, ETA)
    numbers |= {"after.w2": after[2], "after.b2": [after[3]], "after.w1": after[0][0] + after[0][1], "after.b1": after[1]}
    numbers["after.loss"] = [loss(after, FIRST)]
    numbers["after.a2"] = [forward(after, FIRST[0])[3]]

    # Sarkar's pseudo-code updates W[2] before it is used on the way back (E20); Olteanu's slide 22 squares twice (E6).
    numbers["e20.delta1"] = backward(START, FIRST, w2_back=after[2])[1]
    numbers["e6.delta1"] = backward(START, FIRST, slope=lambda a: (1 - a * a) ** 2)[1]
    numbers["e6.slope1"] = [(1 - a * a) ** 2 for a in forward(START, FIRST[0])[1]]

    both = [flat(backward(START, s)[3]) for s in (FIRST, SECOND)]
    mean = folded([(p + q) / 2 for p, q in zip(*both)])
    numbers["batch.loss"] = [(loss(START, FIRST) + loss(START, SECOND)) / 2]
    numbers["batch.delta2"] = [backward(START, s)[2] / 2 for s in (FIRST, SECOND)]
    numbers |= {"batch.gradient_w1": mean[0][0] + mean[0][1], "batch.gradient_b1": mean[1]}
    numbers |= {"batch.gradient_w2": mean[2], "batch.gradient_b2": [mean[3]]}

    for rule in RULES:
        numbers[f"rule.{rule}"] = path(rule, 0.1, 3)

    # What a penalty of 0.1 adds to the gradient of W[2]; what dropout of one half makes of a unit that stays.
    numbers["penalty.gradient_w2"] = [g + 0.1 * w for g, w in zip(gradient[2], W2)]
    numbers["dropout.a1"] = [2 * a for a in forward(START, FIRST[0])[1]]

    e = [exp(z) for z in (2.0, 1.0, 0.0)]
    numbers["softmax.e"] = e
    numbers["softmax.sum"] = [sum(e)]
    numbers["softmax.a"] = [x / sum(e) for x in e]
    numbers["softmax.loss"] = [-log(e[0] / sum(e))]

    print("# The numbers that the book derives by hand. Written by make.py, which shares nothing with the program.")
    for name, values in numbers.items():
        print(f'"{name}" = [{", ".join(repr(float(v)) for v in values)}]')


main()
