"""Exercises of A spam filter."""

import re
from collections import Counter
from functools import cache

import numpy as np

from nnlib.exercises.kinds import Choice, explain_it, predict_it, stretch_it, write_it
from nnlib.studies.spam import by_family, families, load_sms
from nnlib.text import tokens


@predict_it(
    "From where on?",
    minutes=3,
    hints=(
        "A message is spam with probability p. What does it cost on average to keep it? And to throw it away?",
        "To keep it costs p times 1. To throw it away costs (1 - p) times 9. When is the second one less?",
        "p = 9 (1 - p), so 10 p = 9.",
    ),
    why="Throwing away costs less as soon as (1 - p) times the price of a loss is less than p, that is from 9/10 on.",
    within=5e-4,
    mistakes=(
        (0.1, "that is from where on it would pay if a spam let through were the dear mistake: the other way round"),
        (1 / 9, "there, throwing away costs 9 times 8/9 = 8, and keeping 1/9"),
        (8 / 9, "nearly: there, throwing away costs 9 times 1/9 = 1, and keeping 8/9"),
        (0.5, "that holds if both mistakes cost the same"),
        (90, "as a share of 1, please"),
    ),
)
def from_where_on():
    """The probability of spam from which on throwing away costs less, where a loss costs 9 and a spam 1."""
    lost = 9
    return lost / (lost + 1)


def _families(rng):
    """Families (23,) and which messages are tested: some with kin on the other side, some with kin beside them only."""
    tested = (
        "1",
        "1",
        "1",
        "0",
        "11",
        "00",
        "10",
        "111",
        "110",
        "110",
        "1100",
    )  # of each family, which of its messages
    family = np.repeat(np.arange(len(tested)), [len(one) for one in tested])
    test = np.array([sign == "1" for sign in "".join(tested)])
    order = rng.permutation(len(test))
    return rng.permutation(100)[: len(tested)][family][order], test[order]


@write_it(
    "How many leak?",
    minutes=4,
    hints=(
        "Which families have a message in the training part? Which messages of the test part are of these?",
        "`family[~test]` are those of the training part; `np.isin(a, b)` says of each entry of a whether b has it.",
        "np.sum(np.isin(family[test], family[~test]))",
    ),
    why="A message of the test part leaks if its family also stands in the training part, so each is counted once.",
    inputs=_families,
    mistakes=(
        (
            lambda family, test: len(set(family[test].tolist()) & set(family[~test].tolist())),
            "this counts families that stand on both sides; asked for are messages of the test part",
        ),
        (
            lambda family, test: np.sum(np.isin(family[~test], family[test])),
            "this counts messages of the training part that have kin in the test part: the other way round",
        ),
        (
            lambda family, test: np.sum([np.sum(family == one) > 1 for one in family[test]]),
            "kin in the test part alone is no leak: count those whose family stands in the training part",
        ),
        (
            lambda family, test: np.mean(np.isin(family[test], family[~test])),
            "that is the share of the test part; asked for is how many",
        ),
        (
            lambda family, test: np.sum(~np.isin(family[test], family[~test])),
            "these are the ones that do not leak",
        ),
    ),
    also_right=(
        lambda family, test: sum(one in set(family[~test].tolist()) for one in family[test].tolist()),
        lambda family, test: int((family[test][:, None] == family[~test]).any(axis=1).sum()),
    ),
)
def leaks(family, test):
    """How many messages of the test part have one of their family (n,) in the training part; test (n,) is a mask."""
    return np.sum(np.isin(family[test], family[~test]))


@explain_it(
    "Hi mum",
    minutes=2,
    question="“Hi mum, my phone broke, this is my new number. Can you send me 300 pounds today? Love you.” The filter "
    "keeps it. Why?",
    hints=(
        "Strike out its words one by one. Which of them would a real child not write?",
        "The filter adds one number for each word. What does it make of the order, and of who is asking?",
    ),
    why="A bag of words sees which words there are; a fraud that uses everyday words looks like every day.",
)
def hi_mum():
    return (
        Choice(
            "It was not trained for long enough.",
            "the words would still be those of real messages, and get weights for what they mostly stood in",
        ),
        Choice(
            "Its words are everyday ones, and the filter adds up words: it knows neither who writes nor why.",
            "yes: what makes it a fraud stands in no single word",
            right=True,
        ),
        Choice(
            "The threshold is too high; a half would have caught it.",
            "its probability is small, not just below the threshold; and a half would lose messages that are wanted",
        ),
        Choice(
            "The words are unknown to it.",
            "nearly all of them are well known, from messages that were wanted",
        ),
    )


@cache
def _messages():
    """The different messages, which of them are spam, and the family of each."""
    texts, spam = load_sms()
    different = dict(zip(texts, spam.tolist(), strict=True))
    return [*different], np.array([*different.values()]), families([*different])


def _measure_words(words):
    """The share of new spam that naive Bayes catches with these words while one wanted message in 200 is lost."""
    texts, spam, family = _messages()
    found, caught = [words(text) for text in texts], []
    for seed in range(3):
        train, new = by_family(family, (0.7, 0.3), np.random.default_rng(seed))
        seen = [Counter(word for i in train if spam[i] == kind for word in found[i]) for kind in (0, 1)]
        known = len({*seen[0], *seen[1]})
        among = [sum(each.values()) + 0.1 * known for each in seen]
        weight = {
            w: np.log((seen[1][w] + 0.1) / among[1] / (seen[0][w] + 0.1) * among[0]) for w in {*seen[0], *seen[1]}
        }
        logit = np.array([sum(weight.get(word, 0.0) for word in found[i]) for i in new])
        threshold = np.quantile(logit[spam[new] == 0], 0.995)
        caught.append(float(np.mean(logit[spam[new] == 1] > threshold)))
    said = ", ".join(f"{share:.1%}" for share in caught)
    if max(map(len, known_words := {*seen[0], *seen[1]})) == 1 < len(known_words):
        return f"{said}: single letters say little", False
    return (said, True) if np.mean(caught) >= 0.94 else (f"{said}: not yet 94 % in the mean", False)


@stretch_it(
    "Better words",
    minutes=20,
    hints=(
        "Nearly every phone number is a new word to it. What do 09061701461 and 08717898035 have in common?",
        "Write every digit as 0, and what is left of a number is its length. `re.sub(r'\\d', '0', text)` does that.",
        "A pound sign, capitals, a web address: each can be a word of its own. Or take pairs of words.",
    ),
    why="A filter can only weigh what its words let it see, and a number's form comes again, the number hardly ever. "
    "These words reach the 94 %: some six spams more of 590, so it is likely, not shown, that it is the form.",
    measure=_measure_words,
    mistakes=((tokens, "not yet 94 %"), (lambda text: list(text), "single letters say little")),
    also_right=(lambda text: tokens(re.sub(r"\d", "0", text)),),
)
def words(text):
    """The words of a text, as a list of strings, by which naive Bayes shall tell spam."""
    import re

    from nnlib.text import tokens

    found = tokens(re.sub(r"\d", "0", text))
    signs = [sign for sign in ("£", "!", "www", "http", "/", "&") for _ in range(text.lower().count(sign))]
    shouted = [f"{word.lower()} in capitals" for word in re.findall(r"\b[A-Z]{3,}\b", text)]
    return found + signs + shouted
