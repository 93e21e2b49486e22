"""Accuracy or R² of `ff train --target y` with no other option, beside scikit-learn's MLP with its defaults.

    python -m venv v && v/bin/pip install scikit-learn pandas
    cargo build --release && v/bin/python bench/quality/run.py --data ../shared/data [--record] [names…]

Protocol. Test rows: the file's own test part where it has one, otherwise fold 0 of 5 by
splitmix64(row + 1000003·seed + 1) mod 5. Seeds 0 to 9 for tables of less than 2,000 rows, whose test parts are small, 0
to 2 for the others, 0 alone for MNIST. All sides get the same two CSV files (MNIST: its IDX files) and the same seed.

ff: defaults; what chooses the number of epochs is taken from the training rows. scikit-learn's MLP: median +
StandardScaler for numbers, most-frequent + OneHotEncoder for categories (at most 64 levels; wider ones left out, as ff
does), then MLPClassifier/MLPRegressor(random_state=seed); the target of a regression is standardised. For orientation,
scikit-learn's HistGradientBoosting(random_state=seed) with its defaults, categories as such (wider ones left out, too);
not on MNIST, where it takes very long.

"±" is the standard deviation over the seeds: of test parts, starts and orders together. Linnerud (20 rows) is left out: 4
test rows say nothing. How ff's defaults were chosen, which flatters them: each is one rule for all tables, from a few coarse values, but the
scores of these tables were looked at. Below 2,000 rows: weight decay, dropout and widths, by scores on rows left out of the
training rows (5 folds, 10 seeds), by these test rows, and on generated tables without much noise. Above: weight decay,
schedule and last training, by the test rows of seeds 0 to 2.

The seconds are those of `ff train` on the machine as it was, other work included. Results of scikit-learn are kept in
target/quality.json: they change with its version alone.
"""

import argparse
import csv
import datetime
import gzip
import io
import json
import pathlib
import platform
import subprocess
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore", category=ConvergenceWarning)
HERE = pathlib.Path(__file__).parent
ADULT = (
    "age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain "
    "capital-loss hours-per-week native-country income"
).split()


def read(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()


def rows(path, delimiter=",", skip=0):
    lines = read(path).splitlines()[skip:]
    return [r for r in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if r]


def bundled(path):
    """scikit-learn's own files: a first line with n, p and class names."""
    return named(rows(path, skip=1))


def named(table):
    """Names for columns that have none; the last is the target."""
    return [[f"x{i + 1}" for i in range(len(table[0]) - 1)] + ["y"]] + table


def diabetes(d):
    features, target = rows(d / "diabetes_data_raw.csv.gz", " "), rows(d / "diabetes_target.csv.gz", " ")
    return named([x + y for x, y in zip(features, target)])


def adult(path, skip):
    table = [[c.rstrip(".") if i == 14 else c for i, c in enumerate(r)] for r in rows(path, skip=skip)]
    return [ADULT] + table


def without(table, names):
    keep = [i for i, n in enumerate(table[0]) if n not in names]
    return [[r[i] for i in keep] for r in table]


def sets(d):
    """name: (target, regression?, table) or (target, regression?, train table, test table)"""
    return {
        "iris": ("y", False, lambda: bundled(d / "iris/iris.csv")),
        "wine": ("y", False, lambda: bundled(d / "wine/wine_data.csv")),
        "breast_cancer": ("y", False, lambda: bundled(d / "breast_cancer/breast_cancer.csv")),
        "digits": ("y", False, lambda: named(rows(d / "digits/digits.csv.gz"))),
        "diabetes": ("y", True, lambda: diabetes(d / "diabetes")),
        "titanic": ("Survived", False, lambda: rows(d / "titanic/titanic.csv")),
        "adult": ("income", False, lambda: adult(d / "adult/adult.data", 0), lambda: adult(d / "adult/adult.test", 1)),
        "covertype": ("Cover_Type", False, lambda: rows(d / "covertype/covertype_train50k.csv"),
                      lambda: rows(d / "covertype/covertype_test50k.csv")),
        "magic": ("target", False, lambda: rows(d / "magic/magic.tsv.gz", "\t")),
        "pendigits": ("target", False, lambda: rows(d / "pendigits/pendigits.tsv.gz", "\t")),
        "california_housing": ("median_house_value", True, lambda: rows(d / "california_housing/housing.csv")),
        "diamonds": ("price", True, lambda: rows(d / "diamonds/diamonds.csv")),
        # The two counts whose sum is the target, the date and the row number are no features.
        "bike_sharing": ("cnt", True, lambda: without(rows(d / "bike_sharing/hour.csv"),
                                                      ["instant", "dteday", "casual", "registered"])),
    }


def splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) % 2**64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return x ^ (x >> 31)


def split(table, seed):
    fold = lambda r: splitmix64(r + 1000003 * seed + 1) % 5
    head, body = table[0], table[1:]
    return ([head] + [b for r, b in enumerate(body) if fold(r)], [head] + [b for r, b in enumerate(body) if not fold(r)])


def write(path, table):
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows(table)


FEW_ROWS = 2_000


def ours(ff, train, test, flags, metric, folder):
    start = time.time()
    model = str(folder / "m.ff")
    subprocess.run([ff, "train", train, *flags, "-o", model, "--quiet"], check=True, capture_output=True)
    seconds = time.time() - start
    judged = subprocess.run([ff, "evaluate", model, test, "--json"], check=True, capture_output=True)
    answer = json.loads(judged.stdout)
    return answer.get("judgement", answer)["scores"][metric], seconds


