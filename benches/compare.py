#!/usr/bin/env python3
"""slantwise beside scikit-learn, fastText and Vowpal Wabbit on the same articles, in turns.

    cargo build --release
    python3 -m venv venv && venv/bin/pip install scikit-learn fasttext-wheel vowpalwabbit
    venv/bin/python benches/compare.py TRAIN.jsonl TEST.jsonl [--chars 2 5] [--runs 5] [--system NAME...]
    venv/bin/python benches/compare.py --grid TRAIN.jsonl [--runs 3]
    python3 benches/compare.py --grow TRAIN.jsonl [--runs 3]
    venv/bin/python benches/compare.py --folds TRAIN.jsonl [--metric accuracy] [--group-by KEY] [--heard 100] [--budget 120] [--chars 2 5]

Rows are JSON objects with `text`, `label` and perhaps `title`. Every run is a process of its own and the systems take turns, so that
what else the machine does falls on all of them; the table has medians. The clock of slantwise is that of the whole process, from the
file to the saved model or the written labels. That of a peer starts when its texts are read and, for fastText and VW, tokenised and in
lower case, and ends when its model can be used or its labels are known. Training may take all cores, labelling takes one. With --grid,
five folds of twenty settings: `cargo run --release --example grid` beside scikit-learn's GridSearchCV of the same. With --grow, slantwise
alone on one, two, four and eight times the articles, with one word in twenty changed in each copy. With --folds, no speed but how right
both are by five folds: what `slantwise tune` reaches and says to expect once its choosing is discounted, and scikit-learn's best of words, words
and characters (with --chars), classes balanced or not, whose choosing nothing discounts. Where groups such as outlets tell the label, tuning
hears a hundred rows of each at most; --heard 100 scores scikit-learn so too.
"""
import argparse
import collections
import json
import os
import pickle
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "..", "target", "release")
SYSTEMS = ["slantwise", "scikit-learn", "fasttext", "vw"]


def rows_of(path):
    with open(path, encoding="utf-8") as rows:
        yield from map(json.loads, filter(str.strip, rows))


def text_of(row):
    return "\n".join(filter(None, [row.get("title"), row["text"]]))


def read(path):
    texts, labels = [], []
    for row in rows_of(path):
        texts.append(text_of(row))
        labels.append(str(row.get("label")))
    return texts, labels


