"""nnlib, as the chapters teach it."""

import numpy as np

import nnlib

DTYPE = np.float32


def parts_of(net, weights, labels):
    """Network, loss, optimizer, targets, and the values of the network's parameters."""
    draw, layers = np.random.default_rng(0), []
    activation = nnlib.Sigmoid if net.kind == "sigmoid" else nnlib.ReLU
    for n_in, n_out in zip(net.sizes[:-1], net.sizes[1:], strict=True):
        layers += [nnlib.Dense(n_in, n_out, draw, DTYPE), activation()]
    network = nnlib.Network(*(layers if net.kind == "sigmoid" else layers[:-1]))
    values = [p.value for p in network.parameters()]
    for value, start in zip(values, [array for pair in weights for array in pair], strict=True):
        value[...] = start
    if net.kind == "sigmoid":
        optimizer = nnlib.SGD(network.parameters(), net.rate)
        return network, nnlib.QuadraticCost(), optimizer, nnlib.one_hot(labels, 10, DTYPE), values
    return network, nnlib.SoftmaxCrossEntropy(), nnlib.Adam(network.parameters(), net.rate), labels, values


def start(net, weights, x, labels, batch_size, rng):
    network, loss, optimizer, target, values = parts_of(net, weights, labels)
    x = x.astype(DTYPE, copy=False)
    costs = nnlib.train_epochs(network, loss, optimizer, x, target, epochs=10**6, batch_size=batch_size, rng=rng)
    return lambda: next(costs), lambda: list(zip(values[::2], values[1::2], strict=True))
