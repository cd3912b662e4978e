"""Layers: every backward pass against differences, and what a network refuses."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib import Dense, Dropout, Layer, Network, ReLU, Sigmoid, Tanh, gradient_errors, scaled_normal, sigmoid


def rng():
    return np.random.default_rng(0)


class SameDraws:
    """In place of a generator: every draw gives the same numbers, so that every forward pass has the same mask."""

    def random(self, shape):
        return rng().random(shape)


LAYERS = [  # every layer earns its gradient check by one line here
    Dense(4, 3, rng()),
    Sigmoid(),
    Tanh(),
    ReLU(),
    Dropout(0.4, SameDraws()),
    Network(Dense(4, 5, rng()), Sigmoid(), Dense(5, 2, rng()), Sigmoid()),
    Network(Dense(4, 5, rng()), ReLU(), Network(Dense(5, 5, rng()), Tanh()), Dense(5, 2, rng())),
    Network(Dense(4, 5, rng()), Sigmoid(), Dropout(0.4, SameDraws()), Dense(5, 2, rng())),
]
# Dropout alone lets `forward` differ from `predict`, and from batch to batch.
WITHOUT_CHANCE = [
    layer for layer in LAYERS if not any(isinstance(part, Dropout) for part in (layer, *getattr(layer, "layers", ())))
]
SIGMOIDS, NESTED = (layer for layer in WITHOUT_CHANCE if isinstance(layer, Network))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_backward_agrees_with_central_differences(layer):
    errors = gradient_errors(layer, rng().standard_normal((6, 4)), rng())
    assert set(errors) == {"x"} | {p.name for p in layer.parameters()}
    assert max(errors.values()) < 1e-8


def test_no_layer_is_missing_from_the_gradient_checks():
    kinds, found = [Layer], set()
    while kinds:
        kinds += (subclasses := kinds.pop().__subclasses__())
        found |= {kind for kind in subclasses if re.match(r"nnlib\.(?!exercises\.)", kind.__module__)}
    assert found == {type(layer) for layer in LAYERS}


batches = arrays(np.float64, (5, 4), elements=st.floats(-10, 10))


@pytest.mark.parametrize("layer", WITHOUT_CHANCE, ids=lambda layer: type(layer).__name__)
@given(x=batches)
def test_predict_is_forward_without_a_trace(layer, x):
    layer.forward(x)
    before = {name: np.copy(value) for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    prediction = layer.predict(x[::-1].copy())
    after = {name: value for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert np.allclose(prediction[::-1], layer.forward(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layer", WITHOUT_CHANCE, ids=lambda layer: type(layer).__name__)
@given(x=batches, order=st.permutations(range(5)))
def test_a_batch_in_another_order_gives_the_same_rows_and_the_same_parameter_gradients(layer, x, order):
    def run(x):
        layer.backward(np.ones_like(layer.forward(x)))
        return layer.forward(x), [p.grad.copy() for p in layer.parameters()]

    (output, grads), (shuffled, shuffled_grads) = run(x), run(x[list(order)])
    assert np.allclose(output[list(order)], shuffled, rtol=1e-12, atol=1e-12)
    assert all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in zip(grads, shuffled_grads, strict=True))


@given(x=batches)
def test_the_gradient_of_a_batch_is_the_sum_over_its_examples(x):
    network = SIGMOIDS

    def grads(x):
        network.backward(np.ones_like(network.forward(x)))
        return [p.grad.copy() for p in network.parameters()]

    one_by_one = [sum(parts) for parts in zip(*(grads(row[None, :]) for row in x), strict=True)]
    assert all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in zip(grads(x), one_by_one, strict=True))


@given(z=arrays(np.float64, 5, elements=st.floats(-1e300, 1e300)))
def test_sigmoid_stays_between_0_and_1_and_is_symmetric_for_any_z(z):
    with np.errstate(all="raise", under="ignore"):
        a = sigmoid(z)
    assert np.all((a >= 0) & (a <= 1))
    assert np.allclose(a + sigmoid(-z), 1)


def test_sigmoid_keeps_the_dtype_and_the_small_values():
    assert sigmoid(np.float32([[-3, 3]])).dtype == np.float32
    assert sigmoid(np.array(-700.0)) == pytest.approx(np.exp(-700.0), rel=1e-12)


def test_relu_has_slope_zero_at_the_kink():
    layer = ReLU()
    layer.forward(np.array([[-1.0, 0.0, 2.0]]))
    assert layer.backward(np.ones((1, 3))).tolist() == [[0, 0, 1]]


def test_dropout_keeps_its_share_of_the_activations_and_their_mean():
    x = np.ones((1000, 100))
    a = Dropout(0.2, rng()).forward(x)
    assert set(np.unique(a)) == {0, 1.25}
    assert np.mean(a == 0) == pytest.approx(0.2, abs=0.005)
    assert a.mean() == pytest.approx(1, abs=0.005)


def test_dropout_goes_backward_through_the_mask_of_its_forward_pass():
    layer, x = Dropout(0.5, rng()), np.arange(1.0, 41.0).reshape(8, 5)
    a = layer.forward(x)
    assert np.array_equal(layer.backward(x), a)
    assert not np.array_equal(layer.forward(x), a)  # the next forward pass draws anew


@given(x=batches, rate=st.floats(0, 0.99))
def test_dropout_predicts_what_it_is_given(x, rate):
    layer = Dropout(rate, rng())
    assert np.array_equal(layer.predict(x), x)
    assert rate > 0 or np.array_equal(layer.forward(x), x)


def test_dropout_keeps_the_dtype():
    layer, x = Dropout(0.3, rng()), np.ones((4, 5), np.float32)
    assert layer.forward(x).dtype == layer.backward(x).dtype == layer.predict(x).dtype == np.float32


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan")])
def test_dropout_refuses_a_rate_that_leaves_nothing(rate):
    with pytest.raises(ValueError, match="rate: got .*, expected a number from 0 up to, but not including, 1"):
        Dropout(rate, rng())


def test_parameters_are_the_very_arrays_of_the_layer():
    layer = Dense(3, 2, rng())
    W, b = layer.parameters()
    assert (W.value is layer.W, W.grad is layer.dW, b.value is layer.b, b.grad is layer.db) == (True,) * 4
    layer.backward(np.ones_like(layer.forward(np.ones((4, 3)))))
    assert W.grad is layer.dW and b.grad.tolist() == [4, 4]


def test_names_of_nested_parameters_are_unique_and_tell_the_place():
    names = [p.name for p in NESTED.parameters()]
    assert names == ["0.W", "0.b", "2.0.W", "2.0.b", "3.W", "3.b"]


def test_weights_start_with_the_spread_that_keeps_z_near_1():
    W = scaled_normal(rng(), (200, 400))
    assert W.std() == pytest.approx(1 / 20, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=0.001)


def test_init_and_dtype_are_used():
    layer = Dense(3, 2, rng(), dtype=np.float32, init=lambda rng, shape: np.full(shape, 0.25))
    assert layer.W.tolist() == [[0.25] * 3] * 2
    assert {layer.W.dtype, layer.b.dtype, layer.dW.dtype, layer.db.dtype} == {np.dtype("float32")}
    network = Network(layer, Sigmoid())
    assert network.forward(np.ones((1, 3), np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    "make",
    [lambda: Dense(4, 4, rng()), Sigmoid, Tanh, ReLU, lambda: Dropout(0.5, rng()), lambda: Network(Dense(4, 4, rng()))],
)
def test_backward_before_forward_says_so(make):
    with pytest.raises(RuntimeError, match=r"\w+.backward came before forward: call \w+.forward\(...\) first"):
        make().backward(np.ones((2, 4)))


def test_a_missing_attribute_is_still_a_missing_attribute():
    with pytest.raises(AttributeError, match="Dense has no attribute 'weights'"):
        Dense(2, 2, rng()).weights  # noqa: B018


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        (lambda: (Dense(4, 3, rng()), Dense(2, 1, rng())), ValueError, "layer 1 takes 2 inputs, .* give 3"),
        (lambda: (Dense(4, 3, rng()), Sigmoid(), Dense(2, 1, rng())), ValueError, "layer 2 takes 2 inputs, .* give 3"),
        (lambda: (Network(Dense(4, 3, rng())), Dense(2, 1, rng())), ValueError, "layer 1 takes 2 inputs, .* give 3"),
        (lambda: (Dense(4, 3, rng(), np.float32), Dense(3, 1, rng())), TypeError, "layer 1 has dtype float64"),
        (lambda: (LAYERS[1], LAYERS[1]), ValueError, "one layer stands in two places"),
        (lambda: (Network(LAYERS[1]), LAYERS[1]), ValueError, "one layer stands in two places"),
        (lambda: (Dense(4, 3, rng()), "sigmoid"), TypeError, "got 'sigmoid' at place 1, expected a Layer"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers, error, message):
    with pytest.raises(error, match=message):
        Network(*layers())


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((2, 5)), ValueError, r"x: got shape \(2, 5\), expected \(n, 4\)"),
        (np.ones(4), ValueError, r"a batch of one: x\[None, :\]"),
        (np.ones((0, 4)), ValueError, "x: got an empty batch"),
        (np.ones((2, 4), np.float32), TypeError, "x: got dtype float32, but the network's parameters are float64"),
        (np.ones((2, 4), int), TypeError, r"x: got dtype int64.*convert it, x.astype\(np.float64\)$"),
        ([[1, 2, 3, 4]], TypeError, "x: got a list, expected an array"),
    ],
)
@pytest.mark.parametrize("way", ["forward", "predict"])
def test_a_network_names_what_is_wrong_with_its_input(way, x, error, message):
    with pytest.raises(error, match=message):
        getattr(SIGMOIDS, way)(x)


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "3"])
def test_a_layer_has_a_whole_number_of_neurons(size):
    with pytest.raises(ValueError, match="n_out: got .*expected a whole number of at least 1"):
        Dense(2, size, rng())
