"""Accuracy or R² of `ff train --target y` with no other option, beside scikit-learn's MLP with its defaults.

    python -m venv v && v/bin/pip install scikit-learn pandas
    cargo build --release && v/bin/python bench/quality/run.py --data ../shared/data [--seeds 3] [names…]

Protocol. Test rows: the file's own test part where it has one, otherwise fold 0 of 5 by
splitmix64(row + 1000003·seed + 1) mod 5. Both sides get the same two CSV files and the same seed. ff: defaults, its
preparation, its validation part taken from the training rows. scikit-learn: median + StandardScaler for numbers,
most-frequent + OneHotEncoder for categories (at most 64 levels; wider ones left out, as ff does), then
MLPClassifier/MLPRegressor(random_state=seed); the target of a regression is standardised. Prints one line per data
set and writes the table to bench/quality/record.md.
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
    table = rows(path, skip=1)
    return [[f"x{i + 1}" for i in range(len(table[0]) - 1)] + ["y"]] + table


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


def ours(ff, folder, target, seed, regression):
    start = time.time()
    train = [ff, "train", "train.csv", "--target", target, "--seed", str(seed), "-o", "m.ff", "--quiet"]
    subprocess.run(train, cwd=folder, check=True, capture_output=True)
    seconds = time.time() - start
    judged = subprocess.run([ff, "evaluate", "m.ff", "test.csv", "--json"], cwd=folder, check=True, capture_output=True)
    answer = json.loads(judged.stdout)
    scores = answer.get("judgement", answer)["scores"]
    return scores["r2" if regression else "accuracy"], seconds


def theirs(folder, target, seed, regression):
    markers = ["?", "NA", "nan", "NaN", ""]
    load = lambda name: pd.read_csv(folder / name, na_values=markers, keep_default_na=False)
    train, test = load("train.csv"), load("test.csv")
    x, y = train.drop(columns=target), train[target]
    numbers = [c for c in x if pd.api.types.is_numeric_dtype(x[c])]
    words = [c for c in x if c not in numbers and x[c].nunique() <= 64]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), words),
    )
    if regression:
        net = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
    else:
        net = MLPClassifier(random_state=seed)
    start = time.time()
    model = make_pipeline(prepare, net).fit(x, y)
    seconds = time.time() - start
    return model.score(test.drop(columns=target), test[target]), seconds


def machine():
    model = [l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
    cores = len(model)
    return f"{model[0] if model else platform.processor()}, {cores} cores, {platform.system()}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("names", nargs="*")
    p.add_argument("--data", type=pathlib.Path, required=True)
    p.add_argument("--ff", default=str(HERE.parent.parent / "target/release/ff"))
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--only-ours", action="store_true")
    p.add_argument("--record", action="store_true", help="write record.md")
    a = p.parse_args()
    out = io.StringIO()
    show = lambda line: (print(line, flush=True), out.write(line + "\n"))
    show("| data | score | ff | scikit-learn | seconds of ff | seconds of scikit-learn |")
    show("|---|---|---|---|---|---|")
    for name, (target, regression, *parts) in sets(a.data).items():
        if a.names and name not in a.names:
            continue
        results = {"ff": [], "sk": []}
        for seed in range(a.seeds):
            tables = [part() for part in parts]
            train, test = tables if len(tables) == 2 else split(tables[0], seed)
            with tempfile.TemporaryDirectory() as t:
                folder = pathlib.Path(t)
                write(folder / "train.csv", train)
                write(folder / "test.csv", test)
                results["ff"].append(ours(a.ff, folder, target, seed, regression))
                if not a.only_ours:
                    results["sk"].append(theirs(folder, target, seed, regression))
        cell = lambda r: f"{np.mean([s for s, _ in r]):.4f} ± {np.std([s for s, _ in r]):.4f}" if r else ""
        secs = lambda r: f"{np.mean([t for _, t in r]):.1f}" if r else ""
        score = "R²" if regression else "accuracy"
        show(f"| {name} | {score} | {cell(results['ff'])} | {cell(results['sk'])} | {secs(results['ff'])} | {secs(results['sk'])} |")
    if a.record:
        head = (f"Made by `bench/quality/run.py` (protocol there) on {datetime.date.today()}, {machine()}; "
                f"scikit-learn {sklearn.__version__}. Mean ± standard deviation over {a.seeds} seeds.\n\n")
        (HERE / "record.md").write_text("# Quality of the defaults\n\n" + head + out.getvalue())


main()
