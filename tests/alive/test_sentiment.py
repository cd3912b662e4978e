"""Sentiment: the page computes both networks as nnlib does, with a word and without, and says the same."""

import json

import numpy as np
import pytest

from nnlib.alive import live, sentiment
from nnlib.studies.sentiment import load_films, load_opinions
from nnlib.text import tokens

READERS = sentiment.load()
WEIGHTS = sentiment.weights()
ODD = ["", "...", "<unknown> unknown", "É étÉ 日本", "bad " * 40, "not not bad"]


@pytest.fixture(scope="module")
def some():
    """Real sentences, and odd ones."""
    real = [*load_films()[0][::150], *(text for texts, _ in load_opinions().values() for text in texts[::50])]
    return [*ODD, *sentiment.SENTENCES.values(), *real]


@pytest.fixture(scope="module")
def read(node, some):
    """What the page makes of them."""
    return node("sentiment", "texts.map((text) => readersOf(weights).read(text))", texts=some, weights=WEIGHTS)


def test_the_page_computes_what_nnlib_computes_to_a_millionth(read, some):
    for text, found in zip(some, read, strict=True):
        np.testing.assert_allclose(found["logits"], READERS.logits(text), rtol=0, atol=1e-6)
        assert [each["word"] for each in found["words"]] == tokens(text)
        for key, right in (("share", READERS.shares(text)), ("change", READERS.changes(text))):
            np.testing.assert_allclose([each[key] for each in found["words"]], right, rtol=0, atol=1e-6)


def test_all_shares_and_the_bias_are_the_logit_of_the_bag(some):
    bias = READERS.bag.layers[0].b[0]
    for text in some:
        assert bias + sum(READERS.shares(text)) == pytest.approx(READERS.logits(text)[0], abs=1e-9)


def test_a_word_that_is_struck_out_counts_in_neither_network(node):
    text, without = "it is not a bad film", "it is a bad film"
    found = node("sentiment", "readersOf(weights).read(text, new Set([2]))", text=text, weights=WEIGHTS)
    np.testing.assert_allclose(found["logits"], READERS.logits(without), rtol=0, atol=1e-6)
    whole = READERS.logits(text)[1]
    assert found["words"][2]["change"] == pytest.approx(whole - READERS.logits(without)[1], abs=1e-6)  # taken back
    others = [each["change"] for place, each in enumerate(found["words"]) if place != 2]
    np.testing.assert_allclose(others, READERS.changes(without), rtol=0, atol=1e-6)


def test_float16_is_read_exactly(node):
    numbers = np.array([0, 1, -2.5, 65504, 6.104e-5, 5.96e-8, -3.4e-6, 0.1], "<f2")
    text = sentiment._base64(numbers, "<f2")
    assert node("sentiment", "halves(text)", text=text) == numbers.astype(float).tolist()


def test_the_page_says_what_python_says(node, some):
    said = "texts.map((text) => readersOf(weights).read(text)).map(({ words, logits }) => verdict(words, logits))"
    assert node("sentiment", said, texts=some, weights=WEIGHTS) == [sentiment.of(text) for text in some]


def test_what_is_said_names_the_words_that_move_most_and_those_unknown():
    said = sentiment.said(["not", "bad", "x"], [True, True, False], [-0.4, -1.5, 0.1], [0.2, -0.1, 0.3], (0.0, 9.9))
    assert "50 % by the bag of words, 99.99 % by the recurrent network." in said
    assert "in the bag: bad (−1.5), not (−0.4), x (+0.1); in the recurrent network: x (+0.3), not (+0.2)" in said
    assert said.endswith("They do not know 1 of 3 words.")


def test_what_is_stored_comes_back_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(sentiment, "WEIGHTS", tmp_path / "weights.npz")
    READERS.save(sentiment.WEIGHTS)
    again = sentiment.load()
    assert again.words == READERS.words and sentiment.WEIGHTS.stat().st_size < 300_000
    for ours, theirs in zip(again.recurrent.parameters(), READERS.recurrent.parameters(), strict=True):
        np.testing.assert_array_equal(ours.value, theirs.value)
    assert len(json.dumps(WEIGHTS)) < 300_000


def test_the_page_holds_no_weights_and_says_what_it_shows(monkeypatch, node):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    sentiment.show()
    html = shown[0]["text/html"]
    assert len(html) < 8000 and WEIGHTS["E"][:40] not in html
    data = json.loads(html.split('json">')[1].split("</script>")[0])
    text = next(iter(sentiment.SENTENCES.values()))
    assert node("sentiment", "verdict(first.words, first.logits)", first=data["first"]) == sentiment.of(text)
