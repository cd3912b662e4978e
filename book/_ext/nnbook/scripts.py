"""Scripts: what is alive on a page brings its own small script, and no other page loads it."""

import re

from . import alive

NEEDED_BY = {
    "nnlib-frames": ["frames.js"],
    "nnlib-order": ["memory.js", "order.js"],
    "nnlib-choice": ["memory.js", "choice.js"],
    "nnlib-predict": ["memory.js", "predict.js"],
    "nnlib-reveal": ["memory.js", "predict.js"],
    "nnlib-progress": ["memory.js", "progress.js"],
    "sd-tab-set": ["design-tabs.js"],
}


def needed(body: str) -> list[str]:
    """The scripts that a page with this body needs, in the order in which they must run."""
    names = {name for found in re.findall(r'\bclass="([^"]*)"', body) for name in found.split()}
    small = (script for kind in NEEDED_BY if kind in names for script in NEEDED_BY[kind])
    return [*dict.fromkeys(small), *alive.needed(names)]


def add_scripts(app, pagename, templatename, context, doctree) -> None:
    """Add them to the page."""
    for script in needed(context.get("body", "")):
        app.add_js_file(script, loading_method="defer")


def setup(app) -> None:
    """Connect to Sphinx."""
    for script in ("near.js", "scrolls.js", "paper.js"):
        app.add_js_file(script)
    app.connect("html-page-context", add_scripts)
