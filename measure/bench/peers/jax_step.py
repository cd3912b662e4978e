"""JAX, one compiled step for each batch; the loop stays in Python."""

import numpy as np

from measure.bench.networks import batches

TITLE = "JAX step"
PACKAGES = ("jax", "jaxlib")
SLOW_AT_SMALL_BATCHES = 0.25


def start(net, weights, x, labels, batch_size, rng):
    import jax

    from measure.bench.jax_parts import state_of, step_of

    state, step = state_of(weights), jax.jit(step_of(net), donate_argnums=0)
    y = np.eye(10, dtype=np.float32)[labels] if net.kind == "sigmoid" else labels.astype(np.int32)

    def epoch():
        nonlocal state
        costs = []
        for batch in batches(rng.permutation(len(x)), batch_size):
            state, cost = step(state, x[batch], y[batch])
            costs.append((cost, len(batch)))
        return sum(float(cost) * n for cost, n in costs) / len(x)

    return epoch, lambda: [(np.asarray(W), np.asarray(b)) for W, b in state[0]]
