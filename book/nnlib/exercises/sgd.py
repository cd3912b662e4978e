"""Exercises of Stochastic gradient descent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib.datasets import load_digits
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, Sigmoid
from nnlib.losses import QuadraticCost, one_hot
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import TrainingDiverged, accuracy, train_epochs


@predict_it(
    "How many steps?",
    minutes=1,
    hints=(
        "Begin with one epoch: how many batches of 64 does it take until every example has been met?",
        "50,000 / 64 = 781.25. What happens to the quarter?",
        "Each epoch has 781 full batches and one of 16: 782 steps. There are three epochs.",
    ),
    why="A step is taken for each batch, the last short one too, and each epoch has a short one of its own.",
    within=0.1,
    mistakes=(
        (782, "that is one epoch; there are three"),
        (2343, "that drops the last short batch of each epoch: 16 examples are left, and they make a step too"),
        (2343.75, "there are no quarters of a step: the last batch is short, and its step counts as any other"),
        (2344, "each epoch ends with a short batch of its own: round up first, then take it three times"),
        (150_000, "that is how many examples are met; one step is made from 64 of them"),
    ),
)
def number_of_steps():
    """The iterations of three epochs over 50,000 examples, in batches of 64."""
    n, batch_size, epochs = 50_000, 64, 3
    return epochs * -(-n // batch_size)  # rounded up, in each epoch


@predict_it(
    "The price of quiet",
    minutes=2,
    hints=(
        "The error is to be three times smaller. Does a batch three times as large do that?",
        "The error falls as 1 over the root of the batch size: four times the batch halves it.",
        "Three times smaller takes 3 * 3 = 9 times the batch.",
    ),
    why="The error falls with the root of the batch size, so a third of the error costs nine times the batch.",
    within=0.5,
    mistakes=(
        (60, "three times the batch makes the error smaller by the root of three only, 1.7 times: to 0.35"),
        (35, "the root is taken on the wrong side: it is the error that falls with the root of the batch size"),
        (40, "twice the batch makes the error smaller by the root of two only: to 0.42"),
        (9, "that is the factor; the batch is 20 now"),
    ),
)
def quieter_batch():
    """The batch size whose gradient errs by 0.2, if batches of 20 err by 0.6."""
    batch_size, error, wanted = 20, 0.6, 0.2
    return batch_size * round(error / wanted) ** 2  # the error falls with the root of the batch size


@predict_it(
    "The spread of a batch's slope",
    minutes=2,
    hints=(
        "First find the variance of the four slopes: the mean of the squared differences from their mean, 4.",
        "It is 5. The mean of B independent draws has the variance 5 / B.",
        "With B = 20 that is 0.25. What is asked for is its root.",
    ),
    why="A mean of B independent draws has a B-th of the variance, and its typical error is the root of that.",
    within=0.01,
    mistakes=(
        (0.25, "that is the variance of the mean; its typical error is the root of that"),
        (5, "that is the variance of one slope; the mean of 20 has a twentieth of it, and then comes the root"),
        (2.236, "that is the typical error of a single slope; the mean of 20 is nearer"),
        (0.112, "the spread is divided by 20 here: it is the variance that is; the spread falls by the root of 20"),
        (0.577, "these four are all the slopes that there are, so their variance divides by 4, not by 3"),
        (1.118, "the batch has 20 examples here, not 4: the variance is divided by 20"),
        (100, "that is the variance of the sum of 20; for the mean it is divided by 20 twice"),
    ),
)
def spread_of_batch():
    """The typical error of the mean of 20 slopes, drawn from 1, 3, 5 and 7."""
    return np.std([1, 3, 5, 7]) / np.sqrt(20)


def _epoch_cost_by_dot(costs, sizes):
    return np.dot(costs, sizes) / np.sum(sizes)


@write_it(
    "The mean cost of an epoch",
    minutes=3,
    hints=(
        "What is the sum of the costs of the examples in one batch, if you know their mean and how many they are?",
        "Add up cost times size over the batches; then divide by the number of all examples.",
        "sum(cost * size for cost, size in zip(costs, sizes)) / sum(sizes)",
    ),
    why="Every example counts once, so each batch's mean has to be weighted with the number of its examples.",
    inputs=lambda rng: (
        rng.uniform(0.5, 2, (k := int(rng.integers(3, 9)))).round(3),
        np.array([full := int(rng.integers(8, 20))] * (k - 1) + [int(rng.integers(2, full - 1))]),
    ),
    tries=30,
    mistakes=(
        (
            lambda costs, sizes: np.mean(costs),
            "this is the plain average of the batches: an example of the short last batch counts more than the others",
        ),
        (
            lambda costs, sizes: np.dot(costs, sizes) / (len(sizes) * sizes[0]),
            "this divides as if every batch were full; divide by the number of examples that there are",
        ),
        (
            lambda costs, sizes: np.dot(costs, sizes),
            "this is the sum of the costs over the examples; their mean is asked for",
        ),
        (
            lambda costs, sizes: np.mean(np.multiply(costs, sizes)),
            "this divides by the number of batches; divide by the number of examples",
        ),
        (lambda costs, sizes: np.mean(costs[:-1]), "this leaves the last, short batch out"),
        (
            lambda costs, sizes: np.sum(costs) / np.sum(sizes),
            "each cost is a mean over its batch already: multiply it by the batch's size before you add up",
        ),
    ),
    also_right=(_epoch_cost_by_dot, lambda costs, sizes: np.average(costs, weights=sizes)),
)
def epoch_cost(costs, sizes):
    """The mean cost over all examples, from each batch's cost and size."""
    return sum(cost * size for cost, size in zip(costs, sizes, strict=True)) / sum(sizes)


