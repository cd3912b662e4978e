"""The study of medical diagnosis: what a split sets aside has taught and chosen nothing, and the sums are right."""

import json

import numpy as np
import pytest

from measure import MEASURED
from measure.studies import medicine
from nnlib import load_breast_cancer

STORED = json.loads((MEASURED / "studies" / "medicine.json").read_text(encoding="utf-8"))
ALL = STORED["answers"] | STORED["peers"]
EACH = pytest.mark.parametrize("name", ALL)


@EACH
def test_every_answer_was_given_on_every_split(name):
    found = ALL[name]
    assert len(set(STORED["seeds"])) == medicine.SPLITS == len(found["right"]) == len(found["cost"])
    for threshold in medicine.THRESHOLDS:
        assert len(found[threshold]["sensitivity"]) == len(found[threshold]["specificity"]) == medicine.SPLITS
    assert sum(tenth["n"] for tenth in found["reliability"]) == medicine.SPLITS * 114


@pytest.mark.parametrize("name", ["one neuron", "network"])
def test_neuron_and_network_chose_among_what_the_program_tries(name):
    chosen = STORED["answers"][name]["chosen"]
    assert sum(times for _, _, times in chosen) == medicine.SPLITS
    assert all(rate in medicine.RATES and strength in medicine.STRENGTHS for rate, strength, _ in chosen)


def test_the_misjudged_tumours_are_rows_of_the_table_with_their_own_label():
    x, y = medicine.tumours()
    table = load_breast_cancer()
    assert x.shape == (569, 30) and np.array_equal(x[456:], table.x_test) and y.sum() == 212
    assert all(y[tumour["row"]] == tumour["malignant"] for tumour in STORED["often wrong"])
    assert all(tumour["wrong"] > tumour["tested"] / 2 for tumour in STORED["often wrong"])


def test_what_is_set_aside_has_no_say(monkeypatch):
    monkeypatch.setattr(medicine, "EPOCHS", 2)
    monkeypatch.setattr(medicine, "RATES", (0.01,))
    monkeypatch.setattr(medicine, "STRENGTHS", (0.01, 0.1))
    first = medicine.one_split(3)
    x, y = medicine.tumours()
    assert len(first["aside"]) == 114 and len(set(first["aside"])) == 114
    y = y.copy()
    y[first["aside"]] = 1 - y[first["aside"]]  # other labels there change nothing of what is said
    monkeypatch.setattr(medicine, "tumours", lambda: (x, y))
    second = medicine.one_split(3)
    assert first["chosen"] == second["chosen"] and first["threshold"] == second["threshold"]
    for name, p in first["p"].items():
        assert np.array_equal(p, second["p"][name]), name


def test_the_one_threshold_is_the_best_there_is():
    x = np.array([[5.0, 1], [6, 2], [7, 9], [1, 8], [9, 3]])
    y = np.array([0, 0, 1, 1, 0])
    column, threshold, judge = medicine.one_threshold(x, y)
    assert (column, threshold) == (1, 5.5) and judge(x).tolist() == [0, 0, 1, 1, 0]


def test_sensitivity_is_of_the_malignant_and_specificity_of_the_benign():
    p, y = np.array([0.9, 0.2, 0.7, 0.5, 0.1]), np.array([1, 1, 0, 0, 0])
    assert medicine.rates_of(p, y, 0.5) == (1 / 2, 2 / 3)
    assert medicine.rates_of(p, y, 0.1) == (1, 1 / 3)


def test_reliability_says_how_often_each_probability_came_true():
    p, y = np.array([0.0, 0.04, 0.62, 0.68, 1.0]), np.array([0, 1, 1, 1, 1])
    assert medicine.reliability(p, y) == [
        {"n": 2, "said": pytest.approx(0.02), "true": 0.5},
        {"n": 2, "said": pytest.approx(0.65), "true": 1.0},
        {"n": 1, "said": 1.0, "true": 1.0},
    ]


def test_a_sure_answer_that_is_wrong_has_a_finite_cost():
    cost = medicine.cross_entropy(np.array([1.0, 0.5]), np.array([0, 1]))
    assert cost == pytest.approx((6 * np.log(10) + np.log(2)) / 2)
