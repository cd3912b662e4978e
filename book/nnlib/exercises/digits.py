"""Exercises of Handwritten digits."""

from collections.abc import Callable

import numpy as np

from nnlib.datasets import load_digits, split
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, Sigmoid, Tanh
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import accuracy, minibatches, train_epochs


@predict_it(
    "How exact is a score?",
    minutes=2,
    hints=(
        "The standard deviation of a share is the root of p (1 - p) / n.",
        "p (1 - p) = 0.09; divided by 2,500 it is 0.000036. Now the root, and then points.",
        "The root is 0.006. A point is one per cent, 0.01.",
    ),
    why="A mean of n draws errs by s / sqrt(n), and s squared is p (1 - p) where the draws are ones and zeros.",
    within=1e-3,
    mistakes=(
        (0.006, "the number is right as a share; the question asks for points, which are per cent"),
        (0.0036, "the root is missing: this is the variance"),
        (30, "that is the spread of a single image; a mean over n of them scatters less, by the root of n"),
        (0.012, "that divides by n outside of the root; the spread falls with the root of n only"),
        (15, "that is the spread of the number of right answers; the question asks for their share, in points"),
    ),
)
def score_spread():
    """The standard deviation, in points, of a score of about 90 % from 2,500 images."""
    p, n = 0.9, 2500
    return 100 * np.sqrt(p * (1 - p) / n)


@predict_it(
    "What the decay leaves",
    minutes=2,
    hints=(
        "By what factor does a single step shrink the weight?",
        "By 1 - rate * strength, which is 0.995. The next step shrinks what is left.",
        "A hundred factors of 0.995: raise it to the power 100.",
    ),
    why="Each step multiplies the weight by 1 minus rate times strength, so a hundred steps do it a hundred times.",
    within=6e-3,
    mistakes=(
        (0.5, "that takes away the same amount in every step; each takes 0.5 % of what is left"),
        (0.366, "the rate is missing: a step is the rate times the slope, and the slope is strength times w"),
        (0.995, "that is one step; there are a hundred"),
        (0.394, "that is the part that is lost; what is left?"),
        (0.778, "that is with half of the strength; the slope of strength / 2 times w^2 has no half in it"),
    ),
    also_right=(0.606,),
)
def weight_left():
    """What L2 leaves of a weight that nobody pulls at after 100 steps, rate 0.5, strength 0.01."""
    learning_rate, strength = 0.5, 0.01
    return (1 - learning_rate * strength) ** 100


@predict_it(
    "Stop in time",
    minutes=3,
    hints=(
        "Go through the costs one by one, and keep in mind the lowest so far. When has it been there for three epochs?",
        "The lowest moves to epoch 2, to 3 and, after 0.52, to 5. Which three epochs follow without a better one?",
        "Epochs 6, 7 and 8 bring nothing below 0.47, so you stop after epoch 8.",
    ),
    why="Patience counts from the best epoch so far, 5, so it is used up after epoch 8, and a better 9 is never seen.",
    mistakes=(
        ((9, 9), "epoch 9 is the best of all, but it is never seen: three epochs before it brought nothing better"),
        ((9, 5), "three epochs in a row without a better one are 6, 7 and 8; who stops after them has no ninth"),
        ((8, 8), "the stop is right; the parameters to keep are those of the best epoch, not of the last"),
        ((4, 3), "one epoch that is worse uses up one epoch of patience; there are three"),
        ((6, 3), "epoch 5 is better than epoch 3, so the patience begins anew there"),
        ((6, 5), "one epoch after the best one; the patience is three"),
        ((5, 8), "the right two numbers, the other way round: first after how many epochs you stop"),
    ),
)
def stop_in_time():
    """After how many epochs a patience of three ends the training, and which epoch's parameters are kept."""
    costs = 0.9, 0.6, 0.5, 0.52, 0.47, 0.48, 0.5, 0.49, 0.45
    best = 1
    for epoch in range(1, len(costs) + 1):
        if costs[epoch - 1] < costs[best - 1]:
            best = epoch
        if epoch == best + 3:
            return epoch, best


