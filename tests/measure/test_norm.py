"""Normalisation and residuals: each plan stands at its own best rate, and is the network that it says it is."""

import json

import numpy as np
import pytest

from measure import MEASURED, depth, norm
from nnlib import BatchNorm, LayerNorm, Network, Residual

STORED = json.loads((MEASURED / "norm.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("name", norm.PLANS)


@EACH
def test_each_plan_has_the_rate_that_did_best_on_images_held_back(name):
    found = STORED["plans"][name]
    assert found["held_back"][found["rates"].index(found["rate"])] == max(found["held_back"])
    assert set(found["rates"]) <= set(norm.RATES) and found["rates"] == sorted(found["rates"])
    assert len(found["test"]) == len(STORED["seeds"]) == len(depth.SEEDS)


@EACH
def test_the_best_rate_of_a_plan_that_learns_has_neighbours_that_were_tried(name):
    found = STORED["plans"][name]
    if max(found["held_back"]) > norm.LEARNS:
        assert found["rates"][0] < found["rate"] < found["rates"][-1]
    else:
        assert set(depth.RATES) <= set(found["rates"])


def test_what_is_stored_is_of_the_plans_and_the_budget_that_the_program_has():
    assert list(STORED["plans"]) == list(norm.PLANS) and STORED["epochs"] == depth.EPOCHS


def parts(network):
    """The layers of a network, with those inside others."""
    for layer in network.layers:
        yield layer
        if isinstance(layer, Network):
            yield from parts(layer)


@EACH
def test_every_network_holds_what_its_name_says(name):
    plan = norm.PLANS[name]
    layers = list(parts(norm.build(plan, np.random.default_rng(0))))
    hidden = plan.depth - 1
    for kind, expected in ((BatchNorm, hidden), (LayerNorm, hidden), (Residual, hidden - 1), (norm.Shake, hidden)):
        word = {"BatchNorm": "batch", "LayerNorm": "layer norm", "Residual": "residual", "Shake": "shaken"}
        assert sum(isinstance(layer, kind) for layer in layers) == expected * (word[kind.__name__] in name)


def test_one_plan_begins_its_layers_with_a_path_at_an_eighteenth():
    small, usual = (
        norm.build(norm.PLANS[name], np.random.default_rng(0)) for name in ("ReLU, residual, 1/18", "ReLU, residual")
    )
    for name, weights in usual.state().items():
        inside = name.count(".") > 1  # of a layer within a residual connection
        assert np.allclose(small.state()[name], weights / 18 if inside else weights)
    assert sum(isinstance(layer, Residual) for layer in small.layers) == 18


def test_a_search_goes_on_until_the_best_rate_has_worse_neighbours():
    for best in (3e-6, 0.003, 0.01, 0.1, 1.0, 3.0):
        found = norm.search(lambda rates, best=best: [1 - abs(np.log(rate / best)) for rate in rates])
        assert max(found, key=found.get) == best and list(found) == sorted(found)
    assert len(norm.search(lambda rates: [0.9 - abs(np.log(rate / 0.1)) / 9 for rate in rates])) == 3


def test_a_shake_changes_training_and_nothing_else():
    shake, x = norm.Shake(3, np.random.default_rng(0)), np.ones((4, 3))
    first, second = shake.forward(x), shake.forward(x)
    assert not np.allclose(first, second) and np.allclose(first, first[0])
    assert np.array_equal(shake.predict(x), x) and np.allclose(shake.pass_back(x), x * shake.stretch)


def test_two_trainings_from_one_seed_are_the_same(monkeypatch):
    monkeypatch.setattr(depth, "EPOCHS", 1)
    assert len({norm.share_right("ReLU, batch norm", "test", 0.03, 1) for _ in range(2)}) == 1
