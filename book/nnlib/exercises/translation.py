"""Exercises of Translation."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.translation import WordForWord, chrf, load_pairs, parts


def _numbers(rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """A translation and the wanted German, as the numbers of their pieces; often of two lengths."""
    wanted = rng.integers(0, 6, rng.integers(3, 9)).tolist()
    guess = [piece if rng.random() < 0.6 else int(rng.integers(0, 6)) for piece in wanted]
    return (guess + [5, 5])[: int(rng.integers(2, len(wanted) + 2))], wanted


@write_it(
    "Piece by piece",
    minutes=4,
    hints=(
        "Go through the places of the wanted German. What must be so for its piece to be right?",
        "The translation may be shorter: then there is no piece at that place, and the wanted one is not right.",
        "zip goes along both as far as the shorter one goes. Divide by the number of wanted pieces.",
    ),
    why="Asked is which of the wanted pieces were found, so they are what is counted, and a translation that stops too "
    "early has missed the rest.",
    inputs=_numbers,
    tries=20,
    mistakes=(
        (
            lambda guess, wanted: sum(a == b for a, b in zip(guess, wanted, strict=False)) / len(guess),
            "divided by the length of the translation: one that stops early would lose nothing",
        ),
        (
            lambda guess, wanted: float(np.mean([piece in guess for piece in wanted])),
            "a piece that stands anywhere counts here; asked is the same place",
        ),
    ),
    also_right=(
        lambda guess, wanted: float(np.mean([guess[i : i + 1] == [piece] for i, piece in enumerate(wanted)])),
        lambda guess, wanted: sum(i < len(guess) and guess[i] == wanted[i] for i in range(len(wanted))) / len(wanted),
    ),
)
def share_right(guess, wanted):
    """The share of the wanted pieces that stand in the guess at the same place; both are lists of whole numbers."""
    return sum(a == b for a, b in zip(guess, wanted, strict=False)) / len(wanted)


@predict_it(
    "A letter short",
    minutes=4,
    hints=(
        "The single letters first: how many of the translation's does the wanted text have, and the other way round?",
        "Letters: precision 2 of 2, recall 2 of 3. Runs of two: precision 1 of 1, recall 1 of 2. Of three: the "
        "translation has none, so both are 0. Take the means of all three.",
        "p = 2/3 and r = 7/18. Then (1 + 4) p r / (4 p + r), times 100.",
    ),
    why="All that is there is right, but there is no run of three: so the precision is 2/3. The recall, 7/18, counts "
    "more. `chrf` of the page says the same.",
    within=0.6,
    mistakes=(
        (100 * 7 / 18, "that is the recall alone"),
        (100 * 2 * (2 / 3) * (7 / 18) / (2 / 3 + 7 / 18), "here both count alike; chrF has the recall count more"),
        (100 * (2 / 3 + 7 / 18) / 2, "that is the mean of precision and recall"),
        (
            100 * 5 * (2 / 3) * (7 / 18) / (4 * 7 / 18 + 2 / 3),
            "precision and recall have changed places",
        ),
        (100 * 5 * (7 / 12) / (4 + 7 / 12), "there the run of three, which the translation lacks, was left out"),
        (0.424, "from 0 to 100, please"),
    ),
)
def letter_short():
    """The chrF of "da" where "das" is wanted, with runs of one to three letters."""
    p, r = (1 + 1 + 0) / 3, (2 / 3 + 1 / 2 + 0) / 3
    return 100 * 5 * p * r / (4 * p + r)


@explain_it(
    "What it was told",
    minutes=2,
    question="A translator has 70 of 100 pieces right when it is told the wanted pieces before each. Another of its "
    "kind that learned without any English has 55. What do the 70 say of its translations?",
    hints=(
        "After “Ich weiß nich” hardly anything but a “t” can come. Must one know the English for that?",
        "Who tells it the pieces before when it translates by itself?",
    ),
    why="Being told keeps it on the right way, and much of German can be foreseen from German. Only whole "
    "translations, made alone, show what reaches the reader.",
)
def what_told_says():
    return (
        Choice(
            "That about 70 of 100 of its sentences are right.",
            "a sentence has many pieces, and a wrong one changes what comes after it",
        ),
        Choice(
            "That it gets 70 of 100 pieces right by itself.",
            "by itself it goes on from its own pieces, wrong ones too",
        ),
        Choice(
            "Little: 55 can be had without English, and alone it is told nothing.",
            "yes: as many can be foreseen from the German before, which alone it would first have to get right",
            right=True,
        ),
        Choice(
            "That 15 of 100 pieces are words that it knows and 55 are guessed.",
            "a piece is not known or guessed; the 55 are what German alone would give",
        ),
    )


@cache
def _pairs() -> tuple[list[str], list[str], list[str], list[str]]:
    """Pairs to count in, and others to translate: none is of the test part."""
    english, german = load_pairs()
    learn, choose, _ = parts(english, german, np.random.default_rng(0))
    return tuple([texts[i] for i in places] for places in (learn, choose) for texts in (english, german))


def _measure_score(score: Callable) -> tuple[str, bool]:
    """Translate word for word, with the words that this score puts together."""
    english, german, asked, wanted = _pairs()
    word = WordForWord(english, german, lambda *times: float(score(*times)))
    worth = float(np.mean([chrf(word(text), of) for text, of in zip(asked, wanted, strict=True)]))
    says = f"chrF {worth:.1f}"
    return (says, True) if worth >= 38.5 else (f"{says}: not yet 38.5", False)


@stretch_it(
    "Which word goes with which",
    minutes=15,
    hints=(
        "both / ours is the share of the English word's pairs that have the German one. Which German words are in "
        "very many pairs, whatever the English?",
        "“Tom” and “nicht” stand in so many pairs that they come with many a rare word. Let it cost to be in many.",
        "both / theirs alone goes too far: it takes words that came once. Let both numbers count.",
        "2 * both / (ours + theirs): 1 if the two words come in the same pairs alone.",
    ),
    why="Words that go together come in the same pairs and in no others. 2 both / (ours + theirs) says how nearly that "
    "is so. It is called Dice's coefficient, and the table's dictionary is made by it.",
    measure=_measure_score,
    mistakes=(
        (lambda both, ours, theirs: both / ours, "chrF 31.2: not yet 38.5"),
        (lambda both, ours, theirs: both / theirs, "chrF 18.6: not yet 38.5"),
        (lambda both, ours, theirs: both / (ours * theirs), "not yet 38.5"),
    ),
    also_right=(
        lambda both, ours, theirs: both / (ours + theirs - both),
        lambda both, ours, theirs: both * math.log(both * 7436 / ours / theirs),
    ),
)
def score(both, ours, theirs):
    """How well an English and a German word go together: `both` pairs have both, `ours` that one, `theirs` this one."""
    return 2 * both / (ours + theirs)
