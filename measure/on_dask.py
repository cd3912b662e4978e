"""Train the book's network on MNIST by Dask, on this machine or on a cluster.

    python -m measure.on_dask                        two processes of this machine
    python -m measure.on_dask tcp://10.0.0.5:8786    the workers of the cluster whose scheduler has this address

It runs in the environment of `make machines`, by `_build/machines/bin/python`. A cluster's workers need nnlib, with the
versions of Python and Dask that are here. Without MNIST the small digits of the book stand in.
"""

import sys
from collections.abc import Callable

import numpy as np

from nnlib import SGD, Dense, Loss, Network, QuadraticCost, Sigmoid, accuracy, load_mnist, one_hot, parallel


def learn(client, on_epoch: Callable, images: int | None = None, loss: Loss | None = None) -> Network:
    """784-30-10 after two epochs of all images or of so many, each batch of 500 in two shards."""
    mnist, rng = load_mnist(fallback=True), np.random.default_rng(0)
    x, labels = mnist.x_train[:images].astype(float), mnist.y_train[:images]
    hidden, output = Dense(x.shape[1], 30, rng), Dense(30, 10, rng)
    network = Network(hidden, Sigmoid(), output, Sigmoid())
    parts = network, loss or QuadraticCost(), SGD(network.parameters(), 3.0)
    plan = {"shards": 2, "epochs": 2, "batch_size": 500, "rng": rng}
    for cost in parallel.train_epochs(client, *parts, x, one_hot(labels, 10), **plan):
        on_epoch(network, cost)
    return network


def main(arguments: list[str]) -> None:
    """Train where the arguments say, and print each epoch's cost and the share of test images that are right."""
    mnist = load_mnist(fallback=True)
    x, labels = mnist.x_test.astype(float), mnist.y_test
    with parallel.workers(*arguments) as client:
        print(f"{len(client.scheduler_info(n_workers=-1)['workers'])} workers at {client.scheduler.address}")
        learn(client, lambda net, cost: print(f"mean cost {cost:.4f}, right on {accuracy(net, x, labels):.1%}"))


if __name__ == "__main__":
    main(sys.argv[1:])
