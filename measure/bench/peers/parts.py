"""nnlib again, each part of a step timed on its own: `epoch` gives the parts' median seconds in place of a cost."""

import statistics
import time
from collections import defaultdict

from measure.bench.peers import ours
from nnlib import training
from nnlib.layers import Dense


def start(net, weights, x, labels, batch_size, rng):
    network, loss, optimizer, target, values = ours.parts_of(net, weights, labels)
    first, *others = network.layers
    seconds = defaultdict(list)

    def timed(part, function, *arguments):
        start = time.perf_counter()
        result = function(*arguments)
        seconds[part].append(time.perf_counter() - start)
        return result

    def name(layer, way):
        return f"{'dense layers' if isinstance(layer, Dense) else 'activations'}, {way}"

    def epoch():
        seconds.clear()
        rows, steps = training.minibatches(x, target, batch_size, rng), -(-len(x) // batch_size)
        for _ in range(steps):
            a, y = timed("mini-batch", next, rows)
            for i, layer in enumerate(network.layers):
                a = timed((name(layer, "forward"), i), layer.forward, a)
            timed(("loss", 0), loss.forward, a, y)
            grad = timed(("loss", 1), loss.backward)
            for i, layer in enumerate(reversed(others)):
                grad = timed((name(layer, "backward"), i), layer.backward, grad)
            timed((name(first, "backward"), len(others)), first.collect, grad)
            timed("step", optimizer.step)
        result = defaultdict(float)
        for part, times in seconds.items():
            result[part if isinstance(part, str) else part[0]] += statistics.median(times)
        return {part: round(time, 8) for part, time in result.items()}

    return epoch, lambda: list(zip(values[::2], values[1::2], strict=True))
