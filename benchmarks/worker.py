"""One peer in a process of its own: it starts a network, or trains for one epoch, whenever a line on stdin asks.

    python benchmarks/worker.py jax_scan FOLDER
    python benchmarks/worker.py ours+float64 FOLDER      nnlib with one of the ablations, or one of LEFT_OUT

Each answer is one line of JSON. The time is the process's CPU time, all of its threads together.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
MANY_THREADS = ("ours+threads", "jax_scan+pool")


def one_thread(name: str) -> None:
    """Hold every library to one thread: what counts the processors it may use then finds one."""
    os.environ.update(ONE_THREAD, JAX_PLATFORMS="cpu")
    if name == "ours+threads":
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            del os.environ[variable]
    if name not in MANY_THREADS and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main(name: str, folder: str) -> None:
    """Serve until stdin ends."""
    one_thread(name)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book"))  # where nnlib is
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    import numpy as np

    from networks import InOrder, Net

    module, _, change = name.partition("+")
    peer = importlib.import_module(f"peers.{module}")
    if module == "ours" and change:
        ablations = importlib.import_module("ablations")
        (ablations.CHANGES | ablations.LEFT_OUT)[change].apply()
    x, labels = (np.load(Path(folder) / f"{part}.npy", allow_pickle=False) for part in ("x", "labels"))
    epoch = parameters = None
    for line in sys.stdin:
        ask = json.loads(line)
        answer = {}
        if ask["do"] == "start":
            net, n = Net(tuple(ask["sizes"]), ask["kind"], ask["rate"]), ask["examples"]
            rng = InOrder() if ask["in_order"] else np.random.default_rng(1)
            epoch, parameters = peer.start(net, net.weights(), x[:n], labels[:n], ask["batch"], rng)
        elif ask["do"] == "epoch":
            started = time.process_time()
            answer["cost"] = epoch()
            answer["seconds"] = time.process_time() - started
        elif ask["do"] == "parameters":
            answer["parameters"] = [[W.tolist(), b.tolist()] for W, b in parameters()]
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
