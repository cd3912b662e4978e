"""Depth: how large activations and slopes are, layer by layer, for a depth, a squash and a start that are chosen."""

from functools import cache

import numpy as np

from ...datasets import load_digits
from ...layers import Dense, ReLU, Sigmoid, Tanh, scaled_normal
from ...losses import SoftmaxCrossEntropy
from ...network import Network
from ...prose import significant
from .. import live

PARTS = ("chart.js", "depth.js")  # its script, in the order in which it runs
DEPTHS = (3, 5, 10, 20, 30)  # layers with weights; the last has ten neurons, the others WIDTH
SQUASHES = {"sigmoid": Sigmoid, "tanh": Tanh, "ReLU": ReLU}
# The variance of the first weights, by its name: the number is what stands above n.
STARTS = {"0.25/n": 0.25, "1/n": 1.0, "2/n": 2.0, "8/n": 8.0, "100/n": 100.0}
START = {"depth": 20, "squash": "sigmoid", "start": "1/n"}
WIDTH, IMAGES = 50, 100


def build(depth: int, squash: type, times: float) -> Network:
    """The untrained network, whose weights have `times` / n as their variance."""
    rng, layers, n = np.random.default_rng(0), [], 64

    def init(rng, shape):
        return np.sqrt(times) * scaled_normal(rng, shape)

    for _ in range(depth - 1):
        layers += [Dense(n, WIDTH, rng, init=init), squash()]
        n = WIDTH
    return Network(*layers, Dense(n, 10, rng, init=init))


@cache
def images() -> tuple[np.ndarray, np.ndarray]:
    """The images that are sent through, and their labels."""
    digits = load_digits()
    return digits.x_train[:IMAGES].astype(float), digits.y_train[:IMAGES]


def sizes(network: Network) -> tuple[list[float], list[float]]:
    """For each hidden layer, by powers of ten: the size of its activations, and that of its deltas over the last's."""
    (a, labels), loss, there, back = images(), SoftmaxCrossEntropy(), [], []
    for layer in network.layers:
        a = layer.forward(a)
        there.append(_size(a))
    loss.forward(a, labels)
    grad = loss.backward()
    for layer in reversed(network.layers):
        back.append(_size(grad))
        grad = layer.pass_back(grad)
    deltas = back[::-1][:-1:2]
    return _powers(there[1::2]), _powers(np.divide(deltas, deltas[-1]))


def _size(numbers: np.ndarray) -> float:
    return float(np.sqrt(np.mean(numbers**2)))


def _powers(numbers: list[float]) -> list[float]:
    return [round(float(power), 2) for power in np.log10(numbers)]


def measured() -> dict:
    """All sizes, by squash, start and depth."""
    return {
        squash: {
            start: {str(depth): sizes(build(depth, made, times)) for depth in DEPTHS} for start, times in STARTS.items()
        }
        for squash, made in SQUASHES.items()
    }


def said(depth: int, squash: str, start: str, there: list[float], back: list[float]) -> str:
    """What the sizes come to, in words."""
    last, steps = depth - 1, depth - 2
    times, each, end = (significant(10**power, 2) for power in (back[0], back[0] / steps, there[-1]))
    return (
        f"{depth} layers, {squash}, variance {start}: from layer {last} to layer 1 the deltas become {times} times as "
        f"large, {each} times for each layer. The activations of layer {last} have the size {end}."
    )


def show() -> None:
    """Show the sizes layer by layer, with depth, squash and start to be chosen."""
    found = measured()
    pairs = {(s, start): found[s][start]["20"] for s in SQUASHES for start in STARTS}
    text = [said(20, *names, *pair) for names, pair in pairs.items()]
    data = {"depths": list(DEPTHS), "sizes": found, "start": START}
    live.show("depth", data, "The size of activations and slopes, layer by layer", text)
