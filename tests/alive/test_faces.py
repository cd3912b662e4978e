"""The threshold over faces: the page counts what Python counts, says the same, and holds no face and no weight."""

import json

import numpy as np
import pytest

from nnlib.alive import faces, live

WAYS = [*faces.counts()]
DRAWS = [str(draw + 1) for draw in range(len(faces.counts()[WAYS[0]]))]


@pytest.fixture
def data(monkeypatch):
    """What the page holds, as the script reads it, and its HTML."""
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    faces.show()
    html = shown[0]["text/html"]
    return json.loads(html.split('json">')[1].split("</script>")[0]), html


@pytest.mark.parametrize("way", WAYS)
def test_the_page_says_what_python_says(node, data, way):
    for draw in DRAWS:
        pairs = data[0]["counts"][way][int(draw) - 1]
        choices = [
            {"way": way, "draw": draw, "threshold": threshold, "crowd": crowd}
            for threshold in range(101)
            for crowd in faces.CROWDS
        ]
        said = node("faces", "choices.map((choice) => said(pairs, choice))", pairs=pairs, choices=choices)
        assert said == [faces.said(**choice) for choice in choices]


def test_the_button_accepts_nine_in_ten_and_no_more_than_it_must(node, data):
    for way in WAYS:
        for draw in DRAWS:
            threshold = faces.nine_in_ten(way, draw)
            pairs = data[0]["counts"][way][int(draw) - 1]
            assert node("faces", "lowest(pairs, share)", pairs=pairs, share=faces.SHARE) == threshold
            assert faces.accepted(way, draw, threshold)[2] >= 0.9 * 450 > faces.accepted(way, draw, threshold - 1)[2]


def test_a_threshold_is_told_by_what_it_accepts(monkeypatch):
    different, same = np.zeros((2, 101), int)
    different[[10, 50, 90]], same[[5, 60]] = [1, 499, 9500], [30, 10]
    monkeypatch.setattr(faces, "counts", lambda: {"network": np.array([[different, same]])})
    assert faces.nine_in_ten("network", "1") == 60
    assert faces.said("network", "1", 50, 10_000) == (
        "Network, draw 1, threshold 50. Of 40 pairs of one person 10 are rejected; of 10,000 pairs of two people 500 "
        "are accepted. Where 10,000 people pass and one is sought, about 500 of the 9,999 others would be taken for "
        "that one."
    )
    assert "about 100 of the 999,999 others" in faces.said("network", "1", 10, 1_000_000)
    assert "about 9,999 of the 9,999 others" in faces.said("network", "1", 100, 10_000)
    assert "hardly any of the 99 others" in faces.said("network", "1", 10, 100)
    assert "none of the 99 others, as far as 10,000 pairs can tell" in faces.said("network", "1", 5, 100)


def test_every_pair_of_every_draw_is_counted_once():
    for each in faces.counts().values():
        assert each.shape == (5, 2, 101)
        assert each.sum(axis=2).tolist() == [[4500, 450]] * 5
    assert faces.COUNTS.stat().st_size < 30_000


def test_the_heaps_hold_all_pairs(node, data):
    pairs = data[0]["counts"]["network"][0]
    bins = node("faces", "pairs.map(binned)", pairs=pairs)
    assert [sum(each) for each in bins] == pytest.approx([1, 1]) and len(bins[0]) == 26
    assert bins[1][3] == pytest.approx(sum(pairs[1][12:16]) / 450)


def test_it_begins_where_nine_in_ten_are_accepted_and_the_words_tell_each_draw(data):
    start, html = data[0]["start"], data[1]
    assert start["threshold"] == faces.nine_in_ten(start["way"], start["draw"])
    for way in WAYS:
        for draw in DRAWS:
            assert faces.said(way, draw, faces.nine_in_ten(way, draw), start["crowd"]) in html
    assert len(html) < 30_000
