"""Driving: roads that the book draws, a car with a small camera, a teacher who knows the road, and real frames."""

import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..embedded import embedded_arrays
from ..fetch import OfficialFile, Source
from ..network import Network
from . import Set

FRAMES = Source(
    name="road-frames",
    title="frames of a motorway",
    shape=(221, 8, 32),
    credit="Udacity (2016), https://github.com/udacity/CarND-LaneLines-P1, solidWhiteRight.mp4",
    licence="MIT",
    files=(OfficialFile("road_64x18.npz", 787162, "a5c95c4d5feeefbdca99a188b1bcf11db97f3b108b84d40d65d9f791e2d52823"),),
    mirrors=(),
    embedded=OfficialFile(
        "studies/road.npz", 37439, "85ae0be02cea371ce5aebf0c812c09bb52c0a18ca05b7393f63a7e5c08d572ff"
    ),
    whole=True,
)
RADIUS, WAVES = 60.0, np.arange(2, 6)  # metres; how many waves a lap may have of each kind
EDGE, PAINT = 1.85, 0.2  # metres from the middle line to each edge line, and how wide that is painted
ROWS, COLUMNS = 8, 32
FOCAL, HEIGHT = 27.5, 1.21  # pixels, metres: about those of the motorway's camera
SHARPEST = 8.0  # degrees that the car can turn in a metre
AIM = 6.0  # metres ahead, where the teacher looks
PUSHES, PUSH = 8, 1.2  # in a lap, and how many metres to a side
LONGEST = 600  # metres, which are steps
FLAT = 0.01  # the least standard deviation of a picture that counts as one
ASIDE, TURNED = 1.5, 15.0  # metres and degrees by which places to learn from are moved, at most

AHEAD = np.repeat(FOCAL * HEIGHT / (np.arange(ROWS) + 0.5), COLUMNS)  # metres to the place that a pixel shows
LEFT = np.tile(np.arange(COLUMNS)[::-1] - (COLUMNS - 1) / 2, ROWS) * AHEAD / FOCAL  # metres, to the left of the car


class Roads(NamedTuple):
    """Closed roads around (0, 0), one in each row, and which way round each is driven.

    Attributes
    ----------
    waves : (n, 2, 4), metres: how strongly cos and sin of 2 to 5 waves a lap bend the middle line, a circle without.
    look : (n, 3), brightness from 0 to 1 of the road, of what lies beside it, and of the paint of its edge lines.
    dashed : booleans (n, 2), whether the inner and the outer edge line are dashed.
    way : (n,), 1 where it is driven round to the left, else -1.
    """

    waves: np.ndarray
    look: np.ndarray
    dashed: np.ndarray
    way: np.ndarray


Steer = Callable[[Roads, np.ndarray], np.ndarray]  # from roads and cars (n, 3) to degrees a metre (n,)


def draw_roads(n: int, rng: np.random.Generator) -> Roads:
    """So many roads by lot; every second is driven round to the right."""
    waves = rng.standard_normal((n, 2, len(WAVES))) * 25 / WAVES**2
    look = rng.uniform((0.2, 0.3, 0.8), (0.4, 0.7, 1.0), (n, 3))
    return Roads(waves, look, rng.random((n, 2)) < 0.5, np.where(np.arange(n) % 2, -1, 1))