@predict_it(
    "A sigmoid too many",
    minutes=4,
    hints=(
        "What are the largest and the smallest number that a sigmoid can hand to the softmax?",
        "Best of all for one digit: its output is 1 and the other nine are 0. Now the softmax of these ten.",
        "It is e^1 / (e^1 + 9 e^0), and e is 2.718.",
    ),
    why="Softmax lives on differences, and between outputs of 0 and 1 there is at most a difference of 1.",
    within=3e-3,
    mistakes=(
        (1, "softmax does not divide by the largest: an output of 0 still has e^0 = 1, and there are nine"),
        (0.1, "that is what equal outputs give; here one of them is larger, by 1 at most"),
        (0.731, "that is with one competitor; nine other digits have e^0 = 1 each"),
        (0.214, "all ten outputs have a share in the sum, but only nine of them are e^0"),
    ),
    also_right=(0.23,),
)
def squeezed():
    """The largest probability for one of ten digits, if softmax is fed with outputs between 0 and 1."""
    outputs = np.array([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    return SoftmaxCrossEntropy.probabilities(outputs[None])[0, 0]


def _labels_and_answers(rng):
    """For 30 to 59 images, and for about half of the draws without one of the last class."""
    n, n_classes = rng.integers(30, 60), int(rng.integers(3, 7))
    occur = n_classes - rng.integers(0, 2)
    labels, others = rng.integers(0, occur, (2, n), dtype=np.intp)  # what np.bincount takes, in a browser too
    return labels, np.where(rng.random(n) < 0.6, labels, others), n_classes


def _counted_once(labels, answers, n_classes):
    confusion = np.zeros((n_classes, n_classes), int)
    confusion[labels, answers] += 1
    return confusion


def _shares_within_rows(labels, answers, n_classes):
    confusion = confusion_matrix(labels, answers, n_classes)
    with np.errstate(invalid="ignore"):  # of a class that does not occur
        return confusion / confusion.sum(axis=1, keepdims=True)


def _confusion_by_products(labels, answers, n_classes):
    return np.eye(n_classes)[labels].T @ np.eye(n_classes)[answers]


@write_it(
    "A confusion matrix",
    minutes=6,
    hints=(
        "Begin with zeros of shape (n_classes, n_classes). What does one image add to it, and where?",
        "An image adds 1 in the row of its label and the column of its answer.",
        "for label, answer in zip(labels, answers): confusion[label, answer] += 1",
    ),
    why="Each image adds 1 in the row of what it is and the column of what it was taken for.",
    inputs=_labels_and_answers,
    tries=30,
    mistakes=(
        (
            lambda labels, answers, k: confusion_matrix(labels, answers, k).T,
            "rows and columns are exchanged: a row is a true digit, a column an answer",
        ),
        (
            _counted_once,
            "each pair is counted once at most: `confusion[labels, answers] += 1` adds 1 to each place that is named, "
            "however often it is named; go through the pairs one by one",
        ),
        (
            lambda labels, answers, k: confusion_matrix(labels, answers, k) / len(labels),
            "these are shares of all images; the matrix counts images",
        ),
        (_shares_within_rows, "these are shares within each row; the matrix counts images"),
        (
            lambda labels, answers, k: confusion_matrix(labels, answers, max(*labels, *answers) + 1),
            "a class that does not occur among these images has its row and its column too: n_classes says how many",
        ),
        (
            lambda labels, answers, k: confusion_matrix(labels, answers, k) * (1 - np.eye(k)),
            "the right answers are missing: they stand on the diagonal",
        ),
        (
            lambda labels, answers, k: np.diag(confusion_matrix(labels, answers, k)),
            "this is the diagonal alone, the right answers; the errors stand beside it",
        ),
    ),
    also_right=(
        _confusion_by_products,
        lambda labels, answers, k: np.bincount(k * labels + answers, minlength=k * k).reshape(k, k),
    ),
)
def confusion_matrix(labels, answers, n_classes):
    """How often each label (row) got each answer (column)."""
    confusion = np.zeros((n_classes, n_classes), int)
    for label, answer in zip(labels, answers, strict=True):
        confusion[label, answer] += 1
    return confusion


def _l2_in_place(dW, db, W, b, strength):
    for row, weights in zip(dW, W, strict=True):
        row += strength * weights
    return [dW, db]


@write_it(
    "The slopes of large weights",
    minutes=3,
    hints=(
        "The penalty is strength / 2 times the sum of the squared weights. What is its slope for one weight?",
        "It is strength times that weight. And for a bias?",
        "return dW + strength * W, db",
    ),
    why="The slope of strength / 2 times w squared is strength times w, and the penalty has no bias in it.",
    inputs=lambda rng: (
        rng.normal(size=(shape := rng.integers(2, 7, 2))).round(2),
        rng.normal(size=shape[0]).round(2),
        rng.normal(size=shape).round(2),
        rng.uniform(1, 2, shape[0]).round(2),
        round(rng.uniform(0.1, 0.5), 2),
    ),
    tries=10,
    mistakes=(
        (
            lambda dW, db, W, b, strength: (dW + strength * W, db + strength * b),
            "the biases are left alone: they do not make the network more sensitive to its input",
        ),
        (
            lambda dW, db, W, b, strength: (dW - strength * W, db),
            "the sign is reversed: this is the gradient, and the step subtracts it",
        ),
        (
            lambda dW, db, W, b, strength: ((1 - strength) * W, db),
            "this shrinks the weights themselves; what is asked for are the gradients, before the step",
        ),
        (
            lambda dW, db, W, b, strength: (dW + strength / 2 * W, db),
            "half of it is missing: the 2 of the square cancels the half of the penalty",
        ),
        (
            lambda dW, db, W, b, strength: (dW + 2 * strength * W, db),
            "twice too much: the penalty has a half in it, which cancels the 2 of the square",
        ),
        (
            lambda dW, db, W, b, strength: (dW + strength / 2 * np.sum(W**2), db),
            "this adds the penalty itself; its slope for a weight is strength times that weight",
        ),
        (
            lambda dW, db, W, b, strength: (dW + strength * np.sign(W), db),
            "this pulls at all weights alike; the slope of a square grows with the weight",
        ),
        (
            lambda dW, db, W, b, strength: (dW + strength * dW, db),
            "this lengthens the gradient; the penalty's slope is in proportion to the weight, not to dW",
        ),
    ),
    also_right=(_l2_in_place, lambda dW, db, W, b, strength: ((dW + strength * W).tolist(), db.tolist())),
)
def with_l2(dW, db, W, b, strength):
    """The gradients of the cost with its L2 penalty, from those without it."""
    return dW + strength * W, db


def _chosen_by_the_test(validation, test):
    chosen = test.mean(axis=1).argmax()
    return chosen, test[chosen].max()


def _choose_with(by: Callable, reported: Callable) -> Callable:
    """A choice by one rule, reported by another."""

    def choose(validation, test):
        chosen = by(validation, test)
        return chosen, reported(validation[chosen], test[chosen])

    return choose


def _scores(rng):
    """Validation and test accuracies of 4 to 6 rates from 3 to 9 seeds."""
    return tuple(rng.uniform(0.85, 0.95, (2, rng.integers(4, 7), rng.integers(3, 10))))


def _choose_by_loop(validation, test):
    means = [sum(runs) / len(runs) for runs in validation.tolist()]
    chosen = max(range(len(means)), key=means.__getitem__)
    return [chosen, np.median(test[chosen]) * 0 + np.average(test[chosen])]


@fix_it(
    "An honest number",
    minutes=5,
    hints=(
        "Which set is for choosing, and what may the other one be used for?",
        "Choose by the mean over the seeds of the validation accuracy. A second slip is in the report.",
        "chosen = validation.mean(axis=1).argmax(), and the report is test[chosen].mean().",
    ),
    why="What chooses is no test any more, and a recipe is worth its mean over the seeds, not its luckiest one.",
    inputs=_scores,
    tries=60,
    mistakes=(
        (_chosen_by_the_test, "the test set has chosen, so it is no test any more; and that is not the only slip"),
        (
            _choose_with(lambda v, t: t.mean(axis=1).argmax(), lambda v, t: t.mean()),
            "the mean is right now, but the test set has chosen, so it is no test any more",
        ),
        (
            _choose_with(lambda v, t: v.mean(axis=1).argmax(), lambda v, t: t.max()),
            "the choice is right now, but the report is the luckiest seed; report the mean over the seeds",
        ),
        (
            _choose_with(lambda v, t: v.mean(axis=1).argmax(), lambda v, t: v.mean()),
            "this reports the score that made the choice: the winner was also lucky on those images; that is what the "
            "test set is for",
        ),
        (
            _choose_with(lambda v, t: v.mean(axis=1).argmax(), lambda v, t: v.max()),
            "this reports the luckiest seed, and on the images that made the choice",
        ),
        (
            _choose_with(lambda v, t: v.max(axis=1).argmax(), lambda v, t: t.mean()),
            "the luckiest single run has chosen; compare the rates by their means over the seeds",
        ),
        (
            _choose_with(lambda v, t: v[:, 0].argmax(), lambda v, t: t.mean()),
            "the first seed alone has chosen; compare the rates by their means over the seeds",
        ),
        (
            _choose_with(lambda v, t: (v + t).mean(axis=1).argmax(), lambda v, t: t.mean()),
            "the test set has a say in the choice; the validation set chooses alone",
        ),
    ),
    also_right=(_choose_by_loop,),
)
def choose_and_report(validation, test):
    """The place of the chosen rate, and the accuracy to report for it."""
    chosen = validation.mean(axis=1).argmax()
    return chosen, test[chosen].mean()


@order_it(
    "An epoch with L2, its lines shuffled",
    minutes=3,
    hints=(
        "One line sets the validation images aside; it comes first, so that nothing is trained on them.",
        "l2 adds its share to the gradients. When are they written, and when are they used?",
        "In the loop: forward, backward, l2, step.",
    ),
    why="The penalty edits the gradients, so it comes after the backward pass has written them and before the step.",
    after={1: (0,), 2: (1,), 3: (2,), 4: (3,), 5: (4,), 6: (5,)},
    shuffle=(4, 6, 3, 0, 5, 2, 1),
    mistakes=(
        (
            (0, 1, 2, 4, 3, 5, 6),
            "l2 adds its share before the backward pass, which then writes over it: the penalty would do nothing",
        ),
        (
            (0, 1, 2, 3, 5, 4, 6),
            "l2 adds its share after the step, and the next backward pass writes over it: the penalty would do nothing",
        ),
        ((0, 6, 1, 2, 3, 4, 5), "the score is taken before the network has learned anything"),
    ),
)
def epoch_with_l2():
    return (
        "x, y, x_val, y_val = split(data.x_train, data.y_train, 1 / 6, rng)",
        "for x_batch, y_batch in minibatches(x, y, 32, rng):",
        "    cost = loss.forward(network.forward(x_batch), y_batch)",
        "    network.backward(loss.backward())",
        "    l2(network.parameters())",
        "    optimizer.step()",
        "score = accuracy(network, x_val, y_val)",
    )


@explain_it(
    "The best of twenty",
    minutes=2,
    question=(
        "Twenty learning rates were tried, each network was scored on the 10,000 test images, and the best score, "
        "97.9 %, is reported as the test accuracy. What is wrong with it?"
    ),
    hints=(
        "Would the same rate win on the next 10,000 images, and with the same score?",
        "Images train, validate or test. Which of the three jobs did the test images do here?",
    ),
    why="Whoever chooses by a score has selected its luck too, so the score of the winner flatters it.",
)
def best_of_twenty():
    return (
        Choice(
            "Nothing: no network was trained on the test images.",
            "no weight has seen them, but the rate has: they chose it, and a choice is a kind of training",
        ),
        Choice(
            "It should be the mean of the twenty scores.",
            "that would say how well rates do that nobody will use; the question is how good the chosen one is",
        ),
        Choice(
            "It is too high on average: the winner was also the luckiest on just these images.",
            "yes: luck that was selected does not come along to the next 10,000 images, so others have to choose",
            right=True,
        ),
        Choice(
            "It is too low: a network trained on the test images as well would do better.",
            "on those images it would, by heart, and the number would say nothing about any others",
        ),
    )


@explain_it(
    "Four pixels",
    minutes=2,
    question=(
        "784-100-10 reads more than 97 % of the test images, and about a third of the same images when they are moved "
        "by four pixels. Which explanation fits?"
    ),
    hints=(
        "What does a shift change for the input with number 300, and for the weights that lead from it?",
        "Which of the explanations would not fit a test accuracy of 97 %?",
    ),
    why="Each pixel has weights of its own, and with centred digits alone nothing says that place does not count.",
)
def moved_digits():
    return (
        Choice(
            "It has overfitted: it knows its training images by heart and nothing else.",
            "it reads 97 % of images that it never saw, so it has learned more than its training images",
        ),
        Choice(
            "Its first layer has found edges, and the edges are somewhere else now.",
            "its first layer holds blotches over the middle of the image, as the pictures of such layers show",
        ),
        Choice(
            "It has too few hidden neurons; a larger layer would read moved images too.",
            "a larger layer is shown the same centred images: nothing in the cost asks it to read others",
        ),
        Choice(
            "Each pixel has weights of its own, and no training image showed what ink means four pixels further.",
            "yes: to this network a moved digit is other numbers at other inputs, unlike any that it was trained on",
            right=True,
        ),
    )


@explain_it(
    "Which ingredient?",
    minutes=2,
    question=(
        "784-30-10 with the quadratic cost reads 95.5 % of the validation images. 784-100-10 with cross-entropy and "
        "a penalty on large weights reads 97.4 %; both are means over five seeds, and the ranges do not overlap. "
        "What may you say?"
    ),
    hints=(
        "How many things differ between the two recipes?",
        "Which runs would tell you what the penalty alone does?",
    ),
    why="A comparison shows what a thing does only where that thing alone is changed; all else has no control.",
)
def which_ingredient():
    return (
        Choice(
            "Cross-entropy and the penalty pay, together 1.9 points.",
            "the width has changed too, from 30 to 100; it may have done all of it",
        ),
        Choice(
            "The second recipe is better than the first; which of its three changes did it is open.",
            "yes: to know, change one of the three at a time and leave the other two",
            right=True,
        ),
        Choice(
            "Nothing, before the test images have been asked.",
            "the validation images are there for just such a choice; the test images choose nothing",
        ),
        Choice(
            "Each of the three changes brings about 0.6 points.",
            "that would share the gain out evenly; one of them may have done it all, and another may do harm",
        ),
    )


@explain_it(
    "95.9 against 95.6",
    minutes=2,
    question=(
        "From one seed your new recipe reads 95.9 % of the 10,000 test images, the old one 95.6 %. "
        "Over five seeds the old one had ranged over 0.7 points. What may you say?"
    ),
    hints=(
        "If you ran the old recipe once more with another seed, by how much might it change?",
        "Not being able to tell two things apart is not the same as their being equal.",
    ),
    why="One run is one draw, and a difference smaller than the range over seeds is no result, in either direction.",
)
def two_runs():
    return (
        Choice(
            "The new recipe is better: 30 images more of 10,000 is no small number.",
            "another seed moves either result by more than that: with these two runs the order may be luck",
        ),
        Choice(
            "Nothing yet: the difference is smaller than what another seed changes; several seeds on both sides are "
            "needed.",
            "yes: a result is a mean and a range over seeds, and two single draws say little about either",
            right=True,
        ),
        Choice(
            "The recipes are equally good, since the difference lies within the range.",
            "that does not follow either: two single runs can neither show a difference nor show that there is none",
        ),
        Choice(
            "Take the best of many seeds of the new recipe and compare again.",
            "the best of many grows with the number of tries, for any recipe; compare means",
        ),
    )


@explain_it(
    "Noise at the rim",
    minutes=1,
    question=(
        "The first layer's weights that lead from the pixels in the corners are fine noise after training, to the last "
        "bit what they were at the start. Why?"
    ),
    hints=(
        "Write down BP4, and put in what every image has in its corners.",
        "The same neurons have other weights, which have moved. What is different for those?",
    ),
    why="By BP4 a weight's slope is delta times the activation that it multiplies, and ink never comes to the corners.",
)
def noise_at_the_rim():
    return (
        Choice(
            "Their pixels are 0 in every image, and a weight's slope is delta times the activation that it multiplies.",
            "yes: delta times 0, whatever delta is; only a penalty such as L2 would move them",
            right=True,
        ),
        Choice(
            "The network has memorised noise there: overfitting.",
            "it has learned nothing there: these are the random numbers of the start",
        ),
        Choice(
            "The gradient vanishes on its way back to the first layer.",
            "the same neurons' weights in the middle of the image have learned, with the same deltas",
        ),
        Choice(
            "They are too small for a step of the learning rate to change them.",
            "a step is the rate times the slope and does not ask for the size of the weight; here the slope is 0",
        ),
    )


AS_THEY_STAND, MOVED = 0.95, 0.90


def _moved(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """8 x 8 images, moved by at most one pixel."""
    padded = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 9 - down, 1 - right : 9 - right].reshape(-1, 64)


def _measure_places(learn: Callable) -> tuple[str, bool]:
    """For five seeds, what is read of the images set aside, as they stand and moved by a pixel."""
    digits = load_digits()
    images, labels = np.concatenate([digits.x_train, digits.x_test]), np.concatenate([digits.y_train, digits.y_test])
    stand, moved = [], []
    for seed in range(5):
        x, y, x_val, y_val = split(images, labels, 0.2, np.random.default_rng(seed))
        network = learn(x.copy(), y.copy(), np.random.default_rng(seed))
        stand.append(accuracy(network, x_val, y_val))
        ways = (1, 0), (-1, 0), (0, 1), (0, -1)
        moved.append(np.mean([accuracy(network, _moved(x_val, *way), y_val) for way in ways]))
        said = f"{stand[0]:.1%} as they stand and {moved[0]:.1%} moved by a pixel, with the first seed"
        if stand[0] < 0.9:
            return f"{said}: it has not learned the digits where they stand; more epochs, or another rate?", False
        if moved[0] < 0.8:
            return f"{said}: nothing has taught it that the place does not matter; which images would?", False
    said = "as they stand " + ", ".join(f"{share:.1%}" for share in stand)
    said += "; moved by a pixel " + ", ".join(f"{share:.1%}" for share in moved)
    reached = min(stand) >= AS_THEY_STAND and min(moved) >= MOVED
    return (said, True) if reached else (f"{said}. Not all five seeds reach 95 % and 90 %", False)


def _learn_as_they_stand(x, y, rng, epochs=20):
    network = Network(Dense(64, 30, rng, np.float32), Sigmoid(), Dense(30, 10, rng, np.float32))
    sgd = SGD(network.parameters(), 1.0)
    list(train_epochs(network, SoftmaxCrossEntropy(), sgd, x, y, epochs=epochs, batch_size=10, rng=rng))
    return network


def _learn_with_few(x, y, rng):
    ways = (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)
    everywhere = np.concatenate([_moved(x, *way) for way in ways])
    return _learn_as_they_stand(everywhere, np.tile(y, 5), rng, epochs=2)


def _learn_by_drawn_shifts(x, y, rng):
    network = Network(Dense(64, 80, rng, np.float32), Tanh(), Dense(80, 10, rng, np.float32))
    loss, sgd = SoftmaxCrossEntropy(), SGD(network.parameters(), lambda step: 0.3 if step < 3000 else 0.05)
    for _ in range(30):
        for x_batch, y_batch in minibatches(x, y, 10, rng):
            way = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)][rng.integers(5)]
            loss.forward(network.forward(_moved(x_batch, *way)), y_batch)
            network.backward(loss.backward())
            sgd.step()
    return network


