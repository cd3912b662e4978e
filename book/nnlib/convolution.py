"""Convolution: layers for images, a batch of which is (n, channels, height, width)."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .checks import check_count, check_dtype, check_rng, check_shape, check_whole, check_window
from .layers import Init, Layer, Parameter, scaled_normal


class Conv2d(Layer):
    """Kernels slide over images; at each place one gives its sum of products with the window below it, plus a bias.

    z[k, y, x] = b[k] + sum over c, i, j of K[k, c, i, j] a[c, stride y + i, stride x + j], for one image: the same
    kernel at all places (in mathematics a cross-correlation; a convolution would flip it). With the windows as columns
    of a matrix A all of it is one product, Z = K A + b, and the way back two: dK = Delta A^T, and K^T Delta, the slopes
    of the windows, each of which is added to where it was read. Source: LeCun et al. (1989).

    Parameters
    ----------
    n_in : shape (channels, height, width) of an image.
    kernels : number of kernels, and so of channels that come out.
    size : height and width of a kernel.
    rng : where the random weights come from.
    dtype : np.float64, or np.float32 for speed.
    stride : by how many pixels a kernel moves on.
    padding : how many rows and columns of zeros are put around an image, on each side.
    init : a function (rng, (kernels, channels size size)) -> weights of that shape.

    Attributes
    ----------
    K, dK : ndarray of shape (kernels, channels, size, size).
    b, db : ndarray of shape (kernels,).
    n_out : the shape (kernels, (height + 2 padding - size) // stride + 1, and the same of the width).
    """

    AT_ONCE = 100  # images that `predict` takes at a time, since their windows are size^2 times as large
    stores = ("columns",)

    def __init__(
        self,
        n_in: tuple[int, int, int],
        kernels: int,
        size: int,
        rng: np.random.Generator,
        dtype: type = np.float64,
        stride: int = 1,
        padding: int = 0,
        init: Init = scaled_normal,
    ):
        check_shape("n_in", n_in, ("channels", "height", "width"))
        check_count("kernels", kernels)
        check_count("size", size)
        check_rng(rng)
        check_dtype(dtype)
        check_count("stride", stride)
        check_whole("padding", padding)
        channels, *sides = n_in
        check_window(size, [side + 2 * padding for side in sides])
        self.n_in = tuple(n_in)
        self.n_out = (kernels, *((side + 2 * padding - size) // stride + 1 for side in sides))
        self.size, self.stride, self.padding = size, stride, padding
        self.K = init(rng, (kernels, channels * size * size)).astype(dtype).reshape(kernels, channels, size, size)
        self.b = np.zeros(kernels, dtype)
        self.dK, self.db = np.zeros_like(self.K), np.zeros_like(self.b)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.columns = self.windows(a)
        return self.product(self.columns)

    def collect(self, delta: np.ndarray) -> None:
        delta = self.as_rows(delta)
        delta.sum(axis=1, out=self.db)
        np.matmul(delta, self.columns.T, out=self.dK.reshape(len(delta), -1))

    def pass_back(self, delta: np.ndarray) -> np.ndarray:
        channels, above, across = self.n_in
        _, height, width = self.n_out
        n, p, s = len(delta), self.padding, self.stride
        columns = self.K.reshape(len(self.K), -1).T @ self.as_rows(delta)
        columns = columns.reshape(channels, self.size, self.size, height, width, n)
        da = np.zeros((channels, above + 2 * p, across + 2 * p, n), delta.dtype)
        for i, j in np.ndindex(self.size, self.size):
            da[:, i : i + s * height : s, j : j + s * width : s] += columns[:, i, j]
        return da[:, p : p + above, p : p + across].transpose(3, 0, 1, 2)

    def predict(self, a: np.ndarray) -> np.ndarray:
        parts = range(0, len(a), self.AT_ONCE)
        return np.concatenate([self.product(self.windows(a[start : start + self.AT_ONCE])) for start in parts])

    def parameters(self) -> list[Parameter]:
        return [Parameter("K", self.K, self.dK), Parameter("b", self.b, self.db)]

    # Between these the examples are the last axis, so that what is copied or added together lies side by side.

    def windows(self, a: np.ndarray) -> np.ndarray:
        """All windows of the images, each a column: shape (channels size size, height width n)."""
        p, s = self.padding, self.stride
        a = np.pad(a.transpose(1, 2, 3, 0), ((0, 0), (p, p), (p, p), (0, 0)))
        windows = sliding_window_view(a, (self.size, self.size), axis=(1, 2))[:, ::s, ::s]
        return windows.transpose(0, 4, 5, 1, 2, 3).reshape(self.K[0].size, -1)

    def product(self, columns: np.ndarray) -> np.ndarray:
        """What the kernels make of the windows, (n, kernels, height, width)."""
        z = self.K.reshape(len(self.K), -1) @ columns + self.b[:, None]
        return z.reshape(*self.n_out, -1).transpose(3, 0, 1, 2)

    def as_rows(self, delta: np.ndarray) -> np.ndarray:
        """The slopes (n, kernels, height, width) as a row for each kernel, in the order of the columns."""
        return delta.transpose(1, 2, 3, 0).reshape(len(self.K), -1)


class MaxPool2d(Layer):
    """The largest of each `size` by `size` pixels that lie side by side, channel by channel.

    What is left over at the right and below is not looked at. On the way back the slope goes to the pixel that was the
    largest, and to the first of them, row by row, where several were: as in PyTorch, one and not each of them.

    Parameters
    ----------
    n_in : shape (channels, height, width) of an image.
    size : height and width of what becomes one pixel.

    Attributes
    ----------
    n_out : the shape (channels, height // size, width // size).
    """

    stores = ("a", "largest")

    def __init__(self, n_in: tuple[int, int, int], size: int):
        check_shape("n_in", n_in, ("channels", "height", "width"))
        check_count("size", size)
        channels, height, width = n_in
        check_window(size, [height, width])
        self.n_in, self.n_out = tuple(n_in), (channels, height // size, width // size)
        self.size = size

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.a, self.largest = a, self.predict(a)
        return self.largest

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        da, free = np.zeros_like(self.a), np.ones_like(self.largest, dtype=bool)
        for pixels in self.places():
            wins = (self.a[pixels] == self.largest) & free
            da[pixels] = grad * wins
            free &= ~wins
        return da

    def predict(self, a: np.ndarray) -> np.ndarray:
        first, *others = (a[pixels] for pixels in self.places())
        largest = first.copy()
        for other in others:
            np.maximum(largest, other, out=largest)
        return largest

    def places(self) -> Iterator[tuple]:
        """Where the first pixels of all that become one stand, where the second ones, and so on, row by row."""
        _, height, width = self.n_out
        s = self.size
        for i, j in np.ndindex(s, s):
            yield ..., slice(i, s * height, s), slice(j, s * width, s)


class Flatten(Layer):
    """Each example, of whatever shape, becomes one row: (n, channels, height, width) becomes (n, features).

    Parameters
    ----------
    n_in : shape of an example, as of an image (channels, height, width).
    """

    stores = ("shape",)

    def __init__(self, n_in: tuple[int, ...]):
        check_shape("n_in", n_in)
        self.n_in, self.n_out = tuple(n_in), math.prod(n_in)

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.shape = a.shape
        return a.reshape(len(a), -1)

    def pass_back(self, grad: np.ndarray) -> np.ndarray:
        return grad.reshape(self.shape)

    def predict(self, a: np.ndarray) -> np.ndarray:
        return a.reshape(len(a), -1)
