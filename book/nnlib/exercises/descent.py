"""Exercises of Gradient descent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import sigmoid


@predict_it(
    "One step",
    minutes=1,
    hints=(
        "Is the slope at -2 positive or negative? Which way is against it?",
        "The slope of w^2 is 2w, so -4 here; the nudge is minus the rate times that.",
        "The nudge is -0.25 times -4, which is +1. Where does it lead from -2?",
    ),
    why="The slope is negative on the left of the bottom, so the step against it leads to the right.",
    mistakes=(
        (-3, "that is uphill: the slope is -4, and a step always subtracts rate times slope, sign and all"),
        (1, "that is the nudge; the question is where the knob stands after it"),
        (-1.75, "that is a step as long as the rate; its length is the rate times the slope"),
        (-1.5, "that takes w for the slope; the slope of w^2 is 2w"),
    ),
)
def one_step():
    """Where w stands after one step on C = w^2, from -2 at the rate 0.25."""
    w, learning_rate = -2.0, 0.25
    slope = 2 * w
    return w - learning_rate * slope


@predict_it(
    "Two knobs, one step on paper",
    minutes=3,
    hints=(
        "Hold b still: what is the slope of w^2 + w b + 2 b^2 along w? Then hold w still.",
        "The slopes are 2w + b and w + 4b. Put in w = 2 and b = -1, for both of them.",
        "The slopes are 3 and -2, so the nudges are -0.3 and +0.2.",
    ),
    why="Each knob has its own slope, both slopes are taken at the same place, and then both knobs move.",
    within=0.0005,
    mistakes=(
        ((2.3, -1.2), "that is uphill: a step subtracts rate times slope, for each knob"),
        ((1.7, -0.77), "b's slope was taken after w had moved: both slopes belong to the place (2, -1)"),
        ((1.6, -0.6), "w b has a slope too: along w it is b, along b it is w"),
        ((1.7, -1.2), "b's slope is -2, so minus 0.1 times it turns b up"),
        ((-0.3, 0.2), "those are the nudges; the question is where the knobs stand after them"),
        ((3, -2), "those are the slopes; the step subtracts 0.1 times each"),
        ((-0.8, 1.7), "w comes first, then b"),
    ),
)
def two_knobs():
    """Where w and b stand after one step on C = w^2 + w b + 2 b^2, from (2, -1) at the rate 0.1."""
    w, b, learning_rate = 2.0, -1.0, 0.1
    dw = 2 * w + b
    db = w + 4 * b
    return round(w - learning_rate * dw, 4), round(b - learning_rate * db, 4)


@predict_it(
    "Sum or mean?",
    minutes=2,
    hints=(
        "By what factor do the two costs differ? And their slopes?",
        "A step is rate times slope, and that product is to stay as it is.",
        "The slopes are 100 times as large, so the rate must be 100 times smaller.",
    ),
    why="Rate times slope is what moves a knob, so a cost that is n times as large needs a rate n times smaller.",
    mistakes=(
        (0.5, "at the same rate each step is 100 times as long: the sum has 100 times the slope of the mean"),
        (50, "the wrong way round: the sum has the larger slopes, so it needs the smaller rate"),
        (0.05, "the slopes grow by the number of examples itself, not by its square root"),
    ),
)
def rate_for_the_sum():
    """The rate that makes the same steps when the cost is a sum over 100 examples, not their mean."""
    n, rate_for_the_mean = 100, 0.5
    return rate_for_the_mean / n  # the sum's slopes are n times as large


@dataclass(frozen=True)
class Valley:
    """The slope of C = c/2 (w - lowest)^2 - ripple cos(w), to be called with w."""

    c: float
    lowest: float
    ripple: float

    def __call__(self, w: float) -> float:
        return self.c * (w - self.lowest) + self.ripple * np.sin(w)


def _uphill(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] + learning_rate * slope(path[-1]))
    return path


def _one_slope_for_all(slope, w, learning_rate, steps):
    return [w - k * learning_rate * slope(w) for k in range(steps + 1)]


def _equal_lengths(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * np.sign(slope(path[-1])))
    return path


def _descend_as_array(slope, w, learning_rate, steps):
    path = np.full(steps + 1, w)
    for k in range(steps):
        path[k + 1 :] -= learning_rate * slope(path[k])
    return path


@write_it(
    "A walk downhill",
    minutes=6,
    hints=(
        "Keep a list that begins with the start; each step appends one place to it.",
        "Ask for the slope anew in every step, at the place where the walk stands now.",
        "In the loop: w = w - learning_rate * slope(w), then path.append(w).",
    ),
    why="Each nudge is minus the rate times the slope at the place that the last nudge led to.",
    inputs=lambda rng: (
        Valley(*rng.uniform((0.5, -1, 0.2), (2, 1, 1)).round(2).tolist()),
        round(rng.uniform(-8, 8), 2),
        round(rng.uniform(0.2, 1.2), 2),
        int(rng.integers(8)),
    ),
    tries=30,
    mistakes=(
        (_uphill, "this walks uphill: a step subtracts the rate times the slope"),
        (lambda *call: descend(*call)[1:], "the start is missing: with it there is one place more than steps"),
        (lambda *call: descend(*call)[-1], "this is the last place alone; return the list of all places"),
        (_one_slope_for_all, "the slope was taken once, at the start; each step asks for it where it stands"),
        (_equal_lengths, "all steps are of one length; a step is the rate times the slope, not times its sign"),
    ),
    also_right=(_descend_as_array, lambda *call: tuple(descend(*call))),
)
def descend(slope, w, learning_rate, steps):
    """The places of a walk downhill: its start w, and the place after each step."""
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * slope(w)
        path.append(w)
    return path


@write_it(
    "How large may the rate be?",
    minutes=3,
    hints=(
        "One step multiplies knob i by its own factor, 1 - rate * c[i].",
        "Every factor must lie between -1 and 1. Which knob is the first to break that?",
        "The most sharply curved one: 1 - rate * max(c) must stay above -1.",
    ),
    why="Each knob has its own factor 1 - rate c, and that of the sharpest curvature is the first to pass -1.",
    inputs=lambda rng: (10 ** rng.uniform(-1, 3) * rng.uniform(0.1, 1, rng.integers(2, 9)),),
    tries=30,
    mistakes=(
        (lambda c: 1 / max(c), "at this rate the most curved knob arrives in one step; it bears twice as much"),
        (lambda c: 2 / min(c), "that is what the least curved knob bears; the most curved has diverged by then"),
        (lambda c: 1 / min(c), "this is the best rate of the least curved knob; the most curved sets the limit"),
        (lambda c: 2 / np.mean(c), "curvatures do not average: every knob has a factor of its own"),
        (lambda c: 2 / np.sum(c), "curvatures do not add up: every knob has a factor of its own"),
    ),
    also_right=(lambda c: 2 / np.sort(c)[-1], lambda c: [2 / np.max(c).astype(np.float32)]),
)
def rate_limit(c):
    """The rate beyond which descent on c[0]/2 w_1^2 + c[1]/2 w_2^2 + ... diverges."""
    return 2 / max(c)


@dataclass(frozen=True)
class Bowl:
    """The cost C = p w^2 + q w b + r b^2 + sin 2w + sin 2b, to be called with w and b."""

    p: float
    q: float
    r: float

    def __call__(self, w: float, b: float) -> float:
        return self.p * w**2 + self.q * w * b + self.r * b**2 + np.sin(2 * w) + np.sin(2 * b)


def _one_after_the_other(cost, w, b, learning_rate, h=1e-4):
    dw = (cost(w + h, b) - cost(w - h, b)) / (2 * h)
    w = w - learning_rate * dw
    db = (cost(w, b + h) - cost(w, b - h)) / (2 * h)
    b = b - learning_rate * db
    return w, b


def _step_with_arrays(cost, w, b, learning_rate, h=1e-4):
    theta = np.array([w, b])
    nudges = h * np.eye(2)
    gradient = [(cost(*(theta + nudge)) - cost(*(theta - nudge))) / (2 * h) for nudge in nudges]
    theta -= learning_rate * np.array(gradient)
    return theta


@fix_it(
    "Two knobs, one step",
    minutes=5,
    hints=(
        "At which w and which b is each of the two slopes taken?",
        "The gradient belongs to one place: all its slopes are taken before any knob is moved.",
        "Compute dw and db first; only then change w and b.",
    ),
    why="The gradient is the list of slopes at one place, so no knob moves before all slopes are known.",
    inputs=lambda rng: (
        Bowl(*rng.uniform(1, 3, 3).round(2).tolist()),
        *(rng.choice([-1, 1], 2) * rng.uniform(0.5, 2, 2).round(2)).tolist(),
        round(rng.uniform(0.05, 0.2), 2),
    ),
    tries=20,
    mistakes=(
        (_one_after_the_other, "b's slope is taken after w has moved: take both slopes at the same place"),
        (
            lambda cost, w, b, learning_rate: step_both(cost, w, b, -learning_rate),
            "this walks uphill: a step subtracts the rate times the slope",
        ),
        (
            lambda cost, w, b, learning_rate: step_both(cost, w, b, 2 * learning_rate),
            "the step is twice too long: from h below to h above it is 2h",
        ),
        (
            lambda cost, w, b, learning_rate: tuple(
                np.array([w, b]) - (np.array([w, b]) - step_both(cost, w, b, learning_rate))[::-1]
            ),
            "the two slopes have changed places: each knob moves against its own",
        ),
    ),
    also_right=(_step_with_arrays, lambda *call: list(step_both(*call))),
)
def step_both(cost, w, b, learning_rate, h=1e-4):
    """The new w and b after one step of gradient descent on cost(w, b)."""
    dw = (cost(w + h, b) - cost(w - h, b)) / (2 * h)
    db = (cost(w, b + h) - cost(w, b - h)) / (2 * h)
    return w - learning_rate * dw, b - learning_rate * db


@order_it(
    "Nudge, look, put back, step",
    minutes=4,
    hints=(
        "Remember the knob's place before you touch it.",
        "Up, look, down, look: the nudge down starts from the place above, which is why it is 2 * h.",
        "Put the knob back before it takes its step.",
    ),
    why="Both costs are looked at from the knob's own place, and the step starts there too.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,), 6: (2, 4), 7: (5, 6)},
    shuffle=(4, 7, 1, 6, 0, 3, 5, 2),
    mistakes=(
        ((0, 1, 2, 3, 4, 6, 7, 5), "the knob is put back last, which undoes the step that it has taken"),
        ((0, 1, 3, 2, 4, 5, 6, 7), "both costs are looked at from below: look before you nudge down"),
        ((1, 0, 2, 3, 4, 5, 6, 7), "what is kept is the nudged place; keep the knob's place first"),
    ),
)
def nudge_and_step():
    return (
        "kept = w[i]",
        "w[i] += h",
        "above = cost(w)",
        "w[i] -= 2 * h",
        "below = cost(w)",
        "w[i] = kept",
        "slope = (above - below) / (2 * h)",
        "w[i] -= learning_rate * slope",
    )


@explain_it(
    "A run that stalls",
    minutes=2,
    question="For a thousand steps a 2-2-1 network on XOR has stood at a cost of about 1/16. What do you know?",
    hints=(
        "Three of the four say more than the chapter has measured or cited. Which one does not?",
        "Look at what the unsolved runs did when they were given eight thousand further steps.",
    ),
    why="A small gradient says that the ground is nearly level here, and nothing about what lies elsewhere.",
)
def stalled():
    return (
        Choice(
            "Gradient descent has converged, so these are the optimal weights.",
            "It promises no such thing: other starts of the same network reach a cost below 0.01.",
        ),
        Choice(
            "It is caught in a local minimum, and only a jump can free it.",
            "On XOR this network has no local minima at finite weights: the cost is still falling, very slowly.",
        ),
        Choice(
            "The ground is nearly level where it stands; better weights exist, and it may or may not get there.",
            "Yes: a plateau. Two examples get the same answer, the slopes are tiny, and waiting may not be enough.",
            right=True,
        ),
        Choice(
            "Two hidden neurons are too few for XOR.",
            "They suffice: 78 of the chapter's hundred runs solved it with two.",
        ),
    )


@explain_it(
    "What sort of place is this?",
    minutes=2,
    question="All slopes are zero here. Turning w1 raises the cost, either way; turning w2 lowers it. Where are we?",
    hints=(
        "Draw the cost against w1, and then against w2.",
        "In a minimum no small step may lead down. Does one lead down here?",
    ),
    why="A place with all slopes zero is a minimum only if no direction leads down; one that does makes it a saddle.",
)
def which_place():
    return (
        Choice("A local minimum.", "In a minimum every small step leads up; here a turn of w2 leads down."),
        Choice("The bottom.", "There is a way down from here, along w2, so lower places exist."),
        Choice(
            "A saddle.",
            "Yes: up in one direction, down in the other, and level exactly in the middle.",
            right=True,
        ),
        Choice("A plateau.", "A plateau is wide and nearly level; here the cost rises and falls close by."),
    )


@explain_it(
    "Neurons that stay alike",
    minutes=2,
    question="All weights and biases of an XOR network start at 0.5. Why do its hidden neurons never come to differ?",
    hints=(
        "Compare what the two hidden neurons receive, what they send on, and what comes back to them.",
        "If two neurons have equal weights now, can their slopes differ?",
    ),
    why="Equal neurons get equal slopes and take equal steps, so only a start that differs can make them differ.",
)
def alike():
    return (
        Choice(
            "Equal neurons get equal slopes, so they take equal steps and are equal again.",
            "Yes: nothing in the rule can tell the two apart, at any rate and for any number of steps.",
            right=True,
        ),
        Choice(
            "All slopes are zero there, so nothing moves.",
            "That is the start from zeros. From halves the weights do move, both neurons' in the same way.",
        ),
        Choice(
            "0.5 is too large: the neurons are saturated.",
            "They are not, and a smaller common start does no better: what matters is that the neurons start equal.",
        ),
        Choice(
            "The rate is too small to part them; more steps would.",
            "No number of steps parts them, since each step is the same for both.",
        ),
    )


@explain_it(
    "What is left for backpropagation?",
    minutes=2,
    question="This chapter trained hundreds of networks without backpropagation. What then will backpropagation bring?",
    hints=(
        "The networks of this chapter were trained by nudging alone. What was bad about it?",
        "Separate two questions: how the slopes are found, and what is done with them.",
    ),
    why="Learning is the step; backpropagation finds the same slopes as nudging, for the price of about two passes.",
)
def what_remains():
    return (
        Choice(
            "It is the learning rule; what happened here was not learning.",
            "It was: the rule is w - rate times slope, and it does not ask where the slopes come from.",
        ),
        Choice(
            "A better direction than the one that nudging finds.",
            "It finds the same gradient; nudging misses it by less than a millionth.",
        ),
        Choice("A way round plateaus and local minima.", "It only computes slopes: the walk meets the same plateaus."),
        Choice(
            "The same slopes, much cheaper: one forward and one backward pass in place of two passes for every knob.",
            "Yes: 26,004 forward passes become one pass forward and one back, and the step stays as it is.",
            right=True,
        ),
    )


RUNS, STEPS, WANTED = 100, 4000, 95
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


def _costs_and_gradients(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cost on XOR and its gradient; nine parameters down, networks across."""
    W1, b1, w2, b2 = theta[:4].reshape(2, 2, -1), theta[4:6], theta[6:8], theta[8]
    a1 = sigmoid(X @ W1 + b1[:, None])  # (2 neurons, 4 examples, networks)
    a2 = sigmoid((w2[:, None] * a1).sum(axis=0) + b2)
    delta2 = (a2 - Y) * a2 * (1 - a2) / len(Y)
    delta1 = delta2 * w2[:, None] * a1 * (1 - a1)
    dW1 = (X.T @ delta1).reshape(4, -1)
    dw2 = (delta2 * a1).sum(axis=1)
    gradient = np.vstack([dW1, delta1.sum(axis=1), dw2, delta2.sum(axis=0)])
    return np.sum((a2 - Y) ** 2, axis=0) / (2 * len(Y)), gradient


