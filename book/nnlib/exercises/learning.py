"""Exercises of Learning from examples."""

import numpy as np

from nnlib.datasets import load_digits
from nnlib.exercises.kinds import Choice, explain_it, fix_it, order_it, predict_it, stretch_it, write_it


def learn_averages(x, y):
    """The average image of each digit, as in the chapter."""
    return np.array([x[y == d].mean(axis=0) for d in range(10)])


def nearest_average(averages, x):
    """For each image of x the digit of the nearest average, as in the chapter."""
    distances = [((x - m) ** 2).sum(axis=1) for m in averages]
    return np.argmin(distances, axis=0)


# The cost, counted by hand.


@predict_it(
    "The cost of eight answers",
    minutes=1,
    hints=(
        "Go through the eight pairs and mark those that differ.",
        "A marked pair costs 1, the others 0; C is the mean of these eight numbers.",
        "Three pairs differ, and n is 8.",
    ),
    why="The cost is a mean over the examples, so it does not grow when more of them are asked.",
    mistakes=(
        (3, "this is the sum; C is the mean, so divide by n"),
        (0.625, "this is the accuracy, 1 - C; the cost counts the wrong answers"),
        (37.5, "this is in percent; C is a mean of zeros and ones, so it lies between 0 and 1"),
    ),
)
def cost_by_hand():
    """A wrong answer costs 1, a right one 0; C is the mean."""
    answers = np.array([8, 3, 5, 5, 0, 1, 7, 9])
    labels = np.array([8, 3, 3, 5, 0, 7, 7, 4])
    return (answers != labels).mean()


# A cost that tells a missed illness from a false alarm.


def _people(rng):
    """Eight people, three of them ill, with one or two missed and three or four false alarms."""
    labels = rng.permutation([1] * 3 + [0] * 5)
    answers = labels.copy()
    answers[rng.permutation(np.flatnonzero(labels == 1))[: rng.integers(1, 3)]] = 0
    answers[rng.permutation(np.flatnonzero(labels == 0))[: rng.integers(3, 5)]] = 1
    return answers, labels, int(rng.integers(5, 50))


def _the_wrong_way_round(answers, labels, cost_of_a_miss):
    return cost_of_answers(labels, answers, cost_of_a_miss)


def _sum_of_costs(answers, labels, cost_of_a_miss):
    return len(labels) * cost_of_answers(answers, labels, cost_of_a_miss)


def _every_mistake_costs_one(answers, labels, cost_of_a_miss):
    return (answers != labels).mean()


def _only_misses(answers, labels, cost_of_a_miss):
    return cost_of_a_miss * ((labels == 1) & (answers == 0)).mean()


def _mean_over_mistakes(answers, labels, cost_of_a_miss):
    return _sum_of_costs(answers, labels, cost_of_a_miss) / (answers != labels).sum()


def _mean_over_the_ill(answers, labels, cost_of_a_miss):
    return _sum_of_costs(answers, labels, cost_of_a_miss) / labels.sum()


def _cost_person_by_person(answers, labels, cost_of_a_miss):
    total = 0
    for answer, label in zip(answers, labels, strict=True):
        if answer < label:
            total += cost_of_a_miss
        elif answer > label:
            total += 1
    return np.float32(total / len(labels))


@write_it(
    "A cost that weighs mistakes",
    minutes=5,
    hints=(
        "There are two kinds of mistake: which answers and labels make a miss, which a false alarm?",
        "`(labels == 1) & (answers == 0)` marks the missed; True counts as 1 in a product and in a mean.",
        "Multiply the marks of the missed by `cost_of_a_miss`, add the marks of the false alarms, take the mean.",
    ),
    why="The cost says what we want: each kind of mistake has its price, and C is the mean price per person.",
    inputs=_people,
    tries=10,
    mistakes=(
        (
            _the_wrong_way_round,
            "the two kinds are swapped: a miss is label 1 and answer 0, and that is the one with its own price",
        ),
        (_sum_of_costs, "this is the sum of the costs; C is the mean over all people"),
        (_every_mistake_costs_one, "here every mistake costs 1; a miss must cost cost_of_a_miss"),
        (_only_misses, "the false alarms are missing; each of them costs 1"),
        (_mean_over_mistakes, "this divides by the number of mistakes; C divides by the number of people"),
        (_mean_over_the_ill, "this divides by the number of ill people; C divides by the number of all people"),
    ),
    also_right=(_cost_person_by_person,),
)
def cost_of_answers(answers, labels, cost_of_a_miss):
    """The mean cost per person: 1 means ill, and a false alarm costs 1."""
    missed = (labels == 1) & (answers == 0)
    false_alarm = (labels == 0) & (answers == 1)
    return (cost_of_a_miss * missed + 1 * false_alarm).mean()


