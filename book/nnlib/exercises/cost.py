"""Exercises of The cost."""

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import sigmoid
from nnlib.losses import QuadraticCost


@predict_it(
    "The cost of two examples",
    minutes=4,
    hints=(
        "One example at a time: the differences, their squares, the sum of these, and half of it.",
        "The first example's squares are 0.01, 0.04 and 0.09. What are the second one's?",
        "The two examples cost 0.07 and 0.7; the cost of the batch is their average.",
    ),
    why="The squares add up over the outputs, and the examples are averaged.",
    within=0.0005,
    mistakes=(
        (0.77, "this is twice the cost: it takes half of the squares, and the average over the examples"),
        (1.54, "this is the sum of all squares: neither the half nor the average has been taken"),
        (1.54 / 12, "this divides by all six outputs: the outputs add up, and the average is over the two examples"),
        (0.02, "the differences were added up before they were squared, so that they cancelled"),
        (0.07, "this is the first example alone"),
        (0.7, "this is the second example alone"),
    ),
)
def two_examples():
    """The cost of the outputs (0.1, 0.8, 0.3) and (0.6, 0.2, 0), where the second and the third class are right."""
    a, y = np.array([[0.1, 0.8, 0.3], [0.6, 0.2, 0]]), np.array([[0, 1, 0], [0, 0, 1]])
    return round(float(np.sum((a - y) ** 2) / (2 * len(a))), 4)


@predict_it(
    "One weight, three costs",
    minutes=5,
    hints=(
        "x and y stay as they are; only w is another one each time. What are the two outputs for w = 0?",
        "For w = 0 both outputs are 0, so both differences are -2.",
        "For w = 1 the outputs are 1 and 2: the first is off by 1, the second by nothing.",
        "For w = 2 the outputs are 2 and 4, and the differences 0 and 2.",
    ),
    why="The same two examples give another cost for each weight: C is a function of w, and lowest somewhere between.",
    mistakes=(
        ((4, 0.5, 2), "these are twice the costs: a cost takes half of the squares, and the average over the examples"),
        ((8, 1, 4), "these are the sums of the squares: take the half, and the average over the two examples"),
        ((2, 0.5, 0), "these are the costs of the first example alone"),
        ((2, 0, 2), "these are the costs of the second example alone"),
    ),
)
def three_costs():
    """C for w = 0, 1 and 2, where a = w x, and the examples are x = 1, y = 2 and x = 2, y = 2."""
    x, y = np.array([1, 2]), np.array([2, 2])
    return [float(np.mean((w * x - y) ** 2) / 2) for w in (0, 1, 2)]


@predict_it(
    "Which way, and how much?",
    minutes=3,
    hints=(
        "For one example alone the slope at an output is a - y.",
        "The cost of a batch is the average, so each of its examples counts for a tenth.",
        "The first one is (0.3 - 0) / 10.",
    ),
    why="The slope is a - y over n: a positive one asks the output to fall, a negative one to rise.",
    within=1e-6,
    mistakes=(
        ((0.3, -0.1, -0.5), "these are the slopes of this example's own cost: the batch is averaged over ten"),
        ((-0.03, 0.01, 0.05), "these have the other sign: the slope is a - y, and the output should move against it"),
        ((0.06, -0.02, -0.1), "these are twice the slopes: the one half has cancelled the 2 of the square"),
        ((0.0045, 0.0005, 0.0125), "these are the costs, half the squares over ten: the slope is not squared"),
        ((0.1, -0.1 / 3, -0.5 / 3), "this is divided by the three outputs: the average is over the ten examples"),
    ),
)
def output_slopes():
    """The slopes of the cost of a batch of ten, at a = (0.3, 0.9, 0.5) with y = (0, 1, 1)."""
    a, y = np.array([0.3, 0.9, 0.5]), np.array([0, 1, 1])
    return ((a - y) / 10).round(4).tolist()


@write_it(
    "The quadratic cost",
    minutes=3,
    hints=(
        "For one example: square the differences, add them up, halve the sum. And for a batch?",
        "n is the number of examples, which are the rows: len(A).",
        "np.sum((A - Y) ** 2), divided by 2 n.",
    ),
    why="The squares add up over the outputs, and the average is over the examples.",
    inputs=lambda rng: (
        rng.uniform(0.1, 0.9, shape := (rng.integers(6, 10), rng.integers(3, 6))),
        rng.integers(0, 2, shape).astype(float),
    ),
    tries=10,
    mistakes=(
        (
            lambda A, Y: np.sum((A - Y) ** 2) / 2,
            "this is the sum over the batch: divide by n, or the cost and every step grow with the batch",
        ),
        (
            lambda A, Y: np.mean((A - Y) ** 2) / 2,
            "this divides by all entries of the array: the average is over the examples, the outputs add up",
        ),
        (
            lambda A, Y: np.sum((A - Y) ** 2) / len(A),
            "the one half is missing: this cost, and every slope, is twice the book's",
        ),
        (
            lambda A, Y: np.sum((A - Y) ** 2, axis=1) / 2,
            "these are the costs of the single examples: C is their average, one number",
        ),
        (lambda A, Y: np.mean((A - Y) ** 2), "this is the mean over all entries, and the one half is missing"),
    ),
    also_right=(
        lambda A, Y: np.mean([np.sum((a - y) ** 2) / 2 for a, y in zip(A, Y, strict=True)]),
        lambda A, Y: QuadraticCost().forward(A, Y),
        lambda A, Y: np.array([np.linalg.norm(A - Y) ** 2 / (2 * len(A))]),
    ),
)
def quadratic_cost(A, Y):
    """The quadratic cost of a batch: one number."""
    return np.sum((A - Y) ** 2) / (2 * len(A))


