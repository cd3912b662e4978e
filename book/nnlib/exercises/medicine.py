"""Exercises of Medical diagnosis."""

from collections.abc import Callable

import numpy as np

from nnlib.datasets import load_breast_cancer, split
from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.layers import Dense, sigmoid
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.tables import Standardiser
from nnlib.training import train_epochs
from nnlib.transforms import L2


@predict_it(
    "After the answer",
    minutes=4,
    hints=(
        "Take 100 people. How many are ill, and how many of these get a positive answer?",
        "9 of the 10 ill ones, and 9 of the 90 healthy ones. And of those with a negative answer? For the third: "
        "what does it cost on average to call a person healthy who is ill with probability p, and what to call "
        "that person ill?",
        "Negative answers get 1 ill and 81 healthy people. And it is cheaper to call somebody ill where 4p > 1 - p.",
    ),
    why="Among 100 people 9 of 18 positive answers are right, and 1 of 82 negative ones is wrong. An alarm is cheaper "
    "where 4p > 1 - p, which is p > 1/5.",
    within=0.1,
    mistakes=(
        ((90, 10, 20), "that is of 100 who are ill or healthy; the question is of 100 who get the answer"),
        ((50, 10, 20), "the first is right; a negative answer goes to 1 ill and 81 healthy people"),
        ((10, 10, 20), "that was so before the answer; an answer changes it"),
        ((0.5, 1 / 82, 0.2), "as shares that is right; in per cent they are 100 times as large"),
        ((50, 100 * 81 / 82, 20), "the second is of the healthy; how many of these are ill?"),
        ((100 / 82, 50, 20), "the right three numbers, the first two the other way round"),
        ((50, 1, 20), "nearly: 1 of the 82 who get a negative answer, not of all 100"),
        ((50, 100 / 82, 25), "the third is 1 to 4, which are the odds; a probability is 1 of 1 + 4"),
        ((50, 100 / 82, 80), "the third the other way round: where a miss costs more, a lower probability is enough"),
        ((50, 100 / 82, 50), "the third would be so if both errors cost the same"),
    ),
)
def after_the_answer():
    """In per cent: how many are ill of those with a positive and with a negative answer, and where an alarm pays."""
    ill, sensitivity, specificity = 10, 0.9, 0.9  # of 100 people
    found, alarms = sensitivity * ill, (1 - specificity) * (100 - ill)
    missed, left_alone = ill - found, 100 - ill - alarms
    threshold = 1 / (1 + 4)  # a miss costs 4 alarms: 4p > 1 - p
    return 100 * found / (found + alarms), 100 * missed / (missed + left_alone), 100 * threshold


@explain_it(
    "99.5 % right",
    minutes=2,
    question="One person in 200 has a disease. A program that looks for it is announced as 99.5 % right on 20,000 "
    "people, 100 of them ill, and all of them new to it. What does that say?",
    hints=(
        "How often is a program right that never says ill?",
        "199 of 200 are healthy, and that is 99.5 %. What must be known of the 100 who are ill?",
    ),
    why="Where few are ill, the healthy decide the accuracy; sensitivity and specificity ask both groups.",
)
def which_measure():
    return (
        Choice(
            "That it is good: on 20,000 new people luck plays no part.",
            "luck hardly plays a part, that is so; but a program that calls everybody healthy scores as much",
        ),
        Choice(
            "That a positive answer is right in 99.5 of 100 cases.",
            "accuracy is of all answers, and nearly all of them are negative",
        ),
        Choice(
            "Nothing yet about the 100 who are ill.",
            "yes: to call all of them healthy is 99.5 % right, and finds none",
            right=True,
        ),
        Choice(
            "That it finds 99.5 of the 100 who are ill.",
            "that would be its sensitivity; it may be 0 here",
        ),
    )


