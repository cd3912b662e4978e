"""The study of stock prices: a forecast is made of what was known the evening before, and the sums are right."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import stocks
from nnlib.studies.stocks import load_google, load_vix

STORED = json.loads((MEASURED / "studies" / "stocks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["change", "size"])
def test_each_seed_has_its_result_and_its_shuffled_ones(name):
    found = STORED[name]
    assert len(STORED["seeds"]) == len(found["network"]) == 5
    assert len(found["shuffled"]) == 5 * stocks.SHUFFLES
    assert found["chosen"]["rate"] in stocks.RATES and found["chosen"]["strength"] in stocks.STRENGTHS
    assert found["chosen"]["alpha"] in stocks.ALPHAS


def test_the_wish_is_the_next_change_and_the_inputs_were_known_the_evening_before():
    price, vix = load_google(), load_vix()[1]
    x, y = stocks.tasks()["change"]
    assert x.shape == (1036, 11) and y.shape == (1036,)
    for row in (0, 500, 1035):
        today = row + stocks.DAYS  # the last evening whose price is known
        assert y[row] == pytest.approx(100 * (price[today + 1] / price[today] - 1))
        assert x[row, 9] == pytest.approx(100 * (price[today] / price[today - 1] - 1))
        assert x[row, 10] == pytest.approx(np.log(vix[today]))
    assert np.array_equal(stocks.tasks()["size"][1], np.abs(y))


def test_a_walk_learns_from_the_days_before_alone():
    y = np.arange(750.0)
    x = y[:, None]
    seen = []

    def learn(rows, wishes):
        seen.append((rows.max(), len(wishes)))
        return lambda new: np.full(len(new), wishes[-1])

    said = stocks.walk(learn, x, y)
    assert seen == [(499, 500), (599, 600), (699, 700)]
    assert said.tolist() == [499.0] * 100 + [599.0] * 100 + [699.0] * 50


def test_what_is_chosen_knows_no_day_of_the_test(monkeypatch):
    monkeypatch.setattr(stocks, "EPOCHS", 1)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(600, 11)), rng.normal(size=600)
    other = np.concatenate([y[:500], -50 * y[500:]])
    learn = stocks.by_network(0.01, 0.1, 0)
    assert stocks.held_back(learn, x, y) == stocks.held_back(learn, x, other)
    assert stocks.held_back(learn, x, y) != stocks.held_back(learn, x, np.concatenate([y[:499], -50 * y[499:]]))


def test_a_running_average_says_each_day_what_it_knew_before():
    size = np.concatenate([np.full(10, 2.0), [4.0, 0.0]])
    assert stocks.running(size, 0.5).tolist() == [2.0] * 11 + [3.0]


def test_skill_is_the_share_of_the_squared_error_that_goes():
    truth = np.array([1.0, -2, 2])
    assert stocks.skill(np.ones(3), truth, np.zeros(3)) == pytest.approx(-1 / 9)
    assert stocks.skill(truth, truth, np.zeros(3)) == 1 and stocks.skill(np.zeros(3), truth, np.zeros(3)) == 0


def test_money_grows_on_the_days_inside_and_pays_for_each_trade():
    truth = np.array([10.0, -50, 20])
    assert stocks.earned(np.array([1, -1, 1]), truth) == pytest.approx(132)
    assert stocks.earned(np.array([1, -1, 1]), truth, 0.1) == pytest.approx(132 * 0.9**4)
    assert stocks.earned(np.ones(3), truth, 0.1) == pytest.approx(66 * 0.9**2)
    assert stocks.earned(-np.ones(3), truth, 0.1) == 100


def test_shuffled_wishes_are_the_same_ones_on_other_days():
    given = []
    learn = stocks.by_shuffled(lambda x, y: given.append(y), np.random.default_rng(0))
    y = np.arange(50.0)
    learn(None, y)
    assert not np.array_equal(given[0], y) and np.array_equal(np.sort(given[0]), y)
