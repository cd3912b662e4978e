"""Figures: notebooks' SVG pictures inline in the page, so that the page's colours reach them.

An inline SVG inherits the page's CSS variables and so follows light and dark; an `<img>` would not.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

PROLOG = re.compile(r"<\?xml.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def with_own_ids(svg: str, prefix: str) -> str:
    """The SVG with a prefix on each id and on what refers to it: ids must be unique in a page."""
    ids = set(re.findall(r'\bid="([^"]+)"', svg))

    def renamed(match: re.Match) -> str:
        before, names, after = match.groups()
        return before + " ".join(prefix + name if name in ids else name for name in names.split(" ")) + after

    svg = re.sub(r'(\bid=")([^"]+)(")', renamed, svg)
    svg = re.sub(r'(\baria-(?:labelledby|describedby)=")([^"]+)(")', renamed, svg)
    svg = re.sub(r'(\bhref="#)([^"]+)(")', renamed, svg)
    return re.sub(r'(url\(["\']?#)([^)"\']+)(["\']?\))', renamed, svg)


class InlineSvg(SphinxPostTransform):
    """Replace the image nodes of notebook outputs that are SVG by the SVG itself."""

    default_priority = 5  # right after myst_nb has chosen which form of an output this builder shows
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Number the page's pictures, and put each inline under ids of its own."""
        outputs = Path(self.env.mystnb_config.output_folder)
        count = 0
        for node in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, node["uri"])
            if path.suffix == ".svg" and outputs in path.resolve().parents:
                count += 1
                svg = with_own_ids(PROLOG.sub("", path.read_text("utf-8")).strip(), f"fig{count}-")
                html = f'<figure class="nnlib-figure">{svg}</figure>'
                node.replace_self(nodes.raw("", html, format="html"))
        for node in list(self.document.findall(nodes.raw)):
            text = node.astext()
            if "<svg" in text and "nnlib-figure" not in text:
                for svg in SVG.findall(text):
                    count += 1
                    text = text.replace(svg, with_own_ids(PROLOG.sub("", svg), f"fig{count}-"), 1)
                node.replace_self(nodes.raw("", text, format="html"))


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(InlineSvg)
