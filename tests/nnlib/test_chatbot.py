"""The chatbot's questions: as published, and parts that share no question."""

import json
import math

import numpy as np
import pytest

from nnlib import fetch
from nnlib.exercises import chatbot as exercise
from nnlib.studies import chatbot
from nnlib.studies.chatbot import draw, load_questions, to_length_one
from nnlib.text import tokens


def test_the_questions_are_those_of_the_file():
    try:
        (data,) = fetch.fetch_all(chatbot.QUESTIONS._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip("the original is not here")
    texts, intent, part, names = load_questions()
    named = [(text, [*names, "oos"][i]) for text, i in zip(texts, intent, strict=True)]
    original = json.loads(data)
    for which, name in enumerate(("train", "val", "test")):
        wanted = [(text, kind) for of in (name, f"oos_{name}") for text, kind in original[of]]
        assert [named[i] for i in np.flatnonzero(part == which)] == wanted


def test_each_intent_has_a_hundred_questions_and_thirty_are_tested():
    texts, intent, part, names = load_questions()
    assert len(texts) == 16200 and len(names) == 150 and names == sorted(names)
    assert [np.bincount(intent[part == which])[[0, 75, 149, 150]].tolist() for which in range(3)] == [
        [50, 50, 50, 100], [20, 20, 20, 100], [30, 30, 30, 1000],
    ]  # fmt: skip
    assert np.bincount(intent).tolist() == [100] * 150 + [1200]
    intent[:] = 0
    assert load_questions()[1].max() == 150  # each call gives them anew


@pytest.mark.parametrize("seed", range(3))
def test_no_question_stands_in_two_parts(seed):
    texts, intent, part, _ = load_questions()
    drawn = draw(texts, intent, part, np.random.default_rng(seed))
    assert [set(part[places].tolist()) for places in drawn] == [{0}, {1}, {2}]
    learned = np.bincount(intent[drawn[0]])
    assert learned[150] == 90 and 40 < learned[:150].min() < learned[:150].max() == 45
    assert len(drawn[1]) > 3080 and len(drawn[2]) == 5500
    learn, choose, test = ({tuple(tokens(texts[i])) for i in places} for places in drawn)
    assert not (learn & choose or learn & test or choose & test)
    assert len(learn) == len(drawn[0]) and len(choose) == len(drawn[1])


def test_another_seed_draws_other_questions_and_the_same_one_the_same():
    texts, intent, part, _ = load_questions()
    first, again, other = (draw(texts, intent, part, np.random.default_rng(seed))[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


def test_of_questions_with_the_same_words_the_one_nearest_the_test_stays():
    texts = ["Pay it", "pay it!", "what now", "bye", "what, now", "bye", "bye now", "hm"]
    part = np.array([0, 0, 0, 1, 1, 2, 0, 0])
    learn, choose, test = draw(texts, np.zeros(8, int), part, np.random.default_rng(0))
    assert sorted(learn) == [0, 6, 7] and choose.tolist() == [4] and test.tolist() == [5]


def test_a_bag_of_length_one_is_the_same_said_once_or_thrice_and_an_empty_one_stays_empty():
    bags = np.array([[1.0, 2, 2], [0, 0, 0], [0, 1, 0]])
    np.testing.assert_allclose(to_length_one(bags), [[1 / 3, 2 / 3, 2 / 3], [0, 0, 0], [0, 1, 0]])
    np.testing.assert_allclose(to_length_one(3 * bags), to_length_one(bags))


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (lambda having: 1, "65% refused"),  # the exercise starts from this
        (lambda having: math.log(400 / max(1, having)), "80% refused, 95% of the answers right"),
        (lambda having: math.log(400 / having) if having else 0, "60% refused"),
        (lambda having: 1 if having else 6, "82% refused, 93% of the answers right"),
    ],
)
def test_what_the_stretch_says_of_the_weights_of_words_is_so(weight, says):
    def likeness(a, b, having):
        return sum(weight(having[word]) for word in a & b) / sum(weight(having[word]) for word in a | b)

    assert exercise.likeness.measure(likeness)[0].startswith(says)


def test_out_of_scope_more_words_are_new_to_the_small_bot_of_the_stretch_than_to_that_of_the_table():
    def new(known, asked):
        return round(100 * np.mean([np.mean([word not in known for word in words]) for words in asked]))

    stored, _, outside = exercise._questions()
    assert len(stored) == 400 and new({word for words, _ in stored for word in words}, outside) == 38
    texts, intent, part, _ = load_questions()
    learn, _, test = draw(texts, intent, part, np.random.default_rng(0))
    learn, test = learn[intent[learn] < 150], test[intent[test] == 150]
    known = {word for i in learn for word in tokens(texts[i])}
    assert len(learn) == 6726 and new(known, [set(tokens(texts[i])) for i in test]) == 20
