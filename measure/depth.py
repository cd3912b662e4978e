"""Train a 20-layer network on the embedded digits with one remedy or several, each at its own best rate.

    python -m measure.depth      or `make depth`: about 11 minutes

The network is that of the chapter on deep networks: 64 inputs, 19 hidden layers of 50 neurons, 10 outputs, with the
cross-entropy of a softmax. Each plan changes its squash, the spread of its first weights, clipping or the optimiser.
Its rate is the one of its rates with which it reads most of a fifth of the training images that was held back, over
seeds of their own. With that rate it is trained on all training images, and each of five seeds is scored once on the
test images. It writes `book/measured/depth.json`, which the chapter shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from tqdm import tqdm

from measure import spread, store
from measure.held_back import Data, choice_and_test
from measure.workers import workers
from nnlib import (
    SGD,
    Adam,
    ClipNorm,
    Dense,
    Layer,
    LeakyReLU,
    Network,
    Optimizer,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    glorot_normal,
    he_normal,
    load_digits,
    minibatches,
    scaled_normal,
)
from nnlib.layers import Init
from nnlib.training import Transform, one_epoch

WIDTH, DEPTH = 50, 20
EPOCHS, BATCH_SIZE = 30, 32
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TINY_RATES = (3e-10, 1e-9, 3e-9, 1e-8, 3e-8, 1e-7, 3e-7)  # for slopes that have exploded
ADAM_RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
SEEDS = (0, 1, 2, 3, 4)
CHOICE_SEEDS = (100, 101)  # try the rates; none of those that are scored
HELD_BACK = 1 / 5


def ten_times(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """A spread of 10 / sqrt(n_in): with it a layer of sigmoids multiplies the size of slopes by about 1."""
    return 10 * scaled_normal(rng, shape)


def twice_he(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """He's spread, doubled: too large."""
    return 2 * he_normal(rng, shape)


@dataclass(frozen=True)
class Plan:
    """A network and how it is trained."""

    squash: Callable[[], Layer]
    init: Init
    clip: float | None = None
    optimizer: type = SGD
    depth: int = DEPTH
    rates: tuple[float, ...] = RATES


PLANS = {
    "two layers": Plan(ReLU, he_normal, depth=2),
    "no remedy": Plan(Sigmoid, scaled_normal),
    "initialisation": Plan(Sigmoid, ten_times),
    "activation": Plan(ReLU, scaled_normal),
    "activation, tanh": Plan(Tanh, scaled_normal),
    "both": Plan(ReLU, he_normal),
    "both, leaky": Plan(LeakyReLU, he_normal),
    "both, tanh": Plan(Tanh, glorot_normal),
    "clipping": Plan(Sigmoid, scaled_normal, clip=1.0),
    "both and clipping": Plan(ReLU, he_normal, clip=1.0),
    "too large": Plan(ReLU, twice_he),
    "too large, tiny rates": Plan(ReLU, twice_he, rates=TINY_RATES),
    "too large, clipping": Plan(ReLU, twice_he, clip=1.0),
    "no remedy, Adam": Plan(Sigmoid, scaled_normal, optimizer=Adam, rates=ADAM_RATES),
    "activation, Adam": Plan(ReLU, scaled_normal, optimizer=Adam, rates=ADAM_RATES),
}


@cache
def data() -> dict[str, Data]:
    """The images and labels of the embedded digits."""
    return choice_and_test(load_digits(), HELD_BACK, float)


def build(plan: Plan, rng: np.random.Generator) -> Network:
    """The untrained network."""
    sizes = [64, *[WIDTH] * (plan.depth - 1)]
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        layers += [Dense(n_in, n_out, rng, init=plan.init), plan.squash()]
    return Network(*layers, Dense(WIDTH, 10, rng, init=plan.init))


def share_right(name: str, part: str, rate: float, seed: int) -> float:
    """Train the network of a plan, and return the share of the other images that is right."""
    plan, rng = PLANS[name], np.random.default_rng(seed)
    network = build(plan, rng)
    optimizer = plan.optimizer(network.parameters(), rate)
    return trained(network, optimizer, part, rng, [ClipNorm(plan.clip)] if plan.clip else [])


def trained(
    network: Network, optimizer: Optimizer, part: str, rng: np.random.Generator, transforms: Sequence[Transform] = ()
) -> float:
    """Train a network, and return the share of the other images that is right; 0 where the cost is soon infinite."""
    x, y, x_new, y_new = data()[part]
    loss = SoftmaxCrossEntropy()
    with np.errstate(all="ignore"):
        for _ in range(EPOCHS):
            cost = one_epoch(network, loss, optimizer, minibatches(x, y, BATCH_SIZE, rng), transforms)
            if not np.isfinite(cost):
                return 0.0
        return accuracy(network, x_new, y_new)


def best_rate(plan: Plan, scores: list[float]) -> float:
    """The rate whose score is highest."""
    return plan.rates[int(np.argmax(scores))]


def main() -> None:
    """Measure, store and print."""
    plans = {}
    with workers() as each:
        for name, plan in tqdm(PLANS.items()):
            tries = [(name, "choice", rate, seed) for rate in plan.rates for seed in CHOICE_SEEDS]
            found = np.reshape(each(share_right, tries), (len(plan.rates), -1)).mean(axis=1).tolist()
            rate = best_rate(plan, found)
            scores = each(share_right, [(name, "test", rate, seed) for seed in SEEDS])
            plans[name] = {"rates": list(plan.rates), "held_back": found, "rate": rate, "test": scores}
    store("depth", {"seeds": list(SEEDS), "epochs": EPOCHS, "width": WIDTH, "depth": DEPTH, "plans": plans})
    for name, found in plans.items():
        print(name, found["rate"], "{mean:.1%} ({min:.1%} to {max:.1%})".format(**spread(found["test"])))


if __name__ == "__main__":
    main()
