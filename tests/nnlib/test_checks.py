"""Checks: what users bring, understood or refused in one line that says what to do; one table, a line for each case."""

import ast
import copy
import re
from pathlib import Path

import numpy as np
import pytest

import nnlib
from nnlib import (
    SGD,
    BatchNorm,
    BinaryCrossEntropy,
    Dense,
    Dropout,
    Network,
    QuadraticCost,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    fit,
    log_softmax,
    minibatches,
    numerical_gradient,
    one_hot,
    relative_error,
    split,
    train_epochs,
)


def rng():
    return np.random.default_rng(0)


class Tensor:
    """What a tensor of another library shows of itself."""

    def __init__(self, values, requires_grad=False, device="cpu"):
        self.values, self.requires_grad, self.device = np.asarray(values), requires_grad, device

    def __array__(self, dtype=None, copy=None):
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} tensor to numpy")
        return self.values if dtype is None else self.values.astype(dtype)


class Series:
    """A column whose rows have names: `[]` goes by name, `to_numpy` by place."""

    def __init__(self, values, index=None):
        self.values = np.asarray(values)
        self.index = list(range(len(self.values))) if index is None else index

    def __len__(self):
        return len(self.values)

    def __getitem__(self, name):
        return self.values[self.index.index(name)]

    def to_numpy(self):
        return self.values


class Sparse:
    """A matrix of which only what is not zero is kept."""

    def tocsr(self):
        return self


