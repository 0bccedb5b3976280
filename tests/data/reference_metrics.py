"""Writes reference_metrics.json: scores as scikit-learn computes them, for tests/reference.rs.

    python reference_metrics.py > reference_metrics.json      (scikit-learn 1.9.1, numpy)

Probabilities are multiples of 2^-20, so that 32-bit and 64-bit numbers hold the same value.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
GRID = 2**20


def simplex(rng, n, k, sharpness):
    """Rows of probabilities on the grid that sum to 1."""
    raw = rng.dirichlet(np.full(k, sharpness), size=n)
    units = np.floor(raw * GRID).astype(np.int64)
    units[:, -1] += GRID - units.sum(axis=1)
    return units / GRID


def per_label(gold, pred, prob):
    p, r, f, s = m.precision_recall_fscore_support(gold, pred, average=None, zero_division=0)
    out = {"precision": list(p), "recall": list(r), "f1": list(f), "support": [int(x) for x in s]}
    if prob is not None:
        both = [0 < g.sum() < len(g) for g in gold.T]
        out["roc_auc"] = [m.roc_auc_score(g, q) if ok else None for g, q, ok in zip(gold.T, prob.T, both)]
        out["average_precision"] = [m.average_precision_score(g, q) for g, q in zip(gold.T, prob.T)]
    return out


def ece(claims, came_true):
    """Expected calibration error from scikit-learn's own curve and numpy's histogram of its bins."""
    frequency, confidence = calibration_curve(came_true, claims, n_bins=15, strategy="uniform")
    which = np.searchsorted(np.linspace(0, 1, 16)[1:-1], claims)
    n = np.bincount(which, minlength=15)
    n = n[n > 0]
    return float(np.sum(n * np.abs(frequency - confidence)) / n.sum())


def one(name, k, gold, pred, prob, order=None):
    gold, pred = np.asarray(gold), np.asarray(pred)
    present = sorted(set(gold) | set(pred))
    scores = {
        "n": len(gold),
        "accuracy": m.accuracy_score(gold, pred),
        "macro_f1": m.f1_score(gold, pred, average="macro", zero_division=0),
        "micro_f1": m.f1_score(gold, pred, average="micro", zero_division=0),
        "balanced_accuracy": m.balanced_accuracy_score(gold, pred),
    }
    labels = list(range(k))
    if order is not None:
        rank = np.argsort(order)
        scores["mae"] = m.mean_absolute_error(rank[gold], rank[pred])
    eye = np.eye(k, dtype=int)
    if prob is not None:
        scores["log_loss"] = m.log_loss(gold, prob, labels=labels)
        scores["brier"] = m.brier_score_loss(gold, prob, labels=labels)
        top = prob.argmax(axis=1)
        scores["ece"] = ece(prob.max(axis=1), (top == gold).astype(int))
        if len(set(gold)) == k > 2:
            scores["roc_auc"] = m.roc_auc_score(gold, prob, multi_class="ovr", average="macro")
            scores["average_precision"] = m.average_precision_score(gold, prob)
    each = per_label(eye[gold], eye[pred], prob)
    confusion = m.confusion_matrix(gold, pred, labels=labels).tolist()
    return {
        "name": name, "task": "one", "n_classes": k, "gold": gold.tolist(), "predicted": pred.tolist(),
        "probabilities": None if prob is None else prob.ravel().tolist(), "order": order, "scores": scores,
        "per_label": each, "confusion": confusion, "present": [int(x) for x in present],
    }


def several(name, gold, pred, prob):
    k = gold.shape[1]
    scores = {
        "n": len(gold),
        "accuracy": m.accuracy_score(gold, pred),
        "macro_f1": m.f1_score(gold, pred, average="macro", zero_division=0),
        "micro_f1": m.f1_score(gold, pred, average="micro", zero_division=0),
        "samples_f1": m.f1_score(gold, pred, average="samples", zero_division=0),
        "balanced_accuracy": float(np.mean([m.balanced_accuracy_score(g, p) for g, p in zip(gold.T, pred.T)])),
    }
    if prob is not None:
        scores["log_loss"] = m.log_loss(gold.ravel(), prob.ravel(), labels=[0, 1])
        scores["brier"] = m.brier_score_loss(gold.ravel(), prob.ravel())
        scores["ece"] = ece(prob.ravel(), gold.ravel())
        scores["average_precision"] = m.average_precision_score(gold, prob, average="macro")
        if all(0 < g.sum() < len(g) for g in gold.T):
            scores["roc_auc"] = m.roc_auc_score(gold, prob, average="macro")
    return {
        "name": name, "task": "several", "n_classes": k, "gold": gold.ravel().tolist(),
        "predicted": pred.ravel().tolist(), "probabilities": None if prob is None else prob.ravel().tolist(),
        "order": None, "scores": scores, "per_label": per_label(gold, pred, prob), "confusion": None,
        "present": list(range(k)),
    }


def cases():
    rng = np.random.default_rng(20261)

    prob = simplex(rng, 120, 3, 0.7)
    gold = np.array([rng.choice(3, p=p) for p in prob])
    yield one("three classes", 3, gold, prob.argmax(axis=1), prob, order=[1, 0, 2])

    prob = simplex(rng, 80, 2, 1.0)
    gold = (rng.random(80) < prob[:, 1]).astype(int)
    yield one("two classes", 2, gold, prob.argmax(axis=1), prob, order=[0, 1])

    gold = rng.integers(0, 5, 60)
    pred = np.where(rng.random(60) < 0.5, gold, rng.integers(0, 4, 60))
    pred[pred == 2] = 1
    yield one("class 2 and mostly 4 never predicted, no probabilities", 5, gold, pred, None)

    # class 1 occurs nowhere, class 3 only in predictions
    yield one("absent classes", 4, [0, 0, 2, 2, 0, 2], [0, 3, 2, 0, 3, 2], None, order=[3, 2, 1, 0])

    prob = np.round(simplex(rng, 100, 4, 0.5) * 8) / 8
    prob[:, -1] = 1 - prob[:, :-1].sum(axis=1)
    prob = np.abs(prob[(prob >= 0).all(axis=1)])
    gold = rng.integers(0, 4, len(prob))
    yield one("ties, zeros and ones", 4, gold, prob.argmax(axis=1), prob)

    yield one("one article", 3, [2], [2], np.array([[0.25, 0.25, 0.5]]))
    yield one("all wrong", 2, [0, 1, 0], [1, 0, 1], np.array([[0.0, 1.0], [1.0, 0.0], [0.25, 0.75]]))

    prob = rng.integers(0, GRID + 1, (90, 5)) / GRID
    gold = (rng.random((90, 5)) < prob).astype(int)
    yield several("five labels", gold, (prob > 0.5).astype(int), prob)

    prob = rng.integers(0, 9, (70, 4)) / 8
    gold = (rng.random((70, 4)) < 0.3).astype(int)
    gold[:, 1] = 0
    pred = (prob > 0.6).astype(int)
    pred[:, 2] = 0
    yield several("a label without articles, one never predicted, ties", gold, pred, prob)

    yield several("nothing predicted", gold, np.zeros_like(pred), None)
    gold = np.ones((3, 2), dtype=int)
    yield several("all labels everywhere", gold, np.array([[1, 1], [1, 0], [0, 0]]), None)


json.dump(
    {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "cases": list(cases())},
    sys.stdout, default=float,
)
print()
