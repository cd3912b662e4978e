"""Race the optimisers on the digits, each at its own best rate and with the same budget, and store what they reach.

    python -m measure.race      or `make race`: about 5 minutes

Two questions. On the embedded digits 64-16-16-10 takes the same number of steps once from all training images and once
from batches of 32: what does noise change? On MNIST 784-16-16-10 takes three epochs in batches of 32, once at a fixed
rate and once at a rate that falls to 0 along a cosine: what does a schedule change? Sigmoids, softmax and cross-entropy
everywhere.

Each optimiser gets the best rate of `RATES`, over seeds of their own: on the digits that with the lowest cost on the
training images, since that cost is what the race compares, and on MNIST that with the lowest cost on images held back.
Where that rate lies at the edge of what was tried, the next one is tried too. With it, each of five seeds is trained
anew: the mean cost on the training images says how far the descent has come, the share of test images read what that
is worth. It writes `book/measured/race.json`, which the chapter on faster descent shows.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np

from measure import rates, spread, store
from measure.held_back import Data, choice_and_test
from measure.workers import PROCESSES, Each, workers
from nnlib import (
    SGD,
    AdaGrad,
    Adam,
    Dense,
    Network,
    Optimizer,
    Parameter,
    RMSProp,
    Sigmoid,
    SoftmaxCrossEntropy,
    accuracy,
    cosine,
    load_digits,
    load_mnist,
    minibatches,
    one_epoch,
)
from nnlib.optimizers import Rate

SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEEDS = (100, 101)  # try the rates, on MNIST the first alone; none of those that are scored
HELD_BACK = 1 / 6  # of the training images, for the choice of a rate
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)

Make = Callable[[list[Parameter], Rate], Optimizer]
OPTIMIZERS: dict[str, tuple[Make, float]] = {  # how to make one, and the rate in the middle of those that are tried
    "plain": (SGD, 1.0),
    "momentum": (lambda parameters, rate: SGD(parameters, rate, momentum=0.9), 0.1),
    "Nesterov": (lambda parameters, rate: SGD(parameters, rate, momentum=0.9, nesterov=True), 0.1),
    "AdaGrad": (AdaGrad, 0.03),
    "RMSProp": (RMSProp, 0.003),
    "Adam": (Adam, 0.01),
}


@dataclass(frozen=True)
class Race:
    """What is trained, on what, in batches of how many, for how many steps, how rates are chosen, whether they fall."""

    data: str
    sizes: tuple[int, ...]
    batch_size: int
    steps: int
    names: tuple[str, ...]
    choice_seeds: tuple[int, ...]
    chosen_by: str  # the score of `train` that is lowest at the best rate
    falling: bool = False


def _digits(batch_size: int) -> Race:
    return Race("digits", (64, 16, 16, 10), batch_size, 450, tuple(OPTIMIZERS), CHOICE_SEEDS, "cost")


def _mnist(*, falling: bool) -> Race:
    names = ("plain", "momentum", "Adam")
    return Race("mnist", (784, 16, 16, 10), 32, 3 * 1875, names, CHOICE_SEEDS[:1], "cost_new", falling)


RACES = {
    "all at once": _digits(1437),
    "in batches": _digits(32),
    "fixed": _mnist(falling=False),
    "falling": _mnist(falling=True),
}


@cache
def data(name: str) -> dict[str, Data]:
    """The images and labels of a race."""
    return choice_and_test(load_mnist() if name == "mnist" else load_digits(), HELD_BACK, np.float32)


def build(sizes: tuple[int, ...], rng: np.random.Generator) -> Network:
    """The untrained network in float32; its last layer gives logits."""
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        layers += [Dense(n_in, n_out, rng, dtype=np.float32), Sigmoid()]
    return Network(*layers[:-1])


def cost_of(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    """The mean cross-entropy on these images."""
    return SoftmaxCrossEntropy().forward(network.predict(x), y)


def train(race: Race, part: str, name: str, rate: float, seed: int) -> dict[str, float]:
    """One training; the cost on its own images and on the others, and the share of the others that is read."""
    x, y, x_new, y_new = data(race.data)[part]
    rng = np.random.default_rng(seed)
    network, size = build(race.sizes, rng), min(race.batch_size, len(x))
    optimizer = OPTIMIZERS[name][0](network.parameters(), cosine(rate, race.steps) if race.falling else rate)
    with np.errstate(over="ignore", invalid="ignore"):
        while optimizer.steps < race.steps:
            batches = islice(minibatches(x, y, size, rng), race.steps - optimizer.steps)
            one_epoch(network, SoftmaxCrossEntropy(), optimizer, batches)
        scores = {"cost": cost_of(network, x, y), "cost_new": cost_of(network, x_new, y_new)}
    return scores | {"right": accuracy(network, x_new, y_new)}


def best_rate(tried: dict[float, float]) -> float:
    """The rate with the lowest cost; one that is no number is never the lowest."""
    return min(tried, key=lambda rate: tried[rate] if np.isfinite(tried[rate]) else np.inf)


def to_try(tried: dict[float, float], middle: float) -> list[float]:
    """The rates that come next: five around the middle first, then one beyond the edge at which the best lies."""
    return rates.to_try(RATES, tried, best_rate(tried) if tried else middle, around=2)


def race_of(race: Race, name: str, each: Each) -> dict:
    """What one optimiser reaches in a race."""
    tried: dict[float, float] = {}
    while coming := to_try(tried, OPTIMIZERS[name][1]):
        jobs = [(race, "choice", name, rate, seed) for rate in coming for seed in race.choice_seeds]
        costs = [scores[race.chosen_by] for scores in each(train, jobs)]
        tried |= dict(zip(coming, np.reshape(costs, (len(coming), -1)).mean(axis=1).tolist(), strict=True))
    rate = best_rate(tried)
    runs = each(train, [(race, "test", name, rate, seed) for seed in SEEDS])
    return {
        "rate": rate,
        "tried": [[rate, cost if np.isfinite(cost) else None] for rate, cost in sorted(tried.items())],
        **{key: [scores[key] for scores in runs] for key in ("cost", "right")},
    }


def main() -> None:
    """Race, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("races", nargs="*", default=list(RACES), help=f"some of {', '.join(RACES)}")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many to train at once")
    arguments = parser.parse_args()
    with workers(arguments.processes) as each:
        for title in arguments.races:
            race = RACES[title]
            found = {name: race_of(race, name, each) for name in race.names}
            store("race", {title: {"seeds": list(SEEDS), "steps": race.steps, "optimizers": found}})
            for name, scored in found.items():
                cost, right = (
                    "{mean:.4f} ({min:.4f} to {max:.4f})".format(**spread(scored[key])) for key in ("cost", "right")
                )
                print(f"{title}: {name}, rate {scored['rate']:g}, cost {cost}, right {right}", flush=True)


if __name__ == "__main__":
    main()