# What a score on the training images says.


@explain_it(
    "All training images right",
    minutes=2,
    question="A rule is right on 100% of its training images. What does this say about new images?",
    hints=(
        "One rule of this chapter is right on all its training images: which, and how good is it on new ones?",
        "A rule that looks its answers up in a list also reaches 100%: how good would it be on new images?",
    ),
    why="A score on the training set is the same for a rule that has understood and for one that has looked up.",
)
def learned_by_heart():
    return (
        Choice(
            "It will be right on nearly 100% of them: it has learned the task.",
            "a rule that stores its images and looks them up is right on all of them too, and has learned nothing",
        ),
        Choice(
            "It will be bad on them: a rule without mistakes in training must be overfitted.",
            "the nearest neighbour has 100% on its training images, and about 96% on the test set, above the averages",
        ),
        Choice(
            "Nothing yet: only images that it has not seen can tell.",
            "good and useless rules can both reach 100% there, so the number does not tell them apart; a test set does",
            right=True,
        ),
        Choice(
            "It will be better on them than any rule that makes mistakes in training.",
            "a list with no answer for anything new makes no mistake in training, and ten blurred averages beat it",
        ),
    )


# Once round the whole task, with a test set drawn by lot.


@order_it(
    "From images to a cost",
    minutes=3,
    hints=(
        "Begin with the lot, end with the print.",
        "Nothing may be learned before it is settled which images are kept for the test.",
        "lot - test and training rows - averages - answers - wrong ones - cost - print.",
    ),
    why="The test images are set aside before anything is learned, and come back only to be answered.",
    after={1: (0,), 2: (0,), 3: (2,), 4: (1, 3), 5: (4,), 6: (5,), 7: (6,)},
    shuffle=(5, 3, 6, 0, 7, 2, 4, 1),
    mistakes=(
        ((0, 1, 2, 4, 3, 5, 6, 7), "the images are answered before there are averages to compare them with"),
        ((0, 3, 1, 2, 4, 5, 6, 7), "the averages are learned before the training images are drawn"),
        ((0, 1, 2, 3, 4, 6, 5, 7), "C is the mean of the wrong answers, which are not marked yet"),
    ),
)
def once_round():
    return (
        "rows = rng.permutation(len(x))",
        "test = rows[:360]",
        "train = rows[360:]",
        "averages = learn_averages(x[train], y[train])",
        "answers = nearest_average(averages, x[test])",
        "wrong = answers != y[test]",
        "C = wrong.mean()",
        'print(f"{1 - C:.1%} of the test images right")',
    )


# A test that cannot fail.


def _learns_from_the_test_set(x, y, x_test, y_test):
    every_x, every_y = np.concatenate([x, x_test]), np.concatenate([y, y_test])
    averages = learn_averages(every_x, every_y)
    return (nearest_average(averages, x_test) == y_test).mean()


def _learns_from_the_test_set_alone(x, y, x_test, y_test):
    return honest_accuracy(x_test, y_test, x_test, y_test)


def _tests_on_the_training_set(x, y, x_test, y_test):
    return honest_accuracy(x, y, x, y)


def _share_of_wrong_answers(x, y, x_test, y_test):
    return 1 - honest_accuracy(x, y, x_test, y_test)


def _number_of_right_answers(x, y, x_test, y_test):
    return len(y_test) * honest_accuracy(x, y, x_test, y_test)


def _faint_digits(rng):
    """Images of ten faint patterns under much noise, three of each for training: a leak shows."""
    patterns = rng.random((10, 20))
    y, y_test = rng.permutation(np.repeat(np.arange(10), 3)), rng.permutation(np.repeat(np.arange(10), 5))
    x = patterns[y] + rng.normal(0, 0.7, (len(y), 20))
    return x, y, patterns[y_test] + rng.normal(0, 0.7, (len(y_test), 20)), y_test


