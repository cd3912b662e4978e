"""The cart and its pole: mechanics holds, what is over stays over, and moves are drawn as the network says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import Dense, Network
from nnlib.studies import reward
from nnlib.studies.reward import by_lot, fallen, likelier, play, start, step, stood

NUMBER = st.floats(-1, 1)
STATE = st.tuples(NUMBER, NUMBER, NUMBER, NUMBER).map(lambda state: np.array([state]))
MOVE = st.sampled_from([reward.LEFT, reward.RIGHT])


def energy(state, half):
    """Of motion and of height: a cart, and a uniform rod on a hinge of it."""
    _, speed, angle, turning = state[0]
    motion = (reward.CART + reward.POLE) * speed**2 / 2 + reward.POLE * half**2 * turning**2 * 2 / 3
    return motion + momentum_of_the_swing(state, half) * speed + reward.POLE * reward.GRAVITY * half * np.cos(angle)


def momentum_of_the_swing(state, half):
    return reward.POLE * half * state[0, 3] * np.cos(state[0, 2])


def momentum(state, half):
    return (reward.CART + reward.POLE) * state[0, 1] + momentum_of_the_swing(state, half)


def rate(quantity, state, move, half):
    """How fast a quantity changes along a step."""
    way, h = (step(state, np.array([move]), half) - state) / reward.STEP, 1e-5
    return (quantity(state + h * way, half) - quantity(state - h * way, half)) / (2 * h)


@given(STATE, MOVE, st.sampled_from([0.125, 0.5, 2.0]))
def test_the_push_is_what_changes_energy_and_momentum(state, move, half):
    force = reward.FORCE * (1 if move == reward.RIGHT else -1)
    assert rate(energy, state, move, half) == pytest.approx(force * state[0, 1], abs=1e-6)
    assert rate(momentum, state, move, half) == pytest.approx(force, abs=1e-6)


@given(STATE, MOVE)
def test_left_and_right_are_alike(state, move):
    mirrored = -step(-state, np.array([1 - move]))
    np.testing.assert_allclose(step(state, np.array([move])), mirrored, rtol=0, atol=1e-12)


def test_it_is_over_off_the_track_and_beyond_twelve_degrees():
    states = np.zeros((5, 4))
    states[:, 0] = 2.39, -2.41, 0, 0, 0
    states[:, 2] = np.radians([0, 0, 11.9, 12.1, -12.1])
    assert fallen(states).tolist() == [False, True, False, True, True]
    assert np.abs(start(500, np.random.default_rng(0))).max() <= 0.05


def test_each_cart_runs_until_it_is_over_and_then_stays():
    states, moves, standing = play(lambda state: np.ones(len(state), np.intp), 5, np.random.default_rng(0))
    assert states.shape == (*moves.shape, 4) == (*standing.shape, 4) and standing[0].all() and standing[-1].any()
    assert np.all(standing[1:] <= standing[:-1])
    for cart, steps in enumerate(standing.sum(axis=0)):
        assert not fallen(states[:steps, cart]).any() and fallen(states[steps:, cart]).all()
        for time in range(steps - 1):
            after = step(states[time, cart : cart + 1], moves[time, cart : cart + 1])
            np.testing.assert_array_equal(states[time + 1, cart], after[0])
        assert len(np.unique(states[steps:, cart], axis=0)) <= 1


def test_who_stands_long_enough_is_stopped():
    rule = lambda state: (state[:, 2] + 0.5 * state[:, 3] > 0).astype(np.intp)  # noqa: E731
    assert stood(rule, 7, np.random.default_rng(0), longest=50).tolist() == [50] * 7


def test_moves_are_drawn_by_the_probabilities_or_the_likelier_one_is_taken():
    network = Network(Dense(4, 2, np.random.default_rng(0)))
    network.layers[0].W[...], network.layers[0].b[...] = 0, [0, np.log(3)]
    state = np.zeros((4000, 4))
    assert by_lot(network, np.random.default_rng(0))(state).mean() == pytest.approx(0.75, abs=0.03)
    assert likelier(network)(state).tolist() == [reward.RIGHT] * 4000
