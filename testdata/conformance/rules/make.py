"""Fifty updates of every rule by PyTorch (f64, its own autodiff and optimizers).

    python -m venv v && v/bin/pip install torch==2.15.0 numpy && v/bin/python make.py

writes rules.json beside this script: two problems, and for each rule θ after 10, 20, .. 50 full-batch steps, plain, with an
L2 penalty and with decoupled weight decay, both on the weights and not on the biases. `linear` is a quadratic in θ,
`tanh` (one hidden layer) is not convex. The tests read the file only.
"""

import json
import pathlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
# Units, hidden activations, seed. Near a minimum RMSprop's steps magnify rounding; with these seeds they do not.
PROBLEMS = {"linear": ([4, 3], [], 0), "tanh": ([3, 6, 2], ["tanh"], 7)}
RULES = {
    # name: learning rate, the optimizer of (groups of parameters, learning rate, weight decay)
    "sgd": (0.1, lambda p, eta: torch.optim.SGD(p, lr=eta)),
    "momentum": (0.02, lambda p, eta: torch.optim.SGD(p, lr=eta, momentum=0.9)),
    "nesterov": (0.02, lambda p, eta: torch.optim.SGD(p, lr=eta, momentum=0.9, nesterov=True)),
    "adagrad": (0.05, lambda p, eta: torch.optim.Adagrad(p, lr=eta, eps=1e-10)),
    "rmsprop": (0.01, lambda p, eta: torch.optim.RMSprop(p, lr=eta, alpha=0.9, eps=1e-8)),
    "adam": (0.01, lambda p, eta: torch.optim.Adam(p, lr=eta, betas=(0.9, 0.999), eps=1e-8)),
    "adamw": (0.01, lambda p, eta: torch.optim.AdamW(p, lr=eta, betas=(0.9, 0.999), eps=1e-8)),
}
L2, DECAY = 0.1, 0.05


def layers(theta):
    return [{"w": w.detach().tolist(), "b": b.detach().tolist()} for w, b in theta]


def objective(theta, x, y):
    for w, b in theta[:-1]:
        x = torch.tanh(x @ w.T + b)
    w, b = theta[-1]
    return (0.5 * ((x @ w.T + b - y) ** 2).sum(1)).mean()


def trajectory(start, x, y, rule, l2, decay):
    eta, make = RULES[rule]
    theta = [[torch.tensor(v, requires_grad=True) for v in layer] for layer in start]
    # torch's `weight_decay` is an L2 penalty in all rules but AdamW, where it is decoupled.
    of_weights = decay if rule == "adamw" else l2
    groups = [
        {"params": [w for w, _ in theta], "weight_decay": of_weights},
        {"params": [b for _, b in theta], "weight_decay": 0.0},
    ]
    optimizer = make(groups, eta)
    states = []
    for step in range(1, 51):
        optimizer.zero_grad()
        value = objective(theta, x, y)
        if rule == "adamw" and l2:
            value = value + 0.5 * l2 * sum((w**2).sum() for w, _ in theta)
        value.backward()
        if rule != "adamw" and decay:
            with torch.no_grad():
                for w, _ in theta:
                    w.mul_(1 - eta * decay)
        # The gradient was taken before the weights shrank, as AdamW does.
        optimizer.step()
        if step % 10 == 0:
            states.append(layers(theta))
    return states


def flat(states):
    return np.array([v for layers in states for layer in layers for v in np.ravel(layer["w"]).tolist() + layer["b"]])


def problem(name):
    units, hidden, seed = PROBLEMS[name]
    r = np.random.default_rng(seed)
    start = [(r.standard_normal((n, k)) / np.sqrt(k), 0.1 * r.standard_normal(n)) for k, n in zip(units, units[1:])]
    x, y = (torch.tensor(r.standard_normal((9, n))) for n in (units[0], units[-1]))
    cases = []
    for rule, (eta, _) in RULES.items():
        for l2, decay in [(0.0, 0.0), (L2, 0.0), (0.0, DECAY)]:
            states = trajectory(start, x, y, rule, l2, decay)
            moved = trajectory([(w * (1 + 1e-15), b) for w, b in start], x, y, rule, l2, decay)
            assert np.abs(flat(moved) - flat(states)).max() < 1e-13, (name, rule, l2, decay)
            cases.append({"rule": rule, "learning_rate": eta, "l2": l2, "weight_decay": decay, "theta": states})
    return {
        "name": name, "units": units, "hidden": hidden, "x": x.tolist(), "y": y.tolist(),
        "start": [{"w": w.tolist(), "b": b.tolist()} for w, b in start], "cases": cases,
    }


torch.set_default_dtype(torch.float64)
made = {"made_by": f"torch {torch.__version__}, float64", "problems": [problem(name) for name in PROBLEMS]}
(HERE / "rules.json").write_text(json.dumps(made) + "\n")
