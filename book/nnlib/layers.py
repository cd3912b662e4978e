"""Layers: each knows its forward pass, and how to send a gradient backward through it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import storage
from .checks import ForwardFirst, check_count, check_features, check_positive


@dataclass(frozen=True)
class Parameter:
    """A named array that training adjusts, and beside it the gradient of the cost.

    Both arrays are made once and written in place: `p.value[...] = ...`, `p.grad[...] = ...`.
    """

    name: str
    value: np.ndarray
    grad: np.ndarray


def scaled_normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights (n_out, n_in) from a normal distribution of standard deviation 1 / sqrt(n_in).

    The weighted input z then stays near 1 however many inputs there are (LeCun et al., 1998).
    """
    return rng.standard_normal(shape) / np.sqrt(shape[1])


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) for any z and any shape: written with tanh, it cannot overflow."""
    return (1 + np.tanh(z / 2)) / 2


class Layer(ForwardFirst):
    """What every layer, and every network, can do. Rows are examples: `x` has shape (n, n_in)."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The output (n, n_out), keeping what `backward` will need."""
        raise NotImplementedError

    def backward(self, grad: np.ndarray) -> np.ndarray:
        """Turn dC/d(output) into dC/d(input), and write dC/d(parameters) in place.

        Raises RuntimeError before the first `forward`.
        """
        raise NotImplementedError

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The output (n, n_out) outside training: nothing is kept."""
        raise NotImplementedError

    def parameters(self) -> list[Parameter]:
        """The layer's parameters, each with a name of its own; none by default."""
        return []

    def state(self) -> dict[str, np.ndarray]:
        """What `Network.save` writes, by name: the parameters, and whatever else `predict` needs."""
        return {p.name: p.value for p in self.parameters()}


class Dense(Layer):
    """A fully connected layer: z = W a + b for one example, Z = A W^T + b for a batch.

    Parameters
    ----------
    n_in, n_out : number of inputs and of neurons.
    rng : where the random weights come from.
    dtype : np.float64, or np.float32 for speed.
    init : a function (rng, shape) -> weights of that shape.

    Attributes
    ----------
    W, dW : ndarray of shape (n_out, n_in), W[j, k] leads from input k to neuron j.
    b, db : ndarray of shape (n_out,).
    """

    stores = ("a",)

    def __init__(
        self,
        n_in: int,
        n_out: int,
        rng: np.random.Generator,
        dtype: type = np.float64,
        init: Callable[[np.random.Generator, tuple[int, int]], np.ndarray] = scaled_normal,
    ):
        check_count("n_in", n_in)
        check_count("n_out", n_out)
        self.n_in, self.n_out = n_in, n_out
        self.W = init(rng, (n_out, n_in)).astype(dtype)
        self.b = np.zeros(n_out, dtype)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.a = a
        return a @ self.W.T + self.b

    def parameter_gradients(self, delta: np.ndarray) -> None:
        """Write dC/db and dC/dW in place, for delta = dC/dz of shape (n, n_out)."""
        delta.sum(axis=0, out=self.db)  # BP3
        np.matmul(delta.T, self.a, out=self.dW)  # BP4

    def backward(self, delta: np.ndarray) -> np.ndarray:
        self.parameter_gradients(delta)
        return delta @ self.W  # the first half of BP2

    def predict(self, a: np.ndarray) -> np.ndarray:
        return a @ self.W.T + self.b

    def parameters(self) -> list[Parameter]:
        return [Parameter("W", self.W, self.dW), Parameter("b", self.b, self.db)]


class Sigmoid(Layer):
    """a = sigma(z), between 0 and 1; its slope is sigma'(z) = a (1 - a)."""

    stores = ("a",)

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.a = sigmoid(z)
        return self.a

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad * self.a * (1 - self.a)  # BP1, and the second half of BP2

    def predict(self, z: np.ndarray) -> np.ndarray:
        return sigmoid(z)


class Tanh(Layer):
    """a = tanh(z), between -1 and 1; its slope is 1 - a^2."""

    stores = ("a",)

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.a = np.tanh(z)
        return self.a

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad * (1 - self.a**2)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return np.tanh(z)


class ReLU(Layer):
    """a = max(0, z); its slope is 1 where z > 0 and 0 elsewhere (at the kink too, by convention)."""

    stores = ("z",)

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.z = z
        return np.maximum(z, 0)

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad * (self.z > 0)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return np.maximum(z, 0)


class Dropout(Layer):
    """In training, each activation is dropped by chance: a = m x / (1 - rate), with m = 0 or 1.

    m is 0 with probability `rate`, drawn anew in each forward pass and for each entry of x, of shape
    (n, n_in). Dividing by 1 - rate keeps the mean of a at x, so that `predict` hands x on unchanged
    ("inverted" dropout). Source: Srivastava et al. (2014), who scale the weights at test time instead.

    Parameters
    ----------
    rate : the share of activations to drop; ValueError unless 0 <= rate < 1.
    rng : where the draws come from.

    Attributes
    ----------
    mask : ndarray of shape (n, n_in), m / (1 - rate) of the last forward pass.
    """

    stores = ("mask",)

    def __init__(self, rate: float, rng: np.random.Generator):
        if not 0 <= rate < 1:
            raise ValueError(f"rate: got {rate}, expected a number from 0 up to, but not including, 1")
        self.rate, self.rng = rate, rng

    def forward(self, a: np.ndarray) -> np.ndarray:
        keep = 1 - self.rate
        self.mask = np.divide(self.rng.random(a.shape) < keep, keep, dtype=a.dtype)
        return a * self.mask

    def backward(self, grad: np.ndarray) -> np.ndarray:
        return grad * self.mask  # the same mask, the same scale

    def predict(self, a: np.ndarray) -> np.ndarray:
        return a


