"""The book's Sphinx extension, where it decides something."""

import pytest

from nnbook.figures import PROLOG, with_own_ids
from nnbook.links import repository_url
from nnbook.pages import LONGEST, shortened


@pytest.mark.parametrize(
    ("named", "remote", "expected"),
    [
        ("someone/book", "", "https://github.com/someone/book"),
        ("https://gitlab.com/someone/book.git", "git@github.com:a/b.git", "https://gitlab.com/someone/book"),
        ("", "git@github.com:fork/how-it-learns.git", "https://github.com/fork/how-it-learns"),
        ("", "https://github.com/fork/how-it-learns", "https://github.com/fork/how-it-learns"),
        ("", "ssh://git@github.com/fork/book.git", "https://github.com/fork/book"),
        ("", "/srv/git/book.git", ""),
        ("", "", ""),
    ],
)
def test_links_follow_the_repository_that_builds_the_book(named, remote, expected):
    assert repository_url(named, remote) == expected


def test_ids_of_a_picture_and_what_refers_to_them_get_the_same_prefix():
    svg = (
        '<svg aria-labelledby="t u"><title id="t">x</title><path id="p" clip-path="url(#c)"/>'
        '<clipPath id="c"/><use href="#p"/><use xlink:href="#p"/><a href="#elsewhere"/></svg>'
    )
    assert with_own_ids(svg, "fig1-") == (
        '<svg aria-labelledby="fig1-t u"><title id="fig1-t">x</title><path id="fig1-p" clip-path="url(#fig1-c)"/>'
        '<clipPath id="fig1-c"/><use href="#fig1-p"/><use xlink:href="#fig1-p"/><a href="#elsewhere"/></svg>'
    )


def test_nothing_but_the_picture_is_left_of_an_svg_file():
    file = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "a"\n "b">\n<svg><metadata>\nwhen</metadata><g/></svg>'
    assert PROLOG.sub("", file).strip() == "<svg><g/></svg>"


def test_a_long_description_ends_at_a_word():
    text = shortened("word " * 100)
    assert len(text) <= LONGEST
    assert text.endswith("word…")
    assert shortened("two\n lines") == "two lines"
