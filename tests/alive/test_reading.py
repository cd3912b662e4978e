"""Reading a digit, without a browser: what stands on the page is what nnlib computes."""

import base64
import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import cover
from measure import results
from nnlib import Dense, Network, load_digits
from nnlib.alive import digit, live, reading

NETWORK = results.stored_network()


def test_there_is_one_ready_digit_of_each_kind_and_the_network_misreads_the_last_alone():
    digits = load_digits()
    assert [int(digits.y_test[place]) for place in reading.READY] == list(range(10))
    answers = [int(reading.activations(NETWORK, image)[-1].argmax()) for image in reading.ready()]
    assert answers == [*range(9), 3]


def test_the_picture_shows_the_image_the_circles_and_the_bars_of_the_first_ready_digit():
    picture = BeautifulSoup(reading.still(NETWORK), "html.parser")
    image, *hidden, outputs = reading.activations(NETWORK, reading.ready()[reading.FIRST])
    assert len(picture.select(".nnlib-reading-pixels rect")) == np.count_nonzero(image)
    shown = [float(circle["fill-opacity"]) for circle in picture.find_all("circle")]
    assert np.allclose(shown, np.concatenate(hidden), atol=0.0051)
    rows = picture.select(".nnlib-reading-output")
    assert [row.get_text(" ") for row in rows] == [f"{name} {output:.2f}" for name, output in enumerate(outputs)]
    widths = [float(bar["width"]) for bar in picture.select(".nnlib-reading-bar")]
    assert np.allclose(widths, reading.LENGTH * outputs, atol=0.051)
    assert [rows.index(row) for row in picture.select(".nnlib-reading-winner")] == [reading.FIRST]


def test_the_script_has_the_pictures_measures():
    script = (live.HERE / "reading" / "reading.js").read_text("utf-8")
    assert f"const SIDE = {reading.SIDE};" in script
    assert f"const [TOP, LENGTH] = [{reading.TOP}, {reading.LENGTH}];" in script
    assert reading.LEFT == 0


def test_the_script_gives_the_answers_of_nnlib(node):
    data = reading.data(NETWORK)
    seen = "forward(layersOf(sizes, floats(weights)), likeMnist(drawingOf(image))).at(-1)"
    for image, levels in zip(reading.ready(), data["ready"], strict=True):
        got = node("reading", seen, sizes=data["sizes"], weights=data["weights"], image=levels)
        assert np.allclose(got, reading.activations(NETWORK, image)[-1], atol=1e-9)


def test_the_first_page_holds_what_the_tool_writes():
    assert cover.COVER.read_text("utf-8") == cover.cover()


def test_the_weights_are_all_there_and_another_network_is_refused():
    packed = json.loads(re.search(r'<script type="application/json">(.*?)</script>', cover.cover())[1])
    numbers = np.frombuffer(base64.b64decode(packed["weights"]), "<f4")
    assert np.array_equal(numbers, np.concatenate([p.value.ravel() for p in NETWORK.parameters()]))
    with pytest.raises(ValueError, match="784 inputs"):
        reading.show(Network(Dense(784, 10, np.random.default_rng(0))))
    assert digit.MOST == 16  # circles of a column
