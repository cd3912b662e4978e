"""Draw the picture that stands beside a link to the book elsewhere: book/_static/preview.png, from the cover's picture.

python tools/preview.py

It needs Chromium.
"""

import re
from html import escape
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

import chromium
from chapters import ROOT
from measure.results import stored_network
from nnlib.alive import live, reading

STATIC = ROOT / "book" / "_static"
TITLE = "How a Neural Network Learns"
WORDS = "Backpropagation from one neuron to handwritten digits, in Python that you can run."
PAGE = """<!DOCTYPE html><html lang="en" data-theme="light"><style>{style}
body {{ margin: 0; padding: 44px 64px; font-family: "Liberation Sans", sans-serif; color: var(--nnlib-ink) }}
h1 {{ margin: 0; font-size: 64px; letter-spacing: -0.02em }}
p {{ margin: 10px 0 18px; font-size: 27px; color: var(--nnlib-muted) }}
figure {{ margin: 0 }}
figure svg.nnlib-reading-picture {{ height: 392px; width: auto; max-width: none }}
</style><h1>{title}</h1><p>{words}</p><figure class="nnlib-live-stage nnlib-reading">{picture}</figure></html>"""


def main() -> None:
    """Take a picture of a page of the size that previews have."""
    sheet = STATIC.joinpath("book.css").read_text("utf-8")
    style = "\n".join(re.findall(r"^html\[data-theme[^{]*\{[^}]*\}", sheet, re.MULTILINE))  # the book's colours
    style += live.style()
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium.path(), args=chromium.OPTIONS)
        page = opened.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(
            PAGE.format(style=style, title=escape(TITLE), words=escape(WORDS), picture=reading.still(stored_network()))
        )
        picture = Image.open(BytesIO(page.screenshot()))
        opened.close()
    picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(STATIC / "preview.png", optimize=True)


if __name__ == "__main__":
    main()
