"""Exercises of Customers."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, ReLU
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.studies.customers import best_tenth, inputs, load_shoppers
from nnlib.training import train_epochs
from nnlib.transforms import L2


@predict_it(
    "The best tenth",
    minutes=3,
    hints=(
        "How many visits are in the best tenth, and how many of these end in a purchase?",
        "200 are in it, 90 of them buy. For the lift: how many of 100 buy if nobody chooses?",
        "90 of 200; that over 300 of 2,000; and 90 of 300.",
    ),
    why="The precision is 90 of 200, the lift is that over the 15 % who buy anyway, and 90 of 300 buyers are found.",
    within=0.05,
    mistakes=(
        ((45, 3, 45), "the third is of all 300 buyers, not of those picked"),
        ((30, 3, 45), "the first and the third the other way round"),
        ((45, 1 / 3, 30), "the second: 45 of 100 instead of 15 of 100 are how many times as many?"),
        ((45, 30, 30), "the second is a factor, not a difference"),
        ((45, 4.5, 30), "the second: compare with the 15 % who buy anyway, not with the tenth that is picked"),
        ((4.5, 0.3, 30), "the first is of the 200 who are picked, not of all 2,000"),
        ((0.45, 3, 0.3), "as shares that is right; in per cent they are 100 times as large"),
    ),
)
def the_best_tenth():
    """In per cent the precision among the best tenth; the lift; in per cent how many of all buyers are in it."""
    visits, buyers, picked_buyers = 2000, 300, 90
    picked = visits / 10
    precision, share = picked_buyers / picked, buyers / visits
    return 100 * precision, precision / share, 100 * picked_buyers / buyers


def _visits(rng):
    """Some visits in the order of time, three or four pages each of eight, and who bought; buyers early and late."""
    visits = [rng.permutation(8)[: int(rng.integers(3, 5))] for _ in range(12)]
    bought = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1])
    return visits, bought


def _with_its_own(visits, bought):
    views, sold, scores = np.zeros(8), np.zeros(8), []
    for pages, buys in zip(visits, bought, strict=True):
        views[pages] += 1
        sold[pages] += buys
        scores.append((sold[pages] / views[pages]).mean())
    return np.array(scores)


def _of_all(visits, bought):
    views, sold = np.zeros(8), np.zeros(8)
    for pages, buys in zip(visits, bought, strict=True):
        views[pages] += 1
        sold[pages] += buys
    value = sold / np.maximum(views, 1)
    return np.array([value[pages].mean() for pages in visits])


def _of_others(visits, bought):
    views, sold = np.zeros(8), np.zeros(8)
    for pages, buys in zip(visits, bought, strict=True):
        views[pages] += 1
        sold[pages] += buys
    scores = []
    for pages, buys in zip(visits, bought, strict=True):
        scores.append(((sold[pages] - buys) / np.maximum(views[pages] - 1, 1)).mean())
    return np.array(scores)


def _views_alone(visits, bought):
    views, sold, scores = np.zeros(8), np.zeros(8), []
    for pages, buys in zip(visits, bought, strict=True):
        views[pages] += 1
        scores.append((sold[pages] / views[pages]).mean())
        sold[pages] += buys
    return np.array(scores)


def _sums(visits, bought):
    views, sold, scores = np.zeros(8), np.zeros(8), []
    for pages, buys in zip(visits, bought, strict=True):
        scores.append((sold[pages] / np.maximum(views[pages], 1)).sum())
        views[pages] += 1
        sold[pages] += buys
    return np.array(scores)


def _by_looking_back(visits, bought):
    scores = []
    for now, pages in enumerate(visits):
        values = []
        for page in pages:
            there = [buys for before, buys in zip(visits[:now], bought[:now], strict=True) if page in before]
            values.append(sum(there) / max(1, len(there)))
        scores.append(sum(values) / len(values))
    return scores


@write_it(
    "Known before",
    minutes=8,
    hints=(
        "Go through the visits in the order of time. What may be in the counts when a visit gets its score?",
        "Score the visit first, by the counts of the visits before it; only then count it. `np.maximum(views, 1)` "
        "keeps a page without a visit from dividing by 0.",
        "In the loop: `scores.append((sold[pages] / np.maximum(views[pages], 1)).mean())`, and after that "
        "`views[pages] += 1` and `sold[pages] += buys`.",
    ),
    why="A column may hold what was known when the decision fell: the visits before, and not what came of this one.",
    inputs=_visits,
    mistakes=(
        (_with_its_own, "each visit is counted before it gets its score, so it knows its own purchase: score first"),
        (_of_all, "these are the values at the end, of all visits; each visit may know those before it alone"),
        (_of_others, "without its own purchase, but with those of later visits, which nobody knows yet"),
        (_views_alone, "the visit's own view is counted before it gets its score"),
        (_sums, "these are the sums over a visit's pages; asked for is their mean"),
    ),
    also_right=(_by_looking_back,),
)
def known_before(visits, bought):
    """Scores (n,): the mean value of a visit's pages, by the visits before it alone; an unseen page has the value 0."""
    views, sold, scores = np.zeros(8), np.zeros(8), []
    for pages, buys in zip(visits, bought, strict=True):
        scores.append((sold[pages] / np.maximum(views[pages], 1)).mean())
        views[pages] += 1
        sold[pages] += buys
    return np.array(scores)


