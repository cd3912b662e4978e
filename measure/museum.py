"""Train the NumPy tutorial's network on MNIST with its two slips, and with each of them mended, and store the scores.

    python -m measure.museum      or `make museum`: about 25 minutes

It writes `book/measured/museum.json`, which the bug museum shows. What is trained is described in "Deep learning on
MNIST", NumPy Tutorials (content/applications/tutorial-deep-learning-on-mnist.md, version 732952b of
numpy/numpy-tutorials): the first 1,000 training images, 784-100-10 without biases, ReLU, dropout 1/2 in the hidden
layer, the quadratic cost, one image at a time for 20 epochs at the rate 0.005. The code is this book's own; it draws
its random numbers in the tutorial's order, so that the tutorial's seed starts from the tutorial's weights and drops
what it drops.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from tqdm import tqdm

from measure import spread, store
from nnlib import (
    SGD,
    Dense,
    Dropout,
    Network,
    QuadraticCost,
    ReLU,
    accuracy,
    gradient_errors,
    load_mnist,
    one_hot,
)

SEEDS = (884736743, 0, 1, 2, 3, 4)  # the tutorial's own comes first
IMAGES, HIDDEN, EPOCHS, RATE = 1000, 100, 20, 0.005


class OpenGate(ReLU):
    """ReLU whose backward pass asks the output, which is never negative, whether it is >= 0."""

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * (np.maximum(self.z, 0) >= 0)


class Coins(Dropout):
    """Dropout of one half with the tutorial's draws: a whole number, 0 or 1, for each activation of one image."""

    def __init__(self, rng: np.random.Generator):
        super().__init__(0.5, rng)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.mask = 2.0 * self.rng.integers(0, 2, a.shape[1])
        return a * self.mask


class HalfCoins(Coins):
    """The same, but going backward it forgets that it doubled."""

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * (self.mask / 2)


VARIANTS = {
    "as published": (OpenGate, HalfCoins),
    "gate mended": (ReLU, HalfCoins),
    "scale mended": (OpenGate, Coins),
    "both mended": (ReLU, Coins),
}


class SameDraws:
    """In place of a generator: the same coins each time, so that a gradient check meets one mask."""

    def integers(self, low: int, high: int, size: int) -> np.ndarray:
        return np.random.default_rng(0).integers(low, high, size)


def between(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights from -0.1 to 0.1, drawn as an (inputs, outputs) matrix."""
    return 0.2 * rng.random(shape[::-1]).T - 0.1


def build(gate: type, dropout: type | None, rng: np.random.Generator, coins: object = None) -> Network:
    """The untrained network; its biases are there, but nothing moves them from 0."""
    middle = [gate()] if dropout is None else [gate(), dropout(coins or rng)]
    return Network(Dense(784, HIDDEN, rng, init=between), *middle, Dense(HIDDEN, 10, rng, init=between))


def train(job: tuple[str, int]) -> tuple[str, int, float]:
    """Accuracy on all 10,000 test images after training one variant from one seed."""
    name, seed = job
    mnist, rng, loss = load_mnist(), np.random.default_rng(seed), QuadraticCost()
    x, y = mnist.x_train[:IMAGES].astype(float), one_hot(mnist.y_train[:IMAGES], 10)
    network = build(*VARIANTS[name], rng)
    sgd = SGD([p for p in network.parameters() if p.name.endswith("W")], RATE)
    for _ in range(EPOCHS):
        for image, target in zip(x[:, None], y[:, None], strict=True):
            loss.forward(network.forward(image), target)
            network.backward(loss.backward())
            sgd.step()
    return name, seed, accuracy(network, mnist.x_test.astype(float), mnist.y_test)


def errors() -> dict[str, float]:
    """The relative error of the first layer's gradient at the start, for one image, variant by variant."""
    x = load_mnist().x_train[:1].astype(float)
    ways = {"gate, without dropout": (OpenGate, None), "gate mended, without dropout": (ReLU, None)} | VARIANTS
    rngs = {name: np.random.default_rng(SEEDS[0]) for name in ways}
    return {
        name: gradient_errors(build(*parts, rngs[name], SameDraws()), x, np.random.default_rng(0))["0.W"]
        for name, parts in ways.items()
    }


def main() -> None:
    """Measure, store and print."""
    jobs = [(name, seed) for seed in SEEDS for name in VARIANTS]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        done = {(name, seed): score for name, seed, score in tqdm(pool.map(train, jobs), total=len(jobs), unit="run")}
    results = {
        "source": "numpy/numpy-tutorials, content/applications/tutorial-deep-learning-on-mnist.md, version 732952b",
        "seeds": list(SEEDS),
        "gradient_error": {name: float(f"{error:.3g}") for name, error in errors().items()},
        "test_accuracy": {name: [done[name, seed] for seed in SEEDS] for name in VARIANTS},
    }
    store("museum", results)
    for name, scores in results["test_accuracy"].items():
        print(f"{name:13} " + "{mean:.2%} ({min:.2%} to {max:.2%})".format(**spread(scores)))


if __name__ == "__main__":
    main()
