"""Optimizers: steps by hand, and what is refused."""

import numpy as np
import pytest

from nnlib import SGD, Parameter


def parameter(value=1.0, grad=0.5, dtype=np.float64):
    return Parameter("w", np.array([value], dtype), np.array([grad], dtype))


def test_a_step_subtracts_the_rate_times_the_gradient_in_place():
    p = parameter()
    value = p.value
    SGD([p], 0.1).step()
    assert p.value is value and value[0] == pytest.approx(0.95)


def test_momentum_by_hand():
    p = parameter()
    optimizer = SGD([p], 0.1, momentum=0.9)
    optimizer.step()  # v = 0.5
    assert p.value[0] == pytest.approx(0.95)
    p.grad[...] = -0.2
    optimizer.step()  # v = 0.45 - 0.2 = 0.25
    assert p.value[0] == pytest.approx(0.925)


def test_a_callable_rate_is_asked_for_every_step():
    p = parameter(grad=1.0)
    optimizer = SGD([p], lambda step: 0.1 / (step + 1))
    optimizer.step()
    optimizer.step()
    assert p.value[0] == pytest.approx(1 - 0.1 - 0.05)


def test_parameters_may_come_from_an_iterator():
    p = parameter()
    optimizer = SGD(iter([p]), 0.1)
    optimizer.step()
    optimizer.step()
    assert p.value[0] == pytest.approx(0.9)


def test_float32_stays_float32():
    p = parameter(dtype=np.float32)
    optimizer = SGD([p], np.float64(0.1), momentum=0.5)
    optimizer.step()
    assert p.value.dtype == np.float32 and optimizer.velocities[0].dtype == np.float32


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), lambda step: -1.0])
def test_a_rate_that_is_not_positive_is_refused_at_once(rate):
    with pytest.raises(ValueError, match="learning_rate: got .*expected a finite number above 0"):
        SGD([parameter()], rate)


@pytest.mark.parametrize("momentum", [-0.1, 1.0, float("nan")])
def test_momentum_lies_below_1(momentum):
    with pytest.raises(ValueError, match="momentum: got"):
        SGD([parameter()], 0.1, momentum)
