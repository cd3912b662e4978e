"""Gloo: PyTorch's all-reduce between two processes of this machine, by hand and by DistributedDataParallel.

The chapter on many machines shows these lines; `compared` runs them beside one process. Processes meet by a file, and
talk over the loopback interface alone.
"""

import os
import platform
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from nnlib import Dense, Network, QuadraticCost, Sigmoid, load_digits, one_hot

SIZES = (64, 30, 10)
STEPS, RATE = 20, 1.0
EQUAL, UNEQUAL = (50, 50), (75, 25)  # examples in the shard of each process
LIMIT = 300  # seconds after which a process counts as hanging


def data() -> tuple[np.ndarray, np.ndarray]:
    """A hundred images, and what the network should say of each."""
    digits = load_digits()
    return digits.x_train[:100].astype(float), one_hot(digits.y_train[:100], 10)


def shard(sizes: tuple[int, ...], rank: int) -> slice:
    """Which examples process `rank` has."""
    start = sum(sizes[:rank])
    return slice(start, start + sizes[rank])


def network() -> Network:
    """The network, the same in every process."""
    rng, (n_in, n_hidden, n_out) = np.random.default_rng(0), SIZES
    return Network(Dense(n_in, n_hidden, rng), Sigmoid(), Dense(n_hidden, n_out, rng), Sigmoid())


def slopes(net: Network, x: np.ndarray, y: np.ndarray) -> None:
    """Leave in the network's parameters the slopes of the mean cost of these examples."""
    loss = QuadraticCost()
    loss.forward(net.forward(x), y)
    net.collect(loss.backward())


def train_by_hand(net: Network, x: np.ndarray, y: np.ndarray, n: int) -> None:
    """Train on this process' shard of n examples; `all_reduce` adds up what all processes hold, in each of them."""
    for _ in range(STEPS):
        slopes(net, x, y)
        for p in net.parameters():
            share = torch.from_numpy(p.grad * len(x) / n)
            dist.all_reduce(share)
            p.value[...] -= RATE * share.numpy()


def train_by_ddp(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    """The same by DistributedDataParallel, which takes the mean over the processes, each alike, during `backward`."""
    model = DistributedDataParallel(model)
    sgd = torch.optim.SGD(model.parameters(), RATE)
    for _ in range(STEPS):
        sgd.zero_grad()
        cost = ((model(x) - y) ** 2).sum() / (2 * len(x))
        cost.backward()
        sgd.step()


def learned_by_hand(sizes: tuple[int, ...], rank: int) -> np.ndarray:
    """All parameters in a row after training by hand."""
    (x, y), net, part = data(), network(), shard(sizes, rank)
    train_by_hand(net, x[part], y[part], sum(sizes))
    return np.concatenate([p.value.ravel() for p in net.parameters()])


def learned_by_ddp(sizes: tuple[int, ...], rank: int) -> np.ndarray:
    """All parameters in a row after training by DistributedDataParallel, from the same weights."""
    (x, y), net, part = data(), network(), shard(sizes, rank)
    n_in, n_hidden, n_out = SIZES
    layers = torch.nn.Linear(n_in, n_hidden), torch.nn.Sigmoid(), torch.nn.Linear(n_hidden, n_out), torch.nn.Sigmoid()
    model = torch.nn.Sequential(*layers).double()
    with torch.no_grad():
        for theirs, ours in zip(model.parameters(), net.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours.value))
    train_by_ddp(model, torch.from_numpy(x[part]), torch.from_numpy(y[part]))
    return np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])


def one_process(train: Callable, sizes: tuple[int, ...], rank: int, meeting: str) -> None:
    """Be process `rank`: meet the others, train, and the first writes what it has learned."""
    os.environ["GLOO_SOCKET_IFNAME"] = "lo0" if platform.system() == "Darwin" else "lo"
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=Path(meeting).as_uri(), rank=rank, world_size=len(sizes))
    try:
        learned = train(sizes, rank)
        dist.barrier()
    finally:
        dist.destroy_process_group()
    if rank == 0:
        np.save(f"{meeting}.npy", learned)


def train_together(train: Callable, sizes: tuple[int, ...]) -> np.ndarray:
    """What processes with shards of these sizes have learned; none is left behind, also where one fails."""
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        started = [
            get_context("spawn").Process(target=one_process, args=(train, sizes, rank, meeting), daemon=True)
            for rank in range(len(sizes))
        ]
        try:
            for process in started:
                process.start()
            for process in started:
                process.join(LIMIT)
            if failed := [process.exitcode for process in started if process.exitcode != 0]:
                raise RuntimeError(f"a process ended with {failed[0]}, expected 0")
            return np.load(f"{meeting}.npy", allow_pickle=False)
        finally:
            for process in started:
                process.kill()


def train_alone() -> np.ndarray:
    """What one process learns by nnlib from the whole batch."""
    (x, y), net = data(), network()
    for _ in range(STEPS):
        slopes(net, x, y)
        for p in net.parameters():
            p.value[...] -= RATE * p.grad
    return np.concatenate([p.value.ravel() for p in net.parameters()])


def compared() -> dict[str, float]:
    """The largest difference of any parameter from those that one process has learned."""
    alone = train_alone()
    runs = {
        "by hand": (learned_by_hand, EQUAL),
        "by hand, unequal": (learned_by_hand, UNEQUAL),
        "ddp": (learned_by_ddp, EQUAL),
        "ddp, unequal": (learned_by_ddp, UNEQUAL),
    }
    return {name: float(np.abs(train_together(*run) - alone).max()) for name, run in runs.items()}
