"""Two walks in the ravine: the script's steps are those of nnlib's optimizers, and the limits it names hold."""

import numpy as np
import pytest

from nnlib.alive import live, walks


@pytest.fixture(scope="module")
def handed():
    """What the interactive hands over: its data and its words."""
    with pytest.MonkeyPatch.context() as patch:
        got = []
        patch.setattr(live, "show", lambda name, data, label, text: got.append((data, text)))
        walks.show()
    return got[0]


# Rates at which a rounding error does not grow: a walk that only just diverges multiplies it too.
@pytest.mark.parametrize("name", walks.OPTIMIZERS)
def test_the_walks_of_the_script_are_those_of_nnlib(node, handed, name):
    for rate in (0.001, 0.01, 0.1, 1):
        for noise, seed in ((0, 5), (3, 0), (30, 1)):
            ours = walks.walk(name, rate, 200, noise, seed)
            given = {"each": [name, rate], "noise": noise, "seed": seed}
            theirs = node("walks", "walk(taskOf(data), each, 200, noise, seed)", data=handed[0], **given)
            assert len(theirs) == len(ours) and np.allclose(theirs, ours, rtol=1e-9, atol=1e-9), (rate, noise)


def test_no_walk_is_like_another(handed):
    ends = {name: tuple(walks.walk(name, 0.01, 50, 3)[-1]) for name in walks.OPTIMIZERS}
    assert len(set(ends.values())) == len(ends) == len(handed[0]["optimizers"])


def test_the_noise_has_its_size_and_is_the_same_for_every_walk(node, handed):
    for seed in map(int, handed[0]["shakes"]):
        shakes = walks.shakes(seed)
        assert np.allclose(shakes.std(axis=0), 1, atol=0.1) and abs(shakes.mean()) < 0.1
        found = node("walks", "taskOf(data).shakes[seed]", data=handed[0], seed=seed)
        assert np.array_equal(np.reshape(found, (-1, 2)) / walks.GRAIN, shakes)
    shaken = [walks.walk("plain descent", 0.01, 1, noise)[1] for noise in (0, 10)]
    assert np.allclose((shaken[0] - shaken[1]) / 0.01, 10 * walks.shakes(5)[0])


@pytest.mark.parametrize(
    ("name", "limit"),
    [("Nesterov 0.9", 3.8 / 280), ("plain descent", 0.02), ("momentum 0.8", 0.036), ("momentum 0.9", 0.038)],
)
def test_a_walk_diverges_beyond_its_limit_and_two_neighbours_of_the_slider_show_it(name, limit):
    assert f"{name} beyond {'the rate ' * (name[0] == 'N')}{limit:.3g}" in walks.LIMITS
    below, above = (max(r for r in walks.RATES if r < limit), min(r for r in walks.RATES if r > limit))
    for rates in ((0.99 * limit, 1.02 * limit), (below, above)):
        lost = [walks.cost(walks.walk(name, rate, walks.STEPS)[-1]) >= walks.LOST for rate in rates]
        assert lost == [False, True], rates


@pytest.mark.parametrize("name", ["AdaGrad", "RMSProp", "Adam"])
def test_what_divides_by_a_usual_size_diverges_at_no_rate(name):
    assert all(walks.cost(walks.walk(name, rate, walks.STEPS)).max() < walks.LOST for rate in walks.RATES)


def test_the_script_says_what_python_says(node, handed):
    said = [
        {"walks": [["plain descent", 0.018], ["momentum 0.9", 0.018]], "noise": 0, "seed": 5, "steps": 0},
        {"walks": [["plain descent", 0.0205], ["Nesterov 0.9", 1]], "noise": 0, "seed": 5, "steps": 500},
        {"walks": [["Adam", 0.5], ["RMSProp", 0.1]], "noise": 10, "seed": 3, "steps": 100},
        {"walks": [["AdaGrad", 3], ["momentum 0.8", 0.0005]], "noise": 1, "seed": 2, "steps": 101},
        {"walks": [["Adam", 2], ["Adam", 2]], "noise": 30, "seed": 0, "steps": 1},
    ]
    for choice in said:
        assert node("walks", "said(taskOf(data), choice)", data=handed[0], choice=choice) == walks.said(choice)
    assert "diverged at step 102." in walks.said(said[1]) and "mean of the last 100" in walks.said(said[3])


def test_the_words_begin_with_the_limits_and_tell_of_noise(handed):
    _, text = handed
    assert text[1] == walks.LIMITS
    assert sum("with noise 10" in line for line in text) == 3 and any("diverged" in line for line in text)
