"""The tape beside hand-written layers: all ways compute the same slopes, and the stored ratios are of what is timed."""

import json

import numpy as np
import pytest

from measure import MEASURED, tape
from nnlib import QuadraticCost
from nnlib.autodiff import Value

STORED = json.loads((MEASURED / "tape.json").read_text(encoding="utf-8"))


@pytest.fixture
def batch(monkeypatch):
    """A small network, with a batch of three."""
    monkeypatch.setattr(tape, "SIZES", (6, 4, 3))
    rng = np.random.default_rng(0)
    return tape.built(rng), rng.random((3, 6)), rng.random((3, 3))


def slopes_by_layers(network, x, y):
    loss = QuadraticCost()
    loss.forward(network.forward(x), y)
    network.collect(loss.backward())
    return [p.grad for p in network.parameters()]


@pytest.mark.parametrize("squash", [tape.squash, tape.gate])
def test_the_tape_finds_the_slopes_of_the_layers(batch, squash):
    network, x, y = batch
    values = [Value(p.value) for p in network.parameters()]
    tape.cost_of(values, x, y, squash).backward()
    for value, slope in zip(values, slopes_by_layers(network, x, y), strict=True):
        assert np.allclose(value.grad, slope, rtol=1e-12, atol=1e-15)


def test_so_does_a_value_for_each_number(batch):
    network, x, y = batch
    numbers = [np.vectorize(Value, otypes=[object])(p.value) for p in network.parameters()]
    tape.cost_by_numbers(numbers, x[0], y[0]).backward()
    for values, slope in zip(numbers, slopes_by_layers(network, x[:1], y[:1]), strict=True):
        grads = np.vectorize(lambda value: float(value.grad))(values)
        assert np.allclose(grads, slope, rtol=1e-12, atol=1e-15)


def test_every_way_takes_its_turn_in_every_round(batch, monkeypatch):
    monkeypatch.setattr(tape, "SECONDS", 0.0)
    found = tape.beside_layers(1)
    assert list(found) == ["tape", "gates", "numbers"]
    assert list(tape.beside_layers(2)) == ["tape", "gates"]
    assert all(each["time"]["min"] <= each["time"]["mean"] <= each["time"]["max"] for each in found.values())
    assert found["numbers"]["memory"] > found["tape"]["memory"] > found["gates"]["memory"] > 1


def test_what_is_stored_is_of_the_network_and_the_batches_that_the_program_has():
    assert STORED["sizes"] == list(tape.SIZES) and STORED["rounds"] == tape.ROUNDS
    assert list(STORED["batches"]) == [str(n) for n in tape.BATCHES]
