"""Cover: the first page's digit and the trained 784-16-16-10 network that reads it, as HTML.

    python tools/cover.py

Reads book/weights; writes book/_static/cover.html, which the first page includes.
"""

from measure import BOOK
from measure.results import stored_network
from nnlib.alive import reading

COVER = BOOK / "_static" / "cover.html"


def cover() -> str:
    """The text of the file."""
    return f"{reading.page(stored_network())}\n"


if __name__ == "__main__":
    COVER.write_text(cover(), encoding="utf-8")
    print(f"{COVER.name}: written")
