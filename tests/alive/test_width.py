"""Errors by width: they are what a solved last layer makes, and the script says of them what Python says."""

from functools import cache

import numpy as np
import pytest

from nnlib import one_hot
from nnlib.alive import live, width

found = cache(width.measured)


def row(neurons, wrong="none", l2="none"):
    """Errors on training images and new ones in per cent, and the size of the weights."""
    return found()[wrong][l2][width.WIDTHS.index(neurons)]


@pytest.mark.parametrize("l2", width.L2)
def test_the_last_layer_has_the_lowest_cost_that_there_is(l2):
    x, y, _, _ = width.images()
    own, _, size = width.scores(40, seed=1)["none", l2]
    rng = np.random.default_rng(1)
    chosen = rng.permutation(len(x))[: width.IMAGES]
    a = np.maximum(x[chosen] @ (rng.standard_normal((64, 40)) / 8), 0)
    flat = a.T @ a / width.IMAGES + width.L2[l2] * np.eye(40)  # with these weights every slope is 0
    last = np.linalg.solve(flat, a.T @ one_hot(y[chosen], 10) / width.IMAGES)
    assert size == pytest.approx(np.sqrt(np.mean((last**2).sum(axis=0))))
    assert own == np.mean((a @ last).argmax(axis=1) != y[chosen])


def test_where_many_fit_the_smallest_weights_are_taken():
    x, y, _, _ = width.images()
    rng = np.random.default_rng(1)
    chosen = rng.permutation(len(x))[: width.IMAGES]
    a = np.maximum(x[chosen] @ (rng.standard_normal((64, 500)) / 8), 0)
    last = np.linalg.lstsq(a, one_hot(y[chosen], 10), rcond=None)[0]
    assert width.scores(500, seed=1)["none", "none"][2] == pytest.approx(np.sqrt(np.mean((last**2).sum(axis=0))))


def test_about_as_many_labels_are_wrong_as_is_said():
    found = width.scores(1000, seed=0)  # fits every label, and reads the new images by and large
    assert width.WRONG["a fifth"] == 0.2 and found["a fifth", "none"][0] == found["none", "none"][0] == 0
    assert found["a fifth", "none"][1] > found["none", "none"][1]


def test_what_the_chapter_says_of_the_two_descents_is_to_be_seen():
    assert row(100)[1] < 20 and row(300)[1] > 60 and row(1500)[1] < 10 < row(100)[1]
    assert row(300)[0] == 0 == row(1500)[0]
    assert row(300)[2] > 10 * row(1500)[2]
    assert row(300, l2="0.001")[1] < 12
    assert row(300, "a fifth")[1] > 70 > 30 > row(100, "a fifth")[1]
    assert row(1500, "a fifth", "0.03")[1] < row(100, "a fifth", "0.001")[1] < row(1500, "a fifth", "0.001")[1]


@pytest.mark.parametrize("wrong", width.WRONG)
def test_the_script_says_what_python_says(node, wrong):
    for l2 in width.L2:
        for neurons in width.WIDTHS:
            own, fresh, size = row(neurons, wrong, l2)
            given = {"width": neurons, "wrong": wrong, "l2": l2, "own": own, "fresh": fresh, "size": size}
            call = f"said({width.IMAGES}, width, wrong, l2, own, fresh, size)"
            assert node("width", call, **given) == width.said(*given.values())


def test_it_begins_at_a_width_of_its_own_and_the_words_tell_three(monkeypatch):
    handed = []
    monkeypatch.setattr(live, "show", lambda *args: handed.append(args))
    width.show()
    name, data, _, text = handed[0]
    assert name == "width" and data["start"]["width"] in data["widths"] == list(width.WIDTHS)
    assert data["penalties"] == list(width.L2)
    assert len(text) == 3 * len(width.WRONG) * len(width.L2) and text[1].startswith("300 neurons")
