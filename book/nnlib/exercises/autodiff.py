"""Exercises of Automatic differentiation."""

import numpy as np

from nnlib.autodiff import Value, unbroadcast
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


def hand_on(value):
    """The walk of the chapter that hands on too early."""
    for source, pass_back in value.sources:
        source.grad = source.grad + pass_back(value.grad)
        hand_on(source)


@predict_it(
    "Squared twice",
    minutes=4,
    hints=(
        "u = 9. The slope of u u hands u on along each of its two edges, so 9 comes to u twice; a a hands on 3 twice.",
        "In order: u has 9 + 9 = 18 before it hands on. What does a get along each of its two edges?",
        "Too early: u hands on at 9, which brings a 27 + 27, and again at 18, which brings 54 + 54.",
    ),
    why="In order u hands on 18 once; too early it hands on 9, and then 18 with the same 9 in it once more.",
    mistakes=(
        ((162.0, 108.0), "the other way round: the right slope was asked for first"),
        ((108.0, 108.0), "too early, u hands on twice, and the second time with what it has handed on before"),
        ((54.0, 54.0), "that is one of the two times that something comes back to u: paths add"),
        ((108.0, 216.0), "the first time u hands on, only 9 has come back to it, not 18"),
        ((54.0, 81.0), "each of u and a is used twice: two edges lead back to each"),
    ),
)
def squared_twice():
    """The slope of g = u u with u = a a at a = 3: by the walk in order, and by the one that hands on too early."""
    found = []
    for walk in (Value.backward, hand_on):
        a = Value(3.0)
        u = a * a
        g = u * u
        g.grad = np.ones(())
        walk(g)
        found.append(float(a.grad))
    return tuple(found)


@predict_it(
    "What was stretched",
    minutes=3,
    hints=(
        "Into how many of the twelve entries does one entry of each go?",
        "An entry of the row goes into a whole column of the table, which has four entries.",
        "An entry of the column goes into a row of three, and the number goes into all.",
    ),
    why="Each slope is a sum over the entries that the number went into: 4, 3 and all 12 of them.",
    mistakes=(
        ((3, 4, 12), "the first two are swapped: an entry of the row goes into four rows"),
        ((1, 1, 1), "that is what each entry of the table gets; what was stretched acts along several paths"),
        ((4, 3, 1), "the number goes into every entry of the table"),
        ((12, 12, 12), "an entry of the row goes into one column alone"),
        ((4, 3, 7), "the number goes into every entry: rows times columns"),
    ),
)
def what_was_stretched():
    """The slopes of the sum of a (4, 3) table + row (3,) + column (4, 1) + number, for one entry of each."""
    row, column, number = Value(np.zeros(3)), Value(np.zeros((4, 1))), Value(0.0)
    (np.zeros((4, 3)) + row + column + number).sum().backward()
    return float(row.grad[0]), float(column.grad[0, 0]), float(number.grad)


@predict_it(
    "Which way is shorter?",
    minutes=2,
    hints=(
        "Forward mode follows one input at a time through the whole computation.",
        "Reverse mode walks back from one output at a time.",
    ),
    why="Forward mode takes a pass for each input, reverse mode a walk for each output.",
    mistakes=(
        ((500, 3), "the other way round: forward mode takes a pass for each input"),
        ((1500, 1500), "one pass serves all outputs at a time, or one walk all inputs"),
        ((3, 1), "one walk back serves one output; there are 500"),
        ((1, 500), "one pass forward serves one input; there are 3"),
        ((6, 1000), "count passes, not the nudges up and down"),
    ),
)
def passes():
    """How many passes forward mode takes for all slopes from 3 inputs to 500 outputs, and how many walks reverse."""
    inputs, outputs = 3, 500
    return inputs, outputs


@explain_it(
    "Never set back",
    minutes=2,
    question="A friend trains with a tape whose parameters keep what comes back, and forgets to set it to 0. The "
    "batches, the rate and the first weights are yours. What do the steps go by?",
    hints=(
        "After the first walk all is as with you. What does the second walk find in the parameters?",
        "And what does the hundredth find? How old is the oldest slope in there, and how much does it still count?",
    ),
    why="What comes back is added to what is there, so each step goes by the sum of all slopes since the beginning.",
)
def never_set_back():
    return (
        Choice("By the slopes of the last batch, as with you.", "the walk adds to what it finds; nothing is replaced"),
        Choice(
            "By twice the slopes of the batch.",
            "that is so at most for the second step, and then only if both batches have the same slopes",
        ),
        Choice(
            "By the sum of the slopes of all batches so far.",
            "yes: momentum that keeps everything, so the steps go on when the cost has long begun to rise",
            right=True,
        ),
        Choice(
            "By the mean of the slopes of all batches so far.",
            "nothing divides: the sum grows with every batch, and with it the step",
        ),
    )


