"""Layers: every backward pass against differences, and what a network refuses."""

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from parts import LAYERS, SameDraws, rows

from nnlib import (
    GELU,
    SGD,
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    LeakyReLU,
    Network,
    QuadraticCost,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
    fit,
    glorot_normal,
    gradient_errors,
    he_normal,
    scaled_normal,
    sigmoid,
)


def rng():
    return np.random.default_rng(0)


def networks():
    """Networks in which parts meet; a bias of 0 would hide mistakes."""
    made = [
        Network(Dense(4, 5, rng()), Sigmoid(), Dense(5, 2, rng()), Sigmoid()),
        Network(Dense(4, 5, rng()), ReLU(), Network(Dense(5, 5, rng()), Tanh()), Dense(5, 2, rng())),
        Network(Dense(4, 5, rng()), Sigmoid(), Dropout(0.4, SameDraws()), Dense(5, 2, rng())),
        Network(Dense(4, 5, rng()), Sigmoid(), BatchNorm(5), Dense(5, 2, rng())),
    ]
    for p in (p for network in made for p in network.parameters()):
        p.value[...] += np.linspace(-0.5, 0.5, p.value.size).reshape(p.value.shape)
    return made


SIGMOIDS, NESTED, *WITH_CHANCE = networks()
# Dropout and BatchNorm alone let `forward` differ from `predict`, and from batch to batch.
WITHOUT_CHANCE = [
    SIGMOIDS,
    NESTED,
    *(part.make(4, rng(), np.float64) for part in LAYERS.values() if part.same and part.input is rows),
]


@pytest.mark.parametrize("network", networks(), ids=["sigmoids", "nested", "dropout", "batch norm"])
def test_backward_agrees_with_central_differences_where_parts_meet(network):
    errors = gradient_errors(network, rng().standard_normal((6, 4)), np.random.default_rng(1))
    assert set(errors) == {"x"} | {p.name for p in network.parameters()}
    assert max(errors.values()) < 1e-8


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


def test_sigmoid_is_its_formula_and_keeps_the_dtype():
    z = np.linspace(-30, 30, 601)
    assert np.allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=0, atol=1e-15)
    assert sigmoid(np.float32([[-3, 3]])).dtype == np.float32


def test_relu_has_slope_zero_at_the_kink():
    layer = ReLU()
    layer.forward(np.array([[-1.0, 0.0, 2.0]]))
    assert layer.backward(np.ones((1, 3))).tolist() == [[0, 0, 1]]


def test_leaky_relu_has_its_slope_at_the_kink():
    layer = LeakyReLU(0.25)
    assert layer.forward(np.array([[-1.0, 0.0, 2.0]])).tolist() == [[-0.25, 0, 2]]
    assert layer.backward(np.full((1, 3), 2.0)).tolist() == [[0.5, 0.5, 2]]
    assert LeakyReLU().predict(np.array([[-1.0]])) == -0.01


@pytest.mark.parametrize("slope", [-0.1, 1, float("nan")])
def test_leaky_relu_refuses_a_slope_that_leaves_no_kink(slope):
    with pytest.raises(ValueError, match="slope: got .*, expected a number from 0 up to, but not including, 1"):
        LeakyReLU(slope)


def test_gelu_is_near_z_times_the_share_of_a_normal_distribution_below_z():
    z = np.linspace(-6, 6, 1201)
    exact = z * np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in z])
    assert 4e-4 < np.abs(GELU().predict(z) - exact).max() < 1e-3


def test_gelu_by_hand():
    assert GELU().predict(np.array([0.0, 1.0, -1.0])) == pytest.approx([0, 0.841192, -0.158808], abs=1e-6)
    layer = GELU()
    layer.forward(np.array([[0.0, 9.0, -9.0]]))
    assert np.allclose(layer.backward(np.ones((1, 3))), [[0.5, 1, 0]])


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


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan")])
def test_dropout_refuses_a_rate_that_leaves_nothing(rate):
    with pytest.raises(ValueError, match="rate: got .*, expected a number from 0 up to, but not including, 1"):
        Dropout(rate, rng())


