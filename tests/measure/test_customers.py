"""The study of customers: what is tested has taught and chosen nothing, and the sums are right."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import customers

STORED = json.loads((MEASURED / "studies" / "customers.json").read_text(encoding="utf-8"))
ALL = STORED["ways"] | STORED["peers"]


@pytest.mark.parametrize("name", ALL)
def test_every_answer_was_given_with_every_set_of_columns_from_every_seed(name):
    assert ALL[name].keys() == {"with", "without", "door"}
    way = {**customers.WAYS, **customers.PEERS}[name]
    for found in ALL[name].values():
        assert len(found["per_seed"]) == len(STORED["seeds"]) == 5
        assert found["settings"] in way[1] and len(found["tried"]) == len(way[1])
        assert found["settings"] == max(found["tried"], key=lambda pair: pair[1])[0]


def test_the_parts_are_apart_and_the_months_are_those_of_the_text():
    rest, test = customers.parts()
    assert len(test) == STORED["parts"]["test"] and sorted([*rest, *test]) == list(range(12330))
    early, late = customers.rest_early(0), customers.late_test()
    months = customers.visits()[0]["Month"]
    assert set(months[early]) == {"Feb", "Mar", "May"} and not set(months[late]) & set(months[early])
    mixed = customers.rest_mixed(0)
    assert len(set(mixed)) == len(mixed) == len(early) == STORED["months"]["n"]["learn"]
    assert not set(mixed) & set(late) and not np.array_equal(mixed, customers.rest_mixed(1))


def test_what_is_tested_has_no_say(monkeypatch):
    monkeypatch.setattr(customers, "EPOCHS", 1)
    _, test = customers.parts()
    columns, y = customers.visits()
    settings = [{"rate": 0.01, "l2": l2} for l2 in (1e-3, 1e-1)]

    def run():
        best, tried = customers.choose(customers.network, settings, customers.rest_by_lot, ("Month",))
        return tried, customers.scores(customers.network, 0, customers.rest_by_lot, test, ("Month",), best)

    first = run()
    other = y.copy()
    other[test] = 1 - other[test]
    monkeypatch.setattr(customers, "visits", lambda: (columns, other))
    second = run()
    assert first[0] == second[0] and np.array_equal(first[1], second[1])


def test_what_is_left_out_is_left_out_by_name():
    door = set(customers.NAMES[:-1]) - set(customers.DOOR["door"])
    assert door == {
        *("SpecialDay", "Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Weekend")
    }
    assert customers.COLUMNS == {"with": (), "without": ("PageValues",)}


def test_a_ranking_is_marked_by_its_best_tenth():
    y = np.array([1, 1, 0, 1, *[0] * 16])
    z = np.array([3.0, -1, 2, 1, *np.linspace(-2, -4, 16)])
    found = customers.marks(z, y)
    assert (found["tenth"], found["found"]) == (0.5, pytest.approx(1 / 3))
    assert found["ranked"] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3) and found["right"] == pytest.approx(18 / 20)
    p = 1 / (1 + np.exp(-z))
    assert found["said"] == pytest.approx(p.mean()) and found["said tenth"] == pytest.approx(p[[0, 2]].mean())


def test_the_one_column_is_the_one_that_ranks_best(monkeypatch):
    columns = {"a": np.array([0.0, 1, 2, 3]), "b": np.array([4.0, 3, 1, 2]), "c": np.array(["x", "y", "x", "y"])}
    monkeypatch.setattr(customers, "visits", lambda: (columns, np.array([0, 0, 1, 0])))
    assert customers.one_column(np.arange(4), ()) == ("b", -1.0)
    assert customers.one_column(np.arange(4), ("b",)) == ("a", 1.0)
