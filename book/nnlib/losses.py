"""Losses: the cost C, and its gradient with respect to the network's output."""

import numpy as np

from .checks import ForwardFirst, check_binary, check_labels, check_same_shape
from .layers import sigmoid


def one_hot(labels: np.ndarray, n_classes: int, dtype: type = np.float64) -> np.ndarray:
    """Rows of zeros with a single 1 at the label: integer labels (n,) become targets (n, n_classes)."""
    check_labels(labels, len(labels), n_classes)
    return np.eye(n_classes, dtype=dtype)[labels]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the softmax probabilities, row by row; logits (n, n_classes) of any size."""
    z = logits - logits.max(axis=1, keepdims=True)  # exp() cannot overflow; softmax is unchanged
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


class Loss(ForwardFirst):
    """What every loss can do: `forward` gives the mean cost of a batch, `backward` its gradient."""

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        """The mean cost C of the batch, keeping what `backward` will need."""
        raise NotImplementedError

    def backward(self) -> np.ndarray:
        """dC/d(output), of the output's shape; each row carries the mean's 1/n.

        Raises RuntimeError before the first `forward`.
        """
        raise NotImplementedError


class QuadraticCost(Loss):
    """C = 1/(2n) times the sum over the batch of |a - y|^2; output and target (n, n_out).

    The 1/2 is there so that the gradient is a - y without a 2 in front.
    """

    stores = ("error",)

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        check_same_shape(output, target)
        self.error = output - target
        return float(np.sum(self.error**2) / (2 * len(output)))

    def backward(self) -> np.ndarray:
        return self.error / len(self.error)


class BinaryCrossEntropy(Loss):
    """C = mean of -[y ln p + (1 - y) ln(1 - p)] with p = sigmoid(z); logits z and 0/1 targets (n, 1).

    In nats. Taking the logit z instead of p keeps it finite where p would round to 0 or 1.
    """

    stores = ("z", "y")

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        check_same_shape(output, target)
        check_binary(target)
        self.z, self.y = output, target
        return float(np.sum(np.logaddexp(0, output) - target * output) / len(output))

    def backward(self) -> np.ndarray:
        return (sigmoid(self.z) - self.y) / len(self.z)


class SoftmaxCrossEntropy(Loss):
    """C = mean of -ln p[label] with p = softmax(z); logits z (n, n_classes), integer labels (n,).

    In nats: a network that knows nothing pays ln(n_classes).
    """

    stores = ("p", "labels")

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        check_labels(target, len(output), output.shape[1])
        log_p = log_softmax(output)
        self.p, self.labels = np.exp(log_p), target
        return float(-log_p[np.arange(len(output)), target].sum() / len(output))

    def backward(self) -> np.ndarray:
        delta = self.p.copy()
        delta[np.arange(len(delta)), self.labels] -= 1  # p - y, with y the one-hot label
        return delta / len(delta)

    @staticmethod
    def probabilities(logits: np.ndarray) -> np.ndarray:
        """softmax(logits): what the network believes, rows (n, n_classes) that sum to 1."""
        return np.exp(log_softmax(logits))
