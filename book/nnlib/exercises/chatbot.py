"""Exercises of A chatbot that says "I do not know"."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.chatbot import load_questions
from nnlib.text import tokens


def _sure(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """The largest probabilities of 40 questions, no two the same, and how many must be answered."""
    return (rng.permutation(np.arange(1, 96))[:40] / 100).round(2), int(rng.integers(28, 38))


@write_it(
    "The threshold",
    minutes=4,
    hints=(
        "Which questions are the first to be answered, if only a few may be?",
        "The surest. Sort the probabilities, largest first; the threshold is the last one that must be answered.",
        "np.sort(p)[::-1] has the largest first; its places are counted from 0.",
    ),
    why="From its own probability on a question is answered, so the least sure one that must be answered sets it.",
    inputs=_sure,
    mistakes=(
        (
            lambda p, how_many: np.sort(p)[how_many - 1],
            "sorted with the smallest first: so the questions below it are as many as must be answered",
        ),
        (
            lambda p, how_many: np.sort(p)[::-1][how_many],
            "this answers one question more: places are counted from 0",
        ),
        (
            lambda p, how_many: p[how_many - 1],
            "these are not sorted: it is the probability of some question",
        ),
        (
            lambda p, how_many: how_many / len(p),
            "this is the share that is answered; asked is from which probability on",
        ),
    ),
    also_right=(
        lambda p, how_many: np.sort(p)[len(p) - how_many],
        lambda p, how_many: sorted(p.tolist(), reverse=True)[how_many - 1],
        lambda p, how_many: max(t for t in p if np.sum(p >= t) >= how_many),
    ),
)
def threshold(p, how_many):
    """The highest threshold at which `how_many` of the questions with the largest probabilities p (n,) reach it."""
    return np.sort(p)[::-1][how_many - 1]


@predict_it(
    "Said three times",
    minutes=3,
    hints=(
        "What becomes of each count in the bag, and what of each logit?",
        "Both are three times as large: the logits are 3 and 0.",
        "The softmax of 3 and 0 is e to the power of 3, divided by itself plus 1.",
    ),
    why="Without biases, three times the bag makes three times the logits, and softmax looks at their difference.",
    within=5e-3,
    mistakes=(
        (1 / (1 + np.exp(-1)), "that is for the question said once"),
        ((1 / (1 + np.exp(-1))) ** 3, "the three are no independent questions: it is one bag with larger counts"),
        (1 / (1 + np.exp(-1 / 3)), "a third of the logit: the bag grows, it is not divided"),
        (95.3, "as a share of 1, please"),
    ),
)
def said_three_times():
    """The larger probability, where once said the logits of two intents are 1 and 0, and there are no biases."""
    return np.exp(3) / (np.exp(3) + 1)


@explain_it(
    "Ninety-seven per cent",
    minutes=2,
    question="Somebody types a line made only of words that the network does not know. It gives 97 % to “order”. What "
    "do the 97 % say?",
    hints=(
        "Softmax makes probabilities of 150 logits. What do they always add up to?",
        "Is there a place among the 150 for “none of them”?",
    ),
    why="A softmax compares the classes that it has, and has no word for a question that belongs to none of them.",
)
def what_it_says():
    return (
        Choice(
            "That of 100 such lines 97 are orders.",
            "that would hold for lines like those that it learned from; this one is like none of them",
        ),
        Choice(
            "How far the logit of “order” lies above the others, and not whether the line is an order.",
            "yes: all 150 share a total of 1, whether or not one of them fits",
            right=True,
        ),
        Choice(
            "That the network has not been trained for long enough.",
            "trained longer, it would still have to give all of its 1 to these 150",
        ),
        Choice(
            "That the line shares most of its words with orders.",
            "it shares no word with any question; only the number of unknown words went in",
        ),
    )


INTENTS, STORED, ASKED, OUTSIDE = 20, 20, 10, 100  # of the stretch: intents, questions of each, and of none


@cache
def _questions() -> tuple[list, list, list]:
    """Questions to copy from, others with the same intents, each a set of words and an intent, and some out of scope.

    None is of the test part.
    """
    texts, intent, part, names = load_questions()
    rng = np.random.default_rng(0)
    stored, asked = [], []
    for kind in rng.permutation(len(names))[:INTENTS]:
        places = rng.permutation(np.flatnonzero((intent == kind) & (part < 2)))
        for kept, chosen in ((stored, places[:STORED]), (asked, places[STORED : STORED + ASKED])):
            kept += [(set(tokens(texts[i])), int(kind)) for i in chosen]
    outside = rng.permutation(np.flatnonzero((intent == len(names)) & (part < 2)))[:OUTSIDE]
    return stored, asked, [set(tokens(texts[i])) for i in outside]


def _measure_likeness(likeness: Callable) -> tuple[str, bool]:
    """Copy the intent of the likeliest question, and refuse those that are like none."""
    stored, asked, outside = _questions()
    having = Counter(word for words, _ in stored for word in words)
    kinds = [kind for _, kind in stored]

    def best(words: set) -> tuple[float, int]:
        alike = [float(likeness(set(words), own, having)) for own, _ in stored]
        place = max(range(len(alike)), key=alike.__getitem__)
        return alike[place], kinds[place]

    found = [(*best(words), kind) for words, kind in asked]
    least = sorted((sure for sure, *_ in found), reverse=True)[round(0.9 * len(found)) - 1]
    right = np.mean([guess == kind for sure, guess, kind in found if sure >= least])
    refused = np.mean([best(words)[0] < least for words in outside])
    says = f"{refused:.0%} refused, {right:.0%} of the answers right"
    if right < 0.5:
        return f"{says}: nearly any question will do for it", False
    reached = refused >= 0.75 and right >= 0.9
    return (says, True) if reached else (f"{says}: not yet 75 % and 90 %", False)


@stretch_it(
    "Which words count",
    minutes=15,
    hints=(
        "“What is the …” stands in questions of all kinds. Which word of “what is the exchange rate” says most?",
        "Let each word count the more, the fewer questions have it: not 1, but the logarithm of 400 / having[word].",
        "A word that no stored question has must count too: having[word] is 0, so take max(1, having[word]).",
        "The sum of that over the words of both, divided by its sum over the words of either.",
    ),
    why="A word that few questions have says more about the intent than one that stands everywhere, and one that no "
    "stored question has counts like the rarest: this refuses 80 %, with 95 % of the answers right. Did that last "
    "one count nothing, 60 % would be refused; did it count 6, and each other word 1, 82 %, with 93 % right. So the "
    "logarithm helps the answers, and mostly the unknown words refuse: this small bot knows the words of 400 "
    "questions, and of an out-of-scope question 38 in 100 words are new to it. To the bot of the table, which learned "
    "from 6,726, 20 are; there refusing by unknown words alone does worst.",
    measure=_measure_likeness,
    mistakes=(
        (lambda a, b, having: len(a & b) / len(a | b), "not yet 75 % and 90 %"),
        (
            lambda a, b, having: (
                sum(np.log(400 / having[w]) for w in a & b) / sum(np.log(400 / having[w]) for w in a | b if having[w])
            ),
            "60% refused",
        ),
        (lambda a, b, having: -len(a & b), "nearly any question will do for it"),
    ),
    also_right=(
        lambda a, b, having: (
            sum(1 / max(1, having[w]) ** 0.5 for w in a & b) / sum(1 / max(1, having[w]) ** 0.5 for w in a | b)
        ),
    ),
)
def likeness(a, b, having):
    """How alike two sets of words are, a of a new question, b of a stored one; having[word] stored ones have a word."""

    def weight(words):
        return sum(np.log(400 / max(1, having[word])) for word in words)

    return weight(a & b) / weight(a | b)
