"""Timing: workers, one for each peer, asked in turn so that a busy moment of the machine hits all of them alike."""

import json
import statistics
import subprocess
import sys
from collections.abc import Collection
from dataclasses import asdict
from types import ModuleType

from measure import ROOT
from measure.bench.networks import Net
from measure.bench.peers import peer

DATA = ROOT / "_build" / "bench"
REPEATS = 5
SMALL = 32  # from here on a batch is not small


def share(peer: ModuleType, batch: int) -> float:
    """The share of the examples on which a slow peer is timed; its time is then scaled up."""
    return peer.SLOW * (peer.SLOW_AT_SMALL_BATCHES if batch < SMALL else 1)


class Worker:
    """A process that trains one peer's networks."""

    def __init__(self, name: str):
        self.name, self.peer = name, peer(name.partition("+")[0])
        self.log = (DATA / f"{name}.log").open("w")
        command = [sys.executable, "-m", "measure.bench.worker", name, str(DATA)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT
        )

    def ask(self, do: str, **what) -> dict:
        """Send one line and wait for its answer."""
        print(json.dumps({"do": do, **what}), file=self.process.stdin, flush=True)
        if line := self.process.stdout.readline():
            return json.loads(line)
        raise RuntimeError(f"{self.name} ended:\n{(DATA / f'{self.name}.log').read_text()[-2000:]}")

    def start(self, net: Net, batch: int, examples: int, in_order: bool = False) -> None:
        """A network with the start weights, about to be trained on the first so many examples."""
        self.ask("start", **asdict(net), batch=batch, examples=examples, in_order=in_order)

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


def interleaved(
    workers: list[Worker],
    net: Net,
    batch: int,
    examples: int,
    repeats: int = REPEATS,
    in_full: Collection[str] = (),
) -> dict[str, dict]:
    """The CPU seconds of an epoch for each worker: median and all of `repeats` rounds, after a first one untimed.

    Even a slow peer named in `in_full` sees all examples.
    """
    shares = {worker.name: 1 if worker.name in in_full else share(worker.peer, batch) for worker in workers}
    for worker in workers:
        worker.start(net, batch, int(examples * shares[worker.name]))
        worker.ask("epoch")
    seconds = {worker.name: [] for worker in workers}
    for _ in range(repeats):
        for worker in workers:
            seconds[worker.name].append(worker.ask("epoch")["seconds"] / shares[worker.name])
    return {
        name: {"seconds": round(statistics.median(s), 4), "all": [round(t, 4) for t in s], "share": shares[name]}
        for name, s in seconds.items()
    }
