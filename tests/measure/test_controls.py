"""What `python -m measure.controls` stored: fair to each side, consistent, and never from a test image."""

import inspect
import json

import numpy as np
import pytest

from measure import MEASURED, results
from measure import controls as tool

CONTROLS = json.loads((MEASURED / "controls.json").read_text(encoding="utf-8"))
ENTRIES = [pair for group, plans in tool.PLANS.items() for pair in zip(plans, CONTROLS[group]["plans"], strict=True)]
each = pytest.mark.parametrize(("plan", "entry"), ENTRIES)


@each
def test_the_stored_recipe_is_the_one_that_the_tool_trains(plan, entry):
    assert entry["network"] == plan.name
    for name in ("cost", "l2", "falling", "epochs", "batch_size"):
        assert entry["recipe"][name] == getattr(plan, name)


@each
def test_each_side_has_its_own_best_rate_and_never_one_at_the_edge_of_what_was_tried(plan, entry):
    tried = {choice["learning_rate"]: choice["validation_accuracy"] for choice in entry["choice"]}
    assert entry["recipe"]["learning_rate"] == max(tried, key=tried.get)
    assert min(tried) < entry["recipe"]["learning_rate"] < max(tried)
    assert set(plan.learning_rates) <= set(tried) <= set(results.RATES)


@each
def test_mean_and_range_are_those_of_the_seeds(plan, entry):
    for part in ("validation_accuracy", "training_accuracy"):
        score = entry[part]
        assert len(score["per_seed"]) == len(results.SEEDS)
        assert (score["min"], score["max"]) == (min(score["per_seed"]), max(score["per_seed"]))
        assert score["mean"] == pytest.approx(np.mean(score["per_seed"]), abs=1e-5)


def test_the_seed_that_chooses_gives_no_score():
    for group in tool.PLANS:
        assert CONTROLS[group]["seeds"] == list(results.SEEDS)
    assert results.CHOICE_SEED not in results.SEEDS


def test_no_test_image_is_looked_at():
    assert '"test"' not in inspect.getsource(tool)


def test_a_best_rate_at_the_edge_is_followed(monkeypatch):
    monkeypatch.setattr(results, "train", lambda plan, seed: (None, [-abs(plan.learning_rates[0] - 30)]))
    tried = results.try_rates(tool.PLANS["shapes"][0])
    assert [choice["learning_rate"] for choice in tried] == [1.0, 3.0, 10.0, 30.0, 100.0]
    assert results.with_best(tool.PLANS["shapes"][0], tried).learning_rates == (30.0,)


def test_the_tool_names_its_options(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["measure.controls", "--help"])
    with pytest.raises(SystemExit, match="0"):
        tool.main()
    assert "--processes" in capsys.readouterr().out
