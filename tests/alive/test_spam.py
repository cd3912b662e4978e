"""The spam filter: the page finds the words that nnlib finds, gives each its share, and says the same of a message."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.alive import live, spam
from nnlib.layers import sigmoid
from nnlib.studies.spam import load_mail, load_sms
from nnlib.text import tokens

FILTER = spam.load()
WEIGHTS = spam.weights()
ODD = [
    "", "...", "£1000 at 20:30, snake_case", "don’t 'quote' it's o''clock",
    "É e\u0301te\u0301 ÜBUNG İI ΣΑΣ straße", "日本 привет ½ ² Ⅷ",
    "<unknown> unknown", "call call CALL now", "\u200dzero\u00a0width", "👍🏽 ok 🏳️‍🌈",
]  # fmt: skip


@pytest.fixture(scope="module")
def some():
    """Real messages and e-mails, and odd ones."""
    return [*ODD, *spam.MESSAGES.values(), *load_sms()[0][:150], *load_mail()[0][:50]]


def test_the_page_finds_the_same_words(node, some):
    assert node("spam", "texts.map(tokens)", texts=some) == [tokens(text) for text in some]


def test_the_page_finds_the_same_words_in_any_text(node):
    letters = st.characters(exclude_categories=("Cn", "Co", "Cs"))  # Node may know letters that Python does not yet

    @given(st.lists(st.text(letters, max_size=30), min_size=1, max_size=40))
    @settings(max_examples=15)
    def check(texts):
        assert node("spam", "texts.map(tokens)", texts=texts) == [tokens(text) for text in texts]

    check()


def test_the_page_computes_what_nnlib_computes_to_a_millionth(node, some):
    parts = "texts.map((text) => filterOf(weights).read(text))"
    read = node("spam", parts, texts=some, weights=WEIGHTS)
    logits = node("spam", f"{parts}.map((read) => logit(read, weights.bias))", texts=some, weights=WEIGHTS)
    np.testing.assert_allclose(logits, [FILTER.logit(text) for text in some], rtol=0, atol=1e-6)
    for text, words in zip(some, read, strict=True):
        assert [each["word"] for each in words] == tokens(text)
        np.testing.assert_allclose([each["share"] for each in words], FILTER.shares(text), rtol=0, atol=1e-6)


def test_all_shares_and_the_bias_are_the_logit(some):
    bias = FILTER.network.layers[0].b[0]
    for text in some:
        assert bias + sum(FILTER.shares(text)) == pytest.approx(FILTER.logit(text), abs=1e-9)


def test_the_page_says_what_python_says(node, some):
    said = "texts.map((text) => said(filterOf(weights).read(text), weights.bias, weights.threshold))"
    assert node("spam", said, texts=some, weights=WEIGHTS) == [spam.of(text) for text in some]


def test_a_message_is_thrown_away_from_the_threshold_on():
    words, known = ["win"], [True]
    for share, fate in ((2.9, "kept"), (3.1, "thrown away")):
        assert f"This one is {fate}." in spam.said(words, [share], known, 0.0, 20 / 21)
    assert "most for spam" in spam.said(words, [3.1], known, 0.0, 0.5).lower()
    assert "It does not know 1 of 2 words." in spam.said(["win", "x"], [1.0, 0.1], [True, False], 0.0, 0.5)
    assert spam.said([], [], [], 0.0, 0.5).startswith("No word yet")


def test_what_is_stored_comes_back_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(spam, "WEIGHTS", tmp_path / "weights.npz")
    FILTER.save(spam.WEIGHTS)
    again = spam.load()
    assert (again.words, again.threshold) == (FILTER.words, FILTER.threshold)
    np.testing.assert_array_equal(again.network.layers[0].W, FILTER.network.layers[0].W)
    assert FILTER.threshold == pytest.approx(20 / 21) and spam.WEIGHTS.stat().st_size < 300_000


def test_the_page_holds_no_weights_and_says_what_it_shows(monkeypatch, node):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    spam.show()
    html = shown[0]["text/html"]
    assert len(html) < 8000 and WEIGHTS["weights"][:40] not in html
    data = json.loads(html.split('json">')[1].split("</script>")[0])
    assert [each["word"] for each in data["first"]["words"]] == tokens(data["messages"][0]["text"])
    assert node("spam", "said(first.words, first.bias, first.threshold)", first=data["first"]) == spam.of(
        spam.MESSAGES["a prize"]
    )
    assert float(sigmoid(np.array(FILTER.logit(spam.MESSAGES["a prize"])))) > 0.9