class BatchNorm(Layer):
    """Each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted by two parameters.

    y = gamma x^ + beta with x^ = (x - mean) / sqrt(variance + epsilon); mean and variance (divided by n) are
    the batch's own, so that `backward` goes through them too. `predict` takes running averages of them
    instead, of the variance divided by n - 1. Source: Ioffe & Szegedy (2015).

    Parameters
    ----------
    n : number of features.
    dtype : np.float64, or np.float32 for speed.
    decay : how much of the running averages each batch leaves as it was; ValueError unless 0 <= decay < 1.
    epsilon : keeps a feature that does not vary finite.

    Attributes
    ----------
    gamma, beta, dgamma, dbeta, mean, variance : ndarray of shape (n,).
    """

    stores = ("normal", "std")

    def __init__(self, n: int, dtype: type = np.float64, decay: float = 0.9, epsilon: float = 1e-5):
        check_count("n", n)
        check_positive("epsilon", epsilon)
        if not 0 <= decay < 1:
            raise ValueError(f"decay: got {decay}, expected a number from 0 up to, but not including, 1")
        self.n_in = self.n_out = n
        self.decay, self.epsilon = decay, epsilon
        self.gamma, self.beta = np.ones(n, dtype), np.zeros(n, dtype)
        self.dgamma, self.dbeta = np.zeros(n, dtype), np.zeros(n, dtype)
        self.mean, self.variance = np.zeros(n, dtype), np.ones(n, dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        n = len(x)
        mean = x.sum(axis=0) / n
        self.normal = x - mean
        variance = (self.normal**2).sum(axis=0) / n
        self.std = np.sqrt(variance + self.epsilon)
        self.normal /= self.std
        self.mean += (1 - self.decay) * (mean - self.mean)
        self.variance += (1 - self.decay) * (variance * (n / max(n - 1, 1)) - self.variance)
        return self.gamma * self.normal + self.beta

    def backward(self, grad: np.ndarray) -> np.ndarray:
        n = len(grad)
        grad.sum(axis=0, out=self.dbeta)
        (grad * self.normal).sum(axis=0, out=self.dgamma)
        # Moving one x moves the batch's mean and variance too, and with them every row.
        return self.gamma / self.std * (grad - self.dbeta / n - self.normal * (self.dgamma / n))

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.gamma * (x - self.mean) / np.sqrt(self.variance + self.epsilon) + self.beta

    def parameters(self) -> list[Parameter]:
        return [Parameter("gamma", self.gamma, self.dgamma), Parameter("beta", self.beta, self.dbeta)]

    def state(self) -> dict[str, np.ndarray]:
        return super().state() | {"mean": self.mean, "variance": self.variance}


class Network(Layer):
    """Layers in a row, each fed by the one before; a network is a layer too, so networks nest.

    Raises ValueError where neighbouring layers do not fit or one layer stands in two places, and
    TypeError where layers have different dtypes. `forward` and `predict` check that `x` is an array
    of shape (n, n_in), n >= 1, of the parameters' dtype.
    """

    def __init__(self, *layers: Layer):
        self.layers = layers
        self.n_in, self.n_out, self.dtype = _fit_together(layers)

    def forward(self, x: np.ndarray) -> np.ndarray:
        check_features(x, self.n_in, self.dtype)
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad: np.ndarray) -> np.ndarray:
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def parameter_gradients(self, grad: np.ndarray) -> None:
        """`backward` as training needs it: without dC/dx, often the largest product of all."""
        first, *others = self.layers
        for layer in reversed(others):
            grad = layer.backward(grad)
        if type(first).backward is Dense.backward:
            first.parameter_gradients(grad)
        else:
            first.backward(grad)

    def predict(self, x: np.ndarray) -> np.ndarray:
        check_features(x, self.n_in, self.dtype)
        for layer in self.layers:
            x = layer.predict(x)
        return x

    def parameters(self) -> list[Parameter]:
        """Every layer's parameters, named by the layer's place: "0.W", "0.b", "2.W", ..."""
        return [
            Parameter(f"{i}.{p.name}", p.value, p.grad)
            for i, layer in enumerate(self.layers)
            for p in layer.parameters()
        ]

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


def _leaves(layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers of layers, with networks opened."""
    for layer in layers:
        yield from _leaves(layer.layers) if isinstance(layer, Network) else (layer,)


def _fit_together(layers: tuple[Layer, ...]) -> tuple[int | None, int | None, np.dtype | None]:
    """The inputs, outputs and dtype of layers in a row; raise where they do not fit."""
    leaves = [id(layer) for layer in _leaves(layers)]
    if len(set(leaves)) < len(leaves):
        raise ValueError("layers: one layer stands in two places; create a new one for each place")
    n_in = width = dtype = None
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"layers: got {layer!r} at place {i}, expected a Layer such as Dense(...) or Sigmoid()")
        takes, gives = getattr(layer, "n_in", None), getattr(layer, "n_out", None)
        if None not in (width, takes) and takes != width:
            raise ValueError(f"layers: layer {i} takes {takes} inputs, but the layers before it give {width}")
        n_in = takes if width is None and n_in is None else n_in
        width = gives or width
        for p in layer.parameters():
            if dtype not in (None, p.value.dtype):
                raise TypeError(f"layers: layer {i} has dtype {p.value.dtype}, but those before it {dtype}")
            dtype = p.value.dtype
    return n_in, width, dtype
