"""Exercises of Normalisation and residuals."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


@predict_it(
    "Four numbers, normalised",
    minutes=3,
    hints=(
        "First the mean, then how far each number lies from it.",
        "The mean is 5, the squared differences are 9, 1, 1 and 25. What is the spread?",
        "Their mean is 9, so the spread is 3, and the last number becomes (10 - 5) / 3. Then gamma and beta.",
    ),
    why="The last number lies 5 above the mean, which is 5/3 spreads; gamma = 3 makes 5 of it, and beta adds 1.",
    within=0.01,
    mistakes=(
        (5 / 3, "that is the normalised number: gamma and beta are still to come"),
        (5 * 3 / 9 + 1, "that divides by the variance; it is the spread, its root"),
        (8.0, "that adds beta before gamma multiplies: first gamma, then beta"),
        (16.0, "that is gamma times the difference, plus beta: the spread is forgotten"),
    ),
)
def normalised():
    """What a batch norm with gamma 3 and beta 1 makes of the last of 2, 4, 4, 10."""
    x = np.array([2, 4, 4, 10])
    return 3 * (x[3] - x.mean()) / x.std() + 1


@predict_it(
    "The way back, by hand",
    minutes=5,
    hints=(
        "The slopes that arrive are 0, 0, 0, 3. Which two sums of them does the way back need?",
        "The mean of g is 0.75; the mean of g times the normalised number is 3 * (5/3) / 4 = 1.25.",
        "gamma / spread is 1. So it is 3 - 0.75 - (5/3) * 1.25.",
    ),
    why="Of the slope 3 the mean takes 0.75 away and the spread 2.083: moving the last number moves both with it.",
    within=0.005,
    mistakes=(
        (3.0, "that takes mean and spread for fixed numbers: moving an input moves both"),
        (2.25, "that lets the mean move, and holds the spread still"),
        (3 - 25 / 12, "that lets the spread move, and holds the mean still"),
        (0.5, "that is the slope for the first of the four"),
        (-1 / 3, "that is the slope for one of the two in the middle"),
    ),
)
def way_back():
    """The slope for the last of 2, 4, 4, 10, where the slopes 0, 0, 0, 3 arrive and gamma is 3."""
    x, g = np.array([2, 4, 4, 10]), np.array([0, 0, 0, 3])
    normal = (x - x.mean()) / x.std()
    return 3 / x.std() * (g - g.mean() - normal * (g * normal).mean())[3]


@order_it(
    "The way back, line by line",
    minutes=4,
    hints=(
        "It begins with the outputs and ends with the inputs.",
        "The way leads from the normalised numbers to the differences d from the mean, and from these to x.",
        "Before the slope for d is written down, it must be known how far sigma moves with d.",
    ),
    why="Through gamma to the normalised numbers, through the spread to the differences, through the mean to x.",
    after={3: (0, 1, 2), 5: (3, 4)},
    shuffle=(2, 4, 0, 5, 1, 3),
    mistakes=(
        ((0, 3, 1, 2, 4, 5), "the slope for d is written down before it is known what moves with d"),
        ((0, 1, 2, 3, 5, 4), "the slope for x is written down before it is said that the mean moves too"),
    ),
)
def back_line_by_line():
    return (
        "y_i = gamma x^_i + beta, so the slope for x^_i is h_i = gamma g_i",
        "when d_k moves by t, sigma moves by x^_k t / n",
        "when sigma moves by s, each x^_i moves by -x^_i s / sigma",
        "so the slope for d_k is (h_k - x^_k mean(h x^)) / sigma",
        "when x_k moves, the mean moves all d: each slope less the mean of all of them",
        "the slope for x_k is (h_k - mean(h) - x^_k mean(h x^)) / sigma",
    )


@explain_it(
    "The bias in front",
    minutes=2,
    question="A Dense with a bias stands in front of a batch norm. What does training do with that bias?",
    hints=(
        "Add 100 to one neuron's bias. What becomes of that neuron's numbers behind the batch norm?",
        "The mean grows by 100 too, and nothing changes. What is the slope of a knob that changes nothing?",
    ),
    why="The batch norm takes the bias off again with the mean, so its slope is 0; beta does its work.",
)
def bias_in_front():
    return (
        Choice(
            "It learns as any bias does, and beta learns beside it.",
            "whatever the bias adds to every row is taken off again with the mean",
        ),
        Choice(
            "It learns, but gamma multiplies its slopes.",
            "gamma does multiply the slopes; but those of a column add up to 0, and the bias has their sum",
        ),
        Choice(
            "Nothing: its slope is 0, but for rounding.",
            "yes: the slopes of a column add up to 0 behind the batch norm's way back, and beta is the bias now",
            right=True,
        ),
        Choice(
            "It goes to 0, since the batch norm wants the mean 0.",
            "nothing pulls it anywhere: it stays what it was at the start",
        ),
    )


def _trained(rng):
    """A batch of a few rows, and what a batch norm of three features has learned."""
    x = rng.normal(3, 2, (rng.integers(1, 4), 3)).round(2)
    return (
        x,
        rng.uniform(1.5, 3, 3).round(2),
        rng.uniform(1, 2, 3).round(2),
        rng.uniform(2, 4, 3).round(2),
        rng.uniform(0.01, 0.06, 3).round(3),  # so small that epsilon counts
    )


@fix_it(
    "Outside training",
    minutes=4,
    hints=(
        "Ask it for one image alone. What does it answer, whatever the image?",
        "Outside training the two numbers of the batch must not come in. What has the layer kept for that?",
        "Use mean and variance, which are given, in the place of x.mean(axis=0) and x.var(axis=0).",
    ),
    why="Outside training the running averages stand in for the batch, so that an answer depends on its own row alone.",
    inputs=_trained,
    mistakes=(
        (
            lambda x, gamma, beta, mean, variance: gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta,
            "this takes the batch's own mean and variance, as in training: a row's answer depends on its neighbours",
        ),
        (
            lambda x, gamma, beta, mean, variance: gamma * (x - mean) / np.sqrt(x.var(axis=0) + 1e-5) + beta,
            "the mean is the running one, the variance still the batch's own",
        ),
        (
            lambda x, gamma, beta, mean, variance: gamma * (x - mean) / (variance + 1e-5) + beta,
            "this divides by the variance; it is the spread, its root",
        ),
        (
            lambda x, gamma, beta, mean, variance: gamma * (x - mean) / np.sqrt(variance) + beta,
            "epsilon, 1e-5, is forgotten: a feature that never differs has the variance 0",
        ),
        (
            lambda x, gamma, beta, mean, variance: (x - mean) / np.sqrt(variance + 1e-5),
            "gamma and beta are forgotten: they hold outside training too",
        ),
    ),
    also_right=(
        lambda x, gamma, beta, mean, variance: [
            (gamma / np.sqrt(variance + 1e-5) * row + beta - gamma * mean / np.sqrt(variance + 1e-5)).tolist()
            for row in x
        ],
    ),
)
def outside_training(x, gamma, beta, mean, variance):
    """What a batch norm hands on outside training; x (n, features), mean and variance its running averages."""
    return gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta


@explain_it(
    "One by one",
    minutes=2,
    question="A network with batch norm reads 96 of 100 validation images when it is asked for all 100 at once. A "
    "phone asks it for one image at a time, and of the same 100 images it reads 10. The program calls the same "
    "function both times. What is wrong?",
    hints=(
        "What is the mean of a batch of one? And what is left when it is taken off?",
        "Everything becomes 0, and every image gets the same answer. In which mode does a batch norm do that?",
    ),
    why="In training mode a batch of one is its own mean, and nothing of it is left; predict uses running averages.",
)
def one_by_one():
    return (
        Choice(
            "The network has overfitted the validation images.",
            "they are the same images both times; only their company differs",
        ),
        Choice(
            "It is asked in training mode: it takes mean and spread of the images that it is asked with.",
            "yes: one image alone is its own mean, and nothing of it is left; predict would use the running averages",
            right=True,
        ),
        Choice(
            "Epsilon is too small for a batch of one.",
            "epsilon only keeps the quotient finite; what is divided is 0",
        ),
        Choice(
            "The running averages have not yet settled.",
            "then it would read the hundred badly too, for predict uses them whatever the batch",
        ),
    )


def _rows_to_normalise(rng):
    """Slopes (4, 6) that arrive, and the normalised rows, spreads and gamma of a layer norm."""
    x = rng.normal(0, 2, (4, 6))
    std = x.std(axis=1, keepdims=True)
    return rng.normal(0, 1, (4, 6)).round(2), (x - x.mean(axis=1, keepdims=True)) / std, std, rng.uniform(1.5, 4, 6)


def _layer_norm(axis=1, gamma_first=True, mean=True, spread=True):
    """The way back with one thing wrong."""

    def back(grad, normal, std, gamma):
        h = grad * gamma if gamma_first else grad
        dx = h - mean * h.mean(axis=axis, keepdims=True)
        dx = dx - spread * normal * (h * normal).mean(axis=axis, keepdims=True)
        return dx / std if gamma_first else gamma * dx / std

    return back


@write_it(
    "A layer norm's way back",
    minutes=8,
    hints=(
        "It is the batch norm's formula, with the features of one example in the place of the examples of one feature.",
        "gamma differs from feature to feature, so it cannot stand in front: h = grad * gamma comes first.",
        "The means are taken along axis=1, with keepdims=True so that they stand beside their rows.",
        "(h - h.mean(axis=1, keepdims=True) - normal * (h * normal).mean(axis=1, keepdims=True)) / std",
    ),
    why="The same derivation along the other axis: each row's slopes less their mean and less their part along x^.",
    inputs=_rows_to_normalise,
    mistakes=(
        (_layer_norm(axis=0), "the means are taken over the examples, as in a batch norm"),
        (_layer_norm(gamma_first=False), "gamma stands in front: here it differs within a row, and must come first"),
        (_layer_norm(mean=False), "the mean is held still: moving a feature moves the mean of its row"),
        (_layer_norm(spread=False), "the spread is held still: moving a feature moves the spread of its row"),
        (_layer_norm(mean=False, spread=False), "mean and spread are held still, as if they were fixed numbers"),
    ),
    also_right=(
        lambda grad, normal, std, gamma: [
            ((h := g * gamma) - h.mean() - r * np.mean(h * r)) / s
            for g, r, s in zip(grad, normal, std[:, 0], strict=True)
        ],
    ),
)
def layer_norm_back(grad, normal, std, gamma):
    """dC/dx (n, features) of a layer norm; grad = dC/dy, normal (n, features), std (n, 1), gamma (features,)."""
    h = grad * gamma
    return (h - h.mean(axis=1, keepdims=True) - normal * (h * normal).mean(axis=1, keepdims=True)) / std


@predict_it(
    "Ten layers with a path",
    minutes=2,
    hints=(
        "With a path a layer multiplies the slope by 1 + f'.",
        "Five factors of 1.3 and five of 0.7; a pair makes 0.91.",
        "0.91 to the power of 5.",
    ),
    why="With the 1 a pair of layers leaves 1.3 times 0.7 of the slope, 0.91; without it 0.3 times -0.3 would be left.",
    within=0.002,
    mistakes=(
        (1.0, "the two do not cancel: 1.3 times 0.7 is 0.91"),
        (0.91, "that is one pair of layers; there are five"),
        (-5.9049e-06, "nearly nothing is what ten layers leave without the 1; the path adds it to each factor"),
        (0.91**10, "ten layers are five pairs"),
    ),
)
def ten_layers():
    """What ten layers with a path leave of a slope of 1, five with f' = 0.3 and five with -0.3."""
    return (1.3 * 0.7) ** 5


