"""The study of a chatbot: thresholds are put by other questions than the tested ones, and the shares are right."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import chatbot

STORED = json.loads((MEASURED / "studies" / "chatbot.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*chatbot.WAYS, *chatbot.PEERS])
def test_each_way_has_its_best_settings_and_five_runs(name):
    found = (STORED["ways"] | STORED["peers"])[name]
    best = max(found["tried"], key=lambda pair: pair[1])[0]
    assert found["settings"] == best and best in (chatbot.WAYS | chatbot.PEERS)[name][1]
    assert len(found["per_seed"]) == len(STORED["seeds"]) == 5


def test_the_threshold_lets_nine_in_ten_of_those_through_by_which_it_is_put():
    sure = np.random.default_rng(0).permutation(1000) / 1000
    threshold = chatbot.threshold_of(sure)
    assert np.sum(sure >= threshold) == 900
    assert np.sum(sure >= np.nextafter(threshold, 1)) == 899


def test_what_becomes_of_questions():
    none = chatbot.outside()
    intent, guess = np.array([0, 1, 2, 3, none, none]), np.array([0, 1, 1, 3, 5, 7])
    found = chatbot.fates(np.array([0.9, 0.5, 0.6, 0.4, 0.7, 0.1]), guess, intent, 0.5)
    assert found == {"answered": 0.75, "right": 2 / 3, "done": 0.5, "refused": 0.5}


def test_the_tested_questions_move_no_threshold():
    texts = chatbot.data()[0]
    rng = np.random.default_rng(0)
    sure = dict(zip(texts, rng.random(len(texts)), strict=True))

    def ask(asked):
        return np.array([sure.get(text, 0.5) for text in asked]), np.zeros(len(asked), int)

    first = chatbot.score(ask, 0)
    for i in chatbot.parts(0)[2]:
        sure[texts[i]] /= 5
    again = chatbot.score(ask, 0)
    assert again["threshold"] == first["threshold"] and again["answered"] < 0.6 < 0.85 < first["answered"]


def test_the_most_similar_question_is_found_and_rare_words_count_more(monkeypatch):
    texts = ["what is my balance", "what is the time", "is it my turn", "play what you like", "what is up with my cat"]
    made = texts, np.arange(5), np.zeros(5, bool), [*"abcde"]
    monkeypatch.setattr(chatbot, "data", lambda: made)
    monkeypatch.setattr(chatbot, "parts", lambda seed: (np.arange(5), np.arange(0), np.arange(0)))
    plain, rare, known = (chatbot.most_similar(0, **how) for how in ({"rare": False}, {}, {"known": True}))
    sure, guess = plain(["balance", "what is my balance", "what is it", "blorp"])
    assert guess[:3].tolist() == [0, 0, 0] and sure[:2].tolist() == [0.25, 1.0] and sure[3] == 0
    assert sure[2] == pytest.approx(2 / 5)
    assert rare(["what is it"])[1].tolist() == [2]
    assert known(["what is it", "what a blorp"])[0] == pytest.approx([1, 1 / 3])


def test_half_precision_makes_no_difference_that_is_told():
    for name, found in STORED["page"].items():
        first = STORED["ways"][name]["per_seed"][0]
        for key in ("answered", "right", "refused"):
            assert found[key] == pytest.approx(first[key], abs=0.005)


def test_at_an_equal_level_the_tested_questions_put_the_threshold(monkeypatch):
    texts, names = chatbot.data()[0], ("most similar", "network")
    assert [len(STORED["level"][name]) for name in names] == [5, 5]
    sure = dict(zip(texts, np.random.default_rng(0).random(len(texts)), strict=True))

    def way(seed):
        return lambda asked: (np.array([sure[text] for text in asked]), np.zeros(len(asked), int))

    monkeypatch.setattr(chatbot, "WAYS", {name: (way, [{}]) for name in names})
    found = chatbot.at_level({name: {"settings": {}} for name in names})
    assert found["network"] == found["most similar"] == pytest.approx([0.1] * 5, abs=0.03)
