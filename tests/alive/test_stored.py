"""What the chapters have stored of their interactives is what a run would store today.

A run of the notebooks compares the words. This compares what the scripts draw, which stands in the page alone.
"""

import json
import re
from html import unescape
from importlib import import_module

import numpy as np
import pytest

from chapters import chapters
from measure import results, shakespeare
from nnlib.alive import digit, heads, landscape, line, live, reading

PAGE = re.compile(r'class="nnlib-live nnlib-live-(\w+)".*?aria-label="([^"]*)".*?json">(.*?)</script>', re.DOTALL)


def kept():
    """The name, the label and the data of every interactive in the chapters."""
    for chapter in chapters():
        for cell in json.loads(chapter.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                for name, label, data in PAGE.findall("".join(output.get("data", {}).get("text/html", ""))):
                    yield pytest.param(name, unescape(label), json.loads(data), id=f"{chapter.stem}-{name}")


KEPT = list(kept())


def show(name, label, data):
    """Show the interactive again, with what it was shown with; of the digits that is the book's stored network."""
    if name == "reading":
        reading.show(results.stored_network())
    elif name == "digit":
        digit.show(results.stored_network(), float(data["accuracy"].rstrip("%")) / 100)
    elif name == "heads":
        heads.show(shakespeare.stored_network(), "".join(data["letters"]), data["numbers"])
    elif name == "line":
        line.show(label.split(": ")[1])
    elif name == "landscape":
        shown = landscape.straight_line if "batches" in data else landscape.sigmoid_neuron
        shown(np.array(data["x"]), np.array(data["y"]))
    else:
        import_module(f"nnlib.alive.{name}").show()


class Thousandth(int):
    """Where a corner of a picture's path lies: rounded, so that the last bit of a cost can move it by one."""


def flat(data):
    """All that is in nested lists and dicts, in order, and the corners of a path."""
    if isinstance(data, str) and re.fullmatch(r"[MLZ\d -]{9,}", data):
        return [Thousandth(part) if part.isdigit() else part for part in re.findall(r"[MLZ-]|\d+", data)]
    if isinstance(data, dict):
        return [leaf for item in data.items() for leaf in flat(item)]
    return [leaf for item in data for leaf in flat(item)] if isinstance(data, (list, tuple)) else [data]


def is_same(old, new):
    """Whether two leaves are the same: floats to twelve digits, corners to one thousandth."""
    if isinstance(new, Thousandth):
        return abs(old - new) <= 1
    return old == (pytest.approx(new, rel=1e-12, abs=1e-14) if isinstance(new, float) else new)


def differences(before, today):
    """What is not the same."""
    before, today = flat(before), flat(today)
    assert len(before) == len(today)
    return [(old, new) for old, new in zip(before, today, strict=True) if not is_same(old, new)]


@pytest.mark.parametrize(("name", "label", "data"), KEPT)
def test_the_stored_numbers_are_todays(monkeypatch, name, label, data):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle["text/html"]))
    show(name, label, data)
    assert differences(data, json.loads(PAGE.search(shown[0])[3])) == []


def test_every_interactive_stands_in_a_chapter():
    assert {name for name, *_ in (one.values for one in KEPT)} == set(live.names())


def test_another_number_would_be_seen():
    assert differences({"a": [0.5, 1]}, {"a": [0.5 + 1e-9, 1]}) == [(0.5, 0.5 + 1e-9)]
    assert differences("M1 2L3 4L5 6Z", "M1 2L3 5L5 8Z") == [(6, 8)]
    assert differences(["AAAA", None], ["AAAB", None]) == [("AAAA", "AAAB")]
