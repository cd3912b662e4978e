"""Exercises of Learning from reward."""

import numpy as np

from nnlib.exercises.kinds import predict_it, stretch_it, write_it
from nnlib.studies.reward import EDGE, LONGEST, TILT, play


@predict_it(
    "Which way?",
    minutes=3,
    hints=(
        "What are the slopes of the cross-entropy, if the move that was drawn is the label?",
        "p - y is (0.7, 0.3) - (0, 1). And the credit is what followed, minus the baseline.",
        "The credit is 10 - 14 = -4. Multiply both slopes by it.",
    ),
    why="The slopes p - y are (0.7, -0.7), and the credit is 10 - 14 = -4: a step against (-2.8, 2.8) makes the move "
    "that was drawn less probable, because less followed it than in the mean.",
    within=1e-6,
    mistakes=(
        ((7, -7), "these are the slopes times what followed; where is the baseline?"),
        ((2.8, -2.8), "nearly: the credit is what followed minus the baseline, and not the other way round"),
        ((0.7, -0.7), "these are the slopes of the label alone; what are they multiplied by?"),
        ((1.2, -1.2), "that would be so if the cart had been pushed to the left"),
        ((-2.8, -1.2), "these are the probabilities times the credit; a label changes one of them into p - 1"),
        ((2.8, 1.2), "these are the probabilities times 4; a label changes one of them into p - 1"),
    ),
)
def which_way():
    """The slopes of the cross-entropy, times the credit, at the logits of left and right; right was drawn."""
    p, label = (0.7, 0.3), (0, 1)
    followed, baseline = 10, 14
    return tuple((followed - baseline) * (p[j] - label[j]) for j in range(2))


def _rewards(rng):
    """The rewards of a few carts over some steps, and a discount."""
    return rng.integers(-3, 6, (int(rng.integers(4, 9)), int(rng.integers(2, 4)))).astype(float), float(
        rng.uniform(0.5, 0.95)
    )


def _carried(rewards, discount):
    """A running sum from the first row to the last, of which each row keeps a share."""
    found, total = np.zeros(rewards.shape), np.zeros(rewards.shape[1])
    for time, row in enumerate(rewards):
        total = row + discount * total
        found[time] = total
    return found


def _since_the_start(rewards, discount):
    """Every reward discounted by its own time."""
    worth = rewards * discount ** np.arange(len(rewards))[:, None]
    return np.cumsum(worth[::-1], axis=0)[::-1]


def _by_table(rewards, discount):
    """The same by a table of powers: how much a later reward, in a column, is worth at a time, in a row."""
    later = np.arange(len(rewards)) - np.arange(len(rewards))[:, None]
    return np.where(later >= 0, discount ** np.maximum(later, 0.0), 0) @ rewards


@write_it(
    "What followed",
    minutes=8,
    hints=(
        "Begin at the end: what followed the last move is its own reward. And the last but one?",
        "What followed a move is its reward plus the discount times what followed the next one.",
        "total = np.zeros(rewards.shape[1]); then, for time in reversed(range(len(rewards))): "
        "total = rewards[time] + discount * total, and keep it.",
    ),
    why="Each row is its own reward plus the discount times the row below it, so one walk from the end is enough.",
    inputs=_rewards,
    mistakes=(
        (_carried, "this adds up what came before a move; asked for is what followed it"),
        (
            _since_the_start,
            "this counts the discount from the first step; it should be counted from the move in question",
        ),
        (
            lambda rewards, discount: np.cumsum(rewards[::-1], axis=0)[::-1],
            "that is what followed, without the discount",
        ),
        (
            lambda rewards, discount: _carried(rewards.T[::-1], discount)[::-1].T,
            "this adds up from cart to cart; time runs down the rows",
        ),
        (
            lambda rewards, discount: _carried(rewards[::-1], discount)[::-1] - rewards,
            "a move's own reward belongs to what followed it",
        ),
    ),
    also_right=(_by_table, lambda rewards, discount: _carried(rewards[::-1], discount)[::-1]),
)
def what_followed(rewards, discount):
    """rewards: (time, n); returns of each move its reward plus the later ones, discounted: (time, n)."""
    found, total = np.zeros(rewards.shape), np.zeros(rewards.shape[1])
    for time in reversed(range(len(rewards))):
        total = rewards[time] + discount * total
        found[time] = total
    return found


@predict_it(
    "The best of ten",
    minutes=3,
    hints=(
        "When is the best of ten seeds none that learned? How probable is that for one seed, for two?",
        "One seed fails with probability 0.8, two both fail with 0.8 times 0.8. And ten?",
        "1 - 0.8 ** 10",
    ),
    why="All ten fail with probability 0.8 to the power of 10, which is 0.11. So the best run looks well 89 times of "
    "100, although the method fails four times of five.",
    within=0.006,
    mistakes=(
        (0.2, "that is the chance of one seed; he may show the best of ten"),
        (0.107, "with that probability all ten fail; asked for is that at least one learns"),
        (2, "two of ten learn in the mean; asked for is the probability that at least one does"),
        (0.8, "that is how probable it is that one seed fails"),
        (1.0, "nearly certain, but not quite: all ten fail with probability 0.8 to the power of 10"),
    ),
)
def best_of_ten():
    """The probability that at least one of ten seeds learns, where one in five does."""
    fails = 1 - 1 / 5
    return 1 - fails**10


def _measure_rule(rule):
    """How long 100 carts stand with this rule, at most 5,000 steps, in the mean."""
    longest, n = 10 * LONGEST, 100

    def choose(state):
        move = np.asarray(rule(state.copy()))
        if move.shape != (n,):
            raise ValueError(f"got moves of shape {move.shape}, expected ({n},), one for each cart")
        return np.where(move == 1, 1, 0)

    states, _, standing = play(choose, n, np.random.default_rng(0), longest)
    mean, last = standing.sum(axis=0).mean(), states[-1]
    said = f"the carts stood {mean:,.0f} of {longest:,} steps in the mean"
    if mean >= 4900:
        return said, True
    off = np.sum(np.abs(last[:, 0]) > EDGE) > np.sum(np.abs(last[:, 2]) > TILT)
    how = "more carts left the track than poles fell" if off else "more poles fell than carts left the track"
    return f"{said}, not yet 4,900: {how}", False


@stretch_it(
    "A rule that stays",
    minutes=15,
    hints=(
        "The rule of half a second keeps the pole up, and lets the cart drift to the end of the track. What of the "
        "state says that it drifts?",
        "To bring the cart back to the left, the pole must first lean to the left. So let the rule take a cart that is "
        "far to the right, or runs to the right, for a pole that leans a little more to the right than it does.",
        "state @ np.array([a, b, 1, 0.5]) > 0 with small numbers a and b above 0, for the place and the speed.",
    ),
    why="A push to the right tilts the pole to the left, and the rule then follows it there. So a little of the place "
    "and of the speed, added to the angle, brings a cart back that is too far to the right.",
    measure=_measure_rule,
    mistakes=(
        (lambda state: state[:, 2] + 0.5 * state[:, 3] > 0, "more carts left the track"),
        (lambda state: state[:, 2] > 0, "more poles fell"),
    ),
    also_right=(lambda state: state @ np.array([0.1, 0.2, 1, 1]) > 0,),
)
def rule(state):
    """state: (n, 4), rows of place, speed, angle and turning speed; returns (n,), 1 for right and 0 for left."""
    place, speed, angle, turning = state.T
    return np.where(angle + 0.5 * turning + 0.05 * place + 0.1 * speed > 0, 1, 0)
