"""Stop forged notes where one in a hundred is forged: by a price in the loss, in the threshold, or without any label?

    python -m measure.studies.fraud      or `make STUDY=fraud study`: about 7 minutes

Notes that occur twice are there once. A third of the genuine and a third of the forged are the test part, the same for
all. Of the rest each seed draws 396 genuine notes and 4 forged ones to learn from, one in a hundred, and 96 genuine and
102 forged to choose by. In the parts to choose by and to test with, far more than one in a hundred are forged, so that
there is something to count; so the share of them that passes is counted as that of a hundredth of all notes. A forgery
that passes costs 50, a genuine note that is stopped 1. Each answer has the settings that cost least on the parts to
choose by, in the mean of ten seeds of their own, and meets the test part once from each of twenty seeds.

Beside that: networks that learn from 10, 100, those 400 and all labelled notes, half of the 10 and the 100 forged, and
autoencoders that learn from genuine notes, or from the 400 of which nobody has looked at any. For these the threshold
lies where one genuine note in 50 to choose by is stopped, and the settings are those whose average precision is best
there. Then networks that know one kind of forgery, tested on the other. And what a test says whose forgeries were
copied before the notes were split, or after; once more with genuine notes, drawn by lot, that are only called forged;
with the L2 that is best for all labels, which is weak, and with that for the 400. And what the distance costs where
other shares of the genuine notes are stopped.

It writes `book/measured/studies/fraud.json`, which the study of fraud shows. With `--torch` it trains the network with
the price in its loss, with the settings that were best here, in PyTorch, and nothing else; with `--limits` it moves the
distance's threshold alone, which takes a second.
"""

import argparse
import json
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from measure import MEASURED, spread, store
from measure.workers import PROCESSES, workers
from nnlib import L2, Adam, BinaryCrossEntropy, Dense, Network, QuadraticCost, ReLU, he_normal, one_epoch
from nnlib.studies.fraud import NAMES, load_banknotes
from nnlib.tables import Standardiser

