"""Remedies against learning by heart: each stands at its own best strength and rate, and all have the same budget."""

import json

import numpy as np
import pytest

from measure import MEASURED, generalisation
from nnlib import SGD, Dense, Parameter

STORED = json.loads((MEASURED / "generalisation.json").read_text(encoding="utf-8"))
TASKS = pytest.mark.parametrize("title", generalisation.TASKS)


@TASKS
def test_each_remedy_has_the_strength_and_the_rate_that_did_best_on_validation_images(title):
    assert list(STORED[title]) == list(generalisation.TASKS[title].remedies)
    for name, found in STORED[title].items():
        assert len(found["strengths"]) == len(generalisation.REMEDIES[name])
        assert found["strength"] == int(np.argmax(found["strengths"]))
        assert found["rate"] == max(found["rates"], key=lambda pair: pair[1])[0]
        assert len(found["right"]) == len(STORED["seeds"]) == len(generalisation.SEEDS)


@TASKS
def test_no_rate_is_chosen_at_the_edge_of_what_was_tried(title):
    for found in STORED[title].values():
        rates = [rate for rate, _ in found["rates"]]
        assert min(rates) < found["rate"] < max(rates)


def test_what_is_stored_has_the_programs_budget_and_scores_no_seed_that_chose():
    assert STORED["steps"] == generalisation.STEPS
    assert STORED["seeds"] == list(generalisation.SEEDS)
    assert generalisation.CHOICE_SEED not in generalisation.SEEDS


def test_where_the_best_rate_lies_at_an_edge_the_next_one_is_tried():
    assert generalisation.rates_to_try({}, 0.1) == [0.03, 0.1, 0.3]
    assert generalisation.rates_to_try({0.03: 0.8, 0.1: 0.9, 0.3: 0.95}, 0.1) == [1.0]
    assert generalisation.rates_to_try({0.03: 0.8, 0.1: 0.95, 0.3: 0.9}, 0.1) == []


def test_an_image_that_is_not_moved_stays_and_a_moved_one_holds_as_much_ink_elsewhere():
    rng = np.random.default_rng(0)
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 10:18, 12:15] = 1
    still = generalisation.moved(image.reshape(1, 784), generalisation.Remedy(), rng)
    assert np.array_equal(still, image.reshape(1, 784))
    for _ in range(20):
        away = generalisation.moved(image.reshape(1, 784), generalisation.Remedy(pixels=3), rng).reshape(28, 28)
        down, right = np.argwhere(away > 0).min(axis=0) - (10, 12)
        assert max(abs(down), abs(right)) <= 3
        assert np.allclose(away, np.roll(image[0], (down, right), (0, 1)), atol=1e-5)
    turned = generalisation.moved(image.reshape(1, 784), generalisation.Remedy(pixels=1, degrees=20), rng)
    assert turned.sum() == pytest.approx(image.sum(), rel=0.05) and not np.allclose(turned, image.reshape(1, 784))


def test_a_mirrored_image_is_mirrored_about_half_of_the_time():
    image = np.zeros((200, 28, 28), np.float32)
    image[:, 5, 3] = 1
    seen = generalisation.moved(image.reshape(200, 784), generalisation.Remedy(mirror=True), np.random.default_rng(0))
    seen = seen.reshape(200, 28, 28)
    assert 70 < seen[:, 5, 24].sum() < 130 and seen[:, 5, [3, 24]].sum() == 200


def test_the_step_of_l1_stops_at_zero_and_leaves_biases_alone():
    W, b = Parameter("W", np.array([[0.01, -0.5]]), np.zeros((1, 2))), Parameter("b", np.array([0.01]), np.zeros(1))
    step = generalisation.ClippedL1([W, b], 0.1, 0.5)
    step.step()
    assert np.allclose(W.value, [[0, -0.45]]) and W.value[0, 0] == 0 and b.value[0] == 0.01
    assert isinstance(step, SGD)


def test_the_share_of_labels_that_is_asked_for_becomes_another_digit():
    y = np.arange(10_000) % 10
    spoilt = generalisation.spoilt(y, 0.4, np.random.default_rng(0))
    assert np.mean(spoilt != y) == pytest.approx(0.4, abs=0.02) and set(spoilt.tolist()) == set(range(10))
    assert np.array_equal(generalisation.spoilt(y, 0.0, np.random.default_rng(0)), y)


def test_a_remedy_with_dropout_has_a_layer_for_it():
    network = generalisation.build(generalisation.Remedy(dropout=0.3), np.random.default_rng(0))
    assert [type(layer).__name__ for layer in network.layers] == ["Dense", "ReLU", "Dropout", "Dense"]
    assert isinstance(network.layers[-1], Dense) and network.n_in == 784
