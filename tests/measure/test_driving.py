"""The study of driving: as many pictures each way, seeds that choose are not tested, the kept networks are those."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import driving
from nnlib.alive.driving import NETWORKS, load
from nnlib.studies import driving as world
from nnlib.studies.driving import by_network, teacher

STORED = json.loads((MEASURED / "studies" / "driving.json").read_text(encoding="utf-8"))
SHARES = {one["share"]: one for one in STORED["shares"]}


@pytest.mark.parametrize("share", driving.SHARES)
def test_every_seed_was_tested_and_none_of_them_chose(share):
    found = SHARES[share]
    assert len(found["per_seed"]) == len(STORED["seeds"]) == 20 and not set(driving.CHOICE_SEEDS) & set(STORED["seeds"])
    assert all(0 <= run["laps"] <= STORED["laps"] for run in found["per_seed"])
    best = min(found["tried"], key=lambda rate: np.mean(found["tried"][rate]))
    assert float(best) == found["rate"]


def test_the_pushed_teachers_rate_is_the_best_of_those_tried_and_four_ways_have_one_that_was_not_chosen_for_them():
    found = STORED["pushed teacher"]
    assert float(min(found["tried"], key=lambda rate: np.mean(found["tried"][rate]))) == found["rate"]
    for name in ("four times", "dagger", "twice half", "both sides"):
        assert len(STORED[name]) == 20


@pytest.mark.parametrize(("name", "share"), [("none_moved", 0.0), ("half_moved", 0.5)])
def test_the_kept_networks_are_those_of_the_first_seed(name, share):
    assert name in NETWORKS
    network, there = load()[name], SHARES[share]["per_seed"][0]
    loss = driving.loss(network.predict, driving.kept(0.0, driving.SEEDS[0]))
    assert loss == pytest.approx(there["loss on the teacher's laps"], rel=1e-3)  # it is kept in float32
    assert driving.laps(by_network(network), driving.SEEDS[0]) == pytest.approx(there["laps"], abs=1)


def test_what_came_of_the_laps_is_counted_alike():
    named = ("four times", "dagger", "twice half", "both sides", "rule", "teacher")
    runs = [one["per_seed"] for one in (*STORED["shares"], STORED["pushed teacher"])]
    runs += [STORED[name]["per_seed"] if name == "rule" else STORED[name] for name in named]
    for run in (run for one in runs for run in one):
        assert run["laps"] + len(run["lost"]) == STORED["laps"] >= run["lost by a push"] + run["laps"]
        assert run["laps without pushes"] + len(run["lost without pushes"]) == STORED["laps"]


@pytest.mark.parametrize(("name", "share"), [("none_moved", 0.0), ("half_moved", 0.5)])
def test_what_a_kept_network_makes_of_moved_pictures_and_of_its_own_laps_is_stored(name, share):
    network, there = load()[name], SHARES[share]["per_seed"][0]
    loss = driving.loss(network.predict, driving.kept(1.0, driving.SEEDS[0]))
    assert loss == pytest.approx(there["loss on moved pictures"], rel=1e-3)  # it is kept in float32
    found = driving.driven(by_network(network), driving.SEEDS[0])
    assert found["loss on its own laps"] == pytest.approx(there["loss on its own laps"], rel=0.05)
    assert found["lost by a push"] == pytest.approx(there["lost by a push"], abs=1)


def test_a_lap_that_ends_in_the_metre_of_a_push_is_told_from_one_that_is_steered_off():
    lap = driving.drive(driving.TEST, teacher, np.random.default_rng(0), 8, 2.0)  # farther than the edge
    found = driving.by_pushes(lap)
    assert not lap.done.any() and found == {"lost by a push": 20, "off before a push": None}
    lap = driving.drive(driving.TEST, lambda roads, cars: np.zeros(len(cars)), np.random.default_rng(0), 8, 0.01)
    assert driving.by_pushes(lap)["lost by a push"] < 3
    lap = driving.drive(driving.TEST, teacher, np.random.default_rng(0))
    assert driving.by_pushes(lap)["off before a push"] < 0.1 and driving.own_loss(lap, teacher) == 0


def test_the_hundred_more_roads_are_none_of_the_others_and_five_seeds_drove_there():
    assert not np.isin(driving.MORE.waves, [driving.TEST.waves, driving.OTHERS.waves]).any()
    assert STORED["more roads"]["roads"] == len(driving.MORE.way) == 100
    ridge = [found["more roads"] for found in STORED["peers"]["scikit-learn, ridge"].values()]
    for tests in (*(STORED["more roads"][name] for name in ("0.0", "0.5", "1.0", "rule")), *ridge):
        assert {name: len(laps) for name, laps in tests.items()} == {"easier": 5, "kept": 5, "without": 5}


def test_what_the_rule_and_a_kept_network_bring_round_on_the_hundred_more_roads_is_stored():
    rule = driving.to_the_bright(**STORED["rule"]["settings"])
    for steer, name in ((rule, "rule"), (by_network(load()["half_moved"]), "0.5")):
        lap = driving.drive(driving.MORE, steer)
        assert lap.done.sum() == pytest.approx(STORED["more roads"][name]["without"][0], abs=1)


def test_the_easier_test_is_on_roads_that_no_network_is_tested_on():
    easier, kept = STORED["pushes"]["easier"], STORED["pushes"]["kept"]
    assert (easier["pushes"], easier["metres"]) == driving.EASIER
    assert (kept["pushes"], kept["metres"]) == (world.PUSHES, world.PUSH)
    for found in (easier, kept):
        assert set(found["laps"]) == {*map(str, driving.SHARES)}
        assert all(len(laps) == len(driving.CHOICE_SEEDS) for laps in found["laps"].values())


def test_the_roads_of_the_test_are_none_that_chose_the_rule():
    assert not np.isin(driving.TEST.waves, driving.OTHERS.waves).any()
    assert [run["laps"] for run in STORED["teacher"]] == [20] * 5 and driving.laps(teacher, 7) == 20


def test_the_network_that_drives_itself_learns_from_as_many_pictures(monkeypatch):
    monkeypatch.setattr(driving, "train", lambda x, y, rate, rng: sizes.append(len(x)) or kept)
    kept, sizes = load()["none_moved"], []
    driving.by_own_laps(0.01, 0)
    assert sizes == [1000, 1500, 2000] and sizes[-1] == driving.PICTURES


def test_pictures_of_a_pushed_teacher_have_its_answers_and_some_are_beside_the_middle():
    x, y = driving.pushed_lessons(300, np.random.default_rng(0), roads=10)
    calm = world.lessons(300, 0.0, np.random.default_rng(0), roads=10)[1]
    assert x.shape == (300, 256) and y.shape == (300, 1) and np.abs(y).max() > np.abs(calm).max() + 1


def test_half_of_both_sides_is_the_mirror_image_of_the_other():
    x, y = driving.both_sides(np.random.default_rng(0))
    assert len(x) == 2 * driving.PICTURES
    np.testing.assert_array_equal(world.mirrored(x[: len(x) // 2]), x[len(x) // 2 :])
    np.testing.assert_array_equal(-y[: len(y) // 2], y[len(y) // 2 :])


def test_pictures_of_a_networks_own_laps_have_the_teachers_answers():
    network = load()["half_moved"]
    x, y = driving.own_laps(network, 50, np.random.default_rng(0))
    assert x.shape == (50, 256) and y.shape == (50, 1) and np.abs(y).max() <= world.SHARPEST


def test_the_rule_steers_to_what_is_bright():
    roads = world.draw_roads(6, np.random.default_rng(0))
    roads = roads._replace(waves=0 * roads.waves, dashed=roads.dashed & False)
    to_the_left, to_the_right = (
        driving.to_the_bright(3, 5, 1.0)(roads, world.start(roads, aside=roads.way * aside)) for aside in (0.3, -0.3)
    )  # of cars that are to the right and to the left of the middle
    assert (to_the_left > to_the_right + 2).all()
    best = max(STORED["rule"]["tried"], key=lambda one: one["laps"])
    assert STORED["rule"]["settings"] == {key: best[key] for key in ("first", "last", "factor")}


def test_a_mirror_symmetric_network_misses_nothing(monkeypatch):
    class Both:
        def predict(self, x):
            half = x.reshape(-1, 8, 2, 16).sum(axis=(1, 3))
            return half[:, :1] - half[:, 1:]

    for found in driving.mirror(Both(), 0).values():
        assert found["missed"] < 1e-9 < found["size"] and found["opposite"] == 1
