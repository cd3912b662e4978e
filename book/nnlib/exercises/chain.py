"""Exercises of The chain rule."""

import math

import numpy as np

from nnlib.exercises.kinds import fix_it, order_it, predict_it, write_it


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


def _slope_at_a(z):
    return sigmoid_slope(1 / (1 + np.exp(-z)))


def _z_for_a(z):
    return z * (1 - z)


def _the_sigmoid_itself(z):
    return 1 / (1 + np.exp(-z))


def _square_forgotten(z):
    return np.exp(-z) / (1 + np.exp(-z))


def _a_squared(z):
    return 1 / (1 + np.exp(-z)) ** 2


def _inner_derivative_lost(z):
    return -np.exp(-z) / (1 + np.exp(-z)) ** 2


def _slope_by_cosh(z):
    return 0.25 / np.cosh(z / 2) ** 2


def _slope_by_the_quotient(z):
    return (np.exp(-z) / (1 + np.exp(-z)) ** 2).astype(np.float32).tolist()


def _number_or_array(rng):
    return (rng.uniform(-4, 4, rng.integers(1, 4, rng.integers(0, 3))).round(2),)


@write_it(
    "The sigmoid's slope",
    minutes=4,
    hints=("Compute a = sigma(z) first.", "The slope follows from a alone.", "`a * (1 - a)`."),
    why="The derivative of the sigmoid is a (1 - a) with a = sigma(z), so the forward value gives the slope at once.",
    inputs=_number_or_array,
    tries=10,
    mistakes=(
        (_slope_at_a, "this is sigma'(a); the formula asks for sigma'(z)"),
        (_z_for_a, "this is z (1 - z); the formula has a = sigma(z) in both places"),
        (_the_sigmoid_itself, "this is sigma(z), the output; its slope is asked for"),
        (_square_forgotten, "this is 1 - a: the square below the fraction line is missing"),
        (_a_squared, "this is a^2: one of the two factors is a, the other 1 - a"),
        (_inner_derivative_lost, "the sign is wrong: the sigmoid rises everywhere, so its slope is above zero"),
    ),
    also_right=(_slope_by_cosh, _slope_by_the_quotient),
)
def sigmoid_slope(z):
    """sigma'(z), for a number or an array of any shape."""
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


@predict_it(
    "A nudge on paper",
    minutes=5,
    hints=(
        "Compute f at a = 3.1 and at a = 2.9, with b = 2. How far apart are the two nudges?",
        "3.1 squared is 9.61 and 2.9 squared is 8.41; times 2 that is 19.22 and 16.82. Divide their difference by 0.2.",
        "For b: 9 times 2.1 and 9 times 1.9, and again divide the difference by 0.2.",
    ),
    why="The chain rule agrees: a enters twice, each path brings a b = 6, and the slope for b is a^2 = 9.",
    mistakes=(
        ((24, 18), "the two nudges are 2h = 0.2 apart: divide by 0.2, not by 0.1"),
        ((12.2, 9), "that nudges a up only: the one from 2.9 belongs to it too"),
        ((2.4, 1.8), "these are the differences: a slope is the difference divided by 2h = 0.2"),
        ((6, 9), "that is one of the two paths of a: it enters f twice"),
        ((9, 12), "these are the right numbers: the slope for a was asked for first"),
    ),
)
def nudge_on_paper():
    """The slopes of f(a, b) = a^2 b at a = 3 and b = 2, for a and for b."""

    def f(a, b):
        return a**2 * b

    h = 0.1
    for_a = (f(3 + h, 2) - f(3 - h, 2)) / (2 * h)  # (19.22 - 16.82) / 0.2
    for_b = (f(3, 2 + h) - f(3, 2 - h)) / (2 * h)  # (18.9 - 17.1) / 0.2
    return for_a, for_b


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
    minutes=10,
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
    minutes=8,
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
    minutes=4,
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
        "The output's slope is set to 1 in each walk. Which other slopes begin the second walk with something in them?",
        "After the first walk z and c hold sigma'(z) each. In the second z collects first: what does it then hold?",
        "z holds twice its slope and hands all of it to c, which already holds one.",
    ),
    why="In the second walk z hands on what it still held from the first as well, so c collects 1 and then 2.",
    mistakes=(
        (1, "that would be so if each walk began with zeros, which is what is gone"),
        (2, "so it would be if only c kept its first slope; but z kept its own too, and hands that on"),
        (4, "that is for a and b, which stand one gate nearer the input"),
    ),
)
def left_over():
    """How many times too large the slope for c is after two walks over f = sigma(a b + c), begun at zero only once.

    In units of sigma'(z), which is the right answer for z and for c alike.
    """
    z_grad = c_grad = 0
    for _ in range(2):
        f_grad = 1  # every walk sets this one
        z_grad += f_grad * 1  # 1, then 2
        c_grad += z_grad * 1  # 1, then 1 + 2
    return c_grad


