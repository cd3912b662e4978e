"""Say which visitors of a shop will buy: how many do among the best tenth, with the column that leaks and without it.

    python -m measure.studies.customers      or `make STUDY=customers study`: about 3 minutes

A third of the 12,330 visits is the test part, the same for all. Of the rest each seed draws a quarter to choose by, and
learns from the others. Each answer has the settings that rank best on the validation parts of three seeds of their own,
by average precision; then it meets the test part once for each seed. All of it is done with PageValues, without it,
and at the door: with nothing but what is known when a visit begins.

Then the same by time. Half of the visits from June to December, drawn by lot, are the test part. The answers learn from
February to May, the file's first 5,455 rows, or from as many rows drawn by lot from all that are not tested; so what
is tested, and how much is learned from, stay the same. They choose among the same settings, within those rows. The
column Month is left out on both sides, for it would hold words that no earlier month has.

It writes `book/measured/studies/customers.json`, which the study shows. With `--torch` it trains the same network, with
the settings that were best here, in PyTorch, and nothing else.
"""

import argparse
import json
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import product

import numpy as np

from measure import MEASURED, spread, store
from nnlib import L2, Adam, BinaryCrossEntropy, Dense, Network, ReLU, he_normal, sigmoid, train_epochs
from nnlib.studies.customers import NAMES, best_tenth, inputs, load_shoppers

SEEDS, CHOICE_SEEDS, TEST_SEED = (0, 1, 2, 3, 4), (100, 101, 102), 1000
TEST, CHOOSE = 1 / 3, 1 / 4  # of all rows; of those that are not tested
EARLY = ("Feb", "Mar", "May")
EPOCHS, BATCH_SIZE = 20, 64
RATES, L2S, HIDDEN = (0.001, 0.003, 0.01), (1e-4, 1e-3, 1e-2), (16, 64)
CS = (0.003, 0.01, 0.03, 0.1, 1.0)
COLUMNS = {"with": (), "without": ("PageValues",)}  # what is left out
DOOR = {"door": NAMES[:9]}  # all that a visit gathers on its way

Score = Callable[[np.ndarray], np.ndarray]  # from prepared rows (n, inputs) to logits (n,)
Rest = Callable[[int], np.ndarray]  # from a seed to the places that it may learn from and choose by


@cache
def visits() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The columns, and which visits ended in a purchase."""
    return load_shoppers()


@cache
def prepared(seed: int, rest: Rest, without: Collection[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All rows as numbers, by what this seed learns from; and the places that it learns from and chooses by."""
    columns, _ = visits()
    order = np.random.default_rng(seed).permutation(rest(seed))
    cut = round(CHOOSE * len(order))
    learn, choose = order[cut:], order[:cut]
    return inputs(columns, learn, without), learn, choose


@cache
def parts() -> tuple[np.ndarray, np.ndarray]:
    """The places that are not tested, and those that are: a third, by lot."""
    order = np.random.default_rng(TEST_SEED).permutation(len(visits()[1]))
    cut = round(TEST * len(order))
    return np.sort(order[cut:]), np.sort(order[:cut])


