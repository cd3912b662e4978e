"""Exercises of Convolution."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib import (
    Adam,
    Conv2d,
    Dense,
    Flatten,
    MaxPool2d,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    cosine,
    he_normal,
    load_digits,
    minibatches,
    one_epoch,
)
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


@predict_it(
    "Places and parameters",
    minutes=3,
    hints=(
        "Two formulas: one for the side of what comes out, one for the numbers of a kernel. Which belongs to which?",
        "The side: (40 + 2 * 2 - 5) divided by 3, rounded down, plus 1. And a kernel goes through all three channels.",
        "The side is 39 // 3 + 1 = 14. A kernel has 3 * 5 * 5 = 75 weights and a bias, and there are 8 of them.",
    ),
    why="(40 + 4 - 5) // 3 + 1 = 14 places, and 8 * (75 + 1) = 608 numbers, however large the image is.",
    mistakes=(
        ((13, 608), "of the side: the first place counts too, so 1 is added; and padding lies on both sides"),
        ((12, 608), "of the side: the padding is forgotten, two pixels on each side"),
        ((40, 608), "of the side: the stride is forgotten, the kernel moves on by 3 pixels"),
        ((14, 208), "of the parameters: a kernel goes through all three channels, not through one"),
        ((14, 600), "of the parameters: each kernel has a bias as well"),
        ((14, 76), "of the parameters: that is one kernel, and there are 8"),
    ),
)
def shapes():
    """The side of what comes out, and the number of parameters."""
    return (40 + 2 * 2 - 5) // 3 + 1, 8 * (3 * 5 * 5 + 1)


@predict_it(
    "Back by hand",
    minutes=4,
    hints=(
        "Write the three windows below each other. In which does a_2 stand, and under which number of the kernel?",
        "a_2 stands in all three: under K_2 in the first, K_1 in the second, K_0 in the third.",
        "a_2 gets 1 * 2 + 2 * (-1) + (-1) * 3. K_0 meets the first input of each window: 1 * 2 + 2 * 1 + (-1) * 3.",
    ),
    why="Each delta sends itself times K to its window and itself times the window to K, and what meets adds up.",
    mistakes=(
        ((-1, 1), "of a_2: the kernel is not flipped; in the first window a_2 stands under K_2, not K_0"),
        ((-3, -1), "of K_0: that is the slope of K_2; K_0 meets the first input of each window"),
        ((-1, -1), "a_2 stands under K_2 in the first window; and K_0 meets the first input of each window"),
        ((-2, 1), "of a_2: that is the middle window alone; a_2 stands in three"),
    ),
)
def slopes_by_hand():
    """The slopes of a_2 and of K_0."""
    a, K, delta = (2, 1, 3, 0, 4), (3, -1, 2), (1, 2, -1)
    return sum(delta[2 - i] * K[i] for i in range(3)), sum(delta[y] * a[y] for y in range(3))


@order_it(
    "The slope of one input",
    minutes=3,
    hints=(
        "It begins with where the input stands, and ends with what that looks like as a whole.",
        "First where, then by which number it is multiplied there, then how much that moves; only then add.",
        "The formula with y comes before the one with i, and the flipped kernel is read off the last formula.",
    ),
    why="Where it stands, under which number, how much that moves, the sum, the sum written otherwise.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,)},
    shuffle=(3, 5, 0, 2, 4, 1),
    mistakes=(
        ((0, 2, 1, 3, 4, 5), "how much z_y moves is said before it is known under which number a_u stands"),
        ((0, 1, 2, 4, 3, 5), "the sum over i is the sum over the windows written otherwise: that comes first"),
    ),
)
def slope_of_an_input():
    return (
        "input a_u stands in the windows that begin at u, u - 1 and u - 2",
        "in the window that begins at y it stands at place u - y, so under K_(u-y)",
        "move a_u by a little: z_y moves K_(u-y) times as much",
        "the slope of a_u is the sum of delta_y K_(u-y) over these windows",
        "call u - y by the name i: it is the sum of delta_(u-i) K_i over i",
        "where i grows the place in delta falls: the kernel lies over delta flipped",
    )


@explain_it(
    "The same wherever it stands",
    minutes=2,
    question="A friend says: a network of two convolutions, each followed by pooling by 2, and a dense layer gives the "
    "same answer wherever a digit stands, for convolution does not care about places. What do you say?",
    hints=(
        "What does the output of a convolution do when the input moves? Does it stay, or does it move along?",
        "Move the image by 4 pixels: what comes to the dense layer has moved by one place. What does it do with that?",
    ),
    why="Moving along is not staying; pooling breaks even that, and the dense layer has a weight for each place.",
)
def moves_along():
    return (
        Choice(
            "Right: the kernels are the same at all places, so the answer is too.",
            "the kernels are; what they give moves along with the digit, and then meets other weights",
        ),
        Choice(
            "Right for moves by 4 pixels and their multiples, because of the two poolings.",
            "then what comes out of the poolings has moved by whole places, but it has moved: the dense layer sees it",
        ),
        Choice(
            "Wrong: the output of a convolution moves along, and the dense layer on top has a weight for every place.",
            "yes: and after a pooling it moves along only if the digit moves by whole windows",
            right=True,
        ),
        Choice(
            "Wrong: the output of a convolution changes by an unforeseeable amount when the digit moves.",
            "away from the edges it is exactly the same output, moved along",
        ),
    )


@explain_it(
    "Was it the neighbours?",
    minutes=2,
    question="Kernels read more digits than a dense layer with as many parameters, each at its own best rate, five "
    "seeds each. A colleague doubts that neighbouring pixels have anything to do with it. Which run tells?",
    hints=(
        "Change one thing: what lies beside what. And leave all else as it is, the network too.",
        "Shuffle the pixels of all images in the same way. Which of the two networks can notice?",
    ),
    why="Shuffling all images in the same way keeps every number and takes away only who is whose neighbour.",
)
def which_control():
    return (
        Choice(
            "A dense network with ten times the parameters: if it is still behind, it was the neighbours.",
            "the networks would still differ in much besides, in depth and in pooling for instance",
        ),
        Choice(
            "Both networks on images whose pixels are shuffled, each image in a way of its own.",
            "then no pixel means anything any more, and both read as by guessing",
        ),
        Choice(
            "The kernels on images whose pixels are shuffled, all images in the same way.",
            "yes: every number is still there, and only the neighbours are gone",
            right=True,
        ),
        Choice(
            "The kernels with three times as many seeds: then the difference is certain.",
            "it was not in doubt that there is a difference, but what makes it",
        ),
    )


def _squares_that_tie(rng):
    """Five squares of four numbers, of which the first two tie in two or more places, and slopes."""
    a = rng.permutation(np.arange(-9.0, 11)).reshape(5, 4)
    a[0], a[1] = 0, [-9, -2, -7, -2]  # the largest is not the one furthest from 0
    return rng.permutation(a), rng.uniform(1, 2, 5).round(2)


def _last_of_them(a, grad):
    da = np.zeros_like(a)
    da[np.arange(len(a)), a.shape[1] - 1 - a[:, ::-1].argmax(axis=1)] = grad
    return da


def _by_cumulation(a, grad):
    wins = a == a.max(axis=1, keepdims=True)
    return grad[:, None] * (wins & (np.cumsum(wins, axis=1) == 1))


@fix_it(
    "One slope, one pixel",
    minutes=4,
    hints=(
        "Add up each row of what the function returns. What should it be?",
        "It should be the row's slope. Where two numbers tie for the largest, only one may get it: argmax names one.",
        "da = np.zeros_like(a), then da[np.arange(len(a)), a.argmax(axis=1)] = grad.",
    ),
    why="What comes back through a square is one slope; argmax names one place, the first of those that tie.",
    inputs=_squares_that_tie,
    mistakes=(
        (
            lambda a, grad: (a == a.max(axis=1, keepdims=True)) * grad[:, None],
            "each number that ties gets the whole slope: four equal ones send four times as much as came",
        ),
        (
            lambda a, grad: (wins := a == a.max(axis=1, keepdims=True)) * grad[:, None] / wins.sum(axis=1)[:, None],
            "the slope is shared out: its sum is right, but the exercise asks for the first, as in nnlib",
        ),
        (_last_of_them, "the last of those that tie gets it; the exercise asks for the first"),
        (lambda a, grad: np.ones_like(a) * grad[:, None], "every number gets the slope, not only the largest"),
    ),
    also_right=(
        _by_cumulation,
        lambda a, grad: np.array([g * (np.arange(len(row)) == row.argmax()) for row, g in zip(a, grad, strict=True)]),
    ),
)
def pooled_back(a, grad):
    """The slopes (n, size) of squares a (n, size), each pooled to its largest, from the slopes grad (n,)."""
    da = np.zeros_like(a)
    da[np.arange(len(a)), a.argmax(axis=1)] = grad
    return da


def _image_and_slopes(rng):
    """An image and the slopes of what a kernel made of it, whose sides follow from the two."""
    kernel, places = rng.integers(2, 5, 2), rng.integers(3, 6, 2)
    return rng.integers(1, 9, kernel + places - 1).astype(float), rng.integers(1, 9, places).astype(float)


def _add_up(a, delta, flipped=False, mean=False):
    h, w = delta.shape
    dK = np.zeros((len(a) - h + 1, a.shape[1] - w + 1))
    for i, j in np.ndindex(dK.shape):
        part = delta[::-1, ::-1] * a[i : i + h, j : j + w] if flipped else delta * a[i : i + h, j : j + w]
        dK[i, j] = part.mean() if mean else part.sum()
    return dK


@write_it(
    "The slopes of a kernel",
    minutes=6,
    hints=(
        "K[i, j] meets a pixel in every window. Which part of the image is that, for one pair i, j?",
        "The part a[i : i + h, j : j + w], as large as delta, which is (h, w).",
        "dK[i, j] = np.sum(delta * a[i : i + h, j : j + w]), for all i below len(a) - h + 1, and j likewise.",
    ),
    why="dK[i, j] adds up delta times the pixel that K[i, j] met, place by place: delta slides over the image.",
    inputs=_image_and_slopes,
    mistakes=(
        (lambda a, delta: _add_up(a, delta)[::-1, ::-1], "right numbers at the wrong ends: this is flipped"),
        (lambda a, delta: _add_up(a, delta, flipped=True), "delta is flipped: only what goes to the input is"),
        (lambda a, delta: _add_up(a, delta, mean=True), "a mean over the places; the ways from a kernel add up"),
        (lambda a, delta: np.sum(delta) * np.ones_like(_add_up(a, delta)), "that is the slope of the bias"),
    ),
    also_right=(
        _add_up,
        lambda a, delta: np.einsum("ijyx,yx->ij", sliding_window_view(a, delta.shape), delta),
    ),
)
def kernel_slopes(a, delta):
    """The slopes of the kernel that made z of one image a; delta holds the slopes of z."""
    return np.sum(sliding_window_view(a, delta.shape) * delta, axis=(2, 3))


def _stamped(delta, K, stride, add=True):
    da = np.zeros(stride * (len(delta) - 1) + len(K))
    for y, d in enumerate(delta):
        here = slice(stride * y, stride * y + len(K))
        da[here] = da[here] + d * K if add else d * K
    return da


def _by_spreading(delta, K, stride):
    """Zeros between the deltas, and a true convolution."""
    spread = np.zeros(stride * (len(delta) - 1) + 1)
    spread[::stride] = delta
    return np.convolve(spread, K)


@write_it(
    "Back to the input, with a stride",
    minutes=6,
    hints=(
        "How long is the input that made len(delta) places, and where does window y begin in it?",
        "It has stride * (len(delta) - 1) + len(K) numbers, and window y begins at stride * y.",
        "Begin with zeros, and for each y: da[stride * y : stride * y + len(K)] += delta[y] * K.",
    ),
    why="Each delta stamps the kernel, times itself, on the window that it came from, and the stamps add up.",
    inputs=lambda rng: (
        rng.integers(1, 9, 4).astype(float),
        np.concatenate([rng.integers(1, 4, 2), rng.integers(5, 9, 2)]).astype(float),
        int(rng.integers(2, 4)),
    ),
    mistakes=(
        (lambda delta, K, stride: _stamped(delta, K[::-1], stride), "the kernel is flipped twice: stamp it as it is"),
        (
            lambda delta, K, stride: _stamped(delta, K, stride, add=False),
            "each window overwrites what the one before has left: where windows overlap, add",
        ),
        (lambda delta, K, stride: _stamped(delta, K, 1), "the stride is left out: window y begins at stride * y"),
    ),
    also_right=(_by_spreading,),
)
def input_slopes(delta, K, stride):
    """The slopes of the input of a convolution of one row, from those of its output."""
    da = np.zeros(stride * (len(delta) - 1) + len(K))
    for y in range(len(delta)):
        da[stride * y : stride * y + len(K)] += delta[y] * K
    return da


MOST, WANTED, SEEDS, EPOCHS = 500, 0.88, 3, 20


def _measure_network(build: Callable) -> tuple[str, bool]:
    """Train what is built on the embedded digits, from three seeds; the share that each reads of the test images."""
    digits, right = load_digits(), []
    x, x_test = (part.reshape(-1, 1, 8, 8).astype(np.float32) for part in (digits.x_train, digits.x_test))
    for seed in range(SEEDS):
        rng, loss = np.random.default_rng(seed), SoftmaxCrossEntropy()
        network = build(rng)
        number = sum(p.value.size for p in network.parameters())
        if number > MOST:
            return f"{number} parameters, and at most {MOST} are allowed", False
        adam = Adam(network.parameters(), cosine(0.02, EPOCHS * -(-len(x) // 32)))
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(EPOCHS):
                one_epoch(network, loss, adam, minibatches(x, digits.y_train, 32, rng))
        right.append(accuracy(network, x_test, digits.y_test))
        if right[0] < WANTED - 0.02:
            return f"{right[0]:.1%} with the first seed: with so few parameters, use each at more places", False
    said = ", ".join(f"{share:.1%}" for share in right)
    return f"{number} parameters read {said}", bool(np.mean(right) >= WANTED)


def _dense(rng):
    hidden = Dense(64, 6, rng, np.float32, he_normal)
    return Network(Flatten((1, 8, 8)), hidden, ReLU(), Dense(6, 10, rng, np.float32))


def _eight_kernels(rng):
    convolution = Conv2d((1, 8, 8), 8, 3, rng, np.float32, init=he_normal)
    return Network(convolution, ReLU(), Flatten(convolution.n_out), Dense(288, 10, rng, np.float32))


def _with_tanh(rng):
    convolution = Conv2d((1, 8, 8), 4, 3, rng, np.float32, init=he_normal)
    pooling = MaxPool2d((4, 6, 6), 2)
    return Network(convolution, pooling, Tanh(), Flatten((4, 3, 3)), Dense(36, 10, rng, np.float32))


@stretch_it(
    "Five hundred parameters",
    minutes=20,
    hints=(
        "How many parameters do six hidden neurons cost, and how many do four kernels of 3 x 3?",
        "Most of them will stand in the last layer: pool first, so that it has fewer inputs.",
        "Four kernels of 3 x 3 make 6 x 6 places, pooled 3 x 3: 36 inputs for the last layer, 370 parameters.",
    ),
    why="Four kernels spend 40 numbers on all places at once, and pooling leaves few inputs for the last layer.",
    measure=_measure_network,
    mistakes=(
        (_dense, "with so few parameters, use each at more places"),
        (_eight_kernels, "and at most 500 are allowed"),
    ),
    also_right=(_with_tanh,),
)
def few_parameters(rng):
    """An untrained network that takes images (1, 8, 8) and gives ten logits, in float32."""
    convolution = Conv2d((1, 8, 8), 4, 3, rng, np.float32, init=he_normal)
    pooling = MaxPool2d((4, 6, 6), 2)
    return Network(convolution, ReLU(), pooling, Flatten((4, 3, 3)), Dense(36, 10, rng, np.float32))
