"""Pages: what a page is said to be about, and the first one at the root."""

import pytest

from nnbook.pages import LONGEST, at_root, shortened


def test_a_long_description_ends_where_a_sentence_a_clause_or_at_least_a_word_does():
    assert shortened("two\n lines") == "two lines"
    sentence = "A network of 13,002 numbers learns to read handwritten digits."
    assert shortened(f"{sentence} Then {'more words ' * 20}") == sentence
    clauses = "find the slope of the cost for every weight, in one backward pass"
    assert shortened(f"{clauses}, {'and so on ' * 20}") == f"{clauses}…"
    words = shortened("word " * 100)
    assert len(words) <= LONGEST and words.endswith("word…")


@pytest.mark.parametrize(
    ("in_folder", "at_top"),
    [
        ('<a href="../search.html?q=x">', '<a href="search.html?q=x">'),
        ('<a class="b" href="02_x.html#place">', '<a class="b" href="book/02_x.html#place">'),
        ('<script src="../_static/a.js?v=1">', '<script src="_static/a.js?v=1">'),
        ('<html lang="en" data-content_root="../">', '<html lang="en" data-content_root="./">'),
        ('<form action="../search.html">', '<form action="search.html">'),
        ('<a href="#place">', '<a href="#place">'),
        ('<a href="https://example.org/a.html">', '<a href="https://example.org/a.html">'),
        ('<a href="mailto:a@example.org">', '<a href="mailto:a@example.org">'),
        ('<p data-href="a.html">', '<p data-href="a.html">'),
    ],
)
def test_an_address_on_the_root_page_leads_where_it_led_before(in_folder, at_top):
    assert at_root(in_folder, "book") == at_top
