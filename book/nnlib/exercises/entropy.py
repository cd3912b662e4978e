"""Exercises of Cross-entropy and softmax."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import sigmoid
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy, log_softmax


@predict_it(
    "Surprised by rain",
    minutes=1,
    hints=(
        "Look at the probability that was given to what turned out to be true.",
        "The cost is minus its natural logarithm; ln 0.8 is close to -0.22.",
    ),
    why="The cross-entropy asks for the probability of what happened, and for nothing else.",
    within=0.005,
    mistakes=(
        (1.609, "this is -ln 0.2, the cost if it had stayed dry: take the probability of what happened"),
        (-0.223, "this is ln 0.8, without the minus: a surprise is never negative"),
        (0.02, "this is the quadratic cost, half of 0.2 squared"),
        (0.322, "this is in bits, by the logarithm to base 2: a nat is by the natural one"),
    ),
    also_right=(0.22,),
)
def surprise():
    """The forecast gave rain 80 percent, and it rained."""
    return round(float(-np.log(0.8)), 4)


@predict_it(
    "Softmax without a calculator",
    minutes=3,
    hints=(
        "Take the exponential of each logit first. What does e do to a logarithm?",
        "The exponentials are 1, 1 and 2. What do they add up to?",
        "Each probability is its exponential over 4.",
    ),
    why="The exponentials 1, 1 and 2 add up to 4. If the third class is the true one, it costs -ln 0.5 = 0.693 nats.",
    mistakes=(
        ((0, 0, 1), "this divides the logits themselves by their sum: the exponentials come first, and e^0 is 1"),
        ((1, 1, 2), "these are the exponentials: divide each by their sum"),
        ((1 / 3, 1 / 3, 1 / 3), "equal probabilities belong to equal logits: the third one is larger"),
        ((0.2, 0.2, 0.6), "the third exponential is 2, for e and the logarithm undo each other"),
    ),
)
def quarters():
    """The softmax of the logits (0, 0, ln 2)."""
    return np.exp(log_softmax(np.array([[0, 0, np.log(2)]])))[0].round(4).tolist()


@predict_it(
    "Three slopes in your head",
    minutes=2,
    hints=(
        "Write the one-hot target under the three probabilities.",
        "The slope for each logit is p - y; the three of them sum to 0.",
    ),
    why="Softmax and cross-entropy together leave p - y: negative for the true class, positive for the others.",
    mistakes=(
        ((-0.7, 0.8, -0.1), "this is y - p: the slope dC/dz is p - y, and it is the step that gets the minus"),
        ((0.147, -0.128, 0.009), "this has p (1 - p) once more: p - y contains the slope of the squash already"),
        ((0, -5, 0), "this is dC/dp: a logit moves all three probabilities, so no slope for a logit is 0"),
        ((-0.3, 0.2, 0.1), "the true class is the second one: its target is 1"),
    ),
)
def three_slopes():
    """The slopes dC/dz for p = (0.7, 0.2, 0.1) and the second class."""
    p, y = np.array([0.7, 0.2, 0.1]), np.array([0, 1, 0])
    return (p - y).round(4).tolist()


def _slope_of_a(z, y):
    a = sigmoid(z)
    return (a - y) * sigmoid(a) * (1 - sigmoid(a))


@fix_it(
    "The slope of what, where?",
    minutes=4,
    hints=(
        "Which number goes into the sigmoid whose slope is wanted: z or a?",
        "sigma'(z) = sigma(z) (1 - sigma(z)), and sigma(z) has a name already.",
        "(a - y) * a * (1 - a)",
    ),
    why="The slope is wanted at z, and written with a = sigma(z) it is a (1 - a): the sigmoid acts only once.",
    inputs=lambda rng: (rng.uniform(-3, 3, shape := rng.integers(2, 6, 2)), rng.integers(0, 2, shape).astype(float)),
    mistakes=(
        (_slope_of_a, "this is sigma'(a); the formula asks for sigma'(z), which is a (1 - a)"),
        (
            lambda z, y: (y - sigmoid(z)) * sigmoid(z) * (1 - sigmoid(z)),
            "this is -dC/dz: the slope has a - y, and a step subtracts it",
        ),
        (lambda z, y: sigmoid(z) - y, "this is dC/da: on the way to z it is multiplied by sigma'(z)"),
        (lambda z, y: sigmoid(z) * (1 - sigmoid(z)), "this is sigma'(z) alone: the cost's own slope a - y is missing"),
        (
            lambda z, y: (sigmoid(z) - y) * z * (1 - z),
            "sigma'(z) is sigma(z) (1 - sigma(z)), which is a (1 - a) and not z (1 - z)",
        ),
    ),
    also_right=(
        lambda z, y: (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z),
        lambda z, y: ((sigmoid(z) - y) * np.exp(-z) / (1 + np.exp(-z)) ** 2).tolist(),
    ),
)
def output_slope(z, y):
    """The slope dC/dz of the quadratic cost, for each entry by itself."""
    a = sigmoid(z)
    return (a - y) * a * (1 - a)


def _by_nnlib(loss):
    def slope(z, y):
        loss.forward(z, y)
        return loss.backward()

    return slope


@fix_it(
    "One factor too many",
    minutes=3,
    hints=(
        "Which cost is it? Go through the factors and ask of each whether that cost's slope has it.",
        "The slope of the cross-entropy with respect to p, (p - y) / (p (1 - p)), cancels something.",
        "(p - y) / n",
    ),
    why="The cross-entropy's own steepness has cancelled sigma'(z), so it must not be put back.",
    inputs=lambda rng: (
        rng.uniform(-3, 3, (n := int(rng.integers(4, 9)), 1)),
        rng.integers(0, 2, (n, 1)).astype(float),
    ),
    tries=10,
    mistakes=(
        (
            lambda z, y: (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)) / len(z),
            "this keeps sigma'(z), as the quadratic cost does: the cross-entropy has cancelled it",
        ),
        (
            lambda z, y: sigmoid(z) - y,
            "the factor is gone, and so is the 1/n: the cost is the average over the batch, so its slope has it too",
        ),
        (
            lambda z, y: (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)),
            "this keeps sigma'(z) and has lost the 1/n: it is the other way round, (p - y) / n",
        ),
        (lambda z, y: (y - sigmoid(z)) / len(z), "this is -dC/dz: the slope is p - y, and a step subtracts it"),
        (lambda z, y: (z - y) / len(z), "z is the logit: the probability is p = sigma(z)"),
    ),
    also_right=(_by_nnlib(BinaryCrossEntropy()), lambda z, y: [[v] for v in (sigmoid(z) - y)[:, 0] / z.size]),
)
def logit_slope(z, y):
    """The slope dC/dz of the binary cross-entropy of a batch."""
    p = sigmoid(z)
    return (p - y) / len(z)


@explain_it(
    "Slow in spite of the cross-entropy",
    minutes=2,
    question=(
        "A network with a hidden layer of sigmoids is trained with the cross-entropy. At the start its hidden "
        "neurons are all saturated, its outputs are wrong, and the hidden weights hardly move. Why?"
    ),
    hints=(
        "Whose sigma' does the cross-entropy cancel?",
        "Follow the way from a hidden weight to the cost: through which squashes does it lead?",
    ),
    why="Only the squash next to the cost is cancelled; every other one on the way multiplies by its own slope.",
)
def hidden_neuron():
    return (
        Choice(
            "The cross-entropy cancels sigma' of the output alone; each hidden neuron's own is still on the way.",
            "the slope for a hidden weight contains that neuron's sigma', which is nearly 0",
            right=True,
        ),
        Choice(
            "It cannot be the saturation, for the cross-entropy cures vanishing slopes: the code must have a bug.",
            "it cures them in the output layer and nowhere else; this is what correct code does",
        ),
        Choice(
            "Small slopes mean that the cost is nearly at its lowest point.",
            "a slope can be small on a plateau, far above the lowest point: the outputs are still wrong",
        ),
        Choice(
            "The cross-entropy of wrong outputs is too large; the quadratic cost would give larger slopes here.",
            "the quadratic cost would multiply by the output's sigma' as well, so its slopes would be smaller still",
        ),
    )


@order_it(
    "The slope, line by line",
    minutes=5,
    hints=(
        "Begin with what the letters mean, and end with what is to be shown.",
        "The logarithm of a quotient comes apart into two terms; each of them has a slope of its own.",
        "ln S changes because S does: the slope of S comes first, and the chain rule after it.",
    ),
    why="The one term gives -y, by the label; the other gives p, by the chain rule.",
    after={1: (0,), 2: (1,), 3: (0,), 4: (3,), 5: (2,), 6: (4, 5)},
    shuffle=(4, 2, 6, 0, 5, 3, 1),
    mistakes=(
        (
            (0, 1, 3, 4, 5, 2, 6),
            "the slope of -z1 is taken before there is such a term: first the logarithm comes apart",
        ),
        ((0, 1, 2, 4, 3, 5, 6), "the slope of ln S needs the slope of S, which is not there yet"),
        ((0, 2, 1, 3, 4, 5, 6), "this takes the cost apart before it says what the cost is"),
    ),
)
def line_by_line():
    return (
        "S = e^z1 + e^z2 + e^z3,  and p_j = e^z_j / S  for each class j",
        "C = -ln p1,  for the first class is the true one",
        "C = -z1 + ln S,  the logarithm of a quotient",
        "dS/dz_j = e^z_j,  for only this term of S contains z_j",
        "d(ln S)/dz_j = (1/S) e^z_j = p_j,  the chain rule",
        "d(-z1)/dz_j = -y_j:  -1 for the true class, 0 for the others",
        "dC/dz_j = p_j - y_j,  the two terms together",
    )


@order_it(
    "Softmax, cost and slope",
    minutes=6,
    hints=(
        "The logits are shifted before any exponential is taken.",
        "`places` picks the true class of each row; both the cost and the slope need it.",
        "The slope is p, minus 1 at the true class, and all of that over n.",
    ),
    why="p - y has to be whole before it is divided by n; the cost can be read off at any time after log_p and places.",
    after={1: (0,), 3: (1, 2), 4: (1,), 5: (2, 4), 6: (5,)},
    shuffle=(4, 6, 1, 5, 0, 2, 3),
    mistakes=(
        ((0, 1, 2, 3, 4, 6, 5), "this gives p/n - 1: the 1 belongs to p - y, all of which is divided by n"),
        ((1, 0, 2, 3, 4, 5, 6), "log_p is made from the shifted logits z, which are not there yet"),
        ((0, 1, 2, 3, 5, 4, 6), "the 1 is taken from delta before there is one: it starts as p"),
    ),
)
def in_order():
    return (
        "z = logits - logits.max(axis=1, keepdims=True)",
        "log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))",
        "places = np.arange(len(labels)), labels",
        "C = -log_p[places].mean()",
        "delta = np.exp(log_p)",
        "delta[places] -= 1",
        "delta /= len(labels)",
    )


def _softmax_with(shift, axis):
    def softmax(logits):
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(logits - shift(logits))
            return e / e.sum(axis=axis, keepdims=True)

    return softmax


def _shifted_exponentials(logits):
    return np.exp(logits - logits.max(axis=1, keepdims=True))


def _far_apart(rng):
    """Rows far from each other; in one of them one logit lies 1000 above the others, in another half of them do."""
    n, classes = rng.integers(5, 8), rng.integers(4, 7)
    logits = rng.uniform(-2, 2, (n, classes)) + rng.permutation(np.resize([0, 1000, -1000, 5, -5], n))[:, None]
    (one, half), places = rng.permutation(n)[:2], rng.permutation(classes)
    logits[one, places[0]] += 1000  # exp overflows after a shift by the mean
    logits[half, places[: classes // 2]] += 1000  # and here after one by the smallest alone
    return (logits,)


@write_it(
    "A softmax for any logits",
    minutes=8,
    hints=(
        "Write the formula for one row first; then try it with a logit of 1000.",
        "Adding a number to all logits of a row changes nothing. Which number makes every exponential at most 1?",
        "Each row has a maximum of its own: logits.max(axis=1, keepdims=True) keeps it as a column.",
        "e = exp(logits - maximum of the row), and then e over its sum along axis 1.",
    ),
    why="Only differences of logits count, so the largest of each row can be moved to 0, where exp is safe.",
    inputs=_far_apart,
    mistakes=(
        (
            _softmax_with(lambda logits: 0, axis=1),
            "right on paper, but exp overflows at 709.8: shift each row by its largest logit first",
        ),
        (
            _softmax_with(np.max, axis=1),
            "one shift for the whole batch: in rows far below it every exponential is 0, and 0/0 is nan",
        ),
        (
            _softmax_with(lambda logits: logits.mean(axis=1, keepdims=True), axis=1),
            "a row is shifted by its mean: a logit 1000 above the others still overflows, the largest must go to 0",
        ),
        (
            _softmax_with(lambda logits: logits.min(axis=1, keepdims=True), axis=1),
            "a row is shifted by its smallest logit, so the others go up: it is the largest that must go to 0",
        ),
        (
            _softmax_with(lambda logits: logits.max(axis=0, keepdims=True), axis=0),
            "this normalises each column: the probabilities of one example, a row, must sum to 1",
        ),
        (
            _softmax_with(lambda logits: logits.max(axis=1, keepdims=True), axis=None),
            "the whole batch sums to 1 here: every row must",
        ),
        (_shifted_exponentials, "these are the exponentials: divide each row by its sum"),
        (log_softmax, "these are the logarithms of the probabilities"),
    ),
    also_right=(
        SoftmaxCrossEntropy.probabilities,
        lambda logits: [np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in logits],
        lambda logits: 1 / np.exp(np.minimum(logits[:, None, :] - logits[:, :, None], 500)).sum(axis=2),
    ),
)
def softmax(logits):
    """The probabilities, row by row, for logits of any size."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _binary_cost(w, b, x, y):
    z = w * x + b
    return np.mean(np.logaddexp(0, z) - y * z)