@explain_it(
    "At the third page",
    minutes=2,
    question="At the third page of a visit a shop wants to decide whether to open a window for a chat. Its table was "
    "made afterwards, when all the visits had ended. Which of its columns may the network see?",
    hints=(
        "Put yourself at the third page. Which of these numbers does anybody know there?",
        "Which of these numbers is finished before the third page opens?",
    ),
    why="A column may go in if its value stands at the moment of the decision, with nothing of what comes after it.",
)
def at_the_third_page():
    return (
        Choice(
            "How many pages the visit had: it is a plain count, and counts cannot leak.",
            "at the third page nobody knows how many will follow; those who buy go on to the cash desk",
        ),
        Choice(
            "The seconds of the whole visit, if they are standardised by the training rows.",
            "standardising changes the scale and not the moment: the visit must end before it has a length",
        ),
        Choice(
            "The values of the first three pages, as they were counted in the night before.",
            "yes: earlier visits made them, and this one has no part in them",
            right=True,
        ),
        Choice(
            "Page values of today, since the network is tested on visits that it has not learned from.",
            "the visit's own purchase is in them; that it is tested elsewhere does not take it out",
        ),
    )


TO_REACH, SPLITS = 0.415, 3


def _measure_scores(scores):
    """The precision among the best tenth of visits that have not been learned from, without PageValues."""
    columns, bought = load_shoppers()
    del columns["PageValues"]
    found = []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(bought))
        new, learned = order[: len(order) // 3], order[len(order) // 3 :]
        copies = {name: values.copy() for name, values in columns.items()}
        said = scores(copies, learned.copy(), bought[learned], np.random.default_rng(seed))
        said = np.asarray(said, float).reshape(len(bought))[new]
        found.append(float(bought[new][best_tenth(said)].mean()))
    said = ", ".join(f"{share:.1%}" for share in found)
    if np.mean(found) < 0.2:
        return f"{said}: hardly more than by chance", False
    return (said, True) if np.mean(found) >= TO_REACH else (f"{said}: not yet 41.5 % in the mean", False)


def _learned(x, y, rng, hidden):
    before = [Dense(x.shape[1], hidden, rng), ReLU()] if hidden else []
    network = Network(*before, Dense(hidden or x.shape[1], 1, rng))
    parts = network, BinaryCrossEntropy(), Adam(network.parameters(), 0.003), x, y[:, None].astype(float)
    for _ in train_epochs(*parts, epochs=20, batch_size=64, rng=rng, transforms=[L2(1e-3)]):
        pass
    return network


def _one_neuron(columns, learned, bought, rng):
    x = inputs(columns, learned)
    return _learned(x[learned], bought, rng, 0).predict(x)[:, 0]


def _three_of_32(columns, learned, bought, rng):
    x = inputs(columns, learned)
    return sum(_learned(x[learned], bought, rng, 32).predict(x) for _ in range(3))


@stretch_it(
    "Without the column",
    minutes=20,
    hints=(
        "`x = inputs(columns, learned)` are all visits as numbers; the rows `x[learned]` teach. The text's network has "
        "a hidden layer, a neuron has none. Try both.",
        "The text's `learn` trains such a network. Give it the rows that teach, and let it predict all rows.",
        "Train a network with 16 ReLUs, 20 epochs in batches of 64, rate 0.003, L2 of 0.001, and return its logits.",
    ),
    why="On these three splits a hidden layer comes out ahead of one neuron, by one or two of 100: that may be luck.",
    measure=_measure_scores,
    mistakes=(
        (_one_neuron, "not yet 41.5 %"),
        (lambda columns, learned, bought, rng: rng.normal(size=len(columns["Month"])), "hardly more than by chance"),
    ),
    also_right=(_three_of_32,),
)
def scores(columns, learned, bought, rng):
    """Scores (n,) of all visits, learned from the rows `learned`, whose purchases are `bought`."""
    x = inputs(columns, learned)
    network = Network(Dense(x.shape[1], 16, rng), ReLU(), Dense(16, 1, rng))
    wish = bought[:, None].astype(float)
    parts = network, BinaryCrossEntropy(), Adam(network.parameters(), 0.003), x[learned], wish
    for _ in train_epochs(*parts, epochs=20, batch_size=64, rng=rng, transforms=[L2(1e-3)]):
        pass
    return network.predict(x)[:, 0]
