"""The optimum of a convex problem by SciPy: softmax regression with an L2 penalty on the weights.

    python -m venv v && v/bin/pip install scipy==1.17.1 numpy && v/bin/python make.py

writes softmax.json beside this script: samples with weights, penalty, θ*, J*. SciPy's trust-exact is given our gradient
and Hessian in closed form and goes on until no number of the gradient is above 1e-13. The biases' common shift changes
nothing; the one with the sum 0 is recorded. The tests read the file only.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

HERE = pathlib.Path(__file__).parent
ROWS, INPUTS, CLASSES, L2 = 700, 6, 4, 0.01

r = np.random.default_rng(3)
x = r.standard_normal((ROWS, INPUTS)).round(3)
y = (x @ r.standard_normal((INPUTS, CLASSES)) + 1.5 * r.gumbel(size=(ROWS, CLASSES))).argmax(1)
weight = r.integers(1, 5, ROWS) / 2
share = weight / weight.sum()
x1 = np.hstack([x, np.ones((ROWS, 1))])
one_hot = np.eye(CLASSES)[y]
# θ as one row per class: its weights, then its bias.
penalised = np.tile([1.0] * INPUTS + [0.0], CLASSES)


def objective(theta):
    z = x1 @ theta.reshape(CLASSES, -1).T
    return -(share * log_softmax(z, axis=1)[np.arange(ROWS), y]).sum() + 0.5 * L2 * (penalised * theta**2).sum()


def gradient(theta):
    delta = share[:, None] * (softmax(x1 @ theta.reshape(CLASSES, -1).T, axis=1) - one_hot)
    return (delta.T @ x1).ravel() + L2 * penalised * theta


def hessian(theta):
    p = softmax(x1 @ theta.reshape(CLASSES, -1).T, axis=1)
    inner = np.einsum("rc,cd->rcd", p, np.eye(CLASSES)) - np.einsum("rc,rd->rcd", p, p)
    n = CLASSES * (INPUTS + 1)
    h = np.einsum("r,rcd,ri,rj->cidj", share, inner, x1, x1).reshape(n, n) + L2 * np.diag(penalised)
    # Without curvature along the common shift of the biases there would be no single optimum.
    shift = 1.0 - penalised
    return h + np.outer(shift, shift)


found = minimize(objective, np.zeros(CLASSES * (INPUTS + 1)), jac=gradient, hess=hessian, method="trust-exact",
                 options={"gtol": 1e-10, "maxiter": 200})
theta = found.x
for _ in range(3):  # Newton's last steps, where the values no longer tell points apart
    theta = theta - np.linalg.solve(hessian(theta), gradient(theta))
assert np.abs(gradient(theta)).max() < 1e-13, np.abs(gradient(theta)).max()
assert abs(objective(theta) - found.fun) < 1e-14
w = theta.reshape(CLASSES, -1)
assert abs(w[:, -1].sum()) < 1e-12
case = {
    "made_by": f"scipy {scipy.__version__}, trust-exact, float64",
    "x": x.tolist(), "y": y.tolist(), "weight": weight.tolist(), "l2": L2,
    "objective": objective(theta), "theta": [{"w": w[:, :-1].tolist(), "b": w[:, -1].tolist()}],
}
(HERE / "softmax.json").write_text(json.dumps(case) + "\n")
print(case["objective"], found.nit, np.abs(gradient(theta)).max())
