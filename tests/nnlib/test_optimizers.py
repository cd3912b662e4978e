"""Optimizers: steps by hand, and what is refused."""

import tracemalloc

import numpy as np
import pytest

from nnlib import L2, SGD, AdaGrad, Adam, AdamW, Parameter, RMSProp


def parameter(value=1.0, grad=0.5, dtype=np.float64):
    return Parameter("w", np.array([value], dtype), np.array([grad], dtype))


def test_a_step_subtracts_the_rate_times_the_gradient_in_place():
    p = parameter()
    value, sgd = p.value, SGD([p], 0.1)
    sgd.step()
    assert p.value is value and value[0] == pytest.approx(0.95)
    assert sgd.state() == []  # without momentum, nothing is kept


def test_momentum_by_hand():
    p = parameter()
    optimizer = SGD([p], 0.1, momentum=0.9)
    optimizer.step()  # v = 0.5
    assert p.value[0] == pytest.approx(0.95)
    p.grad[...] = -0.2
    optimizer.step()  # v = 0.45 - 0.2 = 0.25
    assert p.value[0] == pytest.approx(0.925)


def test_nesterov_by_hand():
    p = parameter()
    optimizer = SGD([p], 0.1, momentum=0.9, nesterov=True)
    optimizer.step()  # v = 0.5: the step is 0.1 (0.5 + 0.9 * 0.5)
    assert p.value[0] == pytest.approx(0.905)
    p.grad[...] = -0.2
    optimizer.step()  # v = 0.45 - 0.2 = 0.25: the step is 0.1 (-0.2 + 0.225)
    assert p.value[0] == pytest.approx(0.9025)


def test_nesterov_is_momentum_whose_slope_is_taken_where_it_looks_ahead_to():
    p = parameter(value=5.0)
    optimizer, place, v = SGD([p], 0.1, momentum=0.8, nesterov=True), 5.0, 0.0
    for _ in range(20):  # Sutskever's form beside PyTorch's, down the parabola whose slope at w is w
        p.grad[...] = p.value
        optimizer.step()
        v = 0.8 * v - 0.1 * (place + 0.8 * v)
        place += v
        assert p.value[0] == pytest.approx(place + 0.8 * v)


def test_nesterov_without_momentum_has_nowhere_to_look():
    with pytest.raises(ValueError, match="momentum: got 0.0, expected a finite number above 0"):
        SGD([parameter()], 0.1, nesterov=True)


def test_a_callable_rate_is_asked_for_every_step():
    p = parameter(grad=1.0)
    optimizer = SGD([p], lambda step: 0.1 / (step + 1))
    optimizer.step()
    optimizer.step()
    assert p.value[0] == pytest.approx(1 - 0.1 - 0.05)


@pytest.mark.parametrize("kind", [SGD, AdaGrad, RMSProp, Adam, AdamW])
def test_every_optimiser_counts_its_steps(kind):
    asked = []
    optimizer = kind([parameter(grad=1.0)], lambda step: asked.append(step) or 0.1)
    for _ in range(3):
        optimizer.step()
    assert [*dict.fromkeys(asked)] == [0, 1, 2]  # some ask more than once a step


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


def test_adagrad_by_hand():
    p = parameter(value=1.0, grad=3.0)
    optimizer = AdaGrad([p], 0.1, epsilon=1.0)
    optimizer.step()  # v = 9
    assert p.value[0] == pytest.approx(1 - 0.1 * 3 / 4)
    p.grad[...] = -4.0
    optimizer.step()  # v = 25
    assert p.value[0] == pytest.approx(1 - 0.1 * 3 / 4 + 0.1 * 4 / 6) and optimizer.v[0][0] == 25


def test_rmsprop_by_hand():
    p = parameter(value=1.0, grad=2.0)
    optimizer = RMSProp([p], 0.1, beta=0.75, epsilon=1.0)
    optimizer.step()  # v = 1
    assert p.value[0] == pytest.approx(1 - 0.1 * 2 / 2)
    p.grad[...] = -np.sqrt(13)
    optimizer.step()  # v = 0.75 + 0.25 * 13 = 4
    assert p.value[0] == pytest.approx(0.9 + 0.1 * np.sqrt(13) / 3) and optimizer.v[0][0] == pytest.approx(4)


