"""Faces: a threshold over the distances of pairs of people never seen, what it accepts, and what that does to a crowd.

No face is loaded: the page holds how many pairs are how far apart.
"""

from functools import cache
from pathlib import Path

import numpy as np

from .. import live

PARTS = ("../depth/chart.js", "faces.js")  # its script, in the order in which it runs
COUNTS = Path(__file__).with_name("counts.npz")
LABEL = "A threshold for the distance of two faces, and whom it accepts"
CROWDS = (100, 10_000, 1_000_000)  # people who pass
START = {"way": "network", "draw": "1", "crowd": 10_000}
SHARE = 0.9  # of the same pairs, that the button has accepted


@cache
def counts() -> dict[str, np.ndarray]:
    """How many pairs lie at each level of distance, (draws, 2, levels): different ones, then those of one person.

    By measure/studies/faces.py, for each answer. A level is the distance in hundredths of the farthest pair's, rounded
    up.
    """
    with np.load(COUNTS, allow_pickle=False) as file:
        return {way: file[way].astype(int) for way in file.files}


def accepted(way: str, draw: str, threshold: int) -> tuple[int, int, int, int]:
    """Of the different pairs and of the same ones, how many are no farther apart than the threshold, and how many are.

    As (different accepted, different, same accepted, same).
    """
    different, same = counts()[way][int(draw) - 1]
    return tuple(int(n) for each in (different, same) for n in (each[: threshold + 1].sum(), each.sum()))


def nine_in_ten(way: str, draw: str) -> int:
    """The lowest threshold that accepts nine in ten same pairs."""
    same = counts()[way][int(draw) - 1][1]
    return int(np.argmax(np.cumsum(same) >= SHARE * same.sum()))


def said(way: str, draw: str, threshold: int, crowd: int) -> str:
    """What a threshold does, in words."""
    wrong, different, right, same = accepted(way, draw, threshold)
    alarms = _nearest(crowd - 1, wrong, different)
    if not wrong:
        others = f"none of the {crowd - 1:,} others, as far as {different:,} pairs can tell"
    else:
        some = f"about {min(_two_digits(alarms), crowd - 1):,}" if alarms else "hardly any"
        others = f"{some} of the {crowd - 1:,} others"
    return (
        f"{way[0].upper()}{way[1:]}, draw {draw}, threshold {threshold}. Of {same:,} pairs of one person "
        f"{same - right:,} are rejected; of {different:,} pairs of two people {wrong:,} are accepted. "
        f"Where {crowd:,} people pass and one is sought, {others} would be taken for that one."
    )


def _nearest(size: int, part: int, whole: int) -> int:
    """A share of a size, to a whole number; halves go up."""
    return (2 * size * part + whole) // (2 * whole)


def _two_digits(number: int) -> int:
    """A number to its first two digits: pairs of ten people tell no more."""
    unit = 10 ** max(0, len(str(number)) - 2)
    return (2 * number + unit) // (2 * unit) * unit


def show() -> None:
    """Show the distances of same pairs and of different ones, the curve, and a threshold to be moved."""
    found = {way: each.tolist() for way, each in counts().items()}
    draws = [str(draw + 1) for draw in range(len(found[START["way"]]))]
    start = START | {"threshold": nine_in_ten(START["way"], START["draw"])}
    data = {"counts": found, "draws": draws, "crowds": list(CROWDS), "share": SHARE, "start": start}
    text = [
        "What share of the pairs of one person, and of those of two, is how far apart, in hundredths of the farthest "
        "pair's distance: people never seen in training. Whatever lies no farther apart than the threshold is taken "
        "for one person. The button lays the threshold by these pairs themselves, and what is said of a crowd "
        "stretches the share of ten people. No face is loaded."
    ]
    text += [said(way, draw, nine_in_ten(way, draw), START["crowd"]) for way in found for draw in draws]
    live.show("faces", data, LABEL, text)
