"""Exercises of Driving."""

import numpy as np

from nnlib.exercises.kinds import predict_it, stretch_it, write_it
from nnlib.studies.driving import COLUMNS, ROWS, draw_roads, drive, evened, pictures


@predict_it(
    "Once in a thousand metres",
    minutes=4,
    hints=(
        "When does a lap come round? The car must stay on the road in its first metre, in its second, and so on.",
        "One metre goes well with probability 0.999, two with 0.999 times 0.999. And 390?",
        "0.999 ** 390",
    ),
    why="All 390 metres must go well: 0.999 to the power of 390 is 0.68. A mistake in a thousand metres costs a third "
    "of the laps, and a mean over metres does not show it. Where one metre decides what the next one is like, as in "
    "a closed loop, the power is no longer right.",
    within=0.006,
    mistakes=(
        (0.999, "that is one metre; a lap has 390 of them"),
        (0.61, "nearly: 390 times 0.001 is taken off, as if no lap could fail twice; the metres multiply"),
        (0.32, "so many laps leave the road; asked for are those that come round"),
        (0.39, "so many mistakes there are in the mean; asked for is the probability that there is none"),
    ),
)
def laps_that_come_round():
    """The share of laps without a mistake, where one comes in a thousand metres."""
    metre, metres = 1 - 1 / 1000, 390
    return metre**metres


@predict_it(
    "In a mirror",
    minutes=3,
    hints=(
        "If the road in the picture bends to the left, where does it bend in the mirrored one?",
        "An answer of 2.4 to the picture asks for -2.4 in the mirror.",
        "How far is -1.6 from -2.4? And the two answers for the picture itself are 2.4 and 1.6: what lies midway?",
    ),
    why="In the mirror -2.4 was wanted, and -1.6 is 0.8 from it: that is |2.4 + (-1.6)|. Turned round, that "
    "answer is 1.6 for the picture itself, and midway between 2.4 and 1.6 lies 2. Who always answers with this mean "
    "keeps to the mirror exactly; that does not make the answer right.",
    within=1e-6,
    mistakes=(
        ((4.0, 2.0), "2.4 - (-1.6) would be 0 for equal answers; asked for are opposite ones"),
        ((0.8, 0.4), "the mirror's answer must be turned round before the mean is taken"),
        ((0.4, 2.0), "the miss is the whole way from -2.4 to -1.6"),
        ((-0.8, 2.0), "a miss is a distance, and never below 0"),
        ((2.0, 0.8), "these are the two numbers, the other way round"),
    ),
)
def in_a_mirror():
    """By how much two answers miss being opposite, and the mean of what both say of the picture itself."""
    answer, in_the_mirror = 2.4, -1.6
    return abs(answer + in_the_mirror), (answer - in_the_mirror) / 2


def _some_lessons(rng):
    """A few pictures, as the camera has them, and a steering for each."""
    n = int(rng.integers(2, 6))
    return rng.random((n, ROWS * COLUMNS)).round(3), rng.uniform(-8, 8, (n, 1)).round(2)


def _doubled(x, y, turned, factor):
    """The pictures with others below them, which `turned` makes of rows of 32 pixels, and their steering."""
    others = turned(x.reshape(-1, ROWS, COLUMNS)).reshape(x.shape)
    return np.concatenate([x, others]), np.concatenate([y, factor * y])


def _by_columns(x, y):
    """The same by the places of the pixels."""
    place = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)[:, ::-1].ravel()
    return np.vstack([x, x[:, place]]), np.vstack([y, -y])


