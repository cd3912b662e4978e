"""Exercises of Fraud."""

from collections.abc import Callable

import numpy as np

from nnlib.exercises.kinds import fix_it, predict_it, stretch_it, write_it
from nnlib.studies.fraud import load_banknotes


def _notes(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Probabilities of eight notes, none of them 0, 1/2 or 1, the labels, and what a forgery that passes costs."""
    p = (rng.uniform(0.05, 0.4, 8) + 0.5 * rng.integers(0, 2, 8)).round(3)
    return p, rng.permutation([1, 0, 0, 1, 0, 0, 1, 0]), float(rng.integers(5, 60))


@write_it(
    "The priced slope",
    minutes=4,
    hints=(
        "What is the slope of the cross-entropy of one note by its logit, before any price?",
        "It is p - y. The price multiplies it where the note is forged. And the mean over all notes?",
        "np.where(y == 1, price, 1) holds each note's weight; multiply, and divide by len(y).",
    ),
    why="A weight does not depend on the logit, so it multiplies the slope as it multiplies the cost.",
    inputs=_notes,
    mistakes=(
        (lambda p, y, price: (p - y) / len(y), "that is the slope without the price"),
        (lambda p, y, price: np.where(y == 1, price, 1) * (p - y), "the cost is a mean; its slopes carry 1/n too"),
        (lambda p, y, price: price * (p - y) / len(y), "the price multiplies the forged notes' slopes alone"),
        (lambda p, y, price: np.where(y == 0, price, 1) * (p - y) / len(y), "the price stands at the genuine notes"),
        (lambda p, y, price: np.where(y == 1, price, 1) * (y - p) / len(y), "the sign: it is p - y"),
        (lambda p, y, price: (p - price * y) / len(y), "the price multiplies all of p - y, not the label alone"),
        (
            lambda p, y, price: np.where(y == 1, price, 1) * (p - y) / np.sum(np.where(y == 1, price, 1)),
            "divided by the sum of the weights; the cost here is the sum divided by the number of notes",
        ),
    ),
    also_right=(
        lambda p, y, price: (1 + (price - 1) * y) * (p - y) / len(y),
        lambda p, y, price: ((1 - y) * p - price * y * (1 - p)) / len(y),
    ),
)
def priced_slopes(p, y, price):
    """dC/dz of each note (n,), C the mean cost, a forged note's counted `price` times; p and labels y (n,)."""
    return np.where(y == 1, price, 1) * (p - y) / len(y)


@predict_it(
    "What a library assumes",
    minutes=4,
    hints=(
        "What must a forged note's cost be multiplied by, if 4 of them are to weigh as much as 796 genuine ones?",
        "796 / 4 = 199. And a weight multiplies the odds. Which odds belong to a probability of 1/200?",
        "1 : 199, times 199.",
    ),
    why="Balancing is a price: it multiplies the odds by how many times rarer the rare class is.",
    within=0.005,
    mistakes=(
        ((200, 0.5), "nearly: 796 genuine ones, not all 800, for 4 forged"),
        ((199, 0.005), "that was so without the weight; it multiplies the odds"),
        ((199, 0.995), "0.005 times 199 is not it: the odds are multiplied, 1 : 199"),
        ((1 / 199, 0.5), "the other way round: how many times as much a forged one weighs"),
        ((99, 0.5), "for one in a hundred it would be 99; here it is one in 200"),
    ),
)
def balanced():
    """By how much balancing weighs a forged note, 4 of 800; and what it makes of a probability of 1/200."""
    weight = 796 / 4
    odds = weight * 1 / 199
    return weight, odds / (1 + odds)


def _lots(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    """Labels of 16 notes, six of them forged, an order by lot with a forged note first and one last, and copies."""
    y, order = np.zeros(16, np.intp), rng.permutation(16)
    y[order[[0, 2, *rng.permutation(np.arange(4, 12))[:3], -1]]] = 1
    return y, order, int(rng.integers(3, 6))


def _copied_first(y, order, times):
    notes = np.concatenate([np.repeat(order[y[order] == 1], times - 1), order])
    notes = np.roll(notes, len(order) // 4)
    test = len(notes) // 4
    return np.sort(notes[test:]), np.sort(notes[:test])


def _copies_on_both_sides(y, order, times):
    copies = np.repeat(order[y[order] == 1], times - 1)
    test = len(order) // 4
    return np.sort(np.concatenate([order[test:], copies])), np.sort(order[:test])


def _all_copied(y, order, times):
    test = len(order) // 4
    return np.sort(np.repeat(order[test:], times)), np.sort(order[:test])


def _once_too_often(y, order, times):
    return split_then_copied(y, order, times + 1)


def _test_copied_too(y, order, times):
    test = len(order) // 4
    parts = (np.repeat(part, np.where(y[part] == 1, times, 1)) for part in (order[test:], order[:test]))
    return tuple(np.sort(part) for part in parts)


def _by_counting(y, order, times):
    test, learn = order[: len(order) // 4], order[len(order) // 4 :]
    return np.array(sorted(np.repeat(learn, np.where(y[learn] == 1, times, 1)))), np.array(sorted(test))


@fix_it(
    "Copies on both sides",
    minutes=5,
    hints=(
        "Follow one forged note that stands among the first quarter of `order`. Where do its copies go?",
        "They are made of all forged notes, and go to learning, although the note itself is in the test.",
        "Cut first: test = order[:n], learn = order[n:]. Then copy the forged notes of `learn` alone.",
    ),
    why="A test note whose copy was learned from is no new note, so copies are made after the split, of one side.",
    inputs=_lots,
    mistakes=(
        (_copies_on_both_sides, "a forged note of the test part has its copies among those that are learned from"),
        (_copied_first, "copied before the split: copies of a note may stand on both sides"),
        (_all_copied, "the forged notes alone are to be copied"),
        (_once_too_often, "one too many: each forged note shall stand there `times` times in all"),
        (_test_copied_too, "the test part stays as it is, each note once"),
    ),
    also_right=(_by_counting,),
)
def split_then_copied(y, order, times):
    """Places to learn from, forged ones `times` times, and for the test: the first quarter of `order`; each sorted."""
    n = len(order) // 4
    test, learn = order[:n], order[n:]
    copies = np.repeat(learn[y[learn] == 1], times - 1)
    return np.sort(np.concatenate([learn, copies])), np.sort(test)


KNOWN, RARE, PRECISION, DRAWS = 400, 0.01, 0.97, 5


def _precision(genuine: np.ndarray, forged: np.ndarray) -> float:
    """Average precision from how suspect notes are, counted as if one in a hundred were forged."""
    found, alarms = (np.mean(kind[None] >= forged[:, None], axis=1) for kind in (forged, genuine))
    return float(np.mean(RARE * found / (RARE * found + (1 - RARE) * alarms)))


def _measure_strangers(learn: Callable) -> tuple[str, bool]:
    """How well forgeries are ranked above other genuine notes by what knows genuine notes alone."""
    rows = np.unique(np.column_stack(load_banknotes()), axis=0)  # each note once
    genuine, forged = rows[rows[:, 4] == 0, :4], rows[rows[:, 4] == 1, :4]
    found = []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(genuine))
        judge = learn(genuine[order[:KNOWN]], np.random.default_rng(seed))
        known = np.reshape(judge(genuine[order[KNOWN:]]), len(genuine) - KNOWN)
        found.append(_precision(known, np.reshape(judge(forged.copy()), len(forged))))
    mean = float(np.mean(found))
    says = f"an average precision of {mean:.3f}, in the mean of {DRAWS} draws"
    if mean < 0.9:
        return f"{says}: less than the distance of the page", False
    return (says, True) if mean >= PRECISION else (f"{says}: not yet {PRECISION}", False)


def _distance(genuine, rng):
    mean, inverse = genuine.mean(axis=0), np.linalg.inv(np.cov(genuine.T))
    return lambda rows: np.sum((rows - mean) @ inverse * (rows - mean), axis=1)


def _each_by_its_own_spread(genuine, rng):
    return lambda rows: np.sum(((rows - genuine.mean(axis=0)) / genuine.std(axis=0)) ** 2, axis=1)


def _nearest_with_products(genuine, rng):
    mean, spread, (i, j) = genuine.mean(axis=0), genuine.std(axis=0), np.triu_indices(4)

    def more(rows):
        z = (rows - mean) / spread
        return np.column_stack([z, z[:, i] * z[:, j]])

    turn = np.linalg.cholesky(np.linalg.inv(np.cov(more(genuine).T)))
    known = more(genuine) @ turn

    def suspicion(rows):
        away = np.array([np.sort(np.sum((known - row) ** 2, axis=1))[:3] for row in more(rows) @ turn])
        return away.mean(axis=1)

    return suspicion


@stretch_it(
    "No forgery known",
    minutes=20,
    hints=(
        "Begin with the distance of the page. For it the genuine notes are one cloud, in the shape of an egg. Draw "
        "their kurtosis against their skewness: are they?",
        "The distance takes any columns. A bend may be straight in a new one. Which can be made of any two columns?",
        "Give the distance the four columns and the products of any two of them, squares too: with "
        "i, j = np.triu_indices(4), np.column_stack([rows, rows[:, i] * rows[:, j]]).",
    ),
    why="Products of columns are columns too; with them the distance can follow a cloud that is no egg.",
    measure=_measure_strangers,
    mistakes=((_each_by_its_own_spread, "less than the distance of the page"), (_distance, "not yet 0.97")),
    also_right=(_nearest_with_products,),
)
def how_suspect(genuine, rng):
    """A function from rows (m, 4) to m numbers, the larger the more suspect; from genuine notes (400, 4) alone."""
    i, j = np.triu_indices(4)

    def more(rows):
        return np.column_stack([rows, rows[:, i] * rows[:, j]])

    mean, inverse = more(genuine).mean(axis=0), np.linalg.inv(np.cov(more(genuine).T))

    def suspicion(rows):
        away = more(rows) - mean
        return np.sum(away @ inverse * away, axis=1)

    return suspicion
