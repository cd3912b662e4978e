"""The museum's measurement on MNIST: the slips are what they are said to be, and the file is what the tool writes."""

import json

import numpy as np
import pytest

from measure import MEASURED, museum
from nnlib import gradient_errors, load_digits


def first_layer_error(gate, dropout):
    rng = np.random.default_rng(0)
    network = museum.build(gate, dropout, rng, museum.SameDraws())
    layer = network.layers[0]
    x = np.zeros((1, 784))
    x[0, ::100] = 1
    layer.W, layer.dW = layer.W[:, ::100].copy(), layer.dW[:, ::100].copy()  # the dark pixels' slopes are 0 anyway
    network.n_in = 8
    return gradient_errors(network, x[:, ::100].copy(), rng)["0.W"]


def test_only_the_mended_network_passes_its_gradient_check():
    errors = {name: first_layer_error(*parts) for name, parts in museum.VARIANTS.items()}
    assert errors.pop("both mended") < 1e-8
    assert errors.pop("gate mended") == pytest.approx(1 / 3, abs=1e-6)
    assert min(errors.values()) > 0.1


def test_the_weights_start_where_the_tutorial_starts_them():
    drawn = 0.2 * np.random.default_rng(7).random((784, 100)) - 0.1
    network = museum.build(museum.ReLU, None, np.random.default_rng(7))
    assert np.array_equal(network.layers[0].W, drawn.T)


def test_a_network_answers_without_dropout():
    network = museum.build(museum.ReLU, museum.Coins, np.random.default_rng(0))
    x = np.resize(load_digits().x_test.astype(float), (20, 784))
    assert np.array_equal(network.predict(x), network.predict(x))
    assert not np.array_equal(network.forward(x), network.forward(x))


def test_the_stored_file_holds_every_variant_and_seed():
    stored = json.loads((MEASURED / "museum.json").read_text(encoding="utf-8"))
    assert stored["seeds"] == list(museum.SEEDS)
    assert stored["test_accuracy"].keys() == museum.VARIANTS.keys()
    assert all(len(scores) == len(museum.SEEDS) for scores in stored["test_accuracy"].values())
    assert stored["gradient_error"].keys() > museum.VARIANTS.keys()
