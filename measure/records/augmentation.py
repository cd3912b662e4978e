"""Augmentation: training images set upright, and bent anew each time they are shown."""

from dataclasses import dataclass

import numpy as np

SIDE = 28  # pixels of an image's edge
NOISE = 12  # knots of a displacement along an edge


@dataclass(frozen=True)
class Distortion:
    """How far an image is moved, in pixels unless said otherwise; zeros leave it as it is."""

    bend: float = 0.8  # the elastic displacement's standard deviation
    smooth: float = 4.0  # the width of the Gaussian that smooths it
    turn: float = 8.0  # degrees, at most
    stretch: float = 0.08  # the logarithm of the factor, at most
    lean: float = 0.1  # columns for each row, at most
    shift: float = 1.0  # at most


def grid(side: int) -> np.ndarray:
    """Row and column of each of the `side` x `side` pixels in the middle of an image: (2, side * side)."""
    return (np.indices((side, side)).reshape(2, -1) + (SIDE - side) / 2).astype(np.float32)


def fields(n: int, side: int, distortion: Distortion, rng: np.random.Generator) -> np.ndarray:
    """Where each pixel of a bent grid looks in the image: n random fields, (n, 2, side * side)."""
    d, middle = distortion, (SIDE - 1) / 2
    turn = np.radians(rng.uniform(-d.turn, d.turn, n))
    stretch = np.exp(rng.uniform(-d.stretch, d.stretch, (2, n)))
    lean, shift = rng.uniform(-d.lean, d.lean, n), rng.uniform(-d.shift, d.shift, (n, 2, 1))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shear = np.array([[stretch[0], 0 * lean], [lean, stretch[1]]])
    affine = np.einsum("ijn,jkn->nik", rotation, shear).astype(np.float32)
    place = affine @ (grid(side) - middle) + (middle + shift).astype(np.float32)
    return place + elastic(n, side, d, rng)


def elastic(n: int, side: int, distortion: Distortion, rng: np.random.Generator) -> np.ndarray:
    """Smooth random displacements (Simard et al., 2003): noise on coarse knots, smoothed along rows and columns."""
    rows, knots = grid(side)[0, ::side, None], np.linspace(-4, SIDE + 3, NOISE)
    smooth = np.exp(-((rows - knots) ** 2) / (2 * distortion.smooth**2))
    smooth = (smooth / np.sqrt((smooth**2).sum(axis=1, keepdims=True))).astype(np.float32)  # keeps the noise's spread
    noise = rng.standard_normal((n, 2, NOISE, NOISE), dtype=np.float32)
    return np.float32(distortion.bend) * (smooth @ noise @ smooth.T).reshape(n, 2, -1)


def look(images: np.ndarray, place: np.ndarray) -> np.ndarray:
    """What images (n, 784) show at places (2, m) that may lie between pixels, or beyond the edge: (n, m).

    One field serves all the images: with a pixel's n values side by side, moving a pixel copies one row.
    """
    place = place.clip(0, SIDE - 1)
    corner = np.minimum(place.astype(np.intp), SIDE - 2)
    down, right = (place - corner)[:, :, None].astype(np.float32)
    first = corner[0] * SIDE + corner[1]
    pixels = np.ascontiguousarray(images.T)
    seen = np.zeros((len(first), len(images)), np.float32)
    for below in (0, 1):
        for beside in (0, 1):
            part = pixels.take(first + SIDE * below + beside, axis=0)
            part *= (down if below else 1 - down) * (right if beside else 1 - right)
            seen += part
    return seen.T


def augment(images: np.ndarray, group: int, side: int, distortion: Distortion, rng: np.random.Generator) -> np.ndarray:
    """Each `group` of neighbouring images (n, 784) seen through a bent grid of its own: (n, side * side)."""
    groups = range(0, len(images), group)
    places = fields(len(groups), side, distortion, rng)
    seen = [look(images[i : i + group], place).T for i, place in zip(groups, places, strict=True)]
    return np.concatenate(seen, axis=1).T


def upright(images: np.ndarray) -> np.ndarray:
    """Images (n, 784) sheared, each row sideways, until the ink's slope, cov(row, column) / var(row), is 0."""
    return np.concatenate([_upright(part) for part in np.array_split(images, -(-len(images) // 500))])


def _upright(images: np.ndarray) -> np.ndarray:
    rows, columns = grid(SIDE)
    ink = images / images.sum(axis=1, keepdims=True)
    row, column = ink @ rows, ink @ columns
    slope = (ink @ (rows * columns) - row * column) / (ink @ rows**2 - row**2)
    place = (columns + slope[:, None] * (rows - row[:, None])).clip(0, SIDE - 1)
    left = np.minimum(place.astype(np.intp), SIDE - 2)
    right = (place - left).astype(np.float32)
    first = left + SIDE * rows.astype(np.intp) + images.shape[1] * np.arange(len(images))[:, None]
    return (1 - right) * images.take(first) + right * images.take(first + 1)
