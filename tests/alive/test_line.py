"""The perceptron's line: what it says of each task is what the rule does, and its points can be added exactly."""

import numpy as np
import pytest

from nnlib.alive import line, live


@pytest.fixture
def shown(monkeypatch):
    """What the interactive hands over: its data and its words."""
    handed = []
    monkeypatch.setattr(live, "show", lambda name, data, label, text: handed.append((data, label, "\n".join(text))))
    return handed


def test_and_is_learned_as_the_chapter_works_it_by_hand():
    w, b, updates, clean = line.train(*line.tasks()["AND"])
    assert (tuple(w), b, len(updates), clean) == ((2, 1), -2, 10, 6)


def test_xor_runs_in_a_circle_of_four_updates_and_what_is_learned_in_none():
    assert line.circle(line.train(*line.tasks()["XOR"])[2]) == (5, 4)
    assert line.circle(line.train(*line.tasks()["AND"])[2]) is None


def test_a_round_of_the_circle_that_is_not_over_is_not_yet_one():
    updates = line.train(*line.tasks()["XOR"], max_epochs=3)[2]
    assert line.circle(updates) is None and line.circle([*updates, (4, *updates[5][1:])]) == (5, 4)


@pytest.mark.parametrize("name", line.tasks())
def test_points_lie_on_a_grid_of_binary_fractions_and_apart_from_each_other(name):
    inputs, _ = line.tasks()[name]
    assert np.array_equal(inputs, np.round(inputs / line.GRAIN) * line.GRAIN)
    assert np.abs(inputs).max() <= 2 and inputs.min() >= -1  # where a point may be dragged to
    distances = np.linalg.norm(inputs[:, None] - inputs, axis=2)[~np.eye(len(inputs), dtype=bool)]
    assert distances.min() > 0.25


def test_the_words_tell_every_update_of_and(shown):
    line.show()
    data, label, text = shown[0]
    assert data["start"] == "AND" and "AND" in label and data["tasks"]["XOR"][1] == [0.0, 1.0, 1]
    assert "Update 4, epoch 2: (1, 1), with z = 0, should have fired: it is added. Now w = (2, 1), b = 0;" in text
    assert "Update 10, epoch 5" in text and "AND: 10 updates, then w = (2, 1), b = −2, and epoch 6" in text


def test_the_words_say_that_xor_never_ends(shown):
    line.show("XOR")
    assert "XOR: no line separates the points; after update 5 the same 4 updates repeat for ever." in shown[0][2]


def test_a_task_that_there_is_not_is_refused():
    with pytest.raises(KeyError, match="NAND"):
        line.show("NAND")
