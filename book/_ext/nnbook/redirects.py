"""Redirects: a page that has moved leaves one at its old address that leads to the new one.

`redirects` in _config.yml says which: `book/old_name: book/new_name`, or `book/new_name#place`. Such a page is in no
list of contents, no search and no sitemap, and needs no script.
"""

import posixpath
from html import escape
from pathlib import Path

from sphinx.errors import ConfigError

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="description" content="This page has moved: it is now {title}.">
<meta http-equiv="refresh" content="0; url={address}">
<link rel="canonical" href="{canonical}">
<title>{title}</title>
</head>
<body>
<h1>This page has moved</h1>
<p>It is now <a href="{address}">{title}</a>.</p>
</body>
</html>
"""


def page(old: str, new: str, title: str, base: str = "") -> str:
    """The page at the address of `old`; `new` and `title` are those of the page where it leads, `base` the site's."""
    target, _, place = new.partition("#")
    address = posixpath.relpath(f"{target}.html", posixpath.dirname(old)) + (f"#{place}" if place else "")
    canonical = f"{base}{target}.html" if base else posixpath.relpath(f"{target}.html", posixpath.dirname(old))
    return PAGE.format(title=escape(title), address=escape(address), canonical=escape(canonical))


def write(app, exception) -> None:
    """Write a page for each that has moved."""
    if exception or app.builder.format != "html":
        return
    for old, new in app.config.redirects.items():
        title = app.env.titles[new.partition("#")[0]].astext()
        file = Path(app.outdir, f"{old}.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page(old, new, title, app.config.html_baseurl), "utf-8")


def check(app, env) -> None:
    """Refuse a redirect that leads nowhere, or that would overwrite a page."""
    for old, new in app.config.redirects.items():
        if old in env.found_docs or new.partition("#")[0] not in env.found_docs:
            raise ConfigError(f"redirects: {old} leads to {new}; expected from an address without a page to a page")


def setup(app) -> None:
    """Connect to Sphinx."""
    app.add_config_value("redirects", {}, "")
    app.connect("env-check-consistency", check)
    app.connect("build-finished", write)
