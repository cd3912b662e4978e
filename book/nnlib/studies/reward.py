"""Reward: a pole on a cart, which falls unless the cart is pushed in time; nobody says which push was right."""

from collections.abc import Callable

import numpy as np

from ..losses import SoftmaxCrossEntropy
from ..network import Network

GRAVITY, CART, POLE, HALF, FORCE, STEP = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02  # m/s², kg, kg, m (half the pole), N, s
EDGE, TILT, LONGEST = 2.4, np.radians(12), 500  # m from the middle, radians from upright, steps
LEFT, RIGHT = 0, 1  # the moves
SETS = ()  # it has no data: what a network learns from, it makes by its own moves

Choose = Callable[[np.ndarray], np.ndarray]  # from states (n, 4) to moves (n,)


def start(n: int, rng: np.random.Generator) -> np.ndarray:
    """So many carts near the middle, their poles nearly upright: states (n, 4), each number between -0.05 and 0.05.

    A state is the cart's place and its speed, the pole's angle and the speed of that. To the right is positive; units
    are metres, seconds and radians.
    """
    return rng.uniform(-0.05, 0.05, (n, 4))


def step(state: np.ndarray, move: np.ndarray, half: float = HALF) -> np.ndarray:
    """The states (n, 4) a fiftieth of a second later, each cart pushed by its move, LEFT or RIGHT (n,).

    The equations are those of Barto, Sutton and Anderson (1983) without friction, and the step is Euler's: what changes
    goes on for one step as it does at its beginning. `half` is half the pole's length.
    """
    _, speed, angle, turning = state.T
    sin, cos, mass = np.sin(angle), np.cos(angle), CART + POLE
    force = np.where(move == RIGHT, FORCE, -FORCE)
    pushed = (force + POLE * half * turning**2 * sin) / mass
    swing = (GRAVITY * sin - cos * pushed) / (half * (4 / 3 - POLE * cos**2 / mass))
    gain = pushed - POLE * half * swing * cos / mass
    return state + STEP * np.stack([speed, gain, turning, swing], axis=1)


def fallen(state: np.ndarray) -> np.ndarray:
    """For which carts it is over: off the track, or the pole more than 12 degrees from upright: (n,)."""
    return (np.abs(state[:, 0]) > EDGE) | (np.abs(state[:, 2]) > TILT)


def play(choose: Choose, n: int, rng: np.random.Generator, longest: int = LONGEST, half: float = HALF):
    """Let n carts run side by side until all have fallen, or for so many steps.

    Returns
    -------
    states : (time, n, 4), before each move; a cart that has fallen stays as it is.
    moves : (time, n), what was chosen.
    standing : booleans (time, n), whether it was not yet over for that cart.
    """
    state, up = start(n, rng), np.ones(n, bool)
    seen = []
    while up.any() and len(seen) < longest:
        move = choose(state)
        seen.append((state, move, up))
        state = np.where(up[:, None], step(state, move, half), state)
        up = up & ~fallen(state)
    states, moves, standing = map(np.array, zip(*seen, strict=True))
    return states, moves, standing


def by_lot(network: Network, rng: np.random.Generator) -> Choose:
    """Moves drawn by the network's probabilities, to learn from."""

    def choose(state):
        right = SoftmaxCrossEntropy.probabilities(network.predict(state))[:, RIGHT]
        return np.where(rng.random(len(state)) < right, RIGHT, LEFT)

    return choose


def likelier(network: Network) -> Choose:
    """Always the move that the network gives the larger probability."""
    return lambda state: network.predict(state).argmax(axis=1)


def stood(choose: Choose, n: int, rng: np.random.Generator, longest: int = LONGEST, half: float = HALF) -> np.ndarray:
    """How many steps each of n carts stood: integers (n,), at most `longest`."""
    return play(choose, n, rng, longest, half)[2].sum(axis=0)
