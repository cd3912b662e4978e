"""The sentences of the study of translation: as published, split by sentence; pieces, translations, and their worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import fetch
from nnlib.studies import translation
from nnlib.studies.translation import (
    IGNORED,
    SIGNS,
    Copy,
    Pieces,
    Placed,
    WordForWord,
    batches,
    build,
    chrf,
    join,
    learn_merges,
    load_pairs,
    parts,
    split,
    table_of,
    translate,
    translate_all,
)
from nnlib.text import tokens

TEXTS = ["low lower lowest", "new newer newest", "low new"]
PIECES = Pieces(learn_merges(TEXTS, 6))


def test_the_pairs_are_the_short_ones_of_the_files():
    try:
        english, german = (
            data.decode().splitlines() for data in fetch.fetch_all(translation.PAIRS._replace(mirrors=()))
        )
    except (ConnectionError, FileNotFoundError):
        pytest.skip("the originals are not here")
    kept = zip(*load_pairs(), strict=True)
    plain = set(SIGNS)
    assert [*kept] == sorted(
        (e, d)
        for e, d in zip(english, german, strict=True)
        if len(e.split()) <= 6 and len(d.split()) <= 8 and {*e, *d} <= plain
    )


def test_the_pairs_come_with_the_book():
    english, german = load_pairs()
    assert len(english) == len(german) == 8771 == translation.PAIRS.shape[0]
    assert all(text and text == text.strip() and set(text) <= set(SIGNS) for text in english + german)
    assert max(len(text.split()) for text in english) == 6 and max(len(text.split()) for text in german) == 8


@pytest.mark.parametrize("seed", range(3))
def test_no_sentence_stands_in_two_parts_in_either_language(seed):
    pairs = load_pairs()
    drawn = parts(*pairs, np.random.default_rng(seed))
    assert sorted(np.concatenate(drawn)) == [*range(len(pairs[0]))]
    assert [round(len(places) / len(pairs[0]), 2) for places in drawn] == [0.85, 0.05, 0.10]
    for texts in pairs:
        learn, choose, test = ({tuple(tokens(texts[i])) for i in places} for places in drawn)
        assert not (learn & choose or learn & test or choose & test)


def test_sentences_that_hang_together_by_others_stay_together():
    english = ["a one", "A one!", "two", "three", *(f"more {i}" for i in range(56))]
    german = ["x", "y", "y", "z", *(f"mehr {i}" for i in range(56))]
    for seed in range(20):
        drawn = parts(english, german, np.random.default_rng(seed))
        (where,) = [{0, 1, 2} & {*places} for places in drawn if 1 in places]
        assert where == {0, 1, 2}


def test_a_text_is_split_at_blanks_and_at_signs():
    assert split("Tom's 2x, go!") == [" Tom", "'", "s", " 2", "x", ",", " go", "!"]
    assert split("") == [] and split("a  b") == [" a", " b"]


def test_the_most_frequent_pair_is_joined_first_and_single_words_do_not_count():
    assert join([*"abab"], ("a", "b")) == ["ab", "ab"] and join([*"aaa"], ("a", "a")) == ["aa", "a"]
    assert learn_merges(["aab aab", "ab ab ab", "cd"], 2) == [("a", "b"), (" ", "ab")]
    assert learn_merges(["xyxyxyxy ab ab"], 1) == [("a", "b")]  # the long word stands there once
    assert learn_merges(["ab", "ab"], 3) == [("a", "b"), (" ", "ab")]  # then each word is one piece


def test_a_word_is_cut_as_the_merges_were_learned():
    merges = learn_merges(load_pairs()[1][::20], 150)
    pieces = Pieces(merges)
    for word in {word for text in load_pairs()[1][::50] for word in split(text)}:
        cut = [*word]
        for pair in merges:
            cut = join(cut, pair)
        assert pieces.of(word) == cut


def test_no_two_pieces_are_alike_though_they_are_joined_in_two_ways():
    pieces = Pieces([("a", "b"), ("b", "c"), ("ab", "c"), ("a", "bc")])
    assert len(set(pieces.table)) == len(pieces.table) == len(SIGNS) + 3 + 2
    assert pieces.encode("abc abc") == [pieces.number[each] for each in (" ", "abc", " ", "abc")]


@given(st.text(SIGNS, max_size=40))
def test_what_is_encoded_comes_back(text):
    written = " ".join(text.split())
    assert PIECES.decode(PIECES.encode(written)) == written


def test_unknown_signs_are_named_once():
    assert PIECES.unknown("Žan žan ž") == ["Ž", "ž"] and PIECES.unknown("plain") == []
    with pytest.raises(KeyError):
        PIECES.encode("ž")


def test_places_are_counted_anew_from_the_mark_on_whatever_stands_before():
    layer = Placed(10, 4, 5, 1, np.random.default_rng(0))
    rows = np.array([[7, 8, 1, 9, 1], [1, 7, 8, 9, 9], [2, 3, 4, 5, 6]])
    assert layer.places(rows).tolist() == [[0, 1, 5, 6, 7], [5, 6, 7, 8, 9], [0, 1, 2, 3, 4]]
    assert layer.places(np.ones((1, 7), int)).tolist() == [[5, 6, 7, 8, 9, 9, 9]]  # beyond the last, the last
    np.testing.assert_array_equal(layer.forward(rows)[0, 3], layer.E[9] + layer.P[6])


def test_only_the_german_and_its_end_are_asked_for():
    x, labels = table_of([[1, 2], [3]], [[4], [5, 6, 7]], PIECES)
    answer, end = PIECES.answer, PIECES.end
    assert x.tolist() == [[1, 2, answer, 4, end], [3, answer, 5, 6, 7]]
    assert labels.tolist() == [[IGNORED, IGNORED, 4, end, IGNORED], [IGNORED, 5, 6, 7, end]]


def test_an_epoch_has_every_pair_once_and_wastes_little():
    rng = np.random.default_rng(0)
    english = [[i] for i in range(80)]
    german = [[0] * (1 + i % 30) for i in range(80)]
    tables = [*batches(english, german, PIECES, 8, rng)]
    assert sorted(int(row[0]) for x, _ in tables for row in x) == [*range(80)]
    assert sum(np.sum(labels != IGNORED) for _, labels in tables) == sum(len(g) + 1 for g in german)
    assert sum(x.size for x, _ in tables) < 1.2 * sum(len(g) + 2 for g in german)


def test_a_translation_is_the_likeliest_piece_each_time_alone_or_with_others():
    network = build(len(PIECES.table), 8, np.random.default_rng(0))
    texts = ["low", "new", "lower new", "newest"]
    together = translate_all(network, PIECES, texts, 6)
    assert together == [translate(network, PIECES, text, 6) for text in texts]
    assert any(together)
    network.layers[-1].b[PIECES.end] = 100
    assert translate(network, PIECES, "low") == ""


def test_chrf_of_the_text_itself_is_100_and_of_the_worked_example_as_by_hand():
    assert chrf("Er geht.", "Er geht.") == pytest.approx(100) and chrf("", "Ja") == chrf("xyz", "Ja") == 0
    assert chrf("Er ging", "Er geht") == pytest.approx(100 * (3 / 6 + 2 / 5 + 1 / 4) / 6)  # as many runs in both
    p, r = (1 + 1 + 1) / 3, (2 / 3 + 1 / 2 + 0) / 3  # "ab" is all right and lacks the c
    p = (1 + 1 + 0) / 3
    assert chrf("ab", "abc") == pytest.approx(100 * 5 * p * r / (4 * p + r))


def test_the_copy_takes_the_german_of_the_most_alike_sentence_and_rare_words_count_more():
    copy = Copy(["the cat sleeps", "the dog is here", "the man is here", "is here"], ["A", "B", "C", "D"])
    assert [copy(text) for text in ("the cat is here", "a dog", "the man", "here is")] == [*"ABCD"]  # a cat is rare
    assert copy("blorp") == "A"


def test_word_for_word_takes_what_comes_with_a_word_and_leaves_the_unknown():
    word = WordForWord(["I see Tom.", "I see it.", "I go."], ["Ich sehe Tom.", "Ich sehe es.", "Ich gehe."])
    assert word("I go, Tom!") == "Ich gehe, Tom!" and word("Zoe: see it") == "Zoe: sehe es"


def test_sentences_that_are_equally_alike_are_told_apart_by_their_place_and_not_by_the_order_of_a_sum():
    groups = [[f"{first}{second}" for second in "klmnop"] for first in "abcdefghijqrstuvwxyz"]
    english = [" ".join(words) for words in groups]  # of each the first word is rare, and the last in six sentences
    english += [f"{word} rest" for words in groups for number, word in enumerate(words) for _ in range(number)]
    copy = Copy(english, [str(place) for place in range(len(english))])
    assert copy(" ".join(english[: len(groups)])) == "0"