def _epoch_with(
    batches: Callable = lambda order, size: [order[i : i + size] for i in range(0, len(order), size)],
    collect: Callable = lambda slopes, size: np.mean(slopes),
    targets: Callable = lambda batch: batch,
    gather: Callable = lambda old, new: new,
    sign: int = 1,
    stay: bool = False,
) -> Callable:
    """The epoch with one of its parts exchanged."""

    def epoch(w, x, y, order, batch_size, learning_rate):
        start, slope = w, 0.0
        for batch in batches(order, batch_size):
            slopes = ((start if stay else w) * x[batch] - y[targets(batch)]) * x[batch]
            slope = gather(slope, collect(slopes, batch_size))
            w = w - sign * learning_rate * slope
        return w

    return epoch


def _one_batch_more(order, size):
    return [order[k * size : (k + 1) * size] for k in range(len(order) // size + 1)]


def _epoch_y_unshuffled(w, x, y, order, batch_size, learning_rate):
    return one_epoch(w, x[order], y, np.arange(len(x)), batch_size, learning_rate)


def _epoch_of_one_step(w, x, y, order, batch_size, learning_rate):
    return one_epoch(w, x, y, order, len(x), learning_rate)


def _epoch_by_split(w, x, y, order, batch_size, learning_rate):
    w, cuts = np.float64(w), np.arange(batch_size, len(x), batch_size)
    for xs, ys in zip(np.split(x[order], cuts), np.split(y[order], cuts), strict=True):
        w -= learning_rate * (w * (xs @ xs) - xs @ ys) / len(xs)
    return w


@write_it(
    "One epoch of your own",
    minutes=12,
    hints=(
        "Walk through order in strides of batch_size: range(0, len(x), batch_size). Each stride is one step.",
        "batch = order[start : start + batch_size] picks the examples; x[batch] and y[batch] belong together.",
        "The slope is np.mean((w * x[batch] - y[batch]) * x[batch]), at the w that the last step led to.",
    ),
    why="Every step asks the next few examples, at the weight where the last step led, and averages over the batch.",
    inputs=lambda rng: (
        round(rng.uniform(-1, 1), 2),
        rng.uniform(0.5, 2, (n := int(rng.integers(8, 13)))).round(2),
        rng.uniform(-4, 4, n).round(2),
        rng.permutation(n),
        int(rng.integers(2, 5)),  # about half of the time the last batch is short
        round(rng.uniform(0.05, 0.15), 2),
    ),
    tries=40,
    mistakes=(
        (
            _epoch_with(collect=lambda slopes, size: np.sum(slopes)),
            "this sums over the batch: take the mean, or the rate would mean something else for each batch size",
        ),
        (
            _epoch_with(collect=lambda slopes, size: np.sum(slopes) / size),
            "the last, short batch is divided as if it were full: divide by the number of examples it has",
        ),
        (
            _epoch_with(collect=lambda slopes, size: slopes[0]),
            "each step asks one example only; average over the whole batch",
        ),
        (
            _epoch_with(batches=lambda order, size: order[: len(order) // size * size].reshape(-1, size)),
            "the last, short batch is dropped: its examples are to make a step too",
        ),
        (
            _epoch_with(
                batches=_one_batch_more, collect=lambda slopes, size: np.mean(slopes) if len(slopes) else np.nan
            ),
            "where the batches come out even there is one too many, without an example, and its mean is no number",
        ),
        (
            lambda w, x, y, order, *rest: one_epoch(w, x, y, np.arange(len(x)), *rest),
            "the examples are dealt out as they stand; take them in the shuffled order",
        ),
        (_epoch_y_unshuffled, "x is shuffled and y is not: no example keeps its own target"),
        (_epoch_of_one_step, "this is one step from all examples; each batch has a step of its own"),
        (
            _epoch_with(stay=True),
            "all slopes are taken at the weight of the start; each step begins where the last one led",
        ),
        (
            _epoch_with(gather=lambda old, new: old + new),
            "the slopes of earlier batches are still in it: begin each batch's slope anew",
        ),
        (_epoch_with(sign=-1), "this walks uphill: a step subtracts the rate times the slope"),
        (
            lambda *call: one_epoch(*call[:-1], call[-1] / call[-2]),
            "the 1/B is in it twice: the mean has divided by the size of the batch already",
        ),
    ),
    also_right=(_epoch_by_split, lambda *call: np.float32(one_epoch(*call))),
)
def one_epoch(w, x, y, order, batch_size, learning_rate):
    """The weight of a = w x after one epoch; x, y and order have shape (n,)."""
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        slope = np.mean((w * x[batch] - y[batch]) * x[batch])
        w = w - learning_rate * slope
    return w


@dataclass(frozen=True)
class MeanSlope:
    """The mean slope of the cost for a batch, for the neuron a = w x; to be called with at most so many x and y."""

    w: float
    most: int

    def __call__(self, x: np.ndarray, y: np.ndarray) -> float:
        if len(x) > self.most:
            raise MemoryError(f"{len(x)} examples at once; the memory holds {self.most}, which is batch_size")
        if len(x) == 0:
            raise ValueError("a batch without an example has no mean slope")
        return float(np.mean((self.w * x - y) * x))


def _plain_average(slope, x, y, batch_size):
    total = batches = 0
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        total += slope(x[batch], y[batch])
        batches += 1
    return total / batches


def _as_many_examples(rng):
    """8 to 12 examples in batches of 2, 3 or 4; about half of the time the last batch is short."""
    n, size = int(rng.integers(8, 13)), int(rng.integers(2, 5))
    x, y = rng.uniform(0.5, 2, n).round(2), rng.uniform(-4, 4, n).round(2)
    return MeanSlope(round(rng.uniform(-1, 1), 2), size), x, y, size


def _sum_of_means(slope, x, y, batch_size):
    return sum(slope(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size))


@fix_it(
    "Too much for the memory",
    minutes=4,
    hints=(
        "Try it by hand with batches of 3 and the four slopes of the chapter: -1, -2, 0 and -6.",
        "Each batch gives a mean. By how many examples does each of these means stand?",
        "Multiply each batch's slope by its number of examples, and divide by len(x) at the end.",
    ),
    why="A batch's mean stands for as many examples as the batch has, so it has to be weighted with them.",
    inputs=_as_many_examples,
    tries=40,
    mistakes=(
        (_plain_average, "the examples of the short last batch count more than the others: weight each batch"),
        (_sum_of_means, "this is a sum of means; what is asked for is one mean over all examples"),
        (
            lambda slope, x, y, size: _sum_of_means(slope, x, y, size) / len(x),
            "each batch's mean counts as one example here: multiply it by the number of examples it stands for",
        ),
        (
            lambda slope, x, y, size: _sum_of_means(slope, x, y, size) * size / len(x),
            "the last batch is weighted as if it were full; weight it with the examples that it has",
        ),
        (
            lambda slope, x, y, size: full_slope(slope, x, y, size) * len(x),
            "this is the sum over all examples; the mean is asked for",
        ),
        (
            lambda slope, x, y, size: full_slope(slope, x[: len(x) // size * size], y[: len(x) // size * size], size),
            "the last, short batch is left out: its examples count too",
        ),
    ),
    also_right=(
        lambda slope, x, y, size: np.mean([slope(x[i : i + 1], y[i : i + 1]) for i in range(len(x))]),
        lambda slope, x, y, size: [full_slope(slope, x, y, size - 1)],
    ),
)
def full_slope(slope, x, y, batch_size):
    """The slope of the mean cost over all examples, batch by batch."""
    total = 0.0
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        total += slope(x[batch], y[batch]) * len(x[batch])
    return total / len(x)


@order_it(
    "One epoch, its lines shuffled",
    minutes=4,
    hints=(
        "Two lines come before the loop, one after it; the indented ones are the loop's body.",
        "In the body: deal, forward, backward, step. Where may the cost be added up?",
        "The step uses the slopes that the backward pass writes, and that uses what the forward pass has kept.",
    ),
    why="Each batch is dealt, sent forward and back, and makes its step; its cost is weighted by its size.",
    after={2: (0, 1), 3: (2,), 4: (3,), 5: (4,), 6: (5,), 7: (4,), 8: (6, 7)},
    shuffle=(6, 3, 8, 0, 7, 4, 2, 1, 5),
    mistakes=(
        (
            (0, 1, 2, 3, 4, 6, 5, 7, 8),
            "the step comes before the backward pass: it would use the slopes of the batch before",
        ),
        (
            (0, 1, 2, 3, 5, 4, 6, 7, 8),
            "the backward pass comes before the forward pass: it would use what the batch before has left",
        ),
        (
            (0, 1, 2, 4, 5, 6, 3, 7, 8),
            "the batch is dealt after it is used: in each round the network would see the batch of the round before",
        ),
    ),
)
def epoch_in_order():
    return (
        "order = rng.permutation(len(x))",
        "total = 0.0",
        "for start in range(0, len(x), batch_size):",
        "    batch = order[start : start + batch_size]",
        "    cost = loss.forward(network.forward(x[batch]), y[batch])",
        "    network.collect(loss.backward())",
        "    optimizer.step()",
        "    total += cost * len(batch)",
        "mean_cost = total / len(x)",
    )


@explain_it(
    "The same examples in another order",
    minutes=2,
    question=(
        "Sorted or shuffled, an epoch meets each example exactly once, and the rate is the same. Why did the sorted "
        "digits teach the network nothing but nines?"
    ),
    hints=(
        "At which weights is the slope of an example taken?",
        "Follow the last 137 examples of an epoch: what does each of their batches ask for?",
    ),
    why="The slopes of an epoch are taken at places that depend on the order, and the last village polled wins.",
)
def same_examples():
    return (
        Choice(
            "Batches of one label are noisier, and three epochs were too few for the noise to average out.",
            "this error does not average out: batch after batch errs in the same direction, in every epoch anew",
        ),
        Choice(
            "Each step asks at the place where the last one led, and the last 14 batches all led to nine.",
            "yes: what earlier batches taught is undone by a run of batches that all want something else",
            right=True,
        ),
        Choice(
            "The network has memorised the order of the examples: overfitting.",
            "it has no memory for the order, and it does not even get its training images right",
        ),
        Choice(
            "It cannot be the order: the slopes add up to the same sum, so something else was wrong.",
            "they are not the same slopes: each is taken at other weights, those which the steps before have left",
        ),
    )


@explain_it(
    "A cost that no longer falls",
    minutes=2,
    question=(
        "At a fixed rate, with batches of 10, the mean cost of the epochs fell for a long time. For twenty epochs now "
        "it has gone up a little and down a little around the same value. What is the best reading?"
    ),
    hints=(
        "Is the gradient of ten examples zero where the gradient of all of them is?",
        "What would you change to find out, and what would then happen in each of the four cases?",
    ),
    why="Where the full gradient is zero the mini-batch gradients are not, so at a fixed rate the walk never rests.",
)
def still_dancing():
    return (
        Choice(
            "SGD has converged, so these are the optimal weights.",
            "often said, and false: at a fixed rate it does not converge, and the cost of a network is no bowl",
        ),
        Choice(
            "There is an error in the gradient, or the cost would fall in every step.",
            "a right mini-batch gradient is right only on average: single steps, and epochs, may well go uphill",
        ),
        Choice(
            "It has been caught in a local minimum.",
            "the curve cannot say so: mini-batches kick it about near any low place, minimum or not",
        ),
        Choice(
            "The walk dances near some low place, since mini-batch gradients do not vanish there; a smaller rate would "
            "tell.",
            "yes: noise and rate set how far it dances; let the rate fall and see whether the cost falls with it",
            right=True,
        ),
    )


@predict_it(
    "A recipe that sums",
    minutes=2,
    hints=(
        "Which rate does the recipe use for each example, and which is yours for each example?",
        "It uses 0.02 for each example, since it sums. A mean over B examples uses the rate divided by B.",
        "Your rate, divided by 10, should be 0.02.",
    ),
    why="What counts is the rate per example: 0.02 where slopes are summed, the rate over B where they are averaged.",
    within=0.0005,
    mistakes=(
        (1, "that is the rate of a mean over 50 examples; your batches have 10"),
        (0.02, "where slopes are averaged, this is a rate of 0.002 per example: ten times too small"),
        (0.002, "the wrong way round: the mean is ten times smaller than the sum, so its rate is ten times larger"),
        (0.004, "this is a fifth of the recipe's rate; the mean asks for a larger rate than a sum does"),
        (0.1, "this takes the ratio of the two batch sizes; what is asked for is 0.02 for each of your 10 examples"),
    ),
)
def rate_for_the_mean():
    """The rate for means over batches of 10, if a recipe sums over batches of 50 at the rate 0.02."""
    return 0.02 * 10  # the rate per example stays


@explain_it(
    "A larger machine",
    minutes=2,
    question=(
        "Batches of 10 at the rate 1 served you well. A new machine makes steps from 1,000 in the same time. "
        "What do you try first?"
    ),
    hints=(
        "How many steps has an epoch now, and how long is each at the same rate?",
        "Where did the rule of the rate per example end in the chapter?",
    ),
    why="The rate per example is a good first guess, and the longest step that the landscape bears is its limit.",
)
def larger_batches():
    return (
        Choice(
            "A larger rate, up to the largest that still trains, and more epochs than before.",
            "yes: the rate may grow with the batch until steps are too long for the landscape; the rest takes epochs",
            right=True,
        ),
        Choice(
            "The same rate and the same number of epochs: the mean does not depend on the size of the batch.",
            "the steps are as long as before, but an epoch has a hundred times fewer: hardly anything is learned",
        ),
        Choice(
            "The rate 100, since what counts is the rate per example.",
            "the rule rests on weights that hardly change in between; the chapter saw it fail at the rate 10 already",
        ),
        Choice(
            "The rate 0.01, since the gradient of a larger batch is larger.",
            "that is so if gradients are summed; here they are averaged, and the mean does not grow with the batch",
        ),
    )


EPOCHS, SEEDS, WANTED = 3, 5, 0.87


def _measure_plan(plan: Callable) -> tuple[str, bool]:
    """Train the chapter's network for three epochs on five seeds; the shares of right test images."""
    batch_size, rate = plan()
    digits = load_digits()
    x, tests = digits.x_train.astype(np.float64), digits.x_test.astype(np.float64)
    y, shares = one_hot(digits.y_train, 10), []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        network = Network(Dense(64, 30, rng), Sigmoid(), Dense(30, 10, rng), Sigmoid())
        sgd = SGD(network.parameters(), rate)
        options = {"epochs": EPOCHS, "batch_size": batch_size, "rng": rng}
        try:
            costs = list(train_epochs(network, QuadraticCost(), sgd, x, y, **options))
        except TrainingDiverged:
            return "the weights are no longer finite: the steps are too long, try a smaller rate", False
        shares.append(accuracy(network, tests, digits.y_test))
        if shares[0] < 0.7:
            said = f"{shares[0]:.1%} with the first seed"
            if costs[-1] > 0.42 and sgd.steps > 100:
                return f"{said}: the cost has not come down, since the steps are too long for the landscape", False
            return f"{said}, after {sgd.steps} steps: more steps, or longer ones, would get further", False
    says = "right with the five seeds: " + ", ".join(f"{share:.1%}" for share in shares)
    return (says, True) if min(shares) >= WANTED else (f"{says}. Not all reach 87 %", False)


@stretch_it(
    "Three epochs, no more",
    minutes=25,
    hints=(
        "Only two things can be turned. Three epochs of how many steps, and how long should they be?",
        "Small batches make many steps. Try 1, 2, 3 and 5, each with a rate or two, and write down what comes out.",
        "Batches of 2 and a rate that begins at 3 and falls, such as 3 / (1 + step / 500).",
    ),
    why="Many rough, long steps get far at first, and a rate that falls lets the dance die down at the end.",
    measure=_measure_plan,
    mistakes=(
        (lambda: (1437, 3.0), "more steps, or longer ones, would get further"),
        (lambda: (10, 80.0), "the steps are too long for the landscape"),
        (lambda: (10, 3.0), "Not all reach 87 %"),
    ),
    also_right=(lambda: (np.int64(2), lambda step: 3.5 if step < 1000 else 1.5),),
)
def three_epochs():
    """A batch size, and a rate: a number or a function of the step."""
    return 2, lambda step: 3.0 / (1 + step / 500)
