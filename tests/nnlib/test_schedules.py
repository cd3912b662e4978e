"""Schedules: the rate at each step, by hand."""

import math

import numpy as np
import pytest

from nnlib import SGD, Parameter, cosine, step_decay, warm_up


def test_step_decay_by_hand():
    schedule = step_decay(0.8, every=3, factor=0.5)
    assert [schedule(step) for step in range(8)] == pytest.approx([0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2])
    assert step_decay(0.8, 3)(3) == pytest.approx(0.08)


def test_cosine_falls_slowly_then_fast_then_slowly_and_stays_where_it_ends():
    schedule = cosine(2.0, steps=6)
    root = math.sqrt(3) / 2
    assert [schedule(step) for step in range(9)] == pytest.approx([2, 1 + root, 1.5, 1, 0.5, 1 - root, 0, 0, 0])
    left = cosine(2.0, steps=6, left=0.1)
    assert [left(step) for step in (0, 3, 6, 60)] == pytest.approx([2, 1.1, 0.2, 0.2])


def test_warm_up_rises_in_a_straight_line_to_a_number_and_stays():
    schedule = warm_up(0.4, 4)
    assert [schedule(step) for step in range(6)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])


def test_a_schedule_begins_when_the_warm_up_is_over():
    schedule = warm_up(step_decay(0.4, every=2, factor=0.5), 2)
    assert [schedule(step) for step in range(7)] == pytest.approx([0.2, 0.4, 0.4, 0.4, 0.2, 0.2, 0.1])


def test_the_warm_up_leads_to_the_first_rate_of_what_follows():
    schedule = warm_up(step_decay(0.4, every=1, factor=0.5), 2)
    assert [schedule(step) for step in range(4)] == pytest.approx([0.2, 0.4, 0.4, 0.2])
    with pytest.raises(ValueError, match="rate: got 0"):
        warm_up(lambda step: step, 2)


def test_an_optimizer_follows_a_schedule_and_refuses_the_step_for_which_nothing_is_left():
    p = Parameter("w", np.zeros(1), np.ones(1))
    sgd = SGD([p], cosine(1.0, steps=2))
    sgd.step()
    sgd.step()
    assert p.value[0] == pytest.approx(-1.5)
    with pytest.raises(ValueError, match="learning_rate: got 0.0, expected a finite number above 0"):
        sgd.step()
    assert p.value[0] == pytest.approx(-1.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: step_decay(0, 10), "rate: got 0, expected a finite number above 0"),
        (lambda: step_decay(0.1, 0), "every: got 0, expected a whole number of at least 1"),
        (lambda: step_decay(0.1, 10, 0), "factor: got 0, expected a finite number above 0"),
        (lambda: cosine(-1, 10), "rate: got -1"),
        (lambda: cosine(0.1, 2.5), "steps: got 2.5, expected a whole number"),
        (lambda: cosine(0.1, 10, 1), "left: got 1, expected a number from 0 up to, but not including, 1"),
        (lambda: warm_up(0, 10), "rate: got 0"),
        (lambda: warm_up(lambda step: -1, 10), "rate: got -1"),
        (lambda: warm_up(0.1, 0), "steps: got 0"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(make, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make()
