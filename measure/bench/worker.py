"""One peer in a process of its own: it starts a network, or trains for one epoch, whenever a line on stdin asks.

    python -m measure.bench.worker jax_scan FOLDER
    python -m measure.bench.worker ours+float64 FOLDER      nnlib with one of the ablations, or one of LEFT_OUT

Each answer is one line of JSON. The time is the process's CPU time, all of its threads together.
"""

import json
import os
import sys
import time
from pathlib import Path

from measure import ONE_THREAD
from measure.bench.peers import peer

MANY_THREADS = "ours+threads"  # one of the ablations


def one_processor() -> None:
    """Stay on one processor: what counts those that it may use then finds one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main(name: str, folder: str) -> None:
    """Serve until stdin ends."""
    os.environ.update(JAX_PLATFORMS="cpu", XLA_FLAGS="--xla_cpu_multi_thread_eigen=false")
    if name == MANY_THREADS:
        for variable in ONE_THREAD:
            del os.environ[variable]
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    module, _, change = name.partition("+")
    trained = peer(module)
    if trained.PINNED and name != MANY_THREADS:
        one_processor()
    import numpy as np

    from measure.bench.networks import InOrder, Net

    if change:
        from measure.bench import ablations

        (ablations.CHANGES | ablations.LEFT_OUT)[change].apply()
    parts = ("x", "labels", "words", "next")
    x, labels, words, following = (np.load(Path(folder) / f"{part}.npy", allow_pickle=False) for part in parts)
    epoch = parameters = None
    for line in sys.stdin:
        ask = json.loads(line)
        answer = {}
        if ask["do"] == "start":
            net, n = Net(tuple(ask["sizes"]), ask["kind"], ask["rate"]), ask["examples"]
            data = net.examples((x, labels), (words, following), n)
            rng = InOrder() if ask["in_order"] else np.random.default_rng(1)
            epoch, parameters = trained.start(net, net.weights(), *data, ask["batch"], rng)
        elif ask["do"] == "epoch":
            started = time.process_time()
            answer["cost"] = epoch()
            answer["seconds"] = time.process_time() - started
        elif ask["do"] == "parameters":
            answer["parameters"] = [[W.tolist(), b.tolist()] for W, b in parameters()]
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
