"""Gradient check: every backward pass against central differences of the forward pass."""

from collections.abc import Callable

import numpy as np

from .checks import check_float64
from .layers import Layer
from .losses import Loss


def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """The gradient of the number f(x) by central differences, (f(x + h) - f(x - h)) / 2h for each entry.

    `x` (float64, any shape) is nudged in place and put back, so it may be an array that `f` uses anyway.
    """
    check_float64(x=x)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        below = f(x)
        x[i] = kept
        gradient[i] = (above - below) / (2 * h)
    return gradient


def relative_error(ours: np.ndarray, theirs: np.ndarray) -> float:
    """|ours - theirs| / (|ours| + |theirs|), with | | the length: 0 is equal, 1 is utterly different.

    Infinite where either holds NaN or infinity. Raises ValueError where the shapes differ, which
    broadcasting would hide.
    """
    if np.shape(ours) != np.shape(theirs):
        raise ValueError(f"gradient: got shape {np.shape(ours)}, expected {np.shape(theirs)}")
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)  # whole numbers would wrap around
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return float("inf")  # NaN would pass for small: it is not greater than anything
    size = np.linalg.norm(ours) + np.linalg.norm(theirs)
    return float(np.linalg.norm(ours - theirs) / size) if size > 0 else 0.0


def gradient_errors(layer: Layer, x: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """The relative error of the layer's way back, for its input "x" and for each parameter by name.

    The cost is a random weighted sum of the outputs, so that every output counts. A right backward
    pass gives about 1e-10, a wrong one 1e-3 or much more. Raises TypeError unless all is float64, whose
    digits the differences need; whole numbers that a layer takes are not nudged.
    """
    x = x.copy()
    nudged = ({} if layer.integers else {"x": x}) | {p.name: p.value for p in layer.parameters()}
    check_float64(**nudged)
    weights = rng.standard_normal(layer.forward(x).shape)

    def cost(_: np.ndarray) -> float:
        return float(np.sum(weights * layer.forward(x)))

    ours = {"x": layer.backward(weights)} | {p.name: p.grad.copy() for p in layer.parameters()}
    return {name: relative_error(ours[name], numerical_gradient(cost, nudged[name])) for name in nudged}


def loss_gradient_error(loss: Loss, output: np.ndarray, target: np.ndarray) -> float:
    """The relative error of `loss.backward` for this output (float64) and target."""
    check_float64(output=output)
    output = output.copy()
    loss.forward(output, target)
    ours = loss.backward()
    return relative_error(ours, numerical_gradient(lambda nudged: loss.forward(nudged, target), output))
