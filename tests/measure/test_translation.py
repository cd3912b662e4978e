"""The study of translation: what counts as right, what leaks, and that the stored numbers hang together."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import translation
from nnlib.alive.translation import load
from nnlib.studies.translation import IGNORED, Pieces, build, chrf, learn_merges, table_of, translate_all

STORED = json.loads((MEASURED / "studies" / "translation.json").read_text(encoding="utf-8"))
PIECES = Pieces(learn_merges(["Er geht. Er geht.", "nicht nicht"], 10))


def test_a_piece_is_right_at_its_place_alone_and_the_end_counts():
    pieces = [PIECES.encode(text) for text in ("Er geht.", "Er geht nicht.")]
    assert [len(numbers) for numbers in pieces] == [3, 4]
    assert translation.alone(["Er geht.", "Er geht nicht."], ["Er geht."] * 2, PIECES) == (4 + 2) / 8


def test_what_a_network_is_told_is_the_wanted_german():
    network = build(len(PIECES.table), 8, np.random.default_rng(0))
    english, german = ["Er.", "nicht nicht nicht"], ["Er geht nicht.", "Er."]
    cost, right = translation.told(network, PIECES, english, german)
    x, labels = table_of(*([PIECES.encode(text) for text in texts] for texts in (english, german)), PIECES)
    asked = labels != IGNORED
    logits = network.predict(x)[asked]
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert right == np.mean(logits.argmax(axis=1) == labels[asked])
    assert cost == pytest.approx(-np.mean(log_p[np.arange(len(log_p)), labels[asked]]))


def test_a_neighbour_differs_in_one_word_at_one_place():
    stored = ["Tom is here.", "I go home now."]
    texts = ["Mary is here!", "Tom is here now.", "is Tom here", "I go home later."]
    assert translation.has_neighbour(texts, stored).tolist() == [True, False, False, True]


def test_a_name_is_kept_letter_for_letter_or_with_an_s(monkeypatch):
    monkeypatch.setattr(translation, "names", lambda: {"seen": ["Tom"], "new": ["Zoe"]})
    assert translation.names_kept(lambda texts: texts) == {"seen": 1, "new": 1}
    assert translation.names_kept(lambda texts: ["Toms Hund"] * len(texts)) == {"seen": 1, "new": 0}
    assert translation.names_kept(lambda texts: ["Tomate"] * len(texts)) == {"seen": 0, "new": 0}


def test_new_names_stand_in_no_sentence_that_was_learned():
    found = translation.names()
    text = " ".join(translation.of(0)[0])
    assert found == STORED["names"] and len(found["new"]) == translation.NAMES
    assert "Tom" in found["seen"] and not any(f" {name} " in text for name in found["new"])


def test_no_pair_of_the_parts_shares_a_sentence_and_by_pair_some_do():
    assert STORED["leak"] == pytest.approx(translation.leak(), rel=1e-4)
    assert STORED["leak"]["either"] > 0.05
    assert STORED["leak"]["chrf of these"] > STORED["leak"]["chrf of the others"] + 20


def test_the_luck_of_the_draw_is_a_range_around_the_gain():
    rng = np.random.default_rng(0)
    ours, theirs = 5 + rng.standard_normal(400), rng.standard_normal(400)
    low, high = translation.luck(ours, theirs)
    assert low < np.mean(ours - theirs) < high and high - low == pytest.approx(4 * np.sqrt(2 / 400), rel=0.15)


def test_the_settings_are_those_that_cost_least_where_it_was_chosen_by():
    best = min(STORED["tried"], key=lambda pair: pair[1])[0]
    assert best.items() <= STORED["settings"].items()
    assert len(STORED["network"]) == len(STORED["german alone"]) == len(STORED["seeds"]) == 5


def test_the_page_has_the_first_seeds_network_and_half_precision_makes_no_difference_that_is_told():
    first, page = STORED["network"][0], STORED["page"]
    for key, bar in (("told", 0.005), ("alone", 0.01), ("chrf", 0.5)):
        assert page[key] == pytest.approx(first[key], abs=bar)
    network, pieces = load()
    assert len(pieces.table) == STORED["settings"]["pieces"] <= 1000
    assert pieces.merges[:40] == learn_merges(sum(translation.of(0), []), 40)
    english, german = (texts[:40] for texts in translation.of(2))
    said = translate_all(network, pieces, english)
    assert translation.alone(said, german, pieces) == pytest.approx(page["alone"], abs=0.1)


def test_looking_at_the_partner_counts_and_a_straight_line_is_the_control(monkeypatch):
    class Looks:
        """Attention that sees the piece at its own place, or at the first."""

        def __init__(self, first):
            self.first = first

        def forward(self, x):
            weights = np.zeros((x.shape[1], x.shape[1]))
            for row in range(x.shape[1]):
                weights[row, 0 if self.first else max(0, row - 2)] = 1  # two English pieces stand before the mark
            self.P = weights[None, None]

    class Two:
        def __init__(self):
            self.looks = Looks(True), Looks(False)
            around = [type("Around", (), {"layers": (None, look)}) for look in self.looks]
            self.layers = [None, around[0], None, around[1], None, None]

        def forward(self, x):
            for look in self.looks:
                look.forward(x)

    monkeypatch.setattr(translation, "of", lambda part: (["Er geht"], ["Er geht"]))
    pieces = Pieces([(" ", "E"), (" E", "r"), (" ", "g"), ("e", "h"), ("eh", "t"), (" g", "eht")])
    monkeypatch.setattr(translation, "WordForWord", lambda *_: type("Word", (), {"word": {"Er": "Er", "geht": "geht"}}))
    found = translation.where_it_looks(Two(), pieces, ["Er geht"], ["Er geht"])
    assert found == {"words": 2, "blocks": [0.5, 1], "straight": 1, "habit": [0.5, 1], "chance": 0.5}


def test_a_pair_of_neighbouring_words_counts_in_its_order_alone():
    assert translation.pairs_of_words("Ich kann nicht gehen.", "nicht gehen kann ich") == (1, 3)
    assert translation.pairs_of_words("Er geht nun heim.", "Er geht heim.") == (1, 2)  # as the page has it
    assert translation.pairs_of_words("Nein!", "Ja!") == (0, 0)


def test_what_another_person_wrote_is_compared_both_ways_and_signs_do_not_make_another_sentence():
    english = ["Hi.", "Go!", "Go.", "Hi!"]
    ((place, texts, mean),) = translation.other_german(english, ["Na.", "Geh!", "Geht.", "Na!"])
    assert (place, texts) == (1, ["Geh!", "Geht."])
    assert mean == (chrf("Geh!", "Geht.") + chrf("Geht.", "Geh!")) / 2


def test_a_lost_not_and_a_du_are_seen_by_words_alone():
    assert [*map(translation.negates, ("Kann'nicht!", "Keine Zeit.", "Vernichtet."))] == [True, True, False]
    assert [*map(translation.familiar, ("Du gehst.", "Sie dulden es.", "Dein Kind."))] == [True, False, True]
    assert [*map(translation.says_sie, ("Gehen Sie!", "Kennst du Sie?", "Er sieht sie."))] == [True, False, False]
    assert [*map(translation.negates_in_english, ("Don't go!", "It is nothing.", "I know a note."))] == [1, 1, 0]
    limits = STORED["limits"]
    assert limits["network"]["chrf"] == pytest.approx(STORED["page"]["chrf"], abs=1e-3)
    for name in ("copy", "word for word"):
        assert limits[name]["chrf"] == pytest.approx(STORED["plain"][name]["chrf"], abs=1e-3)
    assert 0 < limits["polite"] and all(
        limits[name]["familiar"] <= limits["polite"] < limits["negated"] for name in ("network", "copy")
    )
    assert limits["negated"] + limits["affirmed"] <= STORED["parts"][2]
    assert limits["English"]["negation added"] == limits["English"]["familiar"] == limits["English"]["same words"] == 0


def test_a_word_is_kept_if_it_stands_letter_for_letter():
    assert translation.keeps_a_word("I see Dan.", "Ich sehe Dan.")
    assert not translation.keeps_a_word("I see Dan.", "Ich sehe Dans.") and not translation.keeps_a_word("Hi!", "Na!")


def test_pytorchs_own_parts_with_the_same_weights_say_the_same():
    pytest.importorskip("torch", reason="PyTorch is not installed: `make test-oracles` brings it")
    assert translation.beside_torch()["largest difference"] < 1e-9
    assert STORED["torch"]["largest difference"] < 1e-9 and STORED["torch"]["same piece"] == 1
