"""Growth: the time of an epoch against examples, width, depth and batch, one of them at a time."""

import numpy as np

from measure.bench.networks import EXAMPLES, Net
from measure.bench.timing import Worker, interleaved

REPEATS = 3


def slope(x: list[float], seconds: list[float]) -> float:
    """The exponent of seconds ~ x^slope, fitted to the logarithms."""
    return round(float(np.polyfit(np.log(x), np.log(seconds), 1)[0]), 3)


def series(worker: Worker, points: list[tuple[float, Net, int, int]]) -> dict:
    """The seconds of an epoch at each point (x, network, batch, examples), their slope, and that of the last two."""
    x = [point[0] for point in points]
    seconds = [interleaved([worker], net, batch, n, REPEATS)["ours"]["seconds"] for _, net, batch, n in points]
    return {"x": x, "seconds": seconds, "slope": slope(x, seconds), "last_slope": slope(x[-2:], seconds[-2:])}


def growth(worker: Worker) -> dict[str, dict]:
    """All four; the width and the depth are those of hidden layers of sigmoid neurons."""

    def net(*hidden: int) -> Net:
        return Net((784, *hidden, 10), "sigmoid", 0.1)

    few = EXAMPLES["B"] // 4
    return {
        "examples": series(worker, [(n, net(30), 32, n) for n in (7_500, 15_000, 30_000, 60_000)]),
        "width": series(worker, [(w, net(w), 128, few) for w in (16, 64, 256, 1024)]),
        "depth": series(worker, [(d, net(*[128] * d), 128, few) for d in (1, 2, 4, 8, 16)]),
        "batch": series(worker, [(b, net(30), b, few) for b in (1, 4, 16, 64, 256, 1024)]),
    }
