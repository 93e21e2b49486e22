"""Mean accuracies of scikit-learn's MLP over 4 times 5 stratified folds, for crates/selection/tests/real_data.rs.

Run in the repository: python testdata/selection/make.py > testdata/selection/scikit_learn.toml
The data sets are those that scikit-learn brings along; L-BFGS and the penalty make one optimum that both sides reach.
"""
import sys
import warnings

import sklearn
from sklearn.datasets import load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore", ConvergenceWarning)
print(f"# scikit-learn {sklearn.__version__}, Python {sys.version.split()[0]}; written by make.py")
for name, load in [("iris", load_iris), ("wine", load_wine)]:
    x, y = load(return_X_y=True)
    net = MLPClassifier((8,), activation="tanh", solver="lbfgs", alpha=1.0, max_iter=500, random_state=0)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=0)
    scores = cross_val_score(make_pipeline(StandardScaler(), net), x, y, cv=folds)
    print(f"{name} = {{ mean = {scores.mean():.4f}, deviation = {scores.std(ddof=1):.4f} }}")
