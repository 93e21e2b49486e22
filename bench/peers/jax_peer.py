"""JAX.
 scan  jit of the whole epoch: lax.scan over the batches, rows gathered inside, state donated, Adam written by hand
       (in most workloads a little faster than optax's)
 aot   prediction, compiled ahead"""

import os
from functools import partial

import common

os.environ["JAX_PLATFORMS"] = "cpu"
if common.THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

jax.config.update("jax_default_prng_impl", "unsafe_rbg")  # the fast generator, for dropout


def forward(w, P, x, key=None):
    act = {"relu": jax.nn.relu, "tanh": jnp.tanh}[w["act"]]
    for i, (k, b) in enumerate(P):
        x = x @ k + b
        if i < len(P) - 1:
            x = act(x)
            if key is not None and w["dropout"]:
                keep = 1 - w["dropout"]
                x = jnp.where(jax.random.bernoulli(jax.random.fold_in(key, i), keep, x.shape), x / keep, 0)
    return x


def loss_of(w, z, y):
    if w["loss"] == "ce":
        return optax.softmax_cross_entropy_with_integer_labels(z, y).mean()
    if w["loss"] == "bce":
        return optax.sigmoid_binary_cross_entropy(z, y).mean()
    return jnp.mean((z - y) ** 2)


def adam(w, g, s, P):
    m, v, t = s
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    c1, c2 = w["lr"] / (1 - 0.9**t), jax.lax.rsqrt(1 - 0.999**t)
    return jax.tree.map(lambda p, m, v: p - c1 * m / (jnp.sqrt(v) * c2 + 1e-8), P, m, v), (m, v, t)


def sgd(w, g, s, P):
    if not w["momentum"]:
        return jax.tree.map(lambda p, g: p - w["lr"] * g, P, g), s
    m = jax.tree.map(lambda m, g: w["momentum"] * m + g, s, g)
    return jax.tree.map(lambda p, m: p - w["lr"] * m, P, m), m


def first_state(w):
    P = [(jnp.asarray(k), jnp.asarray(b)) for k, b in common.weights(w)]
    zeros = lambda: jax.tree.map(jnp.zeros_like, P)
    if w["opt"] == "adam":
        s = (zeros(), zeros(), jnp.zeros(()))
    else:
        s = zeros() if w["momentum"] else ()
    return P, s, jax.random.key(0)


def training(w, X, y):
    update = {"adam": adam, "sgd": sgd}[w["opt"]]

    def step(c, x, y):
        P, s, key = c
        sub = None
        if w["dropout"]:
            key, sub = jax.random.split(key)
        loss, g = jax.value_and_grad(lambda P: loss_of(w, forward(w, P, x, sub), y))(P)
        return (*update(w, g, s, P), key), loss

    @partial(jax.jit, donate_argnums=0)
    def run(c, X, y, order):
        at = lambda a, i: a.at[i].get(mode="promise_in_bounds")
        return jax.lax.scan(lambda c, i: step(c, at(X, i), at(y, i)), c, order)
    state, last = [first_state(w)], [None]
    Xj, yj, rng = jnp.asarray(X), jnp.asarray(y), np.random.default_rng(0)

    def epoch():
        order = rng.permutation(w["rows"]).astype(np.int32).reshape(-1, w["batch"])
        state[0], losses = run(state[0], Xj, yj, order)
        jax.block_until_ready(state[0])
        last[0] = losses[-1]
    return epoch, lambda: last[0]


def predict(w, X):
    P = [(jnp.asarray(k), jnp.asarray(b)) for k, b in common.weights(w)]
    f = jax.jit(lambda P, x: jax.nn.softmax(forward(w, P, x)) if w["loss"] == "ce" else forward(w, P, x))
    xj = jnp.asarray(X)
    f = f.lower(P, xj).compile()
    return lambda: f(P, xj).block_until_ready(), None


def variants(w):
    jax.clear_caches()
    X, y = common.data(w)
    return {"aot": lambda: predict(w, X)} if w.get("predict") else {"scan": lambda: training(w, X, y)}


common.serve("jax", jax.__version__, variants)