def _measure_start(start: Callable) -> tuple[str, bool]:
    """How many of a hundred runs solve XOR from these starts."""
    drawn = [start(np.random.default_rng(seed)) for seed in range(RUNS)]
    theta = np.array([numbers for numbers, _ in drawn], dtype=float).T
    rates = np.array([rate for _, rate in drawn], dtype=float)
    if theta.shape != (9, RUNS) or rates.shape != (RUNS,) or not np.isfinite(theta).all() or not (rates > 0).all():
        return "return nine finite numbers and one rate above 0: (numbers, learning_rate)", False
    if np.allclose(theta[[0, 1, 4, 6]], theta[[2, 3, 5, 7]]):
        return "the two hidden neurons start alike, and so they stay alike", False
    if len(np.unique(theta.T, axis=0)) < RUNS:
        return "some of the hundred starts are the same: draw the numbers from rng", False
    with np.errstate(all="ignore"):
        if _costs_and_gradients(theta)[0].min() < 0.1:
            return "some starts solve half of the task before the first step: begin where nothing is known", False
        if np.var(theta, axis=1).mean() < np.mean(theta**2) / 25:
            return "the hundred starts are nearly one and the same: draw the numbers from rng", False
        for _ in range(STEPS):
            theta -= rates * _costs_and_gradients(theta)[1]
        final = _costs_and_gradients(theta)[0]
    solved = int(np.sum(final < 0.01))
    says = f"{solved} of {RUNS} runs solve XOR in {STEPS:,} steps"
    if solved >= WANTED:
        return says, True
    if np.sum(final > 0.12) > RUNS / 4:
        return f"{says}; many stand no lower than they began: the strides are too long, or too short to leave", False
    return f"{says}; the rest stand on plateaus: longer strides, or another spread of the start, may cross them", False


