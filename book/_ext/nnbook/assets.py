"""Assets: one small style sheet and one script that waits, in place of the two dozen files that the theme asks for.

What Sphinx's extensions and the theme give to every page is joined, in their order, rid of the style rules that no page
uses, and minified (see assets.cjs). What only one page asks for stays a file of its own.
"""

import hashlib
import posixpath
import re
import shutil
from pathlib import Path

from sphinx.errors import ExtensionError

from . import npm

SHEET, SCRIPT = "_static/site.css", "_static/site.js"
THEME_SHEETS = ("_static/basic.css", "_static/styles/pydata-sphinx-theme.css")
THEME_SCRIPT = "_static/scripts/pydata-sphinx-theme.js"  # not Bootstrap, which would only show titles as hints
ON_SOME_PAGES = ("_static/design-tabs.js",)  # see `scripts`: only the pages with tabs need it
UNASKED = ("design-tabs.js", "language_data.js", "site.js")  # they name more classes than are used

# The theme measures each of these boxes when the page loads, which has the browser lay out the whole page at once, as
# far below the screen as it goes: two seconds on a phone. scrolls.js does it when a key is first pressed.
MEASURED = (
    '"pre",".nboutput > .output_area",".cell_output > .output",".jp-RenderedHTMLCommon",'
    '".pst-scrollable-table-container"'
)
NOTHING = '":not(*)"'


def place(file) -> str:
    """Where in the site a style sheet or script lies."""
    return str(file.filename).split("?")[0]


def take_shared(app, pagename, templatename, context, doctree) -> None:
    """Take what every page would ask for out of this page, before anything adds what this page alone needs."""
    shared = app.shared_assets = {"css": list(THEME_SHEETS), "js": []}
    for kind, files in (("css", context["css_files"]), ("js", context["script_files"])):
        for file in sorted(files, key=lambda file: file.priority):
            if file.filename and place(file) not in (*ON_SOME_PAGES, *shared[kind]):
                shared[kind].append(place(file))
        files.clear()
    shared["js"].append(THEME_SCRIPT)


def drop_settings(app, pagename, templatename, context, doctree) -> None:
    """Leave out the theme's settings for a switch of versions and a search as you type: the book has neither."""
    files = context["script_files"]
    files[:] = [file for file in files if not (file.attributes.get("body") or "").startswith("DOCUMENTATION_OPTIONS.")]


def rebased(css: str, source: str, target: str = SHEET) -> str:
    """A sheet's text with its relative addresses as they are seen from another sheet's folder."""

    def moved(match: re.Match) -> str:
        address = match[2]
        if re.match(r"[a-z]+:|/|#", address):
            return match[0]
        path = posixpath.join(posixpath.dirname(source), address)
        return f"url({match[1]}{posixpath.relpath(path, posixpath.dirname(target))}{match[1]})"

    return re.sub(r"""url\((["']?)([^"')]+)\1\)""", moved, css)


def without_unused_fonts(css: str) -> str:
    """A minified sheet without the font faces whose family no rule names."""
    faces = r"@font-face\{[^}]*?font-family:([^;}]+)[^}]*\}"
    rules = re.sub(faces, "", css)
    return re.sub(faces, lambda face: face[0] if face[1] in rules else "", css)


def unmeasured(js: str) -> str:
    """The theme's script, which measures no box when the page loads."""
    if js.count(MEASURED) != 1:
        raise ExtensionError("the theme's script measures boxes in another way now: see MEASURED in assets.py")
    return js.replace(MEASURED, NOTHING)


def versioned(html: str, versions: dict[str, str]) -> str:
    """A page that asks for the sheet and the script by their contents, so that no browser shows an old one."""
    for name, version in versions.items():
        html = re.sub(rf'({re.escape(name)})(?:\?v=\w+)?"', rf'\1?v={version}"', html)
    return html


def finish(app, exception) -> None:
    """Write the sheet and the script, have every page ask for them, and remove what went into them."""
    if exception or app.builder.format != "html":
        return
    out, shared = Path(app.outdir), getattr(app, "shared_assets", None)
    if shared is None:  # no page had changed, so none was written
        for sheet in [*out.glob("_static/pygments.css"), *out.glob("_static/mystnb.*.css")]:
            sheet.unlink()  # written all the same, after the build that joined them
        return
    texts = {name: (out / name).read_text("utf-8") for names in shared.values() for name in names}
    texts[THEME_SCRIPT] = unmeasured(texts[THEME_SCRIPT])
    for name in texts:
        (out / name).unlink()
    for folder in ("scripts", "styles"):  # what the theme has there and no page asks for
        shutil.rmtree(out / "_static" / folder)
    pages = {page: html for page in sorted(out.rglob("*.html")) if SHEET in (html := page.read_text("utf-8"))}
    scripts = {f"_static/{path.name}": path.read_text("utf-8") for path in sorted(out.glob("_static/*.js"))} | texts
    job = {
        "css": "\n".join(rebased(texts[name], name) for name in shared["css"]),
        "js": "\n;\n".join(texts[name] for name in shared["js"]),
        "pages": [str(page) for page in pages],
        "scripts": [text for name, text in scripts.items() if name.endswith(".js") and not name.endswith(UNASKED)],
    }
    made = npm.run("assets.cjs", job, npm.packages(Path(app.srcdir), out.parent))
    made["css"] = without_unused_fonts(made["css"])
    versions = {}
    for name, text in ((SHEET, made["css"]), (SCRIPT, made["js"])):
        (out / name).write_text(text, "utf-8", newline="\n")
        versions[name] = hashlib.sha256(text.encode()).hexdigest()[:8]
    for page, html in pages.items():
        if (asking := versioned(html, versions)) != html:
            page.write_text(asking, "utf-8")
    for font in (out / "_static").rglob("*.woff2"):
        if font.name not in made["css"]:
            font.unlink()


def setup(app) -> None:
    """Connect to Sphinx: before and after all that adds to a page, and after `pages` has trimmed the theme's files."""
    app.connect("html-page-context", take_shared, priority=0)
    app.connect("html-page-context", drop_settings, priority=990)
    app.connect("build-finished", finish, priority=950)
