"""The data of the study of faces: the published file as it is, drawn ones in its place, pairs, measures, the cost."""

import struct
import warnings
import zlib

import numpy as np
import pytest
from damage import refuses_changed
from hypothesis import given
from hypothesis import strategies as st

from nnlib import fetch
from nnlib.gradient_check import loss_gradient_error
from nnlib.studies import faces
from nnlib.studies.faces import (
    OLIVETTI,
    Contrastive,
    all_pairs,
    apart,
    area,
    drawn_faces,
    false_accepts,
    load_faces,
    shrink,
)


@pytest.fixture
def original():
    """The bytes of the published file."""
    try:
        (data,) = fetch.fetch_all(OLIVETTI._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip(f"{OLIVETTI.title}: the original is not here")
    return data


def elements(data):
    """The parts of a MATLAB file, version 5, one within the other opened: pairs of a type and its bytes."""
    at = 0
    while at < len(data):
        kind, size = struct.unpack("<II", data[at : at + 8])
        if kind >> 16:  # a small one: its size and its bytes lie in the same eight
            yield kind & 0xFFFF, data[at + 4 : at + 4 + (kind >> 16)]
            at += 8
            continue
        inside = data[at + 8 : at + 8 + size]
        if kind in (14, 15):  # a matrix, or something packed
            yield from elements(zlib.decompress(inside) if kind == 15 else inside)
        else:
            yield kind, inside
        at += 8 + size + (0 if kind == 15 else -size % 8)


def test_the_pixels_are_those_that_the_file_declares(original):
    flags, shape, name, pixels = elements(original[128:])
    assert struct.unpack("<ii", shape[1]) == OLIVETTI.files[0].shape and name[1] == b"faces" and flags[0] == 6
    columns = np.frombuffer(pixels[1], np.uint8).reshape(4096, 400, order="F")
    found = load_faces()
    assert found.pictures.shape == OLIVETTI.shape and found.pictures.dtype == np.uint8
    for place in (0, 7, 399):
        np.testing.assert_array_equal(found.pictures[place], columns[:, place].reshape(64, 64, order="F"))
    assert np.bincount(found.person).tolist() == [10] * 40 and np.all(np.diff(found.person) >= 0)
    assert found.name == OLIVETTI.title and "AT&T Laboratories Cambridge" in found.source
    assert repr(found) == "<Olivetti faces: 400 pictures of 64 x 64 pixels, 40 people>"


def test_the_faces_stand_upright_and_no_picture_comes_twice(original):
    found = load_faces()
    assert len(np.unique(found.pictures.reshape(400, -1), axis=0)) == 400
    mirrored = np.abs(found.pictures.mean(axis=0) - found.pictures.mean(axis=0)[:, ::-1]).mean()
    turned = np.abs(found.pictures.mean(axis=0) - found.pictures.mean(axis=0)[::-1]).mean()
    assert 3 * mirrored < turned  # left and right of a face are alike, forehead and chin are not


def test_a_changed_file_gives_no_arrays(original, tmp_path, monkeypatch):
    path = tmp_path / OLIVETTI.name / OLIVETTI.files[0].name
    path.parent.mkdir()
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=path.name):
        load_faces(fallback=True)
    refuses_changed(lambda: load_faces(fallback=True), path, original)


def test_without_the_faces_it_says_so_or_draws_some_aloud(monkeypatch):
    def nothing(source):
        raise ConnectionError("olivettifaces.mat could not be had")

    monkeypatch.setattr(faces, "fetch_all", nothing)
    with pytest.raises(ConnectionError, match="could not be had"):
        load_faces()
    with pytest.warns(UserWarning, match="THESE ARE NOT THE OLIVETTI FACES.*could not be had"):
        assert load_faces(fallback=True).name == "drawn"


def test_drawn_faces_are_the_same_each_time_and_alike_within_a_person():
    found, again = drawn_faces(), drawn_faces()
    np.testing.assert_array_equal(found.pictures, again.pictures)
    assert found.pictures.shape == OLIVETTI.shape and found.pictures.dtype == np.uint8
    one, other, same = all_pairs(found.person)
    assert 0.7 < area(apart(shrink(found.pictures), one, other), same) < 0.99
    assert repr(found) == "<drawn: 400 pictures of 64 x 64 pixels, 40 people>"


