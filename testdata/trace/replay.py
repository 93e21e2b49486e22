"""Recompute traces of `ff trace --format json` from their W, b, x and y, and compare every number.

    python3 replay.py wang.json batch.json ...

Plain Python, no packages, nothing shared with the program: formulas from the lectures and the functions' own papers.
Exit code 1 if a number differs by more than 1e-11 of the largest of its matrix.

The document is {"trace": {...}}, with `--notation` beside it a "sheet" of the same numbers as they are printed there:
    format           "feedforward trace 1"
    title, notes     what was traced; what its reader should know
    spec             network, loss, penalties, rule, as in a model file
    input_names, output_names
    biases           false: the network has none; b is 0 and stays 0
    rows             the samples' numbers in their table, from 1
    x                samples x n_0
    layers           for l = 1 .. L: layer, activation, w (units x inputs), b, own (what the activation has learned, one
                     number a unit; mostly empty), z and a (samples x units), and with a target
                     back: delta = dJ/dz (samples x units, the sample's share included), gradient_w, gradient_b,
                     gradient_own (penalties included), w_after, b_after, own_after (after the update)
    lesson           with a target: y (samples x outputs; classes one-hot, smoothed), shares (of 1), losses, mean_loss,
                     penalty, objective, optimizer, learning_rate
    engine_difference  how far the engine's own z, a and delta in f64 are from these, of a matrix's largest number
"""

import json
import math
import sys

BOUND = 1e-11


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def normal(z):
    return 0.5 * math.erfc(-z / math.sqrt(2)), math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def elementwise(name, numbers, z, own):
    """(f, df/dz, df/down) at z."""
    s = sigmoid(z)
    if name == "linear":
        return z, 1.0, 0.0
    if name == "sigmoid":
        return s, s * sigmoid(-z), 0.0
    if name == "tanh":
        return math.tanh(z), 1 - math.tanh(z) ** 2, 0.0
    if name == "relu":
        return max(z, 0.0), float(z > 0), 0.0
    if name == "softplus":
        return max(z, 0.0) + math.log1p(math.exp(-abs(z))), s, 0.0
    if name == "abs":
        return abs(z), float(z > 0) - float(z < 0), 0.0
    if name == "step":
        return float(z > 0), 0.0, 0.0
    if name == "exponential":
        return math.exp(z), math.exp(z), 0.0
    if name == "gelu":
        below, density = normal(z)
        return z * below, below + z * density, 0.0
    if name == "selu":
        scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
        return scale * (z if z > 0 else alpha * math.expm1(z)), scale * (1.0 if z > 0 else alpha * math.exp(z)), 0.0
    if name == "elu":
        (alpha,) = numbers
        return (z, 1.0, 0.0) if z > 0 else (alpha * math.expm1(z), alpha * math.exp(z), 0.0)
    if name == "leaky_relu":
        (slope,) = numbers
        return (z, 1.0, 0.0) if z > 0 else (slope * z, slope, 0.0)
    if name == "prelu":
        return (z, 1.0, 0.0) if z > 0 else (own * z, own, z)
    if name in ("swish", "learned_swish"):
        beta = numbers[0] if name == "swish" else own
        s, t = sigmoid(beta * z), sigmoid(-beta * z)
        return z * s, s + beta * z * s * t, z * z * s * t
    raise ValueError(f"unknown activation {name}")


def activate(layer, z):
    """a of one sample, its Jacobian (row i: da_i/dz), and da/down."""
    name, *numbers = layer["activation"].split(":")
    numbers = [float(n) for n in numbers]
    n = range(len(z))
    if name in ("softmax", "log_softmax"):
        top = max(z)
        total = math.fsum(math.exp(v - top) for v in z)
        a = [math.exp(v - top) / total for v in z]
        if name == "softmax":
            return a, [[a[i] * ((i == j) - a[j]) for j in n] for i in n], None
        return [v - top - math.log(total) for v in z], [[(i == j) - a[j] for j in n] for i in n], None
    own = layer["own"] or [0.0] * len(z)
    each = [elementwise(name, numbers, v, o) for v, o in zip(z, own)]
    return [f for f, _, _ in each], [[each[i][1] if i == j else 0.0 for j in n] for i in n], [o for _, _, o in each]


