"""Train kernels and dense layers on a part of MNIST, each at its own best rate, and store what they read when it moves.

    python -m measure.convolution      or `make convolution`: about 10 minutes

10,000 training images, six epochs in batches of 32, Adam with a rate that falls along a cosine. "kernels" is a network
of two convolutions, "dense" one with a hidden layer and about as many parameters, "wide" one with 13 times as many.
"shuffled" exchanges the pixels of all images by one and the same permutation; "moved" moves every training image anew
each time it is shown, by up to two pixels each way.

Each plan has the rate with which its cost on images held back is lowest, with a seed of its own; where it lies at an
edge of what was tried, the next one is tried too. With it, five seeds are trained anew and scored on the test images,
as they stand and moved by one pixel to four. It writes `book/measured/convolution.json`, which the chapter shows.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from measure import spread, store
from measure.held_back import Data, choice_and_test
from measure.race import best_rate, to_try
from measure.workers import PROCESSES, Each, workers
from nnlib import (
    Adam,
    Conv2d,
    Dense,
    Flatten,
    MaxPool2d,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    accuracy,
    cosine,
    he_normal,
    load_mnist,
    minibatches,
    one_epoch,
)

SIDE, IMAGES, EPOCHS, BATCH_SIZE = 28, 10_000, 6, 32
SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEED = 100  # tries the rates; none of those that are scored
HELD_BACK = 1 / 6  # of all training images, for the choice of a rate
MIDDLE = 0.003  # of the rates that are tried first
PIXELS = (0, 1, 2, 3, 4)  # by how many a test image is moved
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1))
FURTHEST = 2  # a moved training image


@dataclass(frozen=True)
class Plan:
    """A network, and what is done to its images; without a hidden layer it has kernels."""

    hidden: int = 0
    shuffled: bool = False
    moved: bool = False


PLANS = {
    "kernels": Plan(),
    "dense": Plan(hidden=8),
    "wide": Plan(hidden=100),
    "kernels, shuffled": Plan(shuffled=True),
    "wide, shuffled": Plan(hidden=100, shuffled=True),
    "kernels, moved": Plan(moved=True),
    "wide, moved": Plan(hidden=100, moved=True),
}


@cache
def data() -> dict[str, Data]:
    """Images (n, 784) and labels: the first 10,000 to train on, and all that score."""
    found = choice_and_test(load_mnist(), HELD_BACK, np.float32)
    return {part: (x[:IMAGES], y[:IMAGES], x_new, y_new) for part, (x, y, x_new, y_new) in found.items()}


def build(plan: Plan, rng: np.random.Generator) -> Network:
    """The untrained network in float32, which takes images (n, 784) if it is dense, (n, 1, 28, 28) otherwise."""
    if plan.hidden:
        hidden = Dense(SIDE**2, plan.hidden, rng, np.float32, he_normal)
        return Network(hidden, ReLU(), Dense(plan.hidden, 10, rng, np.float32))
    layers, shape = [], (1, SIDE, SIDE)
    for kernels in (8, 16):
        convolution = Conv2d(shape, kernels, 5, rng, np.float32, init=he_normal)
        pooling = MaxPool2d(convolution.n_out, 2)
        layers += [convolution, ReLU(), pooling]
        shape = pooling.n_out
    flatten = Flatten(shape)
    return Network(*layers, flatten, Dense(flatten.n_out, 10, rng, np.float32))


def cut(images: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Each image (n, 784) moved by numbers of pixels of its own, at most 4 each way; what enters is paper."""
    around = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (4, 4), (4, 4)))
    places = sliding_window_view(around, (SIDE, SIDE), axis=(1, 2))
    return places[np.arange(len(images)), 4 - down, 4 - right].reshape(len(images), -1)


def moved(images: np.ndarray, pixels: int) -> np.ndarray:
    """The images moved by so many pixels, a quarter of them each down, up, right and left."""
    down, right = pixels * np.array(WAYS)[np.arange(len(images)) % len(WAYS)].T
    return cut(images, down, right)


