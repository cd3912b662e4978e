"""The data of the study of customers: as published but for rounding, and prepared by the rows that teach alone."""

import numpy as np
import pytest

from nnlib import fetch
from nnlib.studies import customers
from nnlib.studies.customers import UNSEEN, best_tenth, inputs, load_shoppers


def test_the_columns_are_the_published_ones_but_for_rounding():
    try:
        (data,) = fetch.fetch_all(customers.SHOPPERS._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip("visits to a shop: the original is not here")
    cells = [line.split(",") for line in data.decode().splitlines()]
    columns, bought = load_shoppers()
    assert list(columns) == list(customers.NAMES[:-1])
    for name, published in zip(customers.NAMES, zip(*cells, strict=True), strict=True):
        ours = bought if name == "Revenue" else columns[name]
        if name in ("Weekend", "Revenue"):
            assert [("FALSE", "TRUE")[int(number)] for number in ours] == list(published)
        elif ours.dtype.kind == "U":
            assert ours.tolist() == list(published)
        else:
            off = np.abs(ours - np.array(published, float)).max()
            assert off <= 0.5 / customers.PARTS.get(name, 1) + 1e-9, name


def test_the_visits_are_those_that_the_study_counts():
    columns, bought = load_shoppers()
    assert (len(bought), bought.sum()) == (12330, 1908)
    assert len(set(zip(*columns.values(), bought, strict=True))) == 12205
    columns["PageValues"][:] = 0
    assert load_shoppers()[0]["PageValues"].any()  # each call gives them anew


def test_a_page_value_above_zero_is_never_rounded_to_zero():
    columns, _ = load_shoppers()
    assert (columns["PageValues"] == 0).sum() == 9600


def test_inputs_are_prepared_by_the_rows_that_teach():
    columns, _ = load_shoppers()
    small = {name: values[::40] for name, values in columns.items()}
    n = len(small["Month"])
    learned, others = np.arange(n // 2), np.arange(n // 2, n)
    x = inputs(small, learned)
    changed = {name: values.copy() for name, values in small.items()}
    for values in changed.values():
        values[others] = "zzz" if values.dtype.kind == "U" else values[others] + 1000
    assert np.array_equal(inputs(changed, learned)[learned], x[learned])
    numbers = [name for name, values in small.items() if values.dtype.kind != "U"]
    assert np.allclose(x[learned, : len(numbers)].mean(axis=0), 0)
    assert np.allclose(x[learned, : len(numbers)].std(axis=0), 1)
    place = numbers.index("PageValues")
    logs = np.log1p(small["PageValues"])
    assert np.allclose(x[:, place], (logs - logs[learned].mean()) / logs[learned].std())


def test_a_word_that_no_learned_row_has_is_in_the_column_of_the_unseen():
    columns = {"Seconds": np.array([1.0, 2, 3, 9]), "Month": np.array(["May", "Feb", "May", "Nov"])}
    x = inputs(columns, np.arange(3))
    assert x[:, 1:].tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert inputs(columns, np.arange(3), ["Month"]).shape == (4, 1) and UNSEEN not in columns["Month"]


def test_the_best_tenth_are_the_highest_and_ties_stay_in_order():
    score = np.array([0.0, 5, 1, 7, 7, *[0.0] * 25])
    assert best_tenth(score).tolist() == [3, 4, 1]
    assert best_tenth(np.zeros(29)).tolist() == [0, 1]
