"""Layers: each knows its forward pass, and how to send a gradient backward through it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .checks import ForwardFirst, check_count, check_dtype, check_positive, check_rng, check_share

Init = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]  # (rng, shape) -> weights of that shape


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

    The weighted input z then keeps its size however many inputs there are; it is near 1 where these have mean 0 and
    variance 1 (LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998).
    """
    return rng.standard_normal(shape) / np.sqrt(shape[1])


def glorot_normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights (n_out, n_in) from a normal distribution of standard deviation sqrt(2 / (n_in + n_out)).

    Between what keeps the size of z on the way there, 1 / sqrt(n_in), and that of the slopes on the way back,
    1 / sqrt(n_out) (Glorot & Bengio, 2010; in PyTorch "xavier").
    """
    return rng.standard_normal(shape) * np.sqrt(2 / (shape[0] + shape[1]))


def he_normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Weights (n_out, n_in) from a normal distribution of standard deviation sqrt(2 / n_in).

    The 2 makes up for ReLU, which lets half of the sum of squares through (He et al., 2015; in PyTorch "kaiming").
    """
    return rng.standard_normal(shape) * np.sqrt(2 / shape[1])


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) for any z and any shape: written with tanh, it cannot overflow."""
    return (1 + np.tanh(z / 2)) / 2


def as_rows(x: np.ndarray) -> np.ndarray:
    """A batch (n, features) as it is; of sequences (n, time, features) each time of each example as a row."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