def judge(spec, z, a, y):
    """The loss of one sample and its derivative by a (by z for the perceptron)."""
    name, *numbers = spec["loss"].split(":")
    if name == "cross_entropy":
        if spec["layers"][-1]["activation"] == "log_softmax":
            return -math.fsum(q * v for q, v in zip(y, a)), [-q for q in y]
        pairs = [(q, v) for q, v in zip(y, a)]
        return -math.fsum(q * math.log(v) for q, v in pairs if q), [-q / v if q else 0.0 for q, v in pairs]
    total, slopes = 0.0, []
    for v, t, p in zip(a, y, z):
        e = v - t
        if name == "binary_cross_entropy":
            loss, slope = -(t * math.log(v) if t else 0) - ((1 - t) * math.log1p(-v) if t < 1 else 0), e / (v * (1 - v))
        elif name == "squared_error":
            loss, slope = e * e / 2, e
        elif name == "l1":
            loss, slope = abs(e), float(e > 0) - float(e < 0)
        elif name == "huber":
            d = float(numbers[0])
            loss, slope = (e * e / 2, e) if abs(e) <= d else (d * (abs(e) - d / 2), math.copysign(d, e))
        elif name == "poisson":
            loss, slope = e + (t * math.log(t / v) if t else 0), 1 - t / v
        elif name == "hinge":
            loss, slope = (1 - t * v, -t) if t * v < 1 else (0.0, 0.0)
        elif name == "perceptron":
            loss, slope = e * p, e
        else:
            raise ValueError(f"unknown loss {name}")
        total += loss
        slopes.append(slope)
    return total, slopes


def rule(optimizer, eta, g, w):
    """w after the first step from fresh slots."""
    name = optimizer["name"]
    if name in ("sgd", "momentum"):
        return w - eta * g
    if name == "nesterov":
        return w - eta * (g + optimizer["momentum"] * g)
    if name == "adagrad":
        return w - eta * g / (abs(g) + optimizer["epsilon"])
    if name == "rmsprop":
        return w - eta * g / (math.sqrt((1 - optimizer["decay"]) * g * g) + optimizer["epsilon"])
    if name in ("adam", "adamw"):
        m, v = (1 - optimizer["beta1"]) * g, (1 - optimizer["beta2"]) * g * g
        return w - eta * (m / (1 - optimizer["beta1"])) / (math.sqrt(v / (1 - optimizer["beta2"])) + optimizer["epsilon"])
    raise ValueError(f"unknown rule {name}")


def bounded(row, most):
    norm = math.sqrt(math.fsum(w * w for w in row))
    return [w * most / norm for w in row] if most and norm > most else row


class Comparison:
    def __init__(self):
        self.count, self.worst, self.wrong = 0, 0.0, []

    def of(self, name, ours, theirs):
        flat = lambda v: [x for row in v for x in flat(row)] if isinstance(v, list) else [v]
        ours, theirs = flat(ours), flat(theirs)
        if len(ours) != len(theirs):
            self.wrong.append(f"{name}: {len(theirs)} numbers where {len(ours)} should be")
            return
        largest = max([abs(x) for x in ours] + [1e-300])
        error = max([abs(x - y) / largest for x, y in zip(ours, theirs)] + [0.0])
        self.count += len(ours)
        self.worst = max(self.worst, error)
        if not error <= BOUND:
            self.wrong.append(f"{name}: off by {error:.1e} of the largest, {largest:g}")


