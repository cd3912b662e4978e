"""NumPy tuned by hand, for speed alone: what nnlib could reach if nobody had to read it.

All parameters lie in one array and all gradients in another, nothing is allocated after the start, and numbers that
multiply arrays are arrays themselves. Its batches are only good until the next one.
"""

import numpy as np

from measure.bench.networks import ADAM, batches

TITLE = "NumPy tuned by hand"


def start(net, weights, x, labels, batch_size, rng):
    flat = np.concatenate([array.ravel() for pair in weights for array in pair])
    grads, m, v, s = (np.zeros_like(flat) for _ in range(4))
    Ws, dWs, bs, dbs, place = [], [], [], [], 0
    for W, b in weights:
        for views, dviews, array in ((Ws, dWs, W), (bs, dbs, b)):
            here = slice(place, place + array.size)
            views.append(flat[here].reshape(array.shape))
            dviews.append(grads[here].reshape(array.shape))
            place += array.size
    last, sigmoids, steps = len(Ws) - 1, net.kind == "sigmoid", 0
    y = np.eye(10, dtype=np.float32)[labels]
    one, half, rate, beta1, beta2 = (np.array(c, np.float32) for c in (1, 0.5, net.rate, ADAM["beta1"], ADAM["beta2"]))
    rooms = {}  # for each number of rows, the arrays of a step

    def room(n):
        if n not in rooms:
            outs = [np.empty((n, len(b)), np.float32) for b in bs]
            rooms[n] = np.empty((n, x.shape[1]), np.float32), np.empty((n, 10), np.float32), outs, [*map(np.copy, outs)]
        return rooms[n]

    def adam():
        nonlocal steps
        steps += 1
        root = ((1 - ADAM["beta2"] ** steps) / (1 - ADAM["beta2"])) ** 0.5
        step = np.array(net.rate * root * (1 - ADAM["beta1"]) / (1 - ADAM["beta1"] ** steps), np.float32)
        np.multiply(m, beta1, m)
        np.add(m, grads, m)
        np.multiply(v, beta2, v)
        np.square(grads, s)
        np.add(v, s, v)
        np.sqrt(v, s)
        np.add(s, np.array(ADAM["epsilon"] * root, np.float32), s)
        np.divide(m, s, s)
        np.multiply(s, step, s)
        np.subtract(flat, s, flat)
        if steps % 100 == 0:
            for moments in (m, v):
                moments[np.abs(moments) < 1e-33] = 0

    def output_delta(output, target, spare, n):
        """Turn the output into delta in place, and return the summed cost."""
        if sigmoids:
            np.subtract(output, target, spare)
            cost = np.vdot(spare, spare) / 2
            np.multiply(spare, output, spare)
            np.subtract(one, output, output)
            np.multiply(output, spare, output)
        else:
            np.subtract(output, np.maximum.reduce(output, 1, keepdims=True), output)
            np.multiply(output, target, spare)
            np.exp(output, output)
            total = np.add.reduce(output, 1, keepdims=True)
            cost = np.add.reduce(np.log(total), None) - np.add.reduce(spare, None)
            np.divide(output, total, output)
            np.subtract(output, target, output)
        np.multiply(output, np.array(1 / n, np.float32), output)
        return cost

    def epoch():
        total = 0.0
        for batch in batches(rng.permutation(len(x)), batch_size):
            n = len(batch)
            rows, target, outs, spares = room(n)
            a = x.take(batch, 0, rows, "clip")
            y.take(batch, 0, target, "clip")
            for i, (W, b, out) in enumerate(zip(Ws, bs, outs, strict=True)):
                np.dot(a, W.T, out)
                np.add(out, b, out)
                if sigmoids:
                    np.multiply(out, half, out)
                    np.tanh(out, out)
                    np.add(out, one, out)
                    np.multiply(out, half, out)
                elif i < last:
                    np.maximum(out, 0, out=out)
                a = out
            total += output_delta(a, target, spares[last], n)
            delta = a
            for i in range(last, -1, -1):
                before = outs[i - 1] if i else rows
                np.add.reduce(delta, 0, None, dbs[i])
                np.dot(delta.T, before, dWs[i])
                if i:
                    np.dot(delta, Ws[i], spares[i - 1])
                    delta = spares[i - 1]
                    if sigmoids:
                        np.multiply(delta, before, delta)
                        np.subtract(one, before, before)
                        np.multiply(delta, before, delta)
                    else:
                        np.multiply(delta, np.sign(before, before), delta)
            if sigmoids:
                np.multiply(grads, rate, s)
                np.subtract(flat, s, flat)
            else:
                adam()
        return float(total) / len(x)

    return epoch, lambda: list(zip(Ws, bs, strict=True))
