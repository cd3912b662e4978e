"""Walks: two down one ravine, each by an optimiser and at a rate of its own, with the same noise in their slopes."""

import base64

import numpy as np

from ...layers import Parameter
from ...optimizers import SGD, AdaGrad, Adam, Optimizer, RMSProp
from ...prose import significant
from .. import live
from ..landscape import SEEDS, contours

PARTS = ("../landscape/map.js", "optimizers.js", "walks.js")  # its script, in the order in which it runs
CURVATURES = np.array([1.0, 100.0])
START = (10.0, 1.0)
WINDOW = (-3.2, 11, -1.5, 1.5)
LEVELS = (1, 5, 15, 35, 65, 105, 150)
OPTIMIZERS = {
    "plain descent": SGD,
    "momentum 0.8": lambda parameters, rate: SGD(parameters, rate, 0.8),
    "momentum 0.9": lambda parameters, rate: SGD(parameters, rate, 0.9),
    "Nesterov 0.9": lambda parameters, rate: SGD(parameters, rate, 0.9, nesterov=True),
    "AdaGrad": AdaGrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
# Close to each other where an optimiser's limit lies: 0.0136, 0.02, 0.036 and 0.038.
RATES = (
    *(0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.01, 0.013, 0.014, 0.016, 0.018, 0.0198, 0.0205),
    *(0.025, 0.03, 0.035, 0.037, 0.039, 0.05, 0.1, 0.2, 0.5, 1, 2, 3),
)
NOISES = (0, 1, 3, 10, 30)  # the standard deviation of what is added to each slope
STEPS, RUN, LAST = 500, 100, 100  # of a whole walk, of a run, and the last ones, over which costs are averaged
LOST = 1e6  # a cost beyond which a walk is called off
GRAIN = 32  # noise comes in so many parts of its standard deviation, so that a byte holds it exactly
BEGIN = {"walks": [["plain descent", 0.018], ["momentum 0.9", 0.018]], "noise": 0, "seed": SEEDS[0], "steps": 40}
LIMITS = (
    "Beyond its limit a walk diverges without noise too: Nesterov 0.9 beyond the rate 0.0136, plain descent beyond "
    "0.02, momentum 0.8 beyond 0.036, momentum 0.9 beyond 0.038, and the others at none."
)


def cost(places: np.ndarray) -> np.ndarray:
    """The cost at places (..., 2)."""
    return places**2 @ CURVATURES / 2


def shakes(seed: int) -> np.ndarray:
    """The noise of each step and slope, (STEPS, 2), as a share of its standard deviation."""
    drawn = np.random.default_rng(seed).standard_normal((STEPS, 2))
    return np.clip(np.rint(GRAIN * drawn), -127, 127) / GRAIN


def packed(seed: int) -> str:
    """The same for the page: a byte for each, in base64."""
    return base64.b64encode((GRAIN * shakes(seed)).astype(np.int8).tobytes()).decode()


def walk(name: str, rate: float, steps: int, noise: float = 0, seed: int = SEEDS[0]) -> np.ndarray:
    """The places at the start and after every step; it ends early where the cost is lost."""
    w = Parameter("w", np.array(START), np.zeros(2))
    optimizer: Optimizer = OPTIMIZERS[name]([w], rate)
    path = [w.value.copy()]
    for shake in noise * shakes(seed)[:steps]:
        if not cost(w.value) < LOST:
            break
        w.grad[...] = CURVATURES * w.value + shake
        optimizer.step()
        path.append(w.value.copy())
    return np.array(path)


def said(choice: dict) -> str:
    """What the walks come to after so many steps, in words."""
    steps, noise = choice["steps"], choice["noise"]
    how = f"with noise {noise}, seed {choice['seed']}" if noise else "without noise"
    ends = []
    for letter, (name, rate) in zip("AB", choice["walks"], strict=True):
        costs = cost(walk(name, rate, steps, noise, choice["seed"]))
        mean = f", mean of the last {LAST} steps {significant(costs[-LAST:].mean(), 3)}" if len(costs) > LAST else ""
        end = f"cost {significant(costs[-1], 3)}{mean}"
        if not costs[-1] < LOST:
            end = f"diverged at step {len(costs) - 1}"
        ends.append(f"{letter}, {name} at {rate}: {end}.")
    return f"{steps} step{'' if steps == 1 else 's'} {how}. {' '.join(ends)}"


def show() -> None:
    """Show the ravine, with two walks whose optimisers, rates and noise are to be chosen."""
    pairs = [
        BEGIN["walks"],
        [["momentum 0.8", 0.016], ["Nesterov 0.9", 0.01]],
        [["AdaGrad", 2], ["RMSProp", 0.1]],
        [["Adam", 0.5], ["Adam", 3]],
        [["plain descent", 0.0205], ["momentum 0.9", 0.0205]],
        [["plain descent", 0.014], ["Nesterov 0.9", 0.014]],
    ]
    noisy = [
        [["plain descent", 0.01], ["momentum 0.9", 0.01]],
        [["plain descent", 0.01], ["momentum 0.9", 0.001]],
        [["AdaGrad", 2], ["Adam", 0.5]],
    ]
    ravine = f"Two walks in the ravine of the curvatures 1 and 100, both from ({START[0]:g}, {START[1]:g})."
    text = [ravine, LIMITS]
    text += [said({**BEGIN, "walks": walks, "steps": 200}) for walks in pairs]
    text += [said({**BEGIN, "walks": walks, "steps": STEPS, "noise": 10}) for walks in noisy]
    data = {
        "curvatures": CURVATURES.tolist(),
        "start": START,
        "window": WINDOW,
        "levels": LEVELS,
        "contours": contours(lambda across, up: cost(np.stack([across, up], axis=-1)), WINDOW, LEVELS),
        "optimizers": list(OPTIMIZERS),
        "rates": RATES,
        "noises": NOISES,
        "shakes": {str(seed): packed(seed) for seed in SEEDS},
        "grain": GRAIN,
        "run": RUN,
        "last": LAST,
        "lost": LOST,
        "begin": BEGIN,
    }
    live.show("walks", data, "Two walks in the ravine", text)
