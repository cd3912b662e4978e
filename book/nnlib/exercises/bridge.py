"""Exercises of The same network in Keras, PyTorch and JAX."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.losses import log_softmax


@order_it(
    "A step in PyTorch",
    minutes=2,
    hints=(
        "What must be known before the tape can be walked back?",
        "The slopes are added to what stands in `.grad`, from the first round on. So when must that be set to zero?",
        "The output, the cost, the way back, the step; `zero_grad` in the loop, anywhere above the way back.",
    ),
    why="backward() adds to the slopes, so they are set to zero in each round before it, and used after it.",
    after={1: (0,), 2: (0,), 3: (2,), 4: (1, 3), 5: (4,)},
    shuffle=(4, 1, 5, 3, 0, 2),
    mistakes=(
        ((0, 2, 3, 4, 1, 5), "the slopes are set to zero just before they are used: no weight would ever move"),
        ((0, 1, 2, 3, 5, 4), "the step comes before the slopes that it needs"),
        (
            (0, 2, 3, 4, 5, 1),
            "right from the second round on; in the first, the slopes are added to what stood in .grad before the loop",
        ),
        ((1, 0, 2, 3, 4, 5), "the slopes are set to zero once, before the loop; then they add up from step to step"),
    ),
)
def a_step_in_torch():
    return (
        "for x, y in batches:",
        "    optimizer.zero_grad()",
        "    z = model(x)",
        "    cost = loss(z, y)",
        "    cost.backward()",
        "    optimizer.step()",
    )


@write_it(
    "Across the border",
    minutes=5,
    hints=(
        "What does Keras multiply with, and what does nnlib?",
        "Keras computes x W + b with W of shape (inputs, outputs): it wants nnlib's W transposed, and b as it is.",
        "Go through the pairs in order, and append W.T and then b to one list.",
    ),
    why="Keras stores each W with a row for each input; a square one fits without transposing too, and is wrong.",
    inputs=lambda rng: (
        [
            (rng.uniform(-1, 1, shape).round(2), rng.uniform(1, 2, shape[0]).round(2))
            for shape in ((4, 3), (4, 4), (2, 4))
        ],
    ),
    mistakes=(
        (lambda pairs: [array for pair in pairs for array in pair], "W goes over as it is: Keras wants it transposed"),
        (
            lambda pairs: [W if W.shape[0] == W.shape[1] else W.T for W, _ in pairs],
            "the biases are missing, and the square W is not transposed",
        ),
        (
            lambda pairs: [array for W, b in pairs for array in (W if W.shape[0] == W.shape[1] else W.T, b)],
            "the square W is not transposed: that it fits does not make it right",
        ),
        (lambda pairs: [W.T for W, _ in pairs], "the biases are missing"),
        (
            lambda pairs: [W.T for W, _ in pairs] + [b for _, b in pairs],
            "the right arrays in another order: Keras wants W and b of the first layer, then those of the second",
        ),
        (
            lambda pairs: [array for W, b in pairs[::-1] for array in (W.T, b)],
            "the last layer comes first: the order is that of the forward pass",
        ),
    ),
    also_right=(lambda pairs: tuple(np.transpose(array) for pair in pairs for array in pair),),
)
def for_keras(pairs):
    """The arrays for `set_weights`, from nnlib's pairs (W, b)."""
    arrays = []
    for W, b in pairs:
        arrays += [W.T, b]
    return arrays


@predict_it(
    "Mean over what?",
    minutes=3,
    hints=(
        "Write both costs for one example with six outputs. By what factor do they differ?",
        "One is half of the sum of the squares, the other a sixth of it.",
        "Its slopes are 2/6 of nnlib's: the rate must make up for that.",
    ),
    why="The slopes are 1/6 over 1/2, a third, so the rate must be three times as large: 9.",
    mistakes=(
        (1, "the wrong way round: smaller slopes need a larger rate"),
        (18, "this makes up for the six outputs, but the 1/2 is missing too: the squares count twice as much there"),
        (1.5, "this makes up for the 1/2 alone; it is also a mean over the six outputs"),
        (6, "this makes up for the 1/2 the wrong way round, and not for the six outputs"),
        (36, "the factor 2 the wrong way round: without the 1/2 the slopes are larger, not smaller"),
        (15, "this would be right for ten outputs; here there are six"),
        (3, "at the same rate its steps would be shorter"),
    ),
    within=0.01,
)
def rate_for_mse():
    """The rate that makes with PyTorch's MSELoss the steps that 3 makes with QuadraticCost; six outputs."""
    slopes = (1 / 6) / (1 / 2)
    return 3 / slopes