def batch_norm():
    """One whose gamma and beta are no longer 1 and 0."""
    layer = BatchNorm(3, decay=0.75)
    layer.gamma[...], layer.beta[...] = [2, 0.5, -1], [1, 0, 3]
    return layer


def test_batch_norm_by_hand():
    layer = BatchNorm(1, epsilon=1.0)
    layer.gamma[...], layer.beta[...] = 3, 10
    x = np.array([[0.0], [2 * np.sqrt(3)]])  # mean sqrt(3), variance 3, and sqrt(3 + 1) = 2
    assert np.allclose(layer.forward(x), [[10 - 1.5 * np.sqrt(3)], [10 + 1.5 * np.sqrt(3)]])


@given(x=arrays(np.float64, (6, 3), elements=st.floats(-100, 100)))
def test_batch_norm_gives_each_feature_the_mean_beta_and_the_spread_gamma(x):
    x = x + 7 * rng().standard_normal(x.shape)  # else a feature may not vary at all
    layer = batch_norm()
    y = layer.forward(x)
    spread = np.abs(layer.gamma) * np.sqrt(x.var(axis=0) / (x.var(axis=0) + 1e-5))
    assert np.allclose(y.mean(axis=0), layer.beta) and np.allclose(y.std(axis=0), spread)


def test_batch_norm_predicts_by_averages_that_each_batch_moves_a_little():
    layer, x = batch_norm(), 5 + 2 * rng().standard_normal((8, 3))
    layer.forward(x)
    mean, variance = 0.25 * x.mean(axis=0), 0.75 + 0.25 * x.var(axis=0, ddof=1)
    assert np.allclose(layer.mean, mean) and np.allclose(layer.variance, variance)
    layer.predict(-x)
    assert np.allclose(layer.mean, mean) and np.allclose(layer.variance, variance)
    # By what it must do: the running mean goes to beta, and one running spread above it to beta + gamma.
    places = mean + np.sqrt(variance + 1e-5) * np.array([[0], [1], [-2]])
    assert np.allclose(layer.predict(places), [[1, 0, 3], [3, 0.5, 2], [-3, -1, 5]])
    for _ in range(100):
        layer.forward(x)
    assert np.allclose(layer.mean, x.mean(axis=0))


def test_batch_norm_without_memory_predicts_by_the_last_batch():
    layer, x = BatchNorm(3, decay=0), rng().standard_normal((2, 3))
    layer.forward(5 + x)
    layer.forward(x)
    assert np.allclose(layer.mean, x.mean(axis=0)) and np.allclose(layer.variance, x.var(axis=0, ddof=1))


def test_a_feature_that_never_varied_is_predicted_to_be_beta():
    norm = BatchNorm(1, decay=0.0)
    norm.beta[...] = 3
    norm.forward(np.full((4, 1), 7.0))
    assert norm.variance == [0] and norm.predict(np.full((1, 1), 7.0)) == [[3]]


def test_a_batch_of_one_example_has_no_spread_and_gives_beta():
    layer = batch_norm()
    assert np.array_equal(layer.forward(np.ones((1, 3))), [layer.beta])
    assert np.array_equal(layer.backward(np.ones((1, 3))), np.zeros((1, 3)))
    assert np.isfinite(layer.variance).all()


def test_batch_norm_keeps_the_dtype():
    layer, x = BatchNorm(5, np.float32), rng().random((4, 5), np.float32)
    assert layer.forward(x).dtype == layer.backward(x).dtype == layer.predict(x).dtype == np.float32
    assert {array.dtype for array in layer.state().values()} == {np.dtype("float32")}


def layer_norm():
    """One whose gamma and beta are no longer 1 and 0."""
    layer = LayerNorm(3)
    layer.gamma[...], layer.beta[...] = [2, 0.5, -1], [1, 0, 3]
    return layer


def test_layer_norm_by_hand():
    layer = LayerNorm(2, epsilon=1.0)
    layer.gamma[...], layer.beta[...] = 3, 10
    x = np.array([[0.0, 2 * np.sqrt(3)], [7, 7]])  # mean sqrt(3), variance 3, and sqrt(3 + 1) = 2; then no variance
    assert np.allclose(layer.forward(x), [[10 - 1.5 * np.sqrt(3), 10 + 1.5 * np.sqrt(3)], [10, 10]])


