"""scikit-learn's MLPClassifier and MLPRegressor. One epoch is one `partial_fit` (it keeps the optimizer's state and
shuffles). It has no dropout, so W1 runs without. `numpy-by-hand`: the same prediction without its checks."""

import warnings

import common
import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")


def build(w):
    cls = MLPRegressor if w["loss"] == "mse" else MLPClassifier
    kw = dict(momentum=w["momentum"], nesterovs_momentum=False) if w["opt"] == "sgd" else {}
    return cls(hidden_layer_sizes=tuple(w["dims"][1:-1]), activation=w["act"], solver=w["opt"], alpha=0.0,
               batch_size=w["batch"], learning_rate_init=w["lr"], max_iter=1, shuffle=True, tol=0.0,
               n_iter_no_change=10**6, early_stopping=False, random_state=0, **kw)


def training(w, X, y):
    y = y.ravel() if y.shape[-1] == 1 else y
    y = y.astype(np.int64) if w["loss"] == "bce" else y
    model = build(w)
    kw = {} if w["loss"] == "mse" else {"classes": np.unique(y)}

    def epoch():
        model.partial_fit(X, y, **kw)
    return epoch, lambda: model.loss_


def predict(w, X):
    model, layers = build(w), list(common.weights(w))
    Xf = np.random.default_rng(0).standard_normal((64, w["dims"][0]), dtype=np.float32)
    if w["loss"] == "mse":
        model.fit(Xf, Xf[:, 0])
        call = model.predict
    else:
        model.partial_fit(Xf, np.arange(64) % w["dims"][-1], classes=np.arange(w["dims"][-1]))
        call = model.predict_proba
    model.coefs_, model.intercepts_ = [k for k, _ in layers], [b for _, b in layers]
    return lambda: call(X), None


def by_hand(w, X):
    layers = list(common.weights(w))

    def call():
        h = X
        for i, (k, b) in enumerate(layers):
            h = h @ k
            h += b
            if i < len(layers) - 1:
                np.maximum(h, 0, out=h)
        if w["loss"] == "ce":
            h -= h.max(1, keepdims=True)
            np.exp(h, out=h)
            h /= h.sum(1, keepdims=True)
        return h
    return call, None


def variants(w):
    X, y = common.data(w)
    if w.get("predict"):
        return {"predict": lambda: predict(w, X), "numpy-by-hand": lambda: by_hand(w, X)}
    return {"partial_fit": lambda: training(w, X, y)}


common.serve("scikit-learn", sklearn.__version__, variants)
