"""nnlib, as the chapters teach it."""

import numpy as np

import nnlib

DTYPE = np.float32
KINDS = ("sigmoid", "relu", "lenet", "transformer")


def dense(sizes, rng, activation):
    """Dense layers with an activation after each."""
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nnlib.Dense(n_in, n_out, rng, DTYPE), activation()]
    return layers


def lenet(sizes, rng):
    first, second, *others = sizes
    return [
        nnlib.Conv2d((1, 28, 28), first, 5, rng, DTYPE),
        nnlib.ReLU(),
        nnlib.MaxPool2d((first, 24, 24), 2),
        nnlib.Conv2d((first, 12, 12), second, 5, rng, DTYPE),
        nnlib.ReLU(),
        nnlib.MaxPool2d((second, 8, 8), 2),
        nnlib.Flatten((second, 4, 4)),
        *dense((second * 16, *others), rng, nnlib.ReLU)[:-1],
    ]


def transformer(sizes, rng):
    words, times, n, heads, inside, blocks = sizes
    layers = [nnlib.Embedding(words, n, rng, DTYPE), nnlib.Positions(times, n, rng, DTYPE)]
    for _ in range(blocks):
        attention = nnlib.Attention(n, heads, rng, DTYPE, causal=True)
        layers.append(nnlib.Residual(nnlib.LayerNorm(n, DTYPE), attention))
        layers.append(nnlib.Residual(nnlib.LayerNorm(n, DTYPE), *dense((n, inside, n), rng, nnlib.GELU)[:-1]))
    return [*layers, nnlib.LayerNorm(n, DTYPE), nnlib.Dense(n, words, rng, DTYPE)]


LAYERS = {
    "sigmoid": lambda sizes, rng: dense(sizes, rng, nnlib.Sigmoid),
    "relu": lambda sizes, rng: dense(sizes, rng, nnlib.ReLU)[:-1],
    "lenet": lenet,
    "transformer": transformer,
}


def parts_of(net, weights, labels):
    """Network, loss, optimizer, targets, and the values of the network's parameters."""
    network = nnlib.Network(*LAYERS[net.kind](net.sizes, np.random.default_rng(0)))
    values = [p.value for p in network.parameters()]
    for value, start in zip(values, [array for pair in weights for array in pair], strict=True):
        value[...] = start.reshape(value.shape)
    if net.kind == "sigmoid":
        optimizer = nnlib.SGD(network.parameters(), net.rate)
        return network, nnlib.QuadraticCost(), optimizer, nnlib.one_hot(labels, 10, DTYPE), values
    return network, nnlib.SoftmaxCrossEntropy(), nnlib.Adam(network.parameters(), net.rate), labels, values


def start(net, weights, x, labels, batch_size, rng):
    network, loss, optimizer, target, values = parts_of(net, weights, labels)
    x = x if net.kind == "transformer" else x.astype(DTYPE, copy=False)
    costs = nnlib.train_epochs(network, loss, optimizer, x, target, epochs=10**6, batch_size=batch_size, rng=rng)
    return lambda: next(costs), lambda: list(zip(values[::2], values[1::2], strict=True))