def test_rmsprops_first_step_is_longer_than_the_rate_since_nothing_undoes_the_start_from_zero():
    p = parameter(value=0.0, grad=7.0)
    RMSProp([p], 0.01).step()
    assert p.value[0] == pytest.approx(-0.01 / np.sqrt(1 - 0.9))


def test_the_usual_numbers_of_adagrad_and_rmsprop():
    for usual, named in ((AdaGrad, {"epsilon": 1e-10}), (RMSProp, {"beta": 0.9, "epsilon": 1e-8})):
        a, b = parameter(grad=1e-8), parameter(grad=1e-8)
        usual([a], 0.001).step()
        usual([b], 0.001, **named).step()
        assert a.value[0] == b.value[0] != 1
    p = parameter(value=0.0)
    RMSProp([p]).step()
    assert p.value[0] == pytest.approx(-0.001 / np.sqrt(0.1))


def test_the_usual_numbers_of_adamw_are_those_of_pytorch():
    W, same = (Parameter("W", np.full((1, 1), 1.0), np.full((1, 1), 1e-8)) for _ in range(2))
    AdamW([W]).step()
    AdamW([same], 0.001, 0.9, 0.999, 1e-8, 0.01).step()
    assert W.value == same.value == pytest.approx(1 - 0.001 * 0.01 - 0.001 / 2)  # epsilon is as large as the slope
    AdamW([same], epsilon=1e9).step()
    assert same.value == pytest.approx(W.value * (1 - 0.001 * 0.01), rel=1e-12)


def test_adamw_shrinks_weights_by_the_same_share_and_leaves_biases():
    W, b = (Parameter(name, np.full(shape, 10.0), np.zeros(shape)) for name, shape in (("W", (1, 2)), ("b", 2)))
    W.value[0, 1] = -1
    optimizer = AdamW([W, b], lambda step: 0.1 / (step + 1), weight_decay=0.5)
    optimizer.step()  # no slopes: the decay alone, 0.1 * 0.5 of each
    assert np.allclose(W.value, [[9.5, -0.95]]) and b.value.tolist() == [10, 10]
    optimizer.step()  # the rate has halved, and so has the share
    assert np.allclose(W.value, [[9.5 * 0.975, -0.95 * 0.975]])


def test_adamw_is_adam_beside_the_decay_and_not_l2_within_it():
    def weights():
        return Parameter("W", np.array([[10.0, -1.0]]), np.array([[0.5, 2.0]]))

    ours, adam, within = weights(), weights(), weights()
    optimizers = AdamW([ours], 0.1, weight_decay=0.5), Adam([adam], 0.1), Adam([within], 0.1)
    L2(0.5)([within])
    for optimizer in optimizers:
        optimizer.step()
    assert np.allclose(ours.value, adam.value - 0.05 * np.array([[10, -1]]))
    assert np.allclose(within.value, adam.value)  # Adam's first step has one length, whatever is added to the slope


@pytest.mark.parametrize("decay", [0, -0.1, float("nan")])
def test_adamws_decay_is_positive(decay):
    with pytest.raises(ValueError, match="weight_decay: got"):
        AdamW([parameter()], weight_decay=decay)


def test_adam_by_hand():
    p = parameter(value=1.0, grad=0.5)
    value, adam = p.value, Adam([p], 0.1, beta1=0.5, beta2=0.75, epsilon=0.25)
    adam.step()  # m^ = 0.5 and v^ = 0.25, whatever the betas: the step is 0.1 * 0.5 / (0.5 + 0.25)
    assert p.value is value and value[0] == pytest.approx(1 - 0.2 / 3)
    p.grad[...] = -1.0
    adam.step()
    m = (0.5 * 0.25 - 0.5 * 1) / (1 - 0.5**2)
    v = (0.75 * 0.0625 + 0.25 * 1) / (1 - 0.75**2)
    assert value[0] == pytest.approx(1 - 0.2 / 3 - 0.1 * m / (np.sqrt(v) + 0.25), rel=1e-14)
    assert p.grad[0] == -1.0  # it only reads the gradient


