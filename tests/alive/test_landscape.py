"""The cost's landscape: its numbers are nnlib's, its limits hold, and its words say them."""

import base64

import numpy as np
import pytest

from nnlib import Sigmoid
from nnlib.alive import landscape, live
from nnlib.alive.landscape import Landscape

X, Y = np.array([-2.0, -1.0, 0.5, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])


def points():
    """The 100 points of stochastic gradient descent."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(100, 1))
    return x, 2 * x - 1 + 0.8 * rng.normal(size=(100, 1))


@pytest.fixture
def shown(monkeypatch):
    """What the interactive hands over: its data and its words."""
    handed = []
    monkeypatch.setattr(live, "show", lambda name, data, label, text: handed.append((data, "\n".join(text))))
    return handed


def test_the_lowest_point_of_a_straight_line_is_that_of_least_squares():
    x, y = points()
    expected = np.linalg.lstsq(np.hstack([x, np.ones_like(x)]), y, rcond=None)[0].ravel()
    assert np.allclose(Landscape(x, y).lowest((0, 0)), expected, atol=1e-9)


def test_beyond_the_limit_a_bowl_throws_the_walk_out_and_below_it_lets_it_in():
    land = Landscape(*points())
    bottom, limit = landscape._bottom(land, (0, 0))
    away = [np.linalg.norm(land.walk((-0.5, 1.5), rate, 400)[-1] - bottom) for rate in (0.98 * limit, 1.02 * limit)]
    assert away[0] < 0.01 and away[1] > 1e3


def test_beyond_the_limit_no_walk_settles_at_the_bottom_of_the_sigmoid_neuron_not_even_from_nearby():
    land = Landscape(X, Y, Sigmoid())
    bottom, limit = landscape._bottom(land, (1.2, -0.7))
    assert land.at(bottom)[0] < 0.059 + 5e-5 and np.allclose(land.at(bottom)[1], 0, atol=1e-12)
    near = bottom + 1e-3
    ends = [np.linalg.norm(land.walk(near, rate, 2000)[-1] - bottom) for rate in (0.95 * limit, 1.05 * limit)]
    assert ends[0] < 1e-5 and ends[1] > 0.05


def test_the_orders_are_those_of_the_walk():
    land = Landscape(*points())
    orders = np.frombuffer(base64.b64decode(land.orders(3)), np.uint8).reshape(landscape.EPOCHS, 100)
    assert all(sorted(order) == list(range(100)) for order in orders)
    place = np.array([-0.5, 1.5])
    for i in orders[0]:  # batches of 1
        x, y = land.x[i, 0], land.y[i, 0]
        place = place - 0.1 * (place @ [x, 1] - y) * np.array([x, 1])
    assert np.allclose(land.walk((-0.5, 1.5), 0.1, 1, 1, seed=3)[-1], place)


def test_the_costs_of_many_places_are_those_of_each():
    for land in (Landscape(X, Y, Sigmoid()), Landscape(*points())):
        w, b = np.random.default_rng(0).uniform(-3, 3, (2, 4, 5))
        costs = [[land.at(place)[0] for place in zip(*row, strict=True)] for row in zip(w, b, strict=True)]
        assert np.allclose(land.costs(w, b), costs, rtol=1e-12)


def test_what_lies_above_a_level_is_cut_out_along_it():
    land = Landscape(*points())
    (area,) = landscape.contours(land.costs, (-1.2, 3.2, -2.2, 2.2), [1.0])
    corners = np.array([corner.split() for corner in area.strip("MZ").replace("ZM", "L").split("L")], float)
    inner = corners[((corners > 5) & (corners < 995)).all(axis=1)] / 1000
    costs = [land.at((-1.2 + 4.4 * across, 2.2 - 4.4 * down))[0] for across, down in inner]
    assert len(costs) > 30 and np.allclose(costs, 1.0, atol=0.02)


def test_the_words_beside_a_sigmoid_neuron_say_where_the_walks_end_and_which_rate_is_too_large(shown):
    landscape.sigmoid_neuron(X, Y)
    data, text = shown[0]
    assert "From (−3, 2), 400 steps at the rate 2 lead to (1.16, −0.73), cost 0.0590." in text
    assert "Beyond the rate 34.9 no walk can settle at the lowest point" in text and data["note"] in text
    assert min(data["rates"]) < 34.9 < max(data["rates"]) and data["rate"] in data["rates"]


def test_the_words_beside_a_straight_line_say_how_far_each_batch_size_comes(shown):
    landscape.straight_line(*points())
    data, text = shown[0]
    assert "Batches of 1: 100 steps in an epoch; after one epoch 0.32 from the lowest point, after five 0.25." in text
    assert "All 100 at once: 1 step in an epoch; after one epoch 3.23" in text and data["note"] in text
    assert data["batch"] in data["batches"] and list(data["orders"]) == [str(seed) for seed in data["seeds"]]


@pytest.mark.parametrize("kind", ["sigmoid", "line"])
def test_costs_slopes_and_walks_of_the_script_are_those_of_nnlib(node, shown, kind):
    x, y = (X, Y) if kind == "sigmoid" else points()
    (landscape.sigmoid_neuron if kind == "sigmoid" else landscape.straight_line)(x, y)
    data, land = shown[0][0], Landscape(x, y, *([Sigmoid()] if kind == "sigmoid" else []))
    left, right, bottom, top = data["window"]
    places = np.random.default_rng(0).uniform((left, bottom), (right, top), (50, 2))
    each = "places.map((place) => pass(taskOf(data), place, taskOf(data).all))"
    for place, found in zip(places, node("landscape", each, data=data, places=places.tolist()), strict=True):
        cost, slopes = land.at(place)
        assert np.allclose([found["cost"], *found["slopes"]], [cost, *slopes], rtol=0, atol=1e-9)
    epochs = {"sigmoid": 400, "line": landscape.EPOCHS}[kind]
    for size in data.get("batches", [6]):
        for seed in data.get("seeds", [0])[:2]:
            ours = land.walk(data["start"], data["rate"], epochs, size, seed)
            choice = {"start": data["start"], "rate": data["rate"], "size": size, "seed": seed}
            steps = len(ours) - 1 + (size < 100 and kind == "line")  # no step beyond the last order
            walk = "descend(taskOf(data), choice, steps)"
            theirs = node("landscape", walk, data=data, choice=choice, steps=steps)
            assert np.allclose(theirs, ours, rtol=0, atol=1e-9), (size, seed)
