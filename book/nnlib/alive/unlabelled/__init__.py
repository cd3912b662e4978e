"""Unlabelled: walk in the plane of a code of two numbers, and see the picture that a decoder draws of each place."""

import base64
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np

from ...datasets import load_digits
from ...layers import Dense, Layer, ReLU
from ...network import Network
from ...prose import decimals
from .. import live

PARTS = ("decoder.js", "unlabelled.js")
WEIGHTS = Path(__file__).with_name("weights.npz")
LABEL = "Walk in the plane of the code, and see what the decoder draws"
NEAREST = 10  # codes of test pictures that are asked what they are
HERE = 0.005  # so near a place stands on a code
DARK = 0.5  # from which on a pixel is called dark
FIRST = 3  # the digit to begin at
MARGIN = 0.06  # of the window, around the outermost codes


def load() -> Network:
    """The study's encoder and decoder, trained by measure/studies/unlabelled.py with its first seed, in float64."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        return Network(*(_half(file, f"{half}.") for half in (0, 1)))


def _half(file: np.lib.npyio.NpzFile, prefix: str) -> Network:
    """The encoder or the decoder: dense layers with a ReLU between each two."""
    layers: list[Layer] = []
    for name in sorted(name for name in file.files if name.startswith(prefix) and name.endswith("W")):
        W, b = file[name], file[f"{name[:-1]}b"]
        dense = Dense(W.shape[1], W.shape[0], np.random.default_rng(0))
        dense.W[...], dense.b[...] = W, b
        layers += [*([ReLU()] if layers else []), dense]
    return Network(*layers)


@cache
def codes() -> np.ndarray:
    """Where the encoder puts the test pictures, (360, 2), to two decimals."""
    return load().layers[0].predict(load_digits().x_test.astype(float)).round(2)


@cache
def labels() -> np.ndarray:
    """What the test pictures are, which training has not seen: digits (360,)."""
    return load_digits().y_test


def window() -> list[float]:
    """The part of the plane that is shown, as left, right, bottom and top, in whole numbers."""
    low, high = codes().min(axis=0), codes().max(axis=0)
    room = MARGIN * (high - low)
    (left, bottom), (right, top) = np.floor(low - room), np.ceil(high + room)
    return [float(each) for each in (left, right, bottom, top)]


def middle(digit: int) -> list[float]:
    """The code of the test picture of a digit that is nearest to the middle of all of that digit."""
    own = codes()[labels() == digit]
    return own[((own - np.median(own, axis=0)) ** 2).sum(axis=1).argmin()].tolist()


def decode(place: list[float]) -> np.ndarray:
    """The picture (64,) that the decoder draws of a code."""
    return load().layers[1].predict(np.array([place], float))[0]


def said(place: list[float]) -> str:
    """Where a place lies among the codes of the test pictures, in words."""
    away = codes() - place
    square = away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1]
    order = np.argsort(square, kind="stable")
    here = order[square[order] < HERE**2]
    order = order[len(here) :][:NEAREST]
    found = sorted(Counter(labels()[order].tolist()).items(), key=lambda pair: (-pair[1], pair[0]))
    kinds = ", ".join(f"{times} {'is' if times == 1 else 'are'} of {_a(digit)}" for digit, times in found)
    x, y = (decimals(number, 2) for number in place)
    nearest = decimals(float(np.sqrt(square[order[0]])), 2)
    at, others = (f", that of {_a(labels()[here[0]])}", "others") if len(here) else ("", "test pictures")
    return f"Code ({x}, {y}){at}. Of the {NEAREST} nearest {others} {kinds}. The nearest is {nearest} away."


def _a(digit: int) -> str:
    return f"a{'n' if digit == 8 else ''} {digit}"


def drawn(levels: np.ndarray) -> str:
    """Which pixels of a picture are dark, row by row, in words."""
    rows = []
    for row in np.reshape(levels, (8, 8)):
        dark = (np.flatnonzero(row >= DARK) + 1).tolist()
        rows.append(" ".join(map(str, dark)) or "none")
    return f"Dark pixels, row by row: {'; '.join(rows)}."


def weights() -> dict:
    """What the page's script computes with: the sizes of the decoder's layers, and its parameters in float32."""
    decoder = load().layers[1]
    dense = [layer for layer in decoder.layers if isinstance(layer, Dense)]
    numbers = np.concatenate([p.value.ravel() for p in decoder.parameters()]).astype("<f4")
    return {
        "sizes": [decoder.n_in, *(layer.n_out for layer in dense)],
        "weights": base64.b64encode(numbers.tobytes()).decode(),
    }


def show() -> None:
    """Show the plane of the code with the test pictures' codes, and the picture that the decoder draws at a place."""
    middles = [middle(digit) for digit in range(10)]
    data = {
        "window": window(),
        "codes": codes().tolist(),
        "labels": labels().tolist(),
        "middles": middles,
        "first": {"place": middles[FIRST], "levels": decode(middles[FIRST]).round(3).tolist()},
        "nearest": NEAREST,
        "here": HERE,
        "dark": DARK,
    }
    text = [
        f"A plane with the codes of {len(codes())} test pictures, each drawn as the digit that its picture shows. "
        "A decoder draws a picture of 8 × 8 pixels for every place of the plane; rows and pixels are counted from 1."
    ]
    text += [
        f"The {digit} nearest to the middle of all {digit}s. {said(place)} {drawn(decode(place))}"
        for digit, place in enumerate(middles)
    ]
    live.show("unlabelled", data, LABEL, text, weights=weights())