def evenly(groups, most):
    """Places of at most so many rows of each group, evenly spaced."""
    sizes, seen, places = collections.Counter(groups), collections.Counter(), []
    for place, group in enumerate(groups):
        if seen[group] % -(-sizes[group] // most) == 0:
            places.append(place)
        seen[group] += 1
    return places


def tokens(text):
    return " ".join(re.findall(r"\w\w+", text.lower()))


class Clock:
    """Seconds of its block, printed for the process that started this one."""

    def __enter__(self):
        self.start = time.perf_counter()

    def __exit__(self, *_):
        print(json.dumps({"seconds": time.perf_counter() - self.start}))


class ScikitLearn:
    def features(self, a):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import FeatureUnion
        words = TfidfVectorizer(ngram_range=tuple(a.words), min_df=2, sublinear_tf=True)
        if not a.chars:
            return words
        chars = TfidfVectorizer(analyzer="char_wb", ngram_range=tuple(a.chars), min_df=2, sublinear_tf=True)
        return FeatureUnion([("words", words), ("chars", chars)])

    def folds(self, a):
        import numpy
        from sklearn.metrics import accuracy_score, f1_score
        from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, cross_val_predict
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import MultiLabelBinarizer
        from sklearn.svm import LinearSVC
        rows = list(rows_of(a.train))
        texts, several = [text_of(row) for row in rows], "labels" in rows[0]
        gold = MultiLabelBinarizer().fit_transform([row["labels"] for row in rows]) if several else [str(row["label"]) for row in rows]
        groups = [row[a.group_by] for row in rows] if a.group_by else None
        if several:
            cut = GroupKFold(5, shuffle=True, random_state=0) if groups else KFold(5, shuffle=True, random_state=0)
        else:
            cut = (StratifiedGroupKFold if groups else StratifiedKFold)(5, shuffle=True, random_state=0)
        heard = list(range(len(rows))) if not a.heard else evenly(groups, a.heard)
        score = accuracy_score if a.metric == "accuracy" else lambda y, p: f1_score(y, p, average=a.metric.removesuffix("-f1"), zero_division=0)
        for chars in [None, a.chars] if a.chars else [None]:
            for weight in [None, "balanced"]:
                svm = LinearSVC(class_weight=weight)
                variant = make_pipeline(self.features(argparse.Namespace(words=a.words, chars=chars)), OneVsRestClassifier(svm) if several else svm)
                found = cross_val_predict(variant, texts, numpy.array(gold), groups=groups, cv=cut, n_jobs=os.cpu_count())
                name = ("words and characters" if chars else "words") + (", balanced" if weight else "")
                print(json.dumps({"variant": name, "score": score(numpy.array(gold)[heard], found[heard])}), flush=True)

    def train(self, a, texts, labels, model):
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC
        with Clock():
            fitted = make_pipeline(self.features(a), LinearSVC()).fit(texts, labels)
        with open(model, "wb") as out:
            pickle.dump(fitted, out)

    def predict(self, a, texts, model):
        with open(model, "rb") as stored:
            fitted = pickle.load(stored)
        with Clock():
            return list(fitted.predict(texts))

    def grid(self, texts, labels):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import Pipeline
        from sklearn.svm import LinearSVC
        pipeline = Pipeline([("tfidf", TfidfVectorizer(sublinear_tf=True)), ("svm", LinearSVC())])
        grid = {"tfidf__ngram_range": [(1, 1), (1, 2)], "tfidf__min_df": [1, 2], "svm__C": [0.1, 0.3, 1.0, 3.0, 10.0]}
        with Clock():
            search = GridSearchCV(pipeline, grid, cv=5, n_jobs=os.cpu_count(), refit=False).fit(texts, labels)
        print(json.dumps({"score": search.best_score_}))


class FastText:
    def train(self, a, texts, labels, model):
        import fasttext
        names = {label: f"__label__{i}" for i, label in enumerate(sorted(set(labels)))}
        with open(model + ".txt", "w", encoding="utf-8") as out:
            out.writelines(f"{names[label]} {tokens(text)}\n" for text, label in zip(texts, labels))
        with Clock():
            fitted = fasttext.train_supervised(model + ".txt", wordNgrams=a.words[1], epoch=5, lr=0.5, dim=10, minCount=2,
                                               thread=os.cpu_count(), verbose=0)
        fitted.save_model(model)
        with open(model + ".json", "w", encoding="utf-8") as out:
            json.dump({name: label for label, name in names.items()}, out)

    def predict(self, a, texts, model):
        import fasttext
        fitted, names = fasttext.load_model(model), json.load(open(model + ".json", encoding="utf-8"))
        lines = [tokens(text) + "\n" for text in texts]
        with Clock():
            found = [fitted.f.predict(line, 1, 0.0, "strict") for line in lines]
        return [names[best[0][1]] if best else None for best in found]


class Vw:
    def lines(self, path, numbers, texts):
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(f"{number} |w {tokens(text)}\n" for number, text in zip(numbers, texts))

    def train(self, a, texts, labels, model):
        from vowpalwabbit import Workspace
        names = sorted(set(labels))
        self.lines(model + ".txt", (1 + names.index(label) for label in labels), texts)
        with Clock():
            Workspace(f"--oaa {len(names)} --ngram {a.words[1]} -b 24 --loss_function logistic --data {model}.txt -f {model} --quiet").finish()
        with open(model + ".json", "w", encoding="utf-8") as out:
            json.dump(names, out)

    def predict(self, a, texts, model):
        from vowpalwabbit import Workspace
        names = json.load(open(model + ".json", encoding="utf-8"))
        self.lines(model + ".test", [1] * len(texts), texts)
        with Clock():
            Workspace(f"-t -i {model} --data {model}.test -p {model}.found --quiet").finish()
        return [names[int(float(line.split()[0])) - 1] for line in open(model + ".found", encoding="utf-8")]


PEERS = {"scikit-learn": ScikitLearn, "fasttext": FastText, "vw": Vw}


def worker(a):
    """What a process of a peer does."""
    peer = PEERS[a.worker]()
    if a.task == "folds":
        return peer.folds(a)
    texts, labels = read(a.train if a.task in ("train", "grid") else a.test)
    if a.task == "grid":
        peer.grid(texts, labels)
    elif a.task == "train":
        peer.train(a, texts, labels, a.model)
    else:
        found = peer.predict(a, texts, a.model)
        with open(a.model + ".labels", "w", encoding="utf-8") as out:
            json.dump([str(label) for label in found], out)


def run(command, cores=None):
    """Seconds (by the process's own clock where it has one), peak memory in MB, and what it printed."""
    start = time.perf_counter()
    settle = (lambda: os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:cores])) if cores else None
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL, preexec_fn=settle)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        printed.seek(0)
        out = printed.read().decode()
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    own = [json.loads(line)["seconds"] for line in out.splitlines() if line.startswith('{"seconds"')]
    return (own[0] if own else seconds), usage.ru_maxrss / 1024, out


