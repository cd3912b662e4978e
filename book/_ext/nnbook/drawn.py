"""What formulas are drawn with: more than half of a page's elements, and each formula says the same in MathML."""

import re
from collections.abc import Iterator

DRAWN = '<span class="katex-html" aria-hidden="true">'
SPAN = re.compile(r"<(/?)span\b[^>]*>")
HOLDS = re.compile(r"""<(?!/?(?:span|svg|path|line|g)\b)|\b(?:id|href|src)=|url\(""")


def drawings(html: str) -> Iterator[tuple[int, int]]:
    """Where the strokes of each drawn formula begin and end.

    One is left out that holds an address, a name or an element of another kind than the strokes of letters.
    """
    at = 0
    while (at := html.find(DRAWN, at)) >= 0:
        start, depth = at + len(DRAWN), 0
        for span in SPAN.finditer(html, at):
            depth += -1 if span[1] else 1
            if depth == 0:
                break
        at = span.start()
        if not HOLDS.search(html, start, at):
            yield start, at


def without_drawings(html: str) -> str:
    """The HTML with the strokes of its formulas left out."""
    kept, at = [], 0
    for start, end in drawings(html):
        kept.append(html[at:start])
        at = end
    return "".join([*kept, html[at:]])
