"""The study without labels: what is measured is what it is called, and what is stored belongs together."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import unlabelled

STORED = json.loads((MEASURED / "studies" / "unlabelled.json").read_text(encoding="utf-8"))
RNG = np.random.default_rng(0)


def test_each_size_and_each_digit_has_five_seeds():
    assert STORED["seeds"] == list(unlabelled.SEEDS) and len(STORED["strangers"]) == 10
    for size in unlabelled.SIZES:
        assert len(STORED["rebuilt"][str(size)]["autoencoder"]) == 5
        assert all(len(each["autoencoder"][str(size)]) == 5 for each in STORED["strangers"])


def test_what_was_chosen_left_least_on_the_validation_part():
    for found in STORED["rebuilt"].values():
        assert len(found["tried"]) == len(unlabelled.HIDDEN) * len(unlabelled.RATES)
        assert found["settings"] == min(found["tried"], key=lambda pair: pair[1])[0]


def test_components_leave_what_scikit_learns_leave():
    for size, found in STORED["rebuilt"].items():
        assert found["components"] == pytest.approx(STORED["peers"]["scikit-learn, PCA"][size], abs=1e-5)
    x, _, x_test, _ = unlabelled.pictures()
    rebuild = unlabelled.by_components(x, 8)
    assert unlabelled.left(rebuild, x_test, x) == pytest.approx(STORED["rebuilt"]["8"]["components"], abs=1e-5)


def test_the_validation_part_is_the_last_of_each_digit_and_none_of_the_test():
    aside, y = unlabelled.is_validation(), unlabelled.pictures()[1]
    assert aside.sum() == 360 and np.bincount(y[aside]).tolist() == [36] * 10
    for digit in range(10):
        own = np.flatnonzero(y == digit)
        assert aside[own].tolist() == [False] * (len(own) - 36) + [True] * 36


def test_nothing_is_left_of_a_perfect_copy_and_all_by_the_mean():
    x, _, x_test, _ = unlabelled.pictures()
    assert unlabelled.left(lambda x: x, x_test, x) == 0
    assert unlabelled.left(lambda _: x.mean(axis=0), x_test, x) == 1


@pytest.mark.parametrize("degrees", [0, 0.01, 30, 90])
def test_the_angle_is_the_widest_between_two_planes(degrees):
    turned = np.radians(degrees)
    plane = np.array([[1.0, 0], [0, 1], [0, 0]])
    other = np.array([[1.0, 0], [0, np.cos(turned)], [0, np.sin(turned)]]) @ RNG.standard_normal((2, 2))
    assert unlabelled.angle(other, plane) == pytest.approx(degrees, abs=1e-6)


def test_pairs_are_counted_one_by_one():
    assert unlabelled.pairs(np.array([2.0, 5.0]), np.array([1.0, 2.0, 9.0])) == pytest.approx(3.5 / 6)


def test_the_nearest_picture_is_the_one_that_differs_least():
    learned = np.array([[0.0, 0], [3, 4]])
    assert unlabelled.nearest(learned, np.array([[1.0, 0], [3, 2], [3, 4]])).tolist() == [1, 4, 0]
    assert unlabelled.nearest(learned, np.array([[1.0, 0]]), 2).tolist() == [(1 + 20) / 2]


def test_strangers_are_the_wanted_share_of_what_is_learned_from():
    x, y, _, _ = unlabelled.pictures()
    known = np.sum(y != 3)
    for share in unlabelled.MIXED:
        learned = unlabelled.with_strangers(3, share, 0)
        assert abs((len(learned) - known) / len(learned) - share) < 0.5 / known
        own = {each.tobytes() for each in x[y == 3]}
        assert all(each.tobytes() in own for each in learned[known:])


def test_without_strangers_among_the_learned_all_is_as_before():
    clean = STORED["mixed"]["shares"]["0%"]
    for digit, found in enumerate(STORED["strangers"]):
        assert clean["nearest"][digit] == pytest.approx([found["nearest"]["pairs"]] * 5, abs=1e-5)
        assert clean["autoencoder"][digit] == pytest.approx(
            [run["pairs"] for run in found["autoencoder"]["8"]], abs=0.02
        )


def test_a_left_out_digit_is_not_learned_from(monkeypatch):
    seen = []

    def learn(x, size, *args, **settings):
        seen.append(len(x))
        return unlabelled.between([64, 64], np.random.default_rng(0))

    monkeypatch.setattr(unlabelled, "autoencoder", learn)
    unlabelled.strangers(3, dict.fromkeys(unlabelled.SIZES, {}))
    known = int(np.sum(unlabelled.pictures()[1] != 3))
    assert set(seen) == {known} and len(seen) == 25 and known < 1437 - 100
