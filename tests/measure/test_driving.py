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


def test_without_moved_pictures_both_losses_are_the_same():
    for run in SHARES[0.0]["per_seed"]:
        assert run["loss of its own kind"] == run["loss on the teacher's laps"]


@pytest.mark.parametrize(("name", "share"), [("none_moved", 0.0), ("half_moved", 0.5)])
def test_the_kept_networks_are_those_of_the_first_seed(name, share):
    assert name in NETWORKS
    network, there = load()[name], SHARES[share]["per_seed"][0]
    loss = driving.loss(network.predict, driving.kept(0.0, driving.SEEDS[0]))
    assert loss == pytest.approx(there["loss on the teacher's laps"], rel=1e-3)  # it is kept in float32
    assert driving.laps(by_network(network), driving.SEEDS[0]) == pytest.approx(there["laps"], abs=1)


def test_the_networks_that_were_asked_about_moved_pictures_are_those_that_drove():
    asked = STORED["moved"]
    assert set(asked) == {*map(str, driving.SHARES), "four times", "dagger"}
    assert all(len(runs) == 5 for runs in asked.values())
    for run, there in zip(asked["1.0"], SHARES[1.0]["per_seed"], strict=False):
        assert run["loss"] == pytest.approx(there["loss of its own kind"], rel=1e-3)
    for name, share in (("none_moved", "0.0"), ("half_moved", "0.5")):
        loss = driving.loss(load()[name].predict, driving.kept(1.0, driving.SEEDS[0]))
        assert loss == pytest.approx(asked[share][0]["loss"], rel=1e-3)  # it is kept in float32


def test_the_roads_of_the_test_are_none_that_chose_the_rule():
    assert not np.isin(driving.TEST.waves, driving.OTHERS.waves).any()
    assert STORED["teacher"] == [20] * 5 and driving.laps(teacher, 7) == 20


def test_the_network_that_drives_itself_learns_from_as_many_pictures(monkeypatch):
    monkeypatch.setattr(driving, "train", lambda x, y, rate, rng: sizes.append(len(x)) or kept)
    monkeypatch.setattr(driving, "SEEDS", (0,))

    kept, sizes = load()["none_moved"], []
    found = driving.dagger(0.01)
    assert sizes == [1000, 1500, 2000] and found[0]["pictures"] == driving.PICTURES
    assert all(run["pictures"] == driving.PICTURES for run in STORED["dagger"])


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
