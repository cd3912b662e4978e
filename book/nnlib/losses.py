"""Losses: the cost C, and its gradient with respect to the network's output."""

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
    """What every loss can do: `forward` gives the mean cost of a batch, `backward` its gradient."""

    def forward(self, output: np.ndarray, target: np.ndarray, weight: float | np.ndarray = 1.0) -> float:
        """The mean cost C of the batch, keeping what `backward` will need.

        `weight`, of shape (n,), says how many times each example's cost counts in the sum that is divided by n.
        """
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

    stores = ("error", "weight")

    def forward(self, output: np.ndarray, target: np.ndarray, weight: float | np.ndarray = 1.0) -> float:
        check_same_shape(output, target)
        self.error, self.weight = output - target, as_column(weight, output)
        return float((self.weight * self.error**2).sum() / (2 * len(output)))

    def backward(self) -> np.ndarray:
        return self.weight * self.error / len(self.error)


class BinaryCrossEntropy(Loss):
    """C = mean of -[y ln p + (1 - y) ln(1 - p)] with p = sigmoid(z); logits z and 0/1 targets (n, 1).

    In nats. Taking the logit z instead of p keeps it finite where p would round to 0 or 1.
    """

    stores = ("z", "y", "weight")

    def forward(self, output: np.ndarray, target: np.ndarray, weight: float | np.ndarray = 1.0) -> float:
        check_same_shape(output, target)
        check_binary(target)
        self.z, self.y, self.weight = output, target, as_column(weight, output)
        return float(np.sum(self.weight * (np.logaddexp(0, output) - target * output)) / len(output))

    def backward(self) -> np.ndarray:
        return self.weight * (sigmoid(self.z) - self.y) / len(self.z)


class SoftmaxCrossEntropy(Loss):
    """C = mean of -ln p[label] with p = softmax(z); logits z (n, n_classes), integer labels (n,).

    In nats: a network that knows nothing pays ln(n_classes). Of sequences, logits (n, time, n_classes) and labels
    (n, time), every label counts as one, and n is their number.

    Parameters
    ----------
    ignored : a label, any whole number, that costs nothing and does not count, for what only fills a batch up.
    """

    stores = ("p", "labels", "weight", "n")

    def __init__(self, ignored: int | None = None):
        self.ignored = ignored

    def forward(self, output: np.ndarray, target: np.ndarray, weight: float | np.ndarray = 1.0) -> float:
        log_p = log_softmax(output)
        check_labels(target, output.shape, self.ignored)
        counts = target != self.ignored
        self.p, self.labels = np.exp(log_p), np.where(counts, target, 0)  # an ignored one may be no place at all
        counts = counts[..., None].astype(output.dtype)
        self.weight, self.n = as_column(weight, output) * counts, max(1, int(np.count_nonzero(counts)))
        return float(-(self.weight * log_p[_at(self.labels)][..., None]).sum() / self.n)

    def backward(self) -> np.ndarray:
        delta = self.p.copy()
        delta[_at(self.labels)] -= 1  # p - y, with y the one-hot label
        return self.weight * delta / self.n

    @staticmethod
    def probabilities(logits: np.ndarray) -> np.ndarray:
        """softmax(logits): what the network believes, rows (n, n_classes) that sum to 1."""
        return np.exp(log_softmax(logits))


def _at(labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where the number of each label stands in an array of logits (n, ..., n_classes)."""
    return (*np.indices(labels.shape, sparse=True), labels)