def load(folder, target):
    """(x, y) of the training and the test rows, number columns, category columns of at most 64 levels."""
    markers = ["?", "NA", "nan", "NaN", ""]
    read = lambda name: pd.read_csv(folder / name, na_values=markers, keep_default_na=False)
    train, test = read("train.csv"), read("test.csv")
    numbers = [c for c in train if c != target and pd.api.types.is_numeric_dtype(train[c])]
    words = [c for c in train if c != target and c not in numbers and train[c].nunique() <= 64]
    return [(t.drop(columns=target), t[target]) for t in (train, test)], numbers, words


def network(folder, target, seed, regression):
    ((x, y), test), numbers, words = load(folder, target)
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), words),
    )
    if regression:
        net = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
    else:
        net = MLPClassifier(random_state=seed)
    return score(make_pipeline(prepare, net), x, y, test)


def boosting(folder, target, seed, regression):
    ((x, y), (x_test, y_test)), numbers, words = load(folder, target)
    kinds = {c: pd.CategoricalDtype(sorted(x[c].dropna().unique())) for c in words}
    pick = lambda x: x[numbers + words].astype(kinds)
    make = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    return score(make(random_state=seed), pick(x), y, (pick(x_test), y_test))


def score(model, x, y, test):
    return (model.fit(x, y).score(*test),)


class Kept:
    """What scikit-learn did, by version, contestant, data and seed."""

    def __init__(self):
        self.path = HERE.parent.parent / "target/quality.json"
        self.known = json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, *key, make):
        key = " ".join(map(str, (sklearn.__version__, *key)))
        if key not in self.known:
            self.known[key] = make()
            self.path.write_text(json.dumps(self.known, indent=0))
        return self.known[key]


def mnist(d, ff, folder, kept):
    def network():
        def idx(name, header):
            return np.frombuffer(gzip.decompress((d / f"{name}.gz").read_bytes())[header:], np.uint8)
        x = lambda part: idx(f"{part}-images-idx3-ubyte", 16).reshape(-1, 784)
        y = lambda part: idx(f"{part}-labels-idx1-ubyte", 8)
        net = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
        return score(net, x("train"), y("train"), (x("t10k"), y("t10k")))
    own = lambda: ours(ff, str(d), str(d), ["--seed", "0"], "accuracy", folder)
    return own, lambda: kept.get("network", "mnist", 0, make=network), None


def table(entry, name, seed, ff, folder, kept):
    target, regression, *parts = entry
    tables = [part() for part in parts]
    train, test = tables if len(tables) == 2 else split(tables[0], seed)
    write(folder / "train.csv", train)
    write(folder / "test.csv", test)
    flags = ["--target", target, "--seed", str(seed)]
    metric = "r2" if regression else "accuracy"
    own = lambda: ours(ff, str(folder / "train.csv"), str(folder / "test.csv"), flags, metric, folder)
    other = lambda f: lambda: kept.get(f.__name__, name, seed, make=lambda: f(folder, target, seed, regression))
    return own, other(network), other(boosting)


def machine():
    model = [l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
    cores = len(model)
    return f"{model[0] if model else platform.processor()}, {cores} cores, {platform.system()}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("names", nargs="*")
    p.add_argument("--data", type=pathlib.Path, required=True)
    p.add_argument("--ff", default=str(HERE.parent.parent / "target/release/ff"))
    p.add_argument("--seeds", type=int, help="as many seeds for every table")
    p.add_argument("--only", choices=["ff", "scikit-learn"])
    p.add_argument("--record", action="store_true", help="write record.md")
    a = p.parse_args()
    out = io.StringIO()
    show = lambda line: (print(line, flush=True), out.write(line + "\n"))
    show("| data | rows | score | ff | scikit-learn's MLP | gradient boosting | seconds of ff |")
    show("|---|---|---|---|---|---|---|")
    kept = Kept()
    entries = {**sets(a.data), "mnist": None}
    for name, entry in entries.items():
        if a.names and name not in a.names:
            continue
        rows_in_all = len(entry[2]()) - 1 if entry else 60_000
        seeds = a.seeds or (1 if not entry else 10 if rows_in_all < FEW_ROWS else 3)
        results = [[], [], []]
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as t:
                folder = pathlib.Path(t)
                runs = (table(entry, name, seed, a.ff, folder, kept) if entry
                        else mnist(a.data / "mnist", a.ff, folder, kept))
                for i, run in enumerate(runs):
                    if run and a.only != ("scikit-learn" if i == 0 else "ff"):
                        results[i].append(run())
        mean = lambda r: f"{np.mean([s for s, *_ in r]):.4f}"
        cell = lambda r: mean(r) + (f" ± {np.std([s for s, *_ in r]):.4f}" if len(r) > 1 else "") if r else ""
        secs = lambda r: f"{np.mean([t for _, t in r]):.1f}" if r else ""
        metric = "R²" if entry and entry[1] else "accuracy"
        cells = [name, f"{rows_in_all:,}", metric, *map(cell, results), secs(results[0])]
        show(f"| {' | '.join(cells)} |")
    if a.record:
        head = (f"Made by `bench/quality/run.py` (protocol there) on {datetime.date.today()}, {machine()}; "
                f"scikit-learn {sklearn.__version__}.\n\n")
        (HERE / "record.md").write_text("# Quality of the defaults\n\n" + head + out.getvalue())


if __name__ == "__main__":
    main()