def moved_by_lot(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each image moved by lot, by up to `FURTHEST` pixels down or up and right or left."""
    return cut(images, *rng.integers(-FURTHEST, FURTHEST + 1, (2, len(images))))


def seen(plan: Plan, images: np.ndarray) -> np.ndarray:
    """The images as the network takes them, their pixels exchanged where the plan says so."""
    if plan.shuffled:
        images = images[:, np.random.default_rng(0).permutation(SIDE**2)]
    return images if plan.hidden else images.reshape(-1, 1, SIDE, SIDE)


def alike(kernels: np.ndarray) -> float:
    """How far weights that are neighbours in a kernel (…, size, size) are alike: their correlation, from -1 to 1."""
    across = kernels[..., :-1].ravel(), kernels[..., 1:].ravel()
    below = kernels[..., :-1, :].ravel(), kernels[..., 1:, :].ravel()
    return float(np.corrcoef(*(np.concatenate(pair) for pair in zip(across, below, strict=True)))[0, 1])


def train(name: str, part: str, rate: float, seed: int) -> dict:
    """One training: the cost on the other images or, for the test, what is read of them when they are moved."""
    plan, (x, y, x_new, y_new) = PLANS[name], data()[part]
    rng, loss = np.random.default_rng(seed), SoftmaxCrossEntropy()
    network = build(plan, rng)
    before = network.layers[0].K.copy() if not plan.hidden else None
    adam = Adam(network.parameters(), cosine(rate, EPOCHS * -(-len(x) // BATCH_SIZE)))

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for images, labels in minibatches(x, y, BATCH_SIZE, rng):
            yield seen(plan, moved_by_lot(images, rng) if plan.moved else images), labels

    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(EPOCHS):
            one_epoch(network, loss, adam, batches())
        if part == "choice":
            return {"cost_new": loss.forward(network.predict(seen(plan, x_new)), y_new)}
    scores = {pixels: accuracy(network, seen(plan, moved(x_new, pixels)), y_new) for pixels in PIXELS}
    kernels = {}
    if not plan.hidden:
        after = network.layers[0].K
        kernels = {"alike": [alike(before), alike(after)], "first": after[:, 0].tolist()}
    return {"right": scores, "parameters": sum(p.value.size for p in network.parameters())} | kernels


def measured(name: str, each: Each) -> dict:
    """What one plan reaches."""
    tried: dict[float, float] = {}
    while rates := to_try(tried, MIDDLE):
        costs = [scores["cost_new"] for scores in each(train, [(name, "choice", rate, CHOICE_SEED) for rate in rates])]
        tried |= dict(zip(rates, costs, strict=True))
    rate = best_rate(tried)
    runs = each(train, [(name, "test", rate, seed) for seed in SEEDS])
    found = {
        "parameters": runs[0]["parameters"],
        "rate": rate,
        "tried": [[rate, cost if np.isfinite(cost) else None] for rate, cost in sorted(tried.items())],
        "right": {str(pixels): [scores["right"][pixels] for scores in runs] for pixels in PIXELS},
    }
    if "alike" in runs[0]:
        found |= {"alike": [scores["alike"] for scores in runs], "first": runs[0]["first"]}
    return found


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=PROCESSES, help="how many to train at once")
    plans = {}
    with workers(parser.parse_args().processes) as each:
        for name in PLANS:
            plans[name] = measured(name, each)
            for pixels, right in plans[name]["right"].items():
                said = "{mean:.2%} ({min:.2%} to {max:.2%})".format(**spread(right))
                print(f"{name}, rate {plans[name]['rate']:g}, moved by {pixels}: {said}", flush=True)
    settings = {"seeds": list(SEEDS), "images": IMAGES, "epochs": EPOCHS}
    store("convolution", settings | {"plans": plans})


if __name__ == "__main__":
    main()
