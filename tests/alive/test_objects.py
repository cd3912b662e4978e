"""The cells on the glass: the page's network makes nnlib's maps, finds the same cells, and says the same of them."""

import json

import numpy as np
import pytest

from measure import MEASURED
from nnlib.alive import live, objects
from nnlib.studies import objects as study

CHANGES = [("Dark stain", (3, 4)), ("Pale stain", (29, 39)), ("Wipe", (15, 20)), ("Dark stain", (15, 22))]
CASES = [(which, changes) for which in range(objects.PHOTOGRAPHS) for changes in ([], CHANGES[: which % 4 + 1])]


@pytest.fixture
def data(monkeypatch):
    """What the page holds, as the script reads it, and its HTML."""
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    objects.show()
    html = shown[0]["text/html"]
    return json.loads(html.split('json">')[1].split("</script>")[0]), html


def flat(changes):
    """Changes as the script keeps them."""
    return [[tool, *place] for tool, place in changes]


def picture(which, changes):
    return objects.changed(objects.pictures()[which], changes)


def test_the_page_makes_nnlibs_maps_to_a_millionth(node):
    pictures = [picture(which, changes).ravel().tolist() for which, changes in CASES]
    made = node(
        "objects", "pictures.map((each) => mapsOf(networkOf(weights), each, shade))", pictures=pictures,
        weights=objects.weights(), shade=objects.SHADE,
    )  # fmt: skip
    for (which, changes), maps in zip(CASES, made, strict=True):
        wanted = objects.maps(picture(which, changes)).reshape(2, -1)
        np.testing.assert_allclose(np.array(maps), wanted, rtol=0, atol=1e-6)


def test_stains_come_where_python_puts_them(node, data):
    for which, changes in CASES:
        before = objects.pictures()[which].ravel().tolist()
        made = node(
            "objects", "changedBy(picture, changes, tools)", picture=before, changes=flat(changes),
            tools=data[0]["tools"],
        )  # fmt: skip
        assert made == picture(which, changes).ravel().tolist()


def test_the_pictures_come_whole(node, data):
    read = "data.pictures.map((each) => Array.from(bytes(each), (byte) => byte - data.lowest))"
    assert node("objects", read, data=data[0]) == objects.pictures().reshape(objects.PHOTOGRAPHS, -1).tolist()


@pytest.mark.parametrize("least", [0.02, 0.3, objects.thresholds()["red"], 0.6, 0.98])
@pytest.mark.parametrize("kind", objects.KINDS)
def test_the_page_finds_the_same_cells_and_says_the_same(node, data, least, kind):
    number = objects.KINDS.index(kind)
    find = (
        "said(matched(peaksOf(map, data.least), labelled, { size: data.sizes[number], overlap: data.overlap }), "
        "labelled.length, least, kind, changes)"
    )
    for which, changes in CASES:
        map_ = objects.maps(picture(which, changes))[number]
        said = node(
            "objects", find, map=map_.ravel().tolist(), data=data[0], labelled=data[0]["labels"][which][number],
            least=least, kind=kind, number=number, changes=len(changes),
        )  # fmt: skip
        assert said == objects.of(which, kind, least, changes)


def test_boxes_that_do_not_meet_share_nothing_on_the_page_either(node):
    pairs = [[[0, 0, 4, 4], [6, 6, 10, 10]], [[0, 0, 4, 4], [2, 1, 6, 5]], [[0, 0, 4, 4], [4, 0, 8, 4]]]
    shared = node("objects", "pairs.map(([a, b]) => iou(a, b))", pairs=pairs)
    assert shared == [study.iou(*pair) for pair in pairs]


def test_what_is_said_names_the_unsure_and_counts_a_label_once():
    label = (0, 0, 100, 100)
    cells = [(0.9, 0, label), (0.5, 0, (0, 0, 100, 90)), (0.25, 0, (300, 300, 400, 400))]
    assert objects.said(cells, [label], 0.5, "red", 0) == (
        "From 0.5 on, 2 red cells found; 1 labelled. Hits: 1; precision 0.5, recall 1. "
        "The least sure has 0.5, the surest left out 0.25."
    )
    assert objects.said(cells[:1], [], 0.95, "white", 1) == (
        "From 0.95 on, 0 white cells found; 0 labelled. Hits: 0; precision of nothing, "
        "recall of nothing. The surest left out has 0.9. The glass was changed once; the labels are those from before."
    )
    assert "and none is left out" in objects.said(cells[:1], [label], 0.5, "red", 2)


def test_the_photographs_are_test_ones_of_which_one_has_no_red_label():
    _, boxes, part = study.load_cells()
    assert {part[i] for i in objects.chosen()} == {2} and len(set(objects.chosen())) == objects.PHOTOGRAPHS
    reds = [len(study.of_kind(boxes, study.RED)[i]) for i in objects.chosen()]
    assert min(reds) == 0 and max(reds) >= 18


def test_the_stored_network_is_trained_and_small():
    light, boxes, part = study.load_cells()
    test = study.apart(part)[2]
    assert objects.WEIGHTS.stat().st_size <= 300_000
    p = np.array([objects.maps(each / objects.SHADE)[study.RED] for each in study.darkness(light)[test]])
    red = study.of_kind(boxes, study.RED)
    found = study.found_in(p, test, objects.sizes()[study.RED])
    reached = study.average_precision(study.hits(found, red, 0.5), sum(len(red[i]) for i in test))
    assert 0.6 < reached < 0.85


def test_it_begins_at_the_thresholds_of_the_study():
    stored = json.loads((MEASURED / "studies" / "objects.json").read_text(encoding="utf-8"))
    counts = stored["network"]["per_seed"][0]["count"]
    for kind in objects.KINDS:
        assert objects.thresholds()[kind] == pytest.approx(counts[kind]["threshold"], rel=1e-5)  # stored in six digits


def test_the_pictures_on_the_glass_are_those_of_the_study():
    darkness = study.darkness(study.load_cells()[0])[objects.chosen()]
    np.testing.assert_allclose(objects.pictures() * objects.SHADE, darkness, rtol=0, atol=1e-12)


def test_the_page_holds_no_weights_and_begins_as_its_words_say(data, node):
    held, html = data
    assert objects.weights()["weights"][:40] not in html and len(html) < 60_000
    first = (
        "said(matched(data.first[0], data.labels[0][0], { size: data.sizes[0], overlap: data.overlap }), "
        "data.labels[0][0].length, data.threshold[0], 'red', 0)"
    )
    assert node("objects", first, data=held) == objects.of(0) and objects.of(0) in html