class Layer(ForwardFirst):
    """What every layer, and every network, can do. Rows are examples: `x` has shape (n, n_in).

    A layer stores in `forward` what the way back needs, and names it in `stores`; on the way back it collects what
    its own parameters need, and passes back the rest.
    """

    n_in = n_out = None  # features that it takes and gives, or an example's shape; None where any will do
    integers = False  # whether it takes integers, as an embedding does

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The output (n, n_out), keeping what the way back will need."""
        raise NotImplementedError

    def collect(self, grad: np.ndarray) -> None:
        """Write dC/d(parameters) in place, for grad = dC/d(output); without parameters there is nothing to do.

        Raises RuntimeError before the first `forward`, as `pass_back` does.
        """

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        """dC/d(input), for grad = dC/d(output). It comes after `collect(grad)` and may use what that has written."""
        raise NotImplementedError

    def backward(self, grad: np.ndarray) -> np.ndarray:
        """The whole way back: collect, then pass back."""
        self.collect(grad)
        return self.pass_back(grad)

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

    Of sequences (n, time, n_in) each time of each example is a row by itself.

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
        self, n_in: int, n_out: int, rng: np.random.Generator, dtype: type = np.float64, init: Init = scaled_normal
    ):
        check_count("n_in", n_in)
        check_count("n_out", n_out)
        check_rng(rng)
        check_dtype(dtype)
        self.n_in, self.n_out = n_in, n_out
        self.W = init(rng, (n_out, n_in)).astype(dtype)
        self.b = np.zeros(n_out, dtype)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.a = a
        return a @ self.W.T + self.b

    def collect(self, delta: np.ndarray) -> None:
        delta, a = as_rows(delta), as_rows(self.a)
        delta.sum(axis=0, out=self.db)  # BP3
        np.matmul(delta.T, a, out=self.dW)  # BP4

    def pass_back(self, delta: np.ndarray) -> np.ndarray:
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

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * self.a * (1 - self.a)  # BP1, and the second half of BP2

    def predict(self, z: np.ndarray) -> np.ndarray:
        return sigmoid(z)


class Tanh(Layer):
    """a = tanh(z), between -1 and 1; its slope is 1 - a^2."""

    stores = ("a",)

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.a = np.tanh(z)
        return self.a

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * (1 - self.a**2)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return np.tanh(z)


class ReLU(Layer):
    """a = max(0, z); its slope is 1 where z > 0 and 0 elsewhere (at the kink too, by convention)."""

    stores = ("z",)

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.z = z
        return np.maximum(z, 0)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * (self.z > 0)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return np.maximum(z, 0)


class LeakyReLU(Layer):
    """a = z where z > 0 and slope z elsewhere; there and at the kink its slope is `slope`, not 0 as ReLU's.

    Source: Maas, Hannun & Ng (2013).

    Parameters
    ----------
    slope : ValueError unless 0 <= slope < 1.
    """

    stores = ("z",)

    def __init__(self, slope: float = 0.01):
        check_share("slope", slope)
        self.slope = slope

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.z = z
        return self.predict(z)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return np.where(self.z > 0, grad, self.slope * grad)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return np.where(z > 0, z, self.slope * z)


class GELU(Layer):
    """a = z g(z): a ReLU whose gate g opens smoothly, from 0 to 1.

    g(z) = (1 + tanh u) / 2 with u = sqrt(2 / pi) (z + 0.044715 z^3), so that g' = 2 g (1 - g) u'. Source: Hendrycks &
    Gimpel (2016), who let g be the share of a normal distribution that lies below z, and give this form, by which a
    differs by less than 0.001; it is PyTorch's GELU(approximate="tanh").
    """

    stores = ("z", "gate")

    def forward(self, z: np.ndarray) -> np.ndarray:
        self.z, self.gate = z, self.opened(z)
        return z * self.gate

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * self.z**2)
        return grad * (self.gate + self.z * 2 * self.gate * (1 - self.gate) * du)

    def predict(self, z: np.ndarray) -> np.ndarray:
        return z * self.opened(z)

    @staticmethod
    def opened(z: np.ndarray) -> np.ndarray:
        """How far the gate is open, g(z)."""
        return (1 + np.tanh(math.sqrt(2 / math.pi) * z * (1 + 0.044715 * z**2))) / 2


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
        check_share("rate", rate)
        check_rng(rng)
        self.rate, self.rng = rate, rng

    def forward(self, a: np.ndarray) -> np.ndarray:
        keep = 1 - self.rate
        self.mask = np.divide(self.rng.random(a.shape) < keep, keep, dtype=a.dtype)
        return a * self.mask

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad * self.mask  # the same mask, the same scale

    def predict(self, a: np.ndarray) -> np.ndarray:
        return a


class BatchNorm(Layer):
    """Each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted by two parameters.

    The features of images (n, channels, height, width) are their channels.

    y = gamma x^ + beta with x^ = (x - mean) / sqrt(variance + epsilon); mean and variance (divided by n) are
    the batch's own, so that the way back goes through them too. `predict` takes running averages of them
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
        check_dtype(dtype)
        check_positive("epsilon", epsilon)
        check_share("decay", decay)
        self.n_in = self.n_out = n
        self.decay, self.epsilon = decay, epsilon
        self.gamma, self.beta = np.ones(n, dtype), np.zeros(n, dtype)
        self.dgamma, self.dbeta = np.zeros(n, dtype), np.zeros(n, dtype)
        self.mean, self.variance = np.zeros(n, dtype), np.ones(n, dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        rows = _rows(x)
        n = len(rows)
        mean = rows.sum(axis=0) / n
        self.normal = rows - mean
        variance = (self.normal**2).sum(axis=0) / n
        self.std = np.sqrt(variance + self.epsilon)
        self.normal /= self.std
        self.mean += (1 - self.decay) * (mean - self.mean)
        self.variance += (1 - self.decay) * (variance * (n / max(n - 1, 1)) - self.variance)
        return _shaped(self.gamma * self.normal + self.beta, x)

    def collect(self, grad: np.ndarray) -> None:
        rows = _rows(grad)
        self.dbeta[...] = rows.sum(axis=0)
        self.dgamma[...] = (rows * self.normal).sum(axis=0)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        rows = _rows(grad)
        n = len(rows)
        # Moving one x moves the batch's mean and variance too, and with them every row: the same two sums again.
        dx = self.gamma / self.std * (rows - self.dbeta / n - self.normal * (self.dgamma / n))
        return _shaped(dx, grad)

    def predict(self, x: np.ndarray) -> np.ndarray:
        y = self.gamma * (_rows(x) - self.mean) / np.sqrt(self.variance + self.epsilon) + self.beta
        return _shaped(y, x)

    def parameters(self) -> list[Parameter]:
        return [Parameter("gamma", self.gamma, self.dgamma), Parameter("beta", self.beta, self.dbeta)]

    def state(self) -> dict[str, np.ndarray]:
        return super().state() | {"mean": self.mean, "variance": self.variance}


class LayerNorm(Layer):
    """The features of each example brought to mean 0 and variance 1, then scaled and shifted by two parameters.

    y = gamma x^ + beta with x^ = (x - mean) / sqrt(variance + epsilon). Mean and variance (divided by n) are taken over
    the n features of one example, of each time of a sequence, of each pixel of an image (whose features are its
    channels): no example depends on its neighbours, and `predict` does the same. Source: Ba, Kiros & Hinton (2016).

    Parameters
    ----------
    n : number of features.
    dtype : np.float64, or np.float32 for speed.
    epsilon : keeps features that are all the same finite.

    Attributes
    ----------
    gamma, beta, dgamma, dbeta : ndarray of shape (n,).
    """

    stores = ("normal", "std")

    def __init__(self, n: int, dtype: type = np.float64, epsilon: float = 1e-5):
        check_count("n", n)
        check_dtype(dtype)
        check_positive("epsilon", epsilon)
        self.n_in = self.n_out = n
        self.epsilon = epsilon
        self.gamma, self.beta = np.ones(n, dtype), np.zeros(n, dtype)
        self.dgamma, self.dbeta = np.zeros(n, dtype), np.zeros(n, dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.normal, self.std = self.normalized(_rows(x))
        return _shaped(self.gamma * self.normal + self.beta, x)

    def collect(self, grad: np.ndarray) -> None:
        rows = _rows(grad)
        self.dbeta[...] = rows.sum(axis=0)
        self.dgamma[...] = (rows * self.normal).sum(axis=0)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        slopes = _rows(grad) * self.gamma  # dC/dx^
        # Moving one x moves its example's mean and variance too, and with them every feature.
        by_mean = slopes.mean(axis=1, keepdims=True)
        by_variance = self.normal * (slopes * self.normal).mean(axis=1, keepdims=True)
        return _shaped((slopes - by_mean - by_variance) / self.std, grad)

    def predict(self, x: np.ndarray) -> np.ndarray:
        normal, _ = self.normalized(_rows(x))
        return _shaped(self.gamma * normal + self.beta, x)

    def normalized(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of mean 0 and variance 1, and by what each has been divided for that."""
        centered = rows - rows.mean(axis=1, keepdims=True)
        std = np.sqrt((centered**2).mean(axis=1, keepdims=True) + self.epsilon)
        return centered / std, std

    def parameters(self) -> list[Parameter]:
        return [Parameter("gamma", self.gamma, self.dgamma), Parameter("beta", self.beta, self.dbeta)]


def _rows(x: np.ndarray) -> np.ndarray:
    """Rows of features: of images (n, channels, height, width) a row for each pixel, of sequences one for each time."""
    return (np.moveaxis(x, 1, -1) if x.ndim == 4 else x).reshape(-1, x.shape[1 if x.ndim == 4 else -1])


def _shaped(rows: np.ndarray, x: np.ndarray) -> np.ndarray:
    """These rows in the shape of `x`, from which `_rows` has made them."""
    return np.moveaxis(rows.reshape(np.moveaxis(x, 1, -1).shape), -1, 1) if x.ndim == 4 else rows.reshape(x.shape)
