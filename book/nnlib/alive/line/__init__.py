"""Line: the perceptron's rule, and its line over points that the reader drags."""

import numpy as np

from ...prose import significant
from .. import live

PARTS = ("rule.js", "line.js")  # its script, in the order in which it runs
GRAIN = 1 / 16  # points lie on multiples of it, so that sums of them are exact, in Python as in JavaScript
LIMIT = 1000  # updates, after which a run stops

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def step(z):
    """1 if the neuron fires, else 0."""
    return int(z > 0)


def train(inputs, targets, step=step, max_epochs=100):
    """The rule, from zero: w, b, all updates, and the first clean epoch (or None)."""
    w, b, updates = np.zeros(inputs.shape[1]), 0.0, []
    for epoch in range(1, max_epochs + 1):
        before = len(updates)
        for x, y in zip(inputs, targets, strict=True):
            z = w @ x + b
            error = int(y) - step(z)
            if error:
                w, b = w + error * x, b + error
                updates.append((epoch, x, z, error, w, b))
        if len(updates) == before:
            return w, b, updates, epoch
    return w, b, updates, None


def circle(updates) -> tuple[int, int] | None:
    """How many updates come before the rule runs in a circle, and how many then repeat; None if it does not."""
    ends = {epoch: number for number, (epoch, *_) in enumerate(updates, 1)}  # the last update of each epoch
    seen = {}
    for number in list(ends.values())[:-1]:  # the last epoch may not be over
        *_, w, b = updates[number - 1]
        if (*w, b) in seen:
            return seen[*w, b], number - seen[*w, b]
        seen[*w, b] = number
    return None


def cloud() -> tuple[np.ndarray, np.ndarray]:
    """Ten points in two heaps that a line can just separate, and which of them should make the neuron fire."""
    rng = np.random.default_rng(192)
    targets = np.tile([0, 1], 5)
    heaps = np.array([[0.1, 0.3], [0.95, 0.85]])[targets] + 0.4 * rng.standard_normal((10, 2))
    return np.round(heaps / GRAIN) * GRAIN, targets


def tasks() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The tasks to begin with, by name: inputs (n, 2) and targets (n,)."""
    corners = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
    return {name: (CORNERS, np.array(targets)) for name, targets in corners.items()} | {"Cloud": cloud()}


def show(start: str = "AND") -> None:
    """Show the line of a perceptron that learns the task `start`, or another that the reader chooses or makes."""
    points = {name: [[*map(float, x), int(y)] for x, y in zip(*task, strict=True)] for name, task in tasks().items()}
    others = [outcome(name, *task) for name, task in tasks().items() if name != start]
    data = {"tasks": points, "start": start, "grain": GRAIN, "limit": LIMIT}
    live.show("line", data, f"The perceptron's line: {start}", [*story(start, *tasks()[start]), " ".join(others)])


def outcome(name: str, inputs: np.ndarray, targets: np.ndarray) -> str:
    """What the rule comes to, in a sentence."""
    w, b, updates, clean = train(inputs, targets, max_epochs=LIMIT)
    if clean is not None:
        return f"{name}: {len(updates)} updates, then w = {pair(w)}, b = {exact(b)}, and epoch {clean} has no mistake."
    before, length = circle(updates)
    return f"{name}: no line separates the points; after update {before} the same {length} updates repeat for ever."


def story(name: str, inputs: np.ndarray, targets: np.ndarray, most: int = 10) -> list[str]:
    """The first updates, one in a line, and what they come to."""
    lines = [f"{name}. Before learning: w = (0, 0), b = 0; the neuron fires for no point."]
    for number, (epoch, x, z, error, w, b) in enumerate(train(inputs, targets)[2][:most], 1):
        what = "should have fired: it is added" if error > 0 else "should not have fired: it is subtracted"
        lines.append(
            f"Update {number}, epoch {epoch}: {pair(x)}, with z = {exact(z)}, {what}. "
            f"Now w = {pair(w)}, b = {exact(b)}; it fires for {fired(inputs, w, b)}."
        )
    return [*lines, outcome(name, inputs, targets)]


def fired(inputs: np.ndarray, w: np.ndarray, b: float) -> str:
    """The points for which the neuron fires, in words."""
    names = [pair(x) for x in inputs if step(w @ x + b)]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "no point"


def exact(number: float) -> str:
    """A number to its last digit, which comes soon: points lie on a grid."""
    return significant(number, 8)


def pair(v: np.ndarray) -> str:
    """Two numbers as the book writes a point."""
    return f"({exact(v[0])}, {exact(v[1])})"
