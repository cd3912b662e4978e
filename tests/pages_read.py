"""The pages of the built site as the tests read them: the text, its elements, and some of its tags alone."""

import re
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

from nnbook.drawn import without_drawings

SITE = Path(__file__).parents[1] / "_build" / "html"


@cache
def soup(page: Path) -> BeautifulSoup:
    """A page's elements, read once; of a formula its MathML alone."""
    return BeautifulSoup(without_drawings(page.read_text("utf-8")), "html.parser")


def tags(html: str, *names: str) -> BeautifulSoup:
    """The tags of these names alone, which is much faster to read than the whole page."""
    return BeautifulSoup("".join(re.findall(rf"</?(?:{'|'.join(names)})\b[^>]*>", html)), "html.parser")
