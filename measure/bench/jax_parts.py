"""What both JAX peers share: the cost, and one step of the optimizer."""

import jax
import jax.numpy as jnp

from measure.bench.networks import ADAM


def cost_of(net):
    """The mean cost of a batch as a function of the weights."""

    def cost(weights, x, y):
        for W, b in weights[:-1]:
            x = x @ W.T + b
            x = jax.nn.sigmoid(x) if net.kind == "sigmoid" else jax.nn.relu(x)
        z = x @ weights[-1][0].T + weights[-1][1]
        if net.kind == "sigmoid":
            return jnp.sum((jax.nn.sigmoid(z) - y) ** 2) / (2 * len(y))
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))

    return cost


def state_of(weights):
    """The weights, Adam's two moments and the count of steps."""
    weights = [(jnp.array(W), jnp.array(b)) for W, b in weights]
    zeros = [jax.tree.map(jnp.zeros_like, weights) for _ in range(2)]
    return weights, *zeros, jnp.zeros((), jnp.float32)


def step_of(net):
    """(state, x, y) -> (state, cost): one step."""
    cost = cost_of(net)

    def step(state, x, y):
        weights, m, v, t = state
        value, grads = jax.value_and_grad(cost)(weights, x, y)
        if net.kind == "sigmoid":
            return (jax.tree.map(lambda w, g: w - net.rate * g, weights, grads), m, v, t), value
        t = t + 1
        first, second = 1 - ADAM["beta1"] ** t, 1 - ADAM["beta2"] ** t
        m = jax.tree.map(lambda m, g: ADAM["beta1"] * m + (1 - ADAM["beta1"]) * g, m, grads)
        v = jax.tree.map(lambda v, g: ADAM["beta2"] * v + (1 - ADAM["beta2"]) * g * g, v, grads)
        weights = jax.tree.map(
            lambda w, m, v: w - net.rate * (m / first) / (jnp.sqrt(v / second) + ADAM["epsilon"]), weights, m, v
        )
        return (weights, m, v, t), value

    return step
