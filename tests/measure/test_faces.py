"""The study of faces: who is tested was not learned from, and what is measured is what it is called."""

import json

import numpy as np
import pytest

from chapters import lacks_data
from measure import MEASURED
from measure.studies import faces
from nnlib.alive.faces import counts
from nnlib.studies.faces import all_pairs, drawn_faces, shrink

STORED = json.loads((MEASURED / "studies" / "faces.json").read_text(encoding="utf-8"))
ONCE = {"hidden": 8, "margin": 1.0, "rate": 0.001, "epochs": 1}


@pytest.fixture
def drawn(monkeypatch):
    """Drawn faces in place of the real ones."""
    found = drawn_faces()
    monkeypatch.setattr(faces, "faces", lambda: found)
    monkeypatch.setattr(faces, "rows", lambda: shrink(found.pictures))
    return found


def test_each_draw_was_measured_with_what_was_chosen_for_it():
    assert STORED["seeds"] == list(faces.SEEDS) and len(STORED["runs"]) == len(STORED["torch"]) == 5
    for way in faces.NETWORKS:
        assert np.shape(STORED["by seed"][way]) == (5, 5)
        for seed, run in enumerate(STORED["runs"]):  # a draw's own seed is among the five
            for part in ("told", "set before"):
                assert STORED["by seed"][way][seed][seed][part] == pytest.approx(run[part][way], abs=1e-5)
    for run in STORED["runs"]:
        network, eigen = run["settings"]["network"], run["settings"]["eigenfaces"]
        assert network["hidden"] == faces.HIDDEN and run["settings"]["without hidden layer"]["hidden"] == 0
        assert network["margin"] in faces.MARGINS and network["epochs"] in faces.EPOCHS
        assert eigen["count"] in faces.EIGEN["count"]
        for pairs, epochs in faces.COLLAPSED_EPOCHS.items():
            assert all(len(each) == epochs + 1 for each in run["collapse"][pairs].values())


def test_eigenfaces_tell_what_scikit_learns_components_tell():
    for run in STORED["runs"]:
        assert run["told"]["eigenfaces"]["area"] == pytest.approx(run["told"][faces.PEER]["area"], abs=1e-5)


def test_the_page_has_the_pairs_that_were_measured():
    for way, name in faces.SHOWN.items():
        for run, (different, same) in zip(STORED["runs"], counts()[name], strict=True):
            near = np.cumsum(different) - different / 2  # a tie counts half
            area = 1 - np.sum(same * near) / same.sum() / different.sum()
            assert area == pytest.approx(run["told"][way]["area"], abs=2e-3)


def test_the_people_of_a_draw_are_tested_or_learned_from_and_five_at_a_time_are_set_aside(drawn):
    for seed in faces.SEEDS:
        people, tested = faces.parts(seed)
        assert sorted([*people, *tested]) == list(range(40)) and len(tested) == faces.TESTED
        asides = []
        for learn, aside in faces.rounds(people):
            assert len(learn) == 250 and len(aside) == 50
            known, new = set(drawn.person[learn].tolist()), set(drawn.person[aside].tolist())
            assert not known & new and not (known | new) & set(tested.tolist())
            asides += sorted(new)
        assert sorted(asides) == sorted(people.tolist())
    assert not np.array_equal(faces.parts(0)[1], faces.parts(1)[1])


@pytest.mark.parametrize(
    "way",
    [
        lambda learn: faces.by_eigenfaces(learn, 5, True),
        lambda learn: faces.by_scikit_learn(learn, 5, True),
        lambda learn: faces.by_fisherfaces(learn, 5, 0.3),
        lambda learn: faces.by_network(learn, 0, **ONCE),
    ],
    ids=["eigenfaces", "scikit-learn", "Fisherfaces", "network"],
)
def test_no_code_is_made_of_people_who_are_tested(drawn, monkeypatch, way):
    people, tested = faces.parts(0)
    said = way(faces.of(people))(faces.rows()[:30])
    other = faces.rows().copy()
    other[faces.of(tested)] = 0.5
    first = faces.rows()[:30].copy()
    monkeypatch.setattr(faces, "rows", lambda: other)
    np.testing.assert_array_equal(way(faces.of(people))(first), said)


def test_eigenfaces_are_scaled_to_one_spread_where_that_is_asked(drawn):
    learn = faces.of(faces.parts(0)[0])
    assert faces.by_eigenfaces(learn, 5, True)(faces.rows()[learn]).std(axis=0) == pytest.approx(1)
    assert np.ptp(faces.by_eigenfaces(learn, 5, False)(faces.rows()[learn]).std(axis=0)) > 0.1


def test_labels_dealt_by_lot_are_those_of_the_known_pictures_at_other_places(drawn, monkeypatch):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    learned, fit = [], LinearDiscriminantAnalysis.fit

    def seen(model, x, labels):
        learned.append(labels)
        return fit(model, x, labels)

    monkeypatch.setattr(LinearDiscriminantAnalysis, "fit", seen)
    learn = faces.of(faces.parts(0)[0])
    for dealt in (None, 0, 1):
        faces.by_fisherfaces(learn, 5, 0.3, dealt)
    plain, *others = learned
    np.testing.assert_array_equal(plain, drawn.person[learn])
    for labels in others:
        np.testing.assert_array_equal(np.sort(labels), np.sort(plain))
        assert np.mean(labels == plain) < 0.2
    assert not np.array_equal(*others)


