"""Examples: the two small networks that the book works through by hand, numbers and all."""

from dataclasses import dataclass

import numpy as np

from .layers import Dense, Sigmoid
from .network import Network


@dataclass(frozen=True)
class Example:
    """A two-layer sigmoid network with given numbers, one input, one target and a learning rate.

    `x` has shape (1, n_in), `y` (1, n_out); `weights` holds W1, b1, W2, b2.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    weights: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    learning_rate: float

    def network(self) -> Network:
        """A fresh network with these weights, float64."""
        W1, b1, W2, b2 = self.weights
        rng = np.random.default_rng(0)  # its weights are overwritten at once
        hidden = Dense(*W1.T.shape, rng, init=lambda rng, shape: W1)
        output = Dense(*W2.T.shape, rng, init=lambda rng, shape: W2)
        hidden.b[...], output.b[...] = b1, b2
        return Network(hidden, Sigmoid(), output, Sigmoid())


def net_2_2_1() -> Example:
    """Two inputs, two hidden neurons, one output: the book's own first network."""
    return Example(
        name="2-2-1",
        x=np.array([[0.5, 1.0]]),
        y=np.array([[1.0]]),
        weights=(
            np.array([[0.8, -0.4], [-0.6, 0.9]]),
            np.array([0.2, -0.1]),
            np.array([[1.2, -0.8]]),
            np.array([0.3]),
        ),
        learning_rate=0.5,
    )


def net_2_2_2() -> Example:
    """Two inputs, two hidden neurons, two outputs: Matt Mazur's well-known example of 2015.

    His biases are one number for a layer and stay as they are; here each neuron has its own, and learns.
    """
    return Example(
        name="2-2-2",
        x=np.array([[0.05, 0.10]]),
        y=np.array([[0.01, 0.99]]),
        weights=(
            np.array([[0.15, 0.20], [0.25, 0.30]]),
            np.array([0.35, 0.35]),
            np.array([[0.40, 0.45], [0.50, 0.55]]),
            np.array([0.60, 0.60]),
        ),
        learning_rate=0.5,
    )
