"""Kernels and dense layers: each stands at its own best rate, and images move as they are said to."""

import json

import numpy as np
import pytest

from chapters import lacks_data
from measure import MEASURED, convolution

STORED = json.loads((MEASURED / "convolution.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("name", convolution.PLANS)


@pytest.fixture
def few(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.random((90, 784), dtype=np.float32), np.arange(90) % 10
    x.reshape(-1, 28, 28)[np.arange(90), :, 2 * y + 3] += 3  # a stroke, the further right the larger the digit
    monkeypatch.setattr(convolution, "data", lambda: {"test": (x, y, x[:40], y[:40])})
    return x, y


@EACH
def test_each_plan_has_the_rate_with_the_lowest_cost_on_images_held_back_and_not_one_at_the_edge(name):
    found = STORED["plans"][name]
    tried = {rate: np.inf if cost is None else cost for rate, cost in found["tried"]}
    assert found["rate"] == convolution.best_rate(tried) and min(tried) < found["rate"] < max(tried)
    assert convolution.CHOICE_SEED not in convolution.SEEDS
    assert found["right"].keys() == {str(pixels) for pixels in convolution.PIXELS}
    assert all(len(scores) == len(STORED["seeds"]) == len(convolution.SEEDS) for scores in found["right"].values())


def test_what_is_stored_has_the_programs_budget_and_networks():
    assert (STORED["images"], STORED["epochs"]) == (convolution.IMAGES, convolution.EPOCHS)
    assert list(STORED["plans"]) == list(convolution.PLANS)
    for name, plan in convolution.PLANS.items():
        network = convolution.build(plan, np.random.default_rng(0))
        assert sum(p.value.size for p in network.parameters()) == STORED["plans"][name]["parameters"]


def test_a_quarter_of_the_images_is_moved_each_way_and_paper_comes_in(few):
    images = few[0].reshape(-1, 28, 28)
    down, up, right, left = convolution.moved(few[0], 3).reshape(-1, 28, 28)[:4]
    assert np.array_equal(down[3:], images[0, :-3]) and not down[:3].any()
    assert np.array_equal(up[:-3], images[1, 3:]) and not up[-3:].any()
    assert np.array_equal(right[:, 3:], images[2, :, :-3]) and not right[:, :3].any()
    assert np.array_equal(left[:, :-3], images[3, :, 3:]) and not left[:, -3:].any()
    assert np.array_equal(convolution.moved(few[0], 0), few[0])


def test_images_moved_by_lot_go_every_way_and_not_too_far():
    dot = np.zeros((500, 28, 28), np.float32)
    dot[:, 14, 14] = 1
    places = np.argwhere(convolution.moved_by_lot(dot.reshape(500, -1), np.random.default_rng(0)).reshape(dot.shape))
    assert len(places) == 500 and len(np.unique(places[:, 1:], axis=0)) == 25
    assert places[:, 1:].min() == 12 and places[:, 1:].max() == 16


def test_shuffling_keeps_every_number_and_is_the_same_for_all_images(few):
    plan = convolution.PLANS["wide, shuffled"]
    shuffled = convolution.seen(plan, few[0])
    assert np.array_equal(np.sort(shuffled), np.sort(few[0])) and not np.array_equal(shuffled, few[0])
    assert np.array_equal(shuffled[:1], convolution.seen(plan, few[0][:1]))


def test_smooth_kernels_are_alike_and_random_ones_are_not():
    slope = np.add.outer(np.arange(5.0), np.arange(5.0))[None]
    assert convolution.alike(slope) > 0.6
    assert abs(convolution.alike(np.random.default_rng(0).standard_normal((400, 5, 5)))) < 0.05
    assert convolution.alike(np.indices((5, 5)).sum(axis=0, keepdims=True) % 2) == pytest.approx(-1)


@pytest.mark.parametrize("name", ["kernels, moved", "dense"])
def test_two_trainings_from_one_seed_are_the_same(name, few):
    first, second = (convolution.train(name, "test", 0.003, seed=1) for _ in range(2))
    assert first == second and all(0 <= share <= 1 for share in first["right"].values())
    assert ("first" in first) == name.startswith("kernels")


@pytest.mark.skipif(lacks_data({"nnlib": {"data": "mnist"}}), reason="MNIST is not here")
def test_the_images_that_choose_a_rate_are_none_of_those_that_train():
    parts = convolution.data()
    assert [len(part) for part in parts["choice"]] == [10_000] * 4
    assert [len(part) for part in parts["test"]] == [10_000] * 4
    seen = {image.tobytes() for image in parts["choice"][0]}
    assert not any(image.tobytes() in seen for image in parts["choice"][2])