@explain_it(
    "What the evidence carries",
    minutes=3,
    question="A network learns with batch norm, and not without it. Somebody shakes what comes out of every batch "
    "norm, at every step anew, and it learns about as well as before. Which conclusion does that carry?",
    hints=(
        "Which of the reasons would have foretold that the network learns no more?",
        "A test that a reason fails speaks against it. Does it speak for any other?",
    ),
    why="The test can only speak against the reason whose prediction failed; what helps instead it does not say.",
)
def what_is_shown():
    return (
        Choice(
            "That batch norm helps because it smooths the landscape of the cost.",
            "that needs a measurement of its own; this test only speaks against another reason",
        ),
        Choice(
            "That batch norm helps for some other reason than holding still what comes into a layer.",
            "yes: nothing was held still here, so by that reason the help should have gone, and it had not",
            right=True,
        ),
        Choice(
            "That noise is good for training.",
            "the shaken network would have to be better than the one that is not shaken",
        ),
        Choice(
            "Nothing, for a network with noise is another network.",
            "it is, and the reason says what must become of it: that can be tested, and was",
        ),
    )


def _not_drawn(W, last):
    """What is wrong with weights that should be drawn anew, with the mean 0; None if nothing is."""
    if W.shape != (60, 60):
        return f"got weights of shape {W.shape}, expected (60, 60)"
    if abs(W.mean()) > W.std() / 5:
        return "these weights have one sign more than the other: draw them with the mean 0"
    if not W.any():
        return "a layer with weights of 0 alone: such layers do nothing"
    if last is not None and np.array_equal(W, last):
        return "two layers have the same weights: draw them by rng"
    return None


