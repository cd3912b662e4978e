"""Kernel: a convolution of 5 x 5 numbers, each of which shows what it reaches, on the way there and on the way back."""

from functools import cache

import numpy as np

from ...convolution import Conv2d
from ...prose import decimals
from .. import live

PARTS = ("kernel.js",)
INPUT = [[1, 0, 2, 1, 0], [3, 1, 0, 2, 1], [0, 2, 1, 3, 0], [1, 0, 3, 1, 2], [2, 1, 0, 1, 3]]
KERNEL = [[1, 2, -1], [-1, 1, 2], [2, -1, 1]]
DELTA = [[1, -1, 2], [2, 1, -2], [-1, 3, 1]]
PARTS_OF_IT = ("input", "kernel", "output")
START = {"way": "back", "part": "output", "row": 1, "column": 1}


@cache
def numbers() -> dict:
    """The numbers of each part as they go there, and their slopes as these come back."""
    layer = Conv2d((1, 5, 5), 1, 3, np.random.default_rng(0))
    layer.K[...] = KERNEL
    output = layer.forward(np.array(INPUT, float).reshape(1, 1, 5, 5))
    slopes = layer.backward(np.array(DELTA, float).reshape(1, 1, 3, 3))
    return {
        "there": {"input": INPUT, "kernel": KERNEL, "output": _whole(output)},
        "back": {"input": _whole(slopes), "kernel": _whole(layer.dK), "output": DELTA},
    }


def _whole(array: np.ndarray) -> list[list[int]]:
    return array[0, 0].astype(int).tolist()


def meetings(part: str, row: int, column: int) -> list[dict]:
    """Where an input meets a weight on the way to an output, each with its place, wherever this number takes part."""
    found = []
    for y, x, i, j in np.ndindex(3, 3, 3, 3):
        met = {"input": [y + i, x + j], "kernel": [i, j], "output": [y, x]}
        found += [met] if met[part] == [row, column] else []
    return found


def said(way: str, part: str, row: int, column: int) -> str:
    """What this number reaches, or is made of."""
    all_numbers, met = numbers(), meetings(part, row, column)
    value, name = decimals(all_numbers[way][part][row][column]), f"({row}, {column})"
    if way == "there" and part != "output":
        number = f"{len(met)} outputs" if len(met) > 1 else "1 output"
        return f"{part.title() if part == 'input' else 'Weight'} {name} is {value} and goes into {number}."
    if way == "back" and part == "output":
        return (
            f"The slope {value} of output {name} reaches the nine inputs of its window, times the weight that each "
            "meets, and all nine weights, times the input that each meets."
        )
    pair = {"output": ("input", "kernel"), "input": ("output", "kernel"), "kernel": ("output", "input")}[part]
    sources = [all_numbers["back" if each == "output" else "there"][each] for each in pair]
    terms = [
        " · ".join(_bracketed(source[m[each][0]][m[each][1]]) for source, each in zip(sources, pair, strict=True))
        for m in met
    ]
    what = {
        "output": f"Output {name}: input times weight, over its window",
        "input": f"The slope of input {name}: delta times weight, over the windows that hold it",
        "kernel": f"The slope of weight {name}: delta times input, over all windows",
    }[part]
    return f"{what}. {' + '.join(terms)} = {value}."


def _bracketed(number: int) -> str:
    return f"({decimals(number)})" if number < 0 else decimals(number)


def show() -> None:
    """Show the convolution, with a way and a number to be chosen."""
    found = numbers()
    text = [
        f"{part.title()}, {way}: " + "; ".join(" ".join(map(decimals, row)) for row in found[way][part])
        for way in found
        for part in PARTS_OF_IT
    ]
    text += [said(*choice) for choice in (("there", "output", 1, 1), ("back", "output", 1, 1), ("back", "input", 0, 1))]
    text.append(said("back", "kernel", 0, 0))
    live.show("kernel", {"numbers": found, "start": START}, "A convolution, number by number, there and back", text)