def test_a_picture_shrinks_to_the_means_of_its_blocks():
    pictures = np.zeros((2, 64, 64), np.uint8)
    pictures[1, :4, 4:8] = 255
    pictures[1, 0, 0] = 160
    rows = shrink(pictures)
    assert rows.shape == (2, 256) and not rows[0].any()
    assert rows[1, :3].tolist() == [10 / 255, 1, 0] and not rows[1, 3:].any()


def test_every_pair_comes_once():
    one, other, same = all_pairs(np.array([3, 3, 5, 3]))
    assert list(zip(one.tolist(), other.tolist(), same.tolist(), strict=True)) == [
        *((0, 1, True), (0, 2, False), (0, 3, True)),
        *((1, 2, False), (1, 3, True), (2, 3, False)),
    ]
    codes = np.array([[0.0, 0], [3, 4], [3, 0], [0, 0]])
    assert apart(codes, one, other).tolist() == [5, 3, 0, 4, 5, 3]


BY_HAND = np.array([0.2, 0.5, 0.9, 0.4, 1.0, 1.3, 1.5]), np.array([True] * 3 + [False] * 4)


def test_area_and_false_accepts_are_those_of_the_page():
    assert area(*BY_HAND) == pytest.approx(10 / 12)
    assert false_accepts(*BY_HAND, share=2 / 3) == 1 / 4
    assert false_accepts(*BY_HAND) == 1 / 4 and false_accepts(*BY_HAND, share=1 / 3) == 0
    assert false_accepts(*BY_HAND, share=0) == 0 and false_accepts(*BY_HAND, share=1) == 1 / 4
    many = np.arange(101.0), np.arange(101) < 100
    assert false_accepts(*many, share=1) == 0 and false_accepts(-many[0], many[1], share=0.55) == 1
    tied = np.array([1.0, 1.0, 1.0]), np.array([True, False, False])
    assert area(*tied) == 0.5 and false_accepts(*tied) == 1


@given(st.integers(0, 99))
def test_the_area_is_that_under_the_curve(seed):
    rng = np.random.default_rng(seed)
    d, same = rng.integers(0, 6, 30) / 4, np.arange(30) < 12
    curve = np.array([[0, 0], *([np.mean(d[~same] <= t), np.mean(d[same] <= t)] for t in np.unique(d))])
    under = np.sum(np.diff(curve[:, 0]) * (curve[1:, 1] + curve[:-1, 1]) / 2)
    assert area(d, same) == pytest.approx(under)


def test_a_same_pair_is_pulled_and_a_different_one_pushed():
    codes = np.array([[0.42, 0.36], [0.42, 0.36], [0.42, 3.36], [0.3, 0.2], [0.3, 0.2], [0.3, 0.2]])
    cost = Contrastive()
    assert cost.forward(codes, np.array([True, False, False])) == pytest.approx((0.02 + 0.32 + 0) / 3)
    slope = np.array([[0.12, 0.16], [-0.48, -0.64], [0, 0]]) / 3
    np.testing.assert_allclose(cost.backward(), np.concatenate([slope, -slope]), atol=1e-12)


@pytest.mark.parametrize("margin", [0.5, 1.0, 4.0])
def test_the_way_back_through_the_cost_is_the_slope(margin):
    rng = np.random.default_rng(0)
    codes, same = 0.4 * margin * rng.standard_normal((24, 4)), np.arange(12) < 5
    short = apart(codes, np.arange(12), np.arange(12, 24))[~same] < margin
    assert 2 <= short.sum() < len(short)  # some are pushed, and some are far enough apart
    assert loss_gradient_error(Contrastive(margin), codes, same) < 1e-8


def test_two_codes_at_one_place_have_no_way_apart():
    cost, codes = Contrastive(), np.ones((2, 3))
    assert cost.forward(codes, np.array([False])) == 0.5
    assert not cost.backward().any()


def test_the_way_back_before_the_way_there_says_so():
    with pytest.raises(RuntimeError, match="Contrastive.backward came before forward"):
        Contrastive().backward()


def test_nothing_is_served_or_embedded():
    assert OLIVETTI.embedded is None and not OLIVETTI.served and not OLIVETTI.whole
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn_faces()
