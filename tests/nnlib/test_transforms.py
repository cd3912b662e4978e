"""Transforms: L2 against differences, clipping by hand."""

import numpy as np
import pytest

from nnlib import L2, ClipNorm, Dense, numerical_gradient


def layer():
    dense = Dense(3, 2, np.random.default_rng(0))
    dense.b[...] = [1.0, -2.0]
    return dense


def test_l2_adds_the_gradient_of_its_cost_to_weights_and_leaves_biases_alone():
    dense, penalty = layer(), L2(0.3)
    dense.dW[...], dense.db[...] = 5.0, 7.0
    penalty(dense.parameters())
    slope = numerical_gradient(lambda _: penalty.cost(dense.parameters()), dense.W)
    assert np.allclose(dense.dW, 5 + slope, atol=1e-9)
    assert dense.db.tolist() == [7, 7]


def test_l2_cost_by_hand():
    dense = layer()
    dense.W[...] = [[1, 2, 0], [0, 0, 3]]
    assert L2(0.1).cost(dense.parameters()) == pytest.approx(0.05 * 14)


def test_clipping_shrinks_all_gradients_together_to_the_norm():
    dense = layer()
    dense.dW[...], dense.db[...] = [[3, 0, 0], [0, 0, 0]], [0, 4]
    ClipNorm(1.0)(dense.parameters())
    assert np.allclose(dense.dW, [[0.6, 0, 0], [0, 0, 0]]) and np.allclose(dense.db, [0, 0.8])


def test_clipping_leaves_short_gradients_as_they_are():
    dense = layer()
    dense.db[...] = [0.3, 0.4]
    ClipNorm(0.6)(dense.parameters())
    assert dense.db.tolist() == [0.3, 0.4]


@pytest.mark.parametrize(("kind", "name"), [(L2, "strength"), (ClipNorm, "max_norm")])
def test_a_strength_is_positive(kind, name):
    with pytest.raises(ValueError, match=f"{name}: got 0"):
        kind(0)