@cache
def late_test() -> np.ndarray:
    """The places that are tested by time: half of the visits after May, by lot."""
    late = np.flatnonzero(~np.isin(visits()[0]["Month"], EARLY))
    return np.sort(np.random.default_rng(TEST_SEED).permutation(late)[: len(late) // 2])


def rest_by_lot(seed: int) -> np.ndarray:
    """What is not tested, when all is drawn by lot."""
    return parts()[0]


def rest_early(seed: int) -> np.ndarray:
    """The visits of the months up to May."""
    return np.flatnonzero(np.isin(visits()[0]["Month"], EARLY))


def rest_mixed(seed: int) -> np.ndarray:
    """As many visits, drawn by lot from all that are not tested by time."""
    others = np.setdiff1d(np.arange(len(visits()[1])), late_test())
    return np.random.default_rng([TEST_SEED, seed]).permutation(others)[: len(rest_early(seed))]


def network(x: np.ndarray, y: np.ndarray, seed: int, rate: float, l2: float, hidden: int = 0) -> Score:
    """A layer of ReLUs and a neuron behind it; with no hidden neurons it is logistic regression."""
    rng = np.random.default_rng(seed)
    before = [Dense(x.shape[1], hidden, rng, init=he_normal), ReLU()] if hidden else []
    net = Network(*before, Dense(hidden or x.shape[1], 1, rng))
    parts = net, BinaryCrossEntropy(), Adam(net.parameters(), rate), x, y[:, None].astype(float)
    for _ in train_epochs(*parts, epochs=EPOCHS, batch_size=BATCH_SIZE, rng=rng, transforms=[L2(l2)]):
        pass
    return lambda rows: net.predict(rows)[:, 0]


def logistic_regression(x: np.ndarray, y: np.ndarray, seed: int, C: float) -> Score:
    """Scikit-learn's: the neuron, taken to the lowest cost there is."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=2000).fit(x, y).decision_function


def boosting(x: np.ndarray, y: np.ndarray, seed: int, rate: float, leaves: int) -> Score:
    """Scikit-learn's gradient boosting: 100 small trees of questions, each mending what those before leave wrong."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    made = HistGradientBoostingClassifier(learning_rate=rate, max_leaf_nodes=leaves, max_iter=100, random_state=seed)
    return made.fit(x, y).decision_function


def torch_network(x: np.ndarray, y: np.ndarray, seed: int, rate: float, l2: float, hidden: int) -> Score:
    """The same network in PyTorch, from its own first weights and in its own order."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    layers = torch.nn.Linear(x.shape[1], hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 1)
    for layer in layers[::2]:
        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu" if layer is layers[0] else "linear")
        torch.nn.init.zeros_(layer.bias)
    model = torch.nn.Sequential(*layers).double()
    groups = [{"params": [layer.weight for layer in layers[::2]], "weight_decay": l2}]
    optimizer = torch.optim.Adam([*groups, {"params": [layer.bias for layer in layers[::2]]}], rate)
    data, label = torch.from_numpy(x), torch.from_numpy(y[:, None].astype(float))
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(model(data[batch]), label[batch]).backward()
            optimizer.step()
    return lambda rows: model(torch.from_numpy(rows)).detach().numpy()[:, 0]


NEURON = (network, [{"rate": r, "l2": s} for r, s in product(RATES, L2S)])
NETWORK = (network, [{"rate": r, "l2": s, "hidden": h} for r, s, h in product(RATES, L2S, HIDDEN)])
LOGISTIC = (logistic_regression, [{"C": c} for c in CS])
BOOSTING = (boosting, [{"rate": r, "leaves": n} for r, n in product((0.03, 0.1), (4, 8, 16, 31))])
WAYS = {"neuron": NEURON, "network": NETWORK}
PEERS = {"scikit-learn, LogisticRegression": LOGISTIC, "scikit-learn, HistGradientBoosting": BOOSTING}


def average_precision(z: np.ndarray, y: np.ndarray) -> float:
    """The mean, over all buyers, of the share of buyers down to each in the ranking; ties count in file order."""
    ranked = y[np.argsort(-z, kind="stable")]
    return float(np.mean((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked == 1]))


def marks(z: np.ndarray, y: np.ndarray) -> dict:
    """How good a ranking is, and whether its probabilities come true."""
    best, p = best_tenth(z), sigmoid(z)
    return {
        "tenth": float(y[best].mean()),  # precision among the best tenth
        "found": float(y[best].sum() / y.sum()),  # of all buyers, those in it
        "ranked": average_precision(z, y),
        "right": float(np.mean((z > 0) == y)),
        "said": float(p.mean()),
        "said tenth": float(p[best].mean()),
    }


def one_column(learn: np.ndarray, without: Collection[str]) -> tuple[str, float]:
    """The column that ranks these rows best by itself, and 1, or -1 if its low values are the good ones."""
    columns, y = visits()
    numbers = [name for name, values in columns.items() if values.dtype == float and name not in without]
    tried = [(average_precision(sign * columns[name][learn], y[learn]), name, sign)
             for name in numbers for sign in (1.0, -1.0)]  # fmt: skip
    return max(tried)[1:]


def by_column(rest: Rest, test: np.ndarray, without: Collection[str]) -> list[dict]:
    """What that column reaches, for each seed."""
    columns, y = visits()
    found = []
    for seed in SEEDS:
        _, learn, _ = prepared(seed, rest, without)
        name, sign = one_column(learn, without)
        mark = marks(sign * columns[name][test], y[test])
        found.append({"column": name, "sign": sign} | {key: mark[key] for key in ("tenth", "found", "ranked")})
    return found


def choose(way: Callable, settings: list[dict], rest: Rest, without: Collection[str]) -> tuple[dict, list]:
    """The settings that rank best on the validation parts, and how all did."""
    _, y = visits()
    tried = []
    for setting in settings:
        ranks = []
        for seed in CHOICE_SEEDS:
            x, learn, aside = prepared(seed, rest, without)
            ranks.append(average_precision(way(x[learn], y[learn], seed, **setting)(x[aside]), y[aside]))
        tried.append([setting, float(np.mean(ranks))])
    return max(tried, key=lambda pair: pair[1])[0], tried


def scores(way: Callable, seed: int, rest: Rest, test: np.ndarray, without: Collection[str], best: dict) -> np.ndarray:
    """What an answer with these settings, learned from one seed, says of the test part."""
    x, learn, _ = prepared(seed, rest, without)
    return way(x[learn], visits()[1][learn], seed, **best)(x[test])


def over_seeds(way: Callable, settings: list[dict], rest: Rest, test: np.ndarray, without: Collection[str]) -> dict:
    """The best settings of a way, and what it reaches with them from each seed."""
    best, tried = choose(way, settings, rest, without)
    y = visits()[1][test]
    found = [marks(scores(way, seed, rest, test, without, best), y) for seed in SEEDS]
    return {"settings": best, "tried": tried, "per_seed": found}


def everywhere(ways: dict, rest: Rest, test: np.ndarray, columns: dict, also: Collection[str] = ()) -> dict:
    """All these ways, each with less and less to see."""
    return {
        name: {key: over_seeds(*way, rest, test, (*without, *also)) for key, without in columns.items()}
        for name, way in ways.items()
    }


def by_kind(best: dict) -> dict:
    """Of new and of returning visitors: how many buy, how many the network without PageValues picks, and rightly."""
    columns, y = visits()
    rest, test = parts()
    kinds, y = columns["VisitorType"][test], y[test]
    picked = np.zeros((len(SEEDS), len(test)), bool)
    for row, seed in zip(picked, SEEDS, strict=True):
        row[best_tenth(scores(network, seed, rest_by_lot, test, COLUMNS["without"], best))] = True
    twins = set(map(tuple, _rows(rest).tolist()))
    twin = np.array([tuple(row) in twins for row in _rows(test).tolist()])
    found = {"twins": {"n": int(twin.sum()), "bought": int(y[twin].sum()), "picked": int(picked[:, twin].sum())}}
    for kind in ("New_Visitor", "Returning_Visitor"):
        here = kinds == kind
        found[kind] = {
            "n": int(here.sum()),
            "bought": float(y[here].mean()),
            "picked": [float(row[here].mean()) for row in picked],
            "right": [float(y[here & row].mean()) for row in picked],
        }
    return found


def _rows(places: np.ndarray) -> np.ndarray:
    """The rows at these places as words, all columns and what came of it."""
    columns, y = visits()
    return np.column_stack([values[places].astype(str) for values in (*columns.values(), y)])


def summaries(found: dict) -> Iterator[str]:
    """A line for each way."""
    for name, way in found.items():
        for key, runs in way.items():
            numbers = {mark: spread([run[mark] for run in runs["per_seed"]]) for mark in runs["per_seed"][0]}
            said = ", ".join(f"{k} {v['mean']:.3f} ({v['min']:.3f} to {v['max']:.3f})" for k, v in numbers.items())
            yield f"{name:34} {key:8} {said}  {runs['settings']}"


def torch_alone() -> None:
    """Train the network of the stored settings in PyTorch, and store what it reaches."""
    stored = json.loads((MEASURED / "studies" / "customers.json").read_text(encoding="utf-8"))["ways"]["network"]
    test, found = parts()[1], {}
    for key, without in COLUMNS.items():
        best = stored[key]["settings"]
        said = (scores(torch_network, seed, rest_by_lot, test, without, best) for seed in SEEDS)
        found[key] = {"settings": best, "per_seed": [marks(z, visits()[1][test]) for z in said]}
    store("studies/customers", {"torch": found}, ("numpy", "torch"))
    print(*summaries({"PyTorch, the same network": found}), sep="\n")


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    if parser.parse_args().torch:
        torch_alone()
        return
    (rest, test), (_, y) = parts(), visits()
    ways, peers = (everywhere(each, rest_by_lot, test, COLUMNS | DOOR) for each in (WAYS, PEERS))
    print(*summaries(ways | peers), sep="\n", flush=True)
    columns = {key: by_column(rest_by_lot, test, without) for key, without in COLUMNS.items()}
    late = late_test()
    months = {"n": {"learn": len(rest_early(0)), "test": len(late)}, "bought": float(y[late].mean())}
    for name, each in (("early", rest_early), ("mixed", rest_mixed)):
        compared = {"network": NETWORK, "scikit-learn, HistGradientBoosting": BOOSTING}
        months[name] = everywhere(compared, each, late, COLUMNS, ("Month",))
        months[name]["one column"] = {
            key: {"per_seed": by_column(each, late, without)} for key, without in COLUMNS.items()
        }
        months[f"{name} bought"] = float(np.mean([y[each(seed)].mean() for seed in SEEDS]))
        print(name, *summaries({key: found for key, found in months[name].items() if key != "one column"}), sep="\n")
    data = {
        "seeds": list(SEEDS),
        "parts": {"rest": len(rest), "test": len(test), "bought in test": int(y[test].sum())},
        "column": columns,
        "ways": ways,
        "peers": peers,
        "kinds": by_kind(ways["network"]["without"]["settings"]),
        "months": months,
    }
    store("studies/customers", data, ("numpy", "scikit-learn"))


if __name__ == "__main__":
    main()
