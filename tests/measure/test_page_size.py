"""What a page weighs on its way to the reader, and how little stands between them. It reads _build/html."""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pages_read import SITE, tags

from chapters import chapters

MOST = 400_000  # bytes of a chapter's first visit, its figures aside
FIGURES = re.compile(r"<svg\b.*?</svg>|data:image/[^\"')]+", re.DOTALL)

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="there is no site in _build/html: run `make book` first")


@cache
def packed(text: str) -> int:
    """The bytes of a text as it is sent."""
    return len(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def of_figures(html: str) -> int:
    """The bytes that the pictures in a page's own text add to it."""
    return packed(html) - packed(FIGURES.sub("", html))


def asked(page: Path, html: BeautifulSoup) -> list[Path]:
    """The style sheets and scripts that a page asks for."""
    addresses = [tag["href"] for tag in html.select("link[rel~=stylesheet]")]
    addresses += [tag["src"] for tag in html.select("script[src]")]
    return [(page.parent / address.split("?")[0]).resolve() for address in addresses]


def fonts(sheet: Path) -> list[Path]:
    """Every font that a sheet names; a page loads those of its own letters alone."""
    return [sheet.parent / name for name in re.findall(r"url\(([^)]+\.woff2)\)", sheet.read_text("utf-8"))]


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.stem)
def test_a_chapter_without_its_figures_is_light(chapter):
    page = SITE / "book" / f"{chapter.stem}.html"
    text = page.read_text("utf-8")
    files = asked(page, tags(text, "link", "script"))
    weight = packed(text) - of_figures(text) + sum(packed(file.read_text("utf-8")) for file in files)
    weight += sum(font.stat().st_size for file in files if file.suffix == ".css" for font in fonts(file))
    assert weight < MOST


def test_a_page_waits_for_one_small_sheet_and_for_no_script():
    for page in [SITE / "search.html", *SITE.glob("book/*.html")]:
        html = tags(page.read_text("utf-8"), "link", "script")
        sheets = [file for file in asked(page, html) if file.suffix == ".css"]
        assert [sheet.name for sheet in sheets] == ["site.css"], page.name
        assert packed(sheets[0].read_text("utf-8")) < 40_000
        assert [tag["src"] for tag in html.select("script[src]") if not tag.has_attr("defer")] == [], page.name


def test_a_picture_weighs_nothing_without_its_figures():
    plain, drawing = "<p>text</p>", "".join(chr(33 + i * 7 % 60) for i in range(2000))
    assert of_figures(f"{plain}<svg>{drawing}</svg>") == packed(f"{plain}<svg>{drawing}</svg>") - packed(plain)
    assert of_figures(plain) == 0