def once(system, a, folder):
    """One training and one labelling: the figures of a row."""
    model, binary = os.path.join(folder, system), os.path.join(TARGET, "slantwise")
    labels = read(a.test)[1]
    if system == "slantwise":
        options = ["--classifier", "svm", "--no-clean", "--words", f"{a.words[0]}..{a.words[1]}"]
        options += ["--chars", f"{a.chars[0]}..{a.chars[1]}"] if a.chars else []
        train_s, memory, _ = run([binary, "train", a.train, "-o", model, *options])
        predict_s, _, out = run([binary, "predict", a.test, "--model", model, "--format", "jsonl"], cores=1)
        answers = [next(iter(json.loads(line)["models"].values())) for line in out.splitlines()]
        found = [answer["labels"][0] if answer["labels"] else None for answer in answers]
    else:
        ask = [sys.executable, os.path.abspath(__file__), a.train, a.test, "--worker", system, "--model", model]
        ask += ["--words", *map(str, a.words)] + (["--chars", *map(str, a.chars)] if a.chars else [])
        train_s, memory, _ = run([*ask, "--task", "train"])
        predict_s, _, _ = run([*ask, "--task", "predict"], cores=1)
        found = json.load(open(model + ".labels", encoding="utf-8"))
    assert len(found) == len(labels), f"{system}: {len(found)} labels for {len(labels)} articles"
    accuracy = sum(f == g for f, g in zip(found, labels)) / len(labels)
    return dict(train=train_s, predict=predict_s, memory=memory, accuracy=accuracy)


def in_turns(systems, runs, one):
    found = {system: [] for system in systems}
    for _ in range(runs):
        for system in systems:
            found[system].append(one(system))
    return {s: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for s, rows in found.items()}


def table(found):
    ours = found.get("slantwise")
    times = lambda row, key: f"{row[key]:.2f} s" + (f" ({row[key] / ours[key]:.1f}×)" if ours and row is not ours else "")
    print("| | train | peak memory | label, one core | accuracy |\n|---|---:|---:|---:|---:|")
    for system, row in found.items():
        print(f"| {system} | {times(row, 'train')} | {row['memory']:.0f} MB | {times(row, 'predict')} | {row['accuracy']:.4f} |")


def grid(a):
    def one(system):
        if system == "slantwise":
            seconds, _, out = run([os.path.join(TARGET, "examples", "grid"), a.train])
            score = float(out.split("best ")[1].split()[0])
        else:
            seconds, _, out = run([sys.executable, os.path.abspath(__file__), a.train, "--worker", system, "--task", "grid"])
            score = json.loads(out.splitlines()[-1])["score"]
        return dict(seconds=seconds, score=score)

    found = in_turns(["slantwise", "scikit-learn"], a.runs, one)
    ratio = found["scikit-learn"]["seconds"] / found["slantwise"]["seconds"]
    print("| | five folds of twenty settings | best accuracy |\n|---|---:|---:|")
    for system, row in found.items():
        print(f"| {system} | {row['seconds']:.2f} s" + ("" if system == "slantwise" else f" ({ratio:.1f}×)") + f" | {row['score']:.4f} |")