def _outputs_and_labels(rng):
    """Ten to fourteen outputs: one or two wrong answers are "1", three in all, and four or more of the right ones."""
    right_1, right_0 = rng.integers(4, 7), rng.integers(3, 6)
    wrong_1, wrong_0 = rng.permutation([1, 2])
    high, low = rng.uniform(0.51, 0.95, right_1 + wrong_1), rng.uniform(0.05, 0.49, wrong_0 + right_0)
    labels = np.repeat([1.0, 0.0, 1.0, 0.0], [right_1, wrong_1, wrong_0, right_0])
    order = rng.permutation(len(labels))
    return np.concatenate([high, low])[order], labels[order]


@fix_it(
    "Hardly ever right",
    minutes=4,
    hints=(
        "When is a sigmoid's output exactly equal to 1?",
        'The neuron answers "1" where its output is above one half. Which labels belong to these?',
        "`outputs > 0.5` is a mask of answers, `labels == 1` a mask of what is true: compare the two.",
        "np.mean((outputs > 0.5) == (labels == 1))",
    ),
    why="The accuracy asks on which side of one half an output lies, and not how far from its target.",
    inputs=_outputs_and_labels,
    tries=20,
    mistakes=(
        (
            lambda outputs, labels: np.mean(outputs == labels),
            'an output of 0.9 is not equal to 1, and yet it answers "1": ask on which side of 0.5 it lies',
        ),
        (
            lambda outputs, labels: np.mean((outputs > 0.5) != (labels == 1)),
            "this is the share of wrong answers",
        ),
        (
            lambda outputs, labels: np.sum((outputs > 0.5) == (labels == 1)),
            "this is how many are right: the accuracy is their share",
        ),
        (lambda outputs, labels: np.mean(outputs > 0.5), 'this is the share of answers "1", right or wrong'),
        (
            lambda outputs, labels: np.mean((outputs > 0) == (labels == 1)),
            "a sigmoid's output is always above 0: it is the weighted input that is compared with 0",
        ),
        (
            lambda outputs, labels: np.mean((outputs > 0.5) & (labels == 1)),
            'this counts the right answers "1" alone: a right "0" is right too',
        ),
    ),
    also_right=(
        lambda outputs, labels: 1 - np.abs((outputs > 0.5) - labels).mean(),
        lambda outputs, labels: sum((a > 0.5) == y for a, y in zip(outputs, labels, strict=True)) / len(labels),
    ),
)
def accuracy(outputs, labels):
    """The share of right answers, where the answer is 1 if the output is above one half."""
    return np.mean((outputs > 0.5) == (labels == 1))


@order_it(
    "From a weight to a cost",
    minutes=3,
    hints=(
        "First the forward pass, then the cost.",
        "Each line uses only what stands above it; the slopes of the outputs need the differences alone.",
    ),
    why="A weight reaches the cost through the forward pass, the differences and their squares, in this order.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (2,)},
    shuffle=(3, 5, 1, 4, 0, 2),
    mistakes=(
        ((0, 1, 3, 2, 4, 5), "the squares are taken of differences that are not there yet"),
        ((1, 0, 2, 3, 4, 5), "the sigmoid squashes the weighted input z, which is not there yet"),
        ((0, 2, 1, 3, 4, 5), "the differences are between the outputs a and the targets, and a is not there yet"),
    ),
)
def from_weight_to_cost():
    return (
        "z = w * x + b",
        "a = sigmoid(z)",
        "differences = a - y",
        "squares = differences ** 2",
        "C = squares.sum() / (2 * len(x))",
        "slopes = differences / len(x)",
    )


@explain_it(
    "What has changed?",
    minutes=2,
    question=(
        "During training the cost of a network on its 1,000 training examples falls from 0.40 to 0.30. "
        "What has changed?"
    ),
    hints=(
        "What stays as it is from the first step of training to the last?",
        "Where in the formula of the cost do the weights stand?",
    ),
    why="The examples are given; the cost is a function of the weights and biases, and these were moved.",
)
def what_has_changed():
    return (
        Choice(
            "The weights and biases, and through them the outputs.",
            "the outputs changed because the weights and biases did",
            right=True,
        ),
        Choice(
            "The inputs x: training looks for inputs that give a lower cost.",
            "the examples are given, inputs and targets alike; training moves the weights and biases",
        ),
        Choice(
            "The targets: they have moved nearer to the outputs.",
            "a target says what is right, and stays; the outputs have moved nearer to the targets",
        ),
        Choice(
            "More of the 1,000 answers are right now; a cost cannot fall otherwise.",
            "it can: right answers that become surer lower the cost too, and no answer need change for that",
        ),
    )


