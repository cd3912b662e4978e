"""Landscape: the cost of one neuron over its weight and its bias, and walks down it that the reader chooses."""

import base64
from collections.abc import Callable, Sequence

import numpy as np

from ... import plotting
from ...layers import Dense, Layer, Sigmoid
from ...losses import QuadraticCost
from ...network import Network
from ...optimizers import SGD
from ...prose import significant
from ...training import minibatches
from .. import live

PARTS = ("map.js", "descent.js", "landscape.js")  # its script, in the order in which it runs
EPOCHS = 20  # of each seed, whose shuffled orders the page brings along
SEEDS = (5, 0, 1, 2, 3)
TIE = 1e-6  # more than any rounding error: half a thousandth is rounded the same way everywhere


class Landscape:
    """The quadratic cost of a neuron with one input for some examples, over its weight and its bias."""

    def __init__(self, x: np.ndarray, y: np.ndarray, *activation: Layer):
        self.x, self.y = np.reshape(x, (-1, 1)).astype(float), np.reshape(y, (-1, 1)).astype(float)
        self.activation = activation
        self.loss = QuadraticCost()

    def neuron(self, place: Sequence[float]) -> Network:
        """The neuron whose weight and bias are at this place."""
        network = Network(Dense(1, 1, np.random.default_rng(0)), *self.activation)
        for p, value in zip(network.parameters(), place, strict=True):
            p.value[...] = value
        return network

    def slopes(self, network: Network, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        """The cost of some examples and its gradient (dC/dw, dC/db)."""
        cost = self.loss.forward(network.forward(x), y)
        network.backward(self.loss.backward())
        return cost, np.array([p.grad.item() for p in network.parameters()])

    def at(self, place: Sequence[float]) -> tuple[float, np.ndarray]:
        """The cost of all examples at a place, and its gradient."""
        return self.slopes(self.neuron(place), self.x, self.y)

    def costs(self, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The cost of all examples at many places at once: each is one neuron of a wide layer."""
        network = Network(Dense(1, w.size, np.random.default_rng(0)), *self.activation)
        for p, values in zip(network.parameters(), (w, b), strict=True):
            p.value[...] = values.reshape(p.value.shape)
        return np.mean((network.predict(self.x) - self.y) ** 2 / 2, axis=0).reshape(w.shape)

    def curvature(self, place: np.ndarray, h: float = 1e-5) -> np.ndarray:
        """The second derivatives (2, 2) at a place, from differences of gradients."""
        return np.array([(self.at(place + e)[1] - self.at(place - e)[1]) / (2 * h) for e in h * np.eye(2)])

    def lowest(self, place: Sequence[float]) -> np.ndarray:
        """The lowest point near a place, by Newton's method."""
        place = np.array(place, float)
        for _ in range(12):
            place = place - np.linalg.solve(self.curvature(place), self.at(place)[1])
        return place

    def walk(self, start, rate: float, epochs: int, batch_size: int | None = None, seed: int = SEEDS[0]) -> np.ndarray:
        """The places (w, b) at the start and after every step; all examples at once if there is no batch size."""
        rng = np.random.default_rng(seed)
        network = self.neuron(start)
        sgd, path = SGD(network.parameters(), rate), [np.array(start, float)]
        for _ in range(epochs):
            for x, y in minibatches(self.x, self.y, batch_size or len(self.x), rng):
                self.slopes(network, x, y)
                sgd.step()
                path.append(np.array([p.value.item() for p in network.parameters()]))
        return np.array(path)

    def orders(self, seed: int) -> str:
        """The orders in which `walk` meets the examples, epoch by epoch: a byte for each, in base64."""
        rng = np.random.default_rng(seed)
        places = np.arange(len(self.x))
        dealt = [next(minibatches(places, places, len(places), rng))[0] for _ in range(EPOCHS)]
        return base64.b64encode(np.array(dealt, np.uint8)).decode()


def contours(costs: Callable, window: Sequence[float], levels: Sequence[float]) -> list[str]:
    """For each level what lies above it, as an SVG path in thousandths of the window from its upper left."""
    left, right, bottom, top = window
    heights = costs(*np.meshgrid(np.linspace(left, right, 81), np.linspace(top, bottom, 81)))
    figure, ax = plotting.subplots()
    grid = np.linspace(0, 1000, 81)
    areas = [ax.contourf(grid, grid, heights, levels=[level, heights.max() + 1]).get_paths() for level in levels]
    plotting.plt.close(figure)
    return ["".join(_closed(line) for path in paths for line in path.to_polygons()) for paths in areas]


def _closed(line: np.ndarray) -> str:
    corners = np.floor(line[:-1] + 0.5 + TIE).astype(int)
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"


def sigmoid_neuron(inputs: np.ndarray, targets: np.ndarray) -> None:
    """Show the landscape of gradient descent: a sigmoid neuron, all its examples at once, three walks of 400 steps."""
    land = Landscape(inputs, targets, Sigmoid())
    bottom, limit = _bottom(land, (1.2, -0.7))
    walks = [(-3.0, 2.0), (-1.0, -3.0), (4.0, 4.0)]
    text = [
        "A map of the cost of a sigmoid neuron over its weight w and its bias b, with lines of equal cost. "
        + _lowest(land, bottom)
    ]
    for start in walks:
        w, b = land.walk(start, 2.0, 400)[-1]
        text.append(
            f"From {_pair(start)}, 400 steps at the rate 2 lead to {_pair((w, b))}, cost {land.at((w, b))[0]:.4f}."
        )
    note = (
        f"Beyond the rate {limit:.3g} no walk can settle at the lowest point: the ground there is too sharply curved."
    )
    end = land.walk(walks[0], 40.0, 2000)[-2:]
    text += [note, f"At the rate 40 a walk jumps between {_pair(end[0])} and {_pair(end[1])} in the end."]
    options = {"start": [5, -3], "rate": 2, "rates": [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 40, 60], "run": 400}
    levels = [0.062, 0.07, 0.08, 0.1, 0.13, 0.17, 0.21, 0.25, 0.29, 0.33]
    _show(land, (-4.2, 6.2, -4, 5), levels, bottom, note, text, {**options, "walks": walks, "sigmoid": True})


def straight_line(points: np.ndarray, heights: np.ndarray) -> None:
    """Show the landscape of stochastic gradient descent: a neuron that fits a line, with a batch size to choose."""
    land = Landscape(points, heights)
    bottom, limit = _bottom(land, (0, 0))
    start, sizes = (-0.5, 1.5), (1, 2, 5, 10, 20, 50, len(land.x))
    text = [
        "A map of the cost of fitting a line, over its weight w and its bias b: a bowl. " + _lowest(land, bottom),
        f"Walks from {_pair(start)} at the rate 0.1, seed {SEEDS[0]}:",
    ]
    for size in sizes:
        path = land.walk(start, 0.1, 5, size)
        away = np.linalg.norm(path - bottom, axis=1)
        once = (len(path) - 1) // 5
        name = f"Batches of {size}" if size < len(land.x) else f"All {size} at once"
        text.append(
            f"{name}: {once} step{'s' if once > 1 else ''} in an epoch; after one epoch {away[once]:.2f} "
            f"from the lowest point, after five {away[-1]:.2f}."
        )
    ends = [np.linalg.norm(land.walk(start, 0.1, 5, 1, seed)[-1] - bottom) for seed in SEEDS]
    text.append(
        f"Batches of 1 after five epochs, over {len(SEEDS)} seeds: "
        f"{min(ends):.2f} to {max(ends):.2f} from the lowest point."
    )
    note = f"With all points at once the walk diverges beyond the rate {limit:.3f}; smaller batches can fail sooner."
    single = land.walk(start, 1.5, 1, 1)[-1]
    text.append(f"In batches of 1 at the rate 1.5 the cost after one epoch is {land.at(single)[0]:.0e}.")
    options = {
        "start": start,
        "rate": 0.1,
        "rates": [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 1.5, 1.9, 2.1, 2.5],
        "run": 5,
        "walks": [],
        "sigmoid": False,
        "batches": sizes,
        "batch": 1,
        "orders": {str(seed): land.orders(seed) for seed in SEEDS},
        "seeds": SEEDS,
    }
    levels = [0.4, 0.6, 1, 1.5, 2, 3, 4, 6, 8]
    _show(land, (-1.2, 3.2, -2.2, 2.2), levels, bottom, note, [*text, note], options)


def _show(land, window, levels, bottom, note, text, options) -> None:
    label = "The cost's landscape, walked in batches" if "batches" in options else "The cost's landscape"
    data = {
        "x": land.x.ravel().tolist(),
        "y": land.y.ravel().tolist(),
        "window": window,
        "levels": levels,
        "contours": contours(land.costs, window, levels),
        "lowest": bottom.tolist(),
        "note": note,
        **options,
    }
    live.show("landscape", data, label, text)


def _bottom(land: Landscape, near: Sequence[float]) -> tuple[np.ndarray, float]:
    """The lowest point, and the rate beyond which no walk with all examples at once can settle there."""
    bottom = land.lowest(near)
    return bottom, 2 / np.linalg.eigvalsh(land.curvature(bottom)).max()


def _lowest(land: Landscape, bottom: np.ndarray) -> str:
    return f"The lowest point is at {_pair(bottom)}, with cost {land.at(bottom)[0]:.4f}."


def _pair(place: Sequence[float]) -> str:
    return f"({', '.join(significant(round(float(v), 2)) for v in place)})"
