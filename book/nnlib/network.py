"""Network: layers in a row, what fits together, and saving and loading what they have learned."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from . import storage
from .checks import check_adds, check_features, check_layer, dtype_behind, shape_behind, shape_in
from .layers import Layer, Parameter


class Network(Layer):
    """Layers in a row, each fed by the one before; a network is a layer too, so networks nest.

    Raises ValueError where neighbouring layers do not fit or one layer stands in two places, and
    TypeError where layers have different dtypes. `forward` and `predict` check that `x` is an array of n >= 1
    examples that the first layers take: of shape (n, n_in), or n and then `n_in` where that is a shape itself, as
    of images (channels, height, width) or sequences (None, features), in which None stands for any number; of the
    parameters' dtype, or whole numbers where the first layer takes `integers`.
    """

    def __init__(self, *layers: Layer):
        self.layers = layers
        self.n_in, self.n_out, dtype = _fit_together(layers)
        self.integers = bool(layers) and layers[0].integers
        self.dtype = np.integer if self.integers else dtype  # of what it takes

    def forward(self, x: np.ndarray) -> np.ndarray:
        check_features(x, self.n_in, self.dtype)
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad: np.ndarray) -> np.ndarray:
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def collect(self, grad: np.ndarray) -> None:
        """`backward` as training needs it: without dC/dx, often the largest product of all."""
        first, *others = self.layers
        for layer in reversed(others):
            grad = layer.backward(grad)
        first.collect(grad)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        for layer in reversed(self.layers):
            grad = layer.pass_back(grad)
        return grad

    def predict(self, x: np.ndarray) -> np.ndarray:
        check_features(x, self.n_in, self.dtype)
        for layer in self.layers:
            x = layer.predict(x)
        return x

    def parameters(self) -> list[Parameter]:
        """Every layer's parameters, named by the layer's place: "0.W", "0.b", "2.W", ..."""
        placed = [(i, p) for i, layer in enumerate(self.layers) for p in layer.parameters()]
        return [Parameter(f"{i}.{p.name}", p.value, p.grad) for i, p in placed]

    def state(self) -> dict[str, np.ndarray]:
        """Every layer's state, named like the parameters: "0.W", "0.b", "1.gamma", ..."""
        return {f"{i}.{name}": array for i, layer in enumerate(self.layers) for name, array in layer.state().items()}

    def save(self, path: str | Path) -> None:
        """Write the state to `path` (.npz, no pickle); the file is either whole or untouched."""
        storage.save(self.state(), path)

    def load(self, path: str | Path) -> None:
        """Fill the state from a file of `save` by a network of the same shape.

        Raises ValueError, naming the file and what is wrong with it, or FileNotFoundError where there is
        none, and then changes nothing.
        """
        storage.load_into(self.state(), path)


class Residual(Network):
    """What comes in, and added to it what layers in a row make of it: y = x + f(x).

    On the way back dC/dx = grad + (what comes back through f): the 1 of 1 + f' lets the slope through, however small
    f' is. A part of a network, it leaves the check of `x` to that. Source: He, Zhang, Ren & Sun (2016).

    Raises ValueError unless f gives the shape that it takes, and where a Network would.
    """

    def __init__(self, *layers: Layer):
        super().__init__(*layers)
        check_adds(self.n_in, self.n_out)

    def forward(self, x: np.ndarray) -> np.ndarray:
        f = x
        for layer in self.layers:
            f = layer.forward(f)
        return x + f

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad + super().backward(grad)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad + super().pass_back(grad)

    def predict(self, x: np.ndarray) -> np.ndarray:
        f = x
        for layer in self.layers:
            f = layer.predict(f)
        return x + f


def leaves(layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers of layers, with networks opened."""
    for layer in layers:
        yield from leaves(layer.layers) if isinstance(layer, Network) else (layer,)


def _fit_together(layers: tuple[Layer, ...]) -> tuple:
    """The inputs, outputs and dtype of layers in a row; raise where they do not fit."""
    seen = [id(layer) for layer in leaves(layers)]
    if len(set(seen)) < len(seen):
        raise ValueError("layers: one layer stands in two places; create a new one for each place")
    n_in = shape = dtype = None
    for i, layer in enumerate(layers):
        check_layer(i, layer, Layer, (Network, Residual))
        n_in = shape_in(n_in, shape, layer.n_in)
        shape = shape_behind(i, layer, shape)
        dtype = dtype_behind(i, layer, dtype)
    return n_in, shape, dtype
