"""The photographs of blood and what is reckoned with their boxes: by hand, and by other ways to the same number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import fetch
from nnlib.studies import objects
from nnlib.studies.objects import (
    RED,
    WHITE,
    apart,
    average_precision,
    blobs,
    box_around,
    darkness,
    found_in,
    hits,
    iou,
    load_cells,
    near_centres,
    of_kind,
    peaks,
    typical_size,
)

CORNERS = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40))
BOXES = CORNERS.map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


def test_the_photographs_are_those_of_the_files():
    try:
        originals = fetch.fetch_all(objects.CELLS)
    except (ConnectionError, FileNotFoundError):
        pytest.skip("the original is not here")
    light, boxes, part = load_cells()
    with np.load(objects.BytesIO(originals[0])) as file:
        green = file["images"][7, :2, :2, 1].mean()
        np.testing.assert_array_equal(boxes, file["boxes"])
    assert light[7, 0, 0] == green // 8 * 8 / 255
    assert b"BloodImage_00000" in originals[2] and part[0] == 1
    assert b"BloodImage_00007" in originals[3] and part[7] == 2


def test_parts_kinds_and_boxes_are_as_the_page_says():
    light, boxes, part = load_cells()
    assert light.shape == (364, 30, 40) and 0 < light.min() < light.max() < 1
    assert np.bincount(part).tolist() == [205, 87, 72] and np.bincount(boxes[:, 1]).tolist() == [4153, 372, 361]
    assert (boxes[:, 4] > boxes[:, 2]).all() and (boxes[:, 5] > boxes[:, 3]).all() and (np.diff(boxes[:, 0]) >= 0).all()
    boxes[:] = 0
    assert load_cells()[1].max() == 640  # each call gives them anew


def test_no_photograph_to_learn_from_or_choose_by_shows_a_place_of_a_later_part():
    _, _, part = load_cells()
    parts = apart(part)
    assert all(set(part[places]) == {which} for which, places in enumerate(parts))
    where = {i: which for which, places in enumerate(parts) for i in places}
    assert all(len({where[i] for i in group if i in where}) == 1 for group in objects.SAME_PLACE)
    assert len(where) == 364 - 23 and len(parts[2]) == 72


def test_two_boxes_by_hand():
    assert iou((0, 0, 4, 4), (2, 1, 6, 5)) == pytest.approx(6 / 26)
    assert iou((0, 0, 4, 4), (4, 0, 8, 4)) == 0  # they touch and share nothing
    assert iou((0, 0, 4, 4), (9, 9, 12, 12)) == 0  # apart across and down


@given(BOXES, BOXES)
def test_the_overlap_is_that_of_painted_pixels(a, b):
    painted = np.zeros((2, 110, 110), bool)
    for layer, (left, top, right, bottom) in zip(painted, (a, b), strict=True):
        layer[top:bottom, left:right] = True
    both, either = np.logical_and(*painted).sum(), np.logical_or(*painted).sum()
    assert iou(a, b) == iou(b, a) == pytest.approx(both / either)


def test_a_labelled_cell_counts_once_and_the_surest_comes_first():
    labelled = [[(0, 0, 10, 10), (20, 0, 30, 10)], [], [(0, 0, 10, 10)]]
    found = [
        (0.5, 0, (0, 0, 10, 10)),
        (0.9, 0, (1, 0, 11, 10)),
        (0.8, 1, (0, 0, 10, 10)),
        (0.4, 0, (20, 0, 30, 11)),
        (0.3, 2, (0, 0, 10, 20)),
    ]
    assert hits(found, labelled, 0.5).tolist() == [True, False, False, True, True]
    assert hits(found, labelled, 0.6).tolist() == [True, False, False, True, False]
    assert hits([], labelled, 0.5).tolist() == []


def test_five_found_cells_by_hand():
    hit = np.array([True, False, True, True, False])
    assert average_precision(hit, 4) == pytest.approx((1 + 2 / 3 + 3 / 4) / 4)
    assert average_precision(np.ones(4, bool), 4) == 1
    assert average_precision(np.zeros(0, bool), 4) == 0


@given(st.lists(st.booleans(), min_size=1, max_size=30).filter(any), st.integers(0, 5))
def test_average_precision_is_scikit_learns_times_the_share_found(hit, missed):
    from sklearn.metrics import average_precision_score

    hit = np.array(hit)
    of_scikit_learn = average_precision_score(hit, -np.arange(len(hit)))
    labels = hit.sum() + missed
    assert average_precision(hit, labels) == pytest.approx(of_scikit_learn * hit.sum() / labels)


@pytest.mark.parametrize("seed", range(3))
def test_blobs_are_the_groups_that_scipy_finds(seed):
    from scipy.ndimage import label

    dark = np.random.default_rng(seed).random((30, 40)) < 0.45
    numbers, n = label(dark)
    found = blobs(dark)
    assert len(found) == n and sum(map(len, found)) == dark.sum()
    assert all(len({numbers[place] for place in blob}) == 1 for blob in found)
    assert [min(blob) for blob in found] == sorted(min(blob) for blob in found)  # in reading order


def test_pixels_that_touch_at_a_corner_alone_are_two_blobs():
    assert blobs(np.eye(2, dtype=bool)) == [[(0, 0)], [(1, 1)]]
    assert blobs(np.zeros((2, 2), bool)) == []


def test_the_maps_are_one_around_labelled_centres():
    boxes = np.array([[1, RED, 0, 0, 32, 32], [1, WHITE, 320, 160, 336, 176], [0, 2, 0, 0, 64, 64]])
    target = near_centres(boxes, 2, 1.5)
    assert target.shape == (2, 2, 30, 40) and target[0].sum() == 0
    assert np.argwhere(target[1, RED]).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert np.argwhere(target[1, WHITE]).tolist() == [[r, c] for r in (9, 10, 11) for c in (19, 20, 21)]


def test_a_peak_is_the_largest_of_the_pixels_around_it():
    map_ = np.zeros((30, 40))
    map_[0, 0], map_[0, 2], map_[0, 5], map_[20, 30] = 0.5, 0.4, 0.3, 0.01
    assert peaks(map_) == [(0.5, 0, 0), (0.3, 0, 5)]
    assert found_in([map_], [9], (32, 16)) == [(0.5, 9, (0, 0, 24, 16)), (0.3, 9, (72, 0, 104, 16))]


def test_a_box_ends_with_the_photograph():
    assert box_around(29, 39, (100, 80)) == (582, 432, 640, 480)


def test_the_background_is_not_dark_and_a_nucleus_is():
    light, boxes, part = load_cells()
    x = darkness(light)
    assert np.abs(np.percentile(x, 5, axis=(1, 2))).max() < 1e-9
    middles = [
        ((top + bottom) // 32, (left + right) // 32) for left, top, right, bottom in boxes[boxes[:, 1] == WHITE, 2:]
    ]
    white = [x[i][place] for i, place in zip(boxes[boxes[:, 1] == WHITE, 0], middles, strict=True)]
    assert 0.7 < np.median(white) < 1.3
    assert typical_size(of_kind(boxes, RED), apart(part)[0]) == (105, 101)


def test_nearly_every_white_cell_is_a_large_blob_among_small_ones():
    light, boxes, _ = load_cells()
    x, white = darkness(light), of_kind(boxes, WHITE)
    sizes = {True: [], False: []}
    reached = 0
    for picture, cells in zip(x, white, strict=True):
        inside = np.zeros(picture.shape, bool)
        for left, top, right, bottom in cells:
            box = slice(top // 16, -(-bottom // 16)), slice(left // 16, -(-right // 16))
            inside[box] = True
            reached += picture[box].max() >= 0.8
        for blob in blobs(picture >= 0.8):
            sizes[any(inside[place] for place in blob)].append(len(blob))
    assert 365 < reached < sum(map(len, white)) == 372
    assert np.percentile(sizes[False], 90) < np.median(sizes[True]) / 2
