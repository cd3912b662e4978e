"""The pages of the built site as the tests read them: the text, its elements, and some of its tags alone."""

import re
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

SITE = Path(__file__).parents[1] / "_build" / "html"
DRAWN = '<span class="katex-html" aria-hidden="true">'
SPAN = re.compile(r"<(/?)span\b[^>]*>")
HOLDS = re.compile(r"""<(?!/?(?:span|svg|path|line|g)\b)|\b(?:id|href|src)=|url\(""")


def without_drawn_formulas(html: str) -> str:
    """Leave out what formulas are drawn with: more than half of all elements, and each formula says the same in MathML.

    One stays that has an address, a name or an element of another kind than the strokes of letters.
    """
    kept, at = [], 0
    while (start := html.find(DRAWN, at)) >= 0:
        depth = 0
        for span in SPAN.finditer(html, start):
            depth += -1 if span[1] else 1
            if depth == 0:
                break
        kept.append(html[at : start + len(DRAWN)])
        inside = html[start + len(DRAWN) : span.start()]
        kept += [inside] if HOLDS.search(inside) else []
        at = span.start()
    return "".join([*kept, html[at:]])


@cache
def soup(page: Path) -> BeautifulSoup:
    """A page's elements, read once; of a formula its MathML alone."""
    return BeautifulSoup(without_drawn_formulas(page.read_text("utf-8")), "html.parser")


def tags(html: str, *names: str) -> BeautifulSoup:
    """The tags of these names alone, which is much faster to read than the whole page."""
    return BeautifulSoup("".join(re.findall(rf"</?(?:{'|'.join(names)})\b[^>]*>", html)), "html.parser")