@order_it(
    "One walk back",
    minutes=3,
    hints=(
        "Before anything comes back, there must be a place to collect it, and an order.",
        "What is the slope of the cost for itself?",
        "A value hands on after it has collected; what it hands on is added up to the source's shape, and then kept.",
    ),
    why="Order and empty places first, then the 1, then each value in turn: pass back, add up, collect.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,)},
    shuffle=(4, 1, 5, 0, 3, 2),
    mistakes=(
        ((0, 2, 1, 3, 4, 5), "the 1 of the cost is wiped out by the zeros that come after it"),
        ((0, 1, 3, 2, 4, 5), "the first value to hand on is the cost, and it has nothing yet"),
        ((0, 1, 2, 3, 5, 4), "it is collected in the shape that broadcasting has made: add up first"),
    ),
)
def walk_in_order():
    return (
        "list all values, each after its sources",
        "set the slopes of all that was made from others to 0",
        "set the slope of the cost to 1",
        "take the values from last to first; for each source:",
        "add up, to the source's shape, what passes back to it",
        "add that to the slope that the source has",
    )


def _in_front_alone(slope, shape):
    return slope.sum(axis=tuple(range(slope.ndim - len(shape))))


def _means(slope, shape):
    return unbroadcast(slope, shape) * (np.prod(shape) / slope.size)


def _first_rows(slope, shape):
    slope = slope[(0,) * (slope.ndim - len(shape))]
    return slope[tuple(slice(0, size) for size in shape)]


def _entry_by_entry(slope, shape):
    found = np.zeros(shape)
    for place in np.ndindex(slope.shape):
        last = place[slope.ndim - len(shape) :]
        found[tuple(0 if size == 1 else i for i, size in zip(last, shape, strict=True))] += slope[place]
    return found


def _stretched(rng):
    rows, columns = rng.choice(np.arange(2, 6), 2, replace=False).tolist()
    batch = int(rng.integers(2, 4))
    shapes = [((rows, columns), (columns,)), ((rows, columns), (rows, 1)), ((batch, rows, columns), (1, columns))]
    wide, narrow = shapes[rng.integers(3)]
    return rng.uniform(0.5, 2, wide).round(2), narrow


