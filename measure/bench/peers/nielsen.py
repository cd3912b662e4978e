"""Nielsen's way, written anew from his description: one example at a time, as columns, and their gradients summed."""

import numpy as np

from measure.bench.networks import batches

TITLE = "Nielsen's loop"
BARS = {"B10": 0.08}
KINDS = ("sigmoid",)  # his description knows sigmoid neurons, the quadratic cost and plain steps only
SLOW = 0.1


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradients(weights, x, y):
    """dC/dW and dC/db of each layer for one example, and its cost."""
    a, activations, zs = x, [x], []
    for W, b in weights:
        zs.append(W @ a + b)
        a = sigmoid(zs[-1])
        activations.append(a)
    delta = (a - y) * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
    result = [(delta @ activations[-2].T, delta)]
    for layer in range(len(weights) - 2, -1, -1):
        slope = sigmoid(zs[layer]) * (1 - sigmoid(zs[layer]))
        delta = (weights[layer + 1][0].T @ delta) * slope
        result.insert(0, (delta @ activations[layer].T, delta))
    return result, float(((a - y) ** 2).sum() / 2)


def start(net, weights, x, labels, batch_size, rng):
    weights = [(W.copy(), b[:, None].copy()) for W, b in weights]
    pairs = list(zip(x[:, :, None], np.eye(10, dtype=np.float32)[labels][:, :, None], strict=True))

    def epoch():
        cost = 0.0
        for batch in batches(rng.permutation(len(pairs)), batch_size):
            sums = [(np.zeros_like(W), np.zeros_like(b)) for W, b in weights]
            for i in batch:
                result, one = gradients(weights, *pairs[i])
                sums = [(W + dW, b + db) for (W, b), (dW, db) in zip(sums, result, strict=True)]
                cost += one
            rate = net.rate / len(batch)
            weights[:] = [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(weights, sums, strict=True)]
        return cost / len(pairs)

    return epoch, lambda: [(W, b[:, 0]) for W, b in weights]
