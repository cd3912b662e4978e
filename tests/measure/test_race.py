"""The race of the optimisers: each stands at its own best rate, no edge is chosen, and all have the same budget."""

import json

import numpy as np
import pytest

from measure import MEASURED, race

STORED = json.loads((MEASURED / "race.json").read_text(encoding="utf-8"))
RACES = pytest.mark.parametrize("title", race.RACES)


@RACES
def test_each_optimiser_has_the_rate_with_the_lowest_cost_of_those_tried_and_not_one_at_the_edge(title):
    assert list(STORED[title]["optimizers"]) == list(race.RACES[title].names)
    for found in STORED[title]["optimizers"].values():
        tried = {rate: np.inf if cost is None else cost for rate, cost in found["tried"]}
        assert found["rate"] == race.best_rate(tried)
        assert min(tried) < found["rate"] < max(tried) and len(tried) >= 5
        assert len(found["cost"]) == len(found["right"]) == len(STORED[title]["seeds"]) == len(race.SEEDS)


@RACES
def test_what_is_stored_has_the_programs_budget(title):
    assert STORED[title]["steps"] == race.RACES[title].steps and not set(race.SEEDS) & set(race.CHOICE_SEEDS)


def test_where_the_best_rate_lies_at_an_edge_the_next_one_is_tried():
    first = race.to_try({}, 0.1)
    assert first == [0.01, 0.03, 0.1, 0.3, 1.0]
    assert race.to_try(dict.fromkeys(first, 1.0) | {1.0: 0.5}, 0.1) == [3.0]
    assert race.to_try(dict.fromkeys(first, 1.0) | {0.01: 0.5}, 0.1) == [0.003]
    assert race.to_try(dict.fromkeys(first, 1.0) | {0.3: 0.5}, 0.1) == []
    assert race.best_rate({0.1: np.nan, 0.3: 2.0, 1.0: np.inf}) == 0.3


def test_the_images_that_choose_a_rate_are_none_of_those_that_score_it():
    x, _, held_back, _ = race.data("digits")["choice"]
    everything, _, tests, _ = race.data("digits")["test"]
    assert len(x) + len(held_back) == len(everything) == 1437
    assert not (held_back[:, None] == tests[None]).all(axis=2).any()


@pytest.mark.parametrize("name", race.OPTIMIZERS)
def test_two_trainings_from_one_seed_are_the_same_and_take_as_many_steps_as_the_race_has(name, monkeypatch):
    short = race.Race("digits", (64, 16, 16, 10), 100, 20, (name,), (100,), "cost", falling=True)
    made, taken = race.OPTIMIZERS[name][0], []

    def make(parameters, rate):
        taken.append(made(parameters, rate))
        return taken[-1]

    monkeypatch.setitem(race.OPTIMIZERS, name, (make, race.OPTIMIZERS[name][1]))
    first, second = (race.train(short, "test", name, race.OPTIMIZERS[name][1], seed=1) for _ in range(2))
    assert first == second and np.isfinite(first["cost"])
    assert [optimizer.steps for optimizer in taken] == [20, 20]  # 15 batches, the last of 37, and 5 of the next epoch
