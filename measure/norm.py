"""Train the 20-layer network with normalisation and residuals, alone and together, each at its own best rate.

    python -m measure.norm              or `make norm`: about 10 minutes
    python -m measure.norm "a plan" …   only these plans; the others stay as they are

The network, its images, its budget and its seeds are those of `measure.depth`, of which each start is taken up: what
`depth.json` says of it without these layers is the control. A plan puts a normalisation between each `Dense` and its
squash, or leads a path past each hidden layer but the first, which alone changes the number of features; with one plan
the layers with a path begin smaller. The rates are those of `measure.depth` too, and below them smaller ones, for
slopes that have exploded. They are searched from the middle: three at first, all of `measure.depth` where none of the
three learns, and further on the side on which the best one is, until it has neighbours that do worse. It writes
`book/measured/norm.json`, which the chapter shows.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from measure import MEASURED, depth, spread, store
from measure.workers import workers
from nnlib import SGD, BatchNorm, Dense, Layer, LayerNorm, Network, ReLU, Residual, Sigmoid, he_normal, scaled_normal
from nnlib.layers import Init


class Shake(Layer):
    """Each feature stretched and shifted at every step, by draws of that step; outside training nothing is done.

    Behind a batch norm it lets what comes into the layers above jump about, as Santurkar et al. (2018) did: if batch
    norm helped because it holds that still, it could not help here.
    """

    STRETCH, SHIFT = (0.75, 1.25), (-0.5, 0.5)

    def __init__(self, n: int, rng: np.random.Generator):
        self.n_in = self.n_out = n
        self.rng = rng

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.stretch = self.rng.uniform(*self.STRETCH, self.n_in)
        return x * self.stretch + self.rng.uniform(*self.SHIFT, self.n_in)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * self.stretch

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x


def batch_norm(rng: np.random.Generator) -> list[Layer]:
    """A batch norm, which draws nothing."""
    return [BatchNorm(depth.WIDTH)]


def layer_norm(rng: np.random.Generator) -> list[Layer]:
    """A layer norm, which draws nothing."""
    return [LayerNorm(depth.WIDTH)]


def shaken(rng: np.random.Generator) -> list[Layer]:
    """A batch norm with a shake behind it, whose draws are its own."""
    return [BatchNorm(depth.WIDTH), Shake(depth.WIDTH, np.random.default_rng(rng.integers(2**32)))]


def nothing(rng: np.random.Generator) -> list[Layer]:
    """No normalisation."""
    return []


def eighteenth_of_he(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """He's spread, divided by 18, the number of layers with a path."""
    return he_normal(rng, shape) / (depth.DEPTH - 2)


@dataclass(frozen=True)
class Plan:
    """A network: a squash and its start, and what is built in."""

    squash: Callable[[], Layer]
    init: Init
    norm: Callable[[np.random.Generator], list[Layer]] = nothing
    residual: bool = False
    path_init: Init | None = None  # of the layers with a path, where it is not that of the others
    depth: int = depth.DEPTH


RATES = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 0.001, *depth.RATES)
LEARNS = 0.5  # a plan that reads more than this share of the images held back has learned something
STARTS = {"sigmoid": (Sigmoid, scaled_normal), "ReLU": (ReLU, he_normal)}
BUILT_IN = {
    "batch norm": {"norm": batch_norm},
    "layer norm": {"norm": layer_norm},
    "residual": {"residual": True},
    "batch norm, residual": {"norm": batch_norm, "residual": True},
    "layer norm, residual": {"norm": layer_norm, "residual": True},
}
PLANS = {f"{start}, {name}": Plan(*STARTS[start], **more) for start in STARTS for name, more in BUILT_IN.items()}
PLANS |= {
    "ReLU, 1/n, batch norm": Plan(ReLU, scaled_normal, batch_norm),
    "ReLU, residual, 1/18": Plan(ReLU, he_normal, residual=True, path_init=eighteenth_of_he),
    "sigmoid, shaken batch norm": Plan(*STARTS["sigmoid"], shaken),
    "two layers, batch norm": Plan(ReLU, he_normal, batch_norm, depth=2),
}


def build(plan: Plan, rng: np.random.Generator) -> Network:
    """The untrained network."""
    layers, n_in = [], 64
    for _ in range(plan.depth - 1):
        path = plan.residual and n_in == depth.WIDTH
        init = plan.path_init if path and plan.path_init else plan.init
        hidden = [Dense(n_in, depth.WIDTH, rng, init=init), *plan.norm(rng), plan.squash()]
        layers += [Residual(*hidden)] if path else hidden
        n_in = depth.WIDTH
    return Network(*layers, Dense(n_in, 10, rng, init=plan.init))


def share_right(name: str, part: str, rate: float, seed: int) -> float:
    """Train the network of a plan, and return the share of the other images that is right."""
    rng = np.random.default_rng(seed)
    network = build(PLANS[name], rng)
    return depth.trained(network, SGD(network.parameters(), rate), part, rng)


def search(score: Callable[[list[float]], list[float]]) -> dict[float, float]:
    """What each rate that was tried has scored."""
    first, last = len(RATES) - len(depth.RATES), len(RATES)  # those of `measure.depth`
    low, high, found = first + 2, last - 2, {}
    while True:
        new = [rate for rate in RATES[low:high] if rate not in found]
        found |= dict(zip(new, score(new), strict=True))
        best = max(RATES[low:high], key=found.get)
        if found[best] < LEARNS and (low > first or high < last):
            low, high = min(low, first), last
        elif best == RATES[low] and low > 0:
            low -= 1
        elif best == RATES[high - 1] and high < last:
            high += 1
        else:
            return dict(sorted(found.items()))


def main(names: Sequence[str]) -> None:
    """Measure these plans, store after each of them, and print."""
    stored = MEASURED / "norm.json"
    plans = json.loads(stored.read_text(encoding="utf-8"))["plans"] if stored.exists() else {}
    with workers() as each:

        def all_of(name: str, part: str, rates: list[float], seeds: tuple[int, ...]) -> np.ndarray:
            jobs = [(name, part, rate, seed) for rate in rates for seed in seeds]
            return np.reshape(each(share_right, jobs), (len(rates), len(seeds)))

        for name in names:
            held_back = search(lambda rates: all_of(name, "choice", rates, depth.CHOICE_SEEDS).mean(axis=1).tolist())  # noqa: B023
            rate = max(held_back, key=held_back.get)
            scores = all_of(name, "test", [rate], depth.SEEDS)[0].tolist()
            plans[name] = {
                "rates": list(held_back),
                "held_back": list(held_back.values()),
                "rate": rate,
                "test": scores,
            }
            plans = {known: plans[known] for known in PLANS if known in plans}  # in their order
            store("norm", {"seeds": list(depth.SEEDS), "epochs": depth.EPOCHS, "plans": plans})
            print(name, rate, "{mean:.1%} ({min:.1%} to {max:.1%})".format(**spread(scores)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(PLANS))
