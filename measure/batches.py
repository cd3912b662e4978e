"""Compare batch sizes fairly on the embedded digits, each at its own best rate, and store what they reach.

    python -m measure.batches      or `make batches`: about 2 minutes

The network is that of the chapter on stochastic gradient descent, 64-30-10 with sigmoids and the quadratic cost. Every
batch size gets the same budget, once in images (five epochs) and once in processor time, which is turned into a number
of steps beforehand. Its rate is the one of `RATES` with which it reads most of a fifth of the training images that was
held back, over seeds of their own. With that rate it is trained on all training images, and each of five seeds is
scored once on the test images. It writes `book/measured/batches.json`, which the chapter shows.
"""

import statistics
import time
from collections.abc import Sequence
from functools import cache
from itertools import islice

import numpy as np
from tqdm import tqdm

from measure import spread, store
from measure.held_back import Data, choice_and_test
from measure.workers import workers
from nnlib import SGD, Dense, Network, QuadraticCost, Sigmoid, accuracy, load_digits, minibatches, one_hot
from nnlib.training import one_epoch

SIZES = (1, 10, 100, 1437)  # the last is the whole training set
RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
EPOCHS = 5
SECONDS = 0.25
SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEEDS = (100, 101, 102)  # try the rates; none of those that are scored
HELD_BACK = 1 / 5
ROUNDS = 25  # epochs that are timed, of each size, in turn


@cache
def data() -> dict[str, Data]:
    """The images and labels of the embedded digits."""
    return choice_and_test(load_digits(), HELD_BACK, float)


def build(rng: np.random.Generator) -> Network:
    """The untrained network."""
    return Network(Dense(64, 30, rng), Sigmoid(), Dense(30, 10, rng), Sigmoid())


def share_right(part: str, size: int, rate: float, images: int, seed: int) -> float:
    """Train until about so many images have been met, whole batches only; the share of the others that is right."""
    x, labels, x_new, labels_new = data()[part]
    rng = np.random.default_rng(seed)
    network, y = build(rng), one_hot(labels, 10)
    sgd, size = SGD(network.parameters(), rate), min(size, len(x))
    steps_of_epoch = -(-len(x) // size)
    steps = round(images / len(x) * steps_of_epoch)
    while sgd.steps < steps:
        with np.errstate(over="ignore"):
            one_epoch(
                network,
                QuadraticCost(),
                sgd,
                islice(minibatches(x, y, size, rng), min(steps_of_epoch, steps - sgd.steps)),
            )
    return accuracy(network, x_new, labels_new)


def times() -> dict[int, float]:
    """The median of the processor seconds of an epoch, for each batch size."""
    x, labels, _, _ = data()["test"]
    y, spent = one_hot(labels, 10), {size: [] for size in SIZES}
    rng = np.random.default_rng(0)
    networks = {size: build(rng) for size in SIZES}
    for _ in range(ROUNDS):
        for size, network in networks.items():
            sgd = SGD(network.parameters(), 0.1)
            start = time.process_time()
            one_epoch(network, QuadraticCost(), sgd, minibatches(x, y, size, rng))
            spent[size].append(time.process_time() - start)
    return {size: statistics.median(each) for size, each in spent.items()}


def best_rate(scores: Sequence[float]) -> float:
    """The rate of `RATES` whose score is highest."""
    return RATES[int(np.argmax(scores))]


def main() -> None:
    """Measure, store and print."""
    seconds = times()
    n, n_choice = len(data()["test"][0]), len(data()["choice"][0])
    budgets = {
        "equal images": dict.fromkeys(SIZES, EPOCHS),
        "equal seconds": {size: SECONDS / seconds[size] for size in SIZES},
    }
    results = {
        "seeds": list(SEEDS),
        "epochs": EPOCHS,
        "seconds": SECONDS,
        "rates": list(RATES),
        "epoch_seconds": {str(size): value for size, value in seconds.items()},
    }
    with workers() as each:
        for name, epochs in budgets.items():
            results[name] = {}
            for size in tqdm(SIZES, desc=name):
                tries = [
                    ("choice", size, rate, round(epochs[size] * n_choice), seed)
                    for rate in RATES
                    for seed in CHOICE_SEEDS
                ]
                found = np.reshape(each(share_right, tries), (len(RATES), -1)).mean(axis=1)
                rate = best_rate(found)
                scores = each(share_right, [("test", size, rate, round(epochs[size] * n), seed) for seed in SEEDS])
                results[name][str(size)] = {
                    "epochs": epochs[size],
                    "rate": rate,
                    "held_back": found.tolist(),
                    "test": scores,
                }
    store("batches", results)
    for name in budgets:
        for size, found in results[name].items():
            said = "{mean:.1%} ({min:.1%} to {max:.1%})".format(**spread(found["test"]))
            print(f"{name}: batches of {size:4}, rate {found['rate']:5}, {found['epochs']:.1f} epochs: {said}")


if __name__ == "__main__":
    main()
