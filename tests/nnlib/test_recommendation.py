"""The data of the study of recommendation: MovieLens as published, invented ratings in its place, biases, the match."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import fetch
from nnlib.gradient_check import gradient_errors
from nnlib.studies import recommendation
from nnlib.studies.recommendation import MOVIELENS, ZIPPED, Match, biases, invented_ratings, load_ratings, shrunk


@pytest.fixture
def original():
    """The bytes of the published file."""
    try:
        (data,) = fetch.fetch_all(MOVIELENS._replace(mirrors=()))
    except (ConnectionError, FileNotFoundError):
        pytest.skip(f"{MOVIELENS.title}: the original is not here")
    return data


def test_the_ratings_are_the_published_ones_in_the_order_of_time(original):
    ratings = load_ratings()
    assert (len(ratings.stars), ratings.person.max(), ratings.film.max()) == (100836, 609, 9723)
    assert np.all(np.diff(ratings.day) >= 0) and ratings.day[0] == 0
    assert set(ratings.stars.tolist()) == set((np.arange(1, 11) / 2).tolist())
    given = [line.split(",") for line in original.decode().splitlines()[1:]]
    persons = np.unique([int(row[0]) for row in given])
    assert np.bincount(ratings.person).tolist() == [sum(int(r[0]) == p for r in given) for p in persons[:3]] + (
        np.bincount(ratings.person)[3:].tolist()
    )
    assert ratings.stars.sum() == sum(float(row[2]) for row in given)
    first = min(given, key=lambda row: int(row[3]))
    assert (persons[ratings.person[0]], ratings.stars[0]) == (int(first[0]), float(first[2]))
    assert ratings.name == "MovieLens" and MOVIELENS.licence in ratings.source


def test_the_file_out_of_grouplens_own_zip_gives_the_same(original, tmp_path, monkeypatch):
    ratings = load_ratings()
    (tmp_path / MOVIELENS.name).mkdir()
    path = tmp_path / MOVIELENS.name / ZIPPED.name
    path.write_bytes(original.replace(b"\n", b"\r\n"))
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path))
    for ours, theirs in zip(load_ratings()[:4], ratings[:4], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    path.write_bytes(original[:-1] + b"x")
    with pytest.raises(ValueError, match="expected 80da8b3393"):
        load_ratings(fallback=True)


def test_without_the_ratings_it_says_so_or_invents_some_aloud(monkeypatch):
    def nothing(source):
        raise ConnectionError("ratings.csv could not be had")

    monkeypatch.setattr(recommendation, "fetch_all", nothing)
    with pytest.raises(ConnectionError, match="could not be had"):
        load_ratings()
    with pytest.warns(UserWarning, match="THESE ARE NOT MOVIELENS' RATINGS.*could not be had"):
        ratings = load_ratings(fallback=True)
    assert ratings.name == "invented"


def test_invented_ratings_look_like_ratings_and_are_the_same_each_time():
    ratings, again = invented_ratings(), invented_ratings()
    assert all(np.array_equal(a, b) for a, b in zip(ratings[:4], again[:4], strict=True))
    assert set(ratings.stars.tolist()) == set((np.arange(1, 11) / 2).tolist())
    assert np.all(np.diff(ratings.day) >= 0) and np.bincount(ratings.person).min() >= 20
    assert len(np.unique(ratings.person * 400 + ratings.film)) == len(ratings.stars)  # nobody rates a film twice
    assert repr(ratings) == "<invented: 17,639 ratings, 240 persons, 400 films>"
    cut = int(0.8 * len(ratings.stars))
    assert np.mean(~np.isin(ratings.person[cut:], ratings.person[:cut])) > 0.5


def test_a_single_rating_is_shrunk_to_a_quarter():
    rest = np.array([1.5, 1.0, 1.0])
    np.testing.assert_allclose(shrunk(np.array([0, 2, 2]), rest, 4), [0.375, 0, 0.4, 0])


@given(st.integers(0, 50), st.sampled_from([(3, 3), (1, 10)]))
def test_biases_are_where_the_penalised_error_is_least(seed, extra):
    rng = np.random.default_rng(seed)
    person, film, stars = rng.integers(0, 6, 40), rng.integers(0, 8, 40), rng.integers(1, 11, 40) / 2
    mean, b_person, b_film = biases(person, film, stars, (7, 9), extra)
    assert mean == stars.mean() and b_person[6] == b_film[8] == 0
    left = stars - mean - b_person[person] - b_film[film]
    np.testing.assert_allclose(np.bincount(person, left, 7), extra[0] * b_person, atol=1e-6)
    np.testing.assert_allclose(np.bincount(film, left, 9), extra[1] * b_film, atol=1e-6)


def test_the_match_adds_biases_and_the_product_of_tastes():
    a = np.array([[[0.2, 0.5, -0.2], [0.1, 0.6, 0.5]]])
    match = Match()
    np.testing.assert_allclose(match.forward(a), [[0.5]])
    np.testing.assert_allclose(match.backward(np.array([[-1.0]])), [[[-1, -0.6, -0.5], [-1, -0.5, 0.2]]])


@pytest.mark.parametrize("taste", [0, 1, 5])
def test_the_way_back_through_the_match_is_the_slope(taste):
    rng = np.random.default_rng(0)
    errors = gradient_errors(Match(), rng.standard_normal((6, 2, 1 + taste)), rng)
    assert errors["x"] < 1e-8


def test_nothing_is_served_or_embedded():
    assert MOVIELENS.embedded is None and not MOVIELENS.served and not MOVIELENS.whole
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        invented_ratings()
