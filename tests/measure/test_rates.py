"""Rates: a search goes on beyond an edge, and stops where the list does."""

from measure.rates import to_try

RATES = (0.01, 0.03, 0.1, 0.3, 1.0)


def test_it_begins_around_the_middle_and_goes_on_beyond_the_edge_at_which_the_best_lies():
    assert to_try(RATES, (), 0.1) == [0.03, 0.1, 0.3]
    assert to_try(RATES, (), 0.1, around=2) == list(RATES)
    assert to_try(RATES, (0.03, 0.1, 0.3), 0.3) == [1.0]
    assert to_try(RATES, (0.03, 0.1, 0.3), 0.03) == [0.01]
    assert to_try(RATES, (0.03, 0.1, 0.3), 0.1) == []


def test_at_an_end_of_the_list_nothing_comes_from_its_other_end():
    assert to_try(RATES, (0.01, 0.03), 0.01) == []
    assert to_try(RATES, (0.3, 1.0), 1.0) == []
    assert to_try(RATES, (), 0.01, around=2) == [0.01, 0.03, 0.1]
