"""The road in the page: camera, networks, car and words are those of Python, and a drive goes on as nnlib drives it."""

import json

import numpy as np
import pytest

from nnlib.alive import driving, live
from nnlib.studies import driving as world

DATA = driving.data()
WEIGHTS = driving.weights()
ROADS = driving.roads()
RNG = np.random.default_rng(0)
WHICH = RNG.integers(0, driving.ROADS, 40)
CARS = world.start(
    world.chosen(ROADS, WHICH), RNG.uniform(-3, 3, 40), RNG.uniform(-1.8, 1.8, 40), RNG.uniform(-180, 180, 40)
)
PLACES = [{"road": int(road), "car": car.tolist()} for road, car in zip(WHICH, CARS, strict=True)]
DRIVEN = (
    """steerings.reduce((games, steering) => [...games, advanced(games.at(-1), steering, data)], [begun(road, data)])"""
)


def test_the_page_sees_what_nnlib_draws_to_a_millionth(node):
    seen = node("driving", "places.map(({ road, car }) => pictureOf(data.roads[road], car, data.rules))",
                places=PLACES, data=DATA)  # fmt: skip
    wanted = world.pictures(world.chosen(ROADS, WHICH), CARS)
    np.testing.assert_allclose(seen, wanted, rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        node("driving", "all.map((one) => evened(one, flat))", all=wanted.tolist(), flat=world.FLAT),
        world.evened(wanted),
        rtol=0,
        atol=1e-6,
    )


@pytest.mark.parametrize("name", driving.NETWORKS)
def test_the_page_answers_what_nnlib_answers_to_a_millionth(node, name):
    expression = (
        "places.map(({ road, car }) => networksOf(weights)[which](pictureOf(data.roads[road], car, data.rules)))"
    )
    answers = node("driving", expression, places=PLACES, data=DATA, weights=WEIGHTS, which=name)
    wanted = world.by_network(driving.load()[name])(world.chosen(ROADS, WHICH), CARS)
    np.testing.assert_allclose(answers, wanted, rtol=0, atol=1e-6)
    assert np.abs(wanted).max() > 2


def test_the_page_begins_each_drive_where_nnlib_does(node):
    cars = node("driving", "data.roads.map((_, road) => begun(road, data).car)", data=DATA)
    np.testing.assert_allclose(cars, world.start(ROADS), rtol=0, atol=1e-6)


@pytest.mark.parametrize("road", range(2))
def test_a_drive_goes_on_as_nnlib_drives_it(node, road):
    cars, steerings = [np.array([driving.begun(road)["car"]])], []
    metres = world.drive(driving.one(road), world.teacher).on.sum()
    for _ in range(metres):
        steerings.append(float(world.teacher(driving.one(road), cars[-1])[0]))
        cars.append(world.step(cars[-1], np.array(steerings[-1:])))
    games = node("driving", DRIVEN, steerings=[*steerings, 0.0], road=road, data=DATA)
    np.testing.assert_allclose([game["car"] for game in games[:-1]], np.concatenate(cars), rtol=0, atol=1e-6)
    assert [game["over"] for game in games] == [""] * metres + ["round"] * 2
    assert games[-1]["metres"] == metres and abs(games[-1]["gone"] - 2 * np.pi) < 0.05


def test_a_car_that_leaves_the_road_goes_no_farther_and_turns_no_sharper_than_it_can(node):
    games = node("driving", DRIVEN, steerings=[99.0] + [0.0] * 60, road=0, data=DATA)
    assert np.degrees(games[1]["car"][2] - games[0]["car"][2]) == pytest.approx(world.SHARPEST)
    ends = [game["over"] for game in games].index("off")
    assert 5 < ends < 40 and games[ends] == games[-1]


def test_a_push_moves_the_car_to_its_side_and_may_end_the_drive(node):
    for metres in (-1.2, 1.2, 3.0):
        before = node("driving", "begun(1, data)", data=DATA)
        after = node("driving", "pushed(game, metres, data)", game=before, metres=metres, data=DATA)
        heading = before["car"][2]
        moved = np.subtract(after["car"], before["car"])
        np.testing.assert_allclose(moved, [metres * np.sin(heading), -metres * np.cos(heading), 0], atol=1e-9)
        assert after["over"] == ("off" if metres > 2 else "")
    assert node("driving", "pushed(game, 1, data)", game=after, data=DATA) == after


def test_the_page_says_what_python_says(node):
    games = node("driving", DRIVEN, steerings=[2.0] * 40, road=1, data=DATA)
    games += node("driving", "[-1, 1].map((metres) => pushed(begun(0, data), metres, data))", data=DATA)
    games.append({**games[0], "over": "round", "metres": 390})
    for steers in (None, 2.34, -0.04):
        said = node("driving", "games.map((game) => said(game, steers, data))", games=games, steers=steers, data=DATA)
        assert said == [driving.said(game, steers) for game in games]
    assert "1.00 m left of the middle" in said[-3] and "1.00 m right of the middle" in said[-2]
    assert any("has left the road" in text for text in said) and "has come round" in said[-1]


def test_the_map_shows_the_middle_line(node):
    points = np.array(node("driving", "outline(data.roads[2], data.rules)", data=DATA))
    road = world.chosen(ROADS, np.full(len(points), 2))
    np.testing.assert_allclose(world.beside(road, *points.T), 0, atol=1e-6)
    every = node("driving", "data.roads.map((road) => outline(road, data.rules))", data=DATA)
    assert np.abs(every).max() < 94  # what the map shows


def test_the_page_holds_the_roads_and_says_what_it_shows(monkeypatch):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    driving.show()
    html = shown[0]["text/html"]
    assert len(html) < 8000 and json.loads(html.split('json">')[1].split("</script>")[0]) == DATA
    assert "8 rows of 32 pixels" in shown[0]["text/plain"]
    assert driving.WEIGHTS.stat().st_size < 300_000 and len(json.dumps(WEIGHTS)) < 100_000
