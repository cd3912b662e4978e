"""Figures: pictures inline, with ids of their own, and small."""

from pathlib import Path

import pytest

from nnbook import npm
from nnbook.figures import PROLOG, with_own_ids

MODULES = Path(__file__).parents[2] / "_build" / "npm" / "node_modules"
needs_npm = pytest.mark.skipif(not MODULES.is_dir(), reason="npm's packages are not here: run `make book` first")


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


@needs_npm
def test_a_picture_gets_smaller_and_keeps_what_it_says():
    svg = (
        '<svg role="img" aria-label="A line." viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">'
        '<g>\n <g><path style="stroke: var(--nnlib-ink, #1f2328)" d="M 0.123456 1 \nL 2 3"/></g></g></svg>'
    )
    (less,) = npm.run("figures.cjs", {"svgs": [svg]}, MODULES)["svgs"]
    assert len(less) < len(svg)
    for kept in ('role="img"', 'aria-label="A line."', "var(--nnlib-ink, #1f2328)", "M.12 1"):
        assert kept in less