def _accuracy_by_scores(x, y, x_test, y_test):
    averages = np.stack([np.sum(x[y == d], axis=0) / np.sum(y == d) for d in range(10)])
    answers = scores(averages, x_test).argmax(axis=1)
    return sum(int(answer == label) for answer, label in zip(answers, y_test, strict=True)) / len(y_test)


@fix_it(
    "A test that is too kind",
    minutes=5,
    hints=(
        "Which images may set the numbers of the rule, and which may not?",
        "Look at what `learn_averages` is given.",
        "Learn from `x` and `y` alone; answer `x_test`; compare with `y_test`.",
    ),
    why="An image that helped to set the averages pulls its own average nearer, so it no longer counts as new.",
    inputs=_faint_digits,
    tries=15,
    mistakes=(
        (_learns_from_the_test_set, "the averages are learned from the test images too: they are no longer new"),
        (_learns_from_the_test_set_alone, "the averages are learned from the test images themselves"),
        (_tests_on_the_training_set, "this is the score on the training images, which are not new"),
        (_share_of_wrong_answers, "this is the cost, the share of wrong answers; the accuracy is 1 - C"),
        (_number_of_right_answers, "this is the number of right answers; the accuracy is their share"),
    ),
    also_right=(_accuracy_by_scores,),
)
def honest_accuracy(x, y, x_test, y_test):
    """The share of new images that the nearest average gets right."""
    averages = learn_averages(x, y)
    return (nearest_average(averages, x_test) == y_test).mean()


# The distance as a score.


def _without_bias(averages, x):
    return x @ averages.T


def _bias_added(averages, x):
    return x @ averages.T + 0.5 * (averages**2).sum(axis=1)


def _bias_not_halved(averages, x):
    return x @ averages.T - (averages**2).sum(axis=1)


def _length_not_squared(averages, x):
    return x @ averages.T - 0.5 * np.sqrt((averages**2).sum(axis=1))


def _digits_in_rows(averages, x):
    return scores(averages, x).T


def _distances(averages, x):
    return np.array([((x - m) ** 2).sum(axis=1) for m in averages]).T


def _with_the_image_squared(averages, x):
    return -0.5 * _distances(averages, x)


def _scores_one_by_one(averages, x):
    return [[float(m @ image) - float(m @ m) / 2 for m in averages] for image in x]


def _scores_by_the_distance(averages, x):
    distances = ((x[:, None] - averages) ** 2).sum(axis=2)
    return 0.5 * ((x**2).sum(axis=1, keepdims=True) - distances)


@write_it(
    "Scores instead of distances",
    minutes=10,
    hints=(
        "Do one image first: `averages @ x[0]` holds its dot product with every average.",
        "For all images at once, rows stay examples: `x @ averages.T` has a row for each image.",
        "Then add `-0.5 * (averages**2).sum(axis=1)`, one number for each average; NumPy adds it to every row.",
    ),
    why="The part |x|^2 of the distance is the same for all digits, so leaving it out changes no answer.",
    inputs=lambda rng: (rng.uniform(0.1, 1, (4, 3)), rng.uniform(0.1, 1, (5, 3))),
    mistakes=(
        (_without_bias, "b_d is missing: without it a bright average wins too often"),
        (_bias_added, "the sign of b_d is turned round: it is minus half the squared length"),
        (_bias_not_halved, "b_d is half of this: divide |m_d|^2 by 2"),
        (_length_not_squared, "this takes half of |m_d|; b_d asks for half of |m_d|^2"),
        (_digits_in_rows, "this has a row for each average; rows are examples, so each image has a row"),
        (_distances, "these are the squared distances, where the smallest wins; the score z_d is asked for"),
        (
            _with_the_image_squared,
            "this is -|x - m_d|^2 / 2: it ranks the digits rightly, but |x|^2 has not been dropped as z_d has it",
        ),
    ),
    also_right=(_scores_one_by_one, _scores_by_the_distance),
)
def scores(averages, x):
    """z_d = m_d . x + b_d with b_d = -|m_d|^2 / 2, for every image and every d: (n, number of averages)."""
    b = -0.5 * (averages**2).sum(axis=1)
    return x @ averages.T + b


