"""Tell malignant tumours from benign ones on 100 splits: what does a network add to one neuron, or to one threshold?

    python -m measure.studies.medicine      or `make STUDY=medicine study`: about 5 minutes

Of the 569 tumours a fifth is set aside by lot, 100 times, and each time four answers learn from the rest: one threshold
on one measurement, logistic regression (one neuron with a sigmoid, by nnlib and by scikit-learn), and a network 30-16-1
with ReLU. Neuron and network choose their strength of L2 and then their rate within the training rows, by the
cross-entropy on the half of them that did not teach; the rows set aside are asked once. Columns are standardised by
training rows alone. Stored are sensitivity and specificity of each split, how often a probability comes true, and the
tumours that are misjudged most often.

It writes `book/measured/studies/medicine.json`, which the study of medical diagnosis shows.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np

from measure import store
from measure.workers import PROCESSES, workers
from nnlib import (
    L2,
    Adam,
    BinaryCrossEntropy,
    Dense,
    Network,
    ReLU,
    he_normal,
    load_breast_cancer,
    sigmoid,
    train_epochs,
)
from nnlib.tables import Standardiser

SPLITS, ASIDE = 100, 1 / 5
EPOCHS, BATCH_SIZE, HIDDEN = 60, 32, 16
RATES, MIDDLE = (0.001, 0.003, 0.01, 0.03), 0.01
STRENGTHS = (0.0001, 0.001, 0.01, 0.1)
THRESHOLDS = {"half": 0.5, "tenth": 0.1}  # a tenth where a missed tumour costs as much as nine false alarms
EDGES = np.linspace(0, 1, 11)  # of the probabilities that are compared with what came true

PEER = "logistic regression of scikit-learn"
ANSWERS = ("one threshold", "one neuron", "network", PEER)

Judge = Callable[[np.ndarray], np.ndarray]  # from rows (n, 30) as published to n probabilities


@cache
def tumours() -> tuple[np.ndarray, np.ndarray]:
    """All 569 tumours: 30 measurements each, and 1 for malignant."""
    table = load_breast_cancer()
    return np.concatenate([table.x_train, table.x_test]), np.concatenate([table.y_train, table.y_test])


def one_threshold(x: np.ndarray, y: np.ndarray) -> tuple[int, float, Judge]:
    """The measurement, and the value above which "malignant" is right most often in these rows."""
    best = (-1, 0, 0.0)
    for column in range(x.shape[1]):
        values = np.sort(x[:, column])
        for threshold in (values[1:] + values[:-1]) / 2:
            right = int(np.sum((x[:, column] > threshold) == y))
            best = max(best, (right, -column, float(threshold)))
    column, threshold = -best[1], best[2]
    return column, threshold, lambda rows: (rows[:, column] > threshold).astype(float)


def learned(hidden: int, x: np.ndarray, y: np.ndarray, rate: float, strength: float, seed: int) -> Judge:
    """A network trained on these rows; with no hidden neurons it is logistic regression."""
    rng, scale = np.random.default_rng(seed), Standardiser(x)
    if hidden:
        network = Network(Dense(30, hidden, rng, init=he_normal), ReLU(), Dense(hidden, 1, rng))
    else:
        network = Network(Dense(30, 1, rng))
    parts = network, BinaryCrossEntropy(), Adam(network.parameters(), rate), scale(x), y[:, None].astype(float)
    for _ in train_epochs(*parts, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng, transforms=[L2(strength)]):
        pass
    return lambda rows: sigmoid(network.predict(scale(rows)))[:, 0]


def by_scikit_learn(x: np.ndarray, y: np.ndarray) -> Judge:
    """Logistic regression as scikit-learn has it, at its own default strength."""
    from sklearn.linear_model import LogisticRegression

    scale = Standardiser(x)
    model = LogisticRegression(max_iter=1000).fit(scale(x), y)
    return lambda rows: model.predict_proba(scale(rows))[:, 1]


def cross_entropy(p: np.ndarray, y: np.ndarray) -> float:
    """The mean cost of these probabilities in nats; none counts as surer than one in a million."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.log(np.where(y == 1, p, 1 - p))))


def chosen(hidden: int, x: np.ndarray, y: np.ndarray, seed: int) -> tuple[float, float]:
    """First the strength, at the middle rate, then the rate, with the lowest cost on rows that are held back.

    Each half of these rows is judged by what the other half taught.
    """
    halves = np.random.default_rng(seed).permutation(len(y)) % 2 == 0

    @cache
    def cost(rate: float, strength: float) -> float:
        costs = []
        for own in (halves, ~halves):
            judge = learned(hidden, x[own], y[own], rate, strength, seed)
            costs.append(cross_entropy(judge(x[~own]), y[~own]))
        return float(np.mean(costs))

    strength = min(STRENGTHS, key=lambda strength: cost(MIDDLE, strength))
    return min(RATES, key=lambda rate: cost(rate, strength)), strength