@pytest.mark.parametrize("grad", [1e-3, 1.0, -1e6])
def test_adams_first_step_is_as_long_as_the_rate_whatever_the_gradient(grad):
    p = parameter(value=0.0, grad=grad)
    Adam([p], 0.01).step()
    assert p.value[0] == pytest.approx(-0.01 * np.sign(grad), rel=1e-4)


def test_adam_asks_a_callable_rate_for_every_step_and_keeps_float32():
    p = parameter(grad=1.0, dtype=np.float32)
    adam = Adam([p], lambda step: np.float64(0.1) / (step + 1))
    adam.step()
    adam.step()
    assert p.value[0] == pytest.approx(1 - 0.1 - 0.05, rel=1e-5)
    assert {array.dtype for array in (p.value, *adam.state())} == {np.dtype("float32")}


def test_adams_numbers_are_the_papers_unless_others_are_given():
    usual, named = parameter(grad=1e-8), parameter(grad=1e-8)
    optimizers = Adam([usual]), Adam([named], 0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)
    for grad in (1e-8, -3e-8, 2e-8):
        for p, adam in zip((usual, named), optimizers, strict=True):
            p.grad[...] = grad
            adam.step()
    assert usual.value[0] == named.value[0] != 1


def test_adam_without_memory_goes_by_the_sign_of_the_gradient():
    p = parameter(value=0.0)
    adam = Adam([p], 0.1, beta1=0, beta2=0)
    for grad, expected in ((0.5, -0.1), (20.0, -0.2), (-3.0, -0.1)):
        p.grad[...] = grad
        adam.step()
        assert p.value[0] == pytest.approx(expected)


def test_adams_step_makes_no_array_as_large_as_the_parameters():
    p = Parameter("w", np.zeros(100_000), np.ones(100_000))
    adam = Adam([p])
    tracemalloc.start()
    adam.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < p.value.nbytes / 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adams_fading_moments_become_zero_before_they_are_denormal(dtype):
    p = Parameter("w", np.zeros(2, dtype), np.ones(2, dtype))
    adam, tiny = Adam([p]), np.finfo(dtype).tiny
    for _ in range(8_000):
        adam.step()
        p.grad[...] = [0, 1]
        assert not any(((array != 0) & (np.abs(array) < tiny)).any() for array in adam.state())
    assert adam.m[0][0] == 0 and adam.m[0][1] == pytest.approx(1, rel=1e-3) == adam.v[0][1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rmsprops_fading_mean_becomes_zero_before_it_is_denormal(dtype):
    p = Parameter("w", np.zeros(2, dtype), np.ones(2, dtype))
    optimizer, tiny = RMSProp([p]), np.finfo(dtype).tiny
    for _ in range(8_000):
        optimizer.step()
        p.grad[...] = [0, 1]
        assert not ((optimizer.v[0] != 0) & (optimizer.v[0] < tiny)).any()
    assert optimizer.v[0][0] == 0 and optimizer.v[0][1] == pytest.approx(1)


@pytest.mark.parametrize("name", ["beta1", "beta2"])
@pytest.mark.parametrize("beta", [-0.1, 1.0, float("nan")])
def test_adams_betas_lie_below_1(name, beta):
    with pytest.raises(ValueError, match=f"{name}: got {beta}, expected a number from 0 up to"):
        Adam([parameter()], **{name: beta})


@pytest.mark.parametrize("beta", [-0.1, 1.0, float("nan")])
def test_rmsprops_beta_lies_below_1(beta):
    with pytest.raises(ValueError, match=f"^beta: got {beta}, expected a number from 0 up to"):
        RMSProp([parameter()], 0.1, beta=beta)


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam])
@pytest.mark.parametrize("epsilon", [0, -1e-8, float("nan")])
def test_epsilon_is_positive(kind, epsilon):
    with pytest.raises(ValueError, match="epsilon: got"):
        kind([parameter()], 0.1, epsilon=epsilon)
