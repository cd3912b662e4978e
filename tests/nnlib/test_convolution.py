"""Convolution: by hand, by the plainest loops, against differences at all sizes, and what is refused."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import (
    SGD,
    BatchNorm,
    Conv2d,
    Dense,
    Flatten,
    MaxPool2d,
    Network,
    ReLU,
    Residual,
    SoftmaxCrossEntropy,
    Tanh,
    fit,
    gradient_errors,
    load_digits,
)


def rng():
    return np.random.default_rng(0)


def by_loops(layer, a):
    """A convolution as its formula says it, one product at a time."""
    p, s = layer.padding, layer.stride
    padded = np.zeros((*a.shape[:2], a.shape[2] + 2 * p, a.shape[3] + 2 * p))
    padded[:, :, p : p + a.shape[2], p : p + a.shape[3]] = a
    z = np.zeros((len(a), *layer.n_out))
    for n, k, y, x in np.ndindex(z.shape):
        z[n, k, y, x] = layer.b[k]
        for c, i, j in np.ndindex(layer.K[0].shape):
            z[n, k, y, x] += layer.K[k, c, i, j] * padded[n, c, s * y + i, s * x + j]
    return z


def test_a_convolution_by_hand():
    layer = Conv2d((1, 3, 3), 1, 2, rng())
    layer.K[...], layer.b[...] = [[1, 2], [3, 4]], 10
    a = np.arange(9.0).reshape(1, 1, 3, 3)
    assert layer.forward(a).tolist() == [[[[10 + 0 + 2 + 9 + 16, 37 + 10], [37 + 30, 37 + 40]]]]
    da = layer.backward(np.array([[[[1.0, 0], [0, 2]]]]))
    assert da.tolist() == [[[[1, 2, 0], [3, 4 + 2, 4], [0, 6, 8]]]]
    assert layer.dK.tolist() == [[[[0 + 8, 1 + 10], [3 + 14, 4 + 16]]]] and layer.db.tolist() == [3]


CASES = [
    (shape, size, stride, padding)
    for shape, size, stride, padding in itertools.product([(1, 5, 5), (2, 4, 7)], (1, 2, 3), (1, 2, 3), (0, 1))
]


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), CASES)
def test_every_size_stride_and_padding_is_the_formula_and_its_slopes(shape, size, stride, padding):
    layer, a = Conv2d(shape, 3, size, rng(), stride=stride, padding=padding), rng().standard_normal((2, *shape))
    layer.b[...] = [1, -2, 3]
    z = layer.forward(a)
    assert z.shape == (2, *layer.n_out) and np.allclose(z, by_loops(layer, a)) and np.allclose(z, layer.predict(a))
    assert max(gradient_errors(layer, a, rng()).values()) < 1e-8


def test_a_convolution_is_a_dense_layer_of_shared_weights():
    layer, a = Conv2d((2, 4, 4), 3, 3, rng()), rng().standard_normal((5, 2, 4, 4))
    W = layer.forward(np.eye(32).reshape(32, 2, 4, 4)).reshape(32, 12).T  # its column for each pixel
    assert np.count_nonzero(W) == 12 * 18 and len(np.unique(W)) == 1 + 3 * 18
    assert np.allclose(layer.forward(a).reshape(5, -1), a.reshape(5, -1) @ W.T)


def test_the_kernels_are_drawn_as_neurons_that_see_one_window():
    layer = Conv2d((8, 9, 9), 200, 5, rng())
    assert layer.K.std() == pytest.approx(1 / np.sqrt(8 * 25), rel=0.02)
    asked = []
    Conv2d((2, 4, 4), 3, 3, rng(), init=lambda rng, shape: asked.append(shape) or np.zeros(shape))
    assert asked == [(3, 18)]


def test_predicting_many_images_does_not_make_all_their_windows_at_once():
    layer, a = Conv2d((1, 12, 12), 1, 5, rng(), np.float32), rng().random((1500, 1, 12, 12), np.float32)
    tracemalloc.start()
    z = layer.predict(a)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * a.nbytes and np.allclose(z, layer.forward(a), atol=1e-6)


def test_pooling_by_hand_with_a_tie_and_what_is_left_over():
    layer = MaxPool2d((1, 5, 5), 2)
    a = np.array([[1, 4, 2, 2, 9], [3, 4, 2, 2, 9], [0, 0, -1, -2, 9], [0, 5, -3, -4, 9], [9, 9, 9, 9, 9.0]])
    assert layer.forward(a[None, None]).tolist() == [[[[4, 2], [5, -1]]]]
    da = layer.backward(np.array([[[[1.0, 2], [3, 4]]]]))
    assert da[0, 0].tolist() == [[0, 1, 2, 0, 0], [0, 0, 0, 0, 0], [0, 0, 4, 0, 0], [0, 3, 0, 0, 0], [0, 0, 0, 0, 0]]


@given(size=st.integers(1, 3), height=st.integers(3, 7), width=st.integers(3, 7), seed=st.integers(0, 99))
def test_however_many_are_tied_one_pixel_gets_the_whole_slope(size, height, width, seed):
    random = np.random.default_rng(seed)
    layer, a = MaxPool2d((2, height, width), size), random.integers(0, 2, (3, 2, height, width)).astype(float)
    grad = random.standard_normal(layer.forward(a).shape)
    da = layer.backward(grad)
    assert np.count_nonzero(da) == grad.size and np.allclose(np.sort(da[da != 0]), np.sort(grad.ravel()))


def test_flatten_makes_rows_and_back():
    layer, a = Flatten((2, 3, 4)), rng().standard_normal((5, 2, 3, 4))
    assert layer.n_out == 24 and np.array_equal(layer.forward(a)[3], a[3].ravel())
    assert np.array_equal(layer.backward(layer.forward(a)), a)
    assert Flatten((7,)).predict(np.ones((2, 7))).shape == (2, 7)


def network(random):
    conv = Conv2d((1, 8, 8), 6, 3, random, padding=1)
    block = Residual(BatchNorm(6), ReLU(), Conv2d((6, 4, 4), 6, 3, random, padding=1))
    return Network(conv, ReLU(), MaxPool2d((6, 8, 8), 2), block, Flatten((6, 4, 4)), Dense(96, 10, random))


def test_a_network_of_them_is_gradient_checked_and_knows_its_shapes():
    net = network(rng())
    assert (net.n_in, net.n_out, net.layers[3].n_in, net.layers[3].n_out) == ((1, 8, 8), 10, (6, 4, 4), (6, 4, 4))
    errors = gradient_errors(net, rng().standard_normal((3, 1, 8, 8)), rng())
    assert max(errors.values()) < 1e-7


def test_it_learns_digits():
    data = load_digits()
    x, labels = data.x_train[:300].reshape(-1, 1, 8, 8).astype(float), data.y_train[:300]
    net = network(rng())
    history = fit(
        net, SoftmaxCrossEntropy(), SGD(net.parameters(), 0.05, 0.9), x, labels,
        epochs=4, batch_size=20, rng=rng(), validation=(x, labels), progress=False,
    )  # fmt: skip
    assert history.validation_accuracy[-1] > 0.9


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Conv2d((5, 5), 2, 3, rng()),
            r"n_in: got \(5, 5\), expected \(channels, height, width\), whole numbers",
        ),
        (lambda: Conv2d(25, 2, 3, rng()), "n_in: got 25, expected"),
        (lambda: Conv2d((1, 5, 0), 2, 3, rng()), "n_in: got"),
        (lambda: Conv2d((1, 5, 5.0), 2, 3, rng()), "n_in: got"),
        (lambda: Conv2d((1, 5, 5), 0, 3, rng()), "kernels: got 0, expected a whole number of at least 1"),
        (lambda: Conv2d((1, 5, 5), 2, 0, rng()), "size: got 0"),
        (lambda: Conv2d((1, 9, 3), 2, 6, rng(), padding=1), "size: got 6, expected at most 5, the smaller side"),
        (lambda: Conv2d((1, 5, 5), 2, 3, rng(), stride=0), "stride: got 0"),
        (lambda: Conv2d((1, 5, 5), 2, 3, rng(), padding=-1), "padding: got -1, expected a whole number from 0 up"),
        (lambda: Conv2d((1, 5, 5), 2, 3, rng(), padding=0.5), "padding: got 0.5"),
        (lambda: MaxPool2d((1, 5, 5), 6), "size: got 6, expected at most 5"),
        (lambda: MaxPool2d((5, 5), 2), r"n_in: got \(5, 5\), expected .*channels, height, width"),
        (lambda: MaxPool2d((1, 5, 5), 0), "size: got 0, expected a whole number of at least 1"),
        (lambda: Flatten(3), "n_in: got 3, expected a shape, whole numbers of at least 1"),
        (lambda: Flatten(()), "n_in: got"),
        (
            lambda: Network(Conv2d((1, 5, 5), 2, 3, rng()), Dense(18, 3, rng())),
            r"layer 1 takes 18 inputs, .* \(2, 3, 3\)",
        ),
        (lambda: Network(Tanh(), Dense(4, 3, rng()), Conv2d((2, 5, 5), 2, 3, rng())), r"layer 2 takes \(2, 5, 5\)"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=f"{message}"):
        make()
    for rng_or_dtype, name in (((7, np.float64), "rng"), ((rng(), int), "dtype")):
        with pytest.raises(TypeError, match=f"{name}: got"):
            Conv2d((1, 5, 5), 2, 3, *rng_or_dtype)
