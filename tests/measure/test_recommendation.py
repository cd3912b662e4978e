"""The study of recommendation: what is tested was not learned from, and what is measured is what it is called."""

import json

import numpy as np
import pytest

from chapters import lacks_data
from measure import MEASURED
from measure.studies import recommendation
from nnlib.studies.recommendation import Ratings, biases

STORED = json.loads((MEASURED / "studies" / "recommendation.json").read_text(encoding="utf-8"))
FEW = Ratings(
    np.array([0, 1, 1, 0, 1, 1, 0, 0, 2, 2, 3, 3, 4, 5, 5, 4, 4, 3, 5, 5, 2, 6, 6, 6, 6] * 2),
    np.arange(50) % 7,
    np.arange(50) % 10 / 2 + 0.5,
    np.arange(50.0),
    "few",
    "",
)


@pytest.fixture
def few(monkeypatch):
    """Fifty ratings of three persons in place of the real ones."""
    monkeypatch.setattr(recommendation, "ratings", lambda: FEW)
    return FEW


def test_each_split_has_five_runs_with_what_was_chosen():
    assert STORED["seeds"] == list(recommendation.SEEDS) and set(STORED["splits"]) == set(recommendation.SPLITS)
    for found in STORED["splits"].values():
        assert len(found["runs"]) == 5
        for run in found["runs"]:
            assert run["settings"]["network"]["taste"] in recommendation.TASTES
            assert run["settings"]["network"]["epochs"] <= recommendation.EPOCHS
    assert all(len(values) == 5 for values in STORED["torch"].values())


@pytest.mark.parametrize("name", recommendation.SPLITS)
def test_a_split_holds_every_rating_once(few, name):
    rest, test, learn, other = recommendation.parts(name, 3)
    assert sorted([*rest, *test]) == list(range(50)) and sorted([*learn, *other]) == rest.tolist()
    assert 0 < len(test) <= 20 and len(other) > 0


def test_the_latest_are_later_and_new_persons_are_new(few):
    places = np.arange(50)
    rest, test = recommendation.by_time(places, None)
    assert rest.max() < test.min() and len(test) == 10
    rest, test = recommendation.new_persons(places, np.random.default_rng(0))
    assert not set(few.person[rest].tolist()) & set(few.person[test].tolist())
    rest, test = recommendation.own_latest(places, None)
    for one in range(7):
        own = rest[few.person[rest] == one], test[few.person[test] == one]
        assert own[0].max() < own[1].min() and len(own[1]) == round(0.2 * sum(map(len, own)))


def test_the_draws_differ_from_seed_to_seed_and_those_by_time_do_not(few):
    assert not np.array_equal(recommendation.parts("at random", 0)[1], recommendation.parts("at random", 1)[1])
    assert np.array_equal(recommendation.parts("by time", 0)[1], recommendation.parts("by time", 1)[1])


def test_what_is_tested_is_not_learned_from(few, monkeypatch):
    rest, test, *_ = recommendation.parts("at random", 0)
    other = few._replace(stars=np.where(np.isin(np.arange(50), test), 5.0, few.stars))
    ways = (
        recommendation.by_mean,
        lambda places: recommendation.by_film(places, 3.0),
        lambda places: recommendation.by_biases(places, 3.0, 3.0),
        lambda places: recommendation.by_network(places, 0, taste=2, strength=1e-4, epochs=2),
    )
    for way in ways:
        monkeypatch.setattr(recommendation, "ratings", lambda: few)
        said = way(rest)(few.person, few.film)
        monkeypatch.setattr(recommendation, "ratings", lambda: other)
        np.testing.assert_array_equal(way(rest)(few.person, few.film), said)


def test_an_error_is_the_root_of_the_mean_square(few):
    assert recommendation.miss(lambda person, film: few.stars[:2] + [1, 3], np.arange(2)) == pytest.approx(5**0.5)


