"""The museum's second hall: what is stored is of these seeds, and each slip is the one that its exhibit tells of."""

import json

import numpy as np
import pytest

from measure import MEASURED, second_hall
from nnlib import Adam, Dropout, MaxPool2d, Parameter

TESTED = ("bracket", "for_good", "named", "ties", "dice")
STORED = json.loads((MEASURED / "second_hall.json").read_text(encoding="utf-8"))


def stepped(optimizer, slopes, rate=0.1):
    """Where weights that begin at 1 stand after one step of each of these slopes."""
    weights = Parameter("W", np.ones(2), np.zeros(2))
    optimizer = optimizer([weights], rate)
    with np.errstate(all="ignore"):
        for slope in slopes:
            weights.grad[...] = slope
            optimizer.step()
    return weights.value


def test_every_exhibit_is_stored_with_five_seeds():
    assert STORED["seeds"] == list(second_hall.SEEDS) and len(second_hall.SEEDS) == 5
    assert {exhibit.__name__ for exhibit in second_hall.EXHIBITS} <= set(STORED)
    runs = [
        *(found["test"] for name in TESTED for found in STORED[name].values()),
        *STORED["rival"].values(),
        *(found["error_in_stars"] for found in STORED["company"].values()),
    ]
    assert {len(run) for run in runs} == {5}


@pytest.mark.parametrize("name", ["for_good", "named"])
def test_each_side_has_the_rate_that_did_best_on_images_held_back(name):
    for found in STORED[name].values():
        assert found["rates"] == list({"for_good": second_hall.RATES, "named": second_hall.BLOCK_RATES}[name])
        assert found["rate"] == found["rates"][int(np.argmax(found["held_back"]))]
        assert found["rates"][0] < found["rate"] < found["rates"][-1]


def test_without_its_bracket_adam_moves_what_has_no_slope_and_is_right_but_for_epsilon_elsewhere():
    assert np.isnan(stepped(second_hall.Bracket, [[2, 0]])[1])
    slopes = np.random.default_rng(0).standard_normal((5, 2))
    assert np.allclose(stepped(second_hall.Bracket, slopes), stepped(Adam, slopes) + 5e-6, atol=1e-7)


def test_corrected_for_good_adam_is_right_at_its_first_step_alone():
    assert np.allclose(stepped(second_hall.ForGood, [[2, 3]]), stepped(Adam, [[2, 3]]))
    assert np.all(stepped(second_hall.ForGood, [[2, 3]] * 12) < stepped(Adam, [[2, 3]] * 12) - 0.5)


def test_each_of_four_that_tie_gets_the_whole_slope_or_one_gets_three_times_the_right_one():
    pools = second_hall.ToEach((1, 2, 2), 2), MaxPool2d((1, 2, 2), 2), second_hall.Longer((1, 2, 2), 2)
    for pool, whole in zip(pools, (4, 1, 3), strict=True):
        pool.forward(np.ones((1, 1, 2, 2)))
        assert pool.pass_back(np.ones((1, 1, 1, 1))).sum() == whole


def test_dice_of_the_wrong_shape_keep_too_many():
    rng = np.random.default_rng(0)
    kept = [(layer(0.8, rng).forward(np.ones((1000, 20))) > 0).mean() for layer in (Dropout, second_hall.Bell)]
    assert kept == pytest.approx([0.2, 0.579], abs=0.02)


@pytest.mark.parametrize("together", [True, False])
def test_the_slopes_of_a_taste_are_those_of_its_own_cost(together):
    rng = np.random.default_rng(0)
    taste = second_hall.Taste(5, 6, rng, together)
    user, film, wish = np.array([0, 3, 3]), np.array([1, 1, 4]), np.array([0.2, 0.9, 0.5])

    def cost():
        z = taste.logits(user, film)
        return np.mean(np.logaddexp(0, z) - wish * z)

    z = taste.logits(user, film)
    taste.collect(user, film, (1 / (1 + np.exp(-z)) - wish) / 3)
    for p in taste.all:
        place = (3, 7) if p.name == "users" else (1, 7) if p.name == "films" else 3 if p.name == "user" else 4
        before, h = p.value[place], 1e-6
        p.value[place] = before + h
        above = cost()
        p.value[place] = before - h
        below = cost()
        p.value[place] = before
        assert p.grad[place] == pytest.approx((above - below) / (2 * h), rel=1e-5)


def test_a_batch_scored_together_has_one_number_for_all_its_pairs():
    taste = second_hall.Taste(5, 6, np.random.default_rng(0), together=True)
    biases = taste.all[2].value[[0, 1]] + taste.all[3].value[[2, 3]]
    scores = taste.logits(np.array([0, 1]), np.array([2, 3])) - biases
    assert scores[0] == pytest.approx(scores[1])


def test_what_is_no_number_any_more_is_stored_as_nothing():
    assert second_hall.without_nan({"a": [1.0, np.nan], "b": np.inf}) == {"a": [1.0, None], "b": None}


def test_without_the_ratings_it_says_where_they_are_to_be_had(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="how to fetch"):
        second_hall.ratings()


def test_series_are_waves_that_fit_between_minus_one_and_one():
    series = second_hall.series(20, 60, np.random.default_rng(0))
    assert series.shape == (20, 60) and np.abs(series).max() < 1 and series.std() > 0.2
