"""The records' recipe: bends that are what they say, epochs that seek doubt, a clock that is kept."""

import ast
import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from rules import code_cells, functions, tree

from chapters import ROOT
from measure import MEASURED
from measure.records import __main__ as records
from measure.records import recipe
from measure.records.augmentation import SIDE, Distortion, augment, fields, grid, look, upright
from measure.records.kernels import KernelRecipe, train_kernels
from measure.records.recipe import MINUTE, Clock, epoch, rate, train

STILL = Distortion(bend=0.0, turn=0.0, stretch=0.0, lean=0.0, shift=0.0)
STORED = json.loads((MEASURED / "records.json").read_text(encoding="utf-8"))
WILD = Distortion(bend=3.0, turn=40.0, stretch=0.5, lean=0.5, shift=5.0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def images(rng):
    return rng.random((7, SIDE**2), dtype=np.float32)


def inside(images, side):
    edge = (SIDE - side) // 2
    return images.reshape(-1, SIDE, SIDE)[:, edge : SIDE - edge, edge : SIDE - edge].reshape(len(images), -1)


@pytest.mark.parametrize("side", [28, 22])
def test_no_distortion_leaves_the_middle_as_it_is(images, side, rng):
    assert np.array_equal(look(images, grid(side)), inside(images, side))
    assert np.allclose(augment(images, 3, side, STILL, rng), inside(images, side), atol=1e-5)


def test_a_whole_shift_moves_whole_pixels(images):
    moved = look(images, grid(20) + np.array([[2], [-3]], np.float32)).reshape(-1, 20, 20)
    assert np.array_equal(moved, images.reshape(-1, SIDE, SIDE)[:, 6:26, 1:21])


def test_half_a_pixel_is_the_mean_of_two(images):
    halfway = look(images, grid(20) + np.array([[0], [0.5]], np.float32)).reshape(-1, 20, 20)
    rows = images.reshape(-1, SIDE, SIDE)[:, 4:24]
    assert np.allclose(halfway, (rows[:, :, 4:24] + rows[:, :, 5:25]) / 2)


def test_bent_images_keep_their_number_type_and_range(images, rng):
    bent = augment(images, 3, 22, WILD, rng)
    assert bent.shape == (7, 22 * 22) and bent.dtype == np.float32
    assert bent.min() >= images.min() - 1e-6 and bent.max() <= images.max() + 1e-6


def test_neighbours_are_bent_alike_and_groups_are_not(rng):
    image = rng.random((1, SIDE**2), dtype=np.float32)
    bent = augment(np.repeat(image, 6, axis=0), 3, 22, WILD, rng)
    assert np.array_equal(bent[0], bent[2]) and np.array_equal(bent[3], bent[5])
    assert not np.allclose(bent[2], bent[3], atol=0.1)


def test_elastic_bends_are_as_strong_and_as_smooth_as_they_say(rng):
    bent = fields(400, 22, replace(STILL, bend=0.8, smooth=4.0), rng) - grid(22)
    assert bent.std() == pytest.approx(0.8, rel=0.05)
    steps = np.diff(bent.reshape(-1, 2, 22, 22), axis=-1)
    assert steps.std() < 0.8 / 4 * 1.1  # noise smoothed by a Gaussian twice as wide would change by 0.8 / (4 sqrt 2)


def test_turning_keeps_distances(rng):
    turned = fields(5, 22, replace(STILL, turn=30.0), rng)
    assert np.allclose(np.linalg.norm(turned - 13.5, axis=1), np.linalg.norm(grid(22) - 13.5, axis=0), atol=1e-4)


def test_a_leaning_stroke_is_set_upright():
    image = np.zeros((SIDE, SIDE), np.float32)
    for row in range(6, 22):
        image[row, 5 + row // 2 : 9 + row // 2] = 1
    straight = upright(image.reshape(1, -1)).reshape(SIDE, SIDE)[8:20]
    middles = straight @ np.arange(SIDE) / straight.sum(axis=1)
    assert np.ptp(middles) < 1 < np.ptp(image[8:20] @ np.arange(SIDE) / image[8:20].sum(axis=1))
    assert straight.dtype == np.float32


def test_an_epoch_shows_all_images_until_doubts_count(rng):
    doubt = rng.random(100)
    assert sorted(epoch(MINUTE, 0.0, doubt, rng)) == list(range(100))
    shown = epoch(MINUTE, 0.9, doubt, rng)
    assert len(set(shown)) == len(shown) == round(100 * MINUTE.epoch)
    most = round(len(shown) * MINUTE.doubtful)
    assert set(np.argsort(-doubt)[:most]) <= set(shown)


def test_the_rate_rises_and_falls_and_never_reaches_zero():
    rates = [rate(MINUTE, share) for share in np.linspace(0, 1.2, 200)]
    assert max(rates) == pytest.approx(MINUTE.rate, rel=0.02) and min(rates) > 0
    assert np.argmax(rates) / 200 * 1.2 == pytest.approx(MINUTE.warm_up, abs=0.02)
    assert rates[-1] == rate(MINUTE, 1.0) < MINUTE.rate / 100


def test_the_clock_counts_shares_of_its_seconds():
    times = iter([10.0, 10.0, 40.0])
    clock = Clock(60, now=lambda: next(times))
    assert [clock.share(), clock.share()] == [0.0, 0.5]


def strokes(rng):
    """600 images of an upright stroke, the further right the larger the digit, and the digits."""
    x = np.zeros((600, SIDE, SIDE), np.float32)
    labels = np.arange(600) % 10
    for image, label in zip(x, labels, strict=True):
        image[6:22, 4 + 2 * label : 6 + 2 * label] = 1
    x += 0.1 * rng.random(x.shape, dtype=np.float32)
    return x.reshape(600, -1), labels


def test_a_second_is_enough_to_learn_something_and_is_kept(rng):
    x, labels = strokes(rng)
    recipe = replace(MINUTE, seconds=1.0, hidden=(32,), batch_size=50, distortion=STILL)
    reader, used = train(recipe, x, labels, rng)
    assert 1 <= used["cpu_seconds"] < 1.3
    assert (reader.predict(x) == labels).mean() > 0.9


def test_the_time_can_end_within_an_epoch(rng, monkeypatch):
    now = itertools.count()  # each look at the clock takes a second
    monkeypatch.setattr(recipe, "Clock", lambda seconds: Clock(seconds, lambda: next(now)))
    images, labels = rng.random((2000, SIDE**2), dtype=np.float32), rng.integers(0, 10, 2000)
    _, used = train(replace(MINUTE, seconds=30, batch_size=20, upright=False), images, labels, rng)
    assert 30 <= used["cpu_seconds"] <= 33 and 0 < used["epochs"] < 0.3  # a whole one has a hundred steps


def test_the_stored_scores_are_those_of_this_recipe():
    assert STORED["recipes"] == json.loads(json.dumps({name: asdict(r) for name, r in records.RECIPES.items()}))
    assert STORED["bars"] == records.BARS and STORED["ablation"].keys() == records.WITHOUT.keys()
    for seconds, part in STORED["test"].items():
        scores = [one["accuracy"] for one in part["runs"]]
        assert [one["seed"] for one in part["runs"]] == list(records.SEEDS)
        assert (part["min"], part["max"]) == (min(scores), max(scores))
        assert part["mean"] == pytest.approx(np.mean(scores), abs=1e-5)
        assert all(float(seconds) <= one["cpu_seconds"] < 1.01 * float(seconds) for one in part["runs"])


def test_the_kernels_stored_scores_are_those_of_their_recipe_with_the_rate_that_read_most_validation_images():
    found = STORED["kernels"]
    tried = {float(rate): one["accuracy"] for rate, one in found["validation"].items()}
    assert list(tried) == list(records.RATES) and found["recipe"]["rate"] == max(tried, key=tried.get)
    recipe = replace(records.KERNELS, rate=found["recipe"]["rate"])
    assert (found["recipe"], found["bar"]) == (json.loads(json.dumps(asdict(recipe))), records.KERNELS_BAR)
    runs = found["test"]["runs"]
    assert [one["seed"] for one in runs] == list(records.SEEDS) and records.CHOICE_SEED not in records.SEEDS
    assert found["test"]["mean"] == pytest.approx(np.mean([one["accuracy"] for one in runs]), abs=1e-5)
    assert all(recipe.seconds <= one["cpu_seconds"] < 1.01 * recipe.seconds <= 600 for one in runs)


def test_kernels_learn_something_in_two_seconds_and_keep_their_time(rng):
    x, labels = strokes(rng)
    recipe = KernelRecipe(seconds=2.0, kernels=(4, 4), hidden=16, distortion=STILL)
    reader, used = train_kernels(recipe, x, labels, rng)
    assert 2 <= used["cpu_seconds"] < 2.4
    assert (reader.predict(x) == labels).mean() > 0.9


def test_the_page_shows_the_code_that_ran():
    ran = functions(ast.parse((ROOT / "measure/records/augmentation.py").read_text(encoding="utf-8")))
    page = json.loads((ROOT / "book" / "records.ipynb").read_text(encoding="utf-8"))
    shown = dict(part for _, cell in code_cells(page) for part in functions(tree(cell)).items())
    assert shown.keys() >= {"grid", "elastic", "look"}
    assert {name: code for name, code in shown.items() if ran.get(name, code) != code} == {}
