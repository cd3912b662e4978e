"""The study of sentiment: who chooses meets no test, the probes say what they are to say, and pairs are of one bag."""

import json
from collections import Counter

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import sentiment
from nnlib.fetch import at_hand
from nnlib.studies.sentiment import FILMS
from nnlib.text import tokens

STORED = json.loads((MEASURED / "studies" / "sentiment.json").read_text(encoding="utf-8"))


def test_each_way_has_its_settings_its_epochs_and_five_seeds():
    found = STORED["ways"] | STORED["neighbours"] | STORED["peers"]
    ways = sentiment.WAYS | sentiment.NEIGHBOURS | sentiment.PEERS
    assert found.keys() == ways.keys()
    for name, (_, settings) in ways.items():
        way = found[name]
        assert [setting for setting, _ in way["tried"]] == settings and len(settings) == 6
        best, by_epoch = max(way["tried"], key=lambda pair: max(pair[1]))
        assert (way["settings"], way["epochs"]) == (best, 1 + int(np.argmax(by_epoch)))
        assert len(way["per_seed"]) == len(STORED["seeds"]) == 5
    assert len(STORED["luck of gain"]) == 5
    assert STORED["lessons"] == len(sentiment.lessons()) and STORED["times"] == sentiment.TIMES


@pytest.mark.skipif(not at_hand(FILMS), reason="the whole set is not here")
def test_no_seed_learns_from_what_it_chooses_by_or_is_tested_on():
    rest, test = sentiment.rest_and_test()
    assert sorted([*rest, *test]) == list(range(10662)) and len(test) == STORED["parts"]["test"]
    for seed in (*sentiment.SEEDS, *sentiment.CHOICE_SEEDS):
        learn, choose = sentiment.learn_and_choose(seed)
        assert sorted([*learn, *choose]) == rest.tolist() and len(learn) == STORED["parts"]["learn"]


def test_both_sentences_of_a_pair_are_one_bag_of_words():
    for frame in (sentiment.PAIRS | sentiment.CONTROL).values():
        assert Counter(tokens(frame.format("good", "bad"))) == Counter(tokens(frame.format("bad", "good")))
        assert frame.format("good", "bad") != frame.format("bad", "good")


def test_lessons_and_probes_share_no_word_that_matters():
    probed, taught = ({*sentiment.GOOD, *sentiment.BAD}, {*sentiment.OTHERS_GOOD, *sentiment.OTHERS_BAD})
    assert len(probed) == len(taught) == 20 and not probed & taught
    assert not any(probed & set(tokens(text)) for text, _ in sentiment.lessons())
    assert sum(label for _, label in sentiment.lessons()) == 80


def understands(texts):
    """The logits of a reader who turns the sense of the word behind "not", and adds up."""
    sense = dict.fromkeys(sentiment.GOOD + sentiment.OTHERS_GOOD, 1.0)
    sense |= dict.fromkeys(sentiment.BAD + sentiment.OTHERS_BAD, -1.0)
    found = []
    for words in map(tokens, texts):
        turned = (-1 if before == "not" else 1 for before in ["", *words])
        found.append(sum(sign * sense.get(word, 0.0) for sign, word in zip(turned, words, strict=False)))
    return np.array(found)


def test_who_understands_not_passes_all_probes_but_the_control_and_knows_all_lessons():
    found = sentiment.probes(understands)
    assert found.pop("no not") == 0 and set(found.values()) == {1.0}
    texts, labels = zip(*sentiment.lessons(), strict=True)
    assert sentiment.right(understands(texts), np.array(labels)) == 1


def test_who_goes_by_the_first_word_passes_one_kind_of_pairs_and_fails_the_other():
    def first(texts):
        words = ([word for word in tokens(text) if word in sentiment.GOOD + sentiment.BAD] for text in texts)
        return np.array([1.0 if found[0] in sentiment.GOOD else -1.0 for found in words])

    found = sentiment.probes(first)
    assert (found["not last"], found["not first"], found["no not"]) == (1, 0, 1)
    assert (found["good"], found["bad"], found["not good"], found["not bad"]) == (1, 1, 0, 0)


def test_naive_bayes_and_the_bag_of_words_learn_what_words_alone_say():
    texts, good = ["good film", "bad film", "good", "bad"] * 20, np.array([1, 0, 1, 0] * 20)
    words = ["<unknown>", "good", "bad", "film"]
    for way, setting in (
        (sentiment.naive_bayes, {"smoothing": 1.0}),
        (sentiment.bag_of_words, {"rate": 0.1, "l2": 0.0}),
    ):
        *_, answer = way(texts, good, words, 0, **setting)
        said = answer.say(["good", "bad", "good good", "film"])
        assert said[0] > 0 > said[1] and said[2] > said[0] and abs(said[3]) < said[0]


def test_naive_bayes_of_neighbours_tells_by_its_neighbour_what_a_word_means():
    texts, good = ["not bad", "so bad", "not good", "so good"] * 20, np.array([1, 0, 0, 1] * 20)
    (answer,) = sentiment.naive_bayes_neighbours(texts, good, ["<unknown>", "not", "bad", "good"], 0, 0.1)
    assert (answer.say(texts[:4]) > 0).tolist() == [True, False, False, True]
    found = sentiment.words_and_neighbours("Not so bad", frozenset(["not", "bad"]))
    assert "; ".join(found) == "not; <unknown>; bad; not <unknown>; <unknown> bad"


def test_what_stands_right_behind_not_is_counted_by_its_label():
    texts = ["not bad, not good", "Not so bad", "it is not dull", "not fine"]
    assert sentiment.behind_not(texts, np.array([1, 1, 0, 0])) == {"praise": [0, 1], "blame": [1, 1]}


@pytest.mark.parametrize("kind", sentiment.NETWORKS)
def test_a_network_learns_two_words_and_gives_an_answer_after_each_epoch(kind):
    texts, good = ["a good film", "a bad film", "good", "so bad"] * 40, np.array([1, 0, 1, 0] * 40)
    words = ["<unknown>", "good", "bad", "film", "a"]
    shares = [sentiment.right(answer.say(texts), good)
              for answer in sentiment.network_of(kind)(texts, good, words, 0, 0.03, 0.0)]  # fmt: skip
    assert len(shares) == sentiment.EPOCHS and shares[-1] == 1