def folds(a):
    group = ["--group-by", a.group_by] if a.group_by else []
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "model.slant")
        tune = [os.path.join(TARGET, "slantwise"), "tune", a.train, "-o", model, "--metric", a.metric, "--budget", str(a.budget), *group]
        ours, _, _ = run(tune)
        with open(model + ".tune.json", encoding="utf-8") as trace:
            trace = json.load(trace)
    ask = [sys.executable, os.path.abspath(__file__), a.train, "--worker", "scikit-learn", "--task", "folds", "--metric", a.metric, *group]
    ask += ["--heard", str(a.heard)] if a.heard else []
    theirs, _, out = run([*ask, *(["--chars", *map(str, a.chars)] if a.chars else [])])
    best = max(map(json.loads, out.splitlines()), key=lambda row: row["score"])
    low, high = trace["expected"]["interval"] if trace["expected"] else (float("nan"),) * 2
    expected = trace["expected"]["score"] if trace["expected"] else float("nan")
    print("| | %s | seconds |\n|---|---:|---:|" % a.metric)
    print(f"| slantwise tune, the best | {trace['best_score']:.4f} | {ours:.0f} |")
    print(f"| slantwise tune, to expect | {expected:.4f} ({low:.3f} to {high:.3f}) | |")
    print(f"| scikit-learn, the best: {best['variant']} | {best['score']:.4f} | {theirs:.0f} |")


def grown(path, times, out):
    change = random.Random(0)
    with open(path, encoding="utf-8") as rows, open(out, "w", encoding="utf-8") as to:
        rows = [json.loads(line) for line in filter(str.strip, rows)]
        for copy in range(times):
            for row in rows:
                words = row["text"].split(" ")
                if copy:
                    words = [f"{word}{copy}" if change.random() < 0.05 else word for word in words]
                to.write(json.dumps({"text": " ".join(words), "label": row["label"]}, ensure_ascii=False) + "\n")


def grow(a):
    print("| articles | text | train | seconds a MB | peak memory | times the text |\n|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "grown.jsonl")
        for times in (1, 2, 4, 8):
            grown(a.train, times, path)
            texts, _ = read(path)
            n, size = len(texts), sum(len(text.encode()) for text in texts) / 1e6
            del texts
            command = [os.path.join(TARGET, "slantwise"), "train", path, "-o", os.path.join(folder, "model")]
            runs = [run([*command, "--classifier", "svm", "--no-clean"])[:2] for _ in range(a.runs)]
            seconds, memory = (statistics.median(values) for values in zip(*runs))
            print(f"| {n} | {size:.0f} MB | {seconds:.1f} s | {seconds / size:.4f} | {memory:.0f} MB | {memory / size:.1f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("test", nargs="?")
    parser.add_argument("--words", nargs=2, type=int, default=[1, 2])
    parser.add_argument("--chars", nargs=2, type=int)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--system", nargs="+", default=SYSTEMS, choices=SYSTEMS)
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("--metric", default="accuracy", choices=["accuracy", "macro-f1", "micro-f1"])
    parser.add_argument("--group-by")
    parser.add_argument("--heard", type=int)
    parser.add_argument("--budget", type=int, default=120)
    parser.add_argument("--worker", choices=list(PEERS), help=argparse.SUPPRESS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.worker:
        worker(a)
    elif a.grid:
        grid(a)
    elif a.grow:
        grow(a)
    elif a.folds:
        folds(a)
    elif not a.test:
        parser.error("TEST.jsonl is missing")
    else:
        with tempfile.TemporaryDirectory() as folder:
            table(in_turns(a.system, a.runs, lambda system: once(system, a, folder)))