@predict_it(
    "An epsilon that stands elsewhere",
    minutes=3,
    hints=(
        "At the first step v is (1 - beta2) times the squared slope. What is its root?",
        "nnlib divides by |g| + epsilon. Keras divides by 0.1 |g| + epsilon, and multiplies the whole step by 0.1.",
        "0.1 / (0.1 |g| + e) = 1 / (|g| + 10 e): in Keras e weighs ten times as much.",
    ),
    why="Keras adds it to the root of the uncorrected v, which is smaller by sqrt(1 - 0.99) = 0.1.",
    mistakes=(
        (0.1, "the wrong way round: it is to be divided by a number above 1"),
        (100, "this is 1 / (1 - 0.99): epsilon stands beside a root, so take the root"),
        (31.6, "this is for beta2 = 0.999; here it is 0.99"),
        (1, "the place matters: Keras adds it before the root is corrected"),
    ),
    within=0.001,
)
def smaller_epsilon():
    """By how much epsilon must be divided on its way to Keras, for the same first step; beta2 = 0.99."""
    return 1 / math.sqrt(1 - 0.99)


@predict_it(
    "Two words for momentum",
    minutes=2,
    hints=(
        "Which share of a running mean does each new batch replace in PyTorch, and which is kept in Keras?",
        "The two shares add up to 1.",
        "Each batch keeps the share of the start that Keras calls momentum: for two batches, multiply.",
    ),
    why="PyTorch's momentum 0.2 is what is new, Keras' is what stays: 0.8, and after two batches 0.8 squared.",
    mistakes=(
        ((0.2, 0.04), "in PyTorch 0.2 is the share that is new; Keras names the share that stays"),
        ((0.8, 0.04), "the first is right; of the start stays 0.8 each time, not 0.2"),
        (
            (0.8, 0.6),
            "the first is right; the second batch keeps 0.8 of what is left, it does not take away another 0.2",
        ),
        ((0.8, 0.36), "the first is right; 0.36 is what is new by then"),
        ((0.2, 0.64), "the second is right; Keras' momentum is the share that stays with each batch"),
    ),
)
def running_mean():
    """Keras' momentum for PyTorch's 0.2, and the share of the start that is left after two batches."""
    stays = 1 - 0.2
    return round(stays, 4), round(stays**2, 4)


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _cross_entropy(z, labels):
    return -log_softmax(z)[np.arange(len(labels)), labels]


@fix_it(
    "A cost that stops",
    minutes=4,
    hints=(
        "What are the two functions handed, and what do they want?",
        "`cross_entropy` takes logits and does the softmax itself.",
        "Hand it `z`, as it is, and take the mean.",
    ),
    why="The library's cross-entropy holds the softmax already; a second one squeezes all logits to between 0 and 1.",
    inputs=lambda rng: (
        rng.uniform(-4, 4, (5, 3)).round(2),
        np.concatenate([[0, 1, 2], rng.integers(0, 3, 2)]),
    ),
    mistakes=(
        (
            lambda z, labels: _cross_entropy(_softmax(z), labels).mean(),
            "for sure and right answers the cost must come near 0",
        ),
        (
            lambda z, labels: _cross_entropy(z, labels).sum(),
            "its floor is gone; but this is the sum over the batch",
        ),
        (
            lambda z, labels: -_softmax(z)[np.arange(len(labels)), labels].mean(),
            "these are the probabilities themselves: the logarithm is missing",
        ),
    ),
    also_right=(lambda z, labels: -np.log(_softmax(z)[np.arange(len(labels)), labels]).mean(),),
)
def cost_of_logits(z, labels):
    """The mean cost of logits (n, 3) and labels (n,)."""

    def cross_entropy(z, labels):
        z = z - z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(labels)), labels]

    return cross_entropy(z, labels).mean()


@explain_it(
    "Who says that it is wrong?",
    minutes=2,
    question=(
        "A network is scored in PyTorch, and nobody has called model.eval(): its dropout still draws. All slopes come "
        "from the tape. What tells you?"
    ),
    hints=(
        "Is any slope wrong? What would a library have to know to object?",
        "Ask the network the same thing twice.",
    ),
    why="No slope is wrong and nothing fails, so nothing objects. Asking twice finds it: the answers should be equal.",
)
def who_says_it():
    return (
        Choice(
            "A gradient check, with the draws held fixed: it finds a slope that is wrong.",
            "no slope is wrong: with the draws held fixed each agrees with nudging; and to score, none is needed",
        ),
        Choice(
            "PyTorch itself, by an error or a warning: a network in training mode may not be scored.",
            "it cannot know that you are scoring: in training, the same line is right",
        ),
        Choice(
            "Two predictions for the same inputs, which differ.",
            "yes: asked the same, a network that is scored must answer the same, whatever it has learned",
            right=True,
        ),
        Choice(
            "Nothing needs to: the tape makes sure that what is computed is right.",
            "the tape makes sure that the slopes belong to what was computed, not that it is what you wanted",
        ),
    )


