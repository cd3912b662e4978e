"""The study of learning from reward: each way weighs the moves as it says, and seeds that choose are not tested."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import reward
from nnlib.alive.reward import load
from nnlib.exercises import reward as exercise
from nnlib.studies.reward import LONGEST, likelier

STORED = json.loads((MEASURED / "studies" / "reward.json").read_text(encoding="utf-8"))
STANDING = np.array([[True, True, True], [True, True, False], [True, False, False], [True, False, False]])


def test_what_followed_counts_the_steps_that_were_left():
    assert reward.followed(STANDING, 1.0).tolist() == [[4, 2, 1], [3, 1, 0], [2, 0, 0], [1, 0, 0]]
    np.testing.assert_allclose(reward.followed(STANDING, 0.5)[:, 0], [1.875, 1.75, 1.5, 1])


def test_each_way_has_its_weights():
    assert reward.whole(STANDING, 0.9).tolist() == [[4, 2, 1]] * 4
    np.testing.assert_allclose(reward.against_others(STANDING, 1.0).mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(reward.against_itself(STANDING, 1.0).mean(axis=0), 0, atol=1e-12)
    assert reward.came_before(STANDING, 1.0).tolist() == [[1, 1, 1], [2, 2, 0], [3, 0, 0], [4, 0, 0]]
    np.testing.assert_allclose(reward.came_before(STANDING, 0.5)[:, 0], [1, 1.5, 1.75, 1.875])


@pytest.mark.parametrize("name", reward.WAYS)
def test_every_seed_was_tested_and_none_of_them_chose(name):
    found = STORED["ways"][name]
    assert len(found["per_seed"]) == len(STORED["seeds"]) == 20 and not set(reward.CHOICE_SEEDS) & set(STORED["seeds"])
    assert all(len(run["tests"]) == reward.MORE // reward.EVERY for run in found["per_seed"])
    best = max(found["tried"], key=lambda one: np.mean(one["stood"]))
    assert {key: best[key] for key in found["settings"]} == found["settings"]


def test_the_kept_network_is_that_of_the_first_seed():
    place = reward.ROUNDS // reward.EVERY - 1
    there = STORED["ways"]["against others"]["per_seed"][0]["tests"][place]
    assert reward.tested(likelier(load()), reward.SEEDS[0]) == pytest.approx(there, abs=25)  # it is kept in float32


def test_all_are_tested_on_the_same_carts():
    starts = []

    def watched(state):
        starts.append(state)
        return np.zeros(len(state), np.intp)

    for _ in range(2):
        reward.tested(watched, 3)
    np.testing.assert_array_equal(starts[0], starts[len(starts) // 2])
    assert starts[0].shape == (reward.FRESH, 4)


def test_the_search_has_as_many_carts_as_the_networks(monkeypatch):
    seen = []
    monkeypatch.setattr(reward, "stood", lambda choose, n, rng: seen.append(n) or np.full(n, len(seen) % 5))
    for carts in (4, 16):
        seen.clear()
        reward.search(0, carts, True)
        assert sum(seen) == reward.CARTS * reward.ROUNDS == 400


def test_the_rule_that_stays_is_the_solution_of_the_last_exercise():
    found = reward.elsewhere(exercise.rule, reward.SEEDS[1])
    assert found == STORED["rule that stays elsewhere"][1] and len(STORED["rule that stays elsewhere"]) == 20
    assert found["ten times as long"] > STORED["rule elsewhere"][1]["ten times as long"]


def test_the_way_that_learns_best_learns(monkeypatch):
    setting = STORED["ways"]["against others"]["settings"]
    *_, (network, steps) = reward.learn(reward.against_others, 16, 0, 6, **setting)
    first = next(reward.learn(reward.against_others, 16, 0, 1, **setting))[1]
    assert steps.shape == (16,) and steps.max() <= LONGEST and steps.mean() > 1.5 * first.mean()
    assert sum(p.value.size for p in network.parameters()) == 4 * 16 + 16 + 16 * 2 + 2
