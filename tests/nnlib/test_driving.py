"""The drawn roads: distances and pictures are those of geometry, mirrors turn steering round, and laps end rightly."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import Dense, Network, fetch
from nnlib.studies import driving
from nnlib.studies.driving import (
    EDGE,
    RADIUS,
    Roads,
    beside,
    by_network,
    chosen,
    draw_roads,
    drive,
    evened,
    lessons,
    load_frames,
    middle,
    mirrored,
    painted,
    pictures,
    start,
    step,
    teacher,
)

SEED = st.integers(0, 10_000)


def circle(way=1):
    """A road without waves, its edge lines not dashed."""
    return Roads(np.zeros((1, 2, 4)), np.array([[0.2, 0.5, 1.0]]), np.zeros((1, 2), bool), np.array([way]))


def flipped(roads):
    """The roads mirrored at the horizontal axis, driven round the other way."""
    return roads._replace(waves=roads.waves * [[[1], [-1]]], way=-roads.way)


@given(SEED)
def test_the_middle_lines_are_the_waves_that_they_say(seed):
    rng = np.random.default_rng(seed)
    roads, angle = draw_roads(3, rng), rng.uniform(-np.pi, np.pi, (3, 5))
    turns = angle[..., None] * np.arange(2, 6)
    cos, sin = roads.waves[:, 0, None], roads.waves[:, 1, None]
    radius, slope = middle(roads, np.cos(angle), np.sin(angle))
    np.testing.assert_allclose(radius, RADIUS + (cos * np.cos(turns) + sin * np.sin(turns)).sum(axis=-1), atol=1e-9)
    away = [middle(roads, np.cos(angle + h), np.sin(angle + h))[0] for h in (-1e-6, 1e-6)]
    np.testing.assert_allclose(slope, (away[1] - away[0]) / 2e-6, atol=1e-5)


@given(SEED, st.floats(-2, 2))
def test_a_place_near_the_middle_line_is_as_far_from_it_as_it_was_put(seed, aside):
    rng = np.random.default_rng(seed)
    roads = draw_roads(4, rng)
    cars = start(roads, rng.uniform(-np.pi, np.pi, 4), aside)
    np.testing.assert_allclose(beside(roads, *cars[:, :2].T), aside, atol=0.12)


def test_a_dashed_line_has_as_many_gaps_as_it_says():
    angle = np.linspace(-np.pi, np.pi, 6400, endpoint=False)
    there = painted(20 * np.cos(angle), 20 * np.sin(angle))
    np.testing.assert_allclose(there, 0.5 + 0.5 * np.tanh(4 * np.cos(32 * angle)), atol=1e-9)


def test_the_camera_sees_the_lines_where_perspective_puts_them():
    flat = circle()
    picture = pictures(flat, start(flat)).reshape(8, 32)
    for row in (5, 6, 7):  # near enough that the bend counts for less than a pixel
        ahead = driving.FOCAL * driving.HEIGHT / (row + 0.5)
        wanted = 15.5 + np.array([-1, 1]) * EDGE * driving.FOCAL / ahead
        bend = ahead / (2 * RADIUS) * driving.FOCAL
        lines = [picture[row, :16].argmax(), 16 + picture[row, 16:].argmax()]
        np.testing.assert_allclose(lines, wanted - bend, atol=1.2)
    assert picture[7, 15] == pytest.approx(0.2, abs=0.02) and picture[1, 31] == pytest.approx(0.5, abs=0.05)


@given(SEED, st.floats(-1.5, 1.5), st.floats(-15, 15))
@settings(max_examples=30)
def test_a_mirrored_road_gives_mirrored_pictures_and_opposite_steering(seed, aside, turned):
    rng = np.random.default_rng(seed)
    roads, angle = draw_roads(4, rng), rng.uniform(-3, 3, 4)
    cars = start(roads, angle, aside, turned)
    others = cars * [1, -1, -1]
    np.testing.assert_allclose(start(flipped(roads), -angle, aside, -turned)[:, :2], others[:, :2], atol=1e-9)
    np.testing.assert_allclose(pictures(flipped(roads), others), mirrored(pictures(roads, cars)), atol=1e-9)
    np.testing.assert_allclose(teacher(flipped(roads), others), -teacher(roads, cars), atol=1e-9)


def test_evened_pictures_do_not_know_how_bright_it_was():
    x = np.random.default_rng(0).random((3, 256))
    np.testing.assert_allclose(evened(0.3 * x + 0.5), evened(x), atol=1e-9)
    np.testing.assert_allclose([evened(x).mean(axis=1), evened(x).std(axis=1)], [[0] * 3, [1] * 3], atol=1e-9)
    assert np.abs(evened(np.full((1, 256), 0.37))).max() < 1e-9  # and nothing is divided by 0


def test_a_step_is_a_metre_and_no_car_turns_sharper_than_it_can():
    cars = step(np.zeros((4, 3)), np.array([2.0, -2.0, 50.0, -50.0]))
    np.testing.assert_allclose(np.degrees(cars[:, 2]), [2, -2, 8, -8])
    np.testing.assert_allclose(np.hypot(*cars[:, :2].T), 1)


def test_on_a_circle_the_teacher_steers_along_it():
    for way in (-1, 1):
        assert teacher(circle(way), start(circle(way)))[0] == pytest.approx(way * np.degrees(1 / RADIUS), abs=0.02)
        away = start(circle(way), aside=way * 1.0)  # to the right of the middle
        assert teacher(circle(way), away)[0] > way * np.degrees(1 / RADIUS) + 1
        assert teacher(circle(way), start(circle(way), turned=180))[0] in (-8, 8)


def test_the_teacher_brings_every_lap_round_pushed_or_not():
    roads = draw_roads(20, np.random.default_rng(1000))
    for rng in (None, np.random.default_rng(0)):
        driven = drive(roads, teacher, rng)
        assert driven.done.all() and len(driven.on) < driving.LONGEST
        metres = driven.on.sum(axis=0)
        assert 360 < metres.min() < metres.max() < 440


def test_pushes_are_as_many_and_as_far_as_they_say():
    roads = draw_roads(6, np.random.default_rng(0))
    plain, pushed = (drive(roads, teacher, rng) for rng in (None, np.random.default_rng(0)))

    def jumps(driven, which):
        moved = np.diff(driven.cars[: driven.on[:, which].sum(), which, :2], axis=0)
        return np.hypot(*moved.T) > 1.01

    assert [jumps(plain, i).sum() for i in range(6)] == [0] * 6
    assert [jumps(pushed, i).sum() for i in range(6)] == [driving.PUSHES] * 6
    moved = np.diff(pushed.cars[: pushed.on[:, 0].sum(), 0, :2], axis=0)[jumps(pushed, 0)]
    np.testing.assert_allclose(np.hypot(*moved.T), np.hypot(1, driving.PUSH), atol=1e-6)


@given(st.integers(1, 10), st.floats(0.1, 1.5))
@settings(max_examples=10, deadline=None)
def test_pushes_are_found_where_they_were_and_the_last_place_is_a_step_and_a_push_on(pushes, metres):
    roads = draw_roads(4, np.random.default_rng(0))
    driven = drive(roads, teacher, np.random.default_rng(0), pushes, metres)
    at = driving.pushed(driven)
    assert (at.sum(axis=0) == pushes)[driven.done].all() and not (at & ~driven.on).any()
    assert not driving.pushed(drive(roads, teacher)).any()
    for i, n in enumerate(driven.on.sum(axis=0)):
        wanted = np.hypot(1, metres) if at[n - 1, i] else 1
        assert np.hypot(*(driven.last[i] - driven.cars[n - 1, i])[:2]) == pytest.approx(wanted)


def test_a_car_that_steers_straight_leaves_the_road_and_stays_where_it_is():
    roads = draw_roads(5, np.random.default_rng(0))
    driven = drive(roads, lambda on, cars: np.zeros(len(cars)))
    assert not driven.done.any() and driven.on.sum(axis=0).max() < 60
    ends = driven.on.sum(axis=0)
    for i in range(5):
        on = driven.cars[: ends[i], i]
        road = chosen(roads, np.full(len(on), i))
        assert np.abs(beside(road, *on[:, :2].T)).max() <= EDGE
        assert len(np.unique(driven.cars[ends[i] :, i], axis=0)) <= 1


def test_a_car_that_never_comes_round_is_stopped():
    there_and_back = iter([*[8.0] * 22, 4.0] * 100)  # once round in 23 m, on a road wide enough
    wide = circle()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driving, "EDGE", 30.0)
        driven = drive(wide, lambda on, cars: np.full(len(cars), next(there_and_back)))
    assert not driven.done.any() and len(driven.on) == driving.LONGEST


def test_lessons_are_of_the_teacher_and_a_share_of_them_is_moved():
    x, y = lessons(300, 0.0, np.random.default_rng(0), roads=10)
    assert x.shape == (300, 256) and y.shape == (300, 1)
    moved = lessons(300, 1.0, np.random.default_rng(0), roads=10)
    assert y.std() < 1.5 < 3 < moved[1].std() and np.abs(moved[1]).max() == driving.SHARPEST
    half = lessons(300, 0.5, np.random.default_rng(0), roads=10)
    same = (half[0] == x).all(axis=1)
    assert 110 < same.sum() < 190
    np.testing.assert_array_equal(half[1][same], y[same])
    again = lessons(300, 0.5, np.random.default_rng(0), roads=10)
    np.testing.assert_array_equal(again[0], half[0])


def test_a_network_is_asked_by_the_evened_picture():
    roads = draw_roads(3, np.random.default_rng(0))
    network, cars = Network(Dense(256, 1, np.random.default_rng(0))), start(draw_roads(3, np.random.default_rng(0)))
    wanted = evened(pictures(roads, cars)) @ network.layers[0].W[0] + network.layers[0].b[0]
    np.testing.assert_allclose(by_network(network)(roads, cars), wanted)


def test_the_frames_are_those_of_the_file():
    try:
        (data,) = fetch.fetch_all(driving.FRAMES._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip("the original is not here")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        road = file["road"].astype(float)
    frames = load_frames().reshape(221, 8, 32)
    for frame, row, column in ((0, 0, 0), (100, 7, 3), (220, 4, 31)):
        four = road[frame, 2 + 2 * row : 4 + 2 * row, 2 * column : 2 * column + 2]
        assert four.shape == (2, 2) and frames[frame, row, column] == pytest.approx(four.mean() / 255, abs=0.51 / 255)
    assert frames.min() >= 0 and frames.max() <= 1