@pytest.mark.parametrize("push", [True, False])
def test_an_epoch_has_every_same_pair_once_and_as_many_others_if_they_are_pushed(push):
    same = all_pairs(np.repeat(np.arange(6), 5))[2]
    places = np.concatenate([*faces.batches(same, np.random.default_rng(0), push)])
    assert len(set(places.tolist())) == len(places) and same[places].sum() == same.sum() == 60
    assert len(places) == (120 if push else 60)


def test_both_networks_of_the_trap_have_as_many_pictures_and_the_same_pairs(drawn, monkeypatch):
    learned, tests = [], []

    def by_network(learn, seed):
        assert seed == 3  # the network's own, not the draw's
        learned.append(set(learn.tolist()))
        return lambda x: x

    def told(encode, places):
        tests.append(set(places.tolist()))
        return {}

    monkeypatch.setattr(faces, "by_network", by_network)
    monkeypatch.setattr(faces, "told", told)
    assert faces.known(0, {}, 3)["pictures"] == [250, 250]
    tested = set(faces.of(faces.parts(0)[1]).tolist())
    assert tests[0] == tests[1] < tested and len(tests[0]) == 50
    never, knows = learned
    assert not never & tested and knows & tested == tested - tests[0]
    for each in learned:
        assert np.sort(np.bincount(drawn.person[[*each]], minlength=40)).tolist() == [0] * 10 + [5] * 10 + [10] * 20


def test_without_a_push_the_codes_collapse(drawn):
    pulled, both = (faces.collapse(0, pairs) for pairs in ("same alone", "both"))
    assert pulled["known different"][0] == both["known different"][0]  # untrained
    assert pulled["cost"][-1] < pulled["cost"][0]
    for far in ("known different", "new different"):
        assert pulled[far][-1] < pulled[far][0] / 2 and both[far][-1] > 5 * pulled[far][-1]
    assert both["new area"][-1] > pulled["new area"][-1]


def test_true_accepts_are_those_nearer_than_all_but_a_few_different_pairs():
    d, same = np.array([1.0, 3.0, 5.0, 2.0, 4.0, 6.0, 7.0]), np.arange(7) < 3
    assert faces.true_accepts(d, same, 0.25) == 2 / 3 and faces.true_accepts(d, same, 0.1) == 1 / 3


def test_a_threshold_set_before_is_laid_on_the_people_set_aside_and_judged_on_others(drawn):
    people, tested = faces.parts(0)
    found = faces.set_before(faces.by_pixels, people, lambda x: x, faces.of(tested))
    near = []
    for _, aside in faces.rounds(people):
        d, same = faces.distances(lambda x: x, aside)
        near.extend(d[same])
    d, same = faces.distances(lambda x: x, faces.of(tested))
    threshold = max(each for each in d if np.mean(np.array(near) < each) < 0.9)
    assert found["true accepts"] == pytest.approx(np.mean(d[same] <= threshold))
    assert found["false accepts"] == pytest.approx(np.mean(d[~same] <= threshold))


def test_a_strict_threshold_lets_one_in_twenty_different_pairs_of_the_people_set_aside_pass(drawn):
    people, tested = faces.parts(0)
    found = faces.set_before(faces.by_pixels, people, lambda x: x, faces.of(tested))
    asides = [faces.distances(lambda x: x, aside) for _, aside in faces.rounds(people)]
    far = np.concatenate([d[~same] for d, same in asides])
    threshold = max(each for each in far if np.mean(far <= each) <= 0.05)
    d, same = faces.distances(lambda x: x, faces.of(tested))
    assert found["strict true accepts"] == pytest.approx(np.mean(d[same] <= threshold))
    assert found["strict false accepts"] == pytest.approx(np.mean(d[~same] <= threshold))
    assert found["strict false accepts"] < found["false accepts"]


def test_same_pairs_and_different_ones_are_told_apart(monkeypatch):
    codes = np.array([[0.0, 0], [3, 4], [0, 2]])
    monkeypatch.setattr(faces, "rows", lambda: codes)
    monkeypatch.setattr(faces, "faces", lambda: drawn_faces()._replace(person=np.array([0, 0, 1])))
    found = faces.apart_by(lambda x: x, np.arange(3))
    assert found == {"same": 5, "different": pytest.approx((2 + 13**0.5) / 2), "area": 0}


def test_rejects_are_counted_by_person_where_nine_in_ten_are_accepted(monkeypatch):
    person = np.repeat(np.arange(2), 5)
    x = np.concatenate([np.arange(5), 100 + 2 * np.arange(5)])[:, None].astype(float)
    monkeypatch.setattr(faces, "rows", lambda: x)
    monkeypatch.setattr(faces, "faces", lambda: drawn_faces()._replace(person=person))
    assert faces.rejected(lambda x: x, np.array([0, 1])) == [0, 1]  # of the 20 pairs two are 6 apart, one 8


@pytest.mark.skipif(lacks_data({"nnlib": {"data": "olivetti-faces"}}), reason="the Olivetti faces are not here")
def test_the_plain_answers_are_those_that_are_stored():
    for seed, run in enumerate(STORED["runs"]):
        people, tested = faces.parts(seed)
        learn, test = faces.of(people), faces.of(tested)
        assert sorted(tested.tolist()) == run["people"]
        found = faces.told(faces.by_pixels(learn), test)
        assert found == pytest.approx(run["told"]["pixels"], abs=1e-5)
        found = faces.told(faces.by_eigenfaces(learn, **run["settings"]["eigenfaces"]), test)
        assert found == pytest.approx(run["told"]["eigenfaces"], abs=1e-5)
