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
    assert len(STORED["torch"]) == len(STORED["drawn"]) == len(STORED["first weights"]) == 5
    assert STORED["network"]["epochs"] == objects.EPOCHS


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
    whole, true = objects.drawn(0, objects.KEPT["all labels"], 20)
    some, same = objects.drawn(0, objects.KEPT["labels missing"], 20)
    assert whole.counts("red").tolist() == true.tolist() and whole.counts("white").sum() == 0
    assert some.counts("red").sum() < 0.9 * same.sum() and (some.counts("red") <= same).all()


def test_the_fullest_photographs_lose_most_where_crowds_are_skipped():
    share = objects.KEPT["crowds skipped"]
    rng = np.random.default_rng(0)
    assert [share(cells, rng) for cells in (4, 12, 20)] == pytest.approx([1, 0.675, 0.35])
    world, true = objects.drawn(0, share, 60)
    assert (world.counts("red")[true == 4] == 4).all()
    assert np.corrcoef(world.counts("red") / true, true)[0, 1] < -0.7


def test_a_line_through_counts_is_judged_by_other_photographs():
    found, labels = np.array([2, 4, 6]), np.array([5, 6, 7])
    assert objects.by_a_line([found, found + 2], [labels, labels + 2]) == {
        "slope": pytest.approx(0.5),
        "correlation": pytest.approx(1),
        "bias": pytest.approx(-1),
        "miss": pytest.approx(1),
    }


def test_precisions_of_photographs_drawn_anew_lie_around_theirs():
    world = objects.blood()
    test, rng = world.parts[2], np.random.default_rng(0)
    cells = objects.by_blobs(world, test, STORED["blobs"]["settings"])["white"]
    low, high = objects.precision_drawn_anew(world, "white", cells, None, rng, 200)
    assert low < STORED["blobs"]["0.5"]["white"] < high
    assert objects.precision_drawn_anew(world, "white", cells, cells, rng, 20) == [0, 0]
    once = np.ones(len(test), int)
    listed = objects.listed(world, "white", cells, test)
    reached = listed.precision(once, world.counts("white")[test])
    assert reached == pytest.approx(STORED["blobs"]["0.5"]["white"], abs=1e-5)


def test_first_weights_are_as_small_as_pytorchs():
    network = objects.as_in_torch(np.random.default_rng(0))
    for layer in network.layers:
        for p in layer.parameters():
            bound = 1 / np.sqrt(layer.K[0].size)
            assert 0.7 * bound < np.abs(p.value).max() <= bound


def test_means_of_photographs_drawn_anew_lie_around_theirs():
    rng = np.random.default_rng(0)
    differences = rng.normal(1, 3, 900)
    low, high = objects.drawn_anew(differences, rng, 2000)
    assert low < differences.mean() < high and high - low == pytest.approx(2 * 1.96 * 3 / 30, rel=0.1)


def test_the_threshold_of_the_least_miss_counts_best():
    cells = [(0.9, 0, BOX), (0.7, 0, BOX), (0.6, 1, BOX), (0.2, 1, BOX), (0.1, 0, BOX)]
    least = objects.least_miss(cells, np.array([2, 1]), [0, 1])
    assert 0.2 < least <= 0.6 and objects.counted(cells, least, [0, 1]).tolist() == [2, 1]


def test_chance_is_told_around_what_is_measured():
    mean = STORED["counts"]["red"]["mean count"]["miss"]
    for run in STORED["network"]["per_seed"]:
        chance, white = run["drawn anew"], STORED["blobs"]["0.5"]["white"] - run["0.5"]["white"]
        for (low, high), middle in (
            (chance["misses more"], run["count"]["red"]["miss"] - mean),
            (chance["red"], run["0.5"]["red"]),
            (chance["white, blobs more"], white),
        ):
            assert low < middle < high


def test_scikit_learns_windows_are_what_a_pixel_sees():
    x = np.arange(1200, dtype=np.float32).reshape(1, 1, 30, 40)
    rows = objects.windows(x)
    assert rows.shape == (1200, 169) and rows[0].reshape(13, 13)[6, 6] == 0
    np.testing.assert_array_equal(rows[15 * 40 + 20].reshape(13, 13), x[0, 0, 9:22, 14:27])
