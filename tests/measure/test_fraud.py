"""The study of fraud: what is tested has taught and chosen nothing, and the money is counted right."""

import json
from itertools import chain

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import fraud

STORED = json.loads((MEASURED / "studies" / "fraud.json").read_text(encoding="utf-8"))
ALL = STORED["answers"] | STORED["peers"] | STORED["rankings"]


def test_the_parts_share_no_note_and_all_seeds_share_the_test():
    test = fraud.parts(0).test
    for seed in (0, 1, 101):
        found = fraud.parts(seed)
        places = np.concatenate(list(chain(*found)))
        assert len(places) == len(set(places)) == 1348
        assert all(np.array_equal(ours, one) for ours, one in zip(found.test, test, strict=True))
        for genuine, forged in found:
            assert not fraud.notes()[1][genuine].any() and fraud.notes()[1][forged].all()
    assert {name: [len(part) for part in pair] for name, pair in found._asdict().items()} == STORED["parts"]


def test_one_in_a_hundred_of_what_is_learned_from_is_forged():
    x, y = fraud.one_in_a_hundred(3)
    assert x.shape == (400, 4) and y.sum() == 4 == fraud.RARE * len(y)
    both = np.concatenate([x, fraud.rows_of(fraud.parts(3).test)[0]])
    assert len(np.unique(both, axis=0)) == len(both)  # no note is on both sides, in another's place


def test_a_thousand_notes_cost_what_their_mistakes_cost():
    y = np.array([0, 0, 0, 0, 1, 1])
    stopped = np.array([True, False, False, False, True, False])
    assert fraud.fates(stopped, y) == {"caught": 0.5, "alarms": 0.25, "cost": pytest.approx(5 * 50 + 990 / 4)}
    assert fraud.fates(y == 2, y)["cost"] == 500 and fraud.fates(y < 2, y)["cost"] == 990


def test_precision_is_that_of_one_forged_note_in_a_hundred():
    z, y = np.array([0.9, 0.8, 0.1, 0.2]), np.array([1, 0, 1, 0])
    assert fraud.average_precision(z, y) == pytest.approx((1 + 0.01) / 2)
    assert fraud.average_precision(np.array([3.0, 1, 2, 0]), y) == pytest.approx(1.0)


def test_the_one_limit_costs_least_on_what_it_was_made_from():
    x = np.array([[5.0, 1, 0, 0], [6, 7, 1, 0], [7, 2, 0, 1], [1, 8, 1, 1]])
    assert fraud.one_limit(x, np.array([0, 1, 0, 1])) == (1, 1, 4.5)
    assert fraud.one_limit(-x, np.array([0, 1, 0, 1])) == (1, -1, 4.5)
    # 40 genuine notes above cost less than one forged below
    many = np.column_stack([np.arange(42.0)] + [np.zeros(42)] * 3)
    assert fraud.one_limit(many, np.isin(np.arange(42), (1, 41)).astype(int)) == (0, 1, 0.5)


