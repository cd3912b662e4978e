"""Train one network on few, more and many labels of MNIST, with one remedy against learning by heart or another.

    python -m measure.generalisation      or `make generalisation`: about 6 minutes

The network is 784-100-10 with ReLU, He's first weights and the cross-entropy of a softmax. It learns from 100, 1,000 or
10,000 training images, drawn anew for each seed, and always takes 2,000 steps in batches of 32, at a rate that falls
to 0 along a cosine: so every remedy has the same budget. 5,000 training images are set aside for validation. On them
each remedy finds its strength, at the rate that suits the network without a remedy, and then its rate, with a seed
of its own. With both it is trained from five other seeds, and each network is scored once on the test images.
Without a remedy more numbers of labels are tried: what would more labels have brought? In one more task four of ten
labels are wrong, those of the validation images too: there it is false what is learned by heart.

It writes `book/measured/generalisation.json`, which the chapter on generalisation shows.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np

from measure import spread, store
from measure.rates import to_try
from measure.records.augmentation import SIDE, grid, look
from measure.workers import PROCESSES, Each, workers
from nnlib import (
    L2,
    SGD,
    Dense,
    Dropout,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    accuracy,
    cosine,
    he_normal,
    load_mnist,
    minibatches,
    one_epoch,
    split,
)

STEPS, BATCH_SIZE = 2000, 32
VALIDATION = 1 / 12  # 5,000 of the 60,000 training images
SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEED = 100  # none of those that are scored
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
MIDDLE = 0.1
LOOKS = 20  # how often early stopping looks at the validation images
GROUP = 8  # neighbours in a batch that are moved alike


class ClippedL1(SGD):
    """Gradient descent with L1: after its step each weight goes towards 0 by rate times strength, and stops there."""

    def __init__(self, parameters: list, learning_rate: Callable, strength: float):
        super().__init__(parameters, learning_rate)
        self.strength = strength

    def step(self) -> None:
        by = self.rate() * self.strength
        super().step()
        for p in self.parameters:
            if p.value.ndim > 1:
                p.value[...] = np.sign(p.value) * np.maximum(np.abs(p.value) - by, 0)


@dataclass(frozen=True)
class Remedy:
    """What is done, at one strength: nothing, unless said otherwise."""

    stop: bool = False  # keep the parameters that did best on the validation images
    l2: float = 0.0
    l1: float = 0.0
    dropout: float = 0.0
    pixels: int = 0  # how far images are moved, at most
    degrees: float = 0.0  # how far they are turned, at most
    mirror: bool = False  # whether half of them are mirrored


MOVES = {1: 8, 2: 16, 3: 24, 4: 32}  # so many pixels with so many degrees
REMEDIES: dict[str, list[Remedy]] = {  # each at the strengths that are tried
    "none": [Remedy()],
    "early stopping": [Remedy(stop=True)],
    "L2": [Remedy(l2=strength) for strength in (0.0003, 0.001, 0.003, 0.01, 0.03)],
    "L1": [Remedy(l1=strength) for strength in (1e-4, 3e-4, 1e-3, 3e-3)],
    "dropout": [Remedy(dropout=rate) for rate in (0.1, 0.3, 0.5, 0.7)],
    "shifts and turns": [Remedy(pixels=pixels, degrees=degrees) for pixels, degrees in MOVES.items()],
    "shifts, turns and dropout": [
        Remedy(pixels=pixels, degrees=MOVES[pixels], dropout=rate)
        for pixels, rate in ((1, 0.1), (2, 0.1), (2, 0.3), (3, 0.1))
    ],
    "mirrored": [Remedy(mirror=True)],
}


SOME = ("none", "early stopping", "L2", "dropout", "shifts and turns")


@dataclass(frozen=True)
class Task:
    """How many labels there are to learn from, which remedies are tried, and the share of the labels that is wrong."""

    labels: int
    remedies: tuple[str, ...]
    wrong: float = 0.0


TASKS = {
    "100": Task(100, (*SOME, "shifts, turns and dropout")),
    "1000": Task(1000, tuple(REMEDIES)),
    "10000": Task(10_000, (*SOME, "shifts, turns and dropout")),
    "1000, some wrong": Task(1000, SOME, wrong=0.4),
    **{str(labels): Task(labels, ("none",)) for labels in (200, 500, 2000, 5000, 20_000)},
}


@cache
def data() -> tuple[np.ndarray, ...]:
    """Images and labels: to learn from, for validation, and for the test."""
    found = load_mnist()
    parts = split(found.x_train, found.y_train, VALIDATION, np.random.default_rng(0))
    return *parts, found.x_test, found.y_test


def build(remedy: Remedy, rng: np.random.Generator) -> Network:
    """The untrained network."""
    dropped = [Dropout(remedy.dropout, rng)] if remedy.dropout else []
    first, last = (Dense(n_in, n_out, rng, np.float32, he_normal) for n_in, n_out in ((784, 100), (100, 10)))
    return Network(first, ReLU(), *dropped, last)


def moved(images: np.ndarray, remedy: Remedy, rng: np.random.Generator) -> np.ndarray:
    """The images (n, 784), turned, moved by whole pixels and mirrored by lot; what enters repeats the rim, so paper."""
    if remedy.mirror:
        mirrored = images.reshape(-1, SIDE, SIDE)[:, :, ::-1].reshape(images.shape)
        images = np.where(rng.random((len(images), 1)) < 0.5, mirrored, images)
    if not remedy.pixels:
        return images
    seen, middle = [], (SIDE - 1) / 2
    for start in range(0, len(images), GROUP):
        way = rng.integers(-remedy.pixels, remedy.pixels + 1, (2, 1))
        angle = np.radians(rng.uniform(-remedy.degrees, remedy.degrees))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        place = (turn @ (grid(SIDE) - middle) + middle + way).astype(np.float32)
        seen.append(look(images[start : start + GROUP], place))
    return np.concatenate(seen)


def spoilt(y: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The labels, of which about this share is replaced by another digit."""
    return np.where(rng.random(len(y)) < share, (y + rng.integers(1, 10, len(y))) % 10, y)


