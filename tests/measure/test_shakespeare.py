"""The transformer that writes: fair to its tables, judged on lines that it has not seen, and each part left out."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from measure import MEASURED, shakespeare
from nnlib import Attention, Positions, Residual
from nnlib.datasets import Text

STORED = json.loads((MEASURED / "shakespeare.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("name", shakespeare.PLANS)
SMALL = replace(shakespeare.Plan(), steps=3)


@pytest.fixture
def small(monkeypatch):
    """A text of 65 kinds in which the next character is always the next number."""
    run = np.arange(6000) % 65
    text = Text(run, run[:700], run[10:800], "".join(map(chr, [10, *range(33, 97)])), "", whole=False)
    monkeypatch.setattr(shakespeare, "text", lambda: text)
    return text


@EACH
def test_each_plan_has_its_budget_its_seeds_and_the_rate_that_did_best_on_the_validation_part(name):
    found = STORED["plans"][name]
    assert found["steps"] == shakespeare.PLANS[name].steps
    assert found["rate"] == STORED["rates"][int(np.argmin(found["tried"]))]
    assert STORED["seeds"] == list(shakespeare.SEEDS) and shakespeare.CHOICE_SEED not in shakespeare.SEEDS
    assert len(found["cost"]) == len(found["lines"]) == len(STORED["seeds"])
    assert np.allclose(np.mean(found["at"], axis=1), found["cost"], rtol=1e-4)
    assert np.shape(found["at"]) == (len(STORED["seeds"]), shakespeare.LENGTH)


def test_the_best_leaning_of_a_table_is_none_at_the_edge():
    tables = STORED["tables"]
    assert [found["back"] for found in tables] == list(shakespeare.LOOKING_BACK)
    for found in tables[1:]:
        assert shakespeare.LEANINGS[0] < found["leaning"] < shakespeare.LEANINGS[-1]


def test_the_network_is_as_it_is_said_to_be():
    rng = np.random.default_rng(0)
    layers = shakespeare.build(shakespeare.PLANS["long"], rng).layers
    attention = [layer for block in layers if isinstance(block, Residual) for layer in block.layers][1::6]
    assert len(layers) == 8 and attention == [part for part in attention if isinstance(part, Attention)]
    assert [(part.heads, part.causal, part.out.n_in) for part in attention] == [(4, True, 64)] * 2
    bare = shakespeare.build(shakespeare.PLANS["no positions"], rng).layers
    assert len(bare) == 7 and not any(isinstance(layer, Positions) for layer in bare)
    assert not shakespeare.build(shakespeare.PLANS["no mask"], rng).layers[2].layers[1].causal


def test_the_batches_hold_sequences_and_what_comes_next(small):
    batches = list(shakespeare.batches(small.train, 2, np.random.default_rng(0)))
    assert len(batches) == 2
    for x, y in batches:
        assert x.shape == y.shape == (32, 64) and np.array_equal(y, (x + 1) % 65)


def test_a_part_is_judged_whole_but_for_what_is_left_over(small):
    x, y = shakespeare.judged(small.test)
    assert x.shape == y.shape == (12, 64) and np.array_equal(y, (x + 1) % 65) and x[1, 0] == y[0, -1]


def test_a_table_of_one_character_is_counted_by_hand(monkeypatch):
    learned, judged = np.array([0] * 5 + [1, 0, 1, 1]), np.array([0] * 5 + [0, 1, 1])
    monkeypatch.setattr(shakespeare, "text", lambda: Text(learned, judged, judged, "ab", "", whole=False))
    # In the training part, from its sixth character on: 1 0 1 1, behind 0 1 0 1.
    none = shakespeare.table_costs(0, np.full(3, 0.5), 2.0, judged)
    assert np.allclose(none, [(1 + 1) / 6, (3 + 1) / 6, (3 + 1) / 6])
    one = shakespeare.table_costs(1, none, 3.0, judged)
    assert np.allclose(one, [(0 + 3 * none[0]) / 5, (2 + 3 * none[1]) / 5, (1 + 3 * none[2]) / 5])


def test_a_longer_table_knows_a_text_that_repeats_itself(small):
    found = shakespeare.tables()
    assert found[0]["cost"] == pytest.approx(np.log(65), rel=0.01) and found[1]["cost"] < 0.1


def test_two_trainings_from_one_seed_are_the_same(small):
    first, second = (shakespeare.score("whole", SMALL, 1) for _ in range(2))
    assert first["cost"] == second["cost"] and first["lines"] == second["lines"] and len(first["lines"]) == 301


def test_a_network_that_is_sure_writes_what_it_is_sure_of(small):
    network = shakespeare.build(SMALL, np.random.default_rng(0))
    network.predict = lambda x: 50.0 * np.eye(65)[(x + 1) % 65]
    assert shakespeare.write(network, "!", 80, np.random.default_rng(0)) == small.letters(small.train[1:82])
    assert np.allclose(shakespeare.costs(network, small.test), 0)


@pytest.mark.skipif(not os.environ.get("NNLIB_DATA_DIR"), reason="NNLIB_DATA_DIR is not set: no Shakespeare here")
def test_the_weights_that_are_stored_are_of_the_network_that_was_judged():
    cost = shakespeare.costs(shakespeare.stored_network(), shakespeare.text().test).mean()
    assert cost == pytest.approx(STORED["plans"]["long"]["cost"][0], abs=1e-3)
