"""The study of objects: what is measured is what it is called, and what is stored belongs together."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import objects
from nnlib.studies import objects as study

STORED = json.loads((MEASURED / "studies" / "objects.json").read_text(encoding="utf-8"))
BOX = (0.0, 0.0, 100.0, 100.0)


def test_each_way_of_the_network_has_five_seeds():
    assert STORED["seeds"] == list(objects.SEEDS) and len(STORED["network"]["per_seed"]) == 5
    assert len(STORED["torch"]) == len(STORED["drawn"]) == 5 and STORED["network"]["epochs"] == objects.EPOCHS


def test_what_was_chosen_found_best_on_the_validation_part():
    network, blobs = STORED["network"], STORED["blobs"]
    assert len(network["tried"]) == len(objects.RADII) * len(objects.RATES)
    best = max(network["tried"], key=lambda pair: np.mean(list(pair[1].values())))
    assert network["settings"] == best[0]
    for kind in objects.KINDS:
        of_kind = [pair for pair in blobs["tried"] if pair[0]["kind"] == kind]
        chosen = max(of_kind, key=lambda pair: pair[1])[0]
        assert blobs["settings"][kind] == chosen


def test_the_groups_of_one_place_are_those_that_nnlib_leaves_out():
    assert sorted(map(tuple, STORED["alike"]["groups"])) == sorted(study.SAME_PLACE)
    pairs = [pair for r, *pair in STORED["alike"]["pairs"] if r > objects.ALIKE]
    assert objects.groups(pairs) == sorted(study.SAME_PLACE) and len(pairs) < 50
    clear = [r for r, *_ in STORED["alike"]["pairs"] if abs(r - objects.ALIKE) < 0.02]
    assert clear == []  # no pair is near the line


def test_photographs_of_one_place_are_found_however_they_are_shifted():
    rng = np.random.default_rng(0)
    place = rng.random((60, 80))
    grey = np.stack([place[:40, :50], place[9:49, 14:64], rng.random((40, 50)), place[15:55, 25:75]])
    (first, second, *others) = objects.alike(grey)
    assert {first[1:], second[1:]} == {(0, 1), (1, 3)} and second[0] > 0.99 > 0.5 > others[-1][0]
    assert objects.groups([(0, 1), (5, 6), (3, 1)]) == [(0, 1, 3), (5, 6)]


def test_the_labels_are_told_as_they_are():
    world = objects.blood()
    told, labels = STORED["labels"], world.counts("red")
    assert told["without a red box"] == int((labels == 0).sum()) == 15
    assert told["white"] == {"0": 6, "1": 344, "2": 14} and told["drawn twice"] == 8
    assert told["dark without a box"] == pytest.approx(objects.of_the_labels(world)["dark without a box"], abs=1e-5)
    assert STORED["parts"] == dict(zip(("learn", "choose", "test"), map(len, world.parts), strict=True))


def test_a_threshold_finds_as_many_as_are_labelled():
    cells = [(score, photograph, BOX) for score, photograph in ((0.9, 0), (0.5, 1), (0.7, 1), (0.2, 0))]
    least = objects.threshold(cells, 3)
    assert least == 0.5 and objects.counted(cells, least, [1, 0, 2]).tolist() == [2, 1, 0]
    assert objects.threshold(cells, 9) == 0.2


def test_excess_and_miss_by_hand():
    assert objects.errors(np.array([12, 8]), np.array([10, 10])) == {"bias": 0, "miss": 2}


def test_interpolated_precision_is_never_below_the_plain_one():
    hit = np.array([False, True, True, False, True])
    assert objects.interpolated(hit, 4) == pytest.approx((2 / 3 + 2 / 3 + 3 / 5) / 4)
    assert objects.interpolated(hit, 4) > study.average_precision(hit, 4)


def test_a_blob_has_its_own_box_a_larger_or_the_typical_one():
    world = objects.blood()
    x = np.zeros((1, 1, 30, 40), np.float32)
    x[0, 0, 10:14, 20:26] = 0.5
    one = world._replace(x=x)
    for more, box in ((0, (320, 160, 416, 224)), (1, (304, 144, 432, 240)), (None, (315.5, 141.5, 420.5, 242.5))):
        settings = {"red": {"dark": 0.4, "more": more, "large": True}}
        assert objects.by_blobs(one, [0], settings) == {"red": [(pytest.approx(24 * 256 / (105 * 101)), 0, box)]}


def test_drawn_photographs_lose_labels_and_no_cells():
    whole, true = objects.drawn(0, (1.0, 1.0), 20)
    some, same = objects.drawn(0, objects.KEPT, 20)
    assert whole.counts("red").tolist() == true.tolist() and whole.counts("white").sum() == 0
    assert some.counts("red").sum() < 0.9 * same.sum() and (some.counts("red") <= same).all()


def test_the_halves_are_told_by_what_is_dark_and_has_no_box():
    world = objects.blood()
    labels = world.counts("red")[world.parts[2]]
    halves = objects.halves(world, labels)
    assert all(half["bias"] == half["miss"] == 0 for half in halves.values())
    assert (halves["most"]["labelled"] + halves["least"]["labelled"]) / 2 == pytest.approx(labels.mean())
    for run in STORED["network"]["per_seed"]:
        assert run["halves"]["most"]["labelled"] == pytest.approx(halves["most"]["labelled"], abs=1e-4)


def test_means_of_photographs_drawn_anew_lie_around_theirs():
    rng = np.random.default_rng(0)
    differences = rng.normal(1, 3, 900)
    low, high = objects.drawn_anew(differences, rng, 2000)
    assert low < differences.mean() < high and high - low == pytest.approx(2 * 1.96 * 3 / 30, rel=0.1)


def test_the_threshold_of_the_least_miss_counts_best():
    cells = [(0.9, 0, BOX), (0.7, 0, BOX), (0.6, 1, BOX), (0.2, 1, BOX), (0.1, 0, BOX)]
    least = objects.least_miss(cells, np.array([2, 1]), [0, 1])
    assert 0.2 < least <= 0.6 and objects.counted(cells, least, [0, 1]).tolist() == [2, 1]


def test_chance_is_told_of_the_network_that_is_stored():
    chance, first = STORED["chance"], STORED["network"]["per_seed"][0]["count"]["red"]["miss"]
    mean = STORED["counts"]["red"]["mean count"]["miss"]
    assert chance["misses more"] == pytest.approx(first - mean, abs=0.02)
    low, high = chance["drawn anew"]
    assert low < chance["misses more"] < high


def test_scikit_learns_windows_are_what_a_pixel_sees():
    x = np.arange(1200, dtype=np.float32).reshape(1, 1, 30, 40)
    rows = objects.windows(x)
    assert rows.shape == (1200, 169) and rows[0].reshape(13, 13)[6, 6] == 0
    np.testing.assert_array_equal(rows[15 * 40 + 20].reshape(13, 13), x[0, 0, 9:22, 14:27])
