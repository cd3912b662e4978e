"""Exercises of the chapter Can you trust a gradient."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, predict_it, stretch_it, write_it


@predict_it(
    "How many times too large?",
    minutes=2,
    hints=(
        "Which formula has the factor k in it?",
        "The relative error is (k - 1) / (k + 1). For k = 2 it is 1/3; try a larger k.",
        "k - 1 must be half of k + 1.",
    ),
    why="(3 - 1) / (3 + 1) = 0.5: the gradient is three times what it should be.",
    mistakes=(
        (1 / 3, "that is the factor of a gradient that is too small, which has the same relative error"),
        (2, "a factor of 2 gives 1/3"),
        (1.5, "the relative error divides by the sizes of both, so 0.5 is more than half as much again"),
        (0.5, "that is the relative error itself: which factor k does it belong to?"),
    ),
)
def how_many_times():
    """The factor that belongs to a relative error of 0.5."""
    error = 0.5
    return (1 + error) / (1 - error)


@predict_it(
    "One way and both ways",
    minutes=5,
    hints=(
        "One way: (f(1.1) - f(1)) / 0.1. Both ways: (f(1.1) - f(0.9)) / 0.2.",
        "One way is 0.331 / 0.1, both ways 0.602 / 0.2. How far is each from 3?",
        "3.31 and 3.01.",
    ),
    why="One way the error begins with 3h, both ways with h^2: nudging both ways is off far less.",
    mistakes=(
        ((3.31, 3.01), "these are the slopes that come out: how far is each from 3?"),
        ((0.01, 0.31), "the one-sided error was asked for first"),
        ((0.31, 3.02), "both ways the nudges are 0.2 apart: divide by 0.2"),
    ),
)
def one_way_and_both():
    """How far the slope of x^3 at 1 is missed with h = 0.1: nudging up only, and nudging both ways."""
    h = 0.1
    one_way = ((1 + h) ** 3 - 1) / h  # 3.31
    both_ways = ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h)  # 3.01
    return one_way - 3, both_ways - 3


@explain_it(
    "A step too small",
    minutes=2,
    question="Your check uses central differences with h = 1e-13 and reports a relative error of 0.002. What now?",
    hints=(
        "On which side of the V does this h lie?",
        "How many digits do f(x + h) and f(x - h) have in common at this h?",
    ),
    why="Where h is large the chord is off, where it is tiny digits run out; at 1e-13 most digits are rounding.",
)
def smaller_h():
    return (
        Choice(
            "The backward pass is wrong: 0.002 is above 0.001.",
            "Perhaps not: that table is for h = 1e-5. At this h a right backward pass may look like this too.",
        ),
        Choice(
            "Check again with h = 1e-5 before you judge.",
            "Yes: at 1e-13 nearly all digits of the difference are rounding; at 1e-5 few are.",
            right=True,
        ),
        Choice(
            "h is still too large: the limit of the difference is the slope, so take 1e-15.",
            "On paper, yes. In float64 the rounding error grows as h shrinks, and 1e-15 is worse still.",
        ),
        Choice(
            "Nudge one way only: it rounds once less.",
            "It takes the difference of two values just the same, and its chord is further off.",
        ),
    )


@explain_it(
    "A batch of one",
    minutes=2,
    question=(
        "Somebody checks a layer of 4 inputs and 3 neurons with a batch of one example, and everything passes. "
        "Which mistake may still be in its backward pass?"
    ),
    hints=(
        "Which of the mistakes changes nothing when there is one row only?",
        "What is the mean of one number?",
    ),
    why="With one example mean and sum are the same number, so only a larger batch can tell them apart.",
)
def batch_of_one():
    return (
        Choice(
            "The gradient for b has the wrong sign.",
            "One example is enough for that: the relative error would be 1.",
        ),
        Choice(
            "delta @ W.T in place of delta @ W.",
            "With 4 inputs and 3 neurons these shapes do not fit, so it would have raised an error.",
        ),
        Choice(
            "The mean over the batch in place of the sum.",
            "Yes: the mean of one row is that row, and so is its sum.",
            right=True,
        ),
        Choice(
            "None: what is right for one example is right for any.",
            "A batch is more than its examples: something has to add them up, and with one there is nothing to add.",
        ),
    )


@explain_it(
    "What a passed check proves",
    minutes=2,
    question="Every gradient of a network has passed the check, and still it does not learn. What can you rule out?",
    hints=(
        "What does a gradient check compare with what?",
        "Suppose the forward pass adds the bias twice, and the backward pass belongs to that. What does the check say?",
    ),
    why="A gradient check holds the backward pass against the forward pass, and does not know what that is for.",
)
def passed():
    return (
        Choice(
            "Every mistake in the code: it has been checked.",
            "The check cannot know what the forward pass ought to compute: if that is wrong, both are wrong alike.",
        ),
        Choice(
            "Too large a learning rate: it would have shown.",
            "A check takes no step, so it has nothing to say about the rate.",
        ),
        Choice(
            "Weights that all start alike: their slopes would have differed from the nudged ones.",
            "Slopes are right there too. They are equal, which is what keeps the neurons alike.",
        ),
        Choice(
            "A backward pass that does not belong to the forward pass, at the numbers that were checked.",
            "Yes, this and no more: look at the forward pass, the rate, the start and the data.",
            right=True,
        ),
    )


@write_it(
    "Read the number",
    minutes=5,
    hints=(
        "Begin from the chapter's formula for a gradient that is k times too large, with k above 1.",
        "error = (k - 1) / (k + 1). Multiply by k + 1 and bring k to one side.",
        "k - error * k = 1 + error.",
    ),
    why="Solving error = (k - 1) / (k + 1) for k turns the checker's number into the factor that is missing.",
    inputs=lambda rng: (round(rng.uniform(0.005, 0.98), 3),),
    tries=100,
    mistakes=(
        (lambda error: (1 - error) / (1 + error), "that is the factor of a gradient that is too small"),
        (lambda error: 1 + error, "an error of 1/3 belongs to the factor 2, not to 1.333"),
        (lambda error: 1 + 2 * error, "that is right for tiny errors only; 1/3 belongs to the factor 2"),
        (lambda error: (error - 1) / (error + 1), "that puts the error in for k; k is what is asked for"),
        (lambda error: (1 + error) / (error - 1), "a sign has gone astray: a factor above 1 is asked for"),
    ),
    also_right=(
        lambda error: 2 / (1 - error) - 1,
        lambda error: [np.float32((1 + error) / (1 - error))],
        lambda error: (1 + Fraction(error)) / (1 - Fraction(error)),
    ),
)
def factor(error):
    """How many times too large a gradient is, given its relative error."""
    return (1 + error) / (1 - error)


def _own_inputs(rng):
    n = rng.integers(2, 6)
    w, x = (rng.uniform(0.3, 1, n) * rng.choice([-1, 1], n) for _ in range(2))
    return w, x, rng.choice([-1.0, 0.5])


def _error_and_a(w, x, y):
    a = np.tanh(w @ x)
    return a - y, a


def _no_gate(w, x, y):
    error, _ = _error_and_a(w, x, y)
    return error * x


def _gate_of_the_sigmoid(w, x, y):
    error, a = _error_and_a(w, x, y)
    return error * a * (1 - a) * x


def _times_w(w, x, y):
    error, a = _error_and_a(w, x, y)
    return error * (1 - a**2) * w


def _half_kept(w, x, y):
    return own_gradient.solved(w, x, y) / 2


def _slope_for_z(w, x, y):
    error, a = _error_and_a(w, x, y)
    return error * (1 - a**2)


def _wish(w, x, y):
    return -own_gradient.solved(w, x, y)


def _nudged(w, x, y):
    slopes = []
    for i in range(len(w)):
        h = 1e-5 * (np.arange(len(w)) == i)
        above, below = ((np.tanh((w + nudge) @ x) - y) ** 2 / 2 for nudge in (h, -h))
        slopes.append((above - below) / 2e-5)
    return slopes


@write_it(
    "A gradient of your own",
    minutes=10,
    hints=(
        "Go forward gate by gate: z = w @ x, a = tanh(z), then the cost. Then go back in the opposite order.",
        "The cost hands a - y to a; tanh multiplies by 1 - a^2; then each weight gets that times its own input.",
        "(a - y) * (1 - a**2) * x",
    ),
    why="Seed a - y, gate 1 - a^2, collect times x: only the gate is another one than the sigmoid's.",
    inputs=_own_inputs,
    tries=20,
    mistakes=(
        (_gate_of_the_sigmoid, "a (1 - a) is the gate of the sigmoid; that of tanh is 1 - a^2"),
        (_no_gate, "the gate is missing: the slope of tanh, 1 - a^2, belongs between a - y and x"),
        (_times_w, "multiply swaps: the slope for a weight is in proportion to its input, not to the weight"),
        (_half_kept, "exactly half: the slope of a square is 2 times its inside, and the 1/2 cancels it"),
        (_wish, "the sign is turned: this is the wish, by which a step moves; the slope was asked for"),
        (_slope_for_z, "this is the slope for z, the neuron's delta; each weight gets it times its own input"),
    ),
    also_right=(_nudged,),
)
def own_gradient(w, x, y):
    """The slopes of (tanh(w @ x) - y)**2 / 2 for w."""
    a = np.tanh(w @ x)
    return (a - y) * (1 - a**2) * x


def _ratio(z):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return e / (1 + e)


def _any_shape(rng):
    shape = rng.integers(3, 6, rng.integers(1, 4))
    z = rng.choice([-1, 1], shape) * np.where(rng.random(shape) < 0.7, rng.uniform(0, 15, shape), 1000)
    if z.ndim > 1:
        z.flat[:3] = 0, 800, -2000
    return (rng.permuted(z),)


def _by_tanh(z):
    return (1 + np.tanh(z / 2)) / 2


@fix_it(
    "The silenced warning",
    minutes=8,
    hints=(
        "Call it with np.array([0.0, 1000.0]), with and without the line that silences NumPy.",
        "Never ask for exp of a positive number: which two forms of the sigmoid does the chapter have?",
        "With e = exp(-|z|) the sigmoid is 1 / (1 + e) where z >= 0, and e / (1 + e) elsewhere.",
    ),
    why="exp(-|z|) is at most 1, so nothing can overflow and there is nothing to silence.",
    inputs=_any_shape,
    tries=40,
    mistakes=(
        (_ratio, "for a large z this is infinity divided by infinity, nan: the overflow is silenced, not mended"),
        (
            lambda z: np.nan_to_num(_ratio(z)),
            "now the nan has become 0, and that is worse: where z is large the sigmoid is 1",
        ),
        (
            lambda z: 1 / (1 + np.exp(-np.abs(z))),
            "this is sigma(|z|): where z is negative the numerator must be exp(-|z|) and not 1",
        ),
        (
            lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))),
            "this is sigma(-|z|): where z is positive the numerator must be 1 and not exp(-|z|)",
        ),
    ),
    also_right=(lambda z: np.exp(-np.logaddexp(0, -z)), _by_tanh),
)
def silenced(z):
    """The sigmoid, for any z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


