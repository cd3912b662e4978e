"""Automatic differentiation: values that remember what they were made from, and one walk back for all their slopes."""

from collections.abc import Callable

import numpy as np

PassBack = Callable[[np.ndarray], np.ndarray]  # dC/d(result) -> dC/d(source), as far as that operation is concerned


def plain(x: object) -> np.ndarray:
    """The array of a Value; of numbers and arrays the same as float64."""
    return x.data if isinstance(x, Value) else np.asarray(x, float)


def unbroadcast(slope: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The slope for an array of this shape, from that for what broadcasting has made of it: paths add."""
    if slope.shape == shape:
        return slope
    new = slope.ndim - len(shape)  # axes that broadcasting has put in front
    slope = slope.sum(axis=tuple(range(new)))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return slope.sum(axis=stretched, keepdims=True)


class Value:
    """An array that remembers what it was made from, so that `backward` finds the slopes of whatever was computed.

    `+ - * / @`, `**` with a number, `exp`, `log`, `tanh`, `relu`, `sum` and `T` make new values of it, entry by entry
    and with NumPy's broadcasting. Plain numbers and arrays beside a Value are constants, on which nothing is spent on
    the way back. The idea is in Griewank & Walther (2008); the form follows the tape of the chapter on the chain rule.

    Parameters
    ----------
    data : a number or an array, kept as float64; an array of that type is not copied.
    sources : pairs (what it was made from, a PassBack); one that was made from a constant is left out.

    Attributes
    ----------
    data : ndarray of any shape.
    grad : dC/d(data), of the same shape, after C.backward(); 0.0 before.
    """

    __array_ufunc__ = None  # NumPy then leaves `array * value` to the methods below

    def __init__(self, data: object, *sources: tuple[object, PassBack]):
        self.data, self.grad = np.asarray(data, float), 0.0
        self.sources = [pair for pair in sources if isinstance(pair[0], Value)]

    def __add__(self, other: object) -> "Value":
        total = self.data + plain(other)  # distributes
        return Value(total, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other: object) -> "Value":
        a, b = self.data, plain(other)  # swaps
        return Value(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def __truediv__(self, other: object) -> "Value":
        a, b = self.data, plain(other)
        return Value(a / b, (self, lambda g: g / b), (other, lambda g: -g * a / b**2))

    def __pow__(self, power: float) -> "Value":
        a = self.data
        return Value(a**power, (self, lambda g: g * (power * a ** (power - 1))))

    def __neg__(self) -> "Value":
        return self * -1.0

    def __sub__(self, other: object) -> "Value":
        return self + -1.0 * other

    def __rsub__(self, other: object) -> "Value":
        return -self + other

    def __rtruediv__(self, other: object) -> "Value":
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other: object) -> "Value":
        return matmul(self, other)

    def __rmatmul__(self, other: object) -> "Value":
        return matmul(other, self)

    def exp(self) -> "Value":
        e = np.exp(self.data)
        return Value(e, (self, lambda g: g * e))

    def log(self) -> "Value":
        a = self.data
        return Value(np.log(a), (self, lambda g: g / a))

    def tanh(self) -> "Value":
        t = np.tanh(self.data)
        return Value(t, (self, lambda g: g * (1 - t**2)))

    def relu(self) -> "Value":
        z = self.data
        return Value(np.maximum(z, 0), (self, lambda g: g * (z > 0)))

    @property
    def T(self) -> "Value":
        return Value(self.data.T, (self, lambda g: g.T))

    def sum(self, axis: int | None = None) -> "Value":
        """The sum of all entries, a number; or along one axis, which stays, with the length 1."""
        shape = self.data.shape
        total = self.data.sum(axis=axis, keepdims=axis is not None)
        return Value(total, (self, lambda g: np.broadcast_to(g, shape)))

    def in_order(self) -> list["Value"]:
        """All that this value was made from, and last itself: each after all its own sources."""
        order, listed, waiting = [], set(), [self]
        while waiting:
            value = waiting[-1]
            missing = [source for source, _ in value.sources if source not in listed]
            waiting += missing
            if not missing:
                waiting.pop()
                if value not in listed:
                    order.append(value)
                    listed.add(value)
        return order

    def backward(self) -> None:
        """Add to the `grad` of each value that was made from nothing how fast this one, a number, changes with it.

        Values in between have their slopes of this walk alone. Raises ValueError unless this is one number.
        """
        if self.data.size != 1:
            raise ValueError(f"backward: got a value of shape {self.data.shape}, expected one number, such as a cost")
        order = self.in_order()
        for value in order:
            if value.sources:
                value.grad = 0.0
        self.grad = np.ones_like(self.data)
        for value in reversed(order):
            for source, pass_back in value.sources:
                slope = unbroadcast(pass_back(value.grad), source.data.shape)
                source.grad = source.grad + slope


def matmul(u: object, v: object) -> Value:
    """The product u @ v of two tables, of which one or both are Values; ValueError unless both have two axes."""
    a, b = plain(u), plain(v)
    if a.ndim != 2 or b.ndim != 2:
        raise ValueError(f"@: got the shapes {a.shape} and {b.shape}, expected two tables of rows and columns")
    return Value(a @ b, (u, lambda g: g @ b.T), (v, lambda g: a.T @ g))