def test_a_weight_teaches_as_so_many_copies_do():
    x, y = fraud.one_in_a_hundred(0)
    copies = np.repeat(np.arange(400), np.where(y == 1, 3, 1))
    seen = []
    for rows, price, scale in ((np.arange(400), 3, 400), (copies, 1, len(copies))):
        network = fraud.Network(fraud.Dense(4, 1, np.random.default_rng(0)))
        loss, target = fraud.BinaryCrossEntropy(), y[rows][:, None].astype(float)
        loss.forward(network.forward(x[rows]), target, np.where(y[rows] == 1, float(price), 1.0))
        network.collect(loss.backward())
        seen.append(scale * network.parameters()[0].grad)
    np.testing.assert_allclose(*seen, rtol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_every_answer_met_the_test_once_from_every_seed_with_settings_that_were_tried(name):
    found, tasks = ALL[name], fraud.ANSWERS | fraud.PEERS | fraud.RANKED
    assert len(found["per_seed"]) == len(set(STORED["seeds"])) == 20
    assert [settings for settings, _ in found["tried"]] == tasks[name][1] and found["settings"] in tasks[name][1]
    best = max if name in fraud.RANKED else min
    assert dict((json.dumps(s), score) for s, score in found["tried"])[json.dumps(found["settings"])] == best(
        score for _, score in found["tried"]
    )
    for run in found["per_seed"]:
        cost = 500 * (1 - run["caught"]) + 990 * run["alarms"]
        assert run["cost"] == pytest.approx(cost, abs=0.01)


def test_the_seeds_that_choose_are_none_of_those_that_are_tested():
    assert not set(fraud.CHOICE_SEEDS) & set(fraud.SEEDS) and list(fraud.SEEDS) == STORED["seeds"]


def test_another_answer_in_the_test_part_changes_nothing_that_is_learned_or_chosen(monkeypatch):
    monkeypatch.setattr(fraud, "STEPS", 3)
    settings = {"hidden": 0, "rate": 0.1, "strength": 0.001}
    before = fraud.cost_chosen_by("neuron, price in the loss", settings, 0)
    x, y = fraud.notes()
    other = y.copy()
    other[np.concatenate(fraud.parts(0).test)] = 0
    parts = fraud.parts(0)
    monkeypatch.setattr(fraud, "parts", lambda seed: parts)
    monkeypatch.setattr(fraud, "notes", lambda: (x, other))
    assert fraud.cost_chosen_by("neuron, price in the loss", settings, 0) == before


def test_few_labels_are_half_of_them_forged():
    for number in (10, 100):
        y = fraud.labelled(1, number)[1]
        assert len(y) == number and y.sum() == number / 2
    assert (len(fraud.labelled(1, 400)[1]), fraud.labelled(1, 400)[1].sum()) == (400, 4)
    assert len(fraud.labelled(1, "all")[1]) == 396 + 305


def test_a_judge_without_labels_stops_one_genuine_note_in_fifty_of_those_to_choose_by():
    judge = fraud.from_the_middle(fraud.one_in_a_hundred(0)[0])
    z = judge(fraud.notes()[0][fraud.parts(0).choose[0]])
    assert np.sum(z > fraud.limit_of(judge, 0)) == 2  # of 96


def test_a_limit_for_fewer_genuine_notes_stops_no_more_of_either_kind():
    assert list(STORED["limits"]) == [str(share) for share in fraud.OTHERS]
    below, above = fraud.OTHERS
    for seed, old in zip(fraud.SEEDS, STORED["rankings"]["distance, genuine"]["per_seed"], strict=True):
        now = fraud.limited(fraud.STOPPED, seed)
        assert now == pytest.approx({key: old[key] for key in now}, rel=1e-5)
        few, many = (STORED["limits"][str(share)][seed] for share in (below, above))
        assert all(few[key] <= old[key] <= many[key] for key in ("caught", "alarms"))


def test_the_distance_from_the_middle_is_that_of_the_spread_in_each_direction():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 4)) @ rng.normal(size=(4, 4)) + 5
    judge = fraud.from_the_middle(x)
    assert judge(x).mean() == pytest.approx(4, rel=0.01)  # one for each direction
    assert judge(x.mean(axis=0)[None]) == pytest.approx(0, abs=1e-9)


def test_kinds_of_forgery_are_told_apart_and_the_control_knows_as_many():
    forged = fraud.parts(0).learn[1]
    assert 0.2 < fraud.kind(forged).mean() < 0.4
    for run in STORED["kinds"]:
        assert [row["new is low"] for row in run] == [True, False]
        assert sum(row["tested"] for row in run) == 203 and sum(row["learned"] for row in run) == 305


def test_copies_made_before_the_split_stand_on_both_sides_and_those_made_after_do_not(monkeypatch):
    monkeypatch.setattr(fraud, "STEPS", 2)
    now = fraud.copied({"hidden": 0, "rate": 0.1, "strength": 0.001}, 0)
    assert STORED["copies"].keys() == {"weak", "strong"}
    for run in chain([now], *STORED["copies"].values()):
        assert {name: way["seen before"] for name, way in run.items()} == {
            **{"forged, before": 1.0, "forged, after": 0.0},
            **{"nonsense, before": 1.0, "nonsense, after": 0.0},
        }
