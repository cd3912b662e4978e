"""Text: words, the vocabulary of the training texts, bags and sequences of numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.text import UNKNOWN, counts, sequences, tokens, vocabulary

TEXTS = st.lists(st.text(st.sampled_from("abcé '.\n"), max_size=30), min_size=1, max_size=8)
BAD_TEXTS = ["one text", b"bytes", 7, None, ["a", None], ["a", float("nan")], ["a", ["b"]], [b"a"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Free entry, FREE!", ["free", "entry", "free"]),
        ("I don't; it's 'quoted'", ["i", "don't", "it's", "quoted"]),
        ("don\u2019t", ["don't"]),
        ("\u00c9t\u00e9 e\u0301te\u0301 Übung", ["été", "été", "übung"]),
        ("win £1000 at 20:30, snake_case", ["win", "1000", "at", "20", "30", "snake", "case"]),
        ("日本 привет", ["日本", "привет"]),
        (" ...\n", []),
        (UNKNOWN, ["unknown"]),
    ],
)
def test_words_are_runs_of_letters_and_digits_in_small_letters(text, words):
    assert tokens(text) == words


@given(st.text(max_size=60))
def test_words_of_any_text_are_their_own_words(text):
    words = tokens(text.lower())
    assert all(word and not word.isspace() for word in words)
    assert tokens(" ".join(words)) == words
    assert UNKNOWN not in words


def test_the_vocabulary_holds_the_most_frequent_words_first_and_equals_by_their_letters():
    texts = ["b a b", "c a b", "e d"]
    assert vocabulary(texts, 4) == [UNKNOWN, "b", "a", "c", "d"]
    assert vocabulary(texts, 99) == [UNKNOWN, "b", "a", "c", "d", "e"]
    assert vocabulary(iter(texts), 1) == [UNKNOWN, "b"]


@given(TEXTS, TEXTS, st.integers(1, 5))
def test_a_bag_counts_every_word_once_by_its_number(train, texts, size):
    if not any(tokens(text) for text in train):
        return
    words = vocabulary(train, size)
    bags = counts(texts, words)
    assert (bags.shape, bags.dtype) == ((len(texts), len(words)), np.float64)
    for bag, text in zip(bags, texts, strict=True):
        assert bag.sum() == len(tokens(text))
        assert bag[1:].tolist() == [tokens(text).count(word) for word in words[1:]]


@given(TEXTS, TEXTS, st.integers(1, 5), st.integers(1, 12))
def test_a_sequence_holds_the_words_in_order_then_the_number_of_none(train, texts, size, length):
    if not any(tokens(text) for text in train):
        return
    words = vocabulary(train, size)
    rows = sequences(texts, words, length)
    assert (rows.shape, rows.dtype) == ((len(texts), length), np.int64)
    for row, text in zip(rows, texts, strict=True):
        known = [word if word in words else UNKNOWN for word in tokens(text)][:length]
        assert [words[i] for i in row[: len(known)]] == known
        assert (row[len(known) :] == len(words)).all()


def test_a_word_that_only_a_test_text_has_is_unknown():
    words = vocabulary(["a b"], 10)
    assert counts(["z a z"], words).tolist() == [[2, 1, 0]]
    assert sequences(["z a"], words, 3).tolist() == [[0, 1, 3]]


class Series:
    """What a pandas Series is to these functions: rows by position, whatever their labels are."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


def test_texts_may_be_an_array_or_a_series():
    words = vocabulary(np.array(["a b", "a"]), 5)
    assert words == vocabulary(Series(["a b", "a"]), 5) == [UNKNOWN, "a", "b"]
    assert counts(Series(["b"]), words).tolist() == counts(np.array(["b"]), words).tolist()


@pytest.mark.parametrize("texts", BAD_TEXTS, ids=repr)
def test_what_is_not_several_texts_is_refused_in_one_line(texts):
    for use in (lambda: vocabulary(texts, 5), lambda: counts(texts, [UNKNOWN]), lambda: sequences(texts, [UNKNOWN], 3)):
        with pytest.raises(TypeError, match="^texts: got .* of type .*, expected .*$") as caught:
            use()
        assert len(str(caught.value).splitlines()) == 1


def test_one_text_alone_is_told_how_to_be_given():
    with pytest.raises(TypeError, match=r"one text alone is a list of one: \[text\]"):
        vocabulary("one text", 5)
    with pytest.raises(TypeError, match=r"text: got \['one'\] of type list, expected a str"):
        tokens(["one"])


@pytest.mark.parametrize("words", [[], ["a", "b"], [UNKNOWN, "a", "a"], "abc", ["a", UNKNOWN], {}])
def test_what_is_no_vocabulary_is_refused(words):
    with pytest.raises(ValueError, match="vocabulary: got .* begin with '<unknown>'"):
        counts(["a"], words)


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match="no word in them"):
        vocabulary(["", "..."], 5)
    for size in (0, -1, 2.5, True):
        with pytest.raises(ValueError, match="size: got"):
            vocabulary(["a"], size)
        with pytest.raises(ValueError, match="length: got"):
            sequences(["a"], [UNKNOWN], size)