@explain_it(
    "Better and worse at once",
    minutes=2,
    question=(
        "From one measurement to the next, on the same examples, the accuracy rises from 90 to 92 percent, and "
        "the quadratic cost rises from 0.06 to 0.07. How can that be?"
    ),
    hints=(
        "How much more does a surely wrong answer cost than one that is barely wrong? And for the accuracy?",
        "Look again at w = 4 in the section on accuracy.",
    ),
    why="The accuracy counts answers, and the cost weighs how far off each output is.",
)
def cost_and_accuracy():
    return (
        Choice(
            "It cannot: where more answers are right the cost must be lower.",
            "the cost also sees how sure each answer is: a few mistakes, made with confidence, can outweigh the gain",
        ),
        Choice(
            "The slope has the wrong sign somewhere, so that training climbs.",
            "it might have, but nothing here shows it: with every sign right the two can part, because they differ",
        ),
        Choice(
            "More answers are right, and some of the wrong ones have become much surer.",
            "with the target 0, 0.99 costs nearly four times as much as 0.51, and both count as one mistake",
            right=True,
        ),
        Choice(
            "The cost is a sum over the examples, and more of them are counted now.",
            "the cost is an average over the examples, and these are the same ones",
        ),
    )


def _measure_search(answer):
    rng = np.random.default_rng()
    most, farthest = 0, (-1.0, 0.0, 0.0)
    for _ in range(5):
        hidden = rng.integers(-16, 16) / 4 + rng.uniform(0.04, 0.21)
        x, b = rng.uniform(0.3, 1.2, 20) * rng.choice([-1, 1], 20), rng.uniform(-0.5, 0.5)
        target, asked = sigmoid(hidden * x + b), []

        def cost(w, x=x, b=b, target=target, asked=asked):
            asked.append(w)
            return float(np.mean((sigmoid(w * x + b) - target) ** 2) / 2)

        found = float(np.squeeze(answer(cost)))
        if not np.isfinite(found):
            return f"got {found}, expected a finite weight", False
        most, farthest = max(most, len(asked)), max(farthest, (abs(found - hidden), found, hidden))
    distance, found, hidden = farthest
    line = f"on five new curves the weight is at most {distance:.4f} off, and the cost was asked {most} times at most"
    if distance < 0.01 and most <= 100:
        return line, True
    if distance < 0.01:
        why = "near enough, but it asked too often: look where the cost falls, and not everywhere"
    elif distance <= 0.3:
        why = "it is the right valley: go on with smaller steps"
    elif abs(found) < 1e-9:
        why = "w has stayed at 0: ask the cost a little to the left and a little to the right, and go where it is lower"
    else:
        why = f"w is {found:.2f}, and the cost is lowest at {hidden:.2f}: go on as long as the cost falls"
    return f"{line}, to reach: below 0.01 off, asked 100 times at most; {why}", False


def _smaller_steps(cost, last, most=1000):
    w, step, lowest = 0.0, 1.0, cost(0.0)
    for _ in range(most):
        if step < last:
            break
        beside = min((cost(w - step), w - step), (cost(w + step), w + step))
        if beside[0] < lowest:
            lowest, w = beside
        else:
            step /= 2
    return w


def _thirds(cost):
    low, high = -6.0, 6.0
    while high - low > 0.01:
        third = (high - low) / 3
        if cost(low + third) < cost(high - third):
            high -= third
        else:
            low += third
    return np.array([(low + high) / 2])


@stretch_it(
    "The lowest place of a curve",
    minutes=20,
    hints=(
        "Stand at w = 0 and ask for the cost a step to the left, and a step to the right. What would you do next?",
        "As long as one of the two neighbours is lower, go there. What does it mean if neither is?",
        "Then the lowest place is less than a step away: halve the step, and go on.",
        "Begin with a step of 1, and stop when the step is below 0.005.",
    ),
    why="A valley is found by asking on which side the ground is lower, and by shorter and shorter steps.",
    measure=_measure_search,
    mistakes=(
        (lambda cost: 0.0, "w has stayed at 0"),
        (lambda cost: _smaller_steps(cost, last=0.2), "go on with smaller steps"),
        (lambda cost: -10.0 if cost(-1) < cost(1) else 10.0, "go on as long as the cost falls"),
        (lambda cost: min(np.linspace(-6, 6, 3001), key=cost), "it asked too often"),
    ),
    also_right=(_thirds, lambda cost: _smaller_steps(cost, last=0.001)),
)
def find_weight(cost):
    """The weight with the lowest cost, by steps to the lower side that are halved where neither side is lower."""
    w, step, lowest = 0.0, 1.0, cost(0.0)
    while step > 0.004:
        left, right = cost(w - step), cost(w + step)
        if left < lowest:
            w, lowest = w - step, left
        elif right < lowest:
            w, lowest = w + step, right
        else:
            step /= 2
    return w
