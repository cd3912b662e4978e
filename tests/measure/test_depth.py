"""The 20-layer network and its remedies: each stands at its own best rate, and all have the same budget."""

import json

import numpy as np
import pytest

from measure import MEASURED, depth
from nnlib import Dense, scaled_normal

STORED = json.loads((MEASURED / "depth.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("name", depth.PLANS)


@EACH
def test_each_plan_has_the_rate_that_did_best_on_images_held_back(name):
    found, plan = STORED["plans"][name], depth.PLANS[name]
    assert found["rates"] == list(plan.rates)
    assert found["rate"] == depth.best_rate(plan, found["held_back"])
    assert len(found["test"]) == len(STORED["seeds"]) == len(depth.SEEDS)


@EACH
def test_the_best_rate_of_a_plan_that_learns_is_none_at_the_edge(name):
    found = STORED["plans"][name]
    if max(found["held_back"]) > 0.5:
        assert found["rates"][0] < found["rate"] < found["rates"][-1]


def test_what_is_stored_is_of_the_network_and_the_budget_that_the_program_has():
    assert (STORED["width"], STORED["depth"], STORED["epochs"]) == (depth.WIDTH, depth.DEPTH, depth.EPOCHS)
    assert list(STORED["plans"]) == list(depth.PLANS)


@EACH
def test_every_network_has_the_depth_of_its_plan(name):
    plan = depth.PLANS[name]
    network = depth.build(plan, np.random.default_rng(0))
    assert sum(isinstance(layer, Dense) for layer in network.layers) == plan.depth
    assert (network.n_in, network.n_out) == (64, 10)


def test_the_starts_are_as_large_as_they_are_said_to_be():
    rng = np.random.default_rng(0)
    assert depth.ten_times(rng, (300, 100)).std() == pytest.approx(1.0, rel=0.02)
    assert depth.twice_he(rng, (300, 50)).std() == pytest.approx(0.4, rel=0.02)
    assert scaled_normal(rng, (300, 100)).std() == pytest.approx(0.1, rel=0.02)


def test_the_images_that_choose_a_rate_are_none_of_those_that_score_it():
    x, _, held_back, _ = depth.data()["choice"]
    everything, _, tests, _ = depth.data()["test"]
    assert len(x) + len(held_back) == len(everything) == 1437
    assert not (held_back[:, None] == tests[None]).all(axis=2).any()


def test_two_trainings_from_one_seed_are_the_same_and_a_broken_one_scores_nothing(monkeypatch):
    monkeypatch.setattr(depth, "EPOCHS", 2)
    first, second = (depth.share_right("two layers", "test", 0.3, seed=1) for _ in range(2))
    assert first == second > 0.6
    assert depth.share_right("too large", "test", 1.0, seed=0) == 0
