"""The translator: the page cuts words as Python does, computes what nnlib computes, and says the same of a sentence."""

import json

import numpy as np
import pytest

from nnlib.alive import live, translation
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.studies.translation import LONGEST, build, load_pairs, table_of

NETWORK, PIECES = translation.load()
WEIGHTS = translation.weights()
ODD = ["", "  \t ", "Žoë is here.", "I’m  here .", "a" * 60, "日本", "2+2", "!?;", "→ ■", "o\u0308de", "<b>"]


@pytest.fixture(scope="module")
def some():
    """Real sentences, and odd ones."""
    return [*ODD, *translation.SENTENCES.values(), *load_pairs()[0][::300]]


def test_the_page_cuts_texts_into_the_same_pieces(node):
    texts = [*load_pairs()[0][::30], *load_pairs()[1][::30]]
    assert node("translation", "cutterOf(weights).table", weights=WEIGHTS) == PIECES.table
    numbers = node("translation", "texts.map(cutterOf(weights).encode)", texts=texts, weights=WEIGHTS)
    assert numbers == [PIECES.encode(text) for text in texts]


def test_the_page_tidies_a_text_and_names_its_unknown_signs_alike(node, some):
    assert node("translation", "texts.map(tidy)", texts=some) == [translation.tidy(text) for text in some]
    unknown = node("translation", "texts.map(cutterOf(weights).unknown)", texts=some, weights=WEIGHTS)
    assert unknown == [PIECES.unknown(text) for text in some]


def test_the_page_computes_what_nnlib_computes_to_a_millionth(node):
    pairs = [[PIECES.encode(text) for text in texts[::400]] for texts in load_pairs()]
    asked = "rows.map(translatorOf(weights).probabilities)"
    rows = [table_of([e], [g], PIECES)[0][0].tolist() for e, g in zip(*pairs, strict=True)]
    for row, p in zip(rows, node("translation", asked, rows=rows, weights=WEIGHTS), strict=True):
        ours = SoftmaxCrossEntropy.probabilities(NETWORK.predict(np.array([row])))[0]
        np.testing.assert_allclose(p, ours, rtol=0, atol=1e-6)


def test_the_page_reads_a_sentence_as_python_does(node, some):
    found = node("translation", "texts.map(translatorOf(weights).read)", texts=some, weights=WEIGHTS)
    for text, theirs in zip(some, found, strict=True):
        ours = translation.read(NETWORK, PIECES, text)
        assert {key: theirs.get(key) for key in ("text", "wrong", "english")} == {
            key: ours.get(key) for key in ("text", "wrong", "english")
        }
        assert len(theirs.get("rows", [])) == len(ours.get("rows", []))
        for row, own in zip(theirs.get("rows", []), ours.get("rows", []), strict=True):
            assert row["piece"] == own["piece"] and row["p"] == pytest.approx(own["p"], abs=1e-6)
            np.testing.assert_allclose(row["asked"], own["asked"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("block", [0, 1])
def test_the_page_says_what_python_says(node, some, block):
    asked = f"((one) => texts.map((text) => said(one.read(text), {block})))(translatorOf(weights))"
    assert node("translation", asked, texts=some, weights=WEIGHTS) == [translation.of(text, block) for text in some]


def test_what_cannot_be_read_has_one_clear_line():
    assert translation.of(" ") == "Type an English sentence."
    assert translation.of("Žoë is Žoë").startswith("There is no piece for “Ž”, “ë”: letters")
    assert translation.of("xq" * 40).startswith("Too long: ") and translation.of("xq" * 40).endswith("for 32.")


def test_a_translation_that_finds_no_end_says_so(monkeypatch, node):
    network = build(len(PIECES.table), 64, np.random.default_rng(0))
    network.layers[-1].b[PIECES.end] = -1e4
    read = translation.read(network, PIECES, "Tom is here.")
    assert len(read["rows"]) == LONGEST - 1 and translation.said(read).endswith(" It found no end.")
    assert node("translation", "said(read, 0)", read=read) == translation.said(read, 0)


def test_what_is_stored_comes_back_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(translation, "WEIGHTS", tmp_path / "weights.npz")
    translation.save(NETWORK, PIECES, translation.WEIGHTS)
    network, pieces = translation.load()
    assert pieces.table == PIECES.table
    for old, new in zip(NETWORK.parameters(), network.parameters(), strict=True):
        np.testing.assert_array_equal(old.value, new.value)
    assert translation.WEIGHTS.stat().st_size <= 1_000_000


def test_the_page_holds_no_weights_and_says_what_it_shows(monkeypatch, node):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    translation.show()
    html = shown[0]["text/html"]
    assert len(html) < 12000 and WEIGHTS["weights"]["0.E"][:40] not in html
    data = json.loads(html.split('json">')[1].split("</script>")[0])
    first = next(iter(translation.SENTENCES.values()))
    for block in (0, 1):
        assert node("translation", "said(read, block)", read=data["first"], block=block) == translation.of(first, block)