def _lowest(x, y):
    """The best w and b, by Newton's method."""
    X, best = np.stack([x, np.ones_like(x)], axis=1), np.zeros(2)
    for _ in range(20):
        p = sigmoid(X @ best)
        best = best - np.linalg.solve((X.T * (p * (1 - p))) @ X, X.T @ (p - y))
    return best


def _measure_fit(answer):
    rng = np.random.default_rng()
    worst = (-np.inf, 0, 0, 0, 0)
    for _ in range(5):
        x = rng.permutation(np.linspace(-2, 3, 60))
        y = (rng.random(60) < sigmoid(1.5 * x - 1)).astype(float)
        y[[x.argmin(), x.argmax()]] = 1, 0  # so that no threshold separates the labels, and a lowest point exists
        w, b = (float(np.squeeze(number)) for number in answer(x.copy(), y.copy()))
        if not np.isfinite([w, b]).all():
            return f"got w = {w}, b = {b}, expected two finite numbers", False
        best = _lowest(x, y)
        worst = max(worst, (_binary_cost(w, b, x, y) - _binary_cost(*best, x, y), w, b, *best))
    excess, w, b, best_w, best_b = worst
    line = f"on five new sets the cost is at most {excess:.4f} above the lowest possible one"
    if excess < 0.001:
        return line, True
    if abs(w) < 1e-3 and abs(b) < 1e-3:
        why = "w and b have stayed at 0, where the neuron knows nothing and pays ln 2"
    elif w * best_w < 0:
        why = "w has the wrong sign, as if it climbed: dC/dz is p - y, and a step subtracts"
    elif abs(w) > 2 * abs(best_w):
        why = "the neuron is too sure of itself: w is far too large, so its wrong answers cost too much"
    elif abs(b) < 1e-3:
        why = "the bias has stayed at 0, and it has a slope too"
    else:
        why = "not at the lowest point yet: take more steps, or smaller ones if they jump across it"
    return f"{line}, to reach: below 0.001; {why}", False


