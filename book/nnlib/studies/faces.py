"""Faces: forty people, ten pictures of each; each reader fetches them, and drawn ones stand in."""

import warnings
import zlib
from typing import NamedTuple

import numpy as np

from ..checks import ForwardFirst
from ..fetch import OfficialFile, Source, fetch_all
from . import Set

MIRROR, COMMIT = "sjgershm/DBM", "a30d9abb523aab874a299b8b1aa21e7df2023f60"
PEOPLE, EACH, SIDE = 40, 10, 64
OLIVETTI = Source(
    name="olivetti-faces",
    title="Olivetti faces",
    shape=(PEOPLE * EACH, SIDE, SIDE),
    credit="AT&T Laboratories Cambridge, The Database of Faces (F. Samaria and A. Harter 1994, "
    "https://doi.org/10.1109/ACV.1994.341300), in S. Roweis' form of 64 x 64 pixels",
    licence="no formal licence",
    files=(
        OfficialFile(
            "olivettifaces.mat",
            1432511,
            "b1988d02c72fe5b8ee82b5ef3bb7982eafc74f1e1ff0ae0ade35061ad0af534d",
            (SIDE * SIDE, PEOPLE * EACH),
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/{MIRROR}/{COMMIT}/",
        f"https://cdn.jsdelivr.net/gh/{MIRROR}@{COMMIT}/",
    ),
)
# Where what is packed begins in the file, and where in what is unpacked the pixels do: a byte each, by columns.
PACKED, PIXELS = 136, 64
TINY = 1e-12  # so near two codes are at one place, from which no direction leads apart


class Contrastive(ForwardFirst):
    """Half the mean square of how far a same pair is apart, and of how far a different pair falls short of the margin.

    Codes (2n, k): first the one picture of each of n pairs, then the other; `same` (n,) says which pairs show one
    person. The way back gives dC/d(codes), of their shape. Source: Hadsell, Chopra & LeCun (2006).

    Parameters
    ----------
    margin : how far apart a different pair is to be.
    """

    stores = ("slope",)  # backward before forward is an error

    def __init__(self, margin: float = 1.0):
        self.margin = margin

    def forward(self, codes: np.ndarray, same: np.ndarray) -> float:
        n, same = len(same), same[:, None]
        gap = codes[:n] - codes[n:]
        d = np.sqrt((gap**2).sum(axis=1, keepdims=True))
        short = np.maximum(0, self.margin - d)
        self.slope = np.where(same, gap, -short * gap / np.maximum(d, TINY)) / n
        return float(np.where(same, d**2, short**2).mean() / 2)

    def backward(self) -> np.ndarray:
        return np.concatenate([self.slope, -self.slope])


class Faces(NamedTuple):
    """Pictures of faces, the ten of a person in a row.

    Attributes
    ----------
    pictures : uint8 array (n, 64, 64), 0 black.
    person : integer array (n,), numbers from 0 without meaning.
    name : "Olivetti faces", or "drawn".
    source : whom to name.
    """

    pictures: np.ndarray
    person: np.ndarray
    name: str
    source: str

    def __repr__(self) -> str:
        n, height, width = self.pictures.shape
        return f"<{self.name}: {n} pictures of {height} x {width} pixels, {self.person.max() + 1} people>"


def load_faces(fallback: bool = False) -> Faces:
    """400 pictures of 40 people, taken at a laboratory in Cambridge from 1992 to 1994.

    F. Samaria and A. Harter (1994), https://doi.org/10.1109/ACV.1994.341300; AT&T Laboratories Cambridge.
    There is no formal licence: credit to AT&T Laboratories Cambridge is asked for. They are faces of people, so the
    file does not come with the book. It is looked for as `nnlib.load_mnist` says.

    Parameters
    ----------
    fallback : where neither the cache nor a mirror has it, warn and return the faces of `drawn_faces`, which nobody
        has.

    Raises
    ------
    FileNotFoundError, ValueError
        If NNLIB_DATA_DIR is set and lacks the file, or has it cut or changed, with `fallback` too.
    ConnectionError
        If neither the cache nor a mirror gives the file; the message lists what was tried.
    """
    try:
        (data,) = fetch_all(OLIVETTI)
    except ConnectionError as error:
        if not fallback:
            raise
        warnings.warn(
            "THESE ARE NOT THE OLIVETTI FACES: drawn ones stand in for them. What the text says does not hold for "
            f"them. The reason: {error}",
            stacklevel=2,
        )
        return drawn_faces()
    pixels = np.frombuffer(zlib.decompress(data[PACKED:]), np.uint8, PEOPLE * EACH * SIDE * SIDE, PIXELS)
    pictures = np.ascontiguousarray(pixels.reshape(-1, SIDE, SIDE).transpose(0, 2, 1))  # each lies by columns
    return Faces(pictures, np.repeat(np.arange(PEOPLE), EACH), OLIVETTI.title, OLIVETTI.citation)


def drawn_faces(seed: int = 0) -> Faces:
    """Faces that nobody has, of ovals and strokes: 40 "people" whose features are drawn by lot, ten pictures of each.

    From picture to picture a head is moved and turned, the mouth opens, and the light changes.
    """
    rng = np.random.default_rng(seed)

    def of_each(low: float, high: float) -> np.ndarray:
        """A feature of each person, the same in all ten pictures, (400, 1, 1)."""
        return np.repeat(rng.uniform(low, high, PEOPLE), EACH)[:, None, None]

    def chance(size: float) -> np.ndarray:
        """What differs from picture to picture, (400, 1, 1)."""
        return rng.normal(0, size, (PEOPLE * EACH, 1, 1))

    grid = np.linspace(-1, 1, SIDE)
    x, y = grid[None, None, :] - chance(0.07), grid[None, :, None] - chance(0.06)
    turn = chance(0.08)

    def blob(right: np.ndarray, down: np.ndarray, wide: np.ndarray, high: np.ndarray) -> np.ndarray:
        """1 within an oval and 0 outside, with a soft edge, (400, 64, 64)."""
        away = np.sqrt(((x - right) / wide) ** 2 + ((y - down) / high) ** 2)
        return 1 / (1 + np.exp(np.clip(8 * (away - 1), -30, 30)))

    eyes, between, mouth = of_each(-0.3, -0.1), of_each(0.25, 0.4), of_each(0.35, 0.5)
    wide = of_each(0.6, 0.8)
    parts = (  # right, down, wide, high, and how bright
        (turn / 4, of_each(-0.2, 0.0), wide * 1.1, of_each(0.9, 1.1), of_each(0.1, 0.5)),  # hair
        (turn / 4, 0.1, wide, of_each(0.75, 0.95), of_each(0.55, 0.85)),  # head
        (turn - between, eyes, of_each(0.09, 0.16), of_each(0.05, 0.1), of_each(0.1, 0.4)),
        (turn + between, eyes, of_each(0.09, 0.16), of_each(0.05, 0.1), of_each(0.1, 0.4)),
        (1.3 * turn, of_each(0.05, 0.2), of_each(0.05, 0.1), of_each(0.12, 0.25), of_each(0.4, 0.9)),  # nose
        (turn, mouth, of_each(0.2, 0.35), of_each(0.04, 0.09) + np.abs(chance(0.04)), of_each(0.15, 0.45)),
    )
    level = np.broadcast_to(of_each(0.2, 0.4), (PEOPLE * EACH, SIDE, SIDE))
    for *where, bright in parts:
        inside = blob(*where)
        level = inside * bright + (1 - inside) * level
    level = level * (1 + chance(0.08) + chance(0.1) * x) + rng.normal(0, 0.02, level.shape)
    pictures = np.round(255 * np.clip(level, 0, 1)).astype(np.uint8)
    return Faces(pictures, np.repeat(np.arange(PEOPLE), EACH), "drawn", "drawn by lot")


def shrink(pictures: np.ndarray, side: int = 16) -> np.ndarray:
    """Pictures (n, 64, 64) as the means of their blocks, (n, side * side), from 0 for black to 1 for white."""
    n, block = len(pictures), SIDE // side
    return pictures.reshape(n, side, block, side, block).mean(axis=(2, 4)).reshape(n, -1) / 255


def all_pairs(person: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each pair of pictures once: the places of the one and of the other, and whether they show one person."""
    one, other = np.triu_indices(len(person), 1)
    return one, other, person[one] == person[other]


def apart(codes: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far the codes of each pair are apart, (n,)."""
    return np.sqrt(((codes[one] - codes[other]) ** 2).sum(axis=1))


def area(d: np.ndarray, same: np.ndarray) -> float:
    """Of a same pair and a different one, how often the same one is nearer: the area under the ROC curve."""
    near, far = d[same][:, None], d[~same]  # a column and a row: each is compared with each
    return float(np.mean(near < far) + np.mean(near == far) / 2)


def false_accepts(d: np.ndarray, same: np.ndarray, share: float = 0.9) -> float:
    """The share of different pairs accepted at the lowest threshold that accepts this share of the same pairs.

    None is accepted where the share is 0.
    """
    thresholds = np.concatenate([[-np.inf], np.sort(d[same])])
    lowest = np.searchsorted(np.arange(len(thresholds)) / same.sum(), share)  # the first that accepts as many
    return float(np.mean(d[~same] <= thresholds[lowest]))


SETS = (Set(OLIVETTI, load_faces),)