def test_a_persons_bias_is_set_anew_from_what_she_gave_before(few, monkeypatch):
    monkeypatch.setattr(recommendation, "EARLIER", (0, 2))
    rest, test = np.arange(20), np.arange(20, 50)
    found = recommendation.set_anew(rest, test, 3.0, 3.0)
    mean, _, of_film = biases(few.person[rest], few.film[rest], few.stars[rest], (7, 7))
    left = few.stars - mean - of_film[few.film]
    errors = []
    for place in test:
        before = left[:place][few.person[:place] == few.person[place]]
        errors.append(left[place] - before.sum() / (len(before) + 3))
    assert found["missed"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert sum(found["n"]) == 30 and len(found["by earlier"]) == 2


def test_once_a_day_a_bias_is_set_from_earlier_days_alone(monkeypatch):
    ratings = FEW._replace(day=np.arange(50) // 10 + 0.5)
    monkeypatch.setattr(recommendation, "ratings", lambda: ratings)
    rest, test = np.arange(20), np.arange(20, 50)
    found = recommendation.set_anew_daily(rest, test, 3.0, 3.0)
    mean, _, of_film = biases(FEW.person[rest], FEW.film[rest], FEW.stars[rest], (7, 7))
    left = FEW.stars - mean - of_film[FEW.film]
    before = [left[: 10 * (place // 10)][FEW.person[: 10 * (place // 10)] == FEW.person[place]] for place in test]
    errors = [left[place] - own.sum() / (len(own) + 3) for place, own in zip(test, before, strict=True)]
    assert found["missed"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert found["with any"] == pytest.approx(np.mean([len(own) > 0 for own in before])) and found["with any"] < 1


def test_another_day_holds_only_ratings_of_a_later_day(monkeypatch):
    day = np.repeat(np.arange(5), 10) + 0.5  # two persons: one rates on every day, the other all on the first
    person = np.tile([0, 1], 25)
    ratings = Ratings(person, np.arange(50) % 7, FEW.stars, np.where(person == 0, day, 0.5), "", "")
    monkeypatch.setattr(recommendation, "ratings", lambda: ratings)
    settings = {
        "mean": {},
        "film": {"extra": 3.0},
        "biases": {"persons": 3.0, "films": 3.0},
        "network": {"taste": 2, "strength": 1e-4, "epochs": 1},
    }
    found = recommendation.another_day(settings)
    assert found["n"] == 5 and found["persons"] == 1 and len(found["network"]) == len(recommendation.SEEDS)


def test_liked_counts_the_first_ten_of_each_person(monkeypatch):
    film = np.arange(60)
    stars = np.where(film < 15, 5.0, 1.0)  # of the first twenty films fifteen are liked
    ratings = Ratings(np.repeat([0, 1], [40, 20]), film, stars, film / 1.0, "", "")
    monkeypatch.setattr(recommendation, "ratings", lambda: ratings)
    found = recommendation.liked({"mean": None, "best": lambda person, film: -film}, film[:1], film, 0)
    assert found["persons"] == 2 and found["best"] == 0.5 and 0 <= found["by lot"] < 0.5


def test_lists_name_no_film_that_was_rated_and_count_what_they_name(few, monkeypatch):
    monkeypatch.setattr(recommendation, "FIRST", 2)
    found = recommendation.spreads(lambda person, film: -film.astype(float), np.array([0]))  # person 0 rated film 0
    assert found["different films"] == 3  # 0 and 1 for all others, 1 and 2 for her
    assert found["ratings of a recommended film"] == 0.0


@pytest.mark.skipif(lacks_data({"nnlib": {"data": "movielens-latest-small"}}), reason="MovieLens is not here")
def test_the_plain_answers_are_those_that_are_stored():
    for name, found in STORED["splits"].items():
        run = found["runs"][0]
        rest, test, *_ = recommendation.parts(name, 0)
        assert len(test) == run["tested"]
        assert recommendation.miss(recommendation.by_mean(rest), test) == pytest.approx(run["missed"]["mean"], abs=1e-5)
        said = recommendation.by_biases(rest, **run["settings"]["biases"])
        assert recommendation.miss(said, test) == pytest.approx(run["missed"]["biases"], abs=1e-5)


@pytest.mark.skipif(lacks_data({"nnlib": {"data": "movielens-latest-small"}}), reason="MovieLens is not here")
def test_the_latest_fifth_holds_whom_and_what_is_stored():
    r, (rest, test, *_), found = recommendation.ratings(), recommendation.parts("by time", 0), STORED["latest"]
    new = ~np.isin(r.film[test], r.film[rest])
    assert (new.sum(), len(set(r.film[test][new]))) == (found["new films"]["n"], found["new films"]["films"])
    before, after = set(r.person[rest]), set(r.person[test])
    assert (len(after & before), len(after - before)) == (found["known persons"], found["newcomers"])
    mean = recommendation.by_mean(rest)  # all that is said of a film that has no rating
    assert recommendation.miss(mean, test[new]) == pytest.approx(found["new films"]["film"], abs=1e-5)
