"""Forward passes, gradients and optimizer trajectories of JAX (f64, its own autodiff) and optax.

    python -m venv v && v/bin/pip install jax==0.10.2 optax==0.2.8 && v/bin/python make.py

writes one JSON file per case beside this script: weights, batch, outputs, loss, gradients, and the parameters
after five updates. The tests read the files only.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent

CASES = {
    # name: units, hidden activations, loss, optimizer, learning rate[, label smoothing, weighted samples]
    "cross_entropy_relu_adam": ([6, 9, 7, 4], ["relu", "tanh"], "cross_entropy", "adam", 0.01),
    "binary_tanh_momentum": ([5, 8, 1], ["tanh"], "binary_cross_entropy", "momentum", 0.05),
    "squared_sigmoid_sgd": ([4, 70, 3], ["sigmoid"], "squared_error", "sgd", 0.1),
    "softmax_only_momentum": ([12, 5], [], "cross_entropy", "momentum", 0.05),
    "l1_gelu_selu_sgd": ([5, 8, 6, 3], ["gelu", "selu"], "l1", "sgd", 0.05),
    "huber_elu_swish_momentum": ([5, 8, 6, 3], ["elu", "swish"], "huber", "momentum", 0.02),
    "poisson_leaky_softplus_adam": ([4, 7, 5, 2], ["leaky_relu", "softplus"], "poisson", "adam", 0.01),
    "hinge_abs_sgd": ([6, 9, 2], ["abs"], "hinge", "sgd", 0.05),
    "binary_exponential_momentum": ([5, 6, 4], ["exponential"], "binary_cross_entropy", "momentum", 0.02, 0.2, True),
    "smoothed_learned_adam": ([6, 9, 7, 4], ["prelu", "learned_swish"], "cross_entropy", "adam", 0.01, 0.1, True),
}
ACTIVATION = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "gelu": lambda z: jax.nn.gelu(z, approximate=False),
    "selu": jax.nn.selu,
    "elu": jax.nn.elu,
    "swish": jax.nn.silu,
    "leaky_relu": jax.nn.leaky_relu,
    "softplus": jax.nn.softplus,
    "abs": jnp.abs,
    "exponential": jnp.exp,
}
# With a number of its own for each unit.
LEARNED = {
    "prelu": lambda z, own: jnp.where(z > 0, z, own * z),
    "learned_swish": lambda z, own: z * jax.nn.sigmoid(own * z),
}
OUTPUT = {
    "cross_entropy": jax.nn.softmax,
    "binary_cross_entropy": jax.nn.sigmoid,
    "poisson": jnp.exp,
    "hinge": jnp.tanh,
}
OPTIMIZER = {
    "adam": lambda eta: optax.adam(eta, b1=0.9, b2=0.999, eps=1e-8),
    "momentum": lambda eta: optax.sgd(eta, momentum=0.9),
    "sgd": optax.sgd,
}


def logits(theta, hidden, x):
    for (w, b, *own), f in zip(theta[:-1], hidden):
        z = x @ w.T + b
        x = LEARNED[f](z, *own) if own else ACTIVATION[f](z)
    w, b = theta[-1]
    return x @ w.T + b


def outputs(loss, z):
    return OUTPUT.get(loss, lambda z: z)(z)


def losses_of_samples(loss, z, y, smoothing):
    if loss == "cross_entropy":
        q = optax.smooth_labels(jax.nn.one_hot(y, z.shape[1]), smoothing)
        return optax.softmax_cross_entropy(z, q)
    each = {
        "binary_cross_entropy": lambda: optax.sigmoid_binary_cross_entropy(z, (1 - smoothing) * y + smoothing / 2),
        "squared_error": lambda: 0.5 * (z - y) ** 2,
        "l1": lambda: jnp.abs(z - y),
        "huber": lambda: optax.huber_loss(z, y, delta=1.0),
        "poisson": lambda: jnp.exp(z) - y - y * z + jax.scipy.special.xlogy(y, y),
        "hinge": lambda: optax.hinge_loss(jnp.tanh(z), y),
    }
    return jnp.sum(each[loss](), axis=1)


def objective(theta, hidden, loss, x, y, smoothing, weights):
    return jnp.average(losses_of_samples(loss, logits(theta, hidden, x), y, smoothing), weights=weights)


def plain(tree):
    layer = lambda w, b, *own: {"w": w, "b": b} | ({"own": own[0]} if own else {})
    return [{k: np.asarray(v).tolist() for k, v in layer(*parts).items()} for parts in tree]


def narrow(x):
    """Values that f32 holds exactly, so that both precisions start from the same numbers."""
    return x.astype(np.float32).astype(float)


def targets(r, loss, m, outputs):
    if loss == "cross_entropy":
        return r.integers(0, outputs, m)
    if loss == "binary_cross_entropy":
        return r.integers(0, 2, (m, outputs)).astype(float)
    if loss == "poisson":
        return r.integers(0, 6, (m, outputs)).astype(float)
    if loss == "hinge":
        return 2.0 * r.integers(0, 2, (m, outputs)) - 1.0
    return narrow(r.standard_normal((m, outputs)))


for number, (name, case) in enumerate(CASES.items()):
    units, hidden, loss, optimizer, eta, smoothing, weighted = (*case, *(0.0, False)[len(case) - 5 :])
    r = np.random.default_rng(number)
    m = 11
    theta = [(r.standard_normal((n, k)) / np.sqrt(k), 0.1 * r.standard_normal(n)) for k, n in zip(units, units[1:])]
    theta = [tuple(narrow(p) for p in parts) for parts in theta]
    x = narrow(r.standard_normal((m, units[0])))
    y = targets(r, loss, m, units[-1])
    for l, f in enumerate(hidden):
        if f in LEARNED:
            theta[l] += (narrow(0.25 + 0.2 * r.standard_normal(units[l + 1])),)
    weights = narrow(0.25 + r.random(m)) if weighted else None
    start = plain(theta)
    judge = lambda theta: objective(theta, hidden, loss, x, y, smoothing, weights)
    value, gradient = jax.value_and_grad(judge)(theta)
    answer = outputs(loss, logits(theta, hidden, x))
    rule = OPTIMIZER[optimizer](eta)
    state = rule.init(theta)
    losses = []
    for _ in range(5):
        v, g = jax.value_and_grad(judge)(theta)
        losses.append(float(v))
        change, state = rule.update(g, state)
        theta = optax.apply_updates(theta, change)
    record = {
        "made_by": f"jax {jax.__version__}, optax {optax.__version__}, float64",
        "units": units, "hidden": hidden, "loss": loss, "optimizer": optimizer, "learning_rate": eta,
        "theta": start, "x": x.tolist(), "y": np.asarray(y).tolist(),
        "outputs": np.asarray(answer).tolist(), "objective": float(value), "gradient": plain(gradient),
        "losses": losses, "theta_after_5": plain(theta),
    }
    if smoothing or weighted:
        record |= {"label_smoothing": smoothing, "weights": weights.tolist()}
    (HERE / f"{name}.json").write_text(json.dumps(record) + "\n")
    print(name, float(value), losses[-1])