SEEDS, CHOICE_SEEDS, TEST_SEED = tuple(range(20)), tuple(range(100, 110)), 1000
PRICE, RARE = 50, 0.01  # of a forgery that passes, in genuine notes stopped; and how many of the notes are forged
GENUINE, FORGED = 396, 4  # to learn from
KEPT = 3 / 4  # of the forged notes outside the test part, those that a seed may learn from
STOPPED = 0.02  # of the genuine notes, where no price can set the threshold
OTHERS = (0.01, 0.04)  # shares to set it by instead
HIDDEN, STEPS = 16, 1000
RATES, STRENGTHS = (0.03, 0.1), (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
CODES, WIDTH, CODED_RATES = (1, 2, 3), 32, (0.003, 0.01, 0.03)  # of the autoencoders
LABELS = (10, 100, 400, "all")  # of the 400 four are forged, of the others half or nearly so
STOCK = 7  # forgeries among all genuine notes, for the trap
CS, NEIGHBOURS = (0.01, 0.1, 1.0, 10.0, 100.0), (1, 2, 3, 5, 10, 20, 40, 80)

Judge = Callable[[np.ndarray], np.ndarray]  # from rows (n, 4) as published to n numbers: the larger, the more suspect


class Parts(NamedTuple):
    """Places of notes: to learn from, to choose by, and for the test; the forged after the genuine in each pair."""

    learn: tuple[np.ndarray, np.ndarray]
    choose: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


@cache
def notes() -> tuple[np.ndarray, np.ndarray]:
    """The different notes, in the file's order: (n, 4) as published, and 1 for forged."""
    x, y = load_banknotes()
    first = np.sort(np.unique(np.column_stack([x, y]), axis=0, return_index=True)[1])
    return x[first], y[first]


def parts(seed: int) -> Parts:
    """The notes of a seed; the test part is the same for all."""
    y, lot, rng = notes()[1], np.random.default_rng(TEST_SEED), np.random.default_rng(seed)
    genuine, forged = (lot.permutation(np.flatnonzero(y == kind)) for kind in (0, 1))
    test = genuine[: len(genuine) // 3], forged[: len(forged) // 3]
    genuine, forged = (rng.permutation(rest[len(rest) // 3 :]) for rest in (genuine, forged))
    keep = round(KEPT * len(forged))
    return Parts((genuine[:GENUINE], forged[:keep]), (genuine[GENUINE:], forged[keep:]), test)


def rows_of(places: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and labels of these notes."""
    x, y = notes()
    both = np.concatenate(places)
    return x[both], y[both]


def one_in_a_hundred(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The 400 notes that a seed learns from."""
    genuine, forged = parts(seed).learn
    return rows_of((genuine, forged[:FORGED]))


# What it costs


def fates(stopped: np.ndarray, y: np.ndarray) -> dict:
    """What becomes of 1,000 notes, one in a hundred forged: the shares of each kind that are stopped, and money."""
    caught, alarms = float(np.mean(stopped[y == 1])), float(np.mean(stopped[y == 0]))
    cost = 1000 * (RARE * PRICE * (1 - caught) + (1 - RARE) * alarms)
    return {"caught": caught, "alarms": alarms, "cost": cost}


def average_precision(z: np.ndarray, y: np.ndarray) -> float:
    """The mean, over the forged, of the share of forged ones in what is as suspect, if one in a hundred is forged."""
    limits, forged, genuine = z[y == 1], np.sort(z[y == 1]), np.sort(z[y == 0])
    found, alarms = (1 - np.searchsorted(kind, limits) / len(kind) for kind in (forged, genuine))
    return float(np.mean(RARE * found / (RARE * found + (1 - RARE) * alarms)))


# What learns


def learned(x: np.ndarray, y: np.ndarray, seed: int, hidden: int, rate: float, strength: float, price: float) -> Judge:
    """The logit of a network with two hidden layers, or of a neuron; a forged note's cost counts `price` times."""
    rng, scale = np.random.default_rng(seed), Standardiser(x)
    layers = []
    if hidden:
        layers = [Dense(4, hidden, rng, init=he_normal), ReLU(), Dense(hidden, hidden, rng, init=he_normal), ReLU()]
    network = Network(*layers, Dense(hidden or 4, 1, rng))
    loss, adam = BinaryCrossEntropy(), Adam(network.parameters(), rate)
    batch = scale(x), y[:, None].astype(float), np.where(y == 1, float(price), 1.0)
    for _ in range(STEPS):
        one_epoch(network, loss, adam, [batch], [L2(strength)])
    return lambda rows: network.predict(scale(rows))[:, 0]


def autoencoder(x: np.ndarray, seed: int, width: int, code: int, rate: float) -> Judge:
    """By how much a network that learned to repeat these rows through a few numbers misses others."""
    rng, scale = np.random.default_rng(seed), Standardiser(x)
    inward = Dense(4, width, rng, init=he_normal), ReLU(), Dense(width, code, rng)
    outward = Dense(code, width, rng, init=he_normal), ReLU(), Dense(width, 4, rng)
    network = Network(*inward, *outward)
    loss, adam, known = QuadraticCost(), Adam(network.parameters(), rate), scale(x)
    for _ in range(STEPS):
        one_epoch(network, loss, adam, [(known, known)])
    return lambda rows: np.sum((network.predict(scale(rows)) - scale(rows)) ** 2, axis=1)


def from_the_middle(x: np.ndarray) -> Judge:
    """How far from the mean of these rows, each direction measured by their own spread in it (Mahalanobis)."""
    middle, inverse = x.mean(axis=0), np.linalg.inv(np.cov(x.T))
    return lambda rows: np.einsum("ni,ij,nj->n", rows - middle, inverse, rows - middle)


def one_limit(x: np.ndarray, y: np.ndarray) -> tuple[int, int, float]:
    """The column, the side (1 above, -1 below) and the limit that cost least on these rows; ties to the first."""
    best = (np.inf,)
    for column, side in product(range(x.shape[1]), (1, -1)):
        values = np.unique(side * x[:, column])
        for limit in (values[1:] + values[:-1]) / 2:
            cost = PRICE * np.sum((side * x[:, column] <= limit) & (y == 1)) + np.sum(
                (side * x[:, column] > limit) & (y == 0)
            )
            best = min(best, (int(cost), column, -side, float(limit)))
    return best[1], -best[2], best[3]


# Answers to one in a hundred: each from rows, labels, a seed and settings to whether it stops rows


def stops(judge: Judge, limit: float) -> Judge:
    """Where a judge says more than the limit."""
    return lambda rows: judge(rows) > limit


def by_one_limit(x: np.ndarray, y: np.ndarray, seed: int) -> Judge:
    """One measurement and a limit."""
    column, side, limit = one_limit(x, y)
    return lambda rows: side * rows[:, column] > limit


def price_in_loss(x: np.ndarray, y: np.ndarray, seed: int, **settings: float) -> Judge:
    """Stops from one half on, by what has learned with the price."""
    return stops(learned(x, y, seed, price=PRICE, **settings), 0.0)


def price_in_threshold(x: np.ndarray, y: np.ndarray, seed: int, **settings: float) -> Judge:
    """Stops from 1 / (1 + PRICE) on, by what has learned without the price."""
    return stops(learned(x, y, seed, price=1, **settings), -float(np.log(PRICE)))


def no_price(x: np.ndarray, y: np.ndarray, seed: int, **settings: float) -> Judge:
    """Stops from one half on, by what has learned without the price."""
    return stops(learned(x, y, seed, price=1, **settings), 0.0)


def by_scikit_learn(x: np.ndarray, y: np.ndarray, seed: int, C: float) -> Judge:
    """Scikit-learn's logistic regression with the price in its loss."""
    from sklearn.linear_model import LogisticRegression

    scale = Standardiser(x)
    model = LogisticRegression(C=C, class_weight={0: 1, 1: PRICE}, max_iter=2000).fit(scale(x), y)
    return stops(lambda rows: model.decision_function(scale(rows)), 0.0)


def by_neighbours(x: np.ndarray, y: np.ndarray, seed: int, k: int) -> Judge:
    """Scikit-learn's nearest neighbours, with the price in the threshold."""
    from sklearn.neighbors import KNeighborsClassifier

    scale = Standardiser(x)
    model = KNeighborsClassifier(k).fit(scale(x), y)
    return stops(lambda rows: model.predict_proba(scale(rows))[:, 1], 1 / (1 + PRICE))


def by_torch(x: np.ndarray, y: np.ndarray, seed: int, hidden: int, rate: float, strength: float) -> Judge:
    """The network with the price in its loss in PyTorch, from its own first weights."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    scale, nn = Standardiser(x), torch.nn
    layers = nn.Linear(4, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
    model = nn.Sequential(*layers).double()
    weights, biases = ([p for p in model.parameters() if p.ndim == n] for n in (2, 1))
    adam = torch.optim.Adam([{"params": weights, "weight_decay": strength}, {"params": biases}], rate)
    data, label = torch.from_numpy(scale(x)), torch.from_numpy(y[:, None].astype(float))
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(float(PRICE)))
    for _ in range(STEPS):
        adam.zero_grad()
        loss(model(data), label).backward()
        adam.step()
    return stops(lambda rows: model(torch.from_numpy(scale(rows))).detach().numpy()[:, 0], 0.0)


def grid(**values: tuple) -> list[dict]:
    """All settings with one of each of these values."""
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


NEURON, NETWORK = (grid(hidden=(hidden,), rate=RATES, strength=STRENGTHS) for hidden in (0, HIDDEN))
ANSWERS = {  # each with the settings that are tried
    "one limit": (by_one_limit, [{}]),
    "neuron, price in the loss": (price_in_loss, NEURON),
    "neuron, price in the threshold": (price_in_threshold, NEURON),
    "network, price in the loss": (price_in_loss, NETWORK),
    "network, price in the threshold": (price_in_threshold, NETWORK),
    "network, no price": (no_price, NETWORK),
}
PEERS = {
    "logistic regression of scikit-learn": (by_scikit_learn, grid(C=CS)),
    "nearest neighbours of scikit-learn": (by_neighbours, grid(k=NEIGHBOURS)),
}


def cost_chosen_by(name: str, settings: dict, seed: int) -> float:
    """What an answer costs on a seed's notes to choose by."""
    x, y = rows_of(parts(seed).choose)
    return fates((ANSWERS | PEERS)[name][0](*one_in_a_hundred(seed), seed, **settings)(x), y)["cost"]


def tested(name: str, settings: dict, seed: int) -> dict:
    """What becomes of the test part."""
    x, y = rows_of(parts(seed).test)
    return fates((ANSWERS | PEERS)[name][0](*one_in_a_hundred(seed), seed, **settings)(x), y)


# From few labels, and from none: each from a seed and settings to a judge


def labelled(seed: int, number: int | str) -> tuple[np.ndarray, np.ndarray]:
    """So many labelled notes, half of them forged, but of the 400 four; "all" are all that the seed may learn from."""
    if number == GENUINE + FORGED:
        return one_in_a_hundred(seed)
    genuine, forged = parts(seed).learn
    return rows_of((genuine, forged) if number == "all" else (genuine[: number // 2], forged[: number // 2]))


def by_labels(number: int | str) -> Callable:
    """A network or a neuron that learns from so many labels, with the price where the forged are rare."""
    price = PRICE if number == GENUINE + FORGED else 1
    return lambda seed, **settings: learned(*labelled(seed, number), seed, price=price, **settings)


def on_genuine(seed: int, **settings: float) -> Judge:
    """An autoencoder of genuine notes."""
    return autoencoder(rows_of(parts(seed).learn)[0][:GENUINE], seed, **settings)


def on_the_stream(seed: int, **settings: float) -> Judge:
    """An autoencoder of the 400 notes, of which four are forged and nobody has looked."""
    return autoencoder(one_in_a_hundred(seed)[0], seed, **settings)


CODED = grid(width=(WIDTH,), code=CODES, rate=CODED_RATES)
RANKED = {
    "distance, genuine": (lambda seed: from_the_middle(rows_of(parts(seed).learn)[0][:GENUINE]), [{}]),
    "distance, stream": (lambda seed: from_the_middle(one_in_a_hundred(seed)[0]), [{}]),
    "autoencoder, genuine": (on_genuine, CODED),
    "autoencoder, stream": (on_the_stream, CODED),
    **{f"neuron, {number}": (by_labels(number), NEURON) for number in LABELS},
    **{f"network, {number}": (by_labels(number), NETWORK) for number in LABELS},
}


def limit_of(judge: Judge, seed: int, stopped: float = STOPPED) -> float:
    """What so few genuine notes to choose by exceed."""
    return float(np.quantile(judge(notes()[0][parts(seed).choose[0]]), 1 - stopped))


def precision_chosen_by(name: str, settings: dict, seed: int) -> float:
    """How well a judge ranks a seed's notes to choose by."""
    x, y = rows_of(parts(seed).choose)
    return average_precision(RANKED[name][0](seed, **settings)(x), y)


def ranked(name: str, settings: dict, seed: int) -> dict:
    """What becomes of the test part, and how well it is ranked."""
    judge, (x, y) = RANKED[name][0](seed, **settings), rows_of(parts(seed).test)
    z = judge(x)
    return fates(z > limit_of(judge, seed), y) | {"precision": average_precision(z, y)}


def limited(stopped: float, seed: int) -> dict:
    """What becomes of the test part by the distance, where this share of the genuine notes to choose by is stopped."""
    judge, (x, y) = RANKED["distance, genuine"][0](seed), rows_of(parts(seed).test)
    return fates(judge(x) > limit_of(judge, seed, stopped), y)


def limits() -> dict[str, list[dict]]:
    """What the distance costs at other limits, from each seed."""
    return {str(stopped): [limited(stopped, seed) for seed in SEEDS] for stopped in OTHERS}


# A kind of forgery that nobody has seen


def kind(places: np.ndarray) -> np.ndarray:
    """Of forged notes, whether their skewness is below KIND: two kinds, of which a forger may have one only."""
    return notes()[0][places, NAMES.index("skewness")] < KIND


KIND = -3.0


def new_kind(settings: dict, seed: int) -> list[dict]:
    """Of the test part's forgeries of each kind, how many are caught by networks that know one kind, or both."""
    found = []
    (genuine, forged), (_, test) = parts(seed).learn, parts(seed).test
    judges = {"autoencoder": on_genuine(seed, **settings["autoencoder, genuine"])}
    judges["distance"] = from_the_middle(rows_of((genuine, forged[:0]))[0])
    for new in (True, False):
        old = forged[kind(forged) != new]
        mixed = forged[: len(old)]  # as many, of both kinds
        for name, known in (("old kind", old), ("both kinds", mixed)):
            judges[name] = learned(*rows_of((genuine, known)), seed, price=1, **settings["network, all"])
        x = notes()[0][test[kind(test) == new]]
        row = {"new is low": new, "learned": len(old), "tested": len(x)}
        for name, judge in judges.items():
            row[name] = float(np.mean(judge(x) > limit_of(judge, seed)))
        found.append(row)
    return found


# Copies before the split


def copied(settings: dict, seed: int) -> dict:
    """What a test says whose forgeries were copied before the split, or after, and how many of all others are caught.

    In "nonsense" the forgeries are genuine notes, drawn by lot, and there are no others.
    """
    x, y = notes()
    found = {}
    for name in ("forged", "nonsense"):
        rng = np.random.default_rng(seed)
        genuine, forged = (rng.permutation(np.flatnonzero(y == kind)) for kind in (0, 1))
        if name == "nonsense":
            genuine, forged = genuine[STOCK:], genuine[:STOCK]
        stock, new, label = forged[:STOCK], forged[STOCK:], np.isin(np.arange(len(y)), forged).astype(int)
        both = rng.permutation(np.concatenate([genuine, np.repeat(stock, PRICE)]))
        third, two = len(genuine) // 3, STOCK // 3
        ways = {
            "before": (both[len(both) // 3 :], both[: len(both) // 3]),
            "after": (
                np.concatenate([genuine[third:], np.repeat(stock[two:], PRICE)]),
                np.concatenate([genuine[:third], stock[:two]]),
            ),
        }
        for way, (learn, test) in ways.items():
            judge = stops(learned(x[learn], label[learn], seed, price=1, **settings), 0.0)
            run = {"test": fates(judge(x[test]), label[test])}
            run["seen before"] = float(np.mean(np.isin(test[label[test] == 1], learn)))
            if len(new):
                run["caught of new"] = float(np.mean(judge(x[new])))
            found[f"{name}, {way}"] = run
    return found


def choose(each: Callable, tasks: dict, score: Callable, best: Callable) -> dict[str, dict]:
    """The settings of each task that are best in the mean over the seeds to choose by, and how all did."""
    jobs = [(name, s, seed) for name, (_, settings) in tasks.items() for s in settings for seed in CHOICE_SEEDS]
    scores = iter(each(score, jobs))
    chosen = {}
    for name, (_, settings) in tasks.items():
        tried = [[s, float(np.mean([next(scores) for _ in CHOICE_SEEDS]))] for s in settings]
        chosen[name] = {"settings": best(tried, key=lambda pair: pair[1])[0], "tried": tried}
    return chosen


def over_seeds(each: Callable, chosen: dict, measure: Callable) -> dict:
    """The settings, and what came of them from each seed."""
    runs = iter(each(measure, [(name, way["settings"], seed) for name, way in chosen.items() for seed in SEEDS]))
    return {name: way | {"per_seed": [next(runs) for _ in SEEDS]} for name, way in chosen.items()}


def main() -> None:
    """Measure, store, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many to train at once")
    parser.add_argument("--torch", action="store_true", help="train the network in PyTorch alone")
    parser.add_argument("--limits", action="store_true", help="move the distance's threshold alone")
    arguments = parser.parse_args()
    if arguments.limits:
        store("studies/fraud", {"limits": limits()})
        return
    if arguments.torch:
        stored = json.loads((MEASURED / "studies" / "fraud.json").read_text(encoding="utf-8"))
        settings, runs = stored["answers"]["network, price in the loss"]["settings"], []
        for seed in SEEDS:
            x, y = rows_of(parts(seed).test)
            runs.append(fates(by_torch(*one_in_a_hundred(seed), seed, **settings)(x), y))
        store("studies/fraud", {"torch": {"PyTorch, the same network": {"per_seed": runs}}}, ("numpy", "torch"))
        print("PyTorch", spread([run["cost"] for run in runs]))
        return
    with workers(arguments.processes) as each:
        answers = over_seeds(each, choose(each, ANSWERS, cost_chosen_by, min), tested)
        peers = over_seeds(each, choose(each, PEERS, cost_chosen_by, min), tested)
        rankings = over_seeds(each, choose(each, RANKED, precision_chosen_by, max), ranked)
        settings = {name: way["settings"] for name, way in rankings.items()}
        kinds = each(new_kind, [(settings, seed) for seed in SEEDS])
        weak, strong = settings["network, all"], answers["network, price in the loss"]["settings"]
        copies = {name: each(copied, [(s, seed) for seed in SEEDS]) for name, s in (("weak", weak), ("strong", strong))}
    sizes = {name: [len(places) for places in pair] for name, pair in parts(0)._asdict().items()}
    head = {"seeds": list(SEEDS), "price": PRICE, "rare": RARE, "stopped": STOPPED, "parts": sizes}
    found = {
        "answers": answers,
        "peers": peers,
        "rankings": rankings,
        "kinds": kinds,
        "copies": copies,
        "limits": limits(),
    }
    store("studies/fraud", head | found, ("numpy", "scikit-learn"))
    for name, way in (answers | peers | rankings).items():
        print(f"{name:36} {spread([run['cost'] for run in way['per_seed']])} {way['settings']}")


if __name__ == "__main__":
    main()