def _start_with_neurons_of_unlike_effect(rng):
    hidden, out = rng.uniform(0.5, 1.5, 4), rng.uniform(0.5, 1.5, 2) * [1, -1]
    return [*hidden, *-np.abs(rng.standard_normal(2)), *out, 0.0], 10


@stretch_it(
    "Fewer plateaus",
    minutes=25,
    hints=(
        "There are two things to turn: how far apart the starting numbers lie, and the rate. Neither is enough alone.",
        "On a plateau slopes are small, so steps are small; what makes them longer without new knobs?",
        "Try rates between 10 and 30, and starting numbers that are smaller than usual.",
    ),
    why="Neither is enough alone: at the rate 2 such small starts solve fewer, and at 15 larger ones stay below 95.",
    measure=_measure_start,
    mistakes=(
        (lambda rng: (np.zeros(9), 20.0), "the two hidden neurons start alike"),
        (lambda rng: (np.random.default_rng(0).normal(0, 0.3, 9), 20.0), "some of the hundred starts are the same"),
        (
            lambda rng: (np.random.default_rng(11).normal(0, 0.2, 9) + rng.normal(0, 1e-3, 9), 15.0),
            "the hundred starts are nearly one and the same",
        ),
        (lambda rng: (rng.normal(0, 0.7, 9), 2.0), "the rest stand on plateaus"),
        (lambda rng: (rng.normal(0, 0.3, 9), 500.0), "many stand no lower than they began"),
        (
            lambda rng: (np.array([6, 6, 6, 6, -3, -9, 9, -9, -4]) + rng.normal(0, 0.1, 9), 2.0),
            "some starts solve half of the task before the first step",
        ),
    ),
    also_right=(_start_with_neurons_of_unlike_effect,),
)
def start_xor(rng):
    """Nine starting numbers for the 2-2-1 network on XOR, and a learning rate."""
    return rng.normal(0, 0.2, 9), 15.0