@fix_it(
    "Half undone",
    minutes=6,
    hints=(
        "For which of the shapes (3,), (4, 1) and (1, 3) is it right, when the slope is a table (4, 3)?",
        "It adds up over axes that are new. An axis of length 1 can have been stretched as well.",
        "Then add up over each axis at which `shape` has a 1, with keepdims=True so that the axis stays.",
    ),
    why="Broadcasting puts axes in front and stretches axes of length 1; both must be added up, and the second stay.",
    inputs=_stretched,
    tries=20,
    mistakes=(
        (_in_front_alone, "an axis of length 1 that was stretched is not added up yet"),
        (_means, "this takes means: what comes back along several paths adds up"),
        (_first_rows, "this takes the first of what comes back: the others belong to it too"),
        (lambda slope, shape: slope, "nothing is added up: the slope must get the shape of its array"),
    ),
    also_right=(_entry_by_entry, lambda *call: unbroadcast(*call).tolist()),
)
def added_up(slope, shape):
    """The slope for an array of this shape, from the slope for what broadcasting has made of it."""
    slope = slope.sum(axis=tuple(range(slope.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return slope.sum(axis=stretched, keepdims=True)


def _graph(rng):
    """Six numbers, each made from up to two before it, then shuffled: the last can be any of them."""
    n = int(rng.integers(6, 9))
    sources = [[] if v == 0 else sorted({v - 1, *rng.integers(0, v, 2).tolist()}) for v in range(n)]
    sources[1] = [0]
    slopes = [rng.uniform(0.5, 2, len(s)).round(1).tolist() for s in sources]
    names = rng.permutation(n).tolist()  # number v is now called names[v]
    shuffled, renamed = [[]] * n, [[]] * n
    for v in range(n):
        shuffled[names[v]], renamed[names[v]] = [names[s] for s in sources[v]], slopes[v]
    return shuffled, renamed, names[-1]


def _handing_on(order):
    """A walk that takes the numbers in an order of its own."""

    def walk(sources, slopes, output):
        grad = [0.0] * len(sources)
        grad[output] = 1.0
        for v in order(sources, output):
            for source, slope in zip(sources[v], slopes[v], strict=True):
                grad[source] += grad[v] * slope
        return grad

    return walk


def _as_first_met(sources, output):
    met = [output]
    for v in met:
        met += [s for s in dict.fromkeys(sources[v]) if s not in met]
    return met


def _walk_too_early(sources, slopes, output):
    grad = [0.0] * len(sources)
    grad[output] = 1.0

    def hand_on(v):
        for source, slope in zip(sources[v], slopes[v], strict=True):
            grad[source] += grad[v] * slope
            hand_on(source)

    hand_on(output)
    return grad


def _each_path(sources, slopes, output):
    grad = np.zeros(len(sources))

    def hand_on(v, slope):
        grad[v] += slope
        for source, local in zip(sources[v], slopes[v], strict=True):
            hand_on(source, slope * local)

    hand_on(output, 1.0)
    return grad


def _when_all_have_come(sources, slopes, output):
    users = [0] * len(sources)
    for each in sources:
        for source in each:
            users[source] += 1
    grad, ready = [0.0] * len(sources), [output]
    grad[output] = 1.0
    while ready:
        v = ready.pop()
        for source, slope in zip(sources[v], slopes[v], strict=True):
            grad[source] += grad[v] * slope
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return grad


@write_it(
    "Slopes of a shuffled graph",
    minutes=12,
    hints=(
        "When may a number hand on? When everything that was made from it has handed on.",
        "Make a list in which each number stands after all its sources; then walk it from its end.",
        "For the list: take a number none of whose sources is missing from the list, append it, and look again.",
        "`for v in reversed(order)`, and in it `grad[source] += grad[v] * slope` for each source of v.",
    ),
    why="In an order that has each number after its sources, a walk from the end finds all slopes, each edge once.",
    inputs=_graph,
    tries=30,
    mistakes=(
        (_walk_too_early, "a number hands on each time that something comes back to it, the same part again and again"),
        (_handing_on(_as_first_met), "a number hands on when it is first met; more may still come back to it"),
        (
            _handing_on(lambda sources, output: reversed(range(len(sources)))),
            "this goes by the numbers' names, which are shuffled here",
        ),
    ),
    also_right=(_each_path, _when_all_have_come),
)
def slopes_of_a_graph(sources, slopes, output):
    """The slope of the number `output` for every number; v was made from sources[v], with the slopes slopes[v]."""
    order = []
    while len(order) < len(sources):
        for v in range(len(sources)):
            if v not in order and all(source in order for source in sources[v]):
                order.append(v)
    grad = [0.0] * len(sources)
    grad[output] = 1.0
    for v in reversed(order):
        for source, slope in zip(sources[v], slopes[v], strict=True):
            grad[source] += grad[v] * slope
    return grad


@write_it(
    "A quotient that moves",
    minutes=4,
    hints=(
        "If only u moves, at the rate du: how fast does u / v move?",
        "If only v moves: the slope of 1 / v is -1 / v^2. Each rate times its slope, added.",
        "du / v - u * dv / v**2.",
    ),
    why="Both inputs may move at a time, and what each does to the quotient adds up.",
    inputs=lambda rng: tuple((rng.uniform(0.5, 3, 4) * rng.choice([-1, 1], 4)).round(2).tolist()),
    tries=8,
    mistakes=(
        (lambda u, du, v, dv: (u / v, du / dv), "the quotient of the rates is not the rate of the quotient"),
        (lambda u, du, v, dv: (u / v, du / v + u * dv / v**2), "where v grows, the quotient shrinks: a minus"),
        (lambda u, du, v, dv: (u / v, du / v), "v moves too: its share is missing"),
        (lambda u, du, v, dv: (u / v, du * v + u * dv), "that is the rate of the product u v"),
        (lambda u, du, v, dv: (u / v, du * v - u * dv), "still to be divided by v squared"),
        (lambda u, du, v, dv: du / v - u * dv / v**2, "the rate alone: return the quotient and its rate"),
    ),
    also_right=(lambda u, du, v, dv: np.array([u / v, (du - u / v * dv) / v]),),
)
def quotient(u, du, v, dv):
    """The value of u / v, and how fast it moves where u moves at the rate du and v at the rate dv."""
    return u / v, (du * v - u * dv) / v**2


def _rows(rng):
    n = int(rng.integers(4, 6))
    x = rng.permutation([0, 0, 0, 1, 1, *rng.integers(0, n, 2).tolist()])
    return rng.uniform(0.5, 2, (len(x), int(rng.integers(2, 4)))).round(2), x, n


def _last_wins(g, x, n):
    slope = np.zeros((n, g.shape[1]))
    slope[x] += g
    return slope


@write_it(
    "A gate that takes rows",
    minutes=6,
    hints=(
        "Row x[i] of E went to place i. What comes back to place i, g[i], belongs to row x[i].",
        "A row that was taken three times has three paths.",
        "Begin with zeros of shape (n, g.shape[1]), and add each g[i] to row x[i]; a loop will do.",
    ),
    why="A row collects from every place that it went to; one that was never taken has the slope 0.",
    inputs=_rows,
    tries=8,
    mistakes=(
        (
            _last_wins,
            "a row that was taken several times has but one of what came back: NumPy's = and += with a list of rows "
            "act once on each row",
        ),
        (lambda g, x, n: g, "this has a row for each place: the slope has the shape of E"),
        (lambda g, x, n: g[x][:n], "this takes rows once more: what comes back must be put where it came from"),
        (
            lambda g, x, n: rows_back(g, x, n) / np.maximum(1, np.bincount(x, minlength=n))[:, None],
            "this is the mean of what came back to a row: paths add",
        ),
    ),
    also_right=(lambda g, x, n: (np.arange(n)[:, None] == x) @ g, lambda *call: _added_at(*call)),
)
def rows_back(g, x, n):
    """The slope for a table E of n rows, from the slope g for E[x], the rows with the numbers x (one for each of g)."""
    slope = np.zeros((n, g.shape[1]))
    for row, came in zip(x, g, strict=True):
        slope[row] += came
    return slope


def _added_at(g, x, n):
    slope = np.zeros((n, g.shape[1]))
    np.add.at(slope, x, g)
    return slope


def _measure_layer(answer):
    rng = np.random.default_rng()
    x = rng.standard_normal((6, 5))
    arrays = [rng.standard_normal(shape) for shape in ((4, 5), (4,), (3, 4), (3,))]

    def run(layer):
        W1, b1, W2, b2 = values = [Value(array.copy()) for array in arrays]
        a = layer(layer(x, W1, b1), W2, b2)
        if not isinstance(a, Value):
            return None, None, a
        between = sum(1 for value in a.in_order() if value.sources)
        (a * a).sum().backward()
        return between, [value.grad for value in values], a

    _, wanted, right = run(_layer_of_parts)
    made, grads, a = run(answer)
    if made is None:
        return f"got a {type(a).__name__}, expected a Value", False
    if a.data.shape != right.data.shape or not np.allclose(a.data, right.data):
        return "forwards it is not the sigmoid of x W^T + b", False
    for name, grad, want in zip(("W1", "b1", "W2", "b2"), grads, wanted, strict=True):
        if np.shape(grad) != want.shape or not np.allclose(grad, want):
            return f"forwards all is well; the slope for {name} of two such layers is not right", False
    if made > 2:
        return f"all slopes are right, and two layers make {made} values: let each make one", False
    return "two layers make two values, and all slopes are right", True


def _layer_of_parts(x, W, b):
    return (((x @ W.T + b) / 2).tanh() + 1) / 2


def _one_value(to_b=lambda delta, g: delta, with_x=True):
    def layer(x, W, b):
        came = x.data if isinstance(x, Value) else x
        a = 1 / (1 + np.exp(-(came @ W.data.T + b.data)))

        def delta(g):
            return g * a * (1 - a)

        sources = [(b, lambda g: to_b(delta(g), g)), (W, lambda g: delta(g).T @ came)]
        return Value(a, *sources, *([(x, lambda g: delta(g) @ W.data)] if with_x else []))

    return layer


@stretch_it(
    "A layer as one value",
    minutes=20,
    hints=(
        "Compute with plain arrays first: W.data, b.data, and plain(x), for x may be an array or a Value.",
        "Value(a, (W, ...), (b, ...), (x, ...)): for each source a function that makes of g, the slope for a, its own.",
        "Each begins with the gate, delta = g * a * (1 - a). For b that is all: the walk adds up over the batch.",
        "For W it is delta.T @ x, for x it is delta @ W: collect and pass back.",
    ),
    why="A gate may be as large as one likes, if somebody knows its way back: that is a hand-written layer on a tape.",
    measure=_measure_layer,
    mistakes=(
        (_layer_of_parts, "let each make one"),
        (lambda x, W, b: np.ones((6, 3)), "expected a Value"),
        (lambda x, W, b: x @ W.T + b, "forwards it is not the sigmoid"),
        (_one_value(with_x=False), "the slope for W1 of two such layers is not right"),
        (_one_value(to_b=lambda delta, g: g), "the slope for b1 of two such layers is not right"),
    ),
    also_right=(_one_value(),),
)
def one_value(x, W, b):
    """sigmoid(x W^T + b) as one Value; x (n, n_in) is an array or a Value, W (n_out, n_in), b (n_out,) are Values."""
    came = x.data if isinstance(x, Value) else x
    a = (1 + np.tanh((came @ W.data.T + b.data) / 2)) / 2

    def delta(g):
        return g * a * (1 - a)

    return Value(
        a,
        (W, lambda g: delta(g).T @ came),
        (b, delta),
        (x, lambda g: delta(g) @ W.data),
    )
