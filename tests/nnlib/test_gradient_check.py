"""Gradient check: it is right where the answer is known, and it turns red for each kind of mistake."""

import numpy as np
import pytest

from nnlib import (
    Dense,
    Network,
    QuadraticCost,
    ReLU,
    Sigmoid,
    gradient_errors,
    loss_gradient_error,
    numerical_gradient,
    relative_error,
)


def rng():
    return np.random.default_rng(1)


def test_the_numerical_gradient_of_a_known_function():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    kept = x.copy()
    assert np.allclose(numerical_gradient(lambda x: np.sum(x**3), x), 3 * x**2, atol=1e-8)
    assert np.array_equal(x, kept)


def test_the_step_h_is_used():
    assert numerical_gradient(lambda x: float(x[0] ** 3), np.array([1.0]), h=0.1)[0] == pytest.approx(3.01)


def test_relative_error_by_hand():
    assert relative_error(np.array([3.0, 4.0]), np.array([3.0, 4.0])) == 0
    assert relative_error(np.zeros(2), np.zeros(2)) == 0
    assert relative_error(np.array([1.0]), np.array([-1.0])) == 1
    assert relative_error(np.array([3.0]), np.array([1.0])) == pytest.approx(0.5)
    small = np.array([200], np.uint8), np.array([100], np.uint8)  # 100 - 200 wraps around to 156, 200 + 200 to 144
    assert relative_error(*small) == relative_error(*small[::-1]) == pytest.approx(1 / 3)


def test_shapes_that_broadcast_are_not_taken_as_equal():
    with pytest.raises(ValueError, match=r"got shape \(1, 3\), expected \(3,\)"):
        relative_error(np.ones((1, 3)), np.ones(3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_no_number_is_infinitely_wrong(bad):
    good, broken = np.ones(3), np.array([1, bad, 1])
    assert relative_error(broken, good) == relative_error(good, broken) == relative_error(broken, broken) == np.inf


class GateFromOutput(ReLU):
    def pass_back(self, grad):
        return grad * (np.maximum(self.z, 0) >= 0)


class SlopeOfActivation(Sigmoid):
    def pass_back(self, grad):
        s = 1 / (1 + np.exp(-self.a))
        return grad * s * (1 - s)


class NoBiasGradient(Dense):
    def collect(self, delta):
        super().collect(delta)
        self.db[...] = delta[0]


class WrongSign(Dense):
    def pass_back(self, delta):
        return -super().pass_back(delta)


class Transposed(Dense):
    def pass_back(self, delta):
        return delta @ self.W.T


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [
        (GateFromOutput(), "x"),
        (SlopeOfActivation(), "x"),
        (NoBiasGradient(4, 4, rng()), "b"),
        (WrongSign(4, 4, rng()), "x"),
        (Transposed(4, 4, rng()), "x"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_broken_backward_is_found_and_located(layer, wrong):
    errors = gradient_errors(layer, rng().standard_normal((6, 4)), rng())
    assert errors[wrong] > 0.01
    assert all(error < 1e-8 for name, error in errors.items() if name != wrong)


def test_a_broken_layer_is_found_inside_a_network():
    network = Network(Dense(4, 4, rng()), SlopeOfActivation(), Dense(4, 2, rng()))
    errors = gradient_errors(network, rng().standard_normal((6, 4)), rng())
    assert errors["0.W"] > 0.01 and errors["2.W"] < 1e-8


def test_a_broken_loss_is_found():
    class Doubled(QuadraticCost):
        def backward(self):
            return 2 * super().backward()

    assert loss_gradient_error(Doubled(), np.ones((2, 2)), np.zeros((2, 2))) == pytest.approx(1 / 3)


def test_the_check_leaves_input_and_parameters_as_they_were():
    layer, x = Dense(4, 3, rng()), rng().standard_normal((6, 4))
    kept = [layer.W.copy(), x.copy()]
    gradient_errors(layer, x, rng())
    assert np.array_equal(kept[0], layer.W) and np.array_equal(kept[1], x)


def test_float32_is_refused_by_the_name_of_what_has_it():
    with pytest.raises(TypeError, match="^x: got dtype float32, expected float64"):
        gradient_errors(Dense(2, 2, rng()), np.ones((1, 2), np.float32), rng())
    with pytest.raises(TypeError, match="W: got dtype float32, expected float64"):
        gradient_errors(Dense(2, 2, rng(), np.float32), np.ones((1, 2)), rng())
    with pytest.raises(TypeError, match="output: got dtype float32"):
        loss_gradient_error(QuadraticCost(), np.ones((1, 2), np.float32), np.zeros((1, 2), np.float32))
