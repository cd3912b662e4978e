"""Measure what it costs and brings to share a batch out, and whether a training outlives its workers.

    python -m measure.shards             or `make shards`, in the environment of `make machines`: about 10 minutes
    python -m measure.shards steps       one part alone: leave the machine alone meanwhile

`steps`: the milliseconds of one step of a narrow network and of a wide one, by one process and by two that exchange
weights and slopes through a pipe, in turn, one BLAS thread each, and in batches of 1,000 by two workers of Dask; stored
are the median round and the fastest. `goal`: how many steps batches of different sizes need until 64-30-10 reads 95 %
of the digits that were held back, each at the rate with which it needs fewest. `kills`: trainings on MNIST by Dask,
during each of which a worker dies in the middle of a shard, compared with the undisturbed one. `gloo`: PyTorch's two
processes compared with one.
It writes `book/measured/shards.json`, which the chapter on many machines shows.
"""

import os
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tqdm import tqdm

from measure import batches, on_dask, store
from measure.workers import workers as processes
from nnlib import SGD, Dense, Network, QuadraticCost, Sigmoid, accuracy, minibatches, one_hot, parallel
from nnlib.training import one_epoch

HIDDEN = (30, 300)  # neurons of the hidden layer, narrow and wide
STEP_SIZES = (10, 100, 1000, 10_000)
DASK_SIZE = 1000
DONE = b"done"  # with this batch
SECONDS = 6  # that each size is timed
GOAL = 0.95
GOAL_SIZES = (1, 3, 10, 30, 100, 300, 1150)  # the last are all that are left when a fifth is held back
RATES = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0)
MOST_EXAMPLES, MOST_STEPS, FEWEST_STEPS = 40 * 1150, 4000, 1500  # who has not arrived by then does not
KILLS, IMAGES = 20, 5000


# What a step costs


def build(hidden: int) -> Network:
    """The network of the chapter on handwritten digits, untrained, with so many hidden neurons."""
    rng = np.random.default_rng(0)
    return Network(Dense(784, hidden, rng), Sigmoid(), Dense(hidden, 10, rng), Sigmoid())


def examples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """So many inputs and targets, drawn by chance: what they are does not change what a step costs."""
    rng = np.random.default_rng(1)
    return rng.random((n, 784)), np.eye(10)[rng.integers(10, size=n)]


def slopes(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """All slopes in a row; without examples zeros."""
    if len(x):
        loss = QuadraticCost()
        loss.forward(network.forward(x), y)
        network.collect(loss.backward())
    return np.concatenate([p.grad.ravel() for p in network.parameters()])


def weights_of(network: Network) -> np.ndarray:
    """All weights in a row."""
    return np.concatenate([p.value.ravel() for p in network.parameters()])


def fill(network: Network, weights: np.ndarray) -> None:
    """Write these weights, in a row, into the network."""
    start = 0
    for p in network.parameters():
        p.value[...] = weights[start : start + p.value.size].reshape(p.value.shape)
        start += p.value.size


def helper(pipe: Connection) -> None:
    """The other process: hidden neurons and a number of examples come in; then weights, and their slopes go out."""
    while (asked := pipe.recv()) is not None:
        hidden, n = asked
        network, (x, y) = build(hidden), examples(n)
        while (weights := pipe.recv_bytes()) != DONE:
            fill(network, np.frombuffer(weights))
            pipe.send_bytes(slopes(network, x, y))


@contextmanager
def other_process() -> Iterator[Connection]:
    """A pipe to a second process, which ends with the block."""
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=helper, args=(there,), daemon=True)
    process.start()
    there.close()  # or else a process that has died would be waited for
    try:
        yield here
        here.send(None)
    finally:
        process.join(5)
        process.kill()