@write_it(
    "From both sides",
    minutes=8,
    hints=(
        "What is exchanged in a mirror: left and right, or above and below? And what becomes of the steering?",
        "x.reshape(-1, 8, 32) makes rows of 32 pixels of each picture; which of its three axes runs to the right?",
        "x.reshape(-1, 8, 32)[:, :, ::-1].reshape(x.shape) is the mirrored pictures; their steering is -y; "
        "and np.concatenate puts both below what was there.",
    ),
    why="Left and right are the last axis of (n, 8, 32), so that is turned round; left becomes right, so "
    "the steering changes its sign.",
    inputs=_some_lessons,
    mistakes=(
        (
            lambda x, y: _doubled(x, y, lambda p: p[:, :, ::-1], 1),
            "the pictures are mirrored; and to which side must one steer in a mirrored picture?",
        ),
        (lambda x, y: _doubled(x, y, lambda p: p[:, ::-1], -1), "this puts the horizon below; exchange left and right"),
        (
            lambda x, y: _doubled(x, y, lambda p: p[:, ::-1, ::-1], -1),
            "this turns each picture by half a turn: all 256 pixels run backwards, not the 32 of each row",
        ),
        (
            lambda x, y: tuple(part[len(x) :] for part in _doubled(x, y, lambda p: p[:, :, ::-1], -1)),
            "these are the mirrored pictures alone; the others are wanted above them",
        ),
    ),
    also_right=(_by_columns,),
)
def both_sides(x, y):
    """x: (n, 256), y: (n, 1); returns x and y with each picture mirrored below them: (2n, 256) and (2n, 1)."""
    mirrored = x.reshape(-1, 8, 32)[:, :, ::-1].reshape(x.shape)
    return np.concatenate([x, mirrored]), np.concatenate([y, -y])


def _come_round(rule, roads, rng=None):
    """How many laps come round with a rule from pictures to steering; with `rng`, pushed."""
    n = len(roads.way)

    def steer(on, cars):
        answer = np.asarray(rule(evened(pictures(on, cars)).reshape(n, ROWS, COLUMNS)), float)
        if answer.shape != (n,):
            raise ValueError(f"got steering of shape {answer.shape}, expected ({n},), one for each picture")
        return np.nan_to_num(answer)

    return int(drive(roads, steer, rng).done.sum())


def laps_on_other_roads(rule):
    """How many of 20 laps without pushes a rule brings round, on roads to try it on: none of them is the check's."""
    return _come_round(rule, draw_roads(20, np.random.default_rng(5001)))


def _measure_rule(rule):
    """How many of 20 laps without pushes come round, with a rule from pictures to steering, and how many with."""
    roads = draw_roads(20, np.random.default_rng(5000))
    if not (done := _come_round(rule, roads)):
        return "no lap came round: is left positive?", False
    pushed = _come_round(rule, roads, np.random.default_rng(1))
    return f"{done} of 20 laps came round; with eight pushes each, {pushed}", done >= 17


def _bright(picture, rows, factor):
    """Steer to the mean column of what is bright in these rows."""
    light = np.maximum(picture[:, rows] - 1, 0)
    left = 15.5 - np.arange(32)
    return factor * (light * left).sum(axis=(1, 2)) / np.maximum(light.sum(axis=(1, 2)), 1e-9)


@stretch_it(
    "A rule that drives",
    minutes=15,
    hints=(
        "Where are the edge lines in a row, if the road goes straight on? And if it bends to the left?",
        "A row whose line has a gap misleads. What if the rows from 3 to 5 are taken together?",
        "light = np.maximum(picture[:, 3:6] - 1, 0) keeps what is bright. Its mean column, counted from the middle "
        "to the left, is a steering that does.",
    ),
    why="The two lines lie about equally far from the road's middle, so the mean column of what is bright is near it. "
    "Far rows know of the bend early, near ones of the car's own place; several rows together bridge the gaps. That "
    "is enough without pushes; what they leave of it, the check says.",
    measure=_measure_rule,
    mistakes=(
        (lambda picture: np.zeros(len(picture)), "no lap came round"),
        (lambda picture: _bright(picture, slice(3, 4), 3.0), "of 20 laps came round"),
    ),
    also_right=(lambda picture: _bright(picture, slice(2, 6), 1.0),),
)
def rule(picture):
    """picture: (n, 8, 32), evened, row 0 at the horizon; returns (n,), degrees a metre, to the left positive."""
    light = np.maximum(picture[:, 3:6] - 1, 0)
    left = 15.5 - np.arange(32)
    mean = (light * left).sum(axis=(1, 2)) / np.maximum(light.sum(axis=(1, 2)), 1e-9)
    return mean