class Jagged:
    """Something with rows that is no array."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("rows of different lengths")


X = np.array([[1.0, 0], [0, 1], [1, 1], [0, 0]])
LABELS = np.array([0, 1, 1, 0])
HERE = Path(nnlib.__file__).parent
GREY = np.full((1, 784), 255, np.int64)
PHOTO = np.full((28, 28), 0.5)


def net(n_in=2, n_out=2, dtype=np.float64):
    return Network(Dense(n_in, n_out, rng(), dtype))


def train(x=X, y=LABELS, network=None, loss=None, make=SGD, **changes):
    network = network or net()
    optimizer = changes.pop("optimizer", None) or make(network.parameters(), 0.5)
    usual = {"epochs": 2, "batch_size": 2, "rng": rng(), "progress": False}
    fit(network, loss or SoftmaxCrossEntropy(), optimizer, x, y, **(usual | changes))
    return [p.value for p in network.parameters()]


UNDERSTOOD = {
    "lists": (X.tolist(), LABELS.tolist()),
    "tuples": (tuple(map(tuple, X)), tuple(LABELS)),
    "series by place": (X, Series(LABELS, [3, 2, 1, 0])),
    "tables": (Series(X), Series(LABELS)),
    "tensors": (Tensor(X), Tensor(LABELS)),
    "uint8 labels": (X, LABELS.astype(np.uint8)),
    "uint64 labels": (X, LABELS.astype(np.uint64)),
    "int32 labels": (X, LABELS.astype(np.int32)),
    "other byte order of labels": (X, LABELS.astype(">i4")),
    "Fortran order": (np.asfortranarray(X), LABELS),
}


@pytest.mark.parametrize(("x", "y"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_what_becomes_an_array_with_its_values_unchanged_is_understood(x, y):
    assert all(np.array_equal(a, b) for a, b in zip(train(x, y), train(), strict=True))
    assert accuracy(net(), x, y) == accuracy(net(), X, LABELS)
    for ours, usual in zip(split(x, y, 0.5, rng()), split(X, LABELS, 0.5, rng()), strict=True):
        assert np.array_equal(ours, usual)
    for ours, usual in zip(minibatches(x, y, 3, rng()), minibatches(X, LABELS, 3, rng()), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(ours, usual, strict=True))
    assert np.array_equal(one_hot(y, 2), one_hot(LABELS, 2))


MEANT_OTHERWISE = {
    "masked": (np.ma.masked_array(LABELS, mask=[0, 0, 1, 0]), "got a masked array, whose mask would be lost"),
    "np.matrix": (LABELS.view(np.matrix), "got an np.matrix, which multiplies otherwise than arrays do: np.asarray("),
    "sparse": (Sparse(), "got a sparse Sparse, expected an array: "),
    "requires grad": (Tensor(LABELS, requires_grad=True), "got a tensor that requires grad, expected numbers alone: "),
}
NO_NUMBERS = {
    "on another device": (Tensor(LABELS, device="cuda:0"), "got a Tensor that does not become an array: can't convert"),
    "jagged": (Jagged(), "got a Jagged that does not become an array: rows of different lengths"),
    "text": (LABELS.astype(str), "got text, dtype <U21, expected numbers; digits become labels by .astype(int)"),
    "objects": (LABELS.astype(object), "got a ndarray of dtype object, expected numbers; choose the columns"),
    "missing": (
        Series(np.array([0, None, 1, 0])),
        "got a Series of dtype object, expected numbers; choose the columns",
    ),
    "complex": (LABELS + 1j, "got a ndarray of dtype complex128, expected numbers"),
}
BOUNDARIES = {
    "fit, x": ("x", lambda v: train(x=v)),
    "fit, y": ("y", lambda v: train(y=v)),
    "fit, validation x": ("x", lambda v: train(validation=(v, LABELS))),
    "fit, validation labels": ("labels", lambda v: train(validation=(X, v))),
    "accuracy, x": ("x", lambda v: accuracy(net(), v, LABELS)),
    "accuracy, labels": ("y", lambda v: accuracy(net(), X, v)),
    "split": ("y", lambda v: split(X, v, 0.5, rng())),
    "minibatches": ("x", lambda v: next(minibatches(v, LABELS, 2, rng()))),
    "one_hot": ("labels", lambda v: one_hot(v, 2)),
    "forward": ("x", lambda v: net().forward(v)),
    "predict": ("x", lambda v: net().predict(v)),
    "a loss's output": ("output", lambda v: QuadraticCost().forward(v, X)),
    "a loss's target": ("target", lambda v: QuadraticCost().forward(X, v)),
    "labels of a loss": ("labels", lambda v: SoftmaxCrossEntropy().forward(X, v)),
    "probabilities": ("logits", SoftmaxCrossEntropy.probabilities),
    "numerical_gradient": ("x", lambda v: numerical_gradient(np.sum, v)),
    "a weight": ("weight", lambda v: QuadraticCost().forward(X, X, v)),
}


@pytest.mark.parametrize(("name", "call"), BOUNDARIES.values(), ids=BOUNDARIES)
@pytest.mark.parametrize(("values", "message"), MEANT_OTHERWISE.values(), ids=MEANT_OTHERWISE)
def test_what_means_something_else_is_refused_at_every_boundary(name, call, values, message):
    with pytest.raises(TypeError, match=re.escape(f"{name}: {message}")):
        call(values)


@pytest.mark.parametrize(("name", "call"), BOUNDARIES.values(), ids=BOUNDARIES)
@pytest.mark.parametrize(("values", "message"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_holds_no_numbers_is_refused_at_every_boundary(name, call, values, message):
    inside = name in ("output", "target", "logits", "weight") or call in [
        BOUNDARIES[where][1] for where in ("forward", "predict", "labels of a loss", "numerical_gradient")
    ]
    if inside and not isinstance(values, np.ndarray):
        message = f"got a {type(values).__name__}, expected an array: np.asarray({name})"
    with pytest.raises(TypeError, match=re.escape(f"{name}: {message}")):
        call(values)


def column(*values):
    return np.array(values)[:, None]


def stale():
    network = net()
    return lambda: train(network=copy.deepcopy(network), optimizer=SGD(network.parameters(), 0.5))


REFUSED = {  # what is done, the error, and what its one line must hold
    "grey levels": (lambda: net(784, 10, np.float32).predict(GREY), TypeError,
        "x: got dtype int64, but the network's parameters are float32: convert it, x.astype(np.float32); if these are "
        "grey levels 0 to 255, ink from 0 to 1 is x / 255: (x / 255).astype(np.float32)"),
    "grey levels of 32 bits": (lambda: net(784, 10, np.float32).predict(GREY.astype(np.int32)), TypeError,
        "x: got dtype int32, but the network's parameters are float32: convert it, x.astype(np.float32); if these are "
        "grey levels 0 to 255"),
    "one picture": (lambda: net(784, 10).predict(PHOTO), ValueError,
        "x: got shape (28, 28), expected (n, 784), one row per example; one example alone is a batch of one: "
        "x.reshape(1, 784)"),
    "pictures": (lambda: net(784, 10).predict(np.ones((5, 28, 28))), ValueError, "in that shape: x.reshape(5, 784)"),
    "a column as one image": (lambda: net(784, 10).predict(np.ones((784, 1))), ValueError, "x.reshape(1, 784)"),
    "big-endian": (lambda: net(4).predict(np.ones((2, 4), ">f4")), TypeError, "x.astype(np.float64)$"),
    "float16": (lambda: net().predict(X.astype(np.float16)), TypeError, "convert it, x.astype(np.float64)$"),
    "float32": (lambda: net().predict(X.astype(np.float32)), TypeError, "or use Dense(..., dtype=np.float32)$"),
    "a half-size Dense": (lambda: Dense(2, 2, rng(), np.float16), TypeError,
        "dtype: got float16, expected np.float64, or np.float32 for speed"),
    "a Dense of integers": (lambda: Dense(2, 2, rng(), np.int32), TypeError, "dtype: got int32, expected np.float64"),
    "a BatchNorm of integers": (lambda: BatchNorm(2, np.int64), TypeError, "dtype: got int64"),
    "a seed for Dense": (lambda: Dense(4, 3, 42), TypeError,
        "rng: got 42, expected a generator: np.random.default_rng(42)"),
    "a seed for Dropout": (lambda: Dropout(0.5, 3), TypeError, "rng: got 3, expected a generator"),
    "a seed for split": (lambda: split(X, LABELS, 0.5, 42), TypeError, "rng: got 42"),
    "a seed for fit": (lambda: train(rng=0), TypeError, "rng: got 0"),
    "no generator": (lambda: train(rng=None), TypeError, "rng: got None, expected a generator: np.random.default_"),
    "a seed for minibatches": (lambda: next(minibatches(X, LABELS, 2, 1)), TypeError, "rng: got 1"),
    "a loss's class": (lambda: train(loss=SoftmaxCrossEntropy), TypeError,
        "loss: got the class SoftmaxCrossEntropy, expected what it makes: SoftmaxCrossEntropy(...)"),
    "a layer's class": (lambda: Network(Dense(2, 2, rng()), Sigmoid), TypeError, "layers: got the class Sigmoid"),
    "an optimizer's class": (lambda: train(make=lambda *_: SGD), TypeError, "optimizer: got the class SGD"),
    "a copy's optimizer": (stale(), ValueError, "optimizer: its parameter 0.W is none of this network's arrays"),
    "nothing to step": (lambda: SGD([], 0.1), ValueError, "parameters: got none, so a step would change nothing"),
    "parameters read already": (lambda: SGD(iter(()), 0.1), ValueError, "pass network.parameters()"),
    "no label that counts": (lambda: accuracy(net(), X, 0 * LABELS, ignored=0), ValueError,
        "labels: every one is an ignored one"),
    "one output, accuracy": (lambda: accuracy(net(2, 1), X, LABELS), ValueError,
        "np.mean((network.predict(x)[:, 0] > 0) == labels)"),
    "one output, labels all 0": (lambda: accuracy(net(2, 1), X, 0 * LABELS), ValueError, "labels: got one output"),
    "one output, validation": (
        lambda: train(network=net(2, 1), loss=BinaryCrossEntropy(), y=column(0.0, 1, 1, 0), validation=(X, LABELS)),
        ValueError, "labels: got one output to choose from, expected one for each class"),
    "one output, softmax": (lambda: SoftmaxCrossEntropy().forward(np.ones((2, 1)), np.array([0, 0])), ValueError,
        "the loss is BinaryCrossEntropy"),
    "numbers for a column": (lambda: QuadraticCost().forward(np.ones((3, 1)), np.array([1.5, 2.0, 0.0])), ValueError,
        "target: got shape (3,), expected the output's (3, 1); one number per example becomes a column by "
        "target[:, None]"),
    "a flat output": (lambda: QuadraticCost().forward(np.array([1.0, 0]), np.array([0.0, 0])), ValueError,
        "output: got shape (2,), expected (n, n_out), one row per example; one example alone is a batch of one: "
        "output[None, :]"),
    "a flat output, 0 or 1": (lambda: BinaryCrossEntropy().forward(np.array([1.0]), np.array([0.0])), ValueError,
        "output[None, :]"),
    "flat logits": (lambda: SoftmaxCrossEntropy().forward(np.array([1.0, 0]), np.array([0])), ValueError,
        "logits: got shape (2,), expected (n, n_classes), one row per example; one example alone is a batch of one: "
        "logits[None, :]"),
    "probabilities of flat logits": (lambda: SoftmaxCrossEntropy.probabilities(np.ones(3)), ValueError,
        "logits[None, :]"),
    "a wider target": (lambda: QuadraticCost().forward(X.astype(np.float32), X), TypeError,
        "target: got dtype float64, but the output is float32: target.astype(np.float32)"),
    "one label": (lambda: one_hot(3, 10), ValueError, "one label alone is a batch of one: np.array([3])"),
    "labels in a column": (lambda: accuracy(net(), X, LABELS[:, None]), ValueError,
        "labels: got shape (4, 1), expected (4,), one label per example; a column becomes labels by labels[:, 0]"),
    "one-hot labels": (lambda: train(y=np.eye(2)[LABELS]), ValueError, "one-hot rows become labels by labels.argmax"),
    "labels as floats": (lambda: accuracy(net(), X, LABELS.astype(float)), TypeError,
        "labels: got dtype float64, expected integers: labels.astype(int)"),
    "labels that are no labels": (lambda: accuracy(net(), X, LABELS + 0.5), TypeError, "expected integers$"),
    "integers in a numerical gradient": (
        lambda: numerical_gradient(lambda w: float(w @ w), np.array([3, -2], np.int32)), TypeError,
        "x: got dtype int32, expected float64: x.astype(np.float64)"),
    "float32 in a numerical gradient": (lambda: numerical_gradient(np.sum, np.ones(2, np.float32)), TypeError,
        "x: got dtype float32, expected float64"),
    "a list in a numerical gradient": (lambda: numerical_gradient(np.sum, [1.0]), TypeError, "np.asarray(x)"),
    "a batch of -1": (lambda: next(minibatches(X, LABELS, -1, rng())), ValueError, "batch_size: got -1"),
    "targets without examples": (lambda: next(minibatches(X, np.zeros(5), 2, rng())), ValueError,
        "x and y: got 4 and 5 rows, expected one target for each example"),
    "a number for targets": (lambda: split(X, 3, 0.5, rng()), ValueError, "got 4 and a number instead of rows"),
    "a weight too many": (lambda: QuadraticCost().forward(X, X, np.ones(5)), ValueError,
        "weight: got shape (5,), expected (4,), one for each example"),
    "a weight below 0": (lambda: QuadraticCost().forward(X, X, np.array([1.0, 1, -1, 1])), ValueError,
        "weight: got values from -1.0 to 1.0"),
    "raw units": (
        lambda: list(
            train_epochs(
                n := Network(Dense(2, 4, rng()), Tanh(), Dense(4, 1, rng())), QuadraticCost(),
                SGD(n.parameters(), 1.0), 800 * X, 1e200 * column(0.0, 1, 2, 3), epochs=9, batch_size=2, rng=rng(),
            )
        ),
        ArithmeticError, "The next is inputs or targets far from 1: bring them near it."),
}  # fmt: skip


@pytest.mark.parametrize(("do", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_in_one_line_that_says_what_to_do(do, error, message):
    with pytest.raises(error) as caught:
        do()
    said = str(caught.value)
    assert message.removesuffix("$") in said and "\n" not in said
    assert not message.endswith("$") or said.endswith(message[:-1])


INTEGERS = re.compile(r"\bu?int(8|16|32|64)\b")


def test_no_message_names_an_integer_type_which_is_another_on_another_machine():
    """What a message says of a type is that of the reader's own array; docstrings say what a loader makes."""
    for path in HERE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                assert not INTEGERS.search(node.value), f"{path.name}, line {node.lineno}: {node.value}"


def test_a_right_value_is_still_right():
    assert relative_error(np.array([1], np.uint8), np.array([2], np.uint8)) == pytest.approx(1 / 3)
    assert getattr(Sigmoid(), "a", None) is None and not hasattr(QuadraticCost(), "error")
    with np.errstate(all="raise"):
        assert log_softmax(np.array([[0.0, 800.0]])).tolist() == [[-800, 0]]
    logit = BinaryCrossEntropy().forward(np.array([[2.0]]), np.array([[1]]))  # whole numbers change no dtype here
    assert logit == pytest.approx(np.log1p(np.exp(-2)))
    assert net(4).predict(np.ones((3, 4))[::2]).shape == (2, 2)
