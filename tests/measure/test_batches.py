"""The comparison of batch sizes: each size stands at its own best rate, and every budget is what it is said to be."""

import json

import numpy as np
import pytest

from measure import MEASURED, batches

STORED = json.loads((MEASURED / "batches.json").read_text(encoding="utf-8"))
BUDGETS = pytest.mark.parametrize("budget", ["equal images", "equal seconds"])


@BUDGETS
def test_each_size_has_the_rate_that_did_best_on_images_held_back_and_not_one_at_the_edge(budget):
    assert STORED["rates"] == list(batches.RATES)
    for size in batches.SIZES:
        found = STORED[budget][str(size)]
        assert found["rate"] == batches.best_rate(found["held_back"])
        assert batches.RATES[0] < found["rate"] < batches.RATES[-1]
        assert len(found["test"]) == len(STORED["seeds"]) == len(batches.SEEDS)


def test_every_size_has_the_same_budget():
    for size in map(str, batches.SIZES):
        assert STORED["equal images"][size]["epochs"] == batches.EPOCHS
        spent = STORED["equal seconds"][size]["epochs"] * STORED["epoch_seconds"][size]
        assert spent == pytest.approx(batches.SECONDS, rel=1e-4)


def test_a_training_takes_as_many_steps_as_the_images_make_also_within_an_epoch(monkeypatch):
    met = []

    def counted(network, loss, sgd, dealt):
        for x, _ in dealt:
            met.append(len(x))
            sgd.steps += 1

    monkeypatch.setattr(batches, "one_epoch", counted)
    batches.share_right("test", 100, 1.0, round(1.4 * 1437), seed=0)
    assert len(met) == 21 and met.count(37) == 1  # 15 batches, the last of 37, and 6 of the next epoch


def test_the_images_that_choose_a_rate_are_none_of_those_that_score_it():
    x, _, held_back, _ = batches.data()["choice"]
    everything, _, tests, _ = batches.data()["test"]
    assert len(x) + len(held_back) == len(everything) == 1437
    assert not (held_back[:, None] == tests[None]).all(axis=2).any()


def test_two_trainings_from_one_seed_are_the_same_and_learn():
    first, second = (batches.share_right("test", 10, 3.0, 1437, seed=1) for _ in range(2))
    assert first == second > 0.2 and np.isfinite(first)
