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
    # name: units, hidden activations, loss, optimizer, learning rate
    "cross_entropy_relu_adam": ([6, 9, 7, 4], ["relu", "tanh"], "cross_entropy", "adam", 0.01),
    "binary_tanh_momentum": ([5, 8, 1], ["tanh"], "binary_cross_entropy", "momentum", 0.05),
    "squared_sigmoid_sgd": ([4, 70, 3], ["sigmoid"], "squared_error", "sgd", 0.1),
    "softmax_only_momentum": ([12, 5], [], "cross_entropy", "momentum", 0.05),
}
ACTIVATION = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}
OPTIMIZER = {
    "adam": lambda eta: optax.adam(eta, b1=0.9, b2=0.999, eps=1e-8),
    "momentum": lambda eta: optax.sgd(eta, momentum=0.9),
    "sgd": optax.sgd,
}


def logits(theta, hidden, x):
    for (w, b), f in zip(theta[:-1], hidden):
        x = ACTIVATION[f](x @ w.T + b)
    w, b = theta[-1]
    return x @ w.T + b


def outputs(loss, z):
    return {"cross_entropy": jax.nn.softmax, "binary_cross_entropy": jax.nn.sigmoid, "squared_error": lambda z: z}[loss](z)


def objective(theta, hidden, loss, x, y):
    z = logits(theta, hidden, x)
    if loss == "cross_entropy":
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))
    if loss == "binary_cross_entropy":
        return jnp.mean(jnp.sum(optax.sigmoid_binary_cross_entropy(z, y), axis=1))
    return jnp.mean(0.5 * jnp.sum((z - y) ** 2, axis=1))


def plain(tree):
    return [{"w": np.asarray(w).tolist(), "b": np.asarray(b).tolist()} for w, b in tree]


for number, (name, (units, hidden, loss, optimizer, eta)) in enumerate(CASES.items()):
    r = np.random.default_rng(number)
    m = 11
    theta = [(r.standard_normal((n, k)) / np.sqrt(k), 0.1 * r.standard_normal(n)) for k, n in zip(units, units[1:])]
    # Values that f32 holds exactly, so that both precisions start from the same numbers.
    theta = [(w.astype(np.float32).astype(float), b.astype(np.float32).astype(float)) for w, b in theta]
    x = r.standard_normal((m, units[0])).astype(np.float32).astype(float)
    if loss == "cross_entropy":
        y = r.integers(0, units[-1], m)
    elif loss == "binary_cross_entropy":
        y = r.integers(0, 2, (m, units[-1])).astype(float)
    else:
        y = r.standard_normal((m, units[-1])).astype(np.float32).astype(float)
    start = plain(theta)
    value, gradient = jax.value_and_grad(objective)(theta, hidden, loss, x, y)
    answer = outputs(loss, logits(theta, hidden, x))
    rule = OPTIMIZER[optimizer](eta)
    state = rule.init(theta)
    losses = []
    for _ in range(5):
        v, g = jax.value_and_grad(objective)(theta, hidden, loss, x, y)
        losses.append(float(v))
        change, state = rule.update(g, state)
        theta = optax.apply_updates(theta, change)
    case = {
        "made_by": f"jax {jax.__version__}, optax {optax.__version__}, float64",
        "units": units, "hidden": hidden, "loss": loss, "optimizer": optimizer, "learning_rate": eta,
        "theta": start, "x": x.tolist(), "y": np.asarray(y).tolist(),
        "outputs": np.asarray(answer).tolist(), "objective": float(value), "gradient": plain(gradient),
        "losses": losses, "theta_after_5": plain(theta),
    }
    (HERE / f"{name}.json").write_text(json.dumps(case) + "\n")
    print(name, float(value), losses[-1])
