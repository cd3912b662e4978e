"""Agreement: from the same start and on the same batches, every peer must have learned the same."""

import numpy as np

from measure.bench.networks import NETS
from measure.bench.timing import Worker

STEPS, BATCH, TOLERANCE = 20, 32, 1e-4


def moved(worker: Worker, name: str) -> np.ndarray:
    """How far each weight has moved after a few steps."""
    net = NETS[name]
    worker.start(net, BATCH, examples=STEPS * BATCH, in_order=True)
    worker.ask("epoch")
    after = worker.ask("parameters")["parameters"]
    pairs = [pair for before, now in zip(net.weights(), after, strict=True) for pair in zip(before, now, strict=True)]
    return np.concatenate([np.ravel(now) - np.ravel(before) for before, now in pairs])


def agreement(workers: list[Worker], name: str) -> dict[str, dict]:
    """Each worker's distance from nnlib after 20 steps, as a share of the way that nnlib has gone."""
    ours = moved(next(worker for worker in workers if worker.name == "ours"), name)
    result = {}
    for worker in workers:
        if worker.name == "ours" or not worker.peer.LEARNS:
            continue
        distance = float(np.linalg.norm(moved(worker, name) - ours) / np.linalg.norm(ours))
        result[worker.name] = {"same": distance < TOLERANCE, "distance": float(f"{distance:.2g}")}
        if distance >= TOLERANCE:
            result[worker.name]["why"] = worker.peer.KNOWN.get(name, "unknown: look into it")
    return result
