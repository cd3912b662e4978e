"""Shapes: images, sequences and integers go through a network, a loss and an accuracy, by stubs of layers to come."""

import re

import numpy as np
import pytest

from nnlib import (
    SGD,
    BatchNorm,
    Dense,
    Layer,
    Network,
    Parameter,
    QuadraticCost,
    ReLU,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    fit,
    gradient_errors,
    loss_gradient_error,
    one_epoch,
    one_hot,
)


def rng():
    return np.random.default_rng(0)


class Conv2d(Layer):
    """A kernel slides over images (n, channels, height, width), without padding."""

    stores = ("windows", "shape")

    def __init__(self, shape, kernels, size, rng):
        channels, height, width = shape
        self.n_in, self.n_out = shape, (kernels, height - size + 1, width - size + 1)
        self.size, self.K = size, rng.standard_normal((kernels, channels, size, size)) / size
        self.dK = np.zeros_like(self.K)

    def predict(self, x):
        windows = np.lib.stride_tricks.sliding_window_view(x, (self.size, self.size), axis=(2, 3))
        return np.einsum("nchwij,kcij->nkhw", windows, self.K)

    def forward(self, x):
        self.windows = np.lib.stride_tricks.sliding_window_view(x, (self.size, self.size), axis=(2, 3))
        self.shape = x.shape
        return self.predict(x)

    def collect(self, grad):
        self.dK[...] = np.einsum("nkhw,nchwij->kcij", grad, self.windows)

    def pass_back(self, grad):
        dx, (h, w) = np.zeros(self.shape), grad.shape[2:]
        for i, j in np.ndindex(self.size, self.size):
            dx[:, :, i : i + h, j : j + w] += np.einsum("nkhw,kc->nchw", grad, self.K[:, :, i, j])
        return dx

    def parameters(self):
        return [Parameter("K", self.K, self.dK)]


class Flatten(Layer):
    """Images of a given shape become rows."""

    stores = ("shape",)

    def __init__(self, shape):
        self.n_in, self.n_out = shape, int(np.prod(shape))

    def forward(self, x):
        self.shape = x.shape
        return self.predict(x)

    def predict(self, x):
        return x.reshape(len(x), -1)

    def pass_back(self, grad):
        return grad.reshape(self.shape)


class Embedding(Layer):
    """Each whole number becomes its row of a table."""

    stores = ("words",)
    integers = True

    def __init__(self, words, width, rng):
        self.n_in, self.n_out = (None,), (None, width)
        self.E = rng.standard_normal((words, width))
        self.dE = np.zeros_like(self.E)

    def forward(self, x):
        self.words = x
        return self.E[x]

    def predict(self, x):
        return self.E[x]

    def collect(self, grad):
        self.dE[...] = 0
        np.add.at(self.dE, self.words, grad)

    def pass_back(self, grad):
        return np.zeros(self.words.shape)  # a whole number cannot move a little

    def parameters(self):
        return [Parameter("E", self.E, self.dE)]


class RunningSum(Layer):
    """Each time hears all times before it: the plainest layer over sequences (n, time, features)."""

    def __init__(self, features):
        self.n_in = self.n_out = (None, features)

    def forward(self, x):
        return x.cumsum(axis=1)

    def predict(self, x):
        return x.cumsum(axis=1)

    def pass_back(self, grad):
        return grad[:, ::-1].cumsum(axis=1)[:, ::-1]


def convolutional():
    conv, random = Conv2d((2, 5, 5), 3, 3, rng()), rng()
    return Network(conv, BatchNorm(3), Tanh(), Flatten((3, 3, 3)), Dense(27, 4, random))


def reader():
    random = rng()
    return Network(
        Embedding(6, 3, random), RunningSum(3), Dense(3, 5, random), BatchNorm(5), Tanh(), Dense(5, 4, random)
    )


def sequences():
    random = rng()
    return Network(RunningSum(3), Dense(3, 5, random), Tanh(), Dense(5, 2, random))


IMAGES, WORDS, SEQUENCES = (
    rng().standard_normal((3, 2, 5, 5)),
    rng().integers(0, 6, (4, 7)),
    rng().standard_normal((4, 7, 3)),
)