def _probabilities(rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Probabilities (6,), none of them 0 or 1, and two prevalences that are far apart."""
    return rng.uniform(0.05, 0.95, 6).round(3), round(rng.uniform(0.3, 0.45), 2), float(rng.choice([0.01, 0.03]))


def _with_odds(factor: Callable) -> Callable:
    def carry(p, before, now):
        odds = p / (1 - p) * factor(before, now)
        return odds / (1 + odds)

    return carry


def _by_weight(p, before, now):
    ill, healthy = p * now / before, (1 - p) * (1 - now) / (1 - before)
    return ill / (ill + healthy)


def _by_logits(p, before, now):
    return sigmoid(np.log(p / (1 - p)) + np.log(now / (1 - now)) - np.log(before / (1 - before)))


@write_it(
    "To another prevalence",
    minutes=5,
    hints=(
        "Which quantity is multiplied when the prevalence changes: the probability, or its odds?",
        "The odds of p are p / (1 - p). They are multiplied by the odds of `now` over those of `before`. And back?",
        "odds = p / (1 - p) * now / (1 - now) / (before / (1 - before)), and then odds / (1 + odds).",
    ),
    why="What was seen of a patient multiplies the odds, and the odds to begin with are those of the prevalence.",
    inputs=_probabilities,
    mistakes=(
        (lambda p, before, now: p * now / before, "the probability was multiplied; it is the odds that are"),
        (_with_odds(lambda before, now: now / before), "the odds were multiplied by now / before, not by their odds"),
        (
            _with_odds(lambda before, now: before / (1 - before) / (now / (1 - now))),
            "the other way round: where fewer are ill, a probability falls",
        ),
        (
            lambda p, before, now: p / (1 - p) * now / (1 - now) / (before / (1 - before)),
            "these are the odds; a probability is odds / (1 + odds)",
        ),
        (_with_odds(lambda before, now: now / (1 - now)), "the odds that are in p already must be taken out first"),
        (lambda p, before, now: p, "unchanged: these are the probabilities as they were learned"),
    ),
    also_right=(_by_weight, _by_logits),
)
def carried_over(p, before, now):
    """The probabilities p (n,), learned where a share `before` was ill, for people of whom a share `now` is ill."""
    odds = p / (1 - p) * (now / (1 - now)) / (before / (1 - before))
    return odds / (1 + odds)


SENSITIVITY, SPECIFICITY, SPLITS = 0.98, 0.88, 20


def _measure_judges(learn: Callable) -> tuple[str, bool]:
    """On 20 splits, the share of the malignant tumours that are called so, and of the benign ones that are not."""
    table = load_breast_cancer()
    x, y = np.concatenate([table.x_train, table.x_test]), np.concatenate([table.y_train, table.y_test])
    called, labels = [], []
    for seed in range(SPLITS):
        x_own, y_own, x_new, y_new = split(x, y, 1 / 5, np.random.default_rng(seed))
        judge = learn(x_own.copy(), y_own.copy(), np.random.default_rng(seed))
        called.append(np.asarray(judge(x_new.copy())).reshape(len(y_new)).astype(bool))
        labels.append(y_new)
    called, labels = np.concatenate(called), np.concatenate(labels)
    sensitivity, specificity = called[labels == 1].mean(), np.mean(~called[labels == 0])
    said = f"over {SPLITS} splits, sensitivity {sensitivity:.1%} and specificity {specificity:.1%}"
    if sensitivity < SENSITIVITY:
        return f"{said}. More than two of a hundred are missed", False
    if specificity < SPECIFICITY:
        return f"{said}. More than 12 of 100 benign ones are alarmed", False
    return said, True


def _neuron(x, y, rng, strength):
    scale, network = Standardiser(x), Network(Dense(30, 1, rng))
    parts = network, BinaryCrossEntropy(), Adam(network.parameters(), 0.01), scale(x), y[:, None].astype(float)
    for _ in train_epochs(*parts, epochs=60, batch_size=32, rng=rng, transforms=[L2(strength)]):
        pass
    return lambda rows: sigmoid(network.predict(scale(rows)))[:, 0]


def _above(threshold: float) -> Callable:
    def learn(x, y, rng):
        p = _neuron(x, y, rng, strength=0.01)
        return lambda rows: p(rows) > threshold

    return learn


def _by_halves(x, y, rng):
    """The threshold counted off among the benign rows held back, and a stronger L2 than in the text."""
    first, benign = rng.permutation(len(y)) % 2 == 0, []
    for own in (first, ~first):
        benign.extend(_neuron(x[own], y[own], rng, strength=0.02)(x[~own & (y == 0)]))
    p = _neuron(x, y, rng, strength=0.02)
    return lambda rows: p(rows) > sorted(benign)[int(0.89 * len(benign))]


@stretch_it(
    "Two of a hundred",
    minutes=20,
    hints=(
        "The text's neuron will do. What of it can be turned without training anew?",
        "The threshold. Where a missed tumour costs more than a false alarm, it lies below one half. Rows that taught "
        "are judged too well to choose it: train on one half of your rows, and ask about the other; then the other way "
        "round.",
        "2 % of the malignant tumours held back are 3 or 4, too few to place a threshold by. The benign ones are many: "
        "take the threshold below which 89 % of those held back lie, then train on all rows, and return "
        "lambda rows: p(rows) > threshold.",
    ),
    why="A threshold trades one error for the other, and rows that did not teach say where it lies.",
    measure=_measure_judges,
    mistakes=(
        (_above(0.5), "More than two of a hundred are missed"),
        (_above(0.1), "specificity 87."),
        (lambda x, y, rng: lambda rows: np.ones(len(rows)), "More than 12 of 100 benign ones are alarmed"),
    ),
    also_right=(_by_halves,),
)
def rarely_missed(x, y, rng):
    """A function from rows (n, 30) as published to n values that are true for those called malignant."""

    def learn(x, y):
        scale, network = Standardiser(x), Network(Dense(30, 1, rng))
        parts = network, BinaryCrossEntropy(), Adam(network.parameters(), 0.01), scale(x), y[:, None].astype(float)
        for _ in train_epochs(*parts, epochs=60, batch_size=32, rng=rng, transforms=[L2(0.01)]):
            pass
        return lambda rows: sigmoid(network.predict(scale(rows)))[:, 0]

    half = rng.permutation(len(y)) % 2 == 0
    held_back = [learn(x[own], y[own])(x[~own & (y == 0)]) for own in (half, ~half)]  # benign, and not learned from
    threshold = np.quantile(np.concatenate(held_back), 0.89)  # 88 % are asked for; one more, to be safe
    judge = learn(x, y)
    return lambda rows: judge(rows) > threshold