def middle(roads: Roads, cos: np.ndarray, sin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far from (0, 0) the middle lines are, and how fast that changes, at angles (n, …) of this cosine and sine."""
    radius, slope = np.full(cos.shape, RADIUS), np.zeros(cos.shape)
    each, c, s = roads.waves.reshape(len(cos), 2, len(WAVES), *[1] * (cos.ndim - 1)), cos, sin
    for place, waves in enumerate(WAVES):
        c, s = c * cos - s * sin, s * cos + c * sin  # of so many times the angle
        a, b = each[:, 0, place], each[:, 1, place]
        radius += a * c + b * s
        slope += waves * (b * c - a * s)
    return radius, slope


def beside(roads: Roads, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How many metres places (n, …) lie outside the middle line, or inside where negative."""
    far = np.sqrt(x * x + y * y)
    radius, slope = middle(roads, x / far, y / far)
    return (far - radius) / np.sqrt(1 + (slope / radius) ** 2)


def painted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How much of a dashed line is there at places: from 0 for a gap to 1, by cos of 32 times the angle."""
    cos = x / np.sqrt(x * x + y * y)
    for _ in range(5):
        cos = 2 * cos * cos - 1  # of twice the angle
    return 0.5 + 0.5 * np.tanh(4 * cos)


def pictures(roads: Roads, cars: np.ndarray) -> np.ndarray:
    """What the cameras of cars (n, 3) see: brightness (n, 256), row by row, from the horizon down."""
    x, y, heading = cars.T[:, :, None]
    cos, sin = np.cos(heading), np.sin(heading)
    x, y = x + AHEAD * cos - LEFT * sin, y + AHEAD * sin + LEFT * cos  # the places that the pixels show
    off, blur = beside(roads, x, y), 0.1 + AHEAD / FOCAL / 2  # each pixel shows a patch, the larger the farther
    road, grass, paint = roads.look.T[:, :, None]
    level = road + (grass - road) / (1 + np.exp(-(np.abs(off) - EDGE - 0.5) / blur))
    thin, there = np.minimum(1, PAINT / blur), painted(x, y)
    for side, dashed in ((-EDGE, roads.dashed[:, :1]), (EDGE, roads.dashed[:, 1:])):
        cover = thin * np.exp(-(((off - side) / blur) ** 2)) * np.where(dashed, there, 1)
        level = level + (paint - level) * cover
    return level


def evened(pictures: np.ndarray) -> np.ndarray:
    """Each picture (n, 256) shifted and stretched to mean 0 and standard deviation 1; one of grass alone stays flat."""
    spread = np.maximum(FLAT, pictures.std(axis=1, keepdims=True))
    return (pictures - pictures.mean(axis=1, keepdims=True)) / spread


def start(roads: Roads, angle: np.ndarray | float = 0.0, aside: np.ndarray | float = 0.0, turned=0.0) -> np.ndarray:
    """Cars (n, 3), each x, y and heading, on the middle line; or so far aside of it, and turned by so many degrees.

    Outwards and to the left is positive.
    """
    angle = np.broadcast_to(angle, roads.way.shape)
    radius, slope = middle(roads, np.cos(angle), np.sin(angle))
    along = angle + np.arctan2(radius, slope)  # the middle line's direction, round to the left
    heading = along + np.where(roads.way > 0, 0, np.pi) + np.radians(turned)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return np.stack([x + aside * np.sin(along), y - aside * np.cos(along), heading], axis=1)


def step(cars: np.ndarray, steering: np.ndarray) -> np.ndarray:
    """The cars a metre later: each turns by its steering, in degrees, to the left where positive, and goes on."""
    x, y, heading = cars.T
    heading = heading + np.radians(np.clip(steering, -SHARPEST, SHARPEST))
    return np.stack([x + np.cos(heading), y + np.sin(heading), heading], axis=1)


def teacher(roads: Roads, cars: np.ndarray) -> np.ndarray:
    """Who knows the road steers along the arc to the place on the middle line that is 6 m ahead: (n,)."""
    x, y, heading = cars.T
    angle = np.arctan2(y, x)
    radius, slope = middle(roads, np.cos(angle), np.sin(angle))
    angle = angle + roads.way * AIM / np.hypot(radius, slope)
    cos, sin = np.cos(angle), np.sin(angle)
    radius, _ = middle(roads, cos, sin)
    x, y = radius * cos - x, radius * sin - y
    ahead, left = x * np.cos(heading) + y * np.sin(heading), y * np.cos(heading) - x * np.sin(heading)
    bend = np.degrees(2 * left / (ahead**2 + left**2))
    return np.clip(np.where(ahead > 0, bend, SHARPEST * np.sign(left)), -SHARPEST, SHARPEST)


def by_network(network: Network) -> Steer:
    """Steer as a network does, which sees the picture alone."""
    return lambda roads, cars: network.predict(evened(pictures(roads, cars)))[:, 0]


class Drive(NamedTuple):
    """What came of a lap.

    Attributes
    ----------
    cars : (time, n, 3), before each step.
    on : booleans (time, n), whether the car was still on its lap: on the road, and not yet round.
    done : booleans (n,), whether it came round without leaving the road.
    last : (n, 3), where each car was when its lap was over.
    """

    cars: np.ndarray
    on: np.ndarray
    done: np.ndarray
    last: np.ndarray


def drive(
    roads: Roads, steer: Steer, rng: np.random.Generator | None = None, pushes: int = PUSHES, metres: float = PUSH
) -> Drive:
    """Let a car on each road drive one lap; with `rng`, it is pushed so often, so far, and to a side by lot."""
    cars, gone = start(roads), np.zeros(len(roads.way))
    going, done = gone == 0, gone > 0
    sides = rng.choice([-metres, metres], (pushes, len(gone))) if rng else np.zeros((0, len(gone)))
    seen = []
    while going.any() and len(seen) < LONGEST:
        seen.append((cars, going))
        after = step(cars, steer(roads, cars))
        turn = np.arctan2(after[:, 1], after[:, 0]) - np.arctan2(cars[:, 1], cars[:, 0])
        before, gone = gone, gone + roads.way * ((turn + np.pi) % (2 * np.pi) - np.pi)
        for number, side in enumerate(sides):
            at = 2 * np.pi * (number + 0.5) / pushes
            push = np.where((before < at) & (gone >= at), side, 0)
            after[:, 0] += push * np.sin(after[:, 2])
            after[:, 1] -= push * np.cos(after[:, 2])
        cars = np.where(going[:, None], after, cars)
        off = np.abs(beside(roads, cars[:, 0], cars[:, 1])) > EDGE
        done = done | (going & ~off & (gone >= 2 * np.pi))
        going = going & ~off & ~done
    places, on = map(np.array, zip(*seen, strict=True))
    return Drive(places, on, done, cars)


def pushed(driven: Drive) -> np.ndarray:
    """In which metres the cars were pushed: (time, n); a step alone is a metre long."""
    after = np.concatenate([driven.cars[1:], driven.last[None]])
    moved = np.hypot(*(after - driven.cars)[..., :2].transpose(2, 0, 1))
    return driven.on & (moved > 1 + 1e-6)


def lessons(n: int, share: float, rng: np.random.Generator, roads: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and what the teacher does: from laps that it drives on so many new roads, n places by lot.

    A `share` of the places is moved: up to 1.5 m aside of the middle line, and turned by up to 15 degrees.

    Returns
    -------
    x : (n, 256), pictures, evened.
    y : (n, 1), the teacher's steering from there, in degrees a metre.
    """
    drawn = draw_roads(roads, rng)
    laps = drive(drawn, teacher)
    times, which = np.nonzero(laps.on)
    picked = rng.permutation(len(times))[:n]
    cars, on = laps.cars[times[picked], which[picked]], chosen(drawn, which[picked])
    angle = np.arctan2(cars[:, 1], cars[:, 0])
    aside, turned = rng.uniform(-1, 1, (2, len(cars))) * [[ASIDE], [TURNED]]
    moved = rng.random(len(cars)) < share
    cars = np.where(moved[:, None], start(on, angle, aside, turned), cars)
    return evened(pictures(on, cars)), teacher(on, cars)[:, None]


def chosen(roads: Roads, which: np.ndarray) -> Roads:
    """Of the roads those with these numbers, in this order."""
    return Roads(*(field[which] for field in roads))


def mirrored(pictures: np.ndarray) -> np.ndarray:
    """The pictures (n, 256) with left and right exchanged."""
    return pictures.reshape(-1, ROWS, COLUMNS)[:, :, ::-1].reshape(pictures.shape)


def load_frames() -> np.ndarray:
    """221 frames of a real motorway, with no word on how to steer; they come with the book.

    The lower half of a video of 9 seconds (Udacity 2016, https://github.com/udacity/CarND-LaneLines-P1, MIT), grey,
    the two rows of the horizon left out, and each square of four pixels one.

    Returns
    -------
    frames : float array (221, 256), brightness from 0 to 1, in the order of the video; rows of 32 pixels.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    return embedded_arrays(FRAMES)["frames"].reshape(-1, ROWS * COLUMNS) / 255


def _arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """The frames (221, 8, 32), each pixel the mean of four, as bytes."""
    with np.load(io.BytesIO(originals[0]), allow_pickle=False) as file:
        below = file["road"][:, 2:].astype(float)
    fours = below.reshape(len(below), ROWS, 2, COLUMNS, 2).mean(axis=(2, 4))
    return {"frames": np.rint(fours).astype(np.uint8)}


SETS = (Set(FRAMES, load_frames, _arrays),)