def _tape(rng):
    """A tape, one of its inputs, and the number that was made last, or one made before it."""
    names = ["a", "b", "c"]
    tape = []
    for i in range(rng.integers(3, 7)):
        sources = [names[-1], *rng.choice(names, rng.integers(1, 3)).tolist()]
        local = rng.choice([-1, 1], len(sources)) * rng.uniform(0.4, 2, len(sources)).round(2)
        names.append(f"m{i}")
        tape += [(names[-1], source, float(slope)) for source, slope in zip(sources, local, strict=True)]
    return tape, str(rng.choice(["a", "b", "c"])), names[-1] if rng.random() < 0.5 else str(rng.choice(names[3:]))


def _last_line_only(tape, name, output):
    rate = {name: 1.0}
    for result, source, local in tape:
        rate[result] = rate.get(source, 0.0) * local
    return rate.get(output, 0.0)


def _first_line_last(tape, name, output):
    return walk_forward.solved(tape[::-1], name, output)


def _bare_slopes(tape, name, output):
    rate = {name: 1.0}
    for result, source, local in tape:
        if source in rate:
            rate[result] = rate.get(result, 0.0) + local
    return rate.get(output, 0.0)


def _everything_moves(tape, name, output):
    rate = {}
    for result, source, local in tape:
        rate[result] = rate.get(result, 0.0) + rate.get(source, 1.0) * local
    return rate.get(output, 0.0)


def _by_walking_back(tape, name, output):
    slope = dict.fromkeys([output, *(source for _, source, _ in tape)], 0.0)
    slope[output] = 1.0
    for result, source, local in reversed(tape):
        slope[source] += slope.get(result, 0.0) * local
    return np.float64(slope[name]) if name in slope else 0


@write_it(
    "The other direction",
    minutes=15,
    hints=(
        "Let rate hold how fast each number moves when the input moves. Which rate do you know before the first line?",
        "The input moves at the rate 1, the other inputs at 0. A line adds local times its source's rate.",
        "rate[result] = rate.get(result, 0.0) + local * rate.get(source, 0.0), where get gives 0.0 for a new name.",
    ),
    why="Slopes multiply along and add across forwards as well, but each walk answers for one input only.",
    inputs=_tape,
    tries=60,
    mistakes=(
        (_last_line_only, "a number is made by several lines, and what they bring adds up: this keeps the last one"),
        (_first_line_last, "this begins at the end: going forward, a source must have its rate before it is used"),
        (_bare_slopes, "this adds bare slopes: along a path they multiply, so each is times the source's rate"),
        (_everything_moves, "here all inputs move at once: only the one that was asked for does"),
    ),
    also_right=(_by_walking_back,),
)
def walk_forward(tape, name, output):
    """How fast the number `output` changes with the input `name`, by one walk over the tape from its first line."""
    rate = {name: 1.0}
    for result, source, local in tape:
        rate[result] = rate.get(result, 0.0) + local * rate.get(source, 0.0)
    return rate.get(output, 0.0)


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
    minutes=5,
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