LIMIT = 1e-11
FUNCTIONS: tuple[tuple[Callable, Callable, tuple[float, float]], ...] = (
    (np.exp, np.exp, (-1, 1)),
    (np.sin, np.cos, (-1, 1)),
    (np.log, lambda x: 1 / x, (1, 3)),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2, (-1, 1)),
    (lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (2 + 2 * np.cosh(x)), (-2, 2)),
)


def _measure_derivative(answer: Callable) -> tuple[str, bool]:
    """The worst relative error over five functions, twenty places each."""
    errors, nudges = [], []
    for f, slope, (low, high) in FUNCTIONS:
        for x in np.linspace(low, high, 20):

            def watched(place, f=f, x=x):
                nudges.extend(np.ravel(place - x))
                return f(place)

            got = float(np.asarray(answer(watched, float(x))).item())
            errors.append(abs(got - slope(x)) / abs(slope(x)))
    worst = float(np.max(errors))
    says = f"the worst relative error is {worst:.1e}, wanted is {LIMIT:.0e} or less"
    if worst <= LIMIT:
        return says, True
    if not nudges:
        return f"{says}; f was never asked for a value", False
    sizes = np.abs(nudges)
    if sizes[sizes > 0].min(initial=1) < 1e-9:
        return f"{says}; nudges as small as these leave only rounding: take larger ones", False
    if np.isrealobj(nudges) and (np.min(nudges) >= 0 or np.max(nudges) <= 0):
        return f"{says}; one-sided differences keep a term in h: nudge both ways", False
    if len(nudges) > 2 * len(errors):
        return f"{says}; two steps are there: weigh them so that h^2 cancels, and try other sizes of h", False
    return f"{says}; with one h the term in h^2 stays: combine two different steps so that it cancels", False


