"""The plane of the code: the page's decoder draws what nnlib's draws, and says the same of a place."""

import json

import numpy as np
import pytest

from nnlib import load_digits
from nnlib.alive import live, unlabelled

LEFT, RIGHT, BOTTOM, TOP = unlabelled.window()
RNG = np.random.default_rng(0)
PLACES = [
    *unlabelled.codes()[::9].tolist(),
    *np.round(RNG.uniform((LEFT, BOTTOM), (RIGHT, TOP), (40, 2)), 2).tolist(),
    [LEFT, TOP],
    [0.0, 0.0],
    [-0.0, 0.1 + 0.2],
]


@pytest.fixture
def data(monkeypatch):
    """What the page holds, as the script reads it, and its HTML."""
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    unlabelled.show()
    html = shown[0]["text/html"]
    return json.loads(html.split('json">')[1].split("</script>")[0]), html


def test_the_page_draws_what_nnlib_draws_to_a_millionth(node):
    pictures = node(
        "unlabelled", "places.map((place) => decode(decoderOf(weights), place))", places=PLACES,
        weights=unlabelled.weights(),
    )  # fmt: skip
    np.testing.assert_allclose(pictures, [unlabelled.decode(place) for place in PLACES], rtol=0, atol=1e-6)


def test_the_page_says_what_python_says(node, data):
    said = node("unlabelled", "places.map((place) => said(data, place))", places=PLACES, data=data[0])
    assert said == [unlabelled.said(place) for place in PLACES]
    pictures = [unlabelled.decode(place).tolist() for place in PLACES]
    drawn = node("unlabelled", "pictures.map((levels) => drawn(levels, dark))", pictures=pictures, dark=unlabelled.DARK)
    assert drawn == [unlabelled.drawn(levels) for levels in pictures]


def test_a_place_is_told_by_the_codes_around_it(monkeypatch):
    monkeypatch.setattr(unlabelled, "codes", lambda: np.array([[0.0, 3.0], [0.0, 1.0], [5.0, 5.0], [0.0, -1.5]]))
    monkeypatch.setattr(unlabelled, "labels", lambda: np.array([8, 1, 2, 8]))
    monkeypatch.setattr(unlabelled, "NEAREST", 3)
    assert unlabelled.said([0.0, 0.5]) == (
        "Code (0, 0.5). Of the 3 nearest test pictures 2 are of an 8, 1 is of a 1. The nearest is 0.5 away."
    )


def test_a_picture_is_not_told_by_its_own_code(monkeypatch):
    monkeypatch.setattr(unlabelled, "codes", lambda: np.array([[0.0, 3.0], [0.0, 1.0], [5.0, 5.0], [0.0, -1.5]]))
    monkeypatch.setattr(unlabelled, "labels", lambda: np.array([8, 1, 2, 8]))
    monkeypatch.setattr(unlabelled, "NEAREST", 2)
    assert unlabelled.said([0.0, 3.0]) == (
        "Code (0, 3), that of an 8. Of the 2 nearest others 1 is of a 1, 1 is of an 8. The nearest is 2 away."
    )


def test_dark_pixels_are_named_row_by_row():
    picture = np.zeros((8, 8))
    picture[0, [0, 7]], picture[2, 3], picture[3, 3] = 0.5, 1.2, 0.49
    assert unlabelled.drawn(picture.ravel()) == ("Dark pixels, row by row: 1 8; none; 4; none; none; none; none; none.")


def test_the_stored_network_is_an_encoder_and_a_decoder_of_two_numbers():
    encoder, decoder = unlabelled.load().layers
    assert (encoder.n_in, encoder.n_out, decoder.n_in, decoder.n_out) == (64, 2, 2, 64)
    x, mean = load_digits().x_test.astype(float), load_digits().x_train.mean(axis=0)
    left = np.sum((decoder.predict(encoder.predict(x)) - x) ** 2) / np.sum((x - mean) ** 2)
    assert 0.4 < left < 0.55  # it is trained
    assert unlabelled.WEIGHTS.stat().st_size <= 300_000


def test_every_middle_is_the_code_of_a_picture_of_that_digit():
    for digit in range(10):
        assert unlabelled.middle(digit) in unlabelled.codes()[unlabelled.labels() == digit].tolist()


def test_the_window_holds_all_codes():
    x, y = unlabelled.codes().T
    assert LEFT < x.min() and x.max() < RIGHT and BOTTOM < y.min() and y.max() < TOP


def test_the_page_holds_no_weights_and_begins_where_its_words_say(data, node):
    first, html = data[0]["first"], data[1]
    assert unlabelled.weights()["weights"][:40] not in html and len(html) < 20_000
    assert first["place"] == unlabelled.middle(unlabelled.FIRST)
    assert unlabelled.said(first["place"]) in html
    assert node("unlabelled", "drawn(levels, 0.5)", levels=first["levels"]) in html
