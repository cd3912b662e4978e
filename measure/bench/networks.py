"""Networks: those that are timed, and the weights that every peer starts from."""

from dataclasses import dataclass

import numpy as np

Data = tuple[np.ndarray, np.ndarray]  # x and the labels


@dataclass(frozen=True)
class Net:
    """What is trained. The kind says how, all but "sigmoid" with softmax, cross-entropy and Adam.

    | kind | sizes |
    |---|---|
    | sigmoid, relu | of the layers; sigmoid neurons have the quadratic cost and plain gradient steps |
    | lenet | numbers of kernels, twice, of 5 x 5 and each time with ReLU and pooling; then the dense layers |
    | transformer | characters, times, features, heads, features inside a block, blocks |
    """

    sizes: tuple[int, ...]
    kind: str
    rate: float

    def weights(self, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
        """W (n_out, n_in) and b (n_out,) of each layer, float32; of others their two arrays."""
        rng = np.random.default_rng(seed)

        def dense(n_in: int, n_out: int) -> tuple[np.ndarray, np.ndarray]:
            W = rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)
            return W.astype(np.float32), np.zeros(n_out, np.float32)

        if self.kind == "lenet":
            first, second, *others = self.sizes
            inside = (second * 4 * 4, *others)  # 28 pixels become 24, 12, 8 and 4
            return [dense(25, first), dense(25 * first, second), *map(dense, inside, others)]
        if self.kind == "transformer":
            words, times, n, _, inside, blocks = self.sizes
            norm = np.ones(n, np.float32), np.zeros(n, np.float32)
            embedding = [rng.standard_normal((rows, n)).astype(np.float32) for rows in (words, times)]
            layers = [tuple(embedding)]
            for _ in range(blocks):
                layers += [norm, dense(n, 3 * n), dense(n, n), norm, dense(n, inside), dense(inside, n)]
            return [*layers, norm, dense(n, words)]
        return list(map(dense, self.sizes, self.sizes[1:]))

    def examples(self, images: Data, texts: Data, n: int) -> Data:
        """The first n of what it learns from."""
        x, y = texts if self.kind == "transformer" else images
        x = x.reshape(-1, 1, 28, 28) if self.kind == "lenet" else x
        return x[:n], y[:n]


NETS = {
    "A": Net((784, 16, 16, 10), "sigmoid", 3.0),
    "B": Net((784, 30, 10), "sigmoid", 3.0),
    "C": Net((784, 128, 64, 10), "relu", 0.001),
    "L": Net((6, 16, 120, 84, 10), "lenet", 0.001),
    "T": Net((65, 64, 64, 4, 256, 2), "transformer", 0.001),
}
BATCHES = dict.fromkeys("ABC", (10, 32, 128, 1024)) | {"L": (32, 128), "T": (32,)}
EXAMPLES = dict.fromkeys("ABC", 60_000) | {"L": 6_144, "T": 960}  # in what is called an epoch
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
