"""Exercises of The chain rule, and checking it."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


@predict_it(
    "Two paths",
    minutes=2,
    hints=(
        "a goes into two gates: into m = a b, and into q = m a. Each gives a path.",
        "Multiply the slopes along each path; a multiply gate passes on times the other input.",
        "Through m: a times b. Directly: m. Add the two.",
    ),
    why="Each of the two paths brings a b = -6, and paths add.",
    mistakes=(
        (-6, "that is one of the two paths: a also acts along the other"),
        (36, "that multiplies the paths: multiply along a path, add across paths"),
        (0, "both paths bring the same sign: each of them is a times b"),
        (4, "that is the slope for b, which has one path"),
    ),
)
def two_paths():
    """The slope of q = (a b) a for a, at a = 2 and b = -3."""
    a, b = 2.0, -3.0
    m = a * b
    through_m = a * b  # q = m a hands a to m, and m = a b hands b on to a
    direct = m  # q = m a hands m to a
    return through_m + direct


def _sigma_slope(z):
    f = 1 / (1 + math.exp(-z))
    return f * (1 - f)


def _slope_of_the_output(a, b, c):
    f = 1 / (1 + math.exp(-a * (b + c)))
    dz = _sigma_slope(f)
    return dz * (b + c), dz * a, dz * a


def _not_swapped(a, b, c):
    dz = _sigma_slope(a * (b + c))
    return dz * a, dz * (b + c), dz * (b + c)


def _add_halves(a, b, c):
    dz = _sigma_slope(a * (b + c))
    return dz * (b + c), dz * a / 2, dz * a / 2


def _multiplied_out(a, b, c):
    z = a * b + a * c
    slope = _sigma_slope(z)
    return np.array([slope * b + slope * c, slope * a, slope * a])


@write_it(
    "Three gates, there and back",
    minutes=6,
    hints=(
        "Go forward first, one gate a line: s = b + c, z = a * s, f = sigma(z).",
        "Go back in the opposite order. Sigma has the slope f (1 - f); multiply swaps; add distributes.",
        "dz = f * (1 - f); da, ds = dz * s, dz * a; then b and c both get ds.",
    ),
    why="Every gate multiplies what comes back by its own slope, and the forward pass has kept what that needs.",
    inputs=lambda rng: tuple(
        (rng.uniform(0.4, 1.3, 3) * rng.choice([-1, 1, 0], 3, p=[0.4, 0.4, 0.2])).round(2).tolist()
    ),
    tries=40,
    mistakes=(
        (_not_swapped, "multiply swaps: each input gets the slope times the other input"),
        (lambda a, b, c: (b + c, a, a), "the sigmoid's own slope is missing: dz is f (1 - f), these stop before it"),
        (_slope_of_the_output, "this is sigma' at f, the output; it belongs at z: sigma'(z) = f (1 - f)"),
        (_add_halves, "add does not share out: each of its inputs gets all of the slope"),
    ),
    also_right=(_multiplied_out, lambda *call: list(gate_slopes(*call))),
)
def gate_slopes(a, b, c):
    """The slopes of f = sigma(a (b + c)) for a, b and c."""
    s = b + c
    z = a * s
    f = 1 / (1 + math.exp(-z))
    dz = f * (1 - f)  # f = sigma(z)
    da, ds = dz * s, dz * a  # z = a s
    db, dc = ds, ds  # s = b + c
    return da, db, dc


def _wiped_out(parents, slopes):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0
    for v in reversed(range(len(parents))):
        for parent, slope in zip(parents[v], slopes[v], strict=True):
            grad[parent] = grad[v] * slope
    return grad


def _collect_forwards(parents, slopes):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0
    for v in range(len(parents)):
        for parent, slope in zip(parents[v], slopes[v], strict=True):
            grad[parent] += grad[v] * slope
    return grad


def _slopes_alone(parents, slopes):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0
    for v in reversed(range(len(parents))):
        for parent, slope in zip(parents[v], slopes[v], strict=True):
            grad[parent] += slope
    return grad


def _path_by_path(parents, slopes):
    def along(v):  # what number v's slope for each number is, following every path by itself
        grad = np.zeros(len(parents))
        grad[v] = 1.0
        for parent, slope in zip(parents[v], slopes[v], strict=True):
            grad += slope * along(parent)
        return grad

    return along(len(parents) - 1)


def _graph(rng):
    given, made = rng.integers(1, 4), rng.integers(3, 7)
    parents = [[] for _ in range(given)]
    for v in range(given, given + made):  # each from the number before it, and up to two of all that are there
        parents.append([v - 1, *rng.integers(0, v, rng.integers(3)).tolist()])
    slopes = [(rng.choice([-1, 1], len(p)) * rng.uniform(0.4, 2, len(p)).round(2)).tolist() for p in parents]
    return parents, slopes


@fix_it(
    "The second path",
    minutes=5,
    hints=(
        "Think of a number that is used twice. What happens to what came back first?",
        "Paths add.",
        "Let the last line collect: += in place of =.",
    ),
    why="A number that is used twice collects from both places, because paths add.",
    inputs=_graph,
    tries=20,
    mistakes=(
        (_wiped_out, "what comes back along the second path wipes out the first: paths add"),
        (_collect_forwards, "this walks forwards: a number hands on before anything has come back to it"),
        (_slopes_alone, "this adds bare slopes: along a path they multiply, so each is times grad[v]"),
        (lambda parents, slopes: [0.0] * len(parents), "nothing ever starts: the last number's own slope is 1"),
    ),
    also_right=(_path_by_path, lambda *call: tuple(collect(*call))),
)
def collect(parents, slopes):
    """The slope of the last number of a graph for every number in it.

    Number v was made from the earlier numbers parents[v], with the slopes slopes[v] for them.
    """
    grad = [0.0] * len(parents)
    grad[-1] = 1.0
    for v in reversed(range(len(parents))):
        for parent, slope in zip(parents[v], slopes[v], strict=True):
            grad[parent] += grad[v] * slope
    return grad


@order_it(
    "There and back",
    minutes=3,
    hints=(
        "Three lines go forward, from the numbers to f.",
        "The lines back mirror them: the gate that came last is answered first.",
        "df = 1.0 needs nothing; dz needs df and f.",
    ),
    why="The backward pass needs the forward values, and meets the gates in the opposite order.",
    after={1: (0,), 2: (1,), 4: (2, 3), 5: (4,), 6: (5,)},
    shuffle=(5, 2, 6, 0, 4, 1, 3),
    mistakes=(
        ((3, 4, 5, 6, 0, 1, 2), "a backward pass needs the values of the forward pass: dz uses f"),
        ((0, 1, 2, 3, 6, 5, 4), "the way back goes from f towards a and b: dz first, then dm, then da"),
        ((0, 3, 6, 1, 5, 2, 4), "each gate is answered at once here, before anything has come back to it"),
    ),
)
def there_and_back():
    return (
        "m = a * b",
        "z = m + c",
        "f = 1 / (1 + math.exp(-z))",
        "df = 1.0",
        "dz = df * f * (1 - f)",
        "dm, dc = dz, dz",
        "da, db = dm * b, dm * a",
    )


@predict_it(
    "What is left over",
    minutes=5,
    hints=(
        "The output's grad is set to 1 in each pass. Which other grads begin the second pass with something in them?",
        "After the first pass z and c hold sigma'(z) each. In the second z collects first: what does it then hold?",
        "z holds twice its slope and hands all of it to c, which already holds one.",
    ),
    why="In the second pass z hands on what it still held from the first as well, so c collects 1 and then 2.",
    mistakes=(
        (1, "that would be so if the pass set the slopes to zero first, which is the line that is gone"),
        (2, "so it would be if only c kept its first slope; but z kept its own too, and hands that on"),
        (4, "that is for a and b, which stand one gate further back"),
    ),
)
def left_over():
    """How many times too large c.grad is after two passes over f = sigma(a b + c), the grads never zeroed.

    In units of sigma'(z), which is the right answer for z and for c alike.
    """
    z_grad = c_grad = 0
    for _ in range(2):
        f_grad = 1  # every pass sets this one
        z_grad += f_grad * 1  # 1, then 2
        c_grad += z_grad * 1  # 1, then 1 + 2
    return c_grad


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


def _always_open(z, grad):
    a = np.maximum(0, z)
    return grad * (a >= 0)


def _relu_entry_by_entry(z, grad):
    return [[g if number > 0 else 0 for number, g in zip(*rows, strict=True)] for rows in zip(z, grad, strict=True)]


def _numbers_and_slopes(rng):
    shape = rng.integers(1, 7, 2)
    return rng.choice([-1, 1], shape) * 10 ** rng.uniform(-3, 2, shape), rng.standard_normal(shape)


@fix_it(
    "The gate that never closes",
    minutes=3,
    hints=(
        "Take z = -2. What is a, and is a >= 0?",
        "Max routes: where 0 was the larger, nothing comes back.",
        "Ask z, or ask a with > in place of >=.",
    ),
    why="The output of ReLU is never negative, so only z > 0 (or a > 0) tells where it let z through.",
    inputs=_numbers_and_slopes,
    tries=20,
    mistakes=(
        (_always_open, "a >= 0 holds everywhere, since ReLU's output is never negative: this gate never closes"),
        (lambda z, grad: z > 0, "this is the gate alone: what comes back is multiplied by it"),
        (lambda z, grad: np.maximum(0, grad), "this asks the sign of what comes back; the gate asks the sign of z"),
        (lambda z, grad: grad * np.maximum(0, z), "this multiplies by ReLU itself; its slope is 1 or 0"),
        (lambda z, grad: grad * (z < 0), "the wrong way round: something comes back where z was let through"),
    ),
    also_right=(
        lambda z, grad: np.where(np.maximum(0, z) > 0, grad, 0),
        _relu_entry_by_entry,
        lambda z, grad: grad.astype(np.float32) * (np.sign(z) + 1) / 2,
    ),
)
def relu_gate(z, grad):
    """What ReLU hands back: z is its input, grad what comes back to its output."""
    return grad * (z > 0)


@explain_it(
    "A step too small",
    minutes=2,
    question="Your check uses central differences with h = 1e-13 and reports a relative error of 0.002. What now?",
    hints=(
        "On which side of the V does this h lie?",
        "How many digits do f(x + h) and f(x - h) have in common at this h?",
    ),
    why="Where h is large truncation rules and where it is tiny rounding does; at 1e-13 most digits are rounding.",
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
            "It takes the difference of two values just the same, and its truncation error is larger.",
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
    minutes=25,
    hints=(
        "Write down what a central difference gives with the step h, and with 2h, up to the term in h^2.",
        "The second has four times the error of the first. Which combination of the two has none?",
        "(4 * near - far) / 3. Its error is of the order h^4, so its best h is much larger: look near 1e-3.",
    ),
    why="Truncation now falls with h^4, so a larger h will do, and a larger h has less rounding.",
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
