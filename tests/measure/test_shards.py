"""Sharing out, measured: each size of batch stands at its own best rate, and every part is there."""

import json
import os

import numpy as np
import pytest

from measure import MEASURED, batches, shards
from nnlib import QuadraticCost

STORED = json.loads((MEASURED / "shards.json").read_text(encoding="utf-8"))


def test_every_part_is_stored():
    assert STORED.keys() - {"made", "earlier"} == shards.PARTS.keys()
    assert list(STORED["steps"]) == [f"784-{hidden}-10" for hidden in shards.HIDDEN]
    for network in STORED["steps"].values():
        assert list(network["sizes"]) == [str(size) for size in shards.STEP_SIZES]
    assert list(STORED["goal"]) == [str(size) for size in shards.GOAL_SIZES]


def test_each_size_has_the_rate_that_needed_fewest_steps_and_not_the_largest_tried():
    for found in STORED["goal"].values():
        tried = [np.inf if mean is None else mean for mean in found["tried"]]
        assert found["rate"] == shards.RATES[int(np.argmin(tried))]
        assert shards.RATES[0] < found["rate"] < shards.RATES[-1]
        assert len(found["steps"]) == len(batches.SEEDS) and None not in found["steps"]


def test_the_training_whose_workers_were_killed_is_counted_whole():
    assert STORED["kills"]["times"] == shards.KILLS == len(STORED["kills"]["killed_seconds"])
    assert STORED["kills"]["same"] <= shards.KILLS


@pytest.mark.parametrize("hidden", shards.HIDDEN)
def test_two_processes_find_the_slopes_of_one(hidden):
    network, (x, y) = shards.build(hidden), shards.examples(40)
    weights = shards.weights_of(network)
    with shards.other_process() as pipe:
        pipe.send((hidden, 40))
        together = shards.together(pipe, network, weights, x, y)
        pipe.send_bytes(shards.DONE)
    assert np.abs(together - shards.slopes(network, x, y)).max() < 1e-15


def test_weights_are_filled_in_where_they_belong():
    network = shards.build(30)
    weights = np.arange(sum(p.value.size for p in network.parameters()), dtype=float)
    shards.fill(network, weights)
    assert np.array_equal(shards.weights_of(network), weights)


def test_what_takes_turns_is_timed_equally_often():
    done = []
    taken = shards.taken_in_turn({"one": lambda: done.append(1), "two": lambda: done.append(2)}, 0.01)
    assert done == [1, 2] * (len(taken["one"]) + 1) and len(taken["one"]) == len(taken["two"]) > 0
    assert shards.summed_up([3.0, 1.0, 2.0]) == {"median": 2.0, "fastest": 1.0, "rounds": 3}


def test_the_deadly_cost_is_the_quadratic_one_until_it_is_told(tmp_path, monkeypatch):
    order, killed = tmp_path / "die", []
    deadly, a, y = shards.Deadly(order), np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])
    monkeypatch.setattr(shards.os, "kill", lambda process, signal: killed.append(process))
    order.touch()
    assert deadly.forward(a, y) == QuadraticCost().forward(a, y) and not killed and order.exists()  # at home
    deadly.home = -1
    deadly.forward(a, y)
    assert killed == [os.getpid()] and not order.exists()
    deadly.forward(a, y)
    assert len(killed) == 1  # one death for one order


def test_a_batch_that_arrives_is_counted_in_steps_and_one_that_does_not_is_not(monkeypatch):
    steps = shards.steps_to_goal(30, 3.0, 0)
    assert 10 < steps < shards.MOST_STEPS and steps == shards.steps_to_goal(30, 3.0, 0)
    monkeypatch.setattr(shards, "GOAL", 1.1)
    monkeypatch.setattr(shards, "MOST_STEPS", 20)
    assert shards.steps_to_goal(100, 3.0, 0) is None


@pytest.mark.parametrize(("found", "mean"), [([10, 20], 15), ([10, None], float("inf"))])
def test_a_seed_that_does_not_arrive_makes_the_mean_infinite(found, mean):
    assert shards.mean_steps(found) == mean
