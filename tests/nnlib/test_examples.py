"""Examples: the worked numbers of the text, computed once more with nothing but `math`."""

from math import exp

import numpy as np
import pytest

from nnlib import SGD, QuadraticCost
from nnlib.examples import net_2_2_1, net_2_2_2


def s(z):
    return 1 / (1 + exp(-z))


def test_the_2_2_1_network_by_hand():
    a1, a2 = s(0.8 * 0.5 - 0.4 * 1 + 0.2), s(-0.6 * 0.5 + 0.9 * 1 - 0.1)
    out = s(1.2 * a1 - 0.8 * a2 + 0.3)
    delta = (out - 1) * out * (1 - out)
    delta1, delta2 = 1.2 * delta * a1 * (1 - a1), -0.8 * delta * a2 * (1 - a2)

    example = net_2_2_1()
    network, loss = example.network(), QuadraticCost()
    assert loss.forward(network.forward(example.x), example.y) == pytest.approx((out - 1) ** 2 / 2, rel=1e-12)
    network.backward(loss.backward())
    gradients = {p.name: p.grad for p in network.parameters()}
    assert np.allclose(gradients["2.W"], [[delta * a1, delta * a2]], rtol=1e-12)
    assert np.allclose(gradients["2.b"], [delta], rtol=1e-12)
    assert np.allclose(gradients["0.W"], [[delta1 * 0.5, delta1], [delta2 * 0.5, delta2]], rtol=1e-12)
    assert np.allclose(gradients["0.b"], [delta1, delta2], rtol=1e-12)


@pytest.mark.parametrize(("biases_learn", "after"), [(False, 0.291028), (True, 0.280471)])
def test_mazurs_network_before_and_after_one_step(biases_learn, after):
    example = net_2_2_2()
    network, loss = example.network(), QuadraticCost()
    assert loss.forward(network.forward(example.x), example.y) == pytest.approx(0.298371, abs=5e-7)
    network.backward(loss.backward())
    learning = [p for p in network.parameters() if biases_learn or p.name.endswith("W")]
    SGD(learning, example.learning_rate).step()
    assert loss.forward(network.forward(example.x), example.y) == pytest.approx(after, abs=5e-7)


def test_each_network_is_a_fresh_copy():
    example = net_2_2_1()
    network = example.network()
    network.parameters()[0].value[...] = 0
    assert example.network().parameters()[0].value[0, 0] == 0.8