@stretch_it(
    "A pixel to the left",
    minutes=30,
    hints=(
        "First reach 95 % where they stand: one hidden layer, softmax, mini-batches of 10, a rate of 1, some epochs.",
        "A network reads images like those it was trained on. You have only centred ones; can you make others of them?",
        "Train on each image five times: as it stands, and moved by one pixel up, down, left and right. Let the rate "
        "fall at the end.",
    ),
    why="What the network is to read has to be among its training images, and moved copies cost no labels.",
    measure=_measure_places,
    mistakes=(
        (_learn_as_they_stand, "nothing has taught it that the place does not matter"),
        (lambda x, y, rng: Network(Dense(64, 10, rng, np.float32)), "it has not learned the digits where they stand"),
        (_learn_with_few, "Not all five seeds reach 95 % and 90 %"),
    ),
    also_right=(_learn_by_drawn_shifts,),
)
def learn_places(x, y, rng):
    """A network trained on x (n, 64), float32, and labels y (n,)."""
    padded = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    places = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]  # as it stands, and moved by one pixel
    moved = [padded[:, i : i + 8, k : k + 8] for i, k in places]
    x, y = np.concatenate(moved).reshape(-1, 64), np.tile(y, len(places))
    hidden, last = Dense(64, 60, rng, np.float32), Dense(60, 10, rng, np.float32)
    network, loss = Network(hidden, Sigmoid(), last), SoftmaxCrossEntropy()
    sgd = SGD(network.parameters(), lambda step: 0.8 if step < 3000 else 0.2)
    for _ in range(8):
        for x_batch, y_batch in minibatches(x, y, 10, rng):
            loss.forward(network.forward(x_batch), y_batch)
            network.backward(loss.backward())
            sgd.step()
    return network