def test_layer_norm_goes_by_example_by_time_and_by_pixel():
    def normal(x, axis):
        mean, variance = x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True)
        return (x - mean) / np.sqrt(variance + 1e-5)

    for shape, axis, form in (((6, 3), 1, (3,)), ((2, 5, 3), 2, (3,)), ((2, 3, 4, 5), 1, (3, 1, 1))):
        layer, x = layer_norm(), 5 + 2 * rng().standard_normal(shape)
        expected = layer.gamma.reshape(form) * normal(x, axis) + layer.beta.reshape(form)
        assert np.allclose(layer.forward(x), expected) and np.allclose(layer.predict(x), expected)
        errors = gradient_errors(layer, x, rng())
        assert set(errors) == {"x", "gamma", "beta"} and max(errors.values()) < 1e-8


@given(x=arrays(np.float64, (4, 3), elements=st.floats(-100, 100)))
def test_layer_norm_does_not_feel_what_is_added_to_all_features_of_an_example(x):
    layer, x = layer_norm(), x + 7 * rng().standard_normal(x.shape)
    assert np.allclose(layer.forward(x + [[1], [-5], [100], [0]]), layer.forward(x))
    assert np.allclose(layer.backward(x).sum(axis=1), 0)


@pytest.mark.parametrize(("arguments", "message"), [({"n": 0}, "n: got 0"), ({"n": 3, "epsilon": 0}, "epsilon: got 0")])
def test_layer_norm_refuses_what_makes_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        LayerNorm(**arguments)
    with pytest.raises(TypeError, match="dtype: got int32"):
        LayerNorm(3, np.int32)


def test_a_residual_adds_what_comes_in_and_lets_its_slope_through():
    f = Dense(4, 4, rng())
    layer, x, grad = Residual(f), rng().standard_normal((2, 4)), rng().standard_normal((2, 4))
    assert np.allclose(layer.forward(x), x + x @ f.W.T)
    assert np.allclose(layer.predict(x), x + x @ f.W.T)
    f.W[...] = 0
    assert np.array_equal(layer.backward(grad), grad)


def test_residuals_nest_and_are_gradient_checked_and_named_by_place():
    network = Network(
        Dense(4, 5, rng()),
        Residual(LayerNorm(5), Residual(Dense(5, 5, rng()), Tanh()), Dense(5, 5, rng())),
        Residual(Tanh()),
    )
    errors = gradient_errors(network, rng().standard_normal((6, 4)), rng())
    assert set(errors) == {"x"} | {p.name for p in network.parameters()} and max(errors.values()) < 1e-8
    assert [p.name for p in network.parameters()][2:] == [
        "1.0.gamma",
        "1.0.beta",
        "1.1.0.W",
        "1.1.0.b",
        "1.2.W",
        "1.2.b",
    ]


def test_a_residual_first_in_a_network_collects_what_backward_would():
    network = Network(Residual(Dense(4, 4, rng()), Tanh(), Dense(4, 4, rng())), Dense(4, 2, rng()))
    grad = np.ones_like(network.forward(rng().standard_normal((3, 4))))
    network.backward(grad)
    whole = [p.grad.copy() for p in network.parameters()]
    network.collect(grad)
    assert all(np.array_equal(p.grad, w) for p, w in zip(network.parameters(), whole, strict=True))


def test_the_running_averages_are_saved_with_the_network(tmp_path):
    def network():
        return Network(Dense(4, 3, rng()), BatchNorm(3))

    trained, fresh, x = network(), network(), 3 + rng().standard_normal((8, 4))
    trained.forward(x)
    trained.save(tmp_path / "a.npz")
    assert not np.allclose(fresh.predict(x), trained.predict(x))
    fresh.load(tmp_path / "a.npz")
    assert np.array_equal(fresh.predict(x), trained.predict(x))
    assert list(fresh.state()) == ["0.W", "0.b", "1.gamma", "1.beta", "1.mean", "1.variance"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: got 0"),
        ({"n": 3, "decay": 1.0}, "decay: got 1.0, expected a number from 0 up to, but not including, 1"),
        ({"n": 3, "decay": -0.1}, "decay: got -0.1"),
        ({"n": 3, "epsilon": 0}, "epsilon: got 0"),
    ],
)
def test_batch_norm_refuses_what_makes_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        BatchNorm(**arguments)


