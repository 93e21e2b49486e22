"""Record scikit-learn's metrics on random cases: `python make.py` writes classes.json and numbers.json here.

Recorded with scikit-learn 1.9.1 and numpy 2.4.6. Where scikit-learn leaves a value undefined (NaN with a
warning), or where ours is stricter, the comment says so and the value is null.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics as sk

HERE = Path(__file__).parent
warnings.simplefilter("ignore")


def number(x):
    return None if x is None or not np.isfinite(x) else float(x)


def auc_of(truth, p, weights, k):
    own = truth == k
    w = np.ones(len(truth)) if weights is None else weights
    if w[own].sum() == 0 or w[~own].sum() == 0:
        return None
    return sk.roc_auc_score(own, p[:, k], sample_weight=weights)


def roc_auc(truth, p, weights):
    """One against the rest, the mean over the classes for which it is defined."""
    classes = range(p.shape[1])
    if p.shape[1] == 2:
        return auc_of(truth, p, weights, 1)
    all_there = set(truth) == set(classes)
    values = [v for v in (auc_of(truth, p, weights, k) for k in classes) if v is not None]
    mean = float(np.mean(values)) if values else None
    if all_there and weights is None:
        assert abs(mean - sk.roc_auc_score(truth, p, multi_class="ovr", average="macro")) < 1e-14
    return mean


def class_case(name, truth, p, weights=None, threshold=0.5):
    classes = p.shape[1]
    decided = (p[:, 1] > threshold).astype(int) if classes == 2 else p.argmax(1)
    labels = list(range(classes))
    each = sk.precision_recall_fscore_support(
        truth, decided, labels=labels, sample_weight=weights, zero_division=0
    )
    w = {"sample_weight": weights}
    # No labels given: the mean is over the classes that occur, in the truth or in a decision.
    macro = {"average": "macro", "zero_division": 0, **w}
    want = {
        "accuracy": sk.accuracy_score(truth, decided, **w),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, decided, **w),
        "precision": sk.precision_score(truth, decided, **macro),
        "recall": sk.recall_score(truth, decided, **macro),
        "f1": sk.f1_score(truth, decided, **macro),
        "log_loss": sk.log_loss(truth, p, labels=labels, **w),
        "roc_auc": roc_auc(truth, p, weights),
    }
    return {
        "name": name,
        "classes": classes,
        "threshold": threshold,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "weights": None if weights is None else weights.tolist(),
        "want": {k: number(v) for k, v in want.items()},
        "per_class": {k: v.tolist() for k, v in zip(["precision", "recall", "f1", "support"], map(np.asarray, each))},
        "confusion": sk.confusion_matrix(truth, decided, labels=labels, **w).astype(float).tolist(),
    }


def probabilities(rng, truth, classes, skill):
    z = rng.normal(size=(len(truth), classes))
    z[np.arange(len(truth)), truth] += skill
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def class_cases():
    rng = np.random.default_rng(59)
    two = rng.integers(0, 2, 60)
    p2 = probabilities(rng, two, 2, 1.0)
    four = rng.choice(4, 80, p=[0.5, 0.3, 0.15, 0.05])
    p4 = probabilities(rng, four, 4, 1.5)
    w60, w80 = rng.uniform(0, 3, 60), rng.uniform(0, 3, 80)
    tied = np.round(p2, 1)
    tied[:, 0] = 1 - tied[:, 1]
    sure = np.eye(3)[rng.integers(0, 3, 30)]
    missing = rng.choice([0, 2], 40)
    only = np.zeros(10, int)
    return [
        class_case("two classes", two, p2),
        class_case("two classes, weighted", two, p2, w60),
        class_case("two classes, threshold 0.3", two, p2, threshold=0.3),
        class_case("two classes, tied probabilities", two, tied),
        class_case("two classes, tied and weighted", two, tied, w60, 0.7),
        class_case("four unbalanced classes", four, p4),
        class_case("four unbalanced classes, weighted", four, p4, w80),
        class_case("probabilities of 0 and 1", rng.integers(0, 3, 30), sure),
        class_case("a class without rows", missing, probabilities(rng, missing, 3, 1.0)),
        class_case("a class without rows or decisions", missing, np.insert(p2[:40], 1, 0.0, axis=1)),
        class_case("one class only", only, probabilities(rng, only, 2, 0.5)),
    ]


def number_case(name, y, a, weights=None):
    w = {"sample_weight": weights}
    # A constant truth has no variance to explain: scikit-learn says 0 or 1, we say nothing.
    r2 = sk.r2_score(y, a, **w) if len(set(y.tolist())) > 1 else None
    want = {
        "mse": sk.mean_squared_error(y, a, **w),
        "rmse": sk.root_mean_squared_error(y, a, **w),
        "mae": sk.mean_absolute_error(y, a, **w),
        "r2": r2,
    }
    return {
        "name": name,
        "truth": y.tolist(),
        "predicted": a.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "want": {k: number(v) for k, v in want.items()},
    }


def number_cases():
    rng = np.random.default_rng(60)
    y = rng.normal(300, 40, 50)
    a = y + rng.normal(3, 10, 50)
    return [
        number_case("prices", y, a),
        number_case("prices, weighted", y, a, rng.uniform(0, 2, 50)),
        number_case("worse than the mean", y, rng.permutation(a)),
        number_case("perfect", y, y),
        number_case("constant truth", np.full(5, 2.0), np.arange(5.0)),
        number_case("one row", np.array([2.0]), np.array([2.5])),
    ]


if __name__ == "__main__":
    for name, cases in [("classes", class_cases()), ("numbers", number_cases())]:
        lines = ",\n".join(json.dumps(case) for case in cases)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")
