"""A convolution, number by number: what it shows is what Conv2d computes, and the script says what Python says."""

import numpy as np
import pytest

from nnlib.alive import kernel, live

EVERY = [
    (way, part, *place)
    for way in ("there", "back")
    for part in kernel.PARTS_OF_IT
    for place in np.ndindex(np.shape(kernel.numbers()["there"][part]))
]


def test_each_number_is_the_sum_over_where_it_takes_part():
    found = kernel.numbers()
    pairs = {"output": ("input", "kernel"), "input": ("output", "kernel"), "kernel": ("output", "input")}
    for part, pair in pairs.items():
        way = "there" if part == "output" else "back"
        for (row, column), value in np.ndenumerate(found[way][part]):
            sources = [np.array(found["back" if each == "output" else "there"][each]) for each in pair]
            met = kernel.meetings(part, row, column)
            terms = [np.prod([source[tuple(m[each])] for source, each in zip(sources, pair, strict=True)]) for m in met]
            assert sum(terms) == value


def test_an_input_meets_as_many_weights_as_windows_hold_it():
    assert [len(kernel.meetings("input", *place)) for place in ((0, 0), (0, 1), (1, 1), (2, 2))] == [1, 2, 4, 9]
    assert len(kernel.meetings("kernel", 2, 0)) == len(kernel.meetings("output", 1, 2)) == 9


@pytest.mark.parametrize("way", ["there", "back"])
def test_the_script_says_what_python_says(node, way):
    for choice in EVERY:
        if choice[0] == way:
            given = dict(zip(("way", "part", "row", "column"), choice, strict=True))
            expression = "said(numbers, way, part, row, column)"
            assert node("kernel", expression, numbers=kernel.numbers(), **given) == kernel.said(*choice)


def test_the_words_tell_all_numbers_and_what_some_are_made_of(monkeypatch):
    handed = []
    monkeypatch.setattr(live, "show", lambda *args: handed.append(args))
    kernel.show()
    name, data, _, text = handed[0]
    assert name == "kernel" and data["start"] == kernel.START and len(text) == 6 + 4
    assert "The slope of input (0, 1): delta times weight, over the windows that hold it. 1 · 2 + (−1) · 1 = 1." in text