def rows_of(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows that this split sets aside, and those that it learns from."""
    n = len(tumours()[1])
    order, aside = np.random.default_rng(seed).permutation(n), round(ASIDE * n)
    return order[:aside], order[aside:]


def one_split(seed: int) -> dict:
    """What each answer says of the rows that this split sets aside."""
    x, y = tumours()
    aside, own = rows_of(seed)
    column, threshold, plain = one_threshold(x[own], y[own])
    found = {"aside": aside.tolist(), "column": column, "threshold": threshold}
    found |= {"p": {"one threshold": plain(x[aside])}, "chosen": {}}
    for name, hidden in (("one neuron", 0), ("network", HIDDEN)):
        pair = chosen(hidden, x[own], y[own], seed)
        found["chosen"][name] = pair
        found["p"][name] = learned(hidden, x[own], y[own], *pair, seed)(x[aside])
    return found


def rates_of(p: np.ndarray, y: np.ndarray, threshold: float) -> tuple[float, float]:
    """Sensitivity and specificity: the share of the malignant above the threshold, of the benign not above it."""
    return float(np.mean(p[y == 1] > threshold)), float(np.mean(p[y == 0] <= threshold))


def reliability(p: np.ndarray, y: np.ndarray) -> list[dict]:
    """For each tenth between 0 and 1: how many probabilities lie there, their mean, and how often they came true."""
    tenth = np.clip(np.digitize(p, EDGES) - 1, 0, len(EDGES) - 2)
    rows = []
    for place in range(len(EDGES) - 1):
        here = tenth == place
        if here.any():
            rows.append({"n": int(here.sum()), "said": float(p[here].mean()), "true": float(y[here].mean())})
    return rows


def summary(splits: list[dict]) -> dict:
    """What is stored of all splits."""
    x, y = tumours()
    labels = [y[split["aside"]] for split in splits]
    answers = {}
    for name in ANSWERS:
        said = [split["p"][name] for split in splits]
        pairs = list(zip(said, labels, strict=True))
        both = {key: [rates_of(p, label, threshold) for p, label in pairs] for key, threshold in THRESHOLDS.items()}
        answers[name] = {
            "right": [float(np.mean((p > 0.5) == label)) for p, label in pairs],
            "cost": [cross_entropy(p, label) for p, label in pairs],
            **{key: {"sensitivity": [a for a, _ in found], "specificity": [b for _, b in found]}
               for key, found in both.items()},
            "reliability": reliability(np.concatenate(said), np.concatenate(labels)),
        }  # fmt: skip
    for name in ("one neuron", "network"):
        pairs = Counter(tuple(split["chosen"][name]) for split in splits)
        answers[name]["chosen"] = sorted([*pair, times] for pair, times in pairs.items())
    tested, missed = Counter(), Counter()
    for split, label in zip(splits, labels, strict=True):
        wrong = (split["p"]["network"] > 0.5) != label
        tested.update(split["aside"])
        missed.update(np.asarray(split["aside"])[wrong].tolist())
    often = sorted((row for row in missed if missed[row] > tested[row] / 2), key=lambda row: -missed[row] / tested[row])
    return {
        "peers": {PEER: answers.pop(PEER)},
        "answers": answers,
        "columns": sorted(Counter(split["column"] for split in splits).items(), key=lambda pair: -pair[1]),
        "ever wrong": {str(label): sum(int(y[row] == label) for row in missed) for label in (0, 1)},
        "often wrong": [
            {"row": row, "malignant": int(y[row]), "tested": tested[row], "wrong": missed[row]} for row in often
        ],
    }


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many to train at once")
    arguments = parser.parse_args()
    with workers(arguments.processes) as each:
        splits = each(one_split, [(seed,) for seed in range(SPLITS)])
    x, y = tumours()
    for seed, found in enumerate(splits):
        aside, own = rows_of(seed)
        found["p"][PEER] = by_scikit_learn(x[own], y[own])(x[aside])
    found = summary(splits)
    for name, answer in (found["answers"] | found["peers"]).items():
        both = "  ".join(
            f"{measure} {np.mean(answer['half'][measure]):.1%}" for measure in ("sensitivity", "specificity")
        )
        print(f"{name:38} {both}  cost {np.mean(answer['cost']):.3f}", flush=True)
    head = {"seeds": list(range(SPLITS)), "epochs": EPOCHS, "hidden": HIDDEN}
    store("studies/medicine", head | found, ("numpy", "scikit-learn"))


if __name__ == "__main__":
    main()
