"""Figures: notebooks' SVG pictures inline in the page, so that the page's colours reach them.

An inline SVG inherits the page's CSS variables and so follows light and dark; an `<img>` would not. It is a part of the
page that the reader waits for, so it is made small first: to about half, by SVGO.
"""

import hashlib
import itertools
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import npm

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


def small(svgs: list[str], top: Path, build: Path) -> dict[str, str]:
    """Each picture in fewer bytes; what was made small once is kept beside the build."""
    settings = b"".join([(top / "package-lock.json").read_bytes(), Path(__file__).with_suffix(".cjs").read_bytes()])
    kept = {svg: build / "svg" / f"{hashlib.sha256(settings + svg.encode()).hexdigest()}.svg" for svg in svgs}
    if new := [svg for svg, file in kept.items() if not file.is_file()]:
        (build / "svg").mkdir(exist_ok=True)
        for svg, less in zip(new, npm.run("figures.cjs", {"svgs": new}, npm.packages(top, build))["svgs"], strict=True):
            kept[svg].write_text(less, "utf-8", newline="\n")
    return {svg: file.read_text("utf-8") for svg, file in kept.items()}


class InlineSvg(SphinxPostTransform):
    """Replace the image nodes of notebook outputs that are SVG by the SVG itself."""

    default_priority = 5  # right after myst_nb has chosen which form of an output this builder shows
    formats = ("html",)

    def run(self, **kwargs) -> None:
        """Number the page's pictures, and put each inline under ids of its own."""
        outputs = Path(self.env.mystnb_config.output_folder)
        found = {}  # the HTML that comes in place of each node
        for node in self.document.findall(nodes.image):
            path = Path(self.env.srcdir, node["uri"])
            if path.suffix == ".svg" and outputs in path.resolve().parents:
                found[node] = f'<figure class="nnlib-figure">{path.read_text("utf-8")}</figure>'
        for node in self.document.findall(nodes.raw):
            if "<svg" in node.astext():
                found[node] = node.astext()
        found = {node: PROLOG.sub("", html) for node, html in found.items()}
        pictures = small(SVG.findall("".join(found.values())), Path(self.env.srcdir), Path(self.app.outdir).parent)
        number = itertools.count(1)
        for node, html in found.items():
            inline = SVG.sub(lambda svg: with_own_ids(pictures[svg[0]], f"fig{next(number)}-"), html)
            node.replace_self(nodes.raw("", inline, format="html"))


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(InlineSvg)