@pytest.mark.parametrize("layer", networks())
def test_training_gets_the_gradients_of_backward(layer):
    grad = np.ones_like(layer.forward(rng().standard_normal((6, 4))))
    layer.backward(grad)
    whole = [p.grad.copy() for p in layer.parameters()]
    for p in layer.parameters():
        p.grad[...] = 0
    layer.collect(grad)
    assert all(np.array_equal(p.grad, w) for p, w in zip(layer.parameters(), whole, strict=True))


def test_training_does_not_ask_the_first_layer_to_pass_back():
    class Proud(Dense):
        def pass_back(self, delta):
            raise AssertionError("asked for dC/dx")

    for first in (Proud(4, 3, rng()), Network(Network(Proud(4, 3, rng())), Sigmoid())):
        network = Network(first, Dense(3, 1, rng()))
        network.collect(network.forward(np.ones((2, 4))))
        assert np.any(network.parameters()[0].grad)


def test_a_first_layer_with_a_collect_of_its_own_is_trained_with_it():
    class Frozen(Dense):
        def collect(self, delta):
            self.dW[...], self.db[...] = 0, 0

    network = Network(Frozen(4, 3, rng()), Sigmoid(), Dense(3, 1, rng()))
    kept, x = network.layers[0].W.copy(), rng().standard_normal((6, 4))
    sgd = SGD(network.parameters(), 0.1)
    fit(network, QuadraticCost(), sgd, x, np.ones((6, 1)), epochs=1, batch_size=2, rng=rng(), progress=False)
    assert np.array_equal(network.layers[0].W, kept)


def test_a_backward_of_ones_own_is_refused_since_training_would_pass_it_by():
    class Frozen(Dense):
        def backward(self, delta):
            return delta @ self.W

    with pytest.raises(TypeError, match=r"layers: layer 1, Frozen, has a backward of its own.*write collect\(grad\)"):
        Network(Sigmoid(), Frozen(4, 3, rng()))


def test_parameters_are_the_very_arrays_of_the_layer():
    layer = Dense(3, 2, rng())
    W, b = layer.parameters()
    assert (W.value is layer.W, W.grad is layer.dW, b.value is layer.b, b.grad is layer.db) == (True,) * 4
    layer.backward(np.ones_like(layer.forward(np.ones((4, 3)))))
    assert W.grad is layer.dW and b.grad.tolist() == [4, 4]
    with pytest.raises(FrozenInstanceError):
        W.value = np.zeros((2, 3))  # in place of the layer's own, it would never be used


def test_names_of_nested_parameters_are_unique_and_tell_the_place():
    names = [p.name for p in NESTED.parameters()]
    assert names == ["0.W", "0.b", "2.0.W", "2.0.b", "3.W", "3.b"]


def test_weights_start_with_the_spread_that_keeps_z_near_1():
    W = scaled_normal(rng(), (200, 400))
    assert W.std() == pytest.approx(1 / 20, rel=0.02)
    assert W.mean() == pytest.approx(0, abs=0.001)


def test_glorot_and_he_start_with_their_spread():
    for init, spread in ((glorot_normal, math.sqrt(2 / 600)), (he_normal, math.sqrt(2 / 400))):
        W = init(rng(), (200, 400))
        assert W.shape == (200, 400) and W.std() == pytest.approx(spread, rel=0.02)
        assert W.mean() == pytest.approx(0, abs=0.001)


