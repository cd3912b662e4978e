"""Networks: the three that are timed, and the weights that every peer starts from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Net:
    """`sizes` of the layers; "sigmoid" means quadratic cost and SGD, "relu" softmax cross-entropy and Adam."""

    sizes: tuple[int, ...]
    kind: str
    rate: float

    def weights(self, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
        """W (n_out, n_in) and b (n_out,) of each layer, float32."""
        rng = np.random.default_rng(seed)
        shapes = zip(self.sizes[1:], self.sizes[:-1], strict=True)
        return [
            ((rng.standard_normal(shape) / np.sqrt(shape[1])).astype(np.float32), np.zeros(shape[0], np.float32))
            for shape in shapes
        ]


NETS = {
    "A": Net((784, 16, 16, 10), "sigmoid", 3.0),
    "B": Net((784, 30, 10), "sigmoid", 3.0),
    "C": Net((784, 128, 64, 10), "relu", 0.001),
}
BATCHES = (10, 32, 128, 1024)
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


class InOrder:
    """In place of a generator: the examples come as they stand, so that every peer meets the same batches."""

    def permutation(self, n: int) -> np.ndarray:
        """0, 1, ..., n - 1."""
        return np.arange(n)


def batches(order: np.ndarray, batch_size: int):
    """The order in pieces of `batch_size`; the last may be shorter."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
