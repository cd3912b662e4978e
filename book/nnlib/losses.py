"""Losses: the cost C, and its gradient with respect to the network's output."""

import math

import numpy as np

from .checks import ForwardFirst, as_array, as_column, check_binary, check_labels, check_logits, check_same_shape
from .layers import sigmoid


def one_hot(labels: np.ndarray, n_classes: int, dtype: type = np.float64) -> np.ndarray:
    """Rows of zeros with a single 1 at the label: integer labels (n,) become targets (n, n_classes)."""
    labels = as_array("labels", labels)
    check_labels(labels, (*(labels.shape or ("n",)), n_classes))
    return np.eye(n_classes, dtype=dtype)[labels]


@np.errstate(under="ignore")  # what is far less probable than the rest may well become 0
def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the softmax probabilities, row by row; logits (n, n_classes) of any size."""
    check_logits(logits)
    z = logits - logits.max(axis=-1, keepdims=True)  # exp() cannot overflow; softmax is unchanged
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


class Loss(ForwardFirst):
    """What every loss can do: `forward` gives the mean cost of a batch, `backward` its gradient.

    A kind of loss says what each example costs, and the slopes of that. The mean, with its 1/n, is taken here, once.
    """

    stores: tuple[str, ...] = ("weight", "n")

    def costs(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """What each example costs, keeping what `slopes` will need: a row for each, whose sum is C_x."""
        raise NotImplementedError

    def slopes(self) -> np.ndarray:
        """dC_x/d(output) of each example, of the output's shape."""
        raise NotImplementedError

    def forward(self, output: np.ndarray, target: np.ndarray, weight: np.ndarray | None = None) -> float:
        """The mean cost C of the batch, keeping what `backward` will need.

        `weight`, of shape (n,), says how many times each example's cost counts in the sum that is divided by n.
        """
        costs = self.costs(output, target)
        self.n = math.prod(output.shape[:-1])
        self.weight = None if weight is None else as_column(weight, output)
        return float(self.weighted(costs).sum() / self.n)

    def backward(self) -> np.ndarray:
        """dC/d(output), of the output's shape; each row carries the mean's 1/n.

        Raises RuntimeError before the first `forward`.
        """
        return self.weighted(self.slopes()) / self.n

    def weighted(self, rows: np.ndarray) -> np.ndarray:
        """These rows, each times the weight of its example."""
        return rows if self.weight is None else self.weight * rows


class QuadraticCost(Loss):
    """C = 1/(2n) times the sum over the batch of |a - y|^2; output and target (n, n_out).

    The 1/2 is there so that the gradient is a - y without a 2 in front.
    """

    stores = (*Loss.stores, "error")

    def costs(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        check_same_shape(output, target)
        self.error = output - target
        return self.error**2 / 2

    def slopes(self) -> np.ndarray:
        return self.error


class BinaryCrossEntropy(Loss):
    """C = mean of -[y ln p + (1 - y) ln(1 - p)] with p = sigmoid(z); logits z and 0/1 targets (n, 1).

    In nats. Taking the logit z instead of p keeps it finite where p would round to 0 or 1.
    """

    stores = (*Loss.stores, "z", "y")

    def costs(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        check_same_shape(output, target)
        check_binary(target)
        self.z, self.y = output, target
        return np.logaddexp(0, output) - target * output

    def slopes(self) -> np.ndarray:
        return sigmoid(self.z) - self.y  # p - y


class SoftmaxCrossEntropy(Loss):
    """C = mean of -ln p[label] with p = softmax(z); logits z (n, n_classes), integer labels (n,).

    In nats: a network that knows nothing pays ln(n_classes). Of sequences, logits (n, time, n_classes) and labels
    (n, time), every label counts as one, and n is their number.

    Parameters
    ----------
    ignored : a label, any whole number, that costs nothing and does not count, for what only fills a batch up.
    """

    stores = (*Loss.stores, "p", "y")

    def __init__(self, ignored: int | None = None):
        self.ignored = ignored

    def costs(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        log_p = log_softmax(output)
        check_labels(target, output.shape)
        self.p = np.exp(log_p)
        self.y = np.arange(output.shape[-1]) == target[..., None]  # one-hot: 1 at the label, 0 elsewhere
        return np.where(self.y, -log_p, 0)

    def slopes(self) -> np.ndarray:
        return self.p - self.y

    def forward(self, output: np.ndarray, target: np.ndarray, weight: np.ndarray | None = None) -> float:
        if self.ignored is not None:
            check_labels(target, np.shape(output), self.ignored)
            counts = target != self.ignored
            each = 1.0 if weight is None else as_column(weight, output)
            weight = each * counts[..., None] * (counts.size / max(1, np.count_nonzero(counts)))
            target = np.where(counts, target, 0)  # an ignored one may be no place at all
        return super().forward(output, target, weight)

    @staticmethod
    def probabilities(logits: np.ndarray) -> np.ndarray:
        """softmax(logits): what the network believes, rows (n, n_classes) that sum to 1."""
        return np.exp(log_softmax(logits))
