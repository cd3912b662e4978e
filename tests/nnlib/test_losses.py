"""Losses: values by hand, gradients against differences, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib import (
    BinaryCrossEntropy,
    QuadraticCost,
    SoftmaxCrossEntropy,
    log_softmax,
    one_hot,
    sigmoid,
)


def test_quadratic_cost_by_hand():
    loss = QuadraticCost()
    assert loss.forward(np.array([[0.4, 0.9], [0.2, 0.6]]), np.array([[1.0, 1.0], [0.0, 0.0]])) == pytest.approx(
        ((0.36 + 0.01) / 2 + (0.04 + 0.36) / 2) / 2
    )
    assert np.allclose(loss.backward(), [[-0.3, -0.05], [0.1, 0.3]])


def test_binary_cross_entropy_by_hand():
    loss = BinaryCrossEntropy()
    z = np.array([[0.0], [math.log(3)]])  # p = 1/2 and 3/4
    assert loss.forward(z, np.array([[1.0], [0.0]])) == pytest.approx((math.log(2) + math.log(4)) / 2)
    assert np.allclose(loss.backward(), [[-0.25], [0.375]])


def test_softmax_cross_entropy_by_hand():
    loss = SoftmaxCrossEntropy()
    z = np.log([[1.0, 2.0, 5.0]])  # p = 1/8, 2/8, 5/8
    assert loss.forward(z, np.array([1])) == pytest.approx(math.log(4))
    assert np.allclose(loss.backward(), [[0.125, -0.75, 0.625]])
    assert np.allclose(loss.probabilities(z), [[0.125, 0.25, 0.625]])


def test_knowing_nothing_about_ten_classes_costs_ln_10():
    assert SoftmaxCrossEntropy().forward(np.zeros((4, 10)), np.arange(4)) == pytest.approx(math.log(10))


logits = arrays(np.float64, (3, 4), elements=st.floats(-50, 50))


@given(z=logits, shift=st.floats(-1e6, 1e6))
def test_softmax_ignores_a_constant_shift(z, shift):
    assert np.allclose(SoftmaxCrossEntropy.probabilities(z + shift), SoftmaxCrossEntropy.probabilities(z), atol=1e-8)


@given(z=logits)
def test_probabilities_sum_to_1_and_log_softmax_is_their_logarithm(z):
    p = SoftmaxCrossEntropy.probabilities(z)
    assert np.allclose(p.sum(axis=1), 1)
    assert np.allclose(np.exp(log_softmax(z)), p)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, 1e30])
def test_huge_logits_give_a_finite_cost_and_gradient(dtype, size):
    z = np.array([[size, -size, 0]], dtype)
    with np.errstate(all="raise", under="ignore"):
        softmax, binary = SoftmaxCrossEntropy(), BinaryCrossEntropy()
        assert softmax.forward(z, np.array([1])) == pytest.approx(2 * size, rel=1e-6)
        assert binary.forward(z.T, np.array([[0], [1], [1]], dtype)) == pytest.approx(
            (2 * size + math.log(2)) / 3, rel=1e-6
        )
    assert softmax.backward().dtype == dtype and np.isfinite(softmax.backward()).all()
    assert np.allclose(binary.backward(), (sigmoid(z.T) - [[0], [1], [1]]) / 3)


def test_one_hot_has_its_1_at_the_label():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(np.array([2, 0]), 3).dtype == np.float64
    assert one_hot(np.array([2, 0]), 3, np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("loss", "output", "target", "error", "message"),
    [
        (
            QuadraticCost(),
            np.ones((2, 3)),
            np.ones((2, 2)),
            ValueError,
            r"target: got shape \(2, 2\), expected .*\(2, 3\)",
        ),
        (QuadraticCost(), np.ones((2, 3)), np.array([1, 2]), ValueError, r"one_hot\(labels, n_classes\)"),
        (QuadraticCost(), np.ones((0, 3)), np.ones((0, 3)), ValueError, "output: got an empty batch"),
        (BinaryCrossEntropy(), np.ones((2, 1)), np.array([0, 1]), ValueError, "target: got shape"),
        (BinaryCrossEntropy(), np.ones((2, 1)), np.array([[0], [2]]), ValueError, "from 0 to 2, expected only 0 and 1"),
        (
            SoftmaxCrossEntropy(),
            np.ones((2, 3)),
            np.array([0, 3]),
            ValueError,
            "labels: got values 0 to 3, expected 0 to 2",
        ),
        (SoftmaxCrossEntropy(), np.ones((2, 3)), np.array([-1, 0]), ValueError, "labels: got values -1 to 0"),
        (SoftmaxCrossEntropy(), np.ones((2, 3)), np.array([0.0, 1.0]), TypeError, "labels: got dtype float64"),
        (
            SoftmaxCrossEntropy(),
            np.ones((2, 3)),
            np.array([0]),
            ValueError,
            r"labels: got shape \(1,\), expected \(2,\)",
        ),
        (SoftmaxCrossEntropy(), np.ones((0, 3)), np.zeros(0, int), ValueError, "labels: got none"),
    ],
)
def test_a_loss_names_what_is_wrong(loss, output, target, error, message):
    with pytest.raises(error, match=message):
        loss.forward(output, target)


@pytest.mark.parametrize("ignored", [-1, 0])
@pytest.mark.parametrize("kept", [(0, 2, 3), (2,), ()])
def test_with_weights_too_an_ignored_example_costs_nothing_and_does_not_count(kept, ignored):
    rng = np.random.default_rng(0)
    z, weight, labels = rng.standard_normal((5, 4)), rng.uniform(0.5, 2, 5), np.array([1, 2, 3, 1, 2])
    rest = [row for row in range(5) if row not in kept]
    labels[rest] = ignored
    loss, alone = SoftmaxCrossEntropy(ignored=ignored), SoftmaxCrossEntropy()
    cost, slopes = loss.forward(z, labels, weight), loss.backward()
    assert not slopes[rest].any()
    if not kept:
        assert cost == 0
        return
    places = list(kept)
    assert cost == pytest.approx(alone.forward(z[places], labels[places], weight[places]))
    assert np.allclose(slopes[places], alone.backward())