@np.errstate(over="ignore", invalid="ignore")
def train(task: Task, remedy: Remedy, rate: float, seed: int, part: str) -> dict[str, float]:
    """Train on a task; the shares of its own images and of the others that are read, and of weights at 0."""
    x, y, x_val, y_val, x_test, y_test = data()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(x))[: task.labels]
    x, y, y_val = x[chosen], spoilt(y[chosen], task.wrong, rng), spoilt(y_val, task.wrong, np.random.default_rng(0))
    network, loss, falling = build(remedy, rng), SoftmaxCrossEntropy(), cosine(rate, STEPS)
    sgd = ClippedL1(network.parameters(), falling, remedy.l1) if remedy.l1 else SGD(network.parameters(), falling)
    transforms = [L2(remedy.l2)] if remedy.l2 else []
    batches = ((moved(x_batch, remedy, rng), y_batch) for x_batch, y_batch in _forever(x, y, rng))
    best, kept = -1.0, {}
    for _ in range(LOOKS if remedy.stop else 1):
        one_epoch(network, loss, sgd, islice(batches, STEPS // (LOOKS if remedy.stop else 1)), transforms)
        if remedy.stop and (now := accuracy(network, x_val, y_val)) > best:
            best, kept = now, {name: array.copy() for name, array in network.state().items()}
    for name, array in network.state().items():
        array[...] = kept.get(name, array)
    others = (x_val, y_val) if part == "choice" else (x_test, y_test)
    return {
        "right": accuracy(network, *others),
        "own": accuracy(network, x, y),
        "zeros": float(np.mean(network.layers[0].W == 0)),
    }


def _forever(x: np.ndarray, y: np.ndarray, rng: np.random.Generator):
    while True:
        yield from minibatches(x, y, BATCH_SIZE, rng)


def best(tried: dict) -> object:
    """What reads most of the validation images."""
    return max(tried, key=tried.get)


def rates_to_try(tried: dict[float, float], middle: float) -> list[float]:
    """The rates that come next: the middle and its neighbours, then one beyond the edge at which the best lies."""
    return to_try(RATES, tried, best(tried) if tried else middle)


def measured(name: str, task: Task, each: Each, middle: float) -> dict:
    """What a remedy reaches on a task."""

    def chosen(pairs: list[tuple[Remedy, float]]) -> list[float]:
        jobs = [(task, remedy, rate, CHOICE_SEED, "choice") for remedy, rate in pairs]
        return [scores["right"] for scores in each(train, jobs)]

    remedies = REMEDIES[name]
    strengths = dict(zip(range(len(remedies)), chosen([(remedy, middle) for remedy in remedies]), strict=True))
    place = best(strengths)
    rates = {middle: strengths[place]}
    while more := rates_to_try(rates, middle):
        rates |= dict(zip(more, chosen([(remedies[place], rate) for rate in more]), strict=True))
    runs = each(train, [(task, remedies[place], best(rates), seed, "test") for seed in SEEDS])
    return {
        "strength": place,
        "strengths": list(strengths.values()),
        "rate": best(rates),
        "rates": sorted(map(list, rates.items())),
        **{key: [scores[key] for scores in runs] for key in ("right", "own", "zeros")},
    }


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many to train at once")
    arguments = parser.parse_args()
    with workers(arguments.processes) as each:
        for title, task in TASKS.items():
            found, middle = {}, MIDDLE
            for name in task.remedies:
                found[name] = measured(name, task, each, middle)
                middle = found["none"]["rate"]
                place, rate = found[name]["strength"], found[name]["rate"]
                right, own = (
                    "{mean:.2%} ({min:.2%} to {max:.2%})".format(**spread(found[name][key])) for key in ("right", "own")
                )
                print(f"{title}: {name}, strength {place}, rate {rate:g}, right {right}, own {own}", flush=True)
            store("generalisation", {title: found})
        store("generalisation", {"seeds": list(SEEDS), "steps": STEPS})


if __name__ == "__main__":
    main()