def _climb(x, y):
    w, b = 0.0, 0.0
    for _ in range(50):
        slope_z = (sigmoid(w * x + b) - y) / len(x)
        w, b = w + 0.5 * np.sum(slope_z * x), b + 0.5 * np.sum(slope_z)
    return w, b


def _most_accurate(x, y):
    thresholds = np.sort(x) + 0.01
    best = max(thresholds, key=lambda t: np.mean((x > t) == (y == 1)))
    return 50.0, -50.0 * best


def _without_bias(x, y):
    w = 0.0
    for _ in range(500):
        w -= 0.5 * np.mean((sigmoid(w * x) - y) * x)
    return w, 0.0


def _six_steps(x, y):
    w, b = 0.0, 0.0
    for _ in range(6):
        slope_z = (sigmoid(w * x + b) - y) / len(x)
        w, b = w - 0.1 * np.sum(slope_z * x), b - 0.1 * np.sum(slope_z)
    return w, b


def _by_search(x, y):
    w, b, reach = 0.0, 0.0, 4.0
    while reach > 0.005:
        grid = [(w + i * reach, b + j * reach) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        best = min(grid, key=lambda pair: _binary_cost(*pair, x, y))
        reach, (w, b) = (reach / 2 if best == (w, b) else reach), best
    return np.array([w, b])


@stretch_it(
    "Find the lowest cost yourself",
    minutes=30,
    hints=(
        "You have everything: `learn` in this chapter moved w and b against their slopes, for a single example.",
        "Now there are n examples. For each, dC/dz is (p - y) / n; a nudge of b moves every z by as much.",
        "A nudge of w moves z by x times as much: so dC/dw is the sum of the slopes dC/dz times x.",
        "Start from w = b = 0 and take some hundreds of steps of 0.5 times the slope; then some thousands.",
    ),
    why="The cross-entropy of one neuron is a single valley, so stepping against the slope leads to its lowest point.",
    measure=_measure_fit,
    mistakes=(
        (lambda x, y: (0.0, 0.0), "the neuron knows nothing and pays ln 2"),
        (_climb, "w has the wrong sign"),
        (_most_accurate, "too sure of itself"),
        (_without_bias, "the bias has stayed at 0"),
        (_six_steps, "not at the lowest point yet"),
    ),
    also_right=(_by_search, lambda x, y: list(_lowest(x, y))),
)
def fit_neuron(x, y):
    """The weight and the bias with the lowest cross-entropy, by small steps against the slope."""
    w, b = 0.0, 0.0
    for _ in range(2000):
        slope_z = (sigmoid(w * x + b) - y) / len(x)  # p - y, and the average's 1/n
        w -= 0.5 * np.sum(slope_z * x)
        b -= 0.5 * np.sum(slope_z)
    return w, b
