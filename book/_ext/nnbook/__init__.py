"""The book's own Sphinx extension: what the site needs beyond the settings in _config.yml.

One idea per file: `formulas` (KaTeX when the book is built), `figures` (inline SVG and frames),
`addresses` (of repository and site, previews, sitemap, 404 page), `redirects` (pages that have moved),
`pages` (descriptions, the root page, lean pages, the sidebar), `markup` (roles, what folds, tables, code),
`solutions` (of the exercises), `scripts` (nnlib's interactives, and which script a page loads),
`run` (the menu of ways to run a page), `live` (on that page itself, one of them), `lite` (JupyterLite,
another), `search` (what comes first),
`api` (nnlib's docstrings) and `assets` (what every page loads, made small, by way of `npm`).
"""

import hashlib
import os
from importlib import import_module
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2]
SHAPING = ("_ext", "_static", "nnlib/alive")  # what shapes every page and is none
PARTS = """
    addresses api assets figures formulas lite live markup pages redirects run scripts search solutions
""".split()


def version() -> str:
    """A hash of what shapes every page, the environment's settings too: where it has changed, all is written anew."""
    total = hashlib.sha256()
    for path in sorted(path for folder in SHAPING for path in (BOOK / folder).rglob("*.*")):
        if path.is_file() and path.suffix != ".pyc":
            total.update(path.read_bytes())
    total.update(repr(sorted(item for item in os.environ.items() if item[0].startswith("BOOK_"))).encode())
    return total.hexdigest()


def setup(app):
    """Connect every part; Sphinx calls this once."""
    for part in PARTS:
        import_module(f".{part}", __name__).setup(app)
    return {"env_version": version(), "parallel_read_safe": True, "parallel_write_safe": False}