@explain_it(
    "Another library, another number",
    minutes=3,
    question=(
        "The same network reads 93.1 % in one library and 94.0 % in another, with the defaults of each and one seed. "
        "What do you look at first?"
    ),
    hints=(
        "What would have to be equal before the first step gives the same cost?",
        "Start from the same weights, take one batch, and compare one number.",
    ),
    why="Equal first costs clear the forward pass of training. Dropout and batch norm score otherwise: compare that.",
)
def another_number():
    return (
        Choice(
            "The seed: the same one in both, so that both start from the same weights.",
            "each library makes other numbers of the same seed: the starts differ all the same",
        ),
        Choice(
            "More epochs, until both are equal.",
            "two programs may differ for good reasons and for bad; longer training hides which",
        ),
        Choice(
            "Equal weights, one batch, and the first cost; then step by step the next ones.",
            "yes: what differs first says where to look, and it takes a minute",
            right=True,
        ),
        Choice(
            "The source code of both libraries: one has a bug.",
            "a default that differs is far more likely, and the first costs say which kind",
        ),
    )


def _adam(slopes, rate=0.02, beta1=0.8, beta2=0.99, epsilon=1e-3, corrected=False):
    m, v, moves = 0.0, 0.0, []
    for t, g in enumerate(slopes, start=1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        root = math.sqrt(1 - beta2**t)
        below = math.sqrt(v) / root + epsilon if corrected else (math.sqrt(v) + epsilon) / root
        moves.append(rate * m / (1 - beta1**t) / below)
    return moves


def unknown(slopes: Sequence[float]) -> list[float]:
    """How far each step of an optimiser that does not say what it is moves a weight downhill, for these slopes."""
    return _adam(slopes)


def _measure_steps(answer: Callable) -> tuple[str, bool]:
    """Hold the steps against those of `unknown`, for large slopes and for small ones."""
    rng = np.random.default_rng()
    for size, says in ((1e4, "large"), (1e-3, "small")):
        slopes = [float(g) for g in size * rng.uniform(1, 2, 40) * rng.choice((-1, 1), 40)]
        got, want = np.array([float(move) for move in answer(list(slopes))]), np.array(unknown(slopes))
        if got.shape != want.shape:
            return f"got {len(got)} moves, expected one for each of the 40 slopes", False
        wrong = np.flatnonzero(~np.isclose(got, want, rtol=1e-4, atol=1e-9))
        if len(wrong) and says == "small":
            return "the same for large slopes, and not for small ones: what is added to the root, and where?", False
        if len(wrong) and wrong[0] == 0:
            return "the first step differs already, for large slopes: how long is it?", False
        if len(wrong):
            return f"for large slopes the first {wrong[0]} agree, the next does not: what is remembered?", False
    return "the same steps, for large slopes and for small ones", True


@stretch_it(
    "A library that says nothing",
    minutes=20,
    hints=(
        "Which slopes hide an epsilon, and which a memory? Begin with one step and a slope of 1e6.",
        "[1e6, x] moves nothing at the second step if x = -beta1 * 1e6: find that x. Then the second move of [1e6, 0], "
        "with both corrections, gives beta2.",
        "Small slopes at the first step: solve rate * g / (g + e) for e. If e shrinks in later steps as "
        "1 / sqrt(1 - beta2^t) does, epsilon is added before the correction: it is the first e times sqrt(1 - beta2).",
    ),
    why="One thing is changed at a time: large slopes show rate and memory, small ones epsilon and its place.",
    measure=_measure_steps,
    mistakes=(
        (lambda slopes: _adam(slopes, rate=0.001), "the first step differs already"),
        (lambda slopes: _adam(slopes, beta1=0.9), "what is remembered?"),
        (lambda slopes: _adam(slopes, epsilon=1e-2, corrected=True), "what is added to the root, and where?"),
    ),
    also_right=(lambda slopes: np.array(_adam(slopes)),),
)
def same_steps(slopes):
    """How far each step moves the weight, as `unknown` does."""
    m, v, moves = 0, 0, []
    for t, g in enumerate(slopes, start=1):
        m = 0.8 * m + 0.2 * g
        v = 0.99 * v + 0.01 * g**2
        rate = 0.02 * math.sqrt(1 - 0.99**t) / (1 - 0.8**t)
        moves.append(rate * m / (math.sqrt(v) + 1e-3))
    return moves
