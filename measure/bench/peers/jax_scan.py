"""JAX, the whole epoch compiled as one scan over its batches."""

import numpy as np

TITLE = "JAX scan"
PACKAGES = ("jax", "jaxlib")
BARS = {"B10": 1.1, "A128": 1.0, "B128": 1.0, "C32": 1.5, "C128": 1.2}


def start(net, weights, x, labels, batch_size, rng):
    import jax
    import jax.numpy as jnp

    from measure.bench.jax_parts import state_of, step_of

    step, full = step_of(net), len(x) // batch_size * batch_size
    y = np.eye(10, dtype=np.float32)[labels] if net.kind == "sigmoid" else labels.astype(np.int32)
    x, y, state = jnp.array(x), jnp.array(y), state_of(weights)

    def whole(state, x, y, order):
        def one(state, batch):
            return step(state, x[batch], y[batch])

        state, costs = jax.lax.scan(one, state, order[:full].reshape(-1, batch_size))
        total = costs.sum() * batch_size
        if full < len(x):
            state, cost = one(state, order[full:])
            total += cost * (len(x) - full)
        return state, total / len(x)

    whole = jax.jit(whole, donate_argnums=0)

    def epoch():
        nonlocal state
        state, cost = whole(state, x, y, rng.permutation(len(x)).astype(np.int32))
        return float(cost)

    return epoch, lambda: [(np.asarray(W), np.asarray(b)) for W, b in state[0]]