@pytest.mark.parametrize(
    ("make", "x", "shape"),
    [(convolutional, IMAGES, (3, 4)), (reader, WORDS, (4, 7, 4)), (sequences, SEQUENCES, (4, 7, 2))],
    ids=["images", "words", "sequences"],
)
def test_images_words_and_sequences_go_through_a_network_and_back(make, x, shape):
    network = make()
    assert network.forward(x).shape == network.predict(x).shape == shape
    errors = gradient_errors(network, x, np.random.default_rng(1))
    names = {p.name for p in network.parameters()} | (set() if x.dtype.kind == "i" else {"x"})
    free = {"2.b"} if make is reader else set()  # BatchNorm takes a bias in front of it away again
    assert set(errors) == names and max(errors[name] for name in names - free) < 1e-7


def test_a_network_says_which_shape_of_example_it_takes():
    assert (convolutional().n_in, convolutional().n_out) == ((2, 5, 5), 4)
    assert (reader().n_in, reader().n_out, reader().dtype) == ((None,), (None, 4), np.integer)
    assert (sequences().n_in, sequences().n_out) == ((None, 3), (None, 2))
    assert Network(reader(), Tanh()).integers and not Network(Tanh()).integers


@pytest.mark.parametrize(
    ("make", "x", "error", "message"),
    [
        (convolutional, np.ones((3, 50)), ValueError, "x: got shape (3, 50), expected (n, 2, 5, 5); the same numbers "
         "in that shape: x.reshape(3, 2, 5, 5)"),
        (convolutional, np.ones((2, 5, 5)), ValueError, "one example alone is a batch of one: x[None, :, :, :]"),
        (convolutional, np.ones((1, 2, 5, 6)), ValueError, "x: got shape (1, 2, 5, 6), expected (n, 2, 5, 5)"),
        (sequences, np.ones((4, 3)), ValueError, "x: got shape (4, 3), expected (n, any, 3)"),
        (reader, np.ones((4, 7)), TypeError, "x: got dtype float64, but the network's first layer takes integers"),
        (reader, np.ones(7, int), ValueError, "x: got shape (7,), expected (n, any)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["forward", "predict"])
def test_a_network_names_the_shape_that_it_takes(make, x, way, error, message):
    with pytest.raises(error, match=re.escape(message)):
        getattr(make(), way)(x)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (lambda: (Conv2d((1, 4, 4), 3, 3, rng()), Dense(12, 1, rng())), "layer 1 takes 12 inputs, .* give (3, 2, 2)"),
        (lambda: (Conv2d((1, 4, 4), 3, 3, rng()), BatchNorm(2)), "layer 1 takes 2 inputs, .* give (3, 2, 2)"),
        (lambda: (Conv2d((1, 4, 4), 3, 3, rng()), Conv2d((2, 2, 2), 1, 1, rng())), "layer 1 takes (2, 2, 2) inputs"),
        (lambda: (Embedding(6, 3, rng()), Dense(4, 1, rng())), "layer 1 takes 4 inputs, .* give (None, 3)"),
        (lambda: (Embedding(6, 3, rng()), Dense(3, 2, rng()), Dense(3, 1, rng())), "layer 2 takes 3 .* (None, 2)"),
        (lambda: (Dense(4, 3, rng()), Flatten((3,))), None),
        (lambda: (Embedding(6, 3, rng()), Tanh(), Dense(3, 2, rng())), None),
    ],
)
def test_shapes_that_do_not_fit_are_refused(layers, message):
    if message is None:
        assert Network(*layers()).n_out in (3, (None, 2))
    else:
        with pytest.raises(ValueError, match=re.escape(message).replace(r"\.\*", ".*").replace(r"\ ", " ")):
            Network(*layers())


def test_dense_sees_each_time_of_a_sequence_as_a_row():
    dense = Dense(3, 2, rng())
    whole = dense.forward(SEQUENCES)
    grad = rng().standard_normal(whole.shape)
    back, slopes = dense.backward(grad), [p.grad.copy() for p in dense.parameters()]
    rows = dense.forward(SEQUENCES.reshape(28, 3))
    assert np.allclose(whole.reshape(28, 2), rows)
    assert np.allclose(dense.backward(grad.reshape(28, 2)), back.reshape(28, 3))
    assert all(np.allclose(p.grad, slope) for p, slope in zip(dense.parameters(), slopes, strict=True))


def test_batch_norm_goes_by_channel_and_by_feature():
    for x, axes, n in ((IMAGES, (0, 2, 3), 2), (SEQUENCES, (0, 1), 3)):
        layer = BatchNorm(n, decay=0)
        y = layer.forward(7 + 2 * x)
        assert np.allclose(y.mean(axis=axes), 0) and np.allclose(y.std(axis=axes), 1, atol=1e-4)
        assert np.allclose(layer.mean, (7 + 2 * x).mean(axis=axes))
        assert layer.predict(x).shape == layer.backward(np.ones_like(x)).shape == x.shape


@pytest.mark.parametrize("ignored", [-1, -100, 255])  # the last two are no place among three logits
def test_labels_of_sequences_cost_what_each_alone_costs_and_ignored_ones_nothing(ignored):
    z, labels = rng().standard_normal((4, 7, 3)), rng().integers(0, 3, (4, 7))
    plain, loss = SoftmaxCrossEntropy(), SoftmaxCrossEntropy(ignored=ignored)
    assert plain.forward(z, labels) == pytest.approx(plain.forward(z.reshape(28, 3), labels.ravel()))
    labels[:, 4:] = ignored
    assert loss.forward(z, labels) == pytest.approx(plain.forward(z[:, :4].reshape(16, 3), labels[:, :4].ravel()))
    assert not loss.backward()[:, 4:].any() and np.allclose(loss.backward()[:, :4].reshape(16, 3), plain.backward())
    assert loss_gradient_error(loss, z, labels) < 1e-8
    assert loss.forward(z, np.full((4, 7), ignored)) == 0 and not loss.backward().any()
    with pytest.raises(ValueError, match=f"labels: got values {min(ignored, 0)} to {max(ignored, 2)}, expected 0 to 2"):
        plain.forward(z, labels)


def test_a_weight_for_each_sequence_weighs_its_labels():
    z, labels, weight = rng().standard_normal((2, 3, 4)), rng().integers(0, 4, (2, 3)), np.array([0.0, 2.0])
    loss = SoftmaxCrossEntropy()
    assert loss.forward(z, labels, weight) == pytest.approx(SoftmaxCrossEntropy().forward(z[1:], labels[1:]))
    assert not loss.backward()[0].any() and loss.backward()[1].any()


def test_accuracy_counts_labels_of_sequences_and_passes_over_ignored_ones():
    network = Network(RunningSum(2))
    x = np.array([[[1.0, 0], [0, 3], [5, 0]]])  # sums: class 0, 1, 0
    assert accuracy(network, x, np.array([[0, 1, 1]])) == pytest.approx(2 / 3)
    assert accuracy(network, x, np.array([[0, 1, -1]]), ignored=-1) == 1


def test_a_reader_learns_by_fit():
    network, labels = reader(), WORDS % 4
    sgd = SGD(network.parameters(), 0.5)
    history = fit(
        network, SoftmaxCrossEntropy(), sgd, WORDS, labels,
        epochs=200, batch_size=2, rng=rng(), validation=(WORDS, labels), progress=False,
    )  # fmt: skip
    assert history.cost[-1] < 0.5 * history.cost[0] and history.validation_accuracy[-1] > 0.7


def test_a_batch_may_bring_weights():
    x, y = rng().standard_normal((8, 2)), one_hot(np.arange(8) % 3, 3)
    weight = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])
    weighed, first = (Network(Dense(2, 3, rng()), ReLU()) for _ in range(2))
    one_epoch(weighed, QuadraticCost(), SGD(weighed.parameters(), 0.2), [(x, y, weight)])
    one_epoch(first, QuadraticCost(), SGD(first.parameters(), 0.1), [(x[:4], y[:4])])  # half the rate, half the n
    assert np.allclose(weighed.layers[0].W, first.layers[0].W)
