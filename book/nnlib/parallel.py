"""Parallel: training whose batches are shared out among several processes or machines, by Dask.

The gradient of a batch is a mean over its examples. So each worker computes the slopes of its share, a *shard*; their
mean, each counted as often as its shard has examples, is the gradient that one machine alone would have found. What a
worker computes depends on nothing but what it was sent: where one dies, another computes the same again.

Dask is imported only where it is needed: `make machines` sets it up, or `pip install distributed`.
"""

import copy
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from .checks import check_count, check_training
from .layers import BatchNorm, Dropout
from .losses import Loss
from .network import Network, leaves
from .optimizers import Optimizer
from .training import Transform, guarded, minibatches

if TYPE_CHECKING:
    from distributed import Client

Slopes = tuple[float, list[np.ndarray]]  # the mean cost of some examples, and the gradient of each parameter


@contextmanager
def workers(address: str | None = None, processes: int = 2, timeout: float = 30) -> Iterator["Client"]:
    """Dask's client for the cluster at `address`, or for processes of this machine, which end with the `with` block.

    Parameters
    ----------
    address : of the cluster's scheduler, such as `tcp://10.0.0.5:8786`; nnlib must be installed on its workers, too.
    processes : how many to start where no address is given. They talk over 127.0.0.1, so no other machine hears them.
    timeout : for how many seconds an answer from the address is waited for.

    Raises
    ------
    ImportError : where Dask is not installed.
    OSError : where nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ImportError(
            "nnlib.parallel needs Dask, which is not installed here: run `make machines`, or `pip install distributed`"
        ) from None
    if address is not None:
        with Client(address, timeout=timeout) as client:
            yield client
        return
    check_count("processes", processes)
    no_dashboard = {
        "dashboard": False,
        "dashboard_address": "127.0.0.1:0",
    }  # at any free port: its server starts anyway
    here = {"host": "127.0.0.1", "scheduler_kwargs": no_dashboard, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=processes, threads_per_worker=1, **here) as cluster, Client(cluster) as client:
        yield client


def check_shards(network: Network, loss: Loss, shards: int) -> None:
    """Raise unless the mean over shards is the mean over the batch: each example must count once, and by itself."""
    check_count("shards", shards)
    for layer in leaves(network.layers):
        if isinstance(layer, BatchNorm):
            raise ValueError("network: BatchNorm takes its mean over the batch, a shard has another; use LayerNorm")
        if isinstance(layer, Dropout):
            raise ValueError("network: Dropout draws by chance, and every shard would draw the same; leave it out")
    if getattr(loss, "ignored", None) is not None:
        raise ValueError("loss: labels that are ignored make shards count otherwise than by their examples")


def slopes(network: Network, loss: Loss, x: np.ndarray, y: np.ndarray) -> Slopes:
    """What a worker computes: the mean cost of these examples, and each parameter's gradient of it."""
    network, loss = copy.deepcopy((network, loss))  # two shards may be computed in one process at a time
    with np.errstate(over="ignore", invalid="ignore"):
        cost = loss.forward(network.forward(x), y)
        network.collect(loss.backward())
    return cost, [p.grad for p in network.parameters()]


def mean_slopes(found: Sequence[Slopes], sizes: Sequence[int]) -> Slopes:
    """The mean over all examples, from the means over shards of these sizes, always added up in the same order."""
    n = sum(sizes)
    costs, gradients = zip(*found, strict=True)
    cost = sum(size * cost for size, cost in zip(sizes, costs, strict=True)) / n
    parts = zip(*gradients, strict=True)  # for each parameter what the shards found
    sums = [sum(n_k * g for n_k, g in zip(sizes, each, strict=True)) for each in parts]
    return cost, [each / n for each in sums]


def train_epochs(
    client: "Client",
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    x: np.ndarray,
    y: np.ndarray,
    *,
    shards: int,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    transforms: Iterable[Transform] = (),
) -> Iterator[float]:
    """`nnlib.train_epochs`, with the slopes of each batch computed in so many shards by the workers of `client`.

    The same batches make the same steps, up to rounding; and with as many shards it is the same to the last bit,
    however many workers there are and whichever of them die. In a step each worker gets the network and the
    examples of its shard, keeps neither, and sends back its slopes. The step itself is taken here.

    Raises
    ------
    ValueError : for what `nnlib.train_epochs` refuses, and for what cannot be sharded (see `check_shards`).
    TrainingDiverged : as `nnlib.train_epochs` does; after any error the parameters are as after the last good epoch.
    """
    x, y = check_training(network, loss, optimizer, x, y, epochs, batch_size, rng)
    check_shards(network, loss, shards)
    transforms = tuple(transforms)

    def train_one() -> float:
        total = 0.0
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            n = len(x_batch)
            parts = [part for part in np.array_split(np.arange(n), shards) if len(part)]
            tasks = [client.submit(slopes, network, loss, x_batch[part], y_batch[part], pure=False) for part in parts]
            cost, gradients = mean_slopes(client.gather(tasks), [len(part) for part in parts])
            for p, gradient in zip(network.parameters(), gradients, strict=True):
                p.grad[...] = gradient
            for transform in transforms:
                transform(network.parameters())
            optimizer.step()
            total += cost * n
        return total / len(x)

    return guarded(network, optimizer, epochs, train_one)
