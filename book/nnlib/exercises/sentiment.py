"""Exercises of Sentiment."""

from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.sentiment import load_films, load_opinions
from nnlib.text import counts, vocabulary


@predict_it(
    "Not bad, not good",
    minutes=3,
    hints=(
        "A bag of words adds up: the bias, and the weight of each word that stands there.",
        "“not bad” is the bias, the weight of “not” and the weight of “bad”.",
        "0.1 - 0.4 - 1.5 for the first, and 0.1 - 0.4 + 1.2 for the second.",
    ),
    why="The weight of “not” is added whatever stands beside it, so it moves both the same way.",
    within=5e-3,
    mistakes=(
        ((1.2, -1.6), "this turns the next word's sign: what “not” means, and what no sum of words can do"),
        ((-1.4, 1.3), "that is without “not”, which has a weight too"),
        ((-1.9, 0.8), "that is without the bias"),
        ((0.9, -1.8), "the other way round: asked for is “not bad” first"),
    ),
)
def not_bad():
    """The logits of "not bad" and of "not good" by a bag of words with four given numbers."""
    bias, no, bad, good = 0.1, -0.4, -1.5, 1.2
    return bias + no + bad, bias + no + good


def _logits(rng):
    """Logits of pairs, (n,) each: some with both right, some with one, some with none, in a random order."""
    signs = [(1, -1)] * rng.integers(5, 8) + [(1, 1)] * 4 + [(-1, -1)] * 2 + [(-1, 1)]
    praise, blame = np.array(rng.permutation(signs)).T * rng.uniform(0.1, 3, (2, len(signs))).round(2)
    return praise, blame


@write_it(
    "Both of a pair",
    minutes=4,
    hints=(
        "When is the first of a pair right? When the second? When both?",
        "`praise > 0` is an array of yes and no; `&` joins two of them place by place, each in round brackets.",
        "np.mean((praise > 0) & (blame <= 0))",
    ),
    why="Who calls all sentences praise is right in half of them, and in no pair.",
    inputs=_logits,
    mistakes=(
        (
            lambda praise, blame: (np.mean(praise > 0) + np.mean(blame <= 0)) / 2,
            "that is the share of sentences; asked for is the share of pairs of which both are right",
        ),
        (
            lambda praise, blame: np.mean((praise > 0) | (blame <= 0)),
            "here one right sentence is enough; asked for are pairs of which both are right",
        ),
        (
            lambda praise, blame: np.mean(praise > 0) * np.mean(blame <= 0),
            "a product of shares is the share of both only if they have nothing to do with each other: count pairs",
        ),
        (
            lambda praise, blame: np.mean((praise > 0) & (blame > 0)),
            "these are the pairs of which both are called praise; the second is right if its logit is not above 0",
        ),
        (
            lambda praise, blame: np.sum((praise > 0) & (blame <= 0)),
            "that is how many; asked for is the share, from 0 to 1",
        ),
    ),
    also_right=(
        lambda praise, blame: sum(p > 0 >= b for p, b in zip(praise, blame, strict=True)) / len(praise),
        lambda praise, blame: 1 - np.mean((praise <= 0) | (blame > 0)),
    ),
)
def both_right(praise, blame):
    """The share of pairs of which both are right; the logits of their sentences of praise (n,) and of blame (n,)."""
    return np.mean((praise > 0) & (blame <= 0))


@explain_it(
    "A probe that is passed",
    minutes=3,
    question="A network calls 95 of 100 sentences like “the waiter was not polite” blame, and “the waiter was polite” "
    "praise. “It understands not”, says its maker. Which test can show that he is wrong?",
    hints=(
        "What else would make a network call such sentences blame?",
        "Think of one that has learned nothing but: “not” is a bad sign. Where would it fail?",
    ),
    why="A probe tells only what its shortcut would get wrong: look for the sentence where shortcut and sense part.",
)
def passed_probe():
    return (
        Choice(
            "A thousand more sentences of that kind.",
            "if “not” alone does it, it does it there as well: more of the same probe tells no more",
        ),
        Choice(
            "The same from five seeds.",
            "that says how sure the 95 are, not why; all five may take the same shortcut",
        ),
        Choice(
            "“The waiter was not rude”: if that is called blame too, he is wrong.",
            "yes: here the shortcut and the sense part",
            right=True,
        ),
        Choice(
            "“The cook was not friendly”: if that is called blame too, he is right.",
            "it would be, also if “not” is only a bad sign; other words, but the same probe",
        ),
    )