def _central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def _complex_step(f, x):
    return f(x + 1e-20j).imag / 1e-20


def _five_values(f, x, h=8e-4):
    weights = [1, -8, 8, -1]
    return np.dot(weights, [f(x + k * h) for k in (-2, -1, 1, 2)]) / (12 * h)


@stretch_it(
    "Beyond the V",
    minutes=30,
    hints=(
        "Write down what a central difference gives with the step h, and with 2h, up to the term in h^2.",
        "The second has four times the error of the first. Which combination of the two has none?",
        "(4 * near - far) / 3. Its error is of the order h^4, so its best h is much larger: look near 1e-3.",
    ),
    why="The chord's error now falls with h^4, so a larger h will do, and a larger h has less rounding.",
    measure=_measure_derivative,
    mistakes=(
        (_central_difference, "with one h the term in h^2 stays"),
        (lambda f, x: (f(x + 1e-8) - f(x)) / 1e-8, "one-sided differences keep a term in h"),
        (lambda f, x: _central_difference(f, x, 1e-13), "nudges as small as these leave only rounding"),
        (
            lambda f, x: (_central_difference(f, x, 1e-3) + _central_difference(f, x, 2e-3)) / 2,
            "two steps are there: weigh them so that h^2 cancels",
        ),
    ),
    also_right=(_complex_step, _five_values, lambda f, x: np.array([derivative(f, x)])),
)
def derivative(f, x):
    """The slope of f at x, from values of f alone."""
    h = 1e-3
    near = (f(x + h) - f(x - h)) / (2 * h)  # f' + h^2 f'''/6 + ...
    far = (f(x + 2 * h) - f(x - 2 * h)) / (4 * h)  # f' + 4 h^2 f'''/6 + ...
    return (4 * near - far) / 3  # the h^2 terms cancel