def together(pipe: Connection, network: Network, weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The slopes of a batch, half of which the other process has."""
    pipe.send_bytes(weights)
    fill(network, weights)
    own = slopes(network, x, y)
    return (own + np.frombuffer(pipe.recv_bytes())) / 2


def timed(work: Callable[[], object]) -> float:
    """The milliseconds that this takes, by the clock on the wall."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def taken_in_turn(work: dict[str, Callable[[], object]], seconds: float) -> dict[str, list[float]]:
    """The milliseconds of each of these, round by round in turn, for so many seconds; a first round does not count."""
    taken = {name: [] for name in work}
    for do in work.values():
        do()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, do in work.items():
            taken[name].append(timed(do))
    return taken


def summed_up(times: list[float]) -> dict[str, float]:
    """The median round, the fastest, and how many there were."""
    return {"median": statistics.median(times), "fastest": min(times), "rounds": len(times)}


def times_of(pipe: Connection, hidden: int, size: int) -> dict[str, dict[str, float]]:
    """The milliseconds of a step in batches of this size, alone and by two through a pipe."""
    network, (x, y) = build(hidden), examples(size)
    weights, half = weights_of(network), size // 2
    pipe.send((hidden, half))
    work = {
        "alone": lambda: slopes(network, x, y),
        "two": lambda: together(pipe, network, weights, x[:half], y[:half]),
    }
    taken = taken_in_turn(work, SECONDS)
    pipe.send_bytes(DONE)
    return {name: summed_up(each) for name, each in taken.items()}


def dask_times(hidden: int) -> dict[str, float]:
    """The milliseconds of a step by two workers of Dask."""
    network, (x, y) = build(hidden), examples(DASK_SIZE)
    halves = list(zip(np.array_split(x, 2), np.array_split(y, 2), strict=True))
    with parallel.workers(processes=2) as client:

        def step() -> None:
            tasks = [client.submit(parallel.slopes, network, QuadraticCost(), *half, pure=False) for half in halves]
            parallel.mean_slopes(client.gather(tasks), [len(half) for half, _ in halves])

        return summed_up(taken_in_turn({"dask": step}, SECONDS)["dask"])


def exchange_times(pipe: Connection, hidden: int) -> dict[str, float]:
    """The milliseconds of the exchange by itself: neither process has an example."""
    network, none = build(hidden), (np.zeros((0, 784)), np.zeros((0, 10)))
    weights = weights_of(network)
    pipe.send((hidden, 0))
    taken = taken_in_turn({"exchange": lambda: together(pipe, network, weights, *none)}, SECONDS / 3)
    pipe.send_bytes(DONE)
    return summed_up(taken["exchange"])


def step_times() -> dict[str, dict]:
    """For each network its bytes, what an exchange takes, a step for each size of batch, and one by Dask."""
    found = {}
    with other_process() as pipe:
        for hidden in HIDDEN:
            found[f"784-{hidden}-10"] = {
                "bytes": weights_of(build(hidden)).nbytes,
                "exchange": exchange_times(pipe, hidden),
                "sizes": {str(n): times_of(pipe, hidden, n) for n in tqdm(STEP_SIZES, desc=f"steps {hidden}")},
            }
    for hidden in HIDDEN:
        found[f"784-{hidden}-10"]["dask"] = dask_times(hidden)
    return found


# How many steps batches need


def steps_to_goal(size: int, rate: float, seed: int) -> int | None:
    """After how many steps the share read of the images held back first reaches the goal; None if it does not."""
    x, labels, x_new, labels_new = batches.data()["choice"]
    rng = np.random.default_rng(seed)
    network, y = batches.build(rng), one_hot(labels, 10)
    sgd = SGD(network.parameters(), rate)
    most, look = min(MOST_STEPS, max(FEWEST_STEPS, MOST_EXAMPLES // size)), max(1, 30 // size)
    while sgd.steps < most:
        dealt = minibatches(x, y, size, rng)
        while taken := list(islice(dealt, look)):
            with np.errstate(over="ignore"):
                one_epoch(network, QuadraticCost(), sgd, taken)
            if accuracy(network, x_new, labels_new) >= GOAL:
                return sgd.steps
    return None


def mean_steps(found: list[int | None]) -> float:
    """The mean number of steps; infinite if one seed has not arrived."""
    return float("inf") if None in found else statistics.fmean(found)


def goals() -> dict[str, dict]:
    """For each batch size the rate that needs fewest steps, by seeds that choose it, and the steps of other seeds."""
    results = {}
    with processes() as each:
        for size in tqdm(GOAL_SIZES, desc="goal"):
            tries = [(size, rate, seed) for rate in RATES for seed in batches.CHOICE_SEEDS]
            found = each(steps_to_goal, tries)
            n = len(batches.CHOICE_SEEDS)
            means = [mean_steps(found[i : i + n]) for i in range(0, len(found), n)]
            rate = RATES[int(np.argmin(means))]
            scored = each(steps_to_goal, [(size, rate, seed) for seed in batches.SEEDS])
            results[str(size)] = {
                "rate": rate,
                "tried": [None if np.isinf(mean) else mean for mean in means],
                "steps": scored,
            }
    return results


# Workers that die


class Deadly(QuadraticCost):
    """The quadratic cost. Once a file is there, the first worker that computes removes it, and dies in its shard."""

    def __init__(self, order: Path) -> None:
        super().__init__()
        self.order, self.home = order, os.getpid()

    def forward(self, a: np.ndarray, y: np.ndarray) -> float:
        """Return the cost, or die: the backward pass of this shard never comes."""
        if os.getpid() != self.home and self.order.exists():
            with suppress(FileNotFoundError):  # another was quicker
                self.order.unlink()
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return super().forward(a, y)


def learned(kill_after: float | None = None) -> tuple[np.ndarray, float, bool]:
    """Train by two workers of Dask, and let one die in the first shard after so many seconds, if they train so long.

    The weights in a row, the seconds, and whether a worker has died. Each training has workers of its own: Dask gives
    one up that is missing at the moment when it looks again, 15 seconds after an earlier death.
    """
    with TemporaryDirectory() as folder, parallel.workers(processes=2) as client:
        before, order = set(client.run(os.getpid).values()), Path(folder) / "die"
        timer = threading.Timer(kill_after or 0, order.touch)
        start = time.perf_counter()
        if kill_after is not None:
            timer.start()
        try:
            network = on_dask.learn(client, lambda network, cost: None, IMAGES, Deadly(order))
        finally:
            timer.cancel()
            if kill_after is not None:
                timer.join()
        took = time.perf_counter() - start
        died = not before <= set(client.run(os.getpid).values())
    return weights_of(network), took, died


def kills() -> dict[str, object]:
    """How many trainings, in each of which a worker dies in a shard by chance, end as the undisturbed one did."""
    undisturbed, seconds, _ = learned()
    rng, same, took = np.random.default_rng(0), [], []
    with tqdm(total=KILLS, desc="kills") as bar:
        while len(same) < KILLS:
            weights, each, died = learned(rng.uniform(0, 0.8) * seconds)
            if not died:  # it was done sooner than the first
                seconds = each
                continue
            same.append(bool(np.array_equal(weights, undisturbed)))
            took.append(each)
            bar.update()
    return {"times": KILLS, "images": IMAGES, "same": sum(same), "seconds": seconds, "killed_seconds": took}


def by_gloo() -> dict[str, float]:
    """How far PyTorch's two processes end from one."""
    from measure import gloo  # which needs PyTorch

    return gloo.compared()


PARTS = {"steps": step_times, "goal": goals, "kills": kills, "gloo": by_gloo}


def main(names: list[str]) -> None:
    """Measure the parts that are named, or all; store and print each."""
    packages = [name for name in ("numpy", "distributed", "torch") if find_spec(name)]
    for name in names or PARTS:
        result = PARTS[name]()
        store("shards", {name: result}, packages)
        print(f"{name}: {result}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
