"""Record scikit-learn's metrics on random cases: `python make.py` writes classes.json, numbers.json and curves.json
here.

Recorded with scikit-learn 1.9.1 and numpy 2.4.6. Where scikit-learn leaves a value undefined (NaN with a
warning), or where ours is stricter, the comment says so and the value is null. What scikit-learn has not, the
calibration error and weights in calibration curves, is computed here with numpy.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

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


def average_precision(truth, p, weights):
    """One against the rest, the mean over the classes with rows; of two classes the second."""
    classes = [1] if p.shape[1] == 2 else range(p.shape[1])
    there = [k for k in classes if (truth == k).any()]
    each = [sk.average_precision_score(truth == k, p[:, k], sample_weight=weights) for k in there]
    return float(np.mean(each)) if each else None


def calibration_bins(p, hit, weights, edges):
    """Mean probability, share and weight of the bins that have rows, and the expected calibration error."""
    w = np.ones(len(p)) if weights is None else weights
    p, hit, w = p[w > 0], hit[w > 0], w[w > 0]
    bins = np.searchsorted(edges, p)
    found = []
    for b in np.unique(bins):
        own = bins == b
        found.append((np.average(p[own], weights=w[own]), np.average(hit[own], weights=w[own]), w[own].sum()))
    said, seen, weight = map(np.array, zip(*found))
    error = float((weight * np.abs(said - seen)).sum() / weight.sum())
    return {"mean_probability": said.tolist(), "share": seen.tolist(), "weight": weight.tolist(), "error": error}


def equal_width(p, hit, weights):
    found = calibration_bins(p, hit, weights, np.arange(1, 10) / 10)
    if weights is None:
        seen, said = calibration_curve(hit, p, n_bins=10, pos_label=True)
        assert np.allclose(said, found["mean_probability"], 0, 1e-14)
        assert np.allclose(seen, found["share"], 0, 1e-14)
    return found


def equal_count(p, hit, weights):
    rows = p if weights is None else p[weights > 0]
    edges = np.percentile(rows, np.arange(1, 10) * 10, method="lower")
    found = calibration_bins(p, hit, weights, edges)
    if weights is None:
        seen, said = calibration_curve(hit, p, n_bins=10, strategy="quantile", pos_label=True)
        assert np.allclose(said, found["mean_probability"], 0, 1e-14)
        assert np.allclose(seen, found["share"], 0, 1e-14)
    return found


def ece(truth, p, weights):
    """Of two classes of the second's probability; of more of the most probable class's."""
    if p.shape[1] == 2:
        return equal_width(p[:, 1], truth == 1, weights)["error"]
    return equal_width(p.max(1), p.argmax(1) == truth, weights)["error"]


def specificities(truth, decided, labels, weights):
    """Specificity is the recall of the rest."""
    w = {"sample_weight": weights, "zero_division": 0}
    return [sk.recall_score(truth != k, decided != k, **w) for k in labels]


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
    weighted, micro = {**macro, "average": "weighted"}, {**macro, "average": "micro"}
    specificity = specificities(truth, decided, labels, weights)
    occurring = np.union1d(truth, decided)
    want = {
        "accuracy": sk.accuracy_score(truth, decided, **w),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, decided, **w),
        "precision": sk.precision_score(truth, decided, **macro),
        "recall": sk.recall_score(truth, decided, **macro),
        "f1": sk.f1_score(truth, decided, **macro),
        "specificity": np.mean([specificity[k] for k in occurring]),
        "precision_weighted": sk.precision_score(truth, decided, **weighted),
        "recall_weighted": sk.recall_score(truth, decided, **weighted),
        "f1_weighted": sk.f1_score(truth, decided, **weighted),
        "precision_micro": sk.precision_score(truth, decided, **micro),
        "recall_micro": sk.recall_score(truth, decided, **micro),
        "f1_micro": sk.f1_score(truth, decided, **micro),
        # Of one true class scikit-learn says 0; we say nothing, because there is nothing to tell apart.
        "mcc": sk.matthews_corrcoef(truth, decided, **w) if len(set(truth)) > 1 else None,
        "kappa": sk.cohen_kappa_score(truth, decided, **w),
        "brier": sk.brier_score_loss(truth, p, labels=labels, **w),
        "ece": ece(truth, p, weights),
        "average_precision": average_precision(truth, p, weights),
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
        "per_class": {k: v.tolist() for k, v in zip(["precision", "recall", "f1", "support"], map(np.asarray, each))}
        | {"specificity": specificity},
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
        class_case("always the same decision", two, np.tile([0.7, 0.3], (60, 1)), w60),
        class_case("one class only, all right", only, np.tile([0.7, 0.3], (10, 1))),
    ]


def curve_case(name, truth, p, k, weights=None):
    own = truth == k
    w = {"sample_weight": weights}
    heavy = np.ones(len(truth), bool) if weights is None else weights > 0
    roc = curve = None
    # A curve without rows of the class, or a ROC curve without rows of the rest, is none.
    if own[heavy].any() and not own[heavy].all():
        rate, recall, threshold = sk.roc_curve(own, p[:, k], drop_intermediate=False, **w)
        roc = {
            "false_positive_rate": rate.tolist(),
            "recall": recall.tolist(),
            "threshold": threshold[1:].tolist(),
            "area": sk.roc_auc_score(own, p[:, k], **w),
        }
    if own[heavy].any():
        precision, recall, threshold = sk.precision_recall_curve(own, p[:, k], pos_label=True, **w)
        curve = {
            "precision": precision[::-1].tolist(),
            "recall": recall[::-1].tolist(),
            "threshold": threshold[::-1].tolist(),
            "average_precision": sk.average_precision_score(own, p[:, k], **w),
        }
    return {
        "name": name,
        "classes": p.shape[1],
        "class": k,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "weights": None if weights is None else weights.tolist(),
        "roc": roc,
        "precision_recall": curve,
        "equal_width": equal_width(p[:, k], own, weights),
        "equal_count": equal_count(p[:, k], own, weights),
    }


def curve_cases():
    rng = np.random.default_rng(62)
    two = rng.integers(0, 2, 65)
    p2 = probabilities(rng, two, 2, 1.0)
    tied = np.round(p2, 1)
    tied[:, 0] = 1 - tied[:, 1]
    w65 = rng.uniform(0, 3, 65)
    w65[::7] = 0.0
    four = rng.choice(4, 80, p=[0.5, 0.3, 0.15, 0.05])
    p4 = probabilities(rng, four, 4, 1.5)
    missing = rng.choice([0, 2], 40)
    p3 = probabilities(rng, missing, 3, 1.0)
    only = np.ones(10, int)
    return [
        curve_case("two classes", two, p2, 1),
        curve_case("two classes, the first", two, p2, 0),
        curve_case("two classes, weighted, some 0", two, p2, 1, w65),
        curve_case("tied", two, tied, 1),
        curve_case("tied and weighted, some 0", two, tied, 1, w65),
        curve_case("one of four", four, p4, 3),
        curve_case("a class without rows", missing, p3, 1),
        curve_case("beside a class without rows", missing, p3, 0),
        curve_case("one class only", only, probabilities(rng, only, 2, 0.5), 1),
        curve_case("all alike", two, np.full((65, 2), 0.5), 1, w65),
    ]


def number_case(name, y, a, weights=None):
    w = {"sample_weight": weights}
    # A constant truth has no variance to explain: scikit-learn says 0 or 1, we say nothing.
    r2 = sk.r2_score(y, a, **w) if len(set(y.tolist())) > 1 else None
    # A true number of 0 has no relative error: scikit-learn divides by 2^-52, we say nothing.
    mape = sk.mean_absolute_percentage_error(y, a, **w) if (y != 0).all() else None
    want = {
        "median_error": sk.median_absolute_error(y, a, **w),
        "mape": mape,
        "pinball": sk.mean_pinball_loss(y, a, alpha=0.5, **w),
        "pinball_10": sk.mean_pinball_loss(y, a, alpha=0.1, **w),
        "pinball_90": sk.mean_pinball_loss(y, a, alpha=0.9, **w),
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
        number_case("a 0 in the truth", np.array([0.0, 1.0, -2.0, 4.0]), np.array([0.5, 1.5, -1.0, 4.0])),
        number_case("a median that parts the weight in halves", np.arange(1.0, 5.0), np.zeros(4), np.array([1.0, 2, 2, 1])),
    ]


if __name__ == "__main__":
    for name, cases in [("classes", class_cases()), ("numbers", number_cases()), ("curves", curve_cases())]:
        lines = ",\n".join(json.dumps(case) for case in cases)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")