def test_init_and_dtype_are_used():
    layer = Dense(3, 2, rng(), dtype=np.float32, init=lambda rng, shape: np.full(shape, 0.25))
    assert layer.W.tolist() == [[0.25] * 3] * 2
    assert {layer.W.dtype, layer.b.dtype, layer.dW.dtype, layer.db.dtype} == {np.dtype("float32")}
    network = Network(layer, Sigmoid())
    assert network.forward(np.ones((1, 3), np.float32)).dtype == np.float32


def test_a_missing_attribute_is_still_a_missing_attribute():
    with pytest.raises(AttributeError, match="Dense has no attribute 'weights'"):
        Dense(2, 2, rng()).weights  # noqa: B018


SHARED = Sigmoid()


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        (lambda: (Dense(4, 3, rng()), Dense(2, 1, rng())), ValueError, "layer 1 takes 2 inputs, .* give 3"),
        (lambda: (Dense(4, 3, rng()), Sigmoid(), Dense(2, 1, rng())), ValueError, "layer 2 takes 2 inputs, .* give 3"),
        (lambda: (Network(Dense(4, 3, rng())), Dense(2, 1, rng())), ValueError, "layer 1 takes 2 inputs, .* give 3"),
        (lambda: (Dense(4, 3, rng()), BatchNorm(2)), ValueError, "layer 1 takes 2 inputs, .* give 3"),
        (lambda: (BatchNorm(4), Dense(3, 1, rng())), ValueError, "layer 1 takes 3 inputs, .* give 4"),
        (lambda: (Dense(4, 3, rng(), np.float32), Dense(3, 1, rng())), TypeError, "layer 1 has dtype float64"),
        (lambda: (SHARED, SHARED), ValueError, "^layers: one layer stands in two places; create .* place$"),
        (lambda: (Network(SHARED), SHARED), ValueError, "one layer stands in two places"),
        (lambda: (Residual(SHARED), SHARED), ValueError, "one layer stands in two places"),
        (lambda: (Residual(Dense(4, 3, rng())),), ValueError, r"layers that take 4 and give 3, .* for x \+ f\(x\)"),
        (lambda: (Dense(4, 3, rng()), Residual(Dense(4, 4, rng()))), ValueError, "layer 1 takes 4 inputs, .* give 3"),
        (lambda: (Dense(4, 3, rng()), "sigmoid"), TypeError, "got 'sigmoid' at place 1, expected a Layer"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers, error, message):
    with pytest.raises(error, match=message):
        Network(*layers())


def test_a_layer_of_ones_own_may_keep_its_widths_to_itself():
    class Halves(Layer):
        """Adds the second half of the inputs to the first."""

        n_in = 4

    network = Network(Sigmoid(), Halves(), Tanh(), Dense(2, 3, rng()), ReLU())
    assert (network.n_in, network.n_out) == (4, 3)
    assert (Network(Halves()).n_out, Network(ReLU()).n_in, Network().dtype) == (None, None, None)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((2, 5)), ValueError, r"x: got shape \(2, 5\), expected \(n, 4\)"),
        (np.ones(4), ValueError, r"a batch of one: x\[None, :\]"),
        (np.ones((0, 4)), ValueError, "x: got an empty batch"),
        (np.ones((2, 4), np.float32), TypeError, "x: got dtype float32, but the network's parameters are float64"),
        (np.ones((2, 4), np.int32), TypeError, r"x: got dtype int32.*convert it, x.astype\(np.float64\)$"),
        ([[1, 2, 3, 4]], TypeError, r"x: got a list, expected an array: np.asarray\(x\)"),
    ],
)
@pytest.mark.parametrize("way", ["forward", "predict"])
def test_a_network_names_what_is_wrong_with_its_input(way, x, error, message):
    with pytest.raises(error, match=message):
        getattr(SIGMOIDS, way)(x)


@pytest.mark.parametrize("name", ["n_in", "n_out"])
@pytest.mark.parametrize("size", [0, -1, 2.5, True, "3"])
def test_a_layer_has_a_whole_number_of_inputs_and_of_neurons(name, size):
    with pytest.raises(ValueError, match=f"^{name}: got .*expected a whole number of at least 1"):
        Dense(**({"n_in": 2, "n_out": 2} | {name: size}), rng=rng())
