"""Sentiment's data as published, and its small parts: the mean over words, and batches of equally long sentences."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import LSTM, Dense, Embedding, Network, gradient_errors
from nnlib.fetch import at_hand
from nnlib.studies import sentiment
from nnlib.studies.sentiment import KINDS, Mean, by_length, load_films, load_opinions, logits, numbers

LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=40)


def rng():
    return np.random.default_rng(0)


def sentences(lengths):
    """A row of whole numbers for each length, all different."""
    ends = np.cumsum(lengths)
    return [np.arange(end - length, end) for end, length in zip(ends, lengths, strict=True)]


def test_the_opinions_are_those_of_the_declared_files():
    opinions = load_opinions()
    assert tuple(opinions) == KINDS
    arrays = sentiment.embedded_arrays(sentiment.OPINIONS)
    for (kind, (texts, good)), file in zip(opinions.items(), sentiment.OPINIONS.files, strict=True):
        assert hashlib.sha256(arrays[kind].tobytes()).hexdigest() == file.sha256
        assert (len(texts), good.sum(), good.dtype) == (1000, 500, np.intp)
    assert opinions["telephones"][0][1] == "Good case, Excellent value." and opinions["telephones"][1][1] == 1


def test_the_films_that_come_with_the_book_are_some_of_all():
    texts, good = load_films()
    assert (len(texts), len(set(texts)), good.sum(), good.dtype) == (6000, 6000, 3011, np.intp)
    assert not np.any(np.diff(good) < 0)  # those without praise first
    if not at_hand(sentiment.FILMS):
        pytest.skip("the whole set is not here")
    whole, labels = load_films(whole=True)
    assert (len(whole), labels.sum()) == (10662, 5331)
    assert set(zip(texts, good.tolist(), strict=True)) <= set(zip(whole, labels.tolist(), strict=True))


def test_the_mean_sends_each_word_its_part_of_the_slope():
    x = rng().standard_normal((3, 5, 2))
    assert gradient_errors(Mean(2), x, rng())["x"] < 1e-7
    assert np.array_equal(Mean(2).forward(x), x.mean(axis=1))
    network = Network(LSTM(2, 3, rng()), Mean(3), Dense(3, 1, rng()))
    assert max(gradient_errors(network, x, rng()).values()) < 1e-6


def test_words_become_their_places_and_a_text_without_any_is_one_unknown_word():
    words = ["<unknown>", "not", "bad"]
    found = numbers(["Not bad!", "bad, so bad", "...", "bad " * 40], words)
    assert [row.tolist() for row in found] == [[1, 2], [2, 0, 2], [0], [2] * 32]
    assert {row.dtype for row in found} == {np.dtype(np.intp)}


@given(LENGTHS, st.integers(1, 5), st.integers(0, 99))
def test_an_epoch_has_every_sentence_once_among_equally_long_ones(lengths, batch_size, seed):
    rows, y = sentences(lengths), np.arange(len(lengths))
    batches = list(by_length(rows, y, batch_size, np.random.default_rng(seed)))
    assert sorted(i for _, labels in batches for i in labels.tolist()) == y.tolist()
    for x, labels in batches:
        assert 1 <= len(x) <= batch_size
        assert all(np.array_equal(row, rows[i]) for row, i in zip(x, labels, strict=True))


def test_batches_are_drawn_anew_each_time():
    rows, y, draws = sentences([3] * 20), np.arange(20), rng()
    first, second = (np.concatenate([labels for _, labels in by_length(rows, y, 4, draws)]) for _ in range(2))
    assert first.tolist() != second.tolist()


@given(LENGTHS)
def test_sentences_of_all_lengths_are_read_as_each_by_itself(lengths):
    rows = sentences(lengths)
    network = Network(Embedding(sum(lengths), 4, rng()), LSTM(4, 3, rng()), Mean(3), Dense(3, 1, rng()))
    alone = [network.predict(row[None])[0, 0] for row in rows]
    np.testing.assert_allclose(logits(network, rows), alone, atol=1e-12)