FEW = 100  # sentences on telephones whose labels are known


@cache
def _splits():
    """For three draws: counts of words on films and in few sentences on telephones, (2, words), and what is tested."""
    films, phones = load_films(), load_opinions()["telephones"]
    found = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(phones[0]))
        few = [phones[0][i] for i in order[:FEW]]
        words = vocabulary([*films[0], *few], 6000)
        seen = np.zeros((2, len(words)))
        for start in range(0, len(films[0]), 500):  # in parts, for a browser's memory
            part = slice(start, start + 500)
            x = counts(films[0][part], words)
            seen += [x[films[1][part] == kind].sum(axis=0) for kind in (0, 1)]
        x, label = counts(few, words), phones[1][order[:FEW]]
        own = np.array([x[label == kind].sum(axis=0) for kind in (0, 1)])
        others = counts([phones[0][i] for i in order[FEW:]], words).astype(np.float32)
        for array in (seen, own, others):
            array[:, 0] = 0  # the unknown words say nothing here
        found.append((seen, own, others, phones[1][order[FEW:]]))
    return found


def _log_ratio(counted, smoothing=1.0):
    """Naive Bayes' weights."""
    share = (counted + smoothing) / (counted + smoothing).sum(axis=1, keepdims=True)
    return np.log(share[1] / share[0])


def _measure_weights(weights):
    """How often these weights are right about other sentences on telephones."""
    shares = []
    for films, own, x, good in _splits():
        if (found := weights(films.copy(), own.copy())) is None:
            raise TypeError("the function returns nothing yet")
        found = np.asarray(found, float)
        if found.shape != films.shape[1:] or not np.isfinite(found).all():
            return f"got an array of the shape {found.shape}: one finite number for each word, please", False
        shares.append(float(np.mean((x @ found > 0) == good)))
    said = ", ".join(f"{share:.1%}" for share in shares)
    if np.mean(shares) >= 0.72:
        return said, True
    if np.array_equal(found, weights(films.copy(), own[::-1].copy())):
        return f"{said}: the weights are the same whatever `own` holds", False
    if np.array_equal(found, weights(films[::-1].copy(), own.copy())):
        return f"{said}: the weights are the same whatever `films` holds", False
    return f"{said}: not yet 72 % in the mean", False


@stretch_it(
    "A hundred of its own",
    minutes=15,
    hints=(
        "Films know many words, telephones know their own. How would you weigh the two?",
        "A count on a hundred sentences on telephones says more about telephones than the same count on films.",
        "Add the weights that each side gives by itself, as naive Bayes has them. Add 1 to all counts first, as there.",
    ),
    why="The two together do more than either alone. Added as counts, the films' thousands all but drown the hundred, "
    "and 72 is not reached; with the hundred counted 20 times it is.",
    measure=_measure_weights,
    mistakes=(
        (lambda films, own: _log_ratio(films), "the same whatever `own` holds"),
        (lambda films, own: _log_ratio(own), "the same whatever `films` holds"),
        (lambda films, own: _log_ratio(films + own), "not yet 72 %"),
    ),
    also_right=(lambda films, own: _log_ratio(films + 20 * own),),
)
def weights(films, own):
    """A weight for each word, (words,), from counts (2, words): row 0 in blame, row 1 in praise."""
    weight = 0
    for seen in (films + 1, own + 1):  # as if each word had come once more in blame and in praise
        weight = weight + np.log(seen[1] / seen[1].sum()) - np.log(seen[0] / seen[0].sum())
    return weight