def replay(trace):
    check = Comparison()
    spec, layers, lesson = trace["spec"], trace["layers"], trace["lesson"]
    samples = range(len(trace["x"]))
    a, zs, jacobians, downs = [trace["x"]], [], [], []
    for layer in layers:
        z = [[math.fsum(w * x for w, x in zip(row, v)) + b for row, b in zip(layer["w"], layer["b"])] for v in a[-1]]
        done = [activate(layer, v) for v in z]
        zs.append(z)
        a.append([f for f, _, _ in done])
        jacobians.append([j for _, j, _ in done])
        downs.append([o for _, _, o in done])
        check.of(f"z[{layer['layer']}]", z, layer["z"])
        check.of(f"a[{layer['layer']}]", a[-1], layer["a"])
    if lesson is None:
        return check
    judged = [judge(spec, zs[-1][r], a[-1][r], lesson["y"][r]) for r in samples]
    check.of("losses", [loss for loss, _ in judged], lesson["losses"])
    shares = lesson["shares"]
    check.of("shares", 1.0, math.fsum(shares))
    mean = math.fsum(s * loss for s, (loss, _) in zip(shares, judged))
    l1, l2 = spec["penalty"]["l1"], spec["penalty"]["l2"]
    weights = [w for layer in layers for row in layer["w"] for w in row]
    penalty = l1 * math.fsum(map(abs, weights)) + l2 / 2 * math.fsum(w * w for w in weights)
    check.of("mean_loss", mean, lesson["mean_loss"])
    check.of("penalty", penalty, lesson["penalty"])
    check.of("objective", mean + penalty, lesson["objective"])
    upstream = [[s * slope for slope in slopes] for s, (_, slopes) in zip(shares, judged)]
    gradients = []
    for l in range(len(layers), 0, -1):
        units, inputs = range(len(layers[l - 1]["w"])), range(len(layers[l - 1]["w"][0]))
        if spec["loss"] == "perceptron" and l == len(layers):
            delta = upstream
        else:
            delta = [[math.fsum(upstream[r][i] * jacobians[l - 1][r][i][j] for i in units) for j in units] for r in samples]
        w = [[math.fsum(delta[r][j] * a[l - 1][r][k] for r in samples) for k in inputs] for j in units]
        b = [math.fsum(delta[r][j] for r in samples) for j in units]
        own = [math.fsum(upstream[r][j] * downs[l - 1][r][j] for r in samples) for j in units] if layers[l - 1]["own"] else []
        gradients.insert(0, (w, b, own))
        check.of(f"delta[{l}]", delta, layers[l - 1]["back"]["delta"])
        upstream = [[math.fsum(delta[r][j] * layers[l - 1]["w"][j][k] for j in units) for k in inputs] for r in samples]
    update(trace, gradients, check)
    return check


def update(trace, gradients, check):
    spec, lesson = trace["spec"], trace["lesson"]
    eta, optimizer = lesson["learning_rate"], lesson["optimizer"]
    decay = optimizer.get("weight_decay", spec["weight_decay"])
    l1, l2 = spec["penalty"]["l1"], spec["penalty"]["l2"]
    norm = math.sqrt(math.fsum(g * g for w, b, own in gradients for g in [x for row in w for x in row] + b + own))
    shorter = min(1.0, spec["clip_norm"] / norm) if spec["clip_norm"] and norm > 0 else 1.0
    for layer, (w, b, own) in zip(trace["layers"], gradients):
        name, back = layer["layer"], layer["back"]
        extra = [[l1 * ((v > 0) - (v < 0)) + l2 * v for v in row] for row in layer["w"]]
        penalised = [[g + e for g, e in zip(*rows)] for rows in zip(w, extra)]
        check.of(f"gradient_w[{name}]", penalised, back["gradient_w"])
        check.of(f"gradient_b[{name}]", b, back["gradient_b"])
        check.of(f"gradient_own[{name}]", own, back["gradient_own"])
        if optimizer["name"] in ("conjugate_gradient", "lbfgs"):
            continue  # a search has no rule for one step
        used = [[shorter * g + e for g, e in zip(*rows)] for rows in zip(w, extra)]
        after = [[rule(optimizer, eta, g, v - eta * decay * v) for g, v in zip(*rows)] for rows in zip(used, layer["w"])]
        after = [bounded(row, spec.get("max_norm")) for row in after]
        check.of(f"w_after[{name}]", after, back["w_after"])
        biases = [rule(optimizer, eta, shorter * g, v) for g, v in zip(b, layer["b"])]
        check.of(f"b_after[{name}]", biases if trace["biases"] else layer["b"], back["b_after"])
        check.of(f"own_after[{name}]", [rule(optimizer, eta, shorter * g, v) for g, v in zip(own, layer["own"])], back["own_after"])


def main(paths):
    bad = False
    for path in paths:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        check = replay(document["trace"])
        for line in check.wrong:
            print(f"{path}: {line}")
        print(f"{path}: {check.count} numbers, worst {check.worst:.1e}, {'WRONG' if check.wrong else 'agrees'}")
        bad |= bool(check.wrong) or check.count == 0
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
