"""The perceptron's line: its script learns as Python does, its words say what the rule does, its sums are exact."""

import numpy as np
import pytest

from nnlib.alive import line, live

TRAIN, SEPARABLE = "train(points, limit)", "separable(points)"


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


def rows(inputs, targets):
    return [[*map(float, x), int(y)] for x, y in zip(inputs, targets, strict=True)]


def same(ours, theirs):
    """Whether the script made the very updates that Python made."""
    *_, updates, clean = ours
    assert (theirs["clean"], len(theirs["updates"])) == (clean, len(updates))
    for (epoch, _, z, error, w, b), update in zip(updates, theirs["updates"], strict=True):
        assert (update["epoch"], update["error"]) == (epoch, error)
        assert np.allclose([update["z"], *update["w"], update["b"]], [z, *w, b], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", line.tasks())
def test_the_script_learns_each_task_as_python_does(node, name):
    inputs, targets = line.tasks()[name]
    ours = line.train(inputs, targets, max_epochs=50)
    theirs = node("line", TRAIN, points=rows(inputs, targets), limit=len(ours[2]))
    same(ours, theirs)
    assert theirs["circle"] == (list(line.circle(ours[2])) if ours[3] is None else None)


@pytest.mark.parametrize("grain", [line.GRAIN, None])
def test_the_script_learns_random_points_as_python_does(node, grain):
    rng = np.random.default_rng(0)
    tasks = [(rng.uniform(-1, 2, (n, 2)), rng.integers(0, 2, n)) for n in rng.integers(2, 9, 100)]
    if grain:
        tasks = [(np.round(inputs / grain) * grain, targets) for inputs, targets in tasks]
    learned = [line.train(*task, max_epochs=60) for task in tasks]
    for task, ours in zip(tasks, learned, strict=True):
        points = rows(*task)
        same(ours, node("line", TRAIN, points=points, limit=len(ours[2])))
        # What the rule has learned a line separates; and where the rule runs in a circle, none does.
        said = node("line", SEPARABLE, points=points)
        assert said or ours[3] is None
        assert not said or line.circle(ours[2]) is None
    assert 20 < sum(clean is not None for *_, clean in learned) < 90


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([[0, 0, 1], [0, 0, 0]], False),
        ([[0, 0, 0], [1, 1, 1], [2, 2, 0]], False),
        ([[0, 0, 0], [1, 1, 1], [2, 2, 1]], True),
        ([[0, 0, 1], [1, 0, 1]], True),
    ],
)
def test_points_that_touch_are_not_separable_and_points_of_one_kind_are(node, points, said):
    assert node("line", SEPARABLE, points=points) == said
