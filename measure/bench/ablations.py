"""Ablations: nnlib with one of its techniques taken out, by putting the plainer code back; or with one more put in."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from measure.bench.peers import ours
from nnlib import layers, losses, network, optimizers, training


@dataclass(frozen=True)
class Change:
    """What is changed, the networks and batches where it is measured, and how it is done."""

    what: str
    where: tuple[tuple[str, int], ...]
    apply: Callable[[], None]


def float64():
    ours.DTYPE = np.float64


def copies():
    def collect(self, delta):
        self.db[...] = delta.sum(axis=0)
        self.dW[...] = delta.T @ self.a

    layers.Dense.collect = collect


def to_the_pixels():
    network.Network.collect = network.Network.backward


def two_cases():
    def sigmoid(z):
        e = np.exp(-np.abs(z))
        return np.where(z >= 0, 1, e) / (1 + e)

    layers.sigmoid = sigmoid


def shuffled_copy():
    def minibatches(x, y, batch_size, rng):
        order = rng.permutation(len(x))
        x, y = x[order], y[order]
        for start in range(0, len(x), batch_size):
            yield x[start : start + batch_size], y[start : start + batch_size]

    training.minibatches = minibatches


def plain_adam():
    def step(self):
        rate, t = self.rate(), self.steps + 1
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m[...] = self.beta1 * m + (1 - self.beta1) * p.grad
            v[...] = self.beta2 * v + (1 - self.beta2) * p.grad**2
            root = np.sqrt(v / (1 - self.beta2**t))
            p.value[...] -= rate * (m / (1 - self.beta1**t)) / (root + self.epsilon)
        self.steps = t
        if t % self.FLUSH_EVERY == 0:
            self.flush()

    optimizers.Adam.step = step


def denormals():
    optimizers.Adam.FLUSH_EVERY = 10**9


def threads():
    class NoLimit:
        def __init__(self, *args, **kwargs):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

    training.threadpool_limits = NoLimit


def columns():
    plain = layers.Dense.__init__

    def init(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        self.W, self.dW = np.asfortranarray(self.W), np.asfortranarray(self.dW)

    layers.Dense.__init__ = init


def one_room():
    def minibatches(x, y, batch_size, rng):
        order = rng.permutation(len(x))
        rooms = [np.empty((batch_size, *array.shape[1:]), array.dtype) for array in (x, y)]
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            yield tuple(a.take(batch, 0, room[: len(batch)], "clip") for a, room in zip((x, y), rooms, strict=True))

    training.minibatches = minibatches


def arrays_of_one():
    def step(self):
        t, dtype = self.steps + 1, self.m[0].dtype
        root = (1 - self.beta2**t) ** 0.5
        rate, epsilon = (np.array(c, dtype) for c in (self.rate() * root / (1 - self.beta1**t), self.epsilon * root))
        beta1, beta2, rest1, rest2 = (
            np.array(c, dtype) for c in (self.beta1, self.beta2, 1 - self.beta1, 1 - self.beta2)
        )
        for p, m, v, s in zip(self.parameters, self.m, self.v, self.scratch, strict=True):
            m *= beta1
            m += np.multiply(rest1, p.grad, out=s)
            v *= beta2
            v += np.multiply(rest2, np.square(p.grad, out=s), out=s)
            np.sqrt(v, out=s)
            s += epsilon
            np.divide(m, s, out=s)
            s *= rate
            p.value[...] -= s
        self.steps = t
        if t % self.FLUSH_EVERY == 0:
            self.flush()

    optimizers.Adam.step = step


def dot_product():
    def forward(self, output, target, weight=None):
        self.error, self.weight, self.n = output - target, weight, len(output)
        error = self.error.ravel()
        return float(error @ error / (2 * self.n))

    losses.QuadraticCost.forward = forward


def sums():
    def step(self):
        t = self.steps + 1
        root = ((1 - self.beta2**t) / (1 - self.beta2)) ** 0.5
        rate, epsilon = self.rate() * root * (1 - self.beta1) / (1 - self.beta1**t), self.epsilon * root
        for p, m, v, s in zip(self.parameters, self.m, self.v, self.scratch, strict=True):
            m *= self.beta1
            m += p.grad  # m / (1 - beta1)
            v *= self.beta2
            v += np.square(p.grad, out=s)  # v / (1 - beta2)
            np.sqrt(v, out=s)
            s += epsilon
            np.divide(m, s, out=s)
            s *= rate
            p.value[...] -= s
        self.steps = t
        if t % self.FLUSH_EVERY == 0:
            self.flush()

    optimizers.Adam.step = step


SIGMOIDS, ALL = (("B", 10), ("B", 128)), (("B", 10), ("B", 128), ("C", 32))
CHANGES = {
    "float64": Change("float64 in place of float32", ALL, float64),
    "to_the_pixels": Change("the gradient with respect to the pixels computed too", ALL, to_the_pixels),
    "copies": Change("gradients made anew and copied, not written in place", ALL, copies),
    "two_cases": Change("the sigmoid in two cases with exp, not as a tanh", SIGMOIDS, two_cases),
    "shuffled_copy": Change(
        "a shuffled copy of all images in each epoch, not rows taken batch by batch", ALL, shuffled_copy
    ),
    "plain_adam": Change("Adam as its formula stands, with new arrays, not in place", (("C", 32),), plain_adam),
    "denormals": Change("Adam's fading moments left to become denormal", (("C", 10),), denormals),
    "threads": Change("BLAS with its default threads", ALL, threads),
}
LEFT_OUT = {
    "columns": Change("weights stored column by column", (*ALL, ("C", 128)), columns),
    "one_room": Change("each mini-batch written over the one before", (*ALL, ("C", 128)), one_room),
    "dot_product": Change("the quadratic cost as a dot product", SIGMOIDS, dot_product),
    "sums": Change("Adam's m and v as sums, not means", (("C", 32), ("C", 128)), sums),
    "arrays_of_one": Change("Adam's numbers as arrays of one number", (("C", 32), ("C", 128)), arrays_of_one),
}
