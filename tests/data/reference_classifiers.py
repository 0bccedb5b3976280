"""Writes reference_classifiers.json: scores of linear classifiers as scikit-learn computes them.

    python reference_classifiers.py > reference_classifiers.json      (scikit-learn 1.9.1, numpy)

slantwise regularises the intercept like the weight of a feature that is 1 everywhere. LinearSVC does the same
(intercept_scaling=1); LogisticRegression gets such a column and fit_intercept=False, so that both have one optimum.
Values are multiples of 1/64 and weights of rows multiples of 1/4, so that 32-bit and 64-bit numbers hold the same value.
"""

import json
import sys

import numpy as np
import sklearn
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

N_TRAIN, N_TEST, N_FEATURES = 90, 12, 40


def matrix(rng, n):
    """Sparse rows with a few frequent and many rare columns; one row is empty."""
    x = np.zeros((n, N_FEATURES))
    share = 1 / (2 + np.arange(N_FEATURES)) ** 0.8
    for row in x:
        columns = rng.choice(N_FEATURES, size=rng.integers(3, 11), replace=False, p=share / share.sum())
        row[columns] = rng.integers(1, 65, len(columns)) / 64
    x[n // 2] = 0
    return x


def dataset(name, seed, n_classes, several=False, lean_by=0.25):
    """Rows whose classes follow from their features, more or less; classes differ in size."""
    rng = np.random.default_rng(seed)
    x = matrix(rng, N_TRAIN + N_TEST)
    lean = x @ rng.normal(size=(N_FEATURES, n_classes)) + rng.gumbel(size=(len(x), n_classes))
    lean -= lean_by * np.arange(n_classes)
    if several:
        y = (lean > 0.5).astype(int)[:N_TRAIN]
    else:
        y = lean.argmax(axis=1)[:N_TRAIN]
        y[:n_classes] = np.arange(n_classes)
    weights = rng.integers(0, 9, N_TRAIN) / 4  # some weigh nothing
    weights[: 2 * n_classes] = 1
    return {"name": name, "n_classes": n_classes, "several": several, "x": x, "y": y, "weights": weights}


def svm(x, y, fresh, c, class_weight, weights):
    model = LinearSVC(C=c, tol=1e-8, max_iter=10**7, dual=True, class_weight=class_weight, random_state=0)
    return model.fit(x, y, sample_weight=weights).decision_function(fresh)


def logistic(x, y, fresh, c, class_weight, weights):
    bias = lambda x: np.hstack([x, np.ones((len(x), 1))])
    model = LogisticRegression(C=c, tol=1e-10, max_iter=10**5, fit_intercept=False, class_weight=class_weight,
                               solver="newton-cg")
    model.fit(bias(x), y, sample_weight=weights)
    if class_weight is None and model.coef_.shape[0] > 1:
        # The gradient at the optimum: w = C Σ (y - p) x.
        p = np.exp(log_softmax(bias(x) @ model.coef_.T, axis=1))
        sides = (np.eye(len(p[0]))[y] - p) * (1 if weights is None else weights[:, None])
        assert abs(model.coef_ - c * sides.T @ bias(x)).max() < 1e-5
    return model.decision_function(bias(fresh))


def naive_bayes(kind):
    def scores(x, y, fresh, alpha, class_weight, weights):
        if class_weight == "balanced":
            y = np.asarray(y)
            counts = np.bincount(y)
            each = (len(y) / (len(counts) * counts))[y]
            weights = each if weights is None else weights * each
        joint = kind(alpha=alpha).fit(x, y, sample_weight=weights).predict_joint_log_proba(fresh)
        return joint[:, 1] - joint[:, 0] if joint.shape[1] == 2 else joint

    return scores


def nb_svm(x, y, fresh, c, class_weight, weights, alpha=1.0):
    """Wang and Manning (2012), each class against the rest."""
    y = np.asarray(y)
    w = np.ones(len(y)) if weights is None else weights

    def against_the_rest(has):
        p = alpha + (w * has) @ x
        q = alpha + (w * ~has) @ x
        r = np.log(p / p.sum()) - np.log(q / q.sum())
        return svm(x * r, has.astype(int), fresh * r, c, class_weight, weights)

    if set(y) == {0, 1}:
        return against_the_rest(y == 1)
    return np.stack([against_the_rest(y == k) for k in range(y.max() + 1)], axis=1)


def one_vs_rest(fit):
    def scores(x, y, fresh, *more):
        y = np.asarray(y)
        return np.stack([fit(x, (y == k).astype(int), fresh, *more) for k in range(y.max() + 1)], axis=1)

    return scores


FIT = {
    "svm": svm, "logistic": logistic, "logistic-one-vs-rest": one_vs_rest(logistic), "nb-svm": nb_svm,
    "naive-bayes": naive_bayes(MultinomialNB), "complement-naive-bayes": naive_bayes(ComplementNB),
}


def scores(data, classifier, c, class_weight, weighted):
    """Scores of the fresh rows, one a class. With two classes scikit-learn has one, for the second; naive Bayes has the
    difference of its two."""
    x, fresh = data["x"][:N_TRAIN], data["x"][N_TRAIN:]
    weights = data["weights"] if weighted else None
    fit = lambda y: np.asarray(FIT[classifier](x, y, fresh, c, class_weight, weights))
    if data["several"]:
        found = np.stack([fit(flags) for flags in data["y"].T], axis=1)
    else:
        found = fit(data["y"])
    return [[round(float(v), 7) for v in np.atleast_1d(row)] for row in found]


def models(data):
    several, k = data["several"], data["n_classes"]
    for classifier in FIT:
        if classifier == "logistic-one-vs-rest" and (several or k == 2):
            continue
        for c, class_weight, weighted in [(1.0, None, False), (10.0, None, False), (0.1, None, True),
                                          (1.0, "balanced", False), (1.0, "balanced", True)]:
            # NB-SVM and one-vs-rest are put together here, class by class: what "balanced" means to each class
            # against the rest is another thing than in LinearSVC, which weighs the classes once for all.
            if class_weight and not several and k > 2 and classifier in ("nb-svm", "logistic-one-vs-rest"):
                continue
            # Naive Bayes takes no class weights in scikit-learn, so there is nothing to compare both with.
            if class_weight and weighted and "bayes" in classifier:
                continue
            if k > 3 and (c, class_weight, weighted) not in [(1.0, None, False), (0.1, None, True)]:
                continue
            yield {"classifier": classifier, "c": c, "class_weight": class_weight, "weighted": weighted,
                   "scores": scores(data, classifier, c, class_weight, weighted)}


def output(data):
    cells = [[np.flatnonzero(row).tolist(), (row[np.flatnonzero(row)] * 64).astype(int).tolist()] for row in data["x"]]
    return {
        "name": data["name"], "n_classes": data["n_classes"], "several": data["several"], "n_features": N_FEATURES,
        "x": cells, "y": data["y"].tolist(), "weights": data["weights"].tolist(), "models": list(models(data)),
    }


DATASETS = [
    dataset("two classes", 1, 2, lean_by=1.2),
    dataset("three classes", 2, 3),
    dataset("six classes", 3, 6),
    dataset("eleven classes", 4, 11),
    dataset("two labels", 5, 2, several=True),
    dataset("five labels", 6, 5, several=True),
]
json.dump(
    {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "datasets": [output(d) for d in DATASETS]},
    sys.stdout, separators=(",", ":"),
)
print()
