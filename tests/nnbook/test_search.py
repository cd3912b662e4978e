"""Search: the page that says most about a word comes first."""

from nnbook.search import pages_about


def test_a_search_prefers_the_pages_that_use_a_word_most():
    assert pages_about({"delta": 67, "museum": 19, "cost": 9}) == ["delta"]
    assert pages_about({"a": 10, "b": 6, "c": 5}) == ["a", "b"]
    assert pages_about({"a": 3, "b": 1}) == []
