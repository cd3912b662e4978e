"""Exercises of Deep networks."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


@predict_it(
    "What is left of a slope",
    minutes=2,
    hints=(
        "How many times is something multiplied on the way from layer 5 to layer 1?",
        "Four times. Each time by a weight and by a gate.",
        "The factor is 2 * 0.2 = 0.4; four of them make 0.0256. And the slope began as 0.5.",
    ),
    why="Each step back multiplies by weight times gate, and from layer 5 to layer 1 there are four steps.",
    within=5e-5,
    mistakes=(
        (0.00512, "that is five factors: between five layers there are four steps"),
        (0.0256, "that is what four factors leave of a slope of 1; this one began as 0.5"),
        (8.0, "the gates are forgotten: each step multiplies by the weight and by the gate"),
        (0.0008, "the weights are forgotten: each step multiplies by the weight and by the gate"),
        (0.8, "that adds the four factors up; factors one behind the other are multiplied"),
    ),
)
def slope_left():
    """The slope of layer 1, in a chain of five neurons with the weight 2 and the gate 0.2."""
    slope, weight, gate = 0.5, 2, 0.2
    return slope * (weight * gate) ** 4


@predict_it(
    "A spread for a wide layer",
    minutes=1,
    hints=(
        "The squash is ReLU. Whose rule belongs to it?",
        "He's: the variance is 2 / n_in. And the spread is its root.",
        "2 / 200 = 0.01, and the root of that is 0.1.",
    ),
    why="He's rule gives the variance 2 / n_in, with the number of inputs, and the spread is its root.",
    within=1e-4,
    mistakes=(
        (0.01, "that is the variance; the spread is its root"),
        (0.0707, "that is 1 over the root of 200: ReLU halves the mean square, so a 2 stands above"),
        (0.2, "that takes the 50 neurons; each of them adds up 200 inputs"),
        (0.0894, "that is Glorot's rule; for ReLU the variance is 2 / n_in"),
    ),
)
def he_spread():
    """The spread of the first weights of a ReLU layer with 200 inputs and 50 neurons."""
    return np.sqrt(2 / 200)


@predict_it(
    "The number in the place of the 2",
    minutes=3,
    hints=(
        "Half of the weighted inputs are positive, half negative. What becomes of the square of each?",
        "A positive one keeps its square. A negative one is halved, so a quarter of its square is left.",
        "Of the mean square 1/2 + 1/2 * 1/4 = 0.625 is left. What makes that 1 again?",
    ),
    why="The squash leaves (1 + 0.25) / 2 = 0.625 of the mean square, and 1.6 times 0.625 is 1.",
    within=1e-3,
    mistakes=(
        (2.0, "that would be right if the negative half were lost; here a part of it comes through"),
        (0.625, "that is what the squash leaves of the mean square; the weights have to make up for it"),
        (1.333, "half of z is a quarter of its square: it is the squares that are averaged"),
        (1.265, "that is the root; the variance is asked for"),
        (0.8, "each half of the weighted inputs counts for one half of the mean"),
    ),
)
def other_squash():
    """The number c in s^2 = c / n_in for a squash that keeps a positive z and halves a negative one."""
    left = (1 + 0.5**2) / 2
    return 1 / left


@order_it(
    "He's rule, line by line",
    minutes=4,
    hints=(
        "It begins with one neuron, goes on with the whole layer, and ends with the squash.",
        "The squash needs the mean square of z; that needs the variance of one z.",
        "The variance of each term comes before their sum.",
    ),
    why="Variances of independent terms add, the layer's mean square follows, ReLU halves it, and the 2 undoes that.",
    after={2: (0, 1), 3: (2,), 4: (3,), 5: (4,)},  # what a term has for its variance may also stand first
    shuffle=(3, 5, 0, 4, 2, 1),
    mistakes=(
        ((0, 2, 1, 3, 4, 5), "the variances are added up before it is said what each of them is"),
        ((0, 1, 2, 4, 3, 5), "ReLU halves the mean square of z: first it must be known"),
    ),
)
def he_line_by_line():
    return (
        "z_j = w_j1 a_1 + ... + w_jn a_n: a neuron adds up n inputs",
        "each term w_jk a_k has the variance s^2 a_k^2",
        "the terms are independent, so z_j has the variance s^2 (a_1^2 + ... + a_n^2)",
        "this is n s^2 times the mean square of a, so that is the mean square of z",
        "ReLU makes 0 of half of the z, and halves their mean square: n s^2 / 2",
        "that factor is 1 for s^2 = 2/n",
    )


@explain_it(
    "Read the sizes",
    minutes=2,
    question="A network of 20 layers with ReLU does not learn. Its activations have the size 0.4 in layer 1, 0.02 in "
    "layer 10 and 0.0006 in layer 19. Its slopes have the size 0.3 in layer 20 and 0.0002 in layer 1. No neuron is "
    "shut for all images. What do you change first?",
    hints=(
        "By which factor does one layer multiply, there and back?",
        "It is about 0.7, both ways. Which rule for the first weights gives that with ReLU?",
    ),
    why="A factor of about 0.7 for each layer, both ways, is what ReLU makes of weights of variance 1/n.",
)
def read_the_sizes():
    return (
        Choice(
            "The squash: leaky ReLU, since slopes vanish where gates are shut.",
            "no neuron is shut for all images, and a leak of 0.01 hardly changes the factor of a layer",
        ),
        Choice(
            "The rate: 1,000 times as large, since the slopes are 1,000 times too small.",
            "those of layer 1 are; those of layer 20 are not, and one rate serves both",
        ),
        Choice(
            "The first weights: the variance 2/n instead of 1/n.",
            "yes: 0.7 for each layer is the root of 1/2, which ReLU takes and the 2 gives back",
            right=True,
        ),
        Choice(
            "Clipping: it brings all slopes to one length.",
            "it multiplies all slopes by one number, so that layer 1 stays as far behind layer 20 as it was",
        ),
    )


@explain_it(
    "What clipping cures",
    minutes=2,
    question="In a network of 20 sigmoid layers the slope of layer 1 is a millionth of a millionth of that of layer "
    "20. A friend advises to clip the gradient to the length 1. What does that do?",
    hints=(
        "Is the gradient longer than 1? And if it is, what becomes of the ratio of two of its entries?",
        "Clipping multiplies every slope by the same number, at most 1.",
    ),
    why="Clipping only ever shortens, all slopes by one factor, so it cannot bring a vanished one back.",
)
def what_clipping_cures():
    return (
        Choice(
            "It lengthens the small slopes until each layer has the length 1.",
            "clipping never lengthens anything, and it takes the length of all slopes together",
        ),
        Choice(
            "It helps if the bound is chosen well: a larger bound lets larger slopes through.",
            "no bound changes the ratio between the layers, and a bound above the length changes nothing at all",
        ),
        Choice(
            "Nothing for layer 1: all slopes are multiplied by one number, which is never above 1.",
            "yes: it bounds a step that would be too long, and the ratio of the layers stays",
            right=True,
        ),
        Choice(
            "It makes things worse, for it always shortens the gradient.",
            "only a gradient longer than the bound; a shorter one is left as it is",
        ),
    )


def _deaf(rng):
    """Activations (7, 8): two or three neurons are dead, two are open for one image each, the others for four or all.

    So no single image tells the dead, and neither does a share of them or a small sum.
    """
    a = rng.uniform(0.5, 2, (7, 8)).round(2)
    dead = int(rng.integers(2, 4))
    a[:, : dead + 2] = 0
    a[rng.permutation(np.arange(2, 7))[:2], [dead, dead + 1]] = 0.01
    a[:, dead + 2] = 1.5
    for neuron in range(dead + 3, 8):
        a[rng.permutation(7)[:3], neuron] = 0
    return (a[:, rng.permutation(8)],)


@fix_it(
    "Count the dead",
    minutes=3,
    hints=(
        "A neuron that is shut for one image is well. When is it dead?",
        "It is 0 for every image: a whole column of zeros. What does np.any ask of a column?",
        "np.all instead of np.any, along the same axis.",
    ),
    why="A neuron is dead if it is 0 for every image, which is what np.all asks of each column.",
    inputs=_deaf,
    mistakes=(
        (
            lambda a: np.sum(np.any(a == 0, axis=0)),
            "this counts neurons that are shut for at least one image, as they all should be now and then",
        ),
        (lambda a: np.sum(np.all(a == 0, axis=1)), "this counts the images for which every neuron is shut"),
        (lambda a: np.sum(a == 0), "this counts every zero of the table"),
        (lambda a: np.mean(np.all(a == 0, axis=0)), "this is the share of the dead; their number is asked for"),
        (lambda a: np.sum(np.any(a > 0, axis=0)), "this counts the living"),
    ),
    also_right=(lambda a: int((a.sum(axis=0) == 0).sum()), lambda a: sum(max(column) == 0 for column in a.T)),
)
def dead_neurons(a):
    """How many neurons are 0 for every image; a has shape (images, neurons)."""
    return np.sum(np.all(a == 0, axis=0))


def _slopes(rng):
    """Two or three arrays of slopes of either sign, and a bound well below their length, near it or above it."""
    shapes = ((2, 3), (2,), (3,))[: rng.integers(2, 4)]
    grads = [(rng.choice([-1, 1], shape) * rng.uniform(1, 3, shape)).round(2) for shape in shapes]
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    return grads, round(float(length * rng.choice([0.1, 0.7, 1.5])), 2)


def _clipped_with(norm=lambda grads: np.sqrt(sum(np.sum(g**2) for g in grads)), always=False):
    """Clipping with another length, or without the question whether it is needed."""

    def clipped(grads, max_norm):
        length = norm(grads)
        factor = max_norm / length if always or length > max_norm else 1.0
        return [factor * g for g in grads]

    return clipped


def _by_concatenation(grads, max_norm):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    return tuple(g * min(1, max_norm / length) for g in grads)


@write_it(
    "Clip them together",
    minutes=6,
    hints=(
        "The length is that of all slopes in one long list: the root of the sum of all squares.",
        "sum(np.sum(g**2) for g in grads) adds the squares of all arrays.",
        "Where the length is above max_norm, the factor is max_norm / length; else it is 1. Multiply each array by it.",
    ),
    why="One length and one factor for all arrays: so the direction stays, and only the step becomes shorter.",
    inputs=_slopes,
    tries=40,  # so that each case occurs
    mistakes=(
        (
            lambda grads, max_norm: [_clipped_with()([g], max_norm)[0] for g in grads],
            "each array is clipped by its own length: the direction of the whole step changes",
        ),
        (
            lambda grads, max_norm: [np.clip(g, -max_norm, max_norm) for g in grads],
            "each entry is clipped by itself: large ones are cut and small ones stay, so the direction changes",
        ),
        (_clipped_with(always=True), "a gradient that is short enough is lengthened: leave it as it is"),
        (
            _clipped_with(lambda grads: sum(np.sum(g**2) for g in grads)),
            "this compares the square of the length: take the root",
        ),
        (
            _clipped_with(lambda grads: sum(np.sqrt(np.sum(g**2)) for g in grads)),
            "the lengths of the arrays are added; it is the squares that add up, and then comes the root",
        ),
        (lambda grads, max_norm: grads, "nothing is clipped"),
    ),
    also_right=(_by_concatenation,),
)
def clip_together(grads, max_norm):
    """The arrays of slopes, shrunk together so that their joint length is at most max_norm."""
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    factor = max_norm / length if length > max_norm else 1.0
    return [factor * g for g in grads]


def _bent(above, below):
    """A squash that multiplies what is positive by one number and what is negative by another."""
    return lambda z: np.where(z > 0, above * z, below * z)


def _mean_square(a):
    return np.mean(np.square(a))


def _measure_start(answer):
    rng = np.random.default_rng()
    squashes = [_bent(rng.uniform(0.3, 2), rng.uniform(-0.5, 0.5)) for _ in range(10)]
    a = 3 * rng.standard_normal((100, 50))  # its size is not 1
    drawn = []
    for squash in squashes[:2]:
        drawn.append(np.asarray(answer(np.random.default_rng(0), a.copy(), 40, squash), dtype=float))
        if drawn[-1].shape != (40, 50):
            return f"got weights of shape {drawn[-1].shape}, expected (40, 50), which is (n_out, n_in)", False
    if np.allclose(*drawn):
        return (
            "the same weights whatever the squash: try them, and see what the squash leaves of the mean square",
            False,
        )
    again = np.asarray(answer(np.random.default_rng(1), a.copy(), 40, squashes[0]), dtype=float)
    if np.allclose(drawn[0], again):
        return "the same weights whatever rng: draw them from it, so that no two neurons are alike", False
    if abs(again.mean()) > 0.5 * again.std():
        return "the mean of the weights is not 0: every neuron then says nearly the same", False
    left = []
    for squash in squashes:
        now = a
        for layer in range(20):
            W = np.asarray(answer(rng, now.copy(), 50 if layer % 2 else 40, squash), dtype=float)
            now, before = squash(now @ W.T), now
            if not 0 < _mean_square(now) / _mean_square(before) < 1e6:
                return "after one layer every activation is 0, or the numbers have exploded", False
        left.append(_mean_square(now) / _mean_square(a))
    kept = sum(bool(0.9 < np.sqrt(each) < 1.1) for each in left)
    line = f"{kept} of 10 squashes keep the size of the activations over 20 layers"
    if kept == 10:
        return line, True
    other = np.asarray(answer(np.random.default_rng(0), rng.standard_normal((100, 50)), 40, squashes[0]), dtype=float)
    if np.allclose(drawn[0], other):
        return f"{line}: the weights do not look at the batch, and a rule for the mean over draws misses a bit", False
    worst = max(left, key=lambda each: abs(np.log(each)))
    went = "grew" if worst > 1 else "shrank"
    return f"{line}; at worst the mean square {went} to {worst:.3g} times what it was", False


def _he_always(rng, a, n_out, squash):
    return rng.standard_normal((n_out, a.shape[1])) * np.sqrt(2 / a.shape[1])


def _without_the_root(rng, a, n_out, squash):
    W = rng.standard_normal((n_out, a.shape[1]))
    return W * _mean_square(a) / _mean_square(squash(a @ W.T))


def _wrong_way_round(rng, a, n_out, squash):
    W = rng.standard_normal((n_out, a.shape[1]))
    return W * np.sqrt(_mean_square(squash(a @ W.T)) / _mean_square(a))


def _by_trying(rng, a, n_out, squash):
    W = rng.standard_normal((n_out, a.shape[1]))
    return (W * np.sqrt(np.sum(a**2) / len(a) / a.shape[1] / np.mean(squash(a @ W.T) ** 2))).tolist()


def _by_theory(rng, a, n_out, squash):
    left = (squash(np.array(1.0)) ** 2 + squash(np.array(-1.0)) ** 2) / 2
    return rng.standard_normal((n_out, a.shape[1])) / np.sqrt(left * a.shape[1])


def _to_size_one(rng, a, n_out, squash):
    W = rng.standard_normal((n_out, a.shape[1]))
    return W / np.sqrt(_mean_square(squash(a @ W.T)))


def _all_alike(rng, a, n_out, squash):
    W = np.ones((n_out, a.shape[1]))
    return W * np.sqrt(_mean_square(a) / _mean_square(squash(a @ W.T)))


def _all_positive(rng, a, n_out, squash):
    W = rng.random((n_out, a.shape[1]))
    return W * np.sqrt(_mean_square(a) / _mean_square(squash(a @ W.T)))


@stretch_it(
    "A start for any squash",
    minutes=15,
    hints=(
        "Draw weights of any spread first, send the batch through them and through the squash, and look at the size.",
        "Say the mean square has become 9 times as large. By which factor must the weights be smaller?",
        "By 3, the root: for these squashes, weights 3 times as small make every activation 3 times as small.",
        "W * np.sqrt(np.mean(a**2) / np.mean(squash(a @ W.T) ** 2))",
    ),
    why="What the layer does to the mean square can be measured on a batch, and its root is the factor to divide by.",
    measure=_measure_start,
    mistakes=(
        (_he_always, "the same weights whatever the squash"),
        (_without_the_root, "at worst the mean square shrank to"),
        (_wrong_way_round, "at worst the mean square grew to"),
        (_by_theory, "the weights do not look at the batch"),
        (_to_size_one, "at worst the mean square shrank to 0.1"),
        (_all_alike, "the same weights whatever rng"),
        (_all_positive, "the mean of the weights is not 0"),
    ),
    also_right=(_by_trying,),
)
def start_for(rng, a, n_out, squash):
    """First weights (n_out, n_in) with which the batch a (n, n_in) keeps its mean square."""
    W = rng.standard_normal((n_out, a.shape[1]))
    return W * np.sqrt(np.mean(a**2) / np.mean(squash(a @ W.T) ** 2))