def _measure_blocks(answer):
    rng = np.random.default_rng()
    lines = []
    for depth in (20, 5, 80, 320):
        a = np.abs(rng.standard_normal((50, 60)))
        start, added, last = np.sqrt(np.mean(a**2)), 0.0, None
        for _ in range(depth):
            W = np.asarray(answer(rng, 60, depth), dtype=float)
            if fault := _not_drawn(W, last):
                return fault, False
            last = W
            f = np.maximum(a @ W.T, 0)
            a, added = a + f, added + np.sqrt(np.mean(f**2))
            if not np.sqrt(np.mean(a**2)) < 100 * start:
                return f"with {depth} layers the activations explode, to more than a hundred times", False
        size = np.sqrt(np.mean(a**2)) / start
        lines.append(f"{depth} layers: {size:.3g} times as large")
        if size > 2:
            return f"{lines[-1]}, more than twice", False
        if added < 0.1 * start:
            return f"{lines[-1]}, but all layers together add less than a tenth: they do nothing", False
    return "; ".join(lines), True


@stretch_it(
    "A start for layers with a path",
    minutes=15,
    hints=(
        "A layer adds to what comes in, so its own part must be small: the smaller, the more layers there are.",
        "ReLU gives nothing below 0, so what the layers add has one sign, and adds up without cancelling.",
        "If depth layers are to add about as much as came in, each may add one depth-th of that.",
        "rng.standard_normal((n, n)) / np.sqrt(n) / depth",
    ),
    why="What ReLU adds has one sign, so it grows in proportion to the number of layers: each must add one depth-th.",
    measure=_measure_blocks,
    mistakes=(
        (lambda rng, n, depth: rng.standard_normal((n, n)) * np.sqrt(2 / n), "the activations explode"),
        (lambda rng, n, depth: rng.standard_normal((n, n)) / np.sqrt(n * depth), "more than twice"),
        (lambda rng, n, depth: np.zeros((n, n)), "do nothing"),
        (lambda rng, n, depth: rng.standard_normal((n, n)) / n / depth**2, "they do nothing"),
        (lambda rng, n, depth: np.full((n, n), 1 / n / depth), "draw them with the mean 0"),
        (lambda rng, n, depth: np.random.default_rng(0).standard_normal((n, n)) / np.sqrt(n) / depth, "same weights"),
    ),
    also_right=(lambda rng, n, depth: (rng.uniform(-1, 1, (n, n)) / depth * np.sqrt(3 / n)).tolist(),),
)
def start_with_paths(rng, n, depth):
    """First weights (n, n) of one of `depth` layers a + ReLU(W a): the size may at most double in all of them."""
    return rng.standard_normal((n, n)) / np.sqrt(n) / depth