# More room than ten averages, less than all images.

FEW, ENOUGH = 50, 0.96


def _score_on_held_back_images(choose):
    """Hold back every fifth training image, five times; the answer is the label of the nearest template."""
    digits = load_digits()
    x, y = digits.x_train.astype(float), digits.y_train
    part, right, most = np.arange(len(y)) % 5, 0, 0
    for held_back in range(5):
        known, new = part != held_back, part == held_back
        templates, labels = choose(x[known].copy(), y[known].copy(), np.random.default_rng(held_back))
        templates, labels = np.asarray(templates, dtype=float), np.asarray(labels)
        if templates.ndim != 2 or templates.shape[1] != 64 or labels.shape != templates.shape[:1] or not len(labels):
            expected = "expected (m, 64) and (m,)"
            return f"got templates of shape {templates.shape}, labels of shape {labels.shape}; {expected}", False
        if not np.isfinite(templates).all():
            return "a template holds numbers that are not finite: was an empty group averaged?", False
        if len(labels) > FEW:
            return f"{len(labels)} templates; at most {FEW} may be kept, so many images must share one", False
        right += (labels[_nearest(templates, x[new])] == y[new]).sum()
        most = max(most, len(labels))
    said = f"{right / len(y):.1%} of the held-back images right with {most} templates"
    if right >= ENOUGH * len(y):
        return said, True
    if most <= 10:
        return f"{said}; to reach {ENOUGH:.0%}, let slanted and upright digits have templates of their own", False
    return f"{said}; to reach {ENOUGH:.0%}, let each template stand for many similar images, not for one", False


def _nearest(templates, x):
    return np.argmin((templates**2).sum(axis=1) - 2 * x @ templates.T, axis=1)


def _one_average_each(x, y, rng):
    return learn_averages(x, y), np.arange(10)


def _all_images(x, y, rng):
    return x, y


def _five_by_lot(x, y, rng):
    rows = np.concatenate([rng.permutation(np.flatnonzero(y == d))[:5] for d in range(10)])
    return x[rows], y[rows]


def _halved_groups(x, y, rng):
    """Cut the largest group of each digit in two, across its longest direction, until there are five."""
    templates, labels = [], []
    for d in range(10):
        groups = [x[y == d]]
        while len(groups) < 5:
            group = groups.pop(int(np.argmax([((g - g.mean(axis=0)) ** 2).sum() for g in groups])))
            centred = group - group.mean(axis=0)
            side = centred @ np.linalg.svd(centred, full_matrices=False)[2][0] > 0
            groups += [group[side], group[~side]]
        templates += [group.mean(axis=0) for group in groups]
        labels += [d] * 5
    return templates, labels


@stretch_it(
    "Fifty templates",
    minutes=30,
    hints=(
        "Let each digit have five templates instead of one: the slanted 1 and the upright 1 need not share.",
        "Start with five images of a digit by lot, and put every image of that digit into the group of the nearest.",
        "Replace each of the five by the average of its group, group again, and repeat 20 times: this is k-means.",
    ),
    why=(
        "Five averages of each digit have room for five ways to write it, and still answer 23 times faster than "
        "a comparison with all images."
    ),
    measure=_score_on_held_back_images,
    mistakes=(
        (_one_average_each, "let slanted and upright digits have templates of their own"),
        (_all_images, "at most 50 may be kept, so many images must share one"),
        (_five_by_lot, "let each template stand for many similar images, not for one"),
    ),
    also_right=(_halved_groups,),
)
def choose_templates(x, y, rng):
    """Five templates of each digit: the averages of five groups of similar images."""
    templates = []
    for d in range(10):
        images = x[y == d]
        centres = images[rng.permutation(len(images))[:5]]
        for _ in range(20):  # group the images by the nearest centre, then average each group
            group = ((images[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
            centres = np.array([images[group == k].mean(axis=0) for k in np.unique(group)])
        templates.append(centres)
    return np.concatenate(templates), np.repeat(np.arange(10), [len(t) for t in templates])
