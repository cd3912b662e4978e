"""What the libraries cost and bring: every number is there, each from a process of its own, and makes sense."""

import json

import pytest

from measure import MEASURED, libraries

STORED = json.loads((MEASURED / "libraries.json").read_text(encoding="utf-8"))


def test_each_library_and_each_product_has_its_numbers():
    assert list(STORED["libraries"]) == list(libraries.LIBRARIES)
    assert list(STORED["products"]) == list(libraries.PRODUCTS)
    assert STORED["rounds"] == libraries.ROUNDS >= 5
    for found in STORED["libraries"].values():
        assert {"import_seconds", "megabytes", "first_seconds", "step_seconds"} == found.keys()
        assert all(value > 0 for value in found.values())
        assert found["first_seconds"] > found["step_seconds"]


def test_nnlib_is_measured_as_the_others_are(monkeypatch):
    imported, make = libraries.LIBRARIES["nnlib"]
    found = libraries.run(libraries.BEGIN + imported + libraries.STEPS.format(make=make) + libraries.MEMORY)
    assert found.keys() == STORED["libraries"]["nnlib"].keys()
    assert 20 < found["megabytes"] < 2000


def test_the_median_counts():
    found = [{"a": 1.0, "b": 5.0}, {"a": 9.0, "b": 4.0}, {"a": 2.0, "b": 6.0}]
    assert libraries.median(found) == {"a": 2.0, "b": 5.0}


def test_a_process_that_fails_is_an_error_and_no_number():
    with pytest.raises(libraries.subprocess.CalledProcessError):
        libraries.run("1 / 0")
